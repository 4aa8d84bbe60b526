//! One object for several answers to a prompt: an array for each figure, an element for each answer.

use serde::Deserialize;

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Count, Figure, Figures, Parts};
use crate::logs::object::{Object, malformed};
use crate::logs::options::ReadOptions;
use crate::logs::record::{Entry, Finish, LogFormat, UsageRecord};
use crate::logs::visible_output::VisibleOutput;

pub(crate) fn is(object: &Object<'_>) -> bool {
    object.has("tokens_completion")
}

/// The value for one answer, or the one for all.
#[derive(Deserialize)]
#[serde(untagged)]
enum Each<T> {
    Own(Vec<Option<T>>),
    Shared(T),
}

impl<T: Clone> Each<T> {
    fn of(this: Option<&Self>, i: usize) -> Option<T> {
        match this? {
            Self::Own(values) => values.get(i).cloned().flatten(),
            Self::Shared(value) => Some(value.clone()),
        }
    }
}

#[derive(Clone, Deserialize)]
struct Details {
    reasoning_tokens: Option<Count>,
}

/// Every answer, or why it cannot be read.
pub(crate) fn read(
    object: &Object<'_>,
    options: &ReadOptions,
) -> Result<Vec<Result<Entry, Error>>, Error> {
    let completions: Vec<Option<Count>> = object.value("tokens_completion")?.unwrap_or_default();
    let prompts: Option<Each<Count>> = object.value("tokens_prompt")?;
    let details: Option<Each<Details>> = object.value("completion_tokens_details")?;
    let ids: Option<Each<String>> = object.value("id")?;
    let reasons: Option<Each<String>> = object.value("finish_reason")?;
    let texts: Option<Each<String>> = object.value("output")?;
    let model = object.text(&["model", "llm"])?;
    let moment = day::of(object, &["timestamp"])?;
    let answer = |i: usize, completion: Option<Count>| -> Result<Entry, Error> {
        let missing = || malformed(format!("answer {} has no completion tokens", i + 1));
        let mut figures = Figures::default();
        figures.put(Figure::Prompt, Each::of(prompts.as_ref(), i).map(|count| count.0));
        figures.put(Figure::Completion, Some(completion.ok_or_else(missing)?.0));
        let reasoning = Each::of(details.as_ref(), i)
            .and_then(|details| details.reasoning_tokens)
            .map(|count| count.0);
        figures.put(Figure::Reasoning, reasoning);
        let mut record = UsageRecord::of(LogFormat::ParallelArrays, figures, Parts::Inside)?;
        record.id = Each::of(ids.as_ref(), i);
        record.model.clone_from(&model);
        record.set_moment(moment);
        record.finish =
            Each::of(reasons.as_ref(), i).map_or(Finish::Unknown, |reason| Finish::of(&reason));
        if let Some(text) = Each::of(texts.as_ref(), i) {
            let mut seen = VisibleOutput::new(options.keep_text);
            seen.text(text);
            record.visible = seen.into_visible();
        }
        Ok(record.into())
    };
    Ok(completions.into_iter().enumerate().map(|(i, count)| answer(i, count)).collect())
}
