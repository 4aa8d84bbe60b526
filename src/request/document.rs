//! The text of a file into requests: what it is, and one entry per request.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::Source;
use super::message::{Origin, Request};
use super::{chat, responses};
use crate::catalog::Tier;
use crate::{Error, ErrorKind};

/// How a text is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One user message.
    Text,
    /// One request in JSON: Chat Completions, its messages alone, or Responses.
    Chat,
    /// One request, or one line of a Batch file, per line.
    Batch,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Text => "text",
            Self::Chat => "chat",
            Self::Batch => "batch",
        })
    }
}

impl FromStr for Shape {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "text" => Ok(Self::Text),
            "chat" => Ok(Self::Chat),
            "batch" => Ok(Self::Batch),
            _ => Err(Error::new(ErrorKind::Amount, format!("`{text}` is not a shape"))
                .hint("the shapes are text, chat and batch")),
        }
    }
}

/// What the name of a file says about its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming<'a> {
    /// The file name ends in this, without the dot.
    Extension(&'a str),
    /// There is no name that says anything: standard input, or a file without an ending.
    Nothing,
}

/// One request of a document, or why it cannot be read.
#[derive(Debug)]
pub struct Entry {
    /// The line it stands on, in a document of many.
    pub line: Option<usize>,
    /// The request.
    pub request: Result<Request, Error>,
}

/// A text, read.
#[derive(Debug)]
pub struct Document {
    /// How the text was taken.
    pub shape: Shape,
    /// Its requests in their order; never empty.
    pub entries: Vec<Entry>,
    /// What the reader should know about how the text was taken.
    pub note: Option<&'static str>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    messages: Option<&'a RawValue>,
    #[serde(borrow, default)]
    input: Option<&'a RawValue>,
    #[serde(borrow, default)]
    body: Option<&'a RawValue>,
    #[serde(borrow, default)]
    custom_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    url: Option<&'a RawValue>,
}

/// Reads a text as `shape`, or as what its content and its name say it is.
///
/// # Errors
/// [`ErrorKind::Malformed`] for an empty text and for JSON that is broken. In a document of many
/// lines only the entries carry errors.
pub fn read(text: &str, naming: Naming<'_>, shape: Option<Shape>) -> Result<Document, Error> {
    if text.trim().is_empty() {
        return Err(Error::new(ErrorKind::Malformed, "the text is empty")
            .hint("there is nothing to count; name a file with a prompt in it"));
    }
    // A byte order mark says how the file is written; it is no part of what it says.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match shape_of(text, naming, shape) {
        Shape::Text => Ok(one(Shape::Text, Request::from_text(text), None)),
        Shape::Batch => lines(text),
        Shape::Chat => match single(text)? {
            Some(request) => Ok(one(Shape::Chat, request, None)),
            None if shape.is_none() => Ok(one(
                Shape::Text,
                Request::from_text(text),
                Some("JSON without `messages` or `input`: counted as plain text"),
            )),
            None => Err(not_a_request()),
        },
    }
}

/// How [`read`] takes a text without a byte order mark.
pub(super) fn shape_of(text: &str, naming: Naming<'_>, shape: Option<Shape>) -> Shape {
    shape.unwrap_or_else(|| detect(text, naming))
}

/// Whether a text that begins like this is plain text, however it goes on. The beginning of a text
/// that may be JSON does not tell, nor does one of white space alone.
#[must_use]
pub fn is_plain_text(beginning: &str, naming: Naming<'_>, shape: Option<Shape>) -> bool {
    let beginning = beginning.strip_prefix('\u{feff}').unwrap_or(beginning).trim_start();
    match (shape, naming) {
        _ if beginning.is_empty() => false,
        (Some(shape), _) => shape == Shape::Text,
        (None, Naming::Extension("json" | "jsonl" | "ndjson")) => false,
        (None, _) => !beginning.starts_with(['{', '[']),
    }
}

/// What a text most likely is.
fn detect(text: &str, naming: Naming<'_>) -> Shape {
    let starts_as_json = starts_as_json(text);
    match naming {
        Naming::Extension("jsonl" | "ndjson") => Shape::Batch,
        Naming::Extension("json") if starts_as_json => Shape::Chat,
        // Prose and templates may begin with a brace; only whole JSON is taken for a request there.
        Naming::Extension(_) if !is_json(text) && !is_json_lines(text) => Shape::Text,
        _ if starts_as_json && is_json_lines(text) => Shape::Batch,
        _ if starts_as_json => Shape::Chat,
        _ => Shape::Text,
    }
}

/// Whether the first two significant characters are those of a JSON object, or of an array of objects.
fn starts_as_json(text: &str) -> bool {
    let mut significant = text.chars().filter(|c| !c.is_whitespace());
    matches!(
        (significant.next(), significant.next()),
        (Some('{'), Some('"' | '}')) | (Some('['), Some('{' | ']'))
    )
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}

/// Whether the first line is an object by itself and another line follows.
fn is_json_lines(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.next().is_some_and(|line| line.trim_start().starts_with('{') && is_json(line))
        && lines.next().is_some()
}

fn one(shape: Shape, request: Request, note: Option<&'static str>) -> Document {
    Document { shape, entries: vec![Entry { line: None, request: Ok(request) }], note }
}

fn lines(text: &str) -> Result<Document, Error> {
    if !is_json_lines(text) && text.trim().contains('\n') && is_json(text) {
        let message = "this is one JSON document, not a request on every line";
        return Err(Error::new(ErrorKind::Malformed, message).hint("pass `--as chat`"));
    }
    let entries = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty())
        .map(|(line, number)| {
            let request = single(line).and_then(|request| request.ok_or_else(not_a_request));
            let request = request.map_err(|e| match e.position() {
                Some(position) => e.at(position.from_line(number)),
                None => e.at(crate::units::Position { line: number, column: 1 }),
            });
            Entry { line: Some(number), request }
        })
        .collect();
    Ok(Document { shape: Shape::Batch, entries, note: None })
}

/// Reads one JSON text; `None` when it is JSON but not a request.
fn single(text: &str) -> Result<Option<Request>, Error> {
    let source = Source(text);
    let raw: &RawValue = source.parse(text).map_err(|e: Error| {
        e.hint("mend the JSON, or pass `--as text` to count the text as it stands")
    })?;
    let request = request(source, raw).map_err(|e| {
        if e.hint_text().is_some() {
            return e;
        }
        e.hint("the API reference of the endpoint says what belongs here")
    })?;
    match request {
        Some(request) if request.messages.is_empty() => Err(no_messages()),
        request => Ok(request),
    }
}

fn request(source: Source<'_>, raw: &RawValue) -> Result<Option<Request>, Error> {
    match raw.get().as_bytes().first() {
        Some(b'[') => {
            let items: Vec<&RawValue> = source.parse(raw.get())?;
            if items.is_empty() {
                return Err(no_messages());
            }
            if !items.iter().all(|item| item.get().contains("\"role\"")) {
                return Ok(None);
            }
            let messages = chat::messages(source, &items)?;
            Ok(Some(Request::from_messages(Origin::Chat, messages)))
        }
        Some(b'{') => {
            let envelope: Envelope<'_> = source.parse(raw.get())?;
            match envelope {
                Envelope { body: Some(body), custom_id, url, .. }
                    if custom_id.is_some() || url.is_some() =>
                {
                    batch_line(source, body, url).map(Some)
                }
                Envelope { messages: Some(_), .. } => chat::body(source, raw.get()).map(Some),
                Envelope { input: Some(_), .. } => responses::body(source, raw.get()).map(Some),
                _ => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

fn batch_line(
    source: Source<'_>,
    body: &RawValue,
    url: Option<&RawValue>,
) -> Result<Request, Error> {
    let url: Option<String> = url.map(|raw| source.parse(raw.get())).transpose()?;
    let mut request = match url.as_deref() {
        None | Some("/v1/chat/completions") => chat::body(source, body.get())?,
        Some("/v1/responses") => responses::body(source, body.get())?,
        Some(other) => {
            return Err(
                source.malformed(body, format!("a batch line for `{other}` is not a chat request"))
            );
        }
    };
    request.tier = Some(Tier::Batch);
    Ok(request)
}

fn no_messages() -> Error {
    Error::new(ErrorKind::Malformed, "the request has no messages")
        .hint("the API refuses it; give it at least one message")
}

fn not_a_request() -> Error {
    Error::new(ErrorKind::Malformed, "this is JSON, but not a request").hint(
        "a request has `messages` (Chat Completions), `input` (Responses) or `body` (a Batch line)",
    )
}
