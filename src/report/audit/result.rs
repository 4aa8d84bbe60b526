//! The result of `outlay audit`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::history::{Audit, GroupKey, Lacking, Ledger, RecordedSum, Spend, SpendLine, Unpriced};
use crate::logs::{LogFormat, Unbilled};
use crate::units::{Money, Tokens, plural};
use crate::workload::ProfileScore;

/// What the calls of a group cost.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AuditResult {
    /// The model; nothing when the calls are not grouped by it.
    pub model: Option<String>,
    /// The day, UTC; nothing when the calls are not grouped by it, or the log does not say.
    pub day: Option<Date>,
    /// The label of the task; nothing when the calls are not grouped by it, or have none.
    pub task: Option<String>,
    /// What they cost.
    #[serde(flatten)]
    pub spend: SpendSummary,
}

/// The sum of calls. Cached and written tokens are part of the prompt, reasoning is part of the
/// completion.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SpendSummary {
    /// How many calls.
    pub calls: u64,
    /// Prompt tokens.
    pub prompt_tokens: Tokens,
    /// Prompt tokens read from the cache.
    pub cached_tokens: Tokens,
    /// Completion tokens, reasoning included.
    pub completion_tokens: Tokens,
    /// Reasoning tokens of the calls that tell them.
    pub reasoning_tokens: Tokens,
    /// How many calls do not tell their reasoning tokens.
    pub reasoning_unknown: u64,
    /// What they cost, each call at the price of its own day and tier.
    pub cost_usd: Money,
    /// The cost by kind.
    pub lines: Vec<SpendLine>,
    /// How many were cut off.
    pub truncated: u64,
    /// What those cost.
    pub truncated_usd: Money,
    /// How many of them came out empty.
    pub empty: u64,
    /// What the empty ones cost.
    pub wasted_usd: Money,
    /// What the cache saved: reading from it, less what writing to it cost more.
    pub saved_usd: Money,
    /// At least this much of what writing to the cache cost more bought nothing: more tokens were written
    /// than were ever read.
    #[serde(skip_serializing_if = "Money::is_zero")]
    pub unread_writes_usd: Money,
    /// How many ended by themselves; the others were cut off or stopped, or the log does not say.
    #[serde(skip_serializing_if = "is_zero")]
    pub ended: u64,
    /// What a call cost that ended by itself, with what was spent on the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usd_per_ended: Option<Money>,
    /// How many the log marks as a success.
    #[serde(skip_serializing_if = "is_zero")]
    pub succeeded: u64,
    /// How many it marks as a failure.
    #[serde(skip_serializing_if = "is_zero")]
    pub failed: u64,
    /// What a success cost, with what was spent on all other calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usd_per_success: Option<Money>,
}

impl From<&Spend> for SpendSummary {
    fn from(spend: &Spend) -> Self {
        Self {
            calls: spend.calls,
            prompt_tokens: spend.prompt(),
            cached_tokens: spend.cached(),
            completion_tokens: spend.completion(),
            reasoning_tokens: spend.reasoning,
            reasoning_unknown: spend.reasoning_unknown,
            cost_usd: spend.cost(),
            lines: spend.lines.iter().filter(|line| line.is_shown()).copied().collect(),
            truncated: spend.truncated,
            truncated_usd: spend.truncated_cost,
            empty: spend.empty,
            wasted_usd: spend.wasted,
            saved_usd: spend.saved,
            unread_writes_usd: spend.written_in_vain(),
            ended: spend.ended,
            usd_per_ended: spend.cost_per_ended(),
            succeeded: spend.succeeded,
            failed: spend.failed,
            usd_per_success: spend.cost_per_success(),
        }
    }
}

/// How many calls were logged in one form.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FormatCalls {
    /// The form.
    pub format: LogFormat,
    /// How many.
    pub calls: u64,
}

/// How many requests have no bill for one reason.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UnbilledRequests {
    /// Why.
    pub reason: Unbilled,
    /// How many.
    pub requests: u64,
}

/// What was read of the logs.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LogCounts {
    /// How many logs.
    pub logs: u64,
    /// Calls by the form they were logged in.
    pub formats: Vec<FormatCalls>,
    /// Calls that were logged more than once, counted once.
    pub duplicates: u64,
    /// Requests without a bill.
    pub unbilled: Vec<UnbilledRequests>,
    /// Records that could not be read.
    pub invalid: u64,
    /// Records that are no calls: turns of the user, snapshots, spans around other spans.
    #[serde(skip_serializing_if = "is_zero")]
    pub not_calls: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde calls")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl LogCounts {
    /// What was read of so many logs.
    #[must_use]
    pub fn new(
        logs: u64,
        formats: &BTreeMap<LogFormat, u64>,
        unbilled: &BTreeMap<Unbilled, u64>,
        duplicates: u64,
        invalid: u64,
    ) -> Self {
        let formats = formats.iter();
        let unbilled = unbilled.iter();
        Self {
            logs,
            formats: formats
                .map(|(format, n)| FormatCalls { format: *format, calls: *n })
                .collect(),
            duplicates,
            unbilled: unbilled
                .map(|(reason, n)| UnbilledRequests { reason: *reason, requests: *n })
                .collect(),
            invalid,
            not_calls: 0,
        }
    }

    /// Whether there is nothing to say of the logs besides their calls.
    pub(super) fn is_silent(&self) -> bool {
        self.duplicates == 0 && self.unbilled.is_empty()
    }

    /// What is to be said of the logs besides their calls.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.duplicates > 0 {
            let n = plural(self.duplicates, "repeated record");
            remarks.push(format!("logged more than once and counted once: {n}"));
        }
        for unbilled in &self.unbilled {
            let n = plural(unbilled.requests, "request");
            remarks.push(match unbilled.reason {
                Unbilled::Failed => format!("failed and not billed: {n}"),
                Unbilled::Expired => format!("expired in a batch and not billed: {n}"),
                Unbilled::ProxyCache => format!("answered by a proxy's cache and not billed: {n}"),
            });
        }
        if self.invalid > 0 {
            remarks.push(format!("unreadable and not counted: {}", plural(self.invalid, "record")));
        }
        remarks
    }
}

/// The sum over all groups, and what is in none of them.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AuditTotal {
    /// The sum.
    #[serde(flatten)]
    pub spend: SpendSummary,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// How many calls the log gives no day; they are priced at the report's date.
    pub undated: u64,
    /// Calls without a price.
    pub unpriced: Vec<Unpriced>,
    /// What calls were charged for and the sum does not have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacking: Vec<Lacking>,
    /// The costs that the logs have of their own, beside those of the same calls here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<RecordedSum>,
    /// How a forecast would have done.
    pub forecast: Vec<ProfileScore>,
    /// What was read.
    #[serde(flatten)]
    pub logs: LogCounts,
    /// The rows of a bill, for the FOCUS form alone.
    #[serde(skip)]
    pub(super) ledger: Option<Ledger>,
    /// The billing account that the rows name.
    #[serde(skip)]
    pub account: Option<String>,
}

impl AuditResult {
    /// Every group of an audit.
    #[must_use]
    pub fn of(audit: &mut Audit) -> Vec<Self> {
        let result = |(key, spend): (&GroupKey, &Spend)| Self {
            model: key.model.clone(),
            day: key.day,
            task: key.task.clone(),
            spend: spend.into(),
        };
        audit.groups().map(result).collect()
    }
}

impl AuditTotal {
    /// The sum of an audit of these logs, with the scores of forecasts.
    #[must_use]
    pub fn of(audit: &mut Audit, logs: LogCounts, forecast: Vec<ProfileScore>) -> Self {
        let spend = SpendSummary::from(&audit.total());
        Self {
            spend,
            from: audit.days().map(|(from, _)| from),
            to: audit.days().map(|(_, to)| to),
            undated: audit.undated(),
            unpriced: audit.unpriced().cloned().collect(),
            lacking: audit.lacking().cloned().collect(),
            recorded: audit.recorded().cloned(),
            forecast,
            logs,
            ledger: audit.take_ledger(),
            account: None,
        }
    }
}
