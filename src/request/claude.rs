//! The prompt tokens of a request to Claude, as far as its framing is known.
//!
//! Known are the frame around a single message of a user (measured for ctok 1.3.0) and the size of the
//! system prompt that comes with tools (Claude documentation, pricing). One published count shows that a
//! system text adds its own tokens and no frame: `You are a scientist` before `Hello, Claude` makes 14,
//! which are 10 and 4. Nothing is published about further turns.

use super::message::{FunctionDefinition, Message, Request, Role};
use super::settings::ToolChoice;
use crate::catalog::Counting;
use crate::tokenizer::Encoding;
use crate::units::Tokens;

/// Tokens that are assumed around each message after the first. The frame of the first holds the
/// beginning of the answer as well.
const FURTHER_MESSAGE: Tokens = Tokens::new(4);

/// Tokens that may stand around a tool call or its result, at most, as around the whole of one published
/// tool.
const TOOL_CALL: Tokens = Tokens::new(20);

/// What the request is counted as.
#[derive(Debug, Default)]
pub(super) struct Framed {
    /// Tokens around messages.
    pub(super) framing: Tokens,
    /// The rest by its place in the request.
    pub(super) parts: Vec<(String, Option<Role>, Tokens)>,
    /// Why it is an estimate.
    pub(super) reasons: Vec<String>,
    /// How many tokens fewer it may be.
    pub(super) fewer: Tokens,
    /// How many tokens more it may be.
    pub(super) more: Tokens,
}

/// Counts a request; `frame` is around the only message of one.
pub(super) fn count(request: &Request, counting: &Counting, frame: Tokens) -> Framed {
    let encoding = counting.encoding;
    // Definitions alone have no message around them.
    let framing = if request.messages.is_empty() { Tokens::ZERO } else { frame };
    let mut framed = Framed { framing, ..Framed::default() };
    let mut further = false;
    for (i, message) in request.messages.iter().enumerate() {
        let at = message.place(i);
        let tokens = encoding.count(&message.joined_text());
        framed.parts.push((message.part_name(i), Some(message.role), tokens));
        framed.calls(message, &at, encoding);
        if matches!(message.role, Role::System | Role::Developer) {
            framed.because(
                "a system text is counted without a frame, as the only published count with one shows",
            );
            framed.more += FURTHER_MESSAGE;
        } else {
            if further {
                framed.framing += FURTHER_MESSAGE;
                framed.fewer += Tokens::new(1);
                framed.more += frame.saturating_sub(FURTHER_MESSAGE);
            }
            if further || message.role != Role::User {
                framed.because(&format!(
                    "the frame of messages after the first is not public; {FURTHER_MESSAGE} tokens are assumed for each"
                ));
            }
            further = true;
        }
        if message.content.len() > 1 {
            framed.because("several parts of one message are counted as one text");
        }
    }
    framed.tools(request, counting);
    if let Some(schema) = &request.response_schema {
        framed.because(
            "a response schema is counted as its JSON text; how it is billed is not public",
        );
        framed.parts.push((
            "response_format".to_owned(),
            None,
            encoding.count(&schema.schema.to_string()),
        ));
    }
    framed
}

impl Framed {
    fn because(&mut self, reason: &str) {
        if !self.reasons.iter().any(|known| known == reason) {
            self.reasons.push(reason.to_owned());
        }
    }

    fn calls(&mut self, message: &Message, at: &str, encoding: Encoding) {
        let mut tokens = Tokens::ZERO;
        for call in message.tool_calls.iter().chain(&message.function_call) {
            tokens += encoding.count(&call.name) + encoding.count(&call.arguments);
        }
        if tokens > Tokens::ZERO {
            self.parts.push((format!("{at}.tool_calls"), Some(message.role), tokens));
        }
        if tokens > Tokens::ZERO || matches!(message.role, Role::Tool | Role::Function) {
            self.because("tool calls and their results are counted as their text, without a frame");
            self.more += TOOL_CALL;
        }
    }

    fn tools(&mut self, request: &Request, counting: &Counting) {
        if request.functions.is_empty() {
            return;
        }
        let mut tokens = Tokens::ZERO;
        for function in &request.functions {
            tokens += counting.encoding.count(&definition(function));
        }
        self.parts.push(("tools".to_owned(), None, tokens));
        self.fewer += Tokens::new(tokens.get() / 3);
        self.because(
            "tool definitions are counted as their JSON text; the only published count with one is 20 tokens below that",
        );
        let is_forced = matches!(
            request.settings.tool_choice,
            Some(ToolChoice::Any | ToolChoice::Tool(_) | ToolChoice::Function(_))
        );
        match counting.tool_prompt {
            Some(prompt) if is_forced => self.framing += prompt.forced,
            Some(prompt) => self.framing += prompt.free,
            None => {
                self.because("the size of the system prompt that comes with tools is not public");
            }
        }
    }
}

/// A tool as Anthropic's API takes it.
fn definition(function: &FunctionDefinition) -> String {
    let mut tool = serde_json::Map::new();
    tool.insert("name".to_owned(), function.name.as_str().into());
    if let Some(description) = &function.description {
        tool.insert("description".to_owned(), description.as_str().into());
    }
    if let Some(parameters) = &function.parameters {
        tool.insert("input_schema".to_owned(), parameters.clone());
    }
    serde_json::Value::from(tool).to_string()
}
