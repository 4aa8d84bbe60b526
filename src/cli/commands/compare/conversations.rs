//! A conversation with several models, on the same draws.

use crate::Error;
use crate::cli::commands::compare::models::ComparedModels;
use crate::cli::input::counted;
use crate::cli::input::efforts::NamedEfforts;
use crate::cli::input::played::Played;
use crate::cli::settings::Settings;
use crate::report::{CompareResult, Priced};
use crate::units::Money;
use crate::workload::{ending_warnings, shut_down};

/// The conversation with every model.
pub(super) fn conversations(
    played: &Played,
    scenario: Option<&str>,
    models: &ComparedModels,
    settings: &Settings,
    warnings: &mut Vec<String>,
) -> (Vec<CompareResult>, Vec<Error>, usize) {
    let efforts = NamedEfforts::of(&models.ids, settings);
    let found = counted::models_or_default(&efforts.models, settings, warnings);
    let (found, errors) = counted::part(found, settings);
    let alive = found.iter().copied();
    warnings.extend(ending_warnings(&settings.catalog, alive, settings.as_of));
    let mut quotes: Vec<_> = efforts
        .of_models(found)
        .into_iter()
        .map(|asked| (asked, played.quote(asked, settings, false, &mut Vec::new())))
        .collect();
    let all = quotes.len();
    if models.only_fitting {
        quotes.retain(|(_, quote)| {
            quote.as_ref().is_ok_and(|quote| quote.simulation.overflowed.get() <= 0.0)
        });
    }
    let left_out = all - quotes.len();
    if models.by_cost {
        quotes.sort_by_key(|(_, quote)| match quote {
            Ok(quote) => (0, quote.simulation.total_cost.mean),
            Err(_) => (1, Money::ZERO),
        });
    }
    let volume = played.call.volume();
    // The first that can do it.
    let mut first = None;
    let result = |((model, effort), quote)| {
        let mut result =
            CompareResult::of(scenario.map(ToOwned::to_owned), "conversation", model, volume);
        result.effort = effort;
        result.name = NamedEfforts::name(model, effort);
        result.cannot = shut_down(&settings.catalog, model, settings.as_of);
        match quote {
            Err(error) => result.cannot = Some(Error::message(&error).to_owned()),
            Ok(quote) => {
                let (priced, own) = Priced::of_conversation(model, &quote, volume, first.as_ref());
                first.get_or_insert(own);
                result.offer = Some(priced);
                result.assumptions = quote.assumptions;
            }
        }
        result
    };
    (quotes.into_iter().map(result).collect(), errors, left_out)
}
