//! A call with one model, priced, and its result beside the others.

use crate::Error;
use crate::catalog::{Effort, Model};
use crate::cli::input::counted::Input;
use crate::cli::input::location::Location;
use crate::cli::input::shared_calls::SharedCalls;
use crate::cli::settings::Settings;
use crate::forecast::PlanStatus;
use crate::report::{CompareResult, Priced, Reference};
use crate::units::Money;
use crate::workload::{CallSpec, CapRule, CompletionSources, Quote, Workload, refused, shut_down};

/// What the others are measured by.
pub(super) struct First<'a> {
    reference: Reference<'a>,
    /// Whether its cost is one that is expected: what is expected is not measured by a worst case.
    is_expected: bool,
}

/// A call with one model; its prompt is in its quote.
pub(super) struct Asked<'a> {
    location: Option<Location>,
    pub(super) model: &'a Model,
    /// The model as the command names it.
    model_name: String,
    shared: Option<SharedCalls>,
    call: CallSpec,
    effort: Option<Effort>,
    quote: Result<Quote<'a>, Error>,
}

impl<'a> Asked<'a> {
    pub(super) fn of(
        input: Input<'a>,
        flags: &CallSpec,
        sources: &CompletionSources<'_>,
        settings: &Settings,
    ) -> Self {
        let call = input.call(flags, settings);
        let effort = input.effort(flags, settings);
        let level = effort.as_ref().ok().and_then(|effort| effort.level);
        let (model, model_name) = (input.model, input.model_name());
        let Input { location, prompt, shared, .. } = input;
        let quote = || {
            if let Some(refusal) = refused(&prompt, model, settings.as_of) {
                return Err(refusal);
            }
            Workload::new(model, settings.as_of)
                .counted(prompt)
                .call(call.clone())
                .completion(sources.of(model, effort?)?)
                .cap(CapRule::SentOrRecommended)
                .quote()
        };
        let quote = quote();
        Self { location, model, model_name, shared, call, effort: level, quote }
    }

    /// The name of its input.
    pub(super) fn name(&self) -> Option<String> {
        self.location.as_ref().map(ToString::to_string)
    }

    /// What a usable answer costs; a call, where nothing is known about its length.
    pub(super) fn cost(&self) -> Option<Money> {
        let (priced, _) = Priced::of_call(self.quote.as_ref().ok()?, None, false).ok()?;
        let cost = priced.cost_usd;
        Some(priced.cost_per_usable_usd.or(cost.expected).unwrap_or(cost.worst_case))
    }

    /// Whether the model takes the call and leaves room for the answer.
    pub(super) fn fits(&self) -> bool {
        let has_room =
            |quote: &Quote<'_>| quote.estimate.is_ok() && quote.plan.status == PlanStatus::Ok;
        self.quote.as_ref().is_ok_and(has_room)
    }

    /// The result, measured by the first offer.
    pub(super) fn result(
        self,
        first: &mut Option<First<'a>>,
        is_shown: bool,
        settings: &Settings,
    ) -> CompareResult {
        let model = self.model;
        let mut result = CompareResult::of(self.name(), "call", model, self.call.volume());
        result.name = self.model_name;
        result.effort = self.effort;
        result.cannot = shut_down(&settings.catalog, model, settings.as_of);
        let priced = self.quote.and_then(|quote| {
            let before = first.as_ref().map(|first| &first.reference);
            let (mut priced, reference) = Priced::of_call(&quote, before, is_shown)?;
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
                result.assumptions.extend(self.shared.map(|share| share.sentence));
            }
        }
        result
    }
}
