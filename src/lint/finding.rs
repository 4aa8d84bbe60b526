//! What a rule found in a request.

use std::ops::Range;

use serde::Serialize;

use super::rule::Rule;
use crate::forecast::ApiRefusal;
use crate::gate::Level;
use crate::json::Value;
use crate::units::{Lines, Position};

/// What the API answers to a request like this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ApiAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The `code` of the error object, where it has one.
    pub code: Option<&'static str>,
    /// Its `message`.
    pub message: String,
    /// Whether the wording was recorded for a sibling only: another model or another parameter of
    /// the same kind.
    pub assumed: bool,
    /// Where the wording was recorded.
    pub source: &'static str,
}

impl ApiAnswer {
    /// A refusal that the forecast knows, recorded at `source`.
    pub(super) fn refusal(refusal: ApiRefusal, assumed: bool, source: &'static str) -> Self {
        let ApiRefusal { status, code, message } = refusal;
        Self { status, code, message, assumed, source }
    }
}

/// A rule that a request breaks, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How much it matters.
    pub level: Level,
    /// What is wrong, one sentence.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Where in the file; `None` where something is missing from plain text.
    pub position: Option<Position>,
    /// The bytes of the file that it is about.
    pub span: Option<Range<usize>>,
    /// What the API answers, where that was recorded.
    pub api: Option<ApiAnswer>,
}

impl Finding {
    /// A finding without a place and without an answer, at the rule's own level.
    pub(super) fn new(rule: &'static Rule, message: String, help: impl Into<String>) -> Self {
        let level = rule.level;
        Self { rule, level, message, help: help.into(), position: None, span: None, api: None }
    }

    /// The same at a key of the request.
    pub(super) fn at(mut self, written: Option<Value<'_>>) -> Self {
        self.span = written.map(|written| written.span());
        self
    }

    /// The same at some bytes of the text.
    pub(super) fn within(mut self, span: Range<usize>) -> Self {
        self.span = Some(span);
        self
    }

    /// Says in which line and column of the text its bytes are.
    pub(super) fn place(&mut self, text: &str, lines: &Lines) {
        if let Some(span) = &self.span {
            self.position = Some(lines.position(text, span.start));
        }
    }

    /// The same with what the API answers.
    pub(super) fn answered(mut self, api: Option<ApiAnswer>) -> Self {
        self.api = api;
        self
    }
}
