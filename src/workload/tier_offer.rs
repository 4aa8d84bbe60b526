//! The same call in every tier in which its model is sold.

use serde::Serialize;

use super::quote::Quote;
use crate::catalog::{Feature, Tier, Turnaround};
use crate::forecast::{CostPart, Range, estimate};
use crate::units::Money;

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
    pub turnaround: Option<Turnaround>,
    /// What the sum over inputs needs of the costs of one call and of all.
    #[serde(skip)]
    pub parts: [CostPart; 2],
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
            let call = self.call_in(tier).ok()?;
            let estimate = estimate(&call).ok()?;
            Some(TierOffer {
                tier,
                cost_usd: estimate.cost,
                calls_cost_usd: estimate.all_calls,
                parts: estimate.parts,
                turnaround: self.model.turnaround(tier).cloned(),
            })
        };
        let tiers = Tier::ALL.iter().copied().filter(sold);
        tiers.filter(|tier| !refused(*tier)).filter_map(offer).collect()
    }
}
