//! A page's data, put together.

use serde::Serialize;

use super::known::{Known, candidates};
use super::profiles::brought;
use super::question::Question;
use super::request::{CountedFor, CountedRequest, RequestWords};
use crate::catalog::Model;
use crate::units::Tokens;
use crate::workload::{CallSpec, Prompt, SentEffort};
use crate::{Error, ErrorKind};

/// What a page can be asked, and what it answers from.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WhatIf {
    #[serde(flatten)]
    known: Known,
    /// Whether it answers beside a page that says something else.
    beside: bool,
    /// The declared prompt.
    input_tokens: Option<Tokens>,
    /// The ids of the models of the command.
    chosen: Vec<String>,
    /// The request, unless the command declares the prompt.
    request: Option<CountedRequest>,
}

impl WhatIf {
    /// What answers what-ifs about one input: its prompts for the models of the command, and for the others as
    /// `count` counts it for them.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for what a page does not forecast or price, and what makes it too long.
    pub(crate) fn new<'a>(
        question: &Question<'a>,
        prompts: &[CountedFor<'a>],
        words: Option<RequestWords>,
        count: impl FnOnce(&[&'a Model]) -> Vec<(&'a Model, Prompt)>,
    ) -> Result<Self, Error> {
        answerable(question.call, prompts)?;
        let chosen: Vec<&'a Model> = prompts.iter().map(|prompt| prompt.model).collect();
        let models = candidates(&chosen, question.catalog, question.as_of);
        let mut texts = Vec::new();
        // The candidates begin with the models of the command.
        let others = &models[chosen.len()..];
        let request = words.and_then(|words| {
            let again = count(others);
            CountedRequest::new(words, prompts, (others, &again), question.as_of, &mut texts)
        });
        Ok(Self {
            known: Known::of(question, &models, texts)?,
            beside: question.beside,
            input_tokens: question.input_tokens,
            chosen: chosen.iter().map(|model| model.id.clone()).collect(),
            request,
        })
    }
}

/// Refuses what a page does not forecast or price, where the command asks for it.
fn answerable(call: &CallSpec, prompts: &[CountedFor<'_>]) -> Result<(), Error> {
    let by_effort = |asked: &CountedFor<'_>| {
        let sent = &asked.prompt.effort;
        asked.effort.is_some()
            || sent.level.is_some() && call.effort.is_none()
            || sent.budget.is_some()
            || sent.reasons != SentEffort::usual(asked.model).reasons
    };
    let has_profile = !brought(call).is_empty() || call.profile.is_some();
    let of_profile = call.effort.is_some() && has_profile;
    let refuse = |why: &str| Err(Error::new(ErrorKind::Usage, why));
    if call.thinking_budget.is_some() || of_profile || prompts.iter().any(by_effort) {
        return refuse("the page forecasts by --effort, and not by other efforts or budgets");
    }
    if prompts.iter().any(|asked| !asked.prompt.settings.cache_marks.is_empty()) {
        return refuse("the page does not price marks for the cache");
    }
    Ok(())
}
