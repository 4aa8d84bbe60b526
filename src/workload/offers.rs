//! The same call otherwise: in every tier in which its model is sold, and without the cache.

use serde::Serialize;

use super::quote::{Quote, written_by_itself};
use crate::catalog::{Feature, Tier, Turnaround};
use crate::forecast::{Call, CostPart, Range, costs};
use crate::units::{Money, Tokens};

/// What a call costs in a tier, and how long its answer takes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TierOffer {
    /// The tier.
    pub tier: Tier,
    /// The cost of one call.
    pub cost_usd: Range<Money>,
    /// The cost of all calls.
    pub calls_cost_usd: Range<Money>,
    /// How long one waits, as far as the provider says; null where calls are answered at once, and where
    /// nothing is known.
    pub turnaround: Option<Box<Turnaround>>,
    /// What the sum over inputs needs of the costs of one call and of all.
    #[serde(skip)]
    pub parts: Box<[CostPart; 2]>,
}

impl Quote<'_> {
    /// The call in every tier of the price list that has a known price for it, in the order of [`Tier::ALL`].
    ///
    /// Each has the cap of the quote, and the cached and written tokens that it would have in that tier. Where
    /// the API refuses the call there is none.
    #[must_use]
    pub fn tiers(&self) -> Vec<TierOffer> {
        let sold = |tier: &Tier| self.price.tiers().any(|sold| sold == *tier);
        let refused = |tier: Tier| {
            tier == Tier::Batch && self.model.supports(Feature::Batch, self.as_of) == Some(false)
        };
        let offer = |tier: Tier| {
            let (cost_usd, calls_cost_usd, parts) = if tier == self.tier {
                let own = self.estimate.as_ref().ok()?;
                (own.cost, own.all_calls, own.parts.clone())
            } else {
                let other = costs(&self.call_in(tier).ok()?).ok()?;
                (other.cost, other.all_calls, other.parts)
            };
            let turnaround = self.model.turnaround(tier).cloned().map(Box::new);
            let parts = Box::new(parts);
            Some(TierOffer { tier, cost_usd, calls_cost_usd, turnaround, parts })
        };
        let tiers = Tier::ALL.iter().copied().filter(sold).filter(|tier| !refused(*tier));
        // A corpus has millions of such lists, which grow to no more than they need.
        let mut offers = Vec::with_capacity(tiers.clone().count());
        offers.extend(tiers.filter_map(offer));
        offers
    }
}

/// What saves money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SavedBy {
    /// Prompt tokens that are read from the cache.
    Caching,
    /// Another tier than the standard one.
    Tier,
}

/// What all calls cost without something, and how much less they cost with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Saving {
    /// What saves.
    pub by: SavedBy,
    /// What all calls are expected to cost without it, or cost at most where nothing is expected.
    pub without_usd: Money,
    /// How much less that is with it; below zero where it is more.
    pub saved_usd: Money,
}

impl Saving {
    /// How much less, as a share of what the calls cost without it; below zero where it is more.
    #[must_use]
    pub fn share(&self) -> f64 {
        let without = self.without_usd.as_f64();
        if without > 0.0 { self.saved_usd.as_f64() / without } else { 0.0 }
    }
}

impl Quote<'_> {
    /// What the calls save by reading from the cache, against calls of which nothing is read and nothing is
    /// asked to be written, and by their tier. Nothing where a price is not known, and where nothing is saved or
    /// lost.
    #[must_use]
    pub fn savings(&self) -> Vec<Saving> {
        let by_caching = || {
            let call = self.call_in(self.tier).ok().filter(|_| self.cached > Tokens::ZERO)?;
            let written =
                written_by_itself(self.model, self.rates, self.prompt.tokens, self.prompt.tokens);
            self.saving(
                SavedBy::Caching,
                &Call { cached: Tokens::ZERO, written, written_extended: Tokens::ZERO, ..call },
            )
        };
        let by_tier = || {
            let call = self.call_in(Tier::Standard).ok();
            self.saving(SavedBy::Tier, &call.filter(|_| self.tier != Tier::Standard)?)
        };
        [by_caching(), by_tier()].into_iter().flatten().collect()
    }

    fn saving(&self, by: SavedBy, without: &Call<'_>) -> Option<Saving> {
        let own = self.estimate.as_ref().ok()?.all_calls;
        let other = costs(without).ok()?.all_calls;
        let (own, without_usd) = match (own.expected, other.expected) {
            (Some(own), Some(other)) => (own, other),
            _ => (own.worst_case, other.worst_case),
        };
        let saving = Saving { by, without_usd, saved_usd: without_usd - own };
        (!saving.saved_usd.is_zero()).then_some(saving)
    }
}
