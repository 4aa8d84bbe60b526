//! Inputs counted again, for models that a command does not name.

use std::collections::BTreeMap;

use crate::Error;
use crate::catalog::Model;
use crate::cli::args::{InputArgs, PromptArgs};
use crate::cli::input::counted::{self, Input};
use crate::cli::settings::Settings;
use crate::report::Recounted;
use crate::workload::Prompt;

/// The lengths of all inputs for models that the command does not name.
pub(crate) fn lengths<'a>(
    args: &InputArgs,
    models: &[&'a Model],
    settings: &'a Settings,
) -> Recounted<'a> {
    let mut lengths: Vec<BTreeMap<String, _>> = vec![BTreeMap::new(); models.len()];
    for input in counted_for(args, models, settings).into_iter().flatten() {
        let place = models.iter().position(|model| model.id == input.model.id);
        let countable = input.prompt.uncountable.is_none();
        if let (Some(place), Some(name), true) = (place, input.name(), countable) {
            lengths[place].insert(name, input.prompt.tokens);
        }
    }
    models.iter().copied().zip(lengths).collect()
}

/// Whether an input cannot be read a second time.
pub(crate) fn is_read_once(input: &Input<'_>) -> bool {
    input.location.as_ref().is_none_or(|place| place.source() == "-")
}

/// Counts an input for models that the command does not name, once for each way of counting. What
/// cannot be read twice, or does not come out, has no count for them.
pub(crate) fn one<'a>(
    args: &InputArgs,
    input: &Input<'_>,
    models: &[&'a Model],
    settings: &'a Settings,
) -> Vec<(&'a Model, Prompt)> {
    if is_read_once(input) || models.is_empty() {
        return Vec::new();
    }
    let counted = counted_for(args, &one_of_each_way(models), settings);
    let counted = counted.into_iter().flatten().filter(|again| again.name() == input.name());
    counted.map(|again| (again.model, again.prompt)).collect()
}

fn one_of_each_way<'a>(models: &[&'a Model]) -> Vec<&'a Model> {
    let mut kept: Vec<&Model> = Vec::new();
    for model in models {
        if kept.iter().all(|known| known.counting != model.counting) {
            kept.push(model);
        }
    }
    kept
}

/// The inputs as these models count them.
fn counted_for<'a>(
    args: &InputArgs,
    models: &[&'a Model],
    settings: &'a Settings,
) -> Vec<Result<Input<'a>, Error>> {
    let names = models.iter().map(|model| model.id.clone()).collect();
    let input_args = InputArgs { model: names, ..args.clone() };
    let args = PromptArgs { input: input_args, input_tokens: None };
    counted::prompts_for_any_model(&args, settings, &mut Vec::new())
}
