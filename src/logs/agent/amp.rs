//! Threads of Amp: a ledger of calls, and messages that have the cached tokens of each.

use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Figure, Figures, Parts};
use crate::logs::object::{Object, parse};
use crate::logs::record::{Entry, LogFormat, UsageRecord};

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.get("usageLedger").is_some_and(|ledger| ledger.get().starts_with('{'))
}

pub(crate) fn read(object: &Object<'_>) -> Result<Vec<Result<Entry, Error>>, Error> {
    let mut cache = HashMap::new();
    for raw in list(object, "messages")? {
        let message = Object::parse(raw.get())?;
        let id = message.at("messageId").or_else(|| message.at("id"));
        if let (Some(id), Some(usage)) = (id, message.value::<Figures>("usage")?) {
            cache.insert(id, usage);
        }
    }
    let thread = object.text(&["id"])?.unwrap_or_default();
    let ledger = object.object("usageLedger")?;
    let events = ledger.as_ref().map_or(Ok(Vec::new()), |ledger| list(ledger, "events"))?;
    let read = |raw: &&RawValue| -> Result<Entry, Error> {
        let event = Object::parse(raw.get())?;
        let mut figures: Figures = event.value("tokens")?.unwrap_or_default();
        let known = event.at("toMessageId").and_then(|id| cache.get(&id));
        for figure in [Figure::Cached, Figure::Written] {
            let tokens = known.and_then(|usage| usage.get(figure));
            figures.put(figure, figures.get(figure).or(tokens));
        }
        let mut record = UsageRecord::of(LogFormat::Amp, figures, Parts::CacheBeside)?;
        record.id = event.at("id").map(|id| format!("{thread}/{id}"));
        record.model = event.text(&["model"])?;
        record.set_moment(day::of(&event, &["timestamp"])?);
        Ok(record.into())
    };
    Ok(events.iter().map(read).collect())
}

fn list<'a>(object: &Object<'a>, key: &str) -> Result<Vec<&'a RawValue>, Error> {
    match object.get(key) {
        Some(raw) if raw.get().starts_with('[') => parse(key, raw.get()),
        _ => Ok(Vec::new()),
    }
}
