//! What all results of `outlay compare` come to, added up as they come: a corpus has millions.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::result::{CompareResult, Priced};
use crate::forecast::CostSum;
use crate::report::estimate::CostInterval;
use crate::report::side_by_side::AttributedNotes;
use crate::units::{Money, Tokens};

/// So many models are named one by one; more are counted by what they lack.
pub(super) const NAMED: usize = 5;

/// One model for all inputs.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ModelTotal {
    /// The model.
    pub model: String,
    /// How many inputs it cannot do.
    pub cannot: usize,
    /// Prompt tokens of the inputs that it can do.
    pub prompt_tokens: Tokens,
    /// What one call of each costs; null where nothing is expected of one.
    pub expected_usd: Option<Money>,
    /// What they cost at most.
    pub worst_case_usd: Money,
    /// The expected cost of all calls; the worst where nothing is expected.
    pub calls_cost_usd: Money,
    /// Between what that lies in 90 of 100 cases: what is not known of the workload is the same for all inputs;
    /// null where nothing is expected of one.
    pub calls_cost_range_usd: Option<CostInterval>,
    #[serde(skip)]
    all_calls: CostSum,
}

/// What is known of all results together.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CompareTotal {
    /// How many inputs.
    pub inputs: usize,
    /// How many models were left out of inputs because they do not fit.
    pub left_out: usize,
    /// The sums by model.
    pub models: Vec<ModelTotal>,
    #[serde(skip)]
    pub(crate) told: Told,
}

/// What is said below the figures of all results.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    pub(super) notes: AttributedNotes,
    pub(super) ranges: FirstOfMany,
    pub(super) unable: Unable,
    /// How many results have an offer, and how many there are.
    pub(crate) offers: (usize, usize),
    /// The first profile that a forecast is from, and whether there is another.
    pub(super) profile: Option<(String, bool)>,
    last_input: Option<String>,
    places: HashMap<String, usize>,
}

/// Sentences about models, of which only the first are told.
#[derive(Debug, Clone, Default)]
pub(super) struct FirstOfMany {
    pub(super) first: Vec<(String, String)>,
    pub(super) all: usize,
}

/// The models that cannot do a job.
#[derive(Debug, Clone, Default)]
pub(super) struct Unable {
    pub(super) named: FirstOfMany,
    /// How many for each reason, with the first of them and its words. Reasons that differ in their figures only are
    /// one reason.
    pub(super) reasons: BTreeMap<String, (usize, String, String)>,
}

impl CompareTotal {
    /// Adds a result; those of one input follow each other.
    pub(crate) fn add(&mut self, result: &CompareResult) {
        if self.inputs == 0 || self.told.last_input != result.input {
            self.told.last_input.clone_from(&result.input);
            self.inputs += 1;
        }
        let known = self.told.places.get(&result.name).copied();
        let place = known.unwrap_or_else(|| {
            self.models.push(ModelTotal::nothing(&result.name));
            self.told.places.insert(result.name.clone(), self.models.len() - 1);
            self.models.len() - 1
        });
        self.models[place].add(result);
        self.told.add(result);
    }

    /// The sums, of which so many models were left out.
    #[must_use]
    pub(crate) fn finish(mut self, left_out: usize) -> Self {
        for total in &mut self.models {
            total.calls_cost_range_usd = CostInterval::of(&total.all_calls.range());
        }
        Self { left_out, ..self }
    }
}

impl ModelTotal {
    fn nothing(model: &str) -> Self {
        Self {
            model: model.to_owned(),
            cannot: 0,
            prompt_tokens: Tokens::ZERO,
            expected_usd: Some(Money::ZERO),
            worst_case_usd: Money::ZERO,
            calls_cost_usd: Money::ZERO,
            calls_cost_range_usd: None,
            all_calls: CostSum::default(),
        }
    }

    fn add(&mut self, result: &CompareResult) {
        let Some(offer) = result.callable() else {
            self.cannot += 1;
            return;
        };
        self.prompt_tokens += offer.prompt_tokens;
        self.expected_usd = self.expected_usd.zip(offer.cost_usd.expected).map(|(a, b)| a + b);
        self.worst_case_usd += offer.cost_usd.worst_case;
        self.calls_cost_usd += offer.calls_cost_usd;
        self.all_calls.add(&offer.all_calls);
    }
}

impl Told {
    fn add(&mut self, result: &CompareResult) {
        self.notes.add(&result.name, &result.assumptions);
        if let Some(sentence) = result.callable().and_then(Priced::range_sentence) {
            self.ranges.add(&result.model, || sentence);
        }
        let (offers, all) = &mut self.offers;
        *all += 1;
        let Some(offer) = &result.offer else {
            // A model whose last price is shown is named apart.
            if let Some(why) = &result.cannot {
                self.unable.add(&result.name, why);
            }
            return;
        };
        *offers += 1;
        if let Some(profile) = &offer.profile {
            let (first, differs) =
                self.profile.get_or_insert_with(|| (profile.name.clone(), false));
            *differs |= *first != profile.name;
        }
    }
}

impl FirstOfMany {
    fn add(&mut self, model: &str, sentence: impl FnOnce() -> String) {
        self.all += 1;
        if self.first.len() < NAMED {
            self.first.push((model.to_owned(), sentence()));
        }
    }
}

impl Unable {
    fn add(&mut self, model: &str, why: &str) {
        self.named.add(model, || why.to_owned());
        let shape: String =
            why.split(|c: char| c.is_ascii_digit() || c == ',').collect::<Vec<_>>().join("");
        let first = || (0, model.to_owned(), why.to_owned());
        self.reasons.entry(shape).or_insert_with(first).0 += 1;
    }
}
