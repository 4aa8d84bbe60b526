//! OpenCode messages: reasoning is beside the output, and the cache beside the input.

use xxhash_rust::xxh3::xxh3_64;

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Figures, Parts, amount};
use crate::logs::object::{Object, malformed};
use crate::logs::record::{Entry, Finish, LogFormat, RecordedCost, UsageRecord};
use crate::units::Money;

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.has("sessionID") && object.has("role")
}

pub(crate) fn read(object: &Object<'_>) -> Result<Entry, Error> {
    if !object.is("role", "assistant") {
        return Ok(Entry::NoCall);
    }
    let figures: Option<Figures> = object.value("tokens")?;
    let figures = figures.ok_or_else(|| malformed("the message has no tokens".to_owned()))?;
    let mut record = UsageRecord::of(LogFormat::Opencode, figures, Parts::Beside)?;
    record.id = object.text(&["id"])?;
    record.model = object.text(&["modelID"])?;
    // A cost of 0 is that of a subscription, not of the call.
    let cost = object.at("cost").and_then(|cost| amount(cost.parse().ok()?));
    record.recorded =
        cost.filter(|usd| *usd > Money::ZERO).map(|usd| RecordedCost { usd, is_bill: false });
    if let Some(time) = object.object("time")? {
        record.set_moment(day::of(&time, &["created"])?);
    }
    // A forked session copies its messages and gives them other ids, but not other times.
    record.identity = record.time.map(|time| {
        let usage = record.bill.usage;
        let model = record.model.as_deref().unwrap_or_default();
        xxh3_64(format!("{time} {model} {usage:?}").as_bytes())
    });
    record.finish = match object.at("error.name").as_deref() {
        Some("MessageOutputLengthError") => Finish::Length,
        Some(_) => Finish::Other,
        None => object.at("finish").map_or(Finish::Unknown, |reason| Finish::of(&reason)),
    };
    Ok(record.into())
}
