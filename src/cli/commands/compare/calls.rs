//! Calls with several models.

use crate::Error;
use crate::catalog::Effort;
use crate::cli::commands::compare::args::CompareArgs;
use crate::cli::commands::compare::models::ComparedModels;
use crate::cli::input::counted::{self, Input};
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::forecast::PlanStatus;
use crate::report::{CompareResult, Priced, Reference};
use crate::units::Money;
use crate::workload::{
    CallSpec, CapRule, CompletionSources, Quote, Workload, ending_warnings, refused, shut_down,
};

/// Every input, counted for every model.
pub(super) fn prompts<'a>(
    args: &CompareArgs,
    models: &ComparedModels,
    settings: &'a Settings,
    warnings: &mut Vec<String>,
) -> (Vec<Input<'a>>, Vec<Error>) {
    let mut asked = args.prompt.clone();
    asked.input.model.clone_from(&models.ids);
    let mut prompts = counted::prompts_for_any_model(&asked, settings, warnings);
    counted::share_calls(&mut prompts, args.call.calls);
    let (prompts, errors) = counted::part(prompts, settings);
    if !models.by_cost {
        let models = prompts.iter().map(|input| input.model);
        warnings.extend(ending_warnings(&settings.catalog, models, settings.as_of));
    }
    (prompts, errors)
}

/// Every prompt as a call with every model, and how many were left out because they do not fit.
pub(super) fn calls(
    args: &CompareArgs,
    models: &ComparedModels,
    inputs: &[Input<'_>],
    settings: &Settings,
) -> (Vec<CompareResult>, usize) {
    let call = args.call.clone().over(&settings.call);
    let sources = CompletionSources::new(&call, &settings.streams);
    let mut results = Vec::new();
    let mut left_out = 0;
    let progress = Progress::new(inputs.len(), "priced", settings);
    for inputs in inputs.chunk_by(|a, b| a.name() == b.name()) {
        let price = |input| {
            progress.step();
            Asked::of(input, &args.call, &sources, settings)
        };
        let mut asked: Vec<Asked<'_, '_>> = inputs.iter().map(price).collect();
        if models.only_fitting {
            let all = asked.len();
            asked.retain(Asked::fits);
            left_out += all - asked.len();
        }
        if models.by_cost {
            asked.sort_by_key(|asked| asked.cost().map_or((1, Money::ZERO), |cost| (0, cost)));
        }
        // The first model that can do the job of an input is what the others are measured by.
        let mut first: Option<First<'_>> = None;
        for asked in asked {
            results.push(asked.result(&mut first, settings));
        }
    }
    (results, left_out)
}

/// What the others are measured by.
struct First<'a> {
    reference: Reference<'a>,
    /// Whether its cost is one that is expected: what is expected is not measured by a worst case.
    is_expected: bool,
}

/// A call with one model.
struct Asked<'i, 'a> {
    input: &'i Input<'a>,
    call: CallSpec,
    effort: Option<Effort>,
    quote: Result<Quote<'a>, Error>,
}

impl<'i, 'a> Asked<'i, 'a> {
    fn of(
        input: &'i Input<'a>,
        flags: &CallSpec,
        sources: &CompletionSources<'_>,
        settings: &Settings,
    ) -> Self {
        let call = input.call(flags, settings);
        let effort = input.effort(flags, settings);
        let level = effort.as_ref().ok().and_then(|effort| effort.level);
        let quote = || {
            if let Some(refusal) = refused(&input.prompt, input.model, settings.as_of) {
                return Err(refusal);
            }
            Workload::new(input.model, settings.as_of)
                .counted(input.prompt.clone())
                .call(call.clone())
                .completion(sources.of(input.model, effort?)?)
                .cap(CapRule::SentOrRecommended)
                .quote()
        };
        let quote = quote();
        Self { input, call, effort: level, quote }
    }

    /// What a usable answer costs; a call, where nothing is known about its length.
    fn cost(&self) -> Option<Money> {
        let (priced, _) = Priced::of_call(self.quote.as_ref().ok()?, None).ok()?;
        let cost = priced.cost_usd;
        Some(priced.cost_per_usable_usd.or(cost.expected).unwrap_or(cost.worst_case))
    }

    /// Whether the model takes the call and leaves room for the answer.
    fn fits(&self) -> bool {
        let has_room =
            |quote: &Quote<'_>| quote.estimate.is_ok() && quote.plan.status == PlanStatus::Ok;
        self.quote.as_ref().is_ok_and(has_room)
    }

    /// The result, measured by the first offer.
    fn result(self, first: &mut Option<First<'a>>, settings: &Settings) -> CompareResult {
        let model = self.input.model;
        let mut result = CompareResult::of(self.input.name(), "call", model, self.call.volume());
        result.name = self.input.model_name();
        result.effort = self.effort;
        result.cannot = shut_down(&settings.catalog, model, settings.as_of);
        let priced = self.quote.and_then(|quote| {
            let (mut priced, reference) =
                Priced::of_call(&quote, first.as_ref().map(|first| &first.reference))?;
            let is_expected = priced.cost_usd.expected.is_some();
            let first = first.get_or_insert(First { reference, is_expected });
            if first.is_expected != is_expected {
                priced.without_ratios();
            }
            Ok((priced, quote.assumptions.into_vec()))
        });
        match priced {
            Err(why) => result.cannot = Some(why.message().to_owned()),
            Ok((priced, assumptions)) => {
                result.offer = Some(priced);
                result.assumptions = assumptions;
                result
                    .assumptions
                    .extend(self.input.shared.iter().map(|share| share.sentence.clone()));
            }
        }
        result
    }
}
