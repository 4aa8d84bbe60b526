//! Calls of tools and their results: every API refuses a request in which one of a pair is missing.

use super::message::{Message, Request, Role};
use crate::{Error, ErrorKind};

/// Checks that every result answers a call before it, and that every call has a result before the next
/// answer of the model or question of the user.
///
/// # Errors
/// [`ErrorKind::Refused`] names the first call or result without the other.
pub fn check_tool_pairs(request: &Request) -> Result<(), Error> {
    // Calls that wait for their results: id, name, and the place that makes them.
    let mut waiting: Vec<(&str, &str, String)> = Vec::new();
    let mut previous = None;
    for (i, message) in request.messages.iter().enumerate() {
        let goes_on = message.role == Role::Tool
            || message.role == Role::Function
            || (message.role == Role::Assistant && previous == Some(Role::Assistant));
        if !goes_on {
            all_answered(&waiting)?;
        }
        previous = Some(message.role);
        for answered in &message.answers {
            match waiting.iter().position(|(id, ..)| id == answered) {
                Some(found) => {
                    waiting.remove(found);
                }
                None => return Err(orphaned_result(message, i, answered)),
            }
        }
        for call in &message.tool_calls {
            if let Some(id) = &call.id {
                waiting.push((id, &call.name, message.place(i)));
            }
        }
    }
    all_answered(&waiting)
}

fn all_answered(waiting: &[(&str, &str, String)]) -> Result<(), Error> {
    let Some((id, name, place)) = waiting.first() else { return Ok(()) };
    let call = if id == name { format!("`{name}`") } else { format!("`{name}` ({id})") };
    let message = format!("`{place}` calls {call}, and no result of it follows");
    Err(Error::new(ErrorKind::Refused, message)
        .hint("put the result behind the call, or leave the call out: the API refuses one alone"))
}

fn orphaned_result(message: &Message, index: usize, id: &str) -> Error {
    let place = message.place(index);
    let message =
        format!("`{place}` holds the result of `{id}`, and no message before it calls that");
    Error::new(ErrorKind::Refused, message)
        .hint("keep the call with its result, or leave both out: the API refuses one alone")
}
