//! Anthropic's messages: the prompt leaves out what was cached, and thinking is not told apart.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Error;
use crate::logs::counts::{Count, Counts};
use crate::logs::object::Object;
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, Finish, LogFormat, UsageRecord};
use crate::logs::visible_output::VisibleOutput;

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.is("type", "message") && object.has("usage")
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
struct Usage {
    input_tokens: Option<Count>,
    cache_read_input_tokens: Option<Count>,
    cache_creation_input_tokens: Option<Count>,
    output_tokens: Option<Count>,
}

#[derive(Deserialize)]
struct Block<'a> {
    r#type: Option<String>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
}

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    let usage: Option<Usage> = object.value("usage")?;
    let tokens = |count: fn(&Usage) -> Option<Count>| usage.as_ref().and_then(count).map(|c| c.0);
    let counts = Counts {
        prompt: tokens(|u| u.input_tokens),
        cached: tokens(|u| u.cache_read_input_tokens),
        written: tokens(|u| u.cache_creation_input_tokens),
        completion: tokens(|u| u.output_tokens),
        ..Counts::default()
    };
    let bill = counts.with_parts_outside().bill()?;
    let mut record = UsageRecord::new(LogFormat::Anthropic, bill);
    record.id = object.text(&["id"])?;
    record.model = object.text(&["model"])?;
    record.finish = object.text(&["stop_reason"])?.map_or(Finish::Unknown, |r| Finish::of(&r));
    let mut seen = VisibleOutput::new(options.keep_text);
    for block in object.value::<Vec<Block<'_>>>("content")?.unwrap_or_default() {
        match block.r#type.as_deref() {
            Some("thinking" | "redacted_thinking") => {}
            Some("text") => seen.content(block.text),
            _ => seen.something(),
        }
    }
    record.visible = seen.into_visible();
    Ok(Entry::Call(record))
}
