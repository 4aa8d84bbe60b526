//! Calls with several models.

use std::collections::BTreeMap;

use crate::Error;
use crate::catalog::Model;
use crate::cli::args::PromptArgs;
use crate::cli::commands::compare::args::CompareArgs;
use crate::cli::commands::compare::asked::{Asked, First};
use crate::cli::commands::compare::models::ComparedModels;
use crate::cli::commands::what_if;
use crate::cli::input::counted::{self, Input};
use crate::cli::output;
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::report::{CompareResult, Format, Widget};
use crate::units::Money;
use crate::workload::{CompletionSources, ending_warnings};

/// What is asked of the models: every input with every model, priced.
pub(super) struct Calls<'c> {
    pub(super) args: &'c CompareArgs,
    pub(super) models: &'c ComparedModels,
    /// Whether every result is shown, and not the sums of all inputs alone.
    pub(super) shows_all: bool,
}

/// What comes beside the results.
pub(super) struct Beside {
    pub(super) errors: Vec<Error>,
    pub(super) widgets: Vec<Widget>,
    /// How many models were left out of inputs because they do not fit.
    pub(super) left_out: usize,
}

impl Calls<'_> {
    /// Hands on the result of every input with every model, as soon as it is there: a corpus has millions. All inputs
    /// are kept only where they are needed at once, to share calls among them or for the form of a page.
    pub(super) fn each(
        &self,
        settings: &Settings,
        warnings: &mut Vec<String>,
        mut take: impl FnMut(CompareResult),
    ) -> Beside {
        let call = self.args.call.clone().over(&settings.call);
        let sources = CompletionSources::new(&call, &settings.streams);
        let mut prompts = self.args.prompt.clone();
        prompts.input.model.clone_from(&self.models.ids);
        let mut groups = Groups::new(self, settings);
        let price = |input| Asked::of(input, &self.args.call, &sources, settings);
        if self.args.call.calls.is_none() && !settings.writes(Format::Html) {
            return self.as_counted((&prompts, settings), warnings, price, &mut groups, &mut take);
        }
        let mut inputs = counted::prompts_for_any_model(&prompts, settings, warnings);
        counted::share_calls(&mut inputs, self.args.call.calls);
        let (inputs, errors) = counted::part(inputs, settings);
        self.warn(inputs.iter().map(|input| input.model), settings, warnings);
        let asked = what_if::Asked { prompt: &self.args.prompt, call: &call, beside: false };
        let asked_of: Vec<_> = inputs.iter().collect();
        let widgets = what_if::widgets(&asked, &asked_of, settings, warnings);
        let progress = Progress::new(inputs.len(), "priced", settings);
        for input in inputs {
            progress.step();
            groups.add(price(input), &mut take);
        }
        groups.end(&mut take);
        Beside { errors, widgets, left_out: groups.left_out }
    }

    fn as_counted<'s>(
        &self,
        (prompts, settings): (&PromptArgs, &'s Settings),
        warnings: &mut Vec<String>,
        price: impl Fn(Input<'s>) -> Asked<'s> + Sync,
        groups: &mut Groups<'_, 's>,
        take: &mut impl FnMut(CompareResult),
    ) -> Beside {
        let (mut errors, mut used) = (Vec::new(), BTreeMap::new());
        let each = |asked: Result<Asked<'s>, Error>| match asked {
            Ok(asked) => {
                used.entry(asked.model.id.as_str()).or_insert(asked.model);
                groups.add(asked, take);
            }
            Err(error) => errors.push(error),
        };
        counted::each_for_any_model(prompts, settings, warnings, price, each);
        groups.end(take);
        if used.is_empty() {
            counted::nothing_found(&mut errors);
        }
        output::problems(&errors, settings);
        self.warn(used.into_values(), settings, warnings);
        Beside { errors, widgets: Vec::new(), left_out: groups.left_out }
    }

    fn warn<'m>(
        &self,
        used: impl Iterator<Item = &'m Model>,
        settings: &Settings,
        warnings: &mut Vec<String>,
    ) {
        if !self.models.by_cost {
            warnings.extend(ending_warnings(&settings.catalog, used, settings.as_of));
        }
    }
}

/// The calls of one input after the other.
struct Groups<'c, 'a> {
    calls: &'c Calls<'c>,
    settings: &'c Settings,
    name: Option<String>,
    asked: Vec<Asked<'a>>,
    /// Whether an input was handed on.
    is_past_first: bool,
    left_out: usize,
}

impl<'c, 'a> Groups<'c, 'a> {
    fn new(calls: &'c Calls<'c>, settings: &'c Settings) -> Self {
        let asked = Vec::new();
        Self { calls, settings, name: None, asked, is_past_first: false, left_out: 0 }
    }

    fn add(&mut self, asked: Asked<'a>, take: &mut impl FnMut(CompareResult)) {
        let name = asked.name();
        if self.name != name {
            self.end(take);
            self.name = name;
        }
        self.asked.push(asked);
    }

    /// Hands on what one input comes to with every model.
    fn end(&mut self, take: &mut impl FnMut(CompareResult)) {
        let mut asked = std::mem::take(&mut self.asked);
        let Calls { models, shows_all, .. } = self.calls;
        if models.only_fitting {
            let all = asked.len();
            asked.retain(Asked::fits);
            self.left_out += all - asked.len();
        }
        if models.by_cost {
            asked.sort_by_key(|asked| asked.cost().map_or((1, Money::ZERO), |cost| (0, cost)));
        }
        let is_shown = *shows_all || !self.is_past_first;
        self.is_past_first |= !asked.is_empty();
        // The first model that can do the job of an input is what the others are measured by.
        let mut first: Option<First<'_>> = None;
        for asked in asked {
            take(asked.result(&mut first, is_shown, self.settings));
        }
    }
}
