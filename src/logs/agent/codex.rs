//! Codex rollouts, whose totals add up over the rollout, and the events of `codex exec --json`.

use serde::Deserialize;

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Figures, LoggedUsage, Parts};
use crate::logs::object::Object;
use crate::logs::options::ReadOptions;
use crate::logs::record::{CodexEvent, Entry, Finish, LogFormat, UsageRecord};

pub(crate) fn is_rollout(object: &Object<'_>) -> bool {
    object.has("payload") && object.has("type") && object.has("timestamp")
}

pub(crate) fn is_event(object: &Object<'_>) -> bool {
    EXEC_EVENTS.iter().any(|event| object.is("type", event))
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
struct Info {
    total_token_usage: Option<Figures>,
    last_token_usage: Option<Figures>,
}

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    if object.is("type", "turn.completed") {
        let usage: Option<Figures> = object.value("usage")?;
        let Some(usage) = usage else { return Ok(Entry::NoCall) };
        let mut record = UsageRecord::of(LogFormat::Codex, usage, Parts::Inside)?;
        record.finish = Finish::Stop;
        return Ok(record.into());
    }
    let Some(payload) = object.object("payload")? else { return Ok(Entry::NoCall) };
    if object.is("type", "session_meta") {
        return session(object, &payload).map(Entry::Codex);
    }
    if object.is("type", "turn_context") {
        let model = payload.text(&["model"])?;
        let effort = payload.text(&["effort"])?;
        return Ok(Entry::Codex(CodexEvent::Turn { model, effort }));
    }
    if !payload.is("type", "token_count") {
        return Ok(Entry::NoCall);
    }
    let info: Option<Info> = payload.value("info")?;
    let Some(info) = info else { return Ok(Entry::NoCall) };
    let bill = |figures: Option<Figures>| -> Result<Option<LoggedUsage>, Error> {
        figures.map(|figures| figures.bill(Parts::Inside)).transpose()
    };
    let last = bill(info.last_token_usage)?;
    let Some(total) = bill(info.total_token_usage)? else { return Ok(Entry::NoCall) };
    let moment = day::of(object, &["timestamp"])?;
    Ok(Entry::Codex(CodexEvent::Total {
        bill: Box::new(total),
        last: last.map(Box::new),
        day: moment.map(|moment| moment.day),
        time: moment.and_then(|moment| moment.time),
        task: options.task.of(object),
    }))
}

fn session(object: &Object<'_>, payload: &Object<'_>) -> Result<CodexEvent, Error> {
    let spawned = "source.subagent.thread_spawn.parent_thread_id";
    Ok(CodexEvent::Session {
        id: payload.text(&["id"])?,
        parent: payload.text(&["forked_from_id"])?.or_else(|| payload.at(spawned)),
        time: day::of(object, &["timestamp"])?.and_then(|moment| moment.time),
    })
}
