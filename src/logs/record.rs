//! One call of a log, in the same form whatever the log.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::conversation::CallGroup;
use super::day::Moment;
use super::figures::{Figures, LoggedUsage, Parts};
use crate::Error;
use crate::catalog::FeeItem;
use crate::catalog::Tier;
use crate::units::{Money, Tokens};

/// The form of a record.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    strum::Display,
    strum::IntoStaticStr,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum LogFormat {
    /// The answer of `POST /v1/chat/completions`, of whichever maker.
    ChatCompletions,
    /// The answer of `POST /v1/responses`.
    Responses,
    /// A line of a batch's output or error file, or the batch itself.
    Batch,
    /// An object with a `request` and its `response`.
    RequestResponse,
    /// A row of `LiteLLM_SpendLogs`, or LiteLLM's logging payload.
    Litellm,
    /// An observation of a Langfuse export.
    Langfuse,
    /// A row of a Helicone export.
    Helicone,
    /// An OpenTelemetry span with `gen_ai.*` or `ai.*` attributes.
    Opentelemetry,
    /// A span with the `llm.*` attributes of OpenInference.
    Openinference,
    /// A line of a Codex rollout, or of `codex exec --json`.
    Codex,
    /// The answer of Anthropic's `POST /v1/messages`, whole or streamed.
    Anthropic,
    /// The answer of Gemini's `generateContent`, whole or streamed.
    Gemini,
    /// An assistant message of OpenCode.
    Opencode,
    /// One object for several answers, with an array for each figure.
    ParallelArrays,
    /// A row of CSV, or a flat JSON object, with a column for each figure.
    Columns,
    /// Any other object with a `usage`, such as a result of the Vercel AI SDK.
    Usage,
    /// An answer of `OpenRouter`, which says what it charged.
    Openrouter,
    /// The answer of Amazon Bedrock's Converse, or its invocation log.
    Bedrock,
    /// A message of `LangChain`.
    Langchain,
    /// A result of OpenAI's usage or costs endpoints.
    OpenaiUsage,
    /// A result of Anthropic's usage or cost report.
    AnthropicUsage,
    /// A line of a Claude Code session, or a result of its SDK.
    ClaudeCode,
    /// A message of a Gemini CLI session.
    GeminiCli,
    /// A thread of Amp.
    Amp,
    /// The settings of a Droid session, which has the sums.
    Droid,
    /// A status update of Kimi CLI.
    Kimi,
    /// A request of Cline, Roo Code or Kilo Code.
    Cline,
    /// An assistant message of pi or `OpenClaw`.
    Pi,
    /// A message of a Qwen Code session.
    QwenCode,
    /// An answer of Cohere's own API.
    Cohere,
    /// A row of the usage or the costs that DeepSeek exports.
    DeepseekExport,
    /// A result of promptfoo.
    Promptfoo,
    /// An output item of OpenAI's evals.
    OpenaiEval,
}

impl LogFormat {
    /// Whether a program that runs agents writes it, so that its conversations are tasks of many steps.
    #[must_use]
    pub const fn is_of_agent(self) -> bool {
        matches!(
            self,
            Self::Codex
                | Self::Opencode
                | Self::ClaudeCode
                | Self::GeminiCli
                | Self::Amp
                | Self::Kimi
                | Self::Cline
                | Self::Pi
                | Self::QwenCode
        )
    }

    /// The name, such as `chat-completions`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
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
            | "maxTokens"
            | "model_context_window_exceeded" => Self::Length,
            "stop" | "STOP" | "end_turn" | "stop_sequence" | "tool_calls" | "tool-calls"
            | "tool_use" | "toolUse" | "function_call" | "completed" | "COMPLETE"
            | "STOP_SEQUENCE" | "TOOL_CALL" => Self::Stop,
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
        if name == Tier::Standard.name() {
            return Self::default();
        }
        let lower = name.to_ascii_lowercase();
        // Vertex says how traffic was bought.
        let tier = lower.strip_prefix("on_demand_").unwrap_or(&lower);
        let tier = if tier == "on_demand" { "standard" } else { tier };
        tier.parse().map_or_else(|_| Self::Other(name.to_owned()), Self::Known)
    }
}

impl Default for ServiceTier {
    fn default() -> Self {
        Self::Known(Tier::Standard)
    }
}

/// What a log says that a call cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedCost {
    /// The amount.
    pub usd: Money,
    /// Whether it is what the seller charged. Otherwise it is a sum that a tool worked out.
    pub is_bill: bool,
}

/// A billed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRecord {
    /// The form it was logged in.
    pub format: LogFormat,
    /// The id of the response.
    pub id: Option<String>,
    /// The model, as logged: an alias, a snapshot, or either behind `provider/`.
    pub model: Option<String>,
    /// The day of the call, UTC.
    pub day: Option<Date>,
    /// The time of the call, where the log has more than the day.
    pub time: Option<Timestamp>,
    /// The tier it was served in.
    pub tier: ServiceTier,
    /// The speed that was asked for, such as Anthropic's `fast`.
    pub speed: Option<Box<str>>,
    /// Where the data had to stay, such as Anthropic's `us`.
    pub residency: Option<Box<str>>,
    /// How much of what a search found was read, such as `medium`, where a request is charged by it.
    pub search_size: Option<Box<str>>,
    /// What was billed.
    pub bill: LoggedUsage,
    /// How often tools that the provider ran were used, where that is charged for.
    pub tools: Vec<(FeeItem, u64)>,
    /// What the log says that the call cost.
    pub recorded: Option<RecordedCost>,
    /// How many requests the record sums up: 1, except in reports of usage.
    pub requests: u64,
    /// Whether its prompts are longer than 200,000 tokens, where a report that sums up calls separates those
    /// apart.
    pub long_prompts: Option<bool>,
    /// What the record has besides, may cost something, and is in no figure here.
    pub unread: Vec<String>,
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
    /// Whether what the call was for succeeded, where the log says it.
    pub success: Option<bool>,
    /// The conversation or the prompt that it shares with other calls; read where
    /// [`ReadOptions::groups`](super::ReadOptions::groups) asks for it.
    pub group: Option<CallGroup>,
    /// The turn of the conversation, as the log numbers it.
    pub turn: Option<u64>,
    /// A record before it with the same id and other figures: the log, counted from 0, and the line.
    pub same_id_as: Option<(usize, usize)>,
    /// Whether later records with the same id replace it: a response that was logged while it grew.
    pub(crate) is_snapshot: bool,
    /// What distinguishes it from other calls where the id does not: copies of it have another one.
    pub(crate) identity: Option<u64>,
}

impl UsageRecord {
    /// A call of which only the bill is known.
    #[must_use]
    pub fn new(format: LogFormat, bill: LoggedUsage) -> Self {
        Self {
            format,
            id: None,
            model: None,
            day: None,
            time: None,
            tier: ServiceTier::default(),
            speed: None,
            residency: None,
            search_size: None,
            bill,
            tools: Vec::new(),
            recorded: None,
            requests: 1,
            long_prompts: None,
            unread: Vec::new(),
            finish: Finish::default(),
            visible: Visible::default(),
            answers: 1,
            cap: None,
            effort: None,
            task: None,
            success: None,
            group: None,
            turn: None,
            same_id_as: None,
            is_snapshot: false,
            identity: None,
        }
    }

    /// A call with these figures, in which parts are where `parts` says.
    ///
    /// # Errors
    /// As [`Figures::bill`].
    pub(crate) fn of(format: LogFormat, figures: Figures, parts: Parts) -> Result<Self, Error> {
        let mut record = Self::new(format, figures.bill(parts)?);
        record.take_terms(figures);
        Ok(record)
    }

    /// Takes everything but the tokens.
    pub(crate) fn take_terms(&mut self, figures: Figures) {
        if let Some(tier) = figures.tier {
            self.tier = ServiceTier::of(&tier);
        }
        self.speed = figures.speed;
        self.residency = figures.residency;
        self.search_size = figures.search_size;
        self.tools = figures.tools;
        self.unread.extend(figures.unread);
        if let Some(usd) = figures.cost {
            // With a key of one's own the router charges a fee, and the maker sends the bill.
            let upstream = if figures.own_key { figures.upstream } else { Some(Money::ZERO) };
            if upstream.is_none() {
                self.unread.push("upstream_inference_cost".to_owned());
            }
            let usd = usd + upstream.unwrap_or_default();
            self.recorded = Some(RecordedCost { usd, is_bill: figures.cost_is_bill });
        }
        if let Some(currency) = figures.currency {
            self.set_currency(&currency);
        }
    }

    /// Whether the log says that it cost nothing.
    pub(crate) fn cost_nothing(&self) -> bool {
        self.recorded.is_some_and(|recorded| recorded.usd == Money::ZERO)
    }

    /// Takes the currency of the cost that the log has. One that is not in dollars is compared with nothing,
    /// and named.
    pub(crate) fn set_currency(&mut self, currency: &str) {
        let currency = currency.trim();
        if self.recorded.is_some() && !currency.is_empty() && !currency.eq_ignore_ascii_case("usd")
        {
            self.recorded = None;
            self.unread.push(format!("a cost in {currency}"));
        }
    }

    /// Takes the lengths of prompts that a report of Anthropic is about: `≤ 200k` or `> 200k`, `0-200k` or
    /// `200k-1M`.
    pub(crate) fn set_context(&mut self, window: &str) {
        let window = window.trim();
        self.long_prompts = match window {
            "" => None,
            _ if window.starts_with('>') || window.starts_with("200k") => Some(true),
            _ => Some(false),
        };
    }

    /// Whether the id is one that a maker gave a response, and not the number of a row.
    #[must_use]
    pub fn has_strong_id(&self) -> bool {
        const PREFIXES: [&str; 7] =
            ["chatcmpl-", "cmpl-", "resp_", "msg_", "gen-", "req_", "batch_"];
        self.id.as_deref().is_some_and(|id| {
            let is_long = id.len() >= 12 && id.bytes().any(|b| b.is_ascii_alphabetic());
            is_long || PREFIXES.iter().any(|prefix| id.starts_with(prefix))
        })
    }

    /// When the call was made.
    pub(crate) fn set_moment(&mut self, moment: Option<Moment>) {
        self.day = moment.map(|moment| moment.day);
        self.time = moment.and_then(|moment| moment.time);
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
    Call(Box<UsageRecord>),
    /// A call that was counted before; only [`Dedup`](super::Dedup) finds these.
    Duplicate(Box<UsageRecord>),
    /// A request without a bill.
    Unbilled(Unbilled),
    /// A step of a Codex rollout, which [`Dedup`](super::Dedup) turns into a call.
    Codex(CodexEvent),
    /// A piece of a streamed answer, of which [`Dedup`](super::Dedup) makes a call.
    Anthropic(AnthropicEvent),
    /// The sum of a session, which counts where the calls of the session are not in the log.
    SessionSum(Box<UsageRecord>),
    /// No call: a turn of the user, a snapshot, a span around other spans.
    NoCall,
}

impl From<UsageRecord> for Entry {
    /// A billed call. A record is moved from hand to hand, so it is kept in a place of its own.
    fn from(record: UsageRecord) -> Self {
        Self::Call(Box::new(record))
    }
}

/// What a Codex rollout says besides its calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodexEvent {
    /// The session that a file is of.
    Session {
        /// Its id.
        id: Option<String>,
        /// The session it was forked from, or that started it: the file begins with that one's events.
        parent: Option<String>,
        /// When it began.
        time: Option<Timestamp>,
    },
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
        bill: Box<LoggedUsage>,
        /// The last call alone, where it is reported.
        last: Option<Box<LoggedUsage>>,
        /// The day.
        day: Option<Date>,
        /// When.
        time: Option<Timestamp>,
        /// The label of the task.
        task: Option<String>,
    },
}

/// A piece of an answer that Anthropic streamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnthropicEvent {
    /// The beginning, with the prompt's figures.
    Start(Box<PartialMessage>),
    /// What is known at the end of the message; figures that are absent stay as they were.
    Delta(Box<PartialMessage>),
    /// The message is whole.
    Stop,
}

/// What one event says of a streamed message.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct PartialMessage {
    pub(crate) id: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) finish: Finish,
    pub(crate) figures: Figures,
}
