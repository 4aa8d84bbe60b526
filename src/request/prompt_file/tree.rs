//! Values of a prompt file by name.

use serde_json::Value;

use super::super::api::{chat, nested};
use super::super::message::Request;
use super::super::origin::Origin;
use super::super::unknown::Unknown;
use crate::json;
use crate::units::Position;
use crate::{Error, ErrorKind};

/// The value under the first of several names; a name such as `a.b` leads down.
pub(super) fn at<'v>(value: &'v Value, names: &[&str]) -> Option<&'v Value> {
    let found =
        names.iter().find_map(|name| name.split('.').try_fold(value, |value, key| value.get(key)));
    found.filter(|value| !value.is_null())
}

/// The text under the first of several names.
pub(super) fn text<'v>(value: &'v Value, names: &[&str]) -> Option<&'v str> {
    at(value, names)?.as_str()
}

/// A value as a template shows it.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// An error about a file that is not what its format says.
pub(super) fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, message)
        .hint("pass `--as text` to count the file as it stands")
}

/// The messages of a list, read as those of Chat Completions.
pub(super) fn messages(list: &Value, request: &mut Request) -> Result<(), Error> {
    let written = list.to_string();
    let value = json::Value::parse(&written)?;
    let read = chat::messages(&value.as_array()?, request);
    // Places in the rewritten text mean nothing to the reader of the file.
    let read = read.map_err(|e| malformed(format!("`messages`: {}", e.message())))?;
    nested::check_messages(&value, request);
    request.unread.iter_mut().for_each(|key| key.position = Position::START);
    request.messages.extend(
        read.into_iter().map(|message| super::super::message::Message { span: None, ..message }),
    );
    Ok(())
}

/// Notes that what stands under a key is in no figure. Values of a tree have no places.
pub(super) fn lacks(key: &str, why: impl Into<String>, request: &mut Request) {
    let (what, why) = (key.to_owned(), why.into());
    request.note_unread(Unknown { what, why, position: Position::START });
}

/// A request of a prompt file.
pub(super) fn request(origin: Origin) -> Request {
    Request::from_messages(origin, Vec::new())
}
