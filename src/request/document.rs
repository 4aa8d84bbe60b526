//! The text of a file into requests: what it is, and one entry per request.

use std::collections::BTreeSet;

use serde_json::value::RawValue;

use super::api::nested;
use super::beside::{NothingBeside, ReadBeside};
use super::envelope::{self, Unwrapped};
use super::format::{FileHint, InputFormat};
use super::message::Request;
use super::origin::Origin;
use super::pairing::check_tool_pairs;
use super::plain_line;
use super::prompt_file::{self, Memory};
use super::recognise;
use super::template::{Language, has_tags_of_go, is_likely};
use crate::catalog::Tier;
use crate::json::Value;
use crate::units::Position;
use crate::{Error, ErrorKind};

/// The body of a request as it was written.
#[derive(Debug, Clone, Copy)]
pub struct Body<'a> {
    /// The parameters.
    pub json: Value<'a>,
    /// Whether it is sent through a batch API.
    pub batch: bool,
}

/// One request of a document, or why it cannot be read.
#[derive(Debug)]
pub struct RequestEntry<'a> {
    /// The line it stands on, in a document of many.
    pub line: Option<usize>,
    /// The body as it was written, where the document is JSON.
    pub body: Option<Body<'a>>,
    /// The request.
    pub request: Result<Request, Error>,
}

/// A text, read.
#[derive(Debug)]
pub struct RequestDocument<'a> {
    /// Its requests in their order; empty for an empty line alone.
    pub entries: Vec<RequestEntry<'a>>,
    /// What the reader should know about how the text was taken.
    pub note: Option<&'static str>,
}

impl RequestDocument<'_> {
    /// What its requests hold that is not in the figures, and calls and results without each other; each sentence
    /// once.
    pub fn warnings(&self) -> impl Iterator<Item = String> {
        let requests = self.entries.iter().filter_map(|entry| entry.request.as_ref().ok());
        let mut seen = BTreeSet::new();
        let alone = |request| check_tool_pairs(request).err();
        let alone = move |request| {
            alone(request).map(|error| format!("{}: the API refuses that", error.message()))
        };
        let warnings = requests.flat_map(move |request| {
            request.warnings.iter().cloned().chain(alone(request)).collect::<Vec<_>>()
        });
        warnings.filter(move |warning| seen.insert(warning.clone()))
    }
}

/// What is said of JSON that is no request.
const UNKNOWN_JSON: &str = "JSON of no request format that is known: read as plain text";
/// What is said of data that is no prompt.
const UNKNOWN_DATA: &str = "data of no prompt format that is known: read as plain text";
/// What is said of a text that begins with front matter.
const FRONT_MATTER: &str = "front matter of no prompt format that is known: read as plain text";

/// Reads a text as `format`, or as what its content and its name say it is.
///
/// # Errors
/// [`ErrorKind::Malformed`] for an empty text and for JSON or YAML that is broken. In a document of many
/// requests only the entries carry errors.
pub fn read<'a>(
    text: &'a str,
    hint: FileHint<'_>,
    format: Option<InputFormat>,
) -> Result<RequestDocument<'a>, Error> {
    read_with(text, hint, format, &NothingBeside)
}

/// Reads a text like [`read`], and the files that it refers to as `beside` finds them.
///
/// # Errors
/// Those of [`read`]; a file that is not found is an error of the request that needs it.
pub fn read_with<'a>(
    text: &'a str,
    hint: FileHint<'_>,
    format: Option<InputFormat>,
    beside: &dyn ReadBeside,
) -> Result<RequestDocument<'a>, Error> {
    if text.trim().is_empty() {
        return Err(Error::new(ErrorKind::Malformed, "the text is empty")
            .hint("there is nothing to count; name a file with a prompt in it"));
    }
    // A byte order mark says how the file is written; it is no part of what it says.
    let mark = text.strip_prefix('\u{feff}').map_or(0, |_| '\u{feff}'.len_utf8());
    let text = &text[mark..];
    let mut document = if let Some(origin) = prompt_file_of(text, hint, format) {
        prompt_file::read(origin, text, hint, beside)?
    } else {
        match layout(text, hint, format) {
            Layout::Text => text_of(text, hint, format, beside),
            Layout::Lines => lines(text, mark, format.and_then(InputFormat::origin))?,
            Layout::One => one(text, mark, format)?,
        }
    };
    for request in document.entries.iter_mut().filter_map(|entry| entry.request.as_mut().ok()) {
        request.take_in_texts_elsewhere(beside);
    }
    Ok(document)
}

/// Whether a text that begins like this has a request on every line, however it goes on: [`read_line`] reads it.
#[must_use]
pub fn is_request_lines(beginning: &str, hint: FileHint<'_>, format: Option<InputFormat>) -> bool {
    let beginning = beginning.strip_prefix('\u{feff}').unwrap_or(beginning);
    prompt_file_of(beginning, hint, format).is_none()
        && layout(beginning, hint, format) == Layout::Lines
        && is_json_lines(beginning)
}

/// Reads one line of a text with a request on every line: that of this number, which begins `start` bytes into
/// the text. An empty line has no entry. The place of a content is known where something depends on it.
pub fn read_line<'a>(
    line: &'a str,
    number: usize,
    start: usize,
    format: Option<InputFormat>,
    beside: &dyn ReadBeside,
) -> RequestDocument<'a> {
    let plain = match format.and_then(InputFormat::origin) {
        None | Some(Origin::Chat) => plain_line::read(line),
        Some(_) => None,
    };
    let Some(mut request) = plain else {
        return read_line_of_any_shape(line, number, start, format, beside);
    };
    request.find_template();
    request.take_in_texts_elsewhere(beside);
    let entry = RequestEntry { line: Some(number), body: None, request: Ok(request) };
    RequestDocument { entries: vec![entry], note: None }
}

/// Reads a line with the readers of all shapes.
pub(super) fn read_line_of_any_shape<'a>(
    line: &'a str,
    number: usize,
    start: usize,
    format: Option<InputFormat>,
    beside: &dyn ReadBeside,
) -> RequestDocument<'a> {
    let mut entries = Vec::new();
    if !line.trim().is_empty() {
        entries = self::line(line, number, start, format.and_then(InputFormat::origin));
    }
    for request in entries.iter_mut().filter_map(|entry| entry.request.as_mut().ok()) {
        request.take_in_texts_elsewhere(beside);
    }
    RequestDocument { entries, note: None }
}

/// Which reader of prompt files takes a text.
fn prompt_file_of(text: &str, hint: FileHint<'_>, format: Option<InputFormat>) -> Option<Origin> {
    match format {
        Some(InputFormat::Of(origin)) => prompt_file::reads(origin).then_some(origin),
        Some(_) => None,
        None => hint.prompt_file().or_else(|| prompt_file::of(text, hint)),
    }
}

/// How requests lie in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Text,
    One,
    Lines,
}

fn layout(text: &str, hint: FileHint<'_>, format: Option<InputFormat>) -> Layout {
    match format {
        Some(InputFormat::Text) => return Layout::Text,
        Some(InputFormat::JsonLines) => return Layout::Lines,
        Some(InputFormat::Of(_)) if is_json_lines(text) => return Layout::Lines,
        Some(InputFormat::Json | InputFormat::Of(_)) => return Layout::One,
        None => {}
    }
    let starts_as_json = starts_as_json(text);
    match hint.extension() {
        Some("jsonl" | "ndjson") => Layout::Lines,
        Some("json") if starts_as_json => Layout::One,
        // Prose and templates may begin with a brace; only whole JSON is taken for a request there.
        Some(_) if !is_json(text) && !is_json_lines(text) => Layout::Text,
        _ if starts_as_json && is_json_lines(text) => Layout::Lines,
        _ if starts_as_json => Layout::One,
        _ => Layout::Text,
    }
}

/// Whether a text that begins like this is plain text, however it goes on. The beginning of a text that
/// may be JSON does not tell, nor does one of white space alone.
#[must_use]
pub fn is_plain_text(beginning: &str, hint: FileHint<'_>, format: Option<InputFormat>) -> bool {
    let beginning = beginning.strip_prefix('\u{feff}').unwrap_or(beginning).trim_start();
    match format {
        _ if beginning.is_empty() => false,
        Some(format) => format == InputFormat::Text,
        None => {
            !hint.is_json()
                && !hint.is_data()
                && !hint.is_memory()
                && hint.prompt_file().is_none()
                && hint.template().is_none()
                && !beginning.starts_with(['{', '['])
                && !may_be_template(beginning)
                && (hint.is_source_code() || !is_likely(beginning))
                && !prompt_file::has_front_matter(beginning)
        }
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

/// A text, with its imports where it is the memory of a coding agent.
fn text_of<'a>(
    text: &str,
    hint: FileHint<'_>,
    format: Option<InputFormat>,
    beside: &dyn ReadBeside,
) -> RequestDocument<'a> {
    let found = match format {
        None => prompt_file::with_imports(text, hint, beside),
        Some(_) => None,
    };
    let Some(Memory { text, warnings, unread }) = found else { return plain(text, hint, format) };
    let mut document = plain(&text, FileHint::Nothing, format);
    for request in document.entries.iter_mut().filter_map(|entry| entry.request.as_mut().ok()) {
        // What is sent is no part of the file.
        request.messages.iter_mut().for_each(|message| message.span = None);
        request.warnings.extend(warnings.iter().cloned());
        for import in &unread {
            request.note_unread(import.clone());
        }
    }
    document
}

/// A text that is one user message; it is no exact count where it is more likely something else.
fn plain<'a>(text: &str, hint: FileHint<'_>, format: Option<InputFormat>) -> RequestDocument<'a> {
    let note = if format.is_some() {
        None
    } else if hint.is_data() {
        Some(UNKNOWN_DATA)
    } else {
        prompt_file::has_front_matter(text).then_some(FRONT_MATTER)
    };
    let mut document = as_text(text, note);
    for entry in &mut document.entries {
        if let Ok(request) = &mut entry.request
            && format.is_none()
        {
            let has_tags = request.texts().any(may_be_template);
            request.template =
                hint.template().or_else(|| has_tags.then(|| template_of(request)).flatten());
            // Single braces are too common in code to say anything there.
            if request.template.is_none() && !hint.is_source_code() && is_likely(text) {
                request.template = Some(Language::LooseBraces);
            }
            let is_other = || hint.is_other_template() || has_tags && has_tags_of_go(text);
            if request.template.is_none() && is_other() {
                request
                    .doubts
                    .push("its tags are those of a template, counted as they stand".into());
            }
        }
    }
    document
}

/// Whether a text may have slots or blocks. Few texts do, and looking is quick.
fn may_be_template(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'{', bytes).any(|at| matches!(bytes.get(at + 1), Some(b'{' | b'%')))
}

impl Request {
    /// Finds the language of a template among its texts. Slots in what is about to be sent may be words of the data;
    /// blocks are a template's.
    fn find_template(&mut self) {
        if self.template.is_none() && self.texts().any(may_be_template) {
            self.template = self.guessed_language();
        }
    }
}

/// The language of a text that is more likely a template than what is sent: it has slots or whole blocks.
fn template_of(request: &Request) -> Option<Language> {
    let slots = || !request.slots(Language::Mustache).is_empty();
    request.guessed_language().or_else(|| slots().then_some(Language::Mustache))
}

fn as_text<'a>(text: &str, note: Option<&'static str>) -> RequestDocument<'a> {
    let mut request = Request::from_text(text);
    request.doubts.extend(note.map(|note| format!("it is {note}")));
    RequestDocument {
        entries: vec![RequestEntry { line: None, body: None, request: Ok(request) }],
        note,
    }
}

/// One JSON text, which may hold the bodies of a whole batch.
fn one(
    text: &str,
    bytes_before: usize,
    format: Option<InputFormat>,
) -> Result<RequestDocument<'_>, Error> {
    let value = Value::parse(text)
        .map_err(|e| e.hint("fix the JSON, or pass `--as text` to count the text as it stands"))?;
    let bodies = envelope::unwrap(value.within(0, bytes_before))?;
    let is_batch = bodies.len() > 1;
    let mut entries = Vec::new();
    for unwrapped in bodies {
        let line = is_batch.then(|| unwrapped.body.position().line);
        let request = match request(&unwrapped, format.and_then(InputFormat::origin)) {
            Ok(Some(request)) => Ok(request),
            Ok(None) if !is_batch && format.is_none() => {
                let mut document = as_text(text, Some(UNKNOWN_JSON));
                for entry in &mut document.entries {
                    entry.body = Some(Body { json: unwrapped.body, batch: unwrapped.batch });
                }
                return Ok(document);
            }
            Ok(None) => Err(not_a_request(unwrapped.body)),
            Err(error) => Err(error),
        };
        let body = Some(Body { json: unwrapped.body, batch: unwrapped.batch });
        entries.push(RequestEntry { line, body, request });
    }
    Ok(RequestDocument { entries, note: None })
}

fn lines(
    text: &str,
    bytes_before: usize,
    format: Option<Origin>,
) -> Result<RequestDocument<'_>, Error> {
    if !is_json_lines(text) && text.trim().contains('\n') && is_json(text) {
        let message = "this is one JSON document, not a request on every line";
        return Err(Error::new(ErrorKind::Malformed, message).hint("pass `--as chat`"));
    }
    let mut entries = Vec::new();
    let mut start = bytes_before;
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        if !line.trim().is_empty() {
            entries.extend(self::line(line, number, start, format));
        }
        start += line.len();
    }
    Ok(RequestDocument { entries, note: None })
}

/// The requests of one line, mostly one.
fn line(text: &str, number: usize, start: usize, format: Option<Origin>) -> Vec<RequestEntry<'_>> {
    let failed =
        |error: Error| RequestEntry { line: Some(number), body: None, request: Err(error) };
    let placed = |error: Error| {
        let position = error.position().unwrap_or(Position::START);
        let hint = "fix the JSON, or pass `--as text` to count the text as it stands";
        error.at(position.from_line(number)).hint(hint)
    };
    let value = match Value::parse(text.trim_end_matches(['\n', '\r'])) {
        Ok(value) => value.within(number - 1, start),
        Err(error) => return vec![failed(placed(error))],
    };
    let bodies = match envelope::unwrap(value) {
        Ok(bodies) => bodies,
        Err(error) => return vec![failed(error)],
    };
    bodies
        .into_iter()
        .map(|unwrapped| {
            let request = request(&unwrapped, format)
                .and_then(|request| request.ok_or_else(|| not_a_request(unwrapped.body)));
            let body = Some(Body { json: unwrapped.body, batch: unwrapped.batch });
            RequestEntry { line: Some(number), body, request }
        })
        .collect()
}

/// Reads a body; `None` when it is JSON but not a request.
fn request(unwrapped: &Unwrapped<'_>, format: Option<Origin>) -> Result<Option<Request>, Error> {
    let body = unwrapped.body;
    let read = recognise::request(body, format.or(unwrapped.origin));
    let mut request = match read {
        Ok(Some(request)) => request,
        Ok(None) => return Ok(None),
        Err(error) if error.hint_text().is_some() => return Err(error),
        Err(error) => {
            return Err(error.hint("the API reference of the endpoint says what belongs here"));
        }
    };
    unwrapped.check_around(&mut request);
    nested::check(&body, &mut request);
    if request.messages.is_empty() && request.unknown.is_empty() && request.origin != Origin::Mcp {
        return Err(body
            .malformed("the request has no messages")
            .hint("the API refuses it; give it at least one message"));
    }
    request.find_template();
    if unwrapped.batch {
        request.settings.tier = Some(Tier::Batch);
    }
    Ok(Some(request))
}

fn not_a_request(body: Value<'_>) -> Error {
    let texts = body.fields().map(|fields| texts(&fields)).unwrap_or_default();
    let error = body.malformed("this is JSON, but not a request");
    if body.get("usage").is_some() {
        return error.hint(
            "where it is the answer to a call, `outlay audit` says what such calls cost, and \
             `outlay calibrate` which cap they allow",
        );
    }
    match texts.first() {
        Some(key) => error.hint(format!(
            "where it is a row of a dataset, count a template such as `{{{{{key}}}}}` with `--rows`; \
             `samples` of outlay.toml do the same for `check`"
        )),
        None => error.hint(
            "a request has `messages`, `input`, `contents`, or `body` in a line of a batch",
        ),
    }
}

/// The keys of an object whose values are all plain: those that hold text.
fn texts(fields: &crate::json::Fields<'_>) -> Vec<String> {
    use crate::json::Kind;
    let mut texts = Vec::new();
    for (key, value) in fields.members() {
        match value.kind() {
            Kind::String => texts.push(key.to_owned()),
            Kind::Array | Kind::Object => return Vec::new(),
            Kind::Bool | Kind::Null | Kind::Number => {}
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_lie_in_a_text_as_its_format_and_its_name_say() {
        const ONE: &str = "{\"messages\": []}";
        const LINES: &str = "{\"messages\": []}\n\n{\"messages\": []}\n";
        const SPREAD: &str = "{\n  \"messages\": []\n}\n";
        const PROSE: &str = "{\"role\"} says hello.\nAnd more.";
        let given = |text: &str, format| layout(text, FileHint::Nothing, Some(format));
        for (text, of_chat) in [(ONE, Layout::One), (LINES, Layout::Lines), (SPREAD, Layout::One)] {
            assert_eq!(given(text, InputFormat::Of(Origin::Chat)), of_chat, "{text}");
            assert_eq!(given(text, InputFormat::Json), Layout::One, "{text}");
            assert_eq!(given(text, InputFormat::JsonLines), Layout::Lines, "{text}");
            assert_eq!(given(text, InputFormat::Text), Layout::Text, "{text}");
        }
        for (name, text, found) in [
            ("a.json", ONE, Layout::One),
            ("a.json", LINES, Layout::One),
            ("a.json", "Hello.", Layout::Text),
            ("a.jsonl", ONE, Layout::Lines),
            ("a.ndjson", "Hello.", Layout::Lines),
            ("a.md", ONE, Layout::One),
            ("a.md", LINES, Layout::Lines),
            ("a.md", SPREAD, Layout::One),
            ("a.md", PROSE, Layout::Text),
            ("a", PROSE, Layout::One),
            ("a", LINES, Layout::Lines),
            ("a", SPREAD, Layout::One),
            ("a", "Hello.", Layout::Text),
        ] {
            assert_eq!(layout(text, FileHint::Name(name), None), found, "{name} {text}");
        }
    }

    #[test]
    fn lines_are_read_one_by_one_where_each_is_a_request() {
        const LINES: &str = "\u{feff}{\"messages\": []}\n{\"messages\": [";
        for (text, name, wanted) in [
            (LINES, "a.jsonl", true),
            (LINES, "a", true),
            (LINES, "a.json", false),
            (LINES, "promptfooconfig.json", false),
            ("{\"messages\": []}\n", "a.jsonl", false),
            ("{\n\"messages\": []\n}\n", "a.jsonl", false),
            ("Hello.\n{}\n", "a.jsonl", false),
        ] {
            assert_eq!(is_request_lines(text, FileHint::Name(name), None), wanted, "{name} {text}");
        }
    }
}
