//! One call as a log tells it, in the same form whatever the log.

use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

use super::counts::Bill;
use crate::catalog::Tier;
use crate::units::Tokens;

/// The form of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// The answer of `POST /v1/chat/completions`.
    ChatCompletions,
    /// The answer of `POST /v1/responses`.
    Responses,
    /// A line of a Batch output or error file.
    Batch,
    /// An object with a `request` and its `response`.
    RequestResponse,
    /// A row of `LiteLLM_SpendLogs`, or LiteLLM's logging payload.
    Litellm,
    /// An observation of a Langfuse export.
    Langfuse,
    /// A row of a Helicone export.
    Helicone,
    /// An OpenTelemetry span with `gen_ai.*` attributes.
    Opentelemetry,
    /// A span with the `llm.*` attributes of OpenInference.
    Openinference,
    /// A line of a Codex rollout, or of `codex exec --json`.
    Codex,
    /// The answer of Anthropic's `POST /v1/messages`.
    Anthropic,
    /// The answer of Gemini's `generateContent`.
    Gemini,
    /// An assistant message of OpenCode.
    Opencode,
    /// One object for several answers, with an array for each figure.
    ParallelArrays,
    /// A row of CSV, or a flat JSON object, with a column for each figure.
    Columns,
}

impl LogFormat {
    /// The name, such as `chat-completions`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChatCompletions => "chat-completions",
            Self::Responses => "responses",
            Self::Batch => "batch",
            Self::RequestResponse => "request-response",
            Self::Litellm => "litellm",
            Self::Langfuse => "langfuse",
            Self::Helicone => "helicone",
            Self::Opentelemetry => "opentelemetry",
            Self::Openinference => "openinference",
            Self::Codex => "codex",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Opencode => "opencode",
            Self::ParallelArrays => "parallel-arrays",
            Self::Columns => "columns",
        }
    }
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How a call ended.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The model came to its end, or called a tool.
    Stop,
    /// It was cut off by the cap or the window.
    Length,
    /// It was stopped by something that says nothing about length, such as a content filter.
    Other,
    /// The log does not say.
    #[default]
    Unknown,
}

impl Finish {
    /// The meaning of a `finish_reason`, `stop_reason` or the like of any provider.
    #[must_use]
    pub fn of(reason: &str) -> Self {
        match reason {
            "length"
            | "max_tokens"
            | "max_output_tokens"
            | "MAX_TOKENS"
            | "model_context_window_exceeded" => Self::Length,
            "stop" | "STOP" | "end_turn" | "stop_sequence" | "tool_calls" | "tool-calls"
            | "tool_use" | "function_call" | "completed" => Self::Stop,
            "" | "unknown" | "null" => Self::Unknown,
            _ => Self::Other,
        }
    }
}

/// What of an answer could be seen.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum Visible {
    /// Nothing.
    Empty,
    /// This text; or tool calls, whose text is not kept.
    Text(String),
    /// Something; how much is not kept.
    Something,
    /// So many tokens, as the log counted them.
    Tokens(Tokens),
    /// The log does not say.
    #[default]
    Unknown,
}

/// The service tier of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceTier {
    /// One that price lists have.
    Known(Tier),
    /// Another one, by the name in the log.
    Other(String),
}

impl ServiceTier {
    /// The tier of that name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        name.parse().map_or_else(|_| Self::Other(name.to_owned()), Self::Known)
    }
}

impl Default for ServiceTier {
    fn default() -> Self {
        Self::Known(Tier::Standard)
    }
}

/// A billed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRecord {
    /// The form it was logged in.
    pub format: LogFormat,
    /// The id of the response; the same id is the same call.
    pub id: Option<String>,
    /// The model, as logged: an alias, a snapshot, or either behind `provider/`.
    pub model: Option<String>,
    /// The day of the call, UTC.
    pub day: Option<Date>,
    /// The tier it was served in.
    pub tier: ServiceTier,
    /// What was billed.
    pub bill: Bill,
    /// How it ended.
    pub finish: Finish,
    /// What could be seen of the answer.
    pub visible: Visible,
    /// How many answers were asked for; their completions are billed together.
    pub answers: u64,
    /// The cap that was sent.
    pub cap: Option<Tokens>,
    /// The reasoning effort that was asked for.
    pub effort: Option<String>,
    /// The label of the task.
    pub task: Option<String>,
}

impl UsageRecord {
    /// A call of which only the bill is known.
    #[must_use]
    pub fn new(format: LogFormat, bill: Bill) -> Self {
        Self {
            format,
            id: None,
            model: None,
            day: None,
            tier: ServiceTier::default(),
            bill,
            finish: Finish::default(),
            visible: Visible::default(),
            answers: 1,
            cap: None,
            effort: None,
            task: None,
        }
    }

    /// Whether the answer was cut off.
    ///
    /// Where the log does not say how the call ended, a completion that fills its cap was.
    #[must_use]
    pub fn truncated(&self) -> bool {
        match self.finish {
            Finish::Length => true,
            Finish::Unknown => self.cap.is_some_and(|cap| self.bill.usage.completion() >= cap),
            Finish::Stop | Finish::Other => false,
        }
    }

    /// Whether it was cut off before anything could be seen: all that was billed is wasted.
    #[must_use]
    pub fn empty(&self) -> bool {
        let all_reasoning = || {
            self.bill.reasoning.is_some_and(|reasoning| reasoning >= self.bill.usage.completion())
        };
        self.truncated()
            && match &self.visible {
                Visible::Empty => true,
                Visible::Tokens(tokens) => *tokens == Tokens::ZERO,
                Visible::Text(_) | Visible::Something => false,
                Visible::Unknown => all_reasoning(),
            }
    }
}

/// Why a logged request has no bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Unbilled {
    /// The API answered with an error.
    Failed,
    /// It was not run before the batch expired.
    Expired,
    /// A proxy answered it from a cache of its own.
    ProxyCache,
}

/// What a record of a log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A billed call.
    Call(UsageRecord),
    /// A call that was counted before; only [`Dedup`](super::Dedup) finds these.
    Duplicate(UsageRecord),
    /// A request without a bill.
    Unbilled(Unbilled),
    /// A step of a Codex rollout, which [`Dedup`](super::Dedup) turns into a call.
    Codex(CodexEvent),
    /// No call: a turn of the user, a snapshot, a span around other spans.
    NoCall,
}

/// What a Codex rollout says besides its calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodexEvent {
    /// The model of the turns that follow, and its effort.
    Turn {
        /// The model.
        model: Option<String>,
        /// The reasoning effort.
        effort: Option<String>,
    },
    /// What has been billed since the rollout began.
    Total {
        /// The sum of all calls so far.
        bill: Bill,
        /// The last call alone, where it is told.
        last: Option<Bill>,
        /// When.
        day: Option<Date>,
        /// The label of the task.
        task: Option<String>,
    },
}
