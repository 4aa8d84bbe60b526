//! Codex rollouts, whose totals add up over the rollout, and the events of `codex exec --json`.

use serde::Deserialize;

use crate::Error;
use crate::logs::counts::{Bill, Count, Counts};
use crate::logs::day;
use crate::logs::object::Object;
use crate::logs::options::ReadOptions;
use crate::logs::record::{CodexEvent, Entry, Finish, LogFormat, UsageRecord};

pub(crate) fn is(object: &Object<'_>) -> bool {
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

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    if object.is("type", "turn.completed") {
        let usage: Option<TokenCounts> = object.value("usage")?;
        let Some(usage) = usage else { return Ok(Entry::NoCall) };
        let mut record = UsageRecord::new(LogFormat::Codex, usage.bill()?);
        record.finish = Finish::Stop;
        return Ok(Entry::Call(record));
    }
    let Some(payload) = object.object("payload")? else { return Ok(Entry::NoCall) };
    if object.is("type", "turn_context") {
        let model = payload.text(&["model"])?;
        let effort = payload.text(&["effort"])?;
        return Ok(Entry::Codex(CodexEvent::Turn { model, effort }));
    }
    if !payload.is("type", "token_count") {
        return Ok(Entry::NoCall);
    }
    let info: Option<Info> = payload.value("info")?;
    let Some(Info { total_token_usage: Some(total), last_token_usage: last }) = info else {
        return Ok(Entry::NoCall);
    };
    Ok(Entry::Codex(CodexEvent::Total {
        bill: total.bill()?,
        last: last.map(|last| last.bill()).transpose()?,
        day: day::of(object, &["timestamp"])?,
        task: options.task.of(object),
    }))
}
