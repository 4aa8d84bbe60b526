//! Responses API objects.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Error;
use crate::catalog::FeeItem;
use crate::logs::day;
use crate::logs::figures::{Count, Figures, Parts};
use crate::logs::object::{Object, malformed};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, Finish, LogFormat, ServiceTier, Unbilled, UsageRecord};
use crate::logs::visible_output::VisibleOutput;
use crate::units::Tokens;

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.is("object", "response")
        || object.is("object", "realtime.response")
        || (object.has("output") && object.has("status") && object.has("usage"))
}

/// The last event of a stream, which holds the whole response.
pub(crate) fn is_event(object: &Object<'_>) -> bool {
    object.get("type").is_some_and(|kind| kind.get().starts_with("\"response."))
}

pub(crate) fn read_event(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    // `response.done` is the end of an answer of the realtime API.
    let ends = ["response.completed", "response.incomplete", "response.failed", "response.done"];
    if !ends.iter().any(|end| object.is("type", end)) {
        return Ok(Entry::NoCall);
    }
    let response = object.object("response")?;
    let response = response.ok_or_else(|| malformed("the event has no `response`".to_owned()))?;
    read(&response, options)
}

#[derive(Deserialize)]
struct Item<'a> {
    r#type: Option<String>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    status: Option<String>,
    action: Option<Action>,
    container_id: Option<String>,
}

#[derive(Deserialize)]
struct Action {
    r#type: Option<String>,
}

#[derive(Deserialize)]
struct Tool {
    r#type: Option<String>,
}

pub(crate) fn read(object: &Object<'_>, options: &ReadOptions) -> Result<Entry, Error> {
    let status = object.text(&["status"])?.unwrap_or_default();
    let Some(figures) = object.value::<Figures>("usage")? else {
        return match status.as_str() {
            "failed" | "cancelled" => Ok(Entry::Unbilled(Unbilled::Failed)),
            "queued" | "in_progress" => Ok(Entry::NoCall),
            _ => Err(malformed("the response has no usage".to_owned())),
        };
    };
    let mut record = UsageRecord::of(LogFormat::Responses, figures, Parts::BySpelling)?;
    record.id = object.text(&["id"])?;
    record.model = object.text(&["model"])?;
    record.set_moment(day::of(object, &["created_at"])?);
    if let Some(tier) = object.text(&["service_tier"])? {
        record.tier = ServiceTier::of(&tier);
    }
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
        for item in &items {
            match item.r#type.as_deref() {
                Some("reasoning") => {}
                Some("message") => seen.content(item.content),
                _ => seen.something(),
            }
        }
        record.visible = seen.into_visible();
        if record.tools.is_empty() {
            record.tools = uses(&items, object)?;
        }
        record.unread.extend(charged_besides(&items, object)?);
    }
    Ok(record.into())
}

/// The uses of tools that have a fee: searches, searches of files, and containers.
///
/// Opening a page and finding text in it are no searches.
fn uses(items: &[Item<'_>], object: &Object<'_>) -> Result<Vec<(FeeItem, u64)>, Error> {
    let is = |item: &&Item<'_>, kind: &str| {
        item.r#type.as_deref() == Some(kind)
            && item.status.as_deref().is_none_or(|status| status != "failed")
    };
    let is_search = |item: &&Item<'_>| {
        let action = item.action.as_ref().and_then(|action| action.r#type.as_deref());
        is(item, "web_search_call") && action.is_none_or(|action| action == "search")
    };
    let searches = items.iter().filter(is_search).count() as u64;
    let in_files = items.iter().filter(|item| is(item, "file_search_call")).count() as u64;
    let containers: BTreeSet<&str> = items
        .iter()
        .filter(|item| is(item, "code_interpreter_call") || is(item, "shell_call"))
        .map(|item| item.container_id.as_deref().unwrap_or_default())
        .collect();
    let web = if searches > 0 && uses_preview(object)? {
        FeeItem::WebSearchPreview
    } else {
        FeeItem::WebSearch
    };
    let all = [
        (web, searches),
        (FeeItem::FileSearch, in_files),
        (FeeItem::CodeExecution, containers.len() as u64),
    ];
    Ok(all.into_iter().filter(|(_, times)| *times > 0).collect())
}

/// What is charged for and no figure of the usage has: images that a tool made, and containers larger than
/// the usual one.
fn charged_besides(items: &[Item<'_>], object: &Object<'_>) -> Result<Vec<String>, Error> {
    let has = |kind: &str| items.iter().any(|item| item.r#type.as_deref() == Some(kind));
    let mut besides = Vec::new();
    if has("image_generation_call") {
        besides.push("image_generation_call".to_owned());
    }
    if has("code_interpreter_call") || has("shell_call") {
        let tools: Vec<Object<'_>> = object.value("tools")?.unwrap_or_default();
        let size = tools.iter().find_map(|tool| tool.at("container.memory_limit"));
        besides.extend(size.filter(|size| size != "1g").map(|size| format!("container of {size}")));
    }
    Ok(besides)
}

fn uses_preview(object: &Object<'_>) -> Result<bool, Error> {
    let tools: Vec<Tool> = object.value("tools")?.unwrap_or_default();
    let preview = |tool: &Tool| {
        tool.r#type.as_deref().is_some_and(|kind| kind.starts_with("web_search_preview"))
    };
    Ok(tools.iter().any(preview))
}

/// A number of tokens under a key.
pub(crate) fn tokens(object: &Object<'_>, key: &str) -> Result<Option<Tokens>, Error> {
    Ok(object.value::<Count>(key)?.map(|count| count.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::Records;

    fn tools(output: &str, more: &str) -> Vec<(FeeItem, u64)> {
        let text = format!(
            r#"{{"object": "response", "status": "completed", "model": "gpt-5", "output": [{output}],
                "usage": {{"input_tokens": 9, "output_tokens": 3}}{more}}}"#
        )
        .replace('\n', "");
        Records::new(text.as_bytes()).next().unwrap().unwrap().tools
    }

    #[test]
    fn tools_are_charged_by_use_and_containers_once_each() {
        let search = |action: &str| format!(r#"{{"type": "web_search_call"{action}}}"#);
        let searches = [
            search(""),
            search(r#", "action": {"type": "search"}"#),
            search(r#", "action": {"type": "open_page"}"#),
            search(r#", "status": "failed""#),
        ]
        .join(",");
        assert_eq!(tools(&searches, ""), [(FeeItem::WebSearch, 2)]);
        let preview = r#", "tools": [{"type": "web_search_preview_2025_03_11"}]"#;
        assert_eq!(tools(&searches, preview), [(FeeItem::WebSearchPreview, 2)]);
        let run = |kind: &str, id: &str, status: &str| {
            format!(r#"{{"type": "{kind}", "container_id": "{id}", "status": "{status}"}}"#)
        };
        let code = [
            run("code_interpreter_call", "a", "completed"),
            run("code_interpreter_call", "a", "completed"),
            run("shell_call", "b", "completed"),
            run("code_interpreter_call", "c", "failed"),
            run("file_search_call", "d", "completed"),
        ];
        let charged = [(FeeItem::FileSearch, 1), (FeeItem::CodeExecution, 2)];
        assert_eq!(tools(&code.join(","), preview), charged);
        assert_eq!(tools(&run("shell_call", "a", "completed"), ""), [(FeeItem::CodeExecution, 1)]);
        assert_eq!(tools("", preview), []);
    }
}
