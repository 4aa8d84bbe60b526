//! Amazon Bedrock: answers of Converse, pieces of its streams, and its invocation log.
//!
//! What was read from and written to the cache is beside the input.

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Figure, Figures, Parts, column_may_cost};
use crate::logs::maker::responses::tokens;
use crate::logs::object::{Object, malformed};
use crate::logs::record::{Entry, Finish, LogFormat, ServiceTier, Unbilled, UsageRecord};
use crate::units::Tokens;

pub(crate) fn is_answer(object: &Object<'_>) -> bool {
    object.has("usage") && (object.has("stopReason") || object.has("metrics"))
        || object
            .object("metadata")
            .ok()
            .flatten()
            .is_some_and(|m| m.has("usage") && m.has("metrics"))
}

pub(crate) fn read_answer(object: &Object<'_>) -> Result<Entry, Error> {
    let metadata = object.object("metadata")?;
    let source = metadata.as_ref().filter(|metadata| metadata.has("usage")).unwrap_or(object);
    let figures: Figures =
        source.value("usage")?.ok_or_else(|| malformed("the answer has no usage".to_owned()))?;
    let mut record = UsageRecord::of(LogFormat::Bedrock, figures, Parts::CacheBeside)?;
    record.id = object.text(&["requestId"])?.or_else(|| object.at("ResponseMetadata.RequestId"));
    record.model = object.text(&["modelId", "model"])?.map(|model| tail(&model));
    record.set_moment(day::of(object, &["timestamp"])?);
    record.finish = object.text(&["stopReason"])?.map_or(Finish::Unknown, |r| Finish::of(&r));
    take_terms(&mut record, object);
    Ok(record.into())
}

/// The tier, and the optimised latency that has rates of its own.
fn take_terms(record: &mut UsageRecord, object: &Object<'_>) {
    let at = |paths: [&str; 2]| paths.into_iter().find_map(|path| object.at(path));
    if let Some(tier) = at(["serviceTier.type", "serviceTier"]) {
        record.tier = ServiceTier::of(&tier);
    }
    let latency = at(["performanceConfig.latency", "metadata.performanceConfig.latency"]);
    record.speed = latency.filter(|latency| latency != "standard").map(String::into_boxed_str);
}

pub(crate) fn is_invocation(object: &Object<'_>) -> bool {
    object.is("schemaType", "ModelInvocationLog")
        || object.has("modelId") && object.has("operation")
}

/// A line of the invocation log, whose counts are in `input` and `output`.
pub(crate) fn read_invocation(object: &Object<'_>) -> Result<Entry, Error> {
    if object.has("errorCode") {
        return Ok(Entry::Unbilled(Unbilled::Failed));
    }
    let mut figures = Figures::default();
    let (input, output) = (object.object("input")?, object.object("output")?);
    for (side, key, figure) in [
        (&input, "inputTokenCount", Figure::Prompt),
        (&input, "cacheReadInputTokenCount", Figure::Cached),
        (&input, "cacheWriteInputTokenCount", Figure::Written),
        (&output, "outputTokenCount", Figure::Completion),
    ] {
        let of_side = side.as_ref().map(|side| tokens(side, key)).transpose()?.flatten();
        figures.put(figure, of_side.or(tokens(object, key)?));
    }
    let known = [
        "inputTokenCount",
        "cacheReadInputTokenCount",
        "cacheWriteInputTokenCount",
        "outputTokenCount",
    ];
    for (key, raw) in [&input, &output].into_iter().flatten().flat_map(Object::members) {
        if !known.contains(&key) && column_may_cost(key) {
            figures.take_text(key, raw.get().trim_matches('"'))?;
        }
    }
    // Writes for an hour are separate in the usage of the answer alone.
    let body = output.as_ref().map_or(Ok(None), |output| output.object("outputBodyJson"))?;
    if let Some(usage) = body.map_or(Ok(None), |body| body.value::<Figures>("usage"))? {
        for figure in [Figure::WrittenLong, Figure::WrittenShort] {
            figures.put(figure, usage.get(figure));
        }
    }
    if figures.get(Figure::Completion).is_none() && figures.get(Figure::Prompt).is_some() {
        figures.put(Figure::Completion, Some(Tokens::ZERO));
    }
    let mut record = UsageRecord::of(LogFormat::Bedrock, figures, Parts::CacheBeside)?;
    record.id = object.text(&["requestId"])?;
    record.model = object.text(&["modelId"])?.map(|model| tail(&model));
    record.set_moment(day::of(object, &["timestamp"])?);
    take_terms(&mut record, object);
    Ok(record.into())
}

/// The model of an ARN that names one; other ids, and profiles of one's own, stay as they are.
fn tail(model: &str) -> String {
    let named = [":inference-profile/", ":foundation-model/"];
    let found = named.iter().find_map(|kind| model.split_once(kind));
    found.filter(|_| !model.contains(":application-")).map_or(model, |(_, tail)| tail).to_owned()
}
