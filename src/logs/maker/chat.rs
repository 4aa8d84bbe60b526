//! Chat Completions responses.

use crate::Error;
use crate::logs::counts::OpenAiUsage;
use crate::logs::day;
use crate::logs::object::{Object, malformed};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, Finish, LogFormat, ServiceTier, UsageRecord};
use crate::logs::visible_output::VisibleOutput;

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.is("object", "chat.completion")
        || object.is("object", "chat.completion.chunk")
        || (object.choices().is_some() && object.has("usage"))
}

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    let is_piece = object.is("object", "chat.completion.chunk");
    let Some(usage) = object.value::<OpenAiUsage>("usage")? else {
        // Only the last piece of a streamed answer has the bill.
        return if is_piece {
            Ok(Entry::NoCall)
        } else {
            Err(malformed("the response has no usage".to_owned()))
        };
    };
    let mut record = UsageRecord::new(LogFormat::ChatCompletions, usage.counts().bill()?);
    record.id = object.text(&["id"])?;
    record.model = object.text(&["model"])?;
    record.day = day::of(object, &["created"])?;
    record.tier =
        object.text(&["service_tier"])?.map_or_else(ServiceTier::default, |t| ServiceTier::of(&t));
    if !is_piece {
        choices(object, options, &mut record);
    }
    Ok(Entry::Call(record))
}

/// How the answers under `choices` ended, and what could be seen of them.
pub(crate) fn choices(object: &Object<'_>, options: &ReadOptions, record: &mut UsageRecord) {
    let choices = object.choices().unwrap_or_default();
    if choices.is_empty() {
        return;
    }
    let mut seen = VisibleOutput::new(options.keep_text);
    let mut finish = None;
    for choice in choices {
        let reason = choice.finish_reason.map_or("", |raw| raw.get().trim_matches('"'));
        // One answer that was cut off marks the call.
        if finish != Some(Finish::Length) {
            finish = Some(Finish::of(reason));
        }
        seen.content(choice.text);
        if let Some(message) = &choice.message {
            seen.content(message.content);
            for part in [message.refusal, message.tool_calls, message.function_call] {
                seen.other(part);
            }
        }
    }
    record.finish = finish.unwrap_or_default();
    record.visible = seen.into_visible();
    record.answers = choices.len() as u64;
}
