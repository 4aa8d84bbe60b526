//! What a page of several inputs carries to answer what-ifs about all of them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::known::{Known, candidates, ways};
use super::question::Question;
use super::request::CountedFor;
use crate::catalog::{Counting, Effort, Model, Tier};
use crate::units::Tokens;
use crate::workload::{CallSpec, Prompt, SentEffort};
use crate::{Error, ErrorKind};

/// So many inputs have a form: each has a length for every way of counting.
const MOST_INPUTS: usize = 300;

/// What the page of several inputs can be asked, and what it answers from.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SeveralInputs {
    #[serde(flatten)]
    known: Known,
    /// The words that name the inputs.
    words: Vec<String>,
    /// What the command line needs besides, to find them again.
    note: Option<&'static str>,
    /// The model that the command names; null where each request has its own, or the default.
    chosen: Option<String>,
    inputs: Vec<CountedInput>,
}

/// One of several inputs.
#[derive(Debug, Clone, Serialize)]
struct CountedInput {
    name: String,
    /// The model that it is for where none is chosen.
    model: String,
    /// How many calls its row says it has, beside the other rows.
    weight: Option<f64>,
    /// The level of effort that it sends.
    effort: Option<Effort>,
    /// The cap that it sends.
    cap: Option<Tokens>,
    /// How many answers it asks for.
    choices: u64,
    /// The tier that it asks for.
    tier: Option<Tier>,
    /// Its length by way of counting, where it has one.
    tokens: Vec<Option<Tokens>>,
}

/// One of several inputs, as the command counts it.
pub(crate) struct NamedInput<'a> {
    pub(crate) name: String,
    pub(crate) counted: CountedFor<'a>,
    pub(crate) weight: Option<f64>,
}

/// How the command names its inputs and their model.
pub(crate) struct InputWords {
    pub(crate) words: Vec<String>,
    /// What the command line needs besides, to find them again.
    pub(crate) note: Option<&'static str>,
    pub(crate) model: Option<String>,
}

/// The lengths of inputs by their names, as one model counts them.
pub(crate) type Recounted<'a> = Vec<(&'a Model, BTreeMap<String, Tokens>)>;

impl SeveralInputs {
    /// What answers what-ifs about several inputs; `count` counts them for models that the command does not name,
    /// one for each way of counting.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for what a page does not forecast or price, and what makes it too long.
    pub(crate) fn new<'a>(
        question: &Question<'a>,
        inputs: &[NamedInput<'a>],
        command: InputWords,
        count: impl FnOnce(&[&'a Model]) -> Recounted<'a>,
    ) -> Result<Self, Error> {
        if inputs.len() > MOST_INPUTS {
            return Err(Error::new(ErrorKind::Usage, "the page has too many inputs for a form"));
        }
        inputs.iter().try_for_each(|input| answerable(question.call, input.counted))?;
        let mut chosen: Vec<&'a Model> = Vec::new();
        for input in inputs {
            if !chosen.contains(&input.counted.model) {
                chosen.push(input.counted.model);
            }
        }
        let models = candidates(&chosen, question.catalog, question.as_of);
        let ways = ways(&models);
        let first = |way: &&Counting| models.iter().copied().find(|model| model.counting == **way);
        let recounted = count(&ways.iter().filter_map(first).collect::<Vec<_>>());
        let counted = |input: &NamedInput<'_>| {
            let prompt = input.counted.prompt;
            let length = |way: &&Counting| {
                if input.counted.model.counting == **way {
                    return Some(prompt.tokens);
                }
                let (_, lengths) = recounted.iter().find(|(model, _)| model.counting == **way)?;
                lengths.get(&input.name).copied()
            };
            CountedInput {
                name: input.name.clone(),
                model: input.counted.model.id.clone(),
                weight: input.weight,
                effort: sent_effort(prompt),
                cap: prompt.settings.cap,
                choices: prompt.settings.choices,
                tier: prompt.settings.tier,
                tokens: ways.iter().map(length).collect(),
            }
        };
        let inputs = inputs.iter().map(counted).collect();
        let known = Known::of(question, &models, Vec::new())?;
        let InputWords { words, note, model } = command;
        Ok(Self { known, words, note, chosen: model, inputs })
    }
}

fn sent_effort(prompt: &Prompt) -> Option<Effort> {
    prompt.effort.level.as_ref()?.parse().ok()
}

/// Refuses what a page of several inputs does not forecast or price.
fn answerable(call: &CallSpec, asked: CountedFor<'_>) -> Result<(), Error> {
    let CountedFor { model, prompt, effort: named } = asked;
    let sent = &prompt.effort;
    let is_read = sent.level.is_none() || sent_effort(prompt).is_some();
    let is_usual = sent.reasons == SentEffort::usual(model).reasons;
    let budget = call.thinking_budget.is_some() || sent.budget.is_some();
    let refuse = |why: &str| Err(Error::new(ErrorKind::Usage, why));
    if named.is_some() || budget || !is_read || !is_usual {
        return refuse("the page forecasts by --effort, and not by budgets");
    }
    if !prompt.settings.cache_marks.is_empty() {
        return refuse("the page does not price marks for the cache");
    }
    Ok(())
}
