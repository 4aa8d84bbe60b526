//! What all results of `outlay estimate` come to, added up as they come: a corpus has millions.

use serde::Serialize;

use super::result::{CostInterval, EstimateResult};
use crate::catalog::Tier;
use crate::forecast::{CostSum, Range};
use crate::report::side_by_side::AttributedNotes;
use crate::units::{CallVolume, Money, Tokens};
use crate::workload::{SavedBy, Saving, TierOffer};

/// An expected and a worst cost.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ExpectedAndWorst {
    /// The mean, when every result has one.
    pub expected: Option<Money>,
    /// One in twenty is lower. The inputs are of one workload: what is not known of it is the same for all.
    pub p5: Option<Money>,
    /// One in twenty is higher.
    pub p95: Option<Money>,
    /// None is higher.
    pub worst_case: Money,
}

impl ExpectedAndWorst {
    fn of(sum: &CostSum) -> Self {
        let Range { expected, p5, p95, worst_case } = sum.range();
        Self { expected, p5, p95, worst_case }
    }

    /// Between what the sum lies, where that is known.
    pub(crate) fn interval(&self) -> Option<CostInterval> {
        Some(CostInterval { p5: self.p5?, p95: self.p95? })
    }
}

/// The sum over inputs.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct EstimateTotal {
    /// How many results.
    pub results: usize,
    /// Prompt tokens, one call each.
    pub prompt_tokens: Tokens,
    /// One call each.
    pub cost_usd: ExpectedAndWorst,
    /// All calls of each.
    pub calls_cost_usd: ExpectedAndWorst,
    /// The same in every tier that takes all of them; empty for several models.
    pub tiers: Vec<TierOffer>,
    /// What reading from the cache saves, and a tier that was asked for.
    pub savings: Vec<Saving>,
    #[serde(skip)]
    pub(super) told: Told,
}

/// What several results have in common, and what is said below them.
#[expect(clippy::struct_excessive_bools, reason = "each is about all results")]
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    pub(super) results: usize,
    pub(super) first: Option<FirstResult>,
    /// Whether all are for the model of the first, under the name that it has there.
    pub(super) same_model: bool,
    /// Whether all have the tier and the period of the first.
    pub(super) same_tier: bool,
    pub(super) same_period: bool,
    pub(super) same_volume: bool,
    /// All calls together, and whether a result has several.
    pub(super) calls: u64,
    pub(super) several_calls: bool,
    /// Whether a result is not one call: several, or none where few calls are shared by many inputs.
    pub(super) other_than_one_call: bool,
    pub(super) notes: AttributedNotes,
}

/// What the others are compared with.
#[derive(Debug, Clone)]
pub(super) struct FirstResult {
    pub(super) name: String,
    pub(super) tier: Tier,
    pub(super) volume: CallVolume,
}

impl Told {
    /// What is said of these results.
    pub(super) fn of(results: &[EstimateResult]) -> Self {
        let mut told = Self::default();
        for result in results {
            told.add(result);
        }
        told
    }

    /// All calls together, where all have one period.
    pub(super) fn volume(&self) -> Option<CallVolume> {
        let first = self.first.as_ref().filter(|_| self.same_period)?;
        Some(CallVolume { calls: self.calls, period: first.volume.period })
    }

    fn add(&mut self, result: &EstimateResult) {
        let volume = CallVolume { calls: result.calls, period: result.period };
        let is_first = self.first.is_none();
        let first = self.first.get_or_insert_with(|| FirstResult {
            name: result.name.clone(),
            tier: result.tier,
            volume,
        });
        let same_period = first.volume.period == volume.period;
        let and = |so_far: bool, same: bool| same && (is_first || so_far);
        self.same_model = and(self.same_model, first.name == result.name);
        self.same_tier = and(self.same_tier, first.tier == result.tier && same_period);
        self.same_period = and(self.same_period, same_period);
        self.same_volume = and(self.same_volume, first.volume == volume);
        self.results += 1;
        self.calls += result.calls;
        self.several_calls |= result.calls > 1;
        self.other_than_one_call |= result.calls != 1;
        self.notes.add(&result.name, &result.assumptions);
    }
}

/// A sum in the making, of which a few numbers are kept for each result.
#[derive(Debug, Default)]
pub struct EstimateSum {
    prompt_tokens: Tokens,
    one: CostSum,
    all: CostSum,
    /// The model of the first result, and whether there is another.
    model: Option<(String, bool)>,
    tiers: Vec<TierSum>,
    saved: [Money; 2],
    told: Told,
}

#[derive(Debug)]
struct TierSum {
    first: TierOffer,
    one: CostSum,
    all: CostSum,
    takes_all: bool,
}

const SAVINGS: [SavedBy; 2] = [SavedBy::Caching, SavedBy::Tier];

impl EstimateSum {
    /// Adds a result.
    pub fn add(&mut self, result: &EstimateResult) {
        let [one, all] = &*result.parts;
        self.prompt_tokens += result.prompt_tokens;
        self.one.add(one);
        self.all.add(all);
        self.told.add(result);
        match &mut self.model {
            None => {
                self.model = Some((result.model.clone(), false));
                let (one, all) = (CostSum::default(), CostSum::default());
                let of = |first: &TierOffer| TierSum {
                    first: first.clone(),
                    one: one.clone(),
                    all: all.clone(),
                    takes_all: true,
                };
                self.tiers = result.tiers.iter().map(of).collect();
            }
            Some((first, several)) => *several |= *first != result.model,
        }
        for tier in &mut self.tiers {
            match result.tiers.iter().find(|offer| offer.tier == tier.first.tier) {
                Some(offer) => {
                    tier.one.add(&offer.parts[0]);
                    tier.all.add(&offer.parts[1]);
                }
                None => tier.takes_all = false,
            }
        }
        for (by, sum) in SAVINGS.iter().zip(&mut self.saved) {
            for saving in result.savings.iter().filter(|saving| saving.by == *by) {
                *sum += saving.saved_usd;
            }
        }
    }

    /// The sum.
    #[must_use]
    pub fn finish(self) -> EstimateTotal {
        let all = ExpectedAndWorst::of(&self.all);
        // Where each is one call, all calls cost what one of each does.
        let single = !self.told.other_than_one_call;
        let one = if single { all.clone() } else { ExpectedAndWorst::of(&self.one) };
        let cost = all.expected.unwrap_or(all.worst_case);
        let saving = |(by, saved_usd): (SavedBy, Money)| Saving {
            by,
            without_usd: cost + saved_usd,
            saved_usd,
        };
        let savings = SAVINGS.into_iter().zip(self.saved).map(saving);
        let several = self.model.is_some_and(|(_, several)| several);
        let tiers = self.tiers.into_iter().filter(|tier| tier.takes_all && !several);
        let of_tier = |tier: TierSum| {
            let calls_cost_usd = tier.all.range();
            let cost_usd = if single { calls_cost_usd } else { tier.one.range() };
            TierOffer { cost_usd, calls_cost_usd, ..tier.first }
        };
        EstimateTotal {
            results: self.told.results,
            prompt_tokens: self.prompt_tokens,
            cost_usd: one,
            savings: savings.filter(|saving| !saving.saved_usd.is_zero()).collect(),
            calls_cost_usd: all,
            tiers: tiers.map(of_tier).collect(),
            told: self.told,
        }
    }
}
