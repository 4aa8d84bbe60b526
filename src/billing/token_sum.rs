//! Many calls billed together, without losing which row of the price list each one pays.

use serde::{Deserialize, Serialize};

use super::bill::cost;
use crate::catalog::{Rates, Tier};
use crate::logs::Usage;
use crate::units::{Money, Tokens};

/// The usage of all calls that pay one row of a price list, summed up.
///
/// A bill is linear in its tokens while the rates stay the same, so the bill of the sum is the sum of
/// the bills. Calls on both sides of a long-prompt threshold need two of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BilledUsage {
    /// The threshold of the row: its calls have prompts longer than this many tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Tokens>,
    /// How many calls.
    pub calls: u64,
    /// Their billed tokens.
    #[serde(flatten)]
    pub usage: Usage,
}

impl BilledUsage {
    /// One call that pays the row with this threshold.
    #[must_use]
    pub const fn of(over: Option<Tokens>, usage: Usage) -> Self {
        Self { over, calls: 1, usage }
    }

    /// Adds these calls to the sums: to the one of their row, or as a new one.
    pub fn add_to(self, sums: &mut Vec<Self>) {
        match sums.iter_mut().find(|sum| sum.over == self.over) {
            Some(sum) => {
                sum.calls += self.calls;
                sum.usage = sum.usage.plus(self.usage);
            }
            None if self.calls > 0 => sums.push(self),
            None => {}
        }
    }

    /// What these calls cost in this tier: what a prompt of their mean length pays, which is in the row of all of them
    /// where the list has that row. `None` when the tier has no price.
    fn cost(&self, list: &[Rates], tier: Tier) -> Option<Money> {
        let mean = Tokens::new(self.usage.prompt().get() / self.calls.max(1));
        Some(cost(self.usage, Rates::of(list, tier, mean)?))
    }
}

/// The mean cost over `runs` of everything in `sums`, rounded half up to a whole picodollar. `None` when
/// the tier has no price in the list.
#[must_use]
pub fn mean_cost(sums: &[BilledUsage], runs: u64, list: &[Rates], tier: Tier) -> Option<Money> {
    let total: Option<Money> = sums.iter().map(|sum| sum.cost(list, tier)).sum();
    Some(total?.divided(runs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Rate;

    const fn tokens(n: u64) -> Tokens {
        Tokens::new(n)
    }

    const fn rate(picodollars: u64) -> Rate {
        Rate::from_picodollars_per_token(picodollars)
    }

    fn call(over: Option<u64>, prompt: u64, completion: u64) -> BilledUsage {
        BilledUsage::of(over.map(tokens), Usage::new(tokens(prompt), tokens(completion)))
    }

    fn sums(calls: &[BilledUsage]) -> Vec<BilledUsage> {
        let mut sums = Vec::new();
        for call in calls {
            call.add_to(&mut sums);
        }
        sums
    }

    #[test]
    fn calls_of_one_row_are_one_sum() {
        let sums = sums(&[call(None, 10, 1), call(Some(200), 300, 2), call(None, 30, 4)]);
        let usage = |prompt, completion| Usage::new(tokens(prompt), tokens(completion));
        assert_eq!(
            sums,
            [
                BilledUsage { over: None, calls: 2, usage: usage(40, 5) },
                BilledUsage { over: Some(tokens(200)), calls: 1, usage: usage(300, 2) },
            ]
        );
        let mut with_none = sums.clone();
        let none = BilledUsage { over: Some(tokens(7)), calls: 0, usage: usage(0, 0) };
        none.add_to(&mut with_none);
        assert_eq!(with_none, sums);
    }

    #[test]
    fn a_sum_pays_its_row_or_that_of_its_mean_prompt_where_the_list_is_another() {
        let row = |over: Option<u64>, input: u64| Rates {
            over: over.map(tokens),
            ..Rates::new(Tier::Standard, rate(input), rate(100))
        };
        let sums = sums(&[
            call(None, 100, 1),
            call(None, 140, 2),
            call(Some(200), 300, 1),
            call(Some(200), 420, 1),
        ]);
        let cost =
            |list: &[Rates]| mean_cost(&sums, 1, list, Tier::Standard).map(Money::picodollars);
        // The same thresholds: 240 tokens at 2 and 720 at 3, and 5 of the completion.
        assert_eq!(cost(&[row(None, 2), row(Some(200), 3)]), Some(480 + 2_160 + 500));
        // The mean prompts of 120 and 360 are on both sides of 250, and of 110 and 330 above it.
        assert_eq!(cost(&[row(None, 2), row(Some(250), 3)]), Some(480 + 2_160 + 500));
        assert_eq!(cost(&[row(None, 2), row(Some(110), 3)]), Some(720 + 2_160 + 500));
        assert_eq!(cost(&[row(None, 2), row(Some(360), 3)]), Some(480 + 1_440 + 500));
        let tiers = [row(None, 2), row(Some(200), 3), row(Some(300), 5)];
        assert_eq!(cost(&tiers), Some(480 + 3_600 + 500));
        assert_eq!(mean_cost(&sums, 1, &tiers, Tier::Batch), None);
        let halved = mean_cost(&sums, 2, &[row(None, 2), row(Some(200), 3)], Tier::Standard);
        assert_eq!(halved, Some(Money::from_picodollars(1_570)));
    }
}
