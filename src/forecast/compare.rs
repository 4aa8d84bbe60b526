//! Models against each other: cost per usable answer and break-evens.

use super::distribution::{CostOfMean, MeanOfAnswers, costs_less};
use crate::billing::cost;
use crate::catalog::Rates;
use crate::logs::Usage;
use crate::units::{Money, Probability, Tokens};

/// What a model costs for the same job.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    /// The rates it is billed at.
    pub rates: &'a Rates,
    /// The prompt, with what of it is cached; its completion is not looked at.
    pub prompt: Usage,
    /// What tools of the provider cost besides.
    pub fees: Money,
    /// Expected completion tokens.
    pub completion: Tokens,
    /// Probability that the answer is cut off.
    pub length_risk: Probability,
    /// How well the mean completion is known, and the limit of one; `None` for conversations.
    pub mean: Option<(MeanOfAnswers, Tokens)>,
}

impl Offer<'_> {
    /// The expected cost of a call.
    #[must_use]
    pub fn cost(&self) -> Money {
        self.cost_with(self.completion)
    }

    /// The cost of a call with another completion.
    #[must_use]
    pub fn cost_with(&self, completion: Tokens) -> Money {
        cost(self.prompt.with_completion(completion), self.rates) + self.fees
    }

    /// The expected cost of an answer that is not cut off, when calls are repeated until one is
    /// not: with independent tries that take `s = 1 - length risk` to succeed,
    /// `E[failure]·(1-s)/s + E[success] = E[call]/s`. `None` when none ever succeeds.
    #[must_use]
    pub fn per_usable(&self) -> Option<Money> {
        per_usable(self.cost(), self.length_risk)
    }

    /// How many times its expected completion tokens it may use before it costs as much as the
    /// other: `(cost_B - P·in_A) / (T_A·out_A)`. `None` when its prompt alone costs more or its
    /// completion nothing.
    #[must_use]
    pub fn break_even_tokens(&self, other: &Self) -> Option<f64> {
        let left = other.cost() - self.cost_with(Tokens::ZERO);
        let own = self.cost() - self.cost_with(Tokens::ZERO);
        (left >= Money::ZERO && own > Money::ZERO).then(|| left.as_f64() / own.as_f64())
    }

    /// The probability that it costs less than the other on the same work. `None` where nothing is uncertain,
    /// and where completions cost nothing.
    #[must_use]
    pub fn costs_less_than(&self, other: &Self) -> Option<Probability> {
        let (own, others) = (self.cost_of_mean()?, other.cost_of_mean()?);
        if own.mean.spread.max(others.mean.spread) < 1e-6 {
            return None;
        }
        Some(Probability::clamped(costs_less(&own, &others)))
    }

    fn cost_of_mean(&self) -> Option<CostOfMean> {
        const MANY: Tokens = Tokens::new(1_000_000);
        let (mean, limit) = self.mean?;
        let prompt = self.cost_with(Tokens::ZERO).as_f64();
        let per_token = (self.cost_with(MANY).as_f64() - prompt) / MANY.as_f64();
        (per_token > 0.0).then_some(CostOfMean { mean, limit: limit.as_f64(), prompt, per_token })
    }

    /// The share of usable answers at which an answer costs as much as a usable one of the other.
    /// `None` when it costs more even if all are usable.
    #[must_use]
    pub fn break_even_success(&self, other: &Self) -> Option<Probability> {
        let share = self.cost().as_f64() / other.per_usable()?.as_f64();
        (share <= 1.0).then(|| Probability::clamped(share))
    }
}

/// The cost of a usable one when each costs `cost` and is unusable with probability `risk`.
#[must_use]
pub fn per_usable(cost: Money, risk: Probability) -> Option<Money> {
    let success = 1.0 - risk.get();
    if risk.get() <= 0.0 {
        return Some(cost);
    }
    // A share of an amount is rounded to a whole picodollar.
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
    (success > 0.0)
        .then(|| Money::from_picodollars((cost.picodollars() as f64 / success).round() as i128))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::catalog::Tier;

    #[test]
    fn break_evens_are_where_the_costs_meet() {
        let catalog = Catalog::embedded();
        let day = jiff::civil::date(2024, 9, 20);
        let rates = |id: &str| {
            let model = catalog.get(id).unwrap();
            model.price_at(day).unwrap().rates(Tier::Standard, Tokens::ZERO).unwrap()
        };
        let offer = |id, completion, risk| Offer {
            rates: rates(id),
            prompt: Usage::new(Tokens::new(1_000), Tokens::ZERO),
            fees: Money::ZERO,
            completion: Tokens::new(completion),
            length_risk: Probability::clamped(risk),
            mean: None,
        };
        let mini = offer("o1-mini", 5_000, 0.0);
        let preview = offer("o1-preview", 5_000, 0.5);
        // 3·1,000 + 12·5,000 = 63,000 and 15·1,000 + 60·5,000 = 315,000 microdollars.
        assert_eq!(mini.cost().to_string(), "0.063");
        assert_eq!(preview.cost().to_string(), "0.315");
        assert_eq!(preview.per_usable().unwrap().to_string(), "0.63");
        // (315,000 - 3,000) / 60,000.
        assert!((mini.break_even_tokens(&preview).unwrap() - 5.2).abs() < 1e-9);
        assert!((mini.break_even_success(&preview).unwrap().get() - 0.1).abs() < 1e-9);
        assert_eq!(preview.break_even_success(&mini), None);
        assert_eq!(per_usable(mini.cost(), Probability::clamped(1.0)), None);
    }
}
