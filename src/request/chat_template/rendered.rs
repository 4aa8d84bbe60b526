//! A conversation as a template writes it, and its tokens.

use super::definitions::Definitions;
use super::marks::{Around, Marks, Trims};
use super::published;
use crate::catalog::ChatTemplate;
use crate::request::message::{Message, Request, Role};
use crate::request::settings::ThinkingSetting;
use crate::request::tools;
use crate::tokenizer::Encoding;
use crate::units::Tokens;

/// The marks of a template for what a request says about thinking.
fn marks(template: ChatTemplate, request: &Request) -> &'static Marks {
    let settings = &request.settings;
    let effort = settings.effort.as_deref();
    let thinks = settings.thinking != Some(ThinkingSetting::Off) && effort != Some("none");
    published::marks(template, thinks, effort)
}

/// All tokens of a request's messages, their marks included.
pub(in crate::request) fn tokens(
    template: ChatTemplate,
    request: &Request,
    encoding: Encoding,
) -> Tokens {
    let marks = marks(template, request);
    let mut rendered = Rendered(vec![String::new()]);
    rendered.mark(marks.begin);
    if !request.messages.iter().any(is_system) {
        rendered.mark(marks.default_system);
    }
    for message in &request.messages {
        let Around(before, behind) = marks.around(message.role);
        let text = message.joined_text();
        let is_trimmed = match marks.trims {
            Trims::All => true,
            Trims::Assistant => message.role == Role::Assistant,
            Trims::Nothing => false,
        };
        rendered.mark(before);
        rendered.text(if is_trimmed { text.trim() } else { &text });
        rendered.mark(behind);
    }
    rendered.mark(marks.answer);
    rendered.tokens(encoding) + Tokens::new(marks.fixed)
}

/// The tokens with which the answer begins.
pub(in crate::request) fn answer(
    template: ChatTemplate,
    request: &Request,
    encoding: Encoding,
) -> Tokens {
    let mut rendered = Rendered(vec![String::new()]);
    rendered.mark(marks(template, request).answer);
    rendered.tokens(encoding)
}

/// The tokens of the definitions of tools as the template writes them.
pub(in crate::request) fn definitions(
    template: ChatTemplate,
    request: &Request,
    encoding: Encoding,
) -> Tokens {
    let has_system = request.messages.iter().any(is_system);
    let Definitions { form, alone, beside_system } = &marks(template, request).definitions;
    match form.texts(&request.functions) {
        Some(texts) => {
            let around = if has_system { *beside_system } else { *alone };
            texts.iter().map(|text| encoding.count(text)).sum::<Tokens>() + Tokens::new(around)
        }
        None => tools::tokens(&request.functions, None, has_system, encoding),
    }
}

/// Why a count by the template is not sure, where a conversation has another form than those that were
/// compared: at most one system text, then turns of a user and the model.
pub(in crate::request) fn doubt(request: &Request) -> Option<&'static str> {
    let turns = match request.messages.split_first() {
        Some((first, turns)) if is_system(first) => turns,
        _ => &request.messages,
    };
    let alternates = turns
        .iter()
        .enumerate()
        .all(|(i, message)| message.role == if i % 2 == 0 { Role::User } else { Role::Assistant });
    let is_plain = |message: &Message| {
        message.name.is_none()
            && (message.role == Role::User || !message.joined_text().trim().is_empty())
            && !(message.role == Role::Assistant && message.joined_text().contains("</think>"))
    };
    let ends_with_user = turns.last().is_some_and(|message| message.role == Role::User);
    let is_known = alternates && ends_with_user && request.messages.iter().all(is_plain);
    (!is_known).then_some(
        "the chat template was compared on conversations of a system text and turns of user and assistant alone",
    )
}

fn is_system(message: &Message) -> bool {
    matches!(message.role, Role::System | Role::Developer)
}

/// The texts between special tokens; there is one more than there are tokens.
struct Rendered(Vec<String>);

impl Rendered {
    /// Adds marks, in which `·` is a special token.
    fn mark(&mut self, marks: &str) {
        for (i, text) in marks.split('·').enumerate() {
            if i > 0 {
                self.0.push(String::new());
            }
            self.text(text);
        }
    }

    /// Adds a text as it stands.
    fn text(&mut self, text: &str) {
        if let Some(last) = self.0.last_mut() {
            last.push_str(text);
        }
    }

    fn tokens(&self, encoding: Encoding) -> Tokens {
        let specials = self.0.len() as u64 - 1;
        self.0.iter().map(|text| encoding.count(text)).sum::<Tokens>() + Tokens::new(specials)
    }
}
