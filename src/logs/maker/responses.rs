//! Responses API objects.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Error;
use crate::logs::counts::OpenAiUsage;
use crate::logs::day;
use crate::logs::object::{Object, malformed};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, Finish, LogFormat, ServiceTier, Unbilled, UsageRecord};
use crate::logs::visible_output::VisibleOutput;

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.is("object", "response")
        || (object.has("output") && object.has("status") && object.has("usage"))
}

#[derive(Deserialize)]
struct Item<'a> {
    r#type: Option<String>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    let status = object.text(&["status"])?.unwrap_or_default();
    let Some(usage) = object.value::<OpenAiUsage>("usage")? else {
        return match status.as_str() {
            "failed" | "cancelled" => Ok(Entry::Unbilled(Unbilled::Failed)),
            "queued" | "in_progress" => Ok(Entry::NoCall),
            _ => Err(malformed("the response has no usage".to_owned())),
        };
    };
    let mut record = UsageRecord::new(LogFormat::Responses, usage.counts().bill()?);
    record.id = object.text(&["id"])?;
    record.model = object.text(&["model"])?;
    record.day = day::of(object, &["created_at"])?;
    record.tier =
        object.text(&["service_tier"])?.map_or_else(ServiceTier::default, |t| ServiceTier::of(&t));
    record.cap = tokens(object, "max_output_tokens")?;
    record.effort = object.at("reasoning.effort");
    record.finish = match status.as_str() {
        "completed" => Finish::Stop,
        "incomplete" => {
            object.at("incomplete_details.reason").map_or(Finish::Other, |r| Finish::of(&r))
        }
        _ => Finish::Other,
    };
    if let Some(items) = object.value::<Vec<Item<'_>>>("output")? {
        let mut seen = VisibleOutput::new(options.keep_text);
        for item in items {
            match item.r#type.as_deref() {
                Some("reasoning") => {}
                Some("message") => seen.content(item.content),
                _ => seen.something(),
            }
        }
        record.visible = seen.into_visible();
    }
    Ok(Entry::Call(record))
}

/// A number of tokens under a key.
pub(crate) fn tokens(
    object: &Object<'_>,
    key: &str,
) -> Result<Option<crate::units::Tokens>, Error> {
    Ok(object.value::<crate::logs::counts::Count>(key)?.map(|count| count.0))
}
