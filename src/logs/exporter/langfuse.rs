//! Langfuse observations.
//!
//! Its `input` and `output` leave out the parts that have keys of their own, such as
//! `input_cached_tokens` and `output_reasoning_tokens`; where a total is given, that decides.

use serde_json::value::RawValue;

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Figures, Parts, amount};
use crate::logs::maker::api_response;
use crate::logs::maker::chat;
use crate::logs::object::{Object, malformed, parse};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, Finish, LogFormat, RecordedCost, Unbilled, UsageRecord};
use crate::logs::visible_output::VisibleOutput;

pub(crate) fn is(object: &Object<'_>) -> bool {
    (object.has("traceId") || object.has("trace_id"))
        && (object.has("type") || object.has("usageDetails") || object.has("usage_details"))
        && !object.has("attributes")
}

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    if object.has("type") && !object.is("type", "GENERATION") && !object.is("type", "EMBEDDING") {
        return Ok(Entry::NoCall);
    }
    let mut found = None;
    for key in ["usageDetails", "usage_details", "usage"] {
        if let Some(text) = object.nested(key)? {
            found = Some((key, text));
            break;
        }
    }
    let figures: Figures = match &found {
        Some((key, text)) => parse(key, text)?,
        None => Figures::default(),
    };
    if figures.has_no_tokens() {
        return if object.is("level", "ERROR") {
            Ok(Entry::Unbilled(Unbilled::Failed))
        } else {
            Err(malformed("the generation has no usage".to_owned()))
        };
    }
    if let Some(unit) = object.at("usage.unit").filter(|unit| !unit.eq_ignore_ascii_case("TOKENS"))
    {
        return Err(malformed(format!("the usage is in {unit}, not in tokens")));
    }
    // The details are priced one by one, so each leaves out the others; an OpenAI usage that was
    // stored as it came does not.
    let is_details =
        found.as_ref().is_some_and(|(_, text)| Object::parse(text).is_ok_and(|o| o.has("input")));
    let parts = if is_details { Parts::Beside } else { Parts::Inside };
    let mut record = UsageRecord::of(LogFormat::Langfuse, figures, parts)?;
    record.recorded = recorded(object);
    record.id = object.text(&["id"])?;
    record.model = object.text(&["providedModelName", "provided_model_name", "model"])?;
    record.set_moment(day::of(object, &["startTime", "start_time"])?);
    see(object, options, &mut record)?;
    if let Some(reason) = object.at("metadata.finish_reason") {
        record.finish = Finish::of(&reason);
    }
    for parameters in ["modelParameters", "model_parameters"] {
        let request = object.nested(parameters)?;
        if let Some(request) = request.as_deref().map(Object::parse).transpose()? {
            api_response::add_request(&mut record, &request)?;
        }
    }
    Ok(record.into())
}

/// What Langfuse says that the call cost.
fn recorded(object: &Object<'_>) -> Option<RecordedCost> {
    let keys = ["costDetails.total", "cost_details.total", "calculatedTotalCost", "totalCost"];
    let text = keys.iter().find_map(|key| object.at(key))?;
    Some(RecordedCost { usd: amount(text.parse().ok()?)?, is_bill: false })
}

fn see(object: &Object<'_>, options: &ReadOptions, record: &mut UsageRecord) -> Result<(), Error> {
    let mut seen = VisibleOutput::new(options.keep_text);
    let output = object.get("output");
    match output.map(RawValue::get) {
        None => return Ok(()),
        Some(text) if text.starts_with('{') => {
            let message = Object::parse(text)?;
            if message.choices().is_some() {
                chat::choices(&message, options, record);
                return Ok(());
            }
            seen.content(message.get("content"));
            seen.other(message.get("tool_calls"));
        }
        Some(_) => seen.content(output),
    }
    record.visible = seen.into_visible();
    Ok(())
}
