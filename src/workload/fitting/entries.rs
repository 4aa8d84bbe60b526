//! The messages of a request as they stand in its file, so that some can be left out and the rest keeps
//! every byte.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::json::{Kind, Value};
use crate::{Error, ErrorKind};

/// The lists that hold a conversation, by API.
const LISTS: [&str; 3] = ["messages", "input", "contents"];
/// What a request stands in when it is a line of a batch, or logged with its answer.
const ENVELOPES: [&str; 4] = ["body", "params", "request", "modelInput"];
/// What refers to a history that the provider keeps.
const STORED: [&str; 4] =
    ["previous_response_id", "previous_interaction_id", "conversation", "cachedContent"];
/// Bytes of a message that are shown.
const SHOWN: usize = 48;

/// What an entry of the list is to the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EntryKind {
    Instructions,
    User,
    /// What the model wrote: text, reasoning, calls of tools.
    Model,
    /// Results of tools.
    Results,
}

/// An entry of the list.
#[derive(Debug)]
pub(super) struct Entry {
    kind: EntryKind,
    /// Who it is from, as the file says.
    pub(super) role: String,
    /// What the file calls it, such as `messages[3]`.
    pub(super) place: String,
    /// How it begins.
    pub(super) first_words: String,
    /// Where it begins in the file.
    start: usize,
    /// Whether it holds reasoning that the API wants back as long as its turn goes on.
    reasons: bool,
}

/// The entries of a conversation.
#[derive(Debug)]
pub(super) struct Entries<'t> {
    text: &'t str,
    pub(super) list: Vec<Entry>,
}

impl<'t> Entries<'t> {
    /// The entries of a request; none where it holds no list of messages.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] where a part of the history is kept by the provider.
    pub(super) fn of(text: &'t str) -> Result<Option<Self>, Error> {
        let Ok(body) = Value::parse(text) else { return Ok(None) };
        let within = ENVELOPES.iter().filter_map(|name| body.get(name));
        let has_list = |value: &Value<'_>| LISTS.iter().any(|list| value.get(list).is_some());
        let body =
            std::iter::once(body).chain(within).find(|value| has_list(value)).unwrap_or(body);
        if let Some(stored) = STORED.iter().find_map(|key| body.set(key)) {
            return Err(refused(
                "a part of the history is kept by the provider, and is not in the file",
            )
            .at(stored.position())
            .hint("send the history itself, or start a new one"));
        }
        let array = |value: &Value<'t>| value.kind() == Kind::Array;
        let named = LISTS.iter().find_map(|list| Some((*list, body.get(list).filter(array)?)));
        let (name, items) = match named {
            Some((name, list)) => (name, list.items()),
            None if array(&body) => ("messages", body.items()),
            None => return Ok(None),
        };
        let entry = |(i, item): (usize, &Value<'t>)| Entry::of(format!("{name}[{i}]"), item);
        let list = items.iter().enumerate().map(entry).collect::<Result<_, _>>()?;
        Ok(Some(Self { text, list }))
    }

    /// What can be left out, oldest first: whole turns before the last one, and of the last one its steps,
    /// calls with their results, but for the latest. A step whose reasoning must be sent back stays.
    pub(super) fn units(&self) -> Vec<Vec<usize>> {
        let is_user = |i: &usize| self.list[*i].kind == EntryKind::User;
        let turns: Vec<usize> = (0..self.list.len()).filter(is_user).collect();
        let Some((last, earlier)) = turns.split_last() else { return Vec::new() };
        let droppable = |range: Range<usize>| -> Vec<usize> {
            range.filter(|i| self.list[*i].kind != EntryKind::Instructions).collect()
        };
        let mut units = Vec::new();
        // What stands before the first message of the user, such as a greeting.
        units.push(droppable(0..*turns.first().unwrap_or(last)));
        for (i, start) in earlier.iter().enumerate() {
            units.push(droppable(*start..turns[i + 1]));
        }
        let rest = last + 1..self.list.len();
        if !self.list[rest.clone()].iter().any(|entry| entry.reasons) {
            units.extend(self.steps(rest));
        }
        units.retain(|unit| !unit.is_empty());
        units
    }

    /// The steps of the last turn, but for the latest one.
    fn steps(&self, rest: Range<usize>) -> Vec<Vec<usize>> {
        let mut steps: Vec<Vec<usize>> = Vec::new();
        let mut previous = EntryKind::User;
        for i in rest {
            let kind = self.list[i].kind;
            if kind == EntryKind::Model && previous != EntryKind::Model {
                steps.push(Vec::new());
            }
            if let Some(step) = steps.last_mut().filter(|_| kind != EntryKind::Instructions) {
                step.push(i);
            }
            previous = kind;
        }
        steps.pop();
        steps
    }

    /// The text without these entries, of which none is the last.
    pub(super) fn without(&self, dropped: &BTreeSet<usize>) -> String {
        let mut text = String::with_capacity(self.text.len());
        let mut from = 0;
        for i in dropped {
            let Some(next) = self.list.get(i + 1) else { continue };
            text.push_str(&self.text[from..self.list[*i].start]);
            from = next.start;
        }
        text.push_str(&self.text[from..]);
        text
    }
}

impl Entry {
    fn of(place: String, item: &Value<'_>) -> Result<Self, Error> {
        let text = |key: &str| item.get(key).and_then(|value| value.string()).unwrap_or_default();
        let (role, kind) = (text("role").into_owned(), text("type").into_owned());
        if matches!(kind.as_str(), "item_reference" | "compaction") {
            return Err(refused(&format!("`{place}` stands for items that are not in the file"))
                .at(item.position())
                .hint("send the items themselves"));
        }
        let blocks = ["content", "parts"].iter().find_map(|key| item.get(key));
        let blocks = blocks.filter(|blocks| blocks.kind() == Kind::Array);
        let blocks = blocks.map(|blocks| blocks.items()).unwrap_or_default();
        let is = |names: &[&str]| {
            blocks.iter().any(|block| {
                let kind = block.get("type").and_then(|kind| kind.string()).unwrap_or_default();
                names.iter().any(|name| kind.ends_with(name) || block.get(name).is_some())
            })
        };
        let results = is(&["tool_result", "toolResult", "functionResponse", "function_response"]);
        let entry_kind = match (role.as_str(), kind.as_str()) {
            ("system" | "developer", _) => EntryKind::Instructions,
            ("assistant" | "model", _) => EntryKind::Model,
            ("tool" | "function", _) => EntryKind::Results,
            ("user", _) if results => EntryKind::Results,
            ("user", _) => EntryKind::User,
            (_, kind) if kind.ends_with("_output") => EntryKind::Results,
            (_, kind) if kind == "reasoning" || kind.ends_with("_call") => EntryKind::Model,
            ("", "") => EntryKind::User,
            _ => {
                let message =
                    format!("`{place}` is no message that can be left out or kept for sure");
                return Err(refused(&message)
                    .at(item.position())
                    .hint("remove it, or shorten by hand"));
            }
        };
        let signs = ["thinking", "redacted_thinking", "reasoningContent", "thoughtSignature"];
        Ok(Self {
            kind: entry_kind,
            role: if role.is_empty() { kind.clone() } else { role },
            place,
            first_words: first_words(item),
            start: item.value_span().start,
            reasons: kind == "reasoning" || is(&signs),
        })
    }
}

fn refused(message: &str) -> Error {
    Error::new(ErrorKind::Refused, message)
}

/// How an entry begins: its first text, or what it calls.
fn first_words(item: &Value<'_>) -> String {
    const TEXTS: [&str; 8] =
        ["content", "parts", "text", "output", "name", "tool_calls", "function", "arguments"];
    fn first(value: &Value<'_>, depth: usize) -> Option<String> {
        match value.kind() {
            Kind::String => {
                value.string().map(|text| text.trim().to_owned()).filter(|t| !t.is_empty())
            }
            Kind::Array => value.items().iter().find_map(|item| first(item, depth + 1)),
            Kind::Object if depth < 6 => TEXTS
                .iter()
                .chain(&[
                    "functionCall",
                    "functionResponse",
                    "toolUse",
                    "toolResult",
                    "input",
                    "response",
                ])
                .find_map(|key| first(&value.get(key)?, depth + 1)),
            _ => None,
        }
    }
    let text = first(item, 0).unwrap_or_default();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(SHOWN) {
        Some((end, _)) => {
            // Up to a word that is whole, where that leaves the most of it.
            let cut = &words[..end];
            let whole = cut.rfind(' ').filter(|at| *at > SHOWN / 2).map(|at| &cut[..at]);
            format!("{}…", whole.unwrap_or(cut).trim_end())
        }
        None => words,
    }
}
