//! The difference between then and now, parted into what prices did and what prompts did.

use serde::Serialize;

use super::baseline::Kept;
use super::size::{Bound, Prices};
use crate::units::Money;

/// What a sum compares when its parts compare different ends of their forecasts.
const MIXED: &str = "expected, or worst case where nothing is expected";

/// A cost then and now, at the prices of then and of now.
///
/// `now_usd - then_usd = price_drift_usd + prompt_drift_usd`, exactly: the price drift is what the old
/// prompt costs more at the new prices, the prompt drift what the new prompt costs more than the old
/// one at the new prices. Everything that is no price counts as the prompt: its text, its model,
/// its cap and its declared completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Drift {
    /// The end of the forecast that is compared: the expected cost, or the worst case where no
    /// expectation is known.
    pub of: &'static str,
    /// The old prompt at the old prices.
    pub then_usd: Money,
    /// The old prompt at the new prices.
    pub then_at_new_prices_usd: Option<Money>,
    /// The new prompt at the old prices.
    pub now_at_old_prices_usd: Option<Money>,
    /// The new prompt at the new prices.
    pub now_usd: Money,
    /// What the prices did.
    pub price_drift_usd: Option<Money>,
    /// What everything else did.
    pub prompt_drift_usd: Option<Money>,
}

impl Drift {
    /// The drift of a call's cost; `None` when one side has no price.
    #[must_use]
    pub fn of_call(then: (&Kept, &Prices), now: (&Kept, &Prices)) -> Option<Self> {
        let cost = |kept: &Kept, prices: &Prices, of| {
            kept.size.cost(prices.get(&kept.model)?.as_slice(), of)
        };
        Self::between(then, now, cost)
    }

    /// The drift of a month's cost.
    #[must_use]
    pub fn of_month(then: (&Kept, &Prices), now: (&Kept, &Prices)) -> Option<Self> {
        let cost = |kept: &Kept, prices: &Prices, of| {
            kept.size.monthly_cost(prices.get(&kept.model)?.as_slice(), of)
        };
        Self::between(then, now, cost)
    }

    /// The sum of two drifts; a part that one of them does not know is not known of the sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let sum = |a: Option<Money>, b: Option<Money>| Some(a? + b?);
        let of = if self.of == other.of { self.of } else { MIXED };
        Self {
            of,
            then_usd: self.then_usd + other.then_usd,
            then_at_new_prices_usd: sum(self.then_at_new_prices_usd, other.then_at_new_prices_usd),
            now_at_old_prices_usd: sum(self.now_at_old_prices_usd, other.now_at_old_prices_usd),
            now_usd: self.now_usd + other.now_usd,
            price_drift_usd: sum(self.price_drift_usd, other.price_drift_usd),
            prompt_drift_usd: sum(self.prompt_drift_usd, other.prompt_drift_usd),
        }
    }

    /// The drift of something that was not there before, or no longer is: all of it is the prompt's.
    #[must_use]
    pub fn one_sided(then: Option<Money>, now: Option<Money>) -> Self {
        let (then, now) = (then.unwrap_or_default(), now.unwrap_or_default());
        Self {
            of: Bound::Expected.name(),
            then_usd: then,
            then_at_new_prices_usd: Some(then),
            now_at_old_prices_usd: Some(now),
            now_usd: now,
            price_drift_usd: Some(Money::ZERO),
            prompt_drift_usd: Some(now - then),
        }
    }

    fn between(
        (then, old): (&Kept, &Prices),
        (now, new): (&Kept, &Prices),
        cost: impl Fn(&Kept, &Prices, Bound) -> Option<Money>,
    ) -> Option<Self> {
        let at = |of: Bound| Some((of, cost(then, old, of)?, cost(now, new, of)?));
        let (of, then_usd, now_usd) = at(Bound::Expected).or_else(|| at(Bound::WorstCase))?;
        let repriced = cost(then, new, of);
        Some(Self {
            of: of.name(),
            then_usd,
            then_at_new_prices_usd: repriced,
            now_at_old_prices_usd: cost(now, old, of),
            now_usd,
            price_drift_usd: repriced.map(|repriced| repriced - then_usd),
            prompt_drift_usd: repriced.map(|repriced| now_usd - repriced),
        })
    }
}
