//! Cohere's own API, in its first and its second version: what is billed is in `billed_units`, and the
//! `tokens` beside it are not the bill.

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Figure, Figures, Parts};
use crate::logs::object::{Object, malformed};
use crate::logs::record::{Entry, Finish, LogFormat, UsageRecord};
use crate::units::Tokens;

/// Where the units are: in `usage`, and before the second version in `meta`.
const PLACES: [&str; 2] = ["usage", "meta"];

pub(crate) fn is(object: &Object<'_>) -> bool {
    place(object).is_some()
}

fn place(object: &Object<'_>) -> Option<&'static str> {
    let has_units = |place: &&str| {
        object.object(place).ok().flatten().is_some_and(|usage| usage.has("billed_units"))
    };
    PLACES.into_iter().find(has_units)
}

pub(crate) fn read(object: &Object<'_>) -> Result<Entry, Error> {
    let usage = place(object).map_or(Ok(None), |place| object.object(place))?;
    let usage = usage.ok_or_else(|| malformed("the answer has no usage".to_owned()))?;
    let mut figures: Figures = usage.value("billed_units")?.unwrap_or_default();
    if figures.get(Figure::Cached).is_none() {
        figures.put(Figure::Cached, super::responses::tokens(&usage, "cached_tokens")?);
    }
    // Embeddings have an input alone; a ranking has search units alone.
    for figure in [Figure::Prompt, Figure::Completion] {
        figures.put(figure, figures.get(figure).or(Some(Tokens::ZERO)));
    }
    let mut record = UsageRecord::of(LogFormat::Cohere, figures, Parts::Inside)?;
    record.id = object.text(&["id", "generation_id", "response_id"])?;
    record.model = object.text(&["model"])?;
    record.set_moment(day::of(object, &day::KEYS)?);
    let reason = object.text(&["finish_reason"])?;
    record.finish = reason.map_or(Finish::Unknown, |reason| Finish::of(&reason));
    Ok(record.into())
}
