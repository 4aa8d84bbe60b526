//! The difference between then and now, parted into what prices did and what prompts did.

use serde::Serialize;

use super::baseline::BaselineEntry;
use super::call_estimate::Bound;
use crate::billing::PriceLists;
use crate::units::Money;

/// What a sum compares when its parts compare different ends of their forecasts.
const MIXED: &str = "expected, or worst case where nothing is expected";

/// A cost then and now, at the prices of then and of now.
///
/// `now_usd - then_usd = price_drift_usd + model_drift_usd + prompt_drift_usd`, exactly: the price drift is
/// what the old prompt costs more at the new prices; the model drift what it costs more with the new model
/// and the length of its answers; the prompt drift what the new prompt costs more than the old one after
/// that. Without a change of the model everything that is not a price counts as the prompt: its text, its
/// cap and its declared completions. A prompt whose text is the same has no part in a change of the model,
/// although another tokenizer counts it differently.
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
    /// What a change of the model did; 0 where the model is the same.
    pub model_drift_usd: Option<Money>,
    /// What everything else did.
    pub prompt_drift_usd: Option<Money>,
}

impl Drift {
    /// The drift of a call's cost; `None` when one side has no price.
    #[must_use]
    pub fn of_call(
        then: (&BaselineEntry, &PriceLists),
        now: (&BaselineEntry, &PriceLists),
    ) -> Option<Self> {
        let cost = |kept: &BaselineEntry, prices: &PriceLists, of| {
            kept.size.cost(prices.get(&kept.model)?.as_slice(), of)
        };
        Self::between(then, now, cost)
    }

    /// The drift of a month's cost.
    #[must_use]
    pub fn of_month(
        then: (&BaselineEntry, &PriceLists),
        now: (&BaselineEntry, &PriceLists),
    ) -> Option<Self> {
        let cost = |kept: &BaselineEntry, prices: &PriceLists, of| {
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
            model_drift_usd: sum(self.model_drift_usd, other.model_drift_usd),
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
            model_drift_usd: Some(Money::ZERO),
            prompt_drift_usd: Some(now - then),
        }
    }

    fn between(
        (then, old): (&BaselineEntry, &PriceLists),
        (now, new): (&BaselineEntry, &PriceLists),
        cost: impl Fn(&BaselineEntry, &PriceLists, Bound) -> Option<Money>,
    ) -> Option<Self> {
        let at = |of: Bound| Some((of, cost(then, old, of)?, cost(now, new, of)?));
        let (of, then_usd, now_usd) = at(Bound::Expected).or_else(|| at(Bound::WorstCase))?;
        let repriced = cost(then, new, of);
        // What the prompt costs with the model of now, before anything else of it changes.
        let with_model = if then.model == now.model {
            repriced
        } else if then.has_the_text_of(now) {
            Some(now_usd)
        } else {
            cost(&then.with_model_of(now), new, of)
        };
        Some(Self {
            of: of.name(),
            then_usd,
            then_at_new_prices_usd: repriced,
            now_at_old_prices_usd: cost(now, old, of),
            now_usd,
            price_drift_usd: repriced.map(|repriced| repriced - then_usd),
            model_drift_usd: with_model.zip(repriced).map(|(with, without)| with - without),
            prompt_drift_usd: with_model.map(|with_model| now_usd - with_model),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::call_estimate::CallEstimate;
    use super::*;
    use crate::catalog::{Rates, Tier};
    use crate::forecast::Range;
    use crate::units::{Rate, Tokens};
    use crate::workload::PromptSize;

    fn kept(prompt: u64, completion: u64) -> BaselineEntry {
        let tokens = Tokens::new(completion);
        let completion = Range {
            expected: Some(tokens),
            p5: Some(tokens),
            p95: Some(tokens),
            worst_case: tokens,
        };
        BaselineEntry {
            prompt: "p".to_owned(),
            input: "p.md".to_owned(),
            model: "m".to_owned(),
            text_digest: None,
            size: CallEstimate {
                tier: Tier::Standard,
                prompt_tokens: PromptSize::fixed(Tokens::new(prompt)),
                cached_tokens: Tokens::ZERO,
                written_tokens: Tokens::ZERO,
                written_extended_tokens: Tokens::ZERO,
                completion_tokens: Some(completion),
                cap: None,
                room: Tokens::new(65_536),
                length_risk: None,
                calls_per_month: Some(1_000),
                monthly_completion_tokens: None,
                monthly_mean: None,
                conversation: None,
            },
        }
    }

    fn prices(input: u64, output: u64) -> PriceLists {
        let rate = Rate::from_picodollars_per_token;
        let rates = Rates::new(Tier::Standard, rate(input), rate(output));
        PriceLists::from([("m".to_owned(), vec![rates])])
    }

    proptest! {
        #[test]
        fn the_parts_of_a_drift_are_the_whole(
            then in (0..100_000_u64, 0..50_000_u64),
            now in (0..100_000_u64, 0..50_000_u64),
            old in (0..100_000_000_u64, 0..100_000_000_u64),
            new in (0..100_000_000_u64, 0..100_000_000_u64),
        ) {
            let (before, after) = (kept(then.0, then.1), kept(now.0, now.1));
            let (old, new) = (prices(old.0, old.1), prices(new.0, new.1));
            for drift in [
                Drift::of_call((&before, &old), (&after, &new)).unwrap(),
                Drift::of_month((&before, &old), (&after, &new)).unwrap(),
            ] {
                let parts = drift.price_drift_usd.unwrap() + drift.prompt_drift_usd.unwrap();
                prop_assert_eq!(drift.model_drift_usd, Some(Money::ZERO));
                prop_assert_eq!(parts, drift.now_usd - drift.then_usd);
            }
            // Another model has a part of its own, and all of it where the text is the same.
            let mut other = after.clone();
            "n".clone_into(&mut other.model);
            let new_with_other = PriceLists::from([
                ("m".to_owned(), new["m"].clone()),
                ("n".to_owned(), old["m"].clone()),
            ]);
            let moved = Drift::of_call((&before, &old), (&other, &new_with_other)).unwrap();
            let parts = moved.price_drift_usd.unwrap()
                + moved.model_drift_usd.unwrap()
                + moved.prompt_drift_usd.unwrap();
            prop_assert_eq!(parts, moved.now_usd - moved.then_usd);
            let mut same_text = before.clone();
            same_text.text_digest = Some("d".to_owned());
            other.text_digest = Some("d".to_owned());
            let moved = Drift::of_call((&same_text, &old), (&other, &new_with_other)).unwrap();
            prop_assert_eq!(moved.prompt_drift_usd, Some(Money::ZERO));
            // What did not change has no part in it.
            let prices_alone = Drift::of_call((&before, &old), (&before, &new)).unwrap();
            prop_assert_eq!(prices_alone.prompt_drift_usd, Some(Money::ZERO));
            let prompts_alone = Drift::of_call((&before, &old), (&after, &old)).unwrap();
            prop_assert_eq!(prompts_alone.price_drift_usd, Some(Money::ZERO));
        }
    }
}
