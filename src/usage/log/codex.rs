//! Codex rollouts, whose totals add up over the rollout, and the events of `codex exec --json`.

use serde::Deserialize;

use super::counts::{Bill, Count, Counts};
use super::day;
use super::object::Object;
use super::record::{CodexEvent, Finish, LogFormat, Reading, UsageRecord};
use super::rules::Rules;
use crate::Error;

pub(super) fn is(object: &Object<'_>) -> bool {
    (object.has("payload") && object.has("type") && object.has("timestamp"))
        || EXEC_EVENTS.iter().any(|event| object.is("type", event))
}

/// The events of `codex exec --json`.
const EXEC_EVENTS: [&str; 8] = [
    "turn.completed",
    "turn.started",
    "turn.failed",
    "thread.started",
    "item.started",
    "item.updated",
    "item.completed",
    "error",
];

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
struct TokenCounts {
    input_tokens: Option<Count>,
    cached_input_tokens: Option<Count>,
    cache_write_input_tokens: Option<Count>,
    output_tokens: Option<Count>,
    reasoning_output_tokens: Option<Count>,
    total_tokens: Option<Count>,
}

impl TokenCounts {
    fn bill(&self) -> Result<Bill, Error> {
        let tokens = |count: Option<Count>| count.map(|c| c.0);
        let counts = Counts {
            prompt: tokens(self.input_tokens),
            cached: tokens(self.cached_input_tokens),
            written: tokens(self.cache_write_input_tokens),
            completion: tokens(self.output_tokens),
            reasoning: tokens(self.reasoning_output_tokens),
            total: tokens(self.total_tokens),
        };
        counts.bill()
    }
}

#[derive(Deserialize)]
struct Info {
    total_token_usage: Option<TokenCounts>,
    last_token_usage: Option<TokenCounts>,
}

pub(super) fn read(object: &Object<'_>, rules: &Rules) -> Result<Reading, Error> {
    if object.is("type", "turn.completed") {
        let usage: Option<TokenCounts> = object.value("usage")?;
        let Some(usage) = usage else { return Ok(Reading::Nothing) };
        let mut record = UsageRecord::new(LogFormat::Codex, usage.bill()?);
        record.finish = Finish::Stop;
        return Ok(Reading::Call(record));
    }
    let Some(payload) = object.object("payload")? else { return Ok(Reading::Nothing) };
    if object.is("type", "turn_context") {
        let model = payload.text(&["model"])?;
        let effort = payload.text(&["effort"])?;
        return Ok(Reading::Codex(CodexEvent::Turn { model, effort }));
    }
    if !payload.is("type", "token_count") {
        return Ok(Reading::Nothing);
    }
    let info: Option<Info> = payload.value("info")?;
    let Some(Info { total_token_usage: Some(total), last_token_usage: last }) = info else {
        return Ok(Reading::Nothing);
    };
    Ok(Reading::Codex(CodexEvent::Total {
        bill: total.bill()?,
        last: last.map(|last| last.bill()).transpose()?,
        day: day::of(object, &["timestamp"])?,
        task: rules.task.of(object),
    }))
}
