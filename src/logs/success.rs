//! Whether what a call was for succeeded, where the log says it.

use super::object::{Object, parse};

/// A mark as logs write it: `true`, `pass`, 1. A score between is no mark.
pub(crate) fn mark(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "pass" | "passed" | "success" | "succeeded" | "correct" | "1" | "1.0" => {
            Some(true)
        }
        "false" | "no" | "fail" | "failed" | "failure" | "incorrect" | "0" | "0.0" => Some(false),
        _ => None,
    }
}

/// The mark of a record: its own, that of all its graders, or that of all its yes-or-no scores.
pub(crate) fn of(object: &Object<'_>) -> Option<bool> {
    object.members().find_map(|(key, raw)| match key {
        "scores" => scores(raw.get()),
        "results" if object.is("object", "eval.run.output_item") => {
            all(raw.get(), |result| result.at("passed").and_then(|passed| mark(&passed)))
        }
        "success" | "passed" | "task_success" | "is_success" => mark(raw.get().trim_matches('"')),
        _ => None,
    })
}

/// Langfuse keeps scores beside what they are about; those that are numbers or words are no marks.
fn scores(list: &str) -> Option<bool> {
    all(list, |score| {
        let kind = score.at("dataType").or_else(|| score.at("data_type"));
        let is_mark = kind.is_some_and(|kind| kind == "BOOLEAN");
        score.at("value").filter(|_| is_mark).and_then(|value| mark(&value))
    })
}

/// Whether all of a list that have a mark succeeded; nothing where none has one.
fn all(list: &str, mark_of: impl Fn(&Object<'_>) -> Option<bool>) -> Option<bool> {
    let list: Vec<&serde_json::value::RawValue> = parse("list", list).ok()?;
    let marks = list.iter().filter_map(|one| mark_of(&Object::parse(one.get()).ok()?));
    marks.reduce(|one, other| one && other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_yes_or_no_and_nothing_else() {
        for (text, found) in [
            (r#"{"success": true}"#, Some(true)),
            (r#"{"passed": "Fail"}"#, Some(false)),
            (r#"{"success": 0.7}"#, None),
            (r#"{"success": null}"#, None),
            (r#"{"status": "success"}"#, None),
            (
                r#"{"scores": [{"dataType": "BOOLEAN", "value": 1}, {"dataType": "NUMERIC", "value": 0}]}"#,
                Some(true),
            ),
            (
                r#"{"scores": [{"dataType": "BOOLEAN", "value": 1}, {"data_type": "BOOLEAN", "value": 0}]}"#,
                Some(false),
            ),
            (r#"{"scores": [{"dataType": "NUMERIC", "value": 1}]}"#, None),
            (r#"{"results": [{"passed": true}]}"#, None),
            (
                r#"{"object": "eval.run.output_item", "results": [{"passed": true}, {"passed": false}]}"#,
                Some(false),
            ),
        ] {
            assert_eq!(of(&Object::parse(text).unwrap()), found, "{text}");
        }
    }
}
