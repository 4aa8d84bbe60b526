//! The prompt tokens of a request.
//!
//! Each message costs 3 tokens, its role, its content, and its name with one more; the answer's
//! beginning costs 3 (OpenAI cookbook, "How to count tokens with tiktoken"). For o1-preview and o1-mini
//! this equals the bill on 3,367 of 3,467 single-message requests of karthikv792/LLMs-Planning, the other
//! 100 being one file whose stored text is not what was sent.

use std::borrow::Cow;
use std::sync::Arc;

use super::media::Media;
use super::message::{ContentSpan, FunctionCall, Message, Part, Request, Role};
use super::origin::Origin;
use super::unknown::Unknown;
use super::{chat_template, claude, schema, tools};
use crate::catalog::{ChatTemplate, Counting, CountingError, Fidelity};
use crate::tokenizer::Encoding;
use crate::units::{TokenRange, Tokens};
use crate::{Error, ErrorKind};

/// Tokens that open and close a message.
const PER_MESSAGE: Tokens = Tokens::new(3);
/// Tokens that a name costs besides its own.
const PER_NAME: Tokens = Tokens::new(1);
/// Tokens with which the answer begins, once per request.
pub const ANSWER_FRAMING: Tokens = Tokens::new(3);
/// Tokens around a message without a name, its role included: every role is one token.
pub const MESSAGE_FRAMING: Tokens = Tokens::new(PER_MESSAGE.get() + 1);
/// Tokens around a single tool call, and around several with each of them (found on 16 published
/// counts of gpt-3.5 and gpt-4, 13 of them exact, none off by more than 1).
const TOOL_CALL: Tokens = Tokens::new(2);
const TOOL_CALLS: Tokens = Tokens::new(18);
const EACH_OF_TOOL_CALLS: Tokens = Tokens::new(9);
/// Tokens around a call in the deprecated form.
const FUNCTION_CALL: Tokens = Tokens::new(3);

/// The tokens of one part of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartCount {
    /// Where in the request, such as `messages[0].content`.
    pub part: String,
    /// The role of the message it belongs to.
    pub role: Option<Role>,
    /// Its tokens.
    pub tokens: Tokens,
    /// Where it stands in the file, for the content of messages.
    pub span: Option<ContentSpan>,
}

/// The content of a message, to be split into its pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartPieces {
    /// The part of the [`PromptCount`], such as `messages[0].content`.
    pub part: String,
    /// The encoding that splits it, see [`Encoding::each_piece`].
    pub encoding: Encoding,
    /// The text of it.
    pub text: Arc<str>,
}

/// The prompt tokens of a request, and how sure they are.
#[derive(Debug, Clone, PartialEq)]
pub struct PromptCount {
    /// The vocabulary it was counted with.
    pub encoding: Encoding,
    /// How sure it is.
    pub fidelity: Fidelity,
    /// Why it is an estimate, one sentence each.
    pub reasons: Vec<String>,
    /// Tokens of roles, names and of what surrounds messages.
    pub framing: Tokens,
    /// Everything else, part by part.
    pub parts: Vec<PartCount>,
    /// What a reconstructed count rests on, with its published accuracy.
    pub basis: Option<String>,
    /// How far the vocabulary is from the model's own, where another stands in and that was measured.
    pub error: Option<CountingError>,
    /// How many tokens fewer the framing may be.
    pub fewer: Tokens,
    /// How many tokens more the framing may be.
    pub more: Tokens,
    /// Whether it may be longer by what no figure bounds: a block of a template that repeats.
    pub open_ended: bool,
    /// What could not be counted and is not in the figures, one half sentence each.
    pub left_out: Vec<String>,
}

impl PromptCount {
    /// Between what and what the prompt tokens lie; nothing where that is not known, or they are sure.
    #[must_use]
    pub fn range(&self) -> Option<TokenRange> {
        let tokens = self.prompt_tokens();
        let unsure = self.fewer + self.more > Tokens::ZERO;
        let (low, high) = (tokens.saturating_sub(self.fewer), tokens + self.more);
        match &self.error {
            _ if self.fidelity != Fidelity::Estimate || self.open_ended => None,
            Some(error) => Some(TokenRange {
                low: error.range(low).low,
                high: error.range(high).high,
                ..error.range(tokens)
            }),
            None => unsure.then_some(TokenRange { low, mean: tokens, high }),
        }
    }

    /// The count of a prompt of which nothing could be counted.
    #[must_use]
    pub fn nothing(counting: &Counting) -> Self {
        Self {
            encoding: counting.encoding,
            fidelity: Fidelity::Estimate,
            reasons: Vec::new(),
            framing: Tokens::ZERO,
            parts: Vec::new(),
            basis: None,
            error: None,
            fewer: Tokens::ZERO,
            more: Tokens::ZERO,
            open_ended: false,
            left_out: Vec::new(),
        }
    }

    /// Tokens of the parts.
    #[must_use]
    pub fn content_tokens(&self) -> Tokens {
        self.parts.iter().map(|part| part.tokens).sum()
    }

    /// All prompt tokens, as billed.
    #[must_use]
    pub fn prompt_tokens(&self) -> Tokens {
        self.content_tokens() + self.framing
    }
}

/// Counts the prompt tokens of a request for a model that counts this way.
///
/// # Errors
/// [`ErrorKind::Uncountable`] names the first part whose tokens cannot be known from the request, and says
/// how many there are.
pub fn prompt_tokens(request: &Request, counting: &Counting) -> Result<PromptCount, Error> {
    complete(counted(request, counting, None).0)
}

/// Counts what can be counted: the least that the request sends. What is left out is in
/// [`PromptCount::left_out`].
#[must_use]
pub fn known_prompt_tokens(request: &Request, counting: &Counting) -> PromptCount {
    let mut counted = counted(request, counting, None).0;
    if !counted.count.left_out.is_empty() {
        counted.count.fidelity = Fidelity::Estimate;
        let left_out = counted.count.left_out.join("; ");
        counted.count.reasons.push(format!("it leaves out what cannot be counted: {left_out}"));
    }
    counted.count
}

/// A count, refused where it leaves something out.
fn complete(counted: Counted) -> Result<PromptCount, Error> {
    let Some(first) = counted.first else { return Ok(counted.count) };
    let others = counted.count.left_out.len().saturating_sub(1);
    let first = match others {
        0 => first,
        1 => Error::new(
            first.kind(),
            format!("{}; 1 other part cannot be counted either", first.message()),
        )
        .at(first.position().unwrap_or(crate::units::Position::START)),
        n => Error::new(
            first.kind(),
            format!("{}; {n} other parts cannot be counted either", first.message()),
        )
        .at(first.position().unwrap_or(crate::units::Position::START)),
    };
    if first.hint_text().is_some() {
        return Err(first);
    }
    Err(first.hint("pass `--skip-uncountable` to count the rest"))
}

/// The same with the pieces of the content of every message. Tool definitions, calls and response
/// schemas have none: their tokens are an estimate without a text of its own.
///
/// # Errors
/// Those of [`prompt_tokens`].
pub fn prompt_pieces(
    request: &Request,
    counting: &Counting,
) -> Result<(PromptCount, Vec<PartPieces>), Error> {
    let (counted, pieces) = counted(request, counting, Some(Vec::new()));
    Ok((complete(counted)?, pieces.unwrap_or_default()))
}

/// The prompt tokens of one user message whose content has been counted already.
#[must_use]
pub fn text_prompt_tokens(content: Tokens, counting: &Counting) -> PromptCount {
    let mut count = known_prompt_tokens(&Request::from_text(""), counting);
    for part in &mut count.parts {
        part.tokens = content;
    }
    if counting.chat_template().is_some_and(|template| template != ChatTemplate::TextOnly) {
        // A template may drop white space at the ends, or merge it with its own.
        count.fidelity = Fidelity::Estimate;
        count.reasons.push(
            "white space at the ends of a text that was counted apart from its template may be a token more or less"
                .to_owned(),
        );
        (count.fewer, count.more) = (Tokens::new(1), Tokens::new(1));
    }
    count
}

/// A count with the error for the first thing that it leaves out.
struct Counted {
    count: PromptCount,
    first: Option<Error>,
}

/// Counts a request; the blocks of a template that nothing fills with each of their branches once.
fn counted(
    request: &Request,
    counting: &Counting,
    pieces: Option<Vec<PartPieces>>,
) -> (Counted, Option<Vec<PartPieces>>) {
    let outlined = match request.outline() {
        Ok(Some(outlined)) => outlined,
        Ok(None) => return as_it_stands(request, counting, pieces),
        Err(error) => {
            let (mut counted, pieces) = as_it_stands(request, counting, pieces);
            counted.count.left_out.push("a template that does not parse".to_owned());
            return (Counted { first: Some(error), ..counted }, pieces);
        }
    };
    let (mut counted, pieces) = as_it_stands(&outlined.once, counting, pieces);
    let (least, _) = as_it_stands(&outlined.least, counting, None);
    let count = &mut counted.count;
    count.fewer += count.prompt_tokens().saturating_sub(least.count.prompt_tokens());
    count.open_ended |= outlined.open_ended;
    count.fidelity = Fidelity::Estimate;
    count.basis = None;
    count.reasons.push(outlined.reason);
    (counted, pieces)
}

fn as_it_stands(
    request: &Request,
    counting: &Counting,
    pieces: Option<Vec<PartPieces>>,
) -> (Counted, Option<Vec<PartPieces>>) {
    let mut counter = Counter {
        pieces,
        left_out: Vec::new(),
        first: None,
        encoding: counting.encoding,
        framing: if request.origin == Origin::Mcp { Tokens::ZERO } else { ANSWER_FRAMING },
        parts: Vec::new(),
        reasons: Vec::new(),
        fewer: Tokens::ZERO,
        more: Tokens::ZERO,
        open_ended: false,
    };
    if counting.fidelity == Fidelity::Estimate {
        counter.because(counting.note.as_deref().unwrap_or("the catalogue calls it an estimate"));
        if let Some(error) = &counting.error {
            counter.because(&error.in_words());
        }
    }
    for doubt in &request.doubts {
        counter.because(doubt);
    }
    for unknown in &request.unknown {
        counter.leave_out(&format!("`{}`", unknown.what), &unknown.why, unknown);
    }
    if let Some(frame) = counting.encoding.message_frame() {
        counter.claude(request, counting, frame);
        counter.hosted_tools(request);
        return counter.answer(counting);
    }
    match request.origin {
        Origin::Responses => {
            counter.because("the framing of the Responses API has no public check");
        }
        // Only its own API bills it; for this model it would have to be rewritten.
        Origin::Anthropic
        | Origin::Gemini
        | Origin::Interactions
        | Origin::Converse
        | Origin::InvokeModel => {
            counter.because("the request is for another API, and is framed here as a chat");
        }
        _ => {}
    }
    if let Some(template) = counting.chat_template() {
        counter.template(template, request);
    } else {
        counter.messages(request);
        counter.definitions(request);
    }
    counter.response_schema(request);
    counter.hosted_tools(request);
    counter.answer(counting)
}

struct Counter {
    encoding: Encoding,
    framing: Tokens,
    parts: Vec<PartCount>,
    reasons: Vec<String>,
    fewer: Tokens,
    more: Tokens,
    open_ended: bool,
    /// The pieces of the contents, where they are asked for.
    pieces: Option<Vec<PartPieces>>,
    /// What could not be counted.
    left_out: Vec<String>,
    /// The error for the first of them.
    first: Option<Error>,
}

impl Counter {
    fn answer(self, counting: &Counting) -> (Counted, Option<Vec<PartPieces>>) {
        let Self { encoding, framing, parts, reasons, fewer, more, open_ended, .. } = self;
        let (pieces, left_out, first) = (self.pieces, self.left_out, self.first);
        let fidelity = if reasons.is_empty() { counting.fidelity } else { Fidelity::Estimate };
        let is_reconstructed = fidelity == Fidelity::Reconstructed;
        let basis = counting.note.clone().filter(|_| is_reconstructed);
        let error = counting.error.clone();
        let count = PromptCount {
            encoding,
            fidelity,
            reasons,
            framing,
            parts,
            basis,
            error,
            fewer,
            more,
            open_ended,
            left_out,
        };
        (Counted { count, first }, pieces)
    }

    /// A request to Claude, whose framing is another.
    fn claude(&mut self, request: &Request, counting: &Counting, frame: Tokens) {
        for (i, message) in request.messages.iter().enumerate() {
            self.beside_text(message, &message.place(i));
        }
        let framed = claude::count(request, counting, frame);
        (self.framing, self.fewer, self.more) = (framed.framing, framed.fewer, framed.more);
        framed.parts.into_iter().for_each(|(part, role, tokens)| self.part(part, role, tokens));
        framed.reasons.iter().for_each(|reason| self.because(reason));
    }

    /// A request whose messages and tools become one text by a published template.
    fn template(&mut self, template: ChatTemplate, request: &Request) {
        let mut contents = Tokens::ZERO;
        for (i, message) in request.messages.iter().enumerate() {
            let at = message.place(i);
            let text = self.text(message, &at);
            contents += self.content(message, i, &text);
            self.calls(message, &at);
        }
        if request.origin == Origin::Mcp {
            self.framing = Tokens::ZERO;
        } else {
            let all = chat_template::tokens(template, request, self.encoding);
            self.framing = all.saturating_sub(contents);
            if let Some(doubt) = chat_template::doubt(request) {
                self.because(doubt);
            }
        }
        if !request.functions.is_empty() {
            self.because(
                "tool definitions are written as the published chat template does, their keys in the usual order",
            );
            let tokens = chat_template::definitions(template, request, self.encoding);
            self.part("tools".to_owned(), None, tokens);
        }
    }

    /// Counts the text of a message as a part, and answers its tokens.
    fn content(&mut self, message: &Message, index: usize, text: &str) -> Tokens {
        let tokens = self.encoding.count(text);
        let part = message.part_name(index);
        if let Some(shown) = &mut self.pieces {
            let (part, encoding) = (part.clone(), self.encoding);
            shown.push(PartPieces { part, encoding, text: text.into() });
        }
        let (role, span) = (Some(message.role), message.span.clone());
        self.parts.push(PartCount { part, role, tokens, span });
        tokens
    }

    /// Notes what cannot be counted: its name, and why as a half sentence that follows it.
    fn leave_out(&mut self, name: &str, why: &str, unknown: &Unknown) {
        let sentence = format!("{name} {why}");
        self.first.get_or_insert_with(|| {
            Error::new(ErrorKind::Uncountable, sentence.clone()).at(unknown.position)
        });
        self.left_out.push(sentence);
    }

    fn because(&mut self, reason: &str) {
        if !self.reasons.iter().any(|known| known == reason) {
            self.reasons.push(reason.to_owned());
        }
    }

    fn part(&mut self, part: String, role: Option<Role>, tokens: Tokens) {
        self.parts.push(PartCount { part, role, tokens, span: None });
    }

    fn messages(&mut self, request: &Request) {
        let first_system = first_system(request).filter(|_| !request.functions.is_empty());
        let mut parallel_calls = false;
        for (i, message) in request.messages.iter().enumerate() {
            let at = message.place(i);
            self.framing += PER_MESSAGE + self.encoding.count(message.role.name());
            match (&message.name, message.role) {
                // A function result's name replaces its role; a tool result's is not sent.
                (Some(name), Role::Function) => {
                    self.framing =
                        (self.framing + self.encoding.count(name)).saturating_sub(PER_NAME);
                }
                (Some(name), role) if role != Role::Tool => {
                    self.framing += self.encoding.count(name) + PER_NAME;
                }
                _ => {}
            }
            if message.role == Role::Assistant {
                parallel_calls = message.tool_calls.len() > 1;
            }
            let mut text = self.text(message, &at);
            if first_system == Some(i) {
                text.to_mut().push('\n');
            }
            if message.role == Role::Tool && parallel_calls {
                // Results of parallel calls are billed as JSON with \u escapes (community.openai.com/t/1375117).
                text = Cow::Owned(escape_to_ascii(&text));
            }
            self.content(message, i, &text);
            self.calls(message, &at);
        }
    }

    /// The text of a message, its parts joined.
    fn text<'m>(&mut self, message: &'m Message, at: &str) -> Cow<'m, str> {
        if message.content.len() > 1 {
            self.because("several parts of one message are counted as one text; no public check confirms that");
        }
        self.beside_text(message, at);
        message.joined_text()
    }

    /// Counts the parts of a message that are not text, or notes that they cannot be counted.
    fn beside_text(&mut self, message: &Message, at: &str) {
        for (i, part) in message.content.iter().enumerate() {
            match part {
                Part::Text(_) => {}
                Part::Media(media @ Media { tokens: Some(tokens), .. }) => {
                    self.because(if media.is_image() {
                        "images are counted by the published rule of the model"
                    } else {
                        "sound, film and pages are counted by the published rates of the model"
                    });
                    if let Some(beside) = media.beside {
                        self.because(beside);
                        self.open_ended = true;
                    }
                    self.part(format!("{at}.content[{i}]"), Some(message.role), *tokens);
                }
                Part::Media(media) => {
                    let why = media.hidden.as_deref();
                    let why = why.unwrap_or("has tokens that no published rule gives");
                    let name = format!("{at}.content[{i}], `{}`,", media.name);
                    self.leave_out(&name, why, &media.unknown());
                }
                Part::Unknown(unknown) => {
                    let name = format!("{at}.content[{i}], `{}`,", unknown.what);
                    self.leave_out(&name, &unknown.why, unknown);
                }
            }
        }
    }

    fn calls(&mut self, message: &Message, at: &str) {
        let role = Some(message.role);
        if matches!(message.role, Role::Tool | Role::Function)
            || !message.tool_calls.is_empty()
            || message.function_call.is_some()
        {
            self.because(
                "tool calls and their results are counted by rules found on gpt-3.5 and gpt-4",
            );
        }
        if let Some(call) = &message.function_call {
            let tokens = self.call(call) + FUNCTION_CALL;
            self.part(format!("{at}.function_call"), role, tokens);
        }
        match message.tool_calls.as_slice() {
            [] => {}
            [call] => {
                let tokens = TOOL_CALL + self.encoding.count(&call.name) + self.call(call);
                self.part(format!("{at}.tool_calls"), role, tokens);
            }
            calls => {
                let mut tokens = TOOL_CALLS;
                for call in calls {
                    tokens += EACH_OF_TOOL_CALLS + self.call(call);
                }
                self.part(format!("{at}.tool_calls"), role, tokens);
            }
        }
    }

    fn call(&self, call: &FunctionCall) -> Tokens {
        self.encoding.count(&call.name) + self.encoding.count(&call.arguments)
    }

    /// Counts the provider's own tools, as far as their sizes are published.
    fn hosted_tools(&mut self, request: &Request) {
        for tool in &request.hosted_tools {
            match tool.tokens {
                Some(Tokens::ZERO) => {}
                Some(tokens) => {
                    self.because(
                        "the sizes of the provider's own tools are published for some models only",
                    );
                    self.part(format!("tools.{}", tool.kind), None, tokens);
                }
                None => {
                    let unknown = Unknown {
                        what: tool.kind.clone(),
                        why: "has a definition that is not public".to_owned(),
                        position: tool.position,
                    };
                    self.leave_out(&format!("the tool `{}`", tool.kind), &unknown.why, &unknown);
                }
            }
        }
    }

    fn definitions(&mut self, request: &Request) {
        if !request.functions.is_empty() || request.settings.tool_choice.is_some() {
            self.because(
                "tool definitions are rendered by rules that meet 20 of 20 published counts, 19 of them of older encodings",
            );
            let has_system_message = first_system(request).is_some();
            let tokens = tools::tokens(
                &request.functions,
                request.settings.tool_choice.as_ref(),
                has_system_message,
                self.encoding,
            );
            self.part("tools".to_owned(), None, tokens);
        }
    }

    fn response_schema(&mut self, request: &Request) {
        if let Some(schema) = &request.response_schema {
            self.because(
                "a response schema is counted by a rule that one user found by comparing bills",
            );
            let tokens = schema::tokens(schema, self.encoding);
            self.part("response_format".to_owned(), None, tokens);
        }
    }
}

fn first_system(request: &Request) -> Option<usize> {
    request.messages.iter().position(|m| matches!(m.role, Role::System | Role::Developer))
}

/// JSON string escapes without the quotes, everything outside ASCII as `\uXXXX`.
fn escape_to_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_ascii() => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out
}
