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

    /// What these calls cost in this tier. Where the list has no row of that threshold, they pay what
    /// a prompt of their mean length pays. `None` when the tier has no price.
    fn cost(&self, list: &[Rates], tier: Tier) -> Option<Money> {
        let same_row = list.iter().find(|row| row.tier == tier && row.over == self.over);
        let mean = Tokens::new(self.usage.prompt().get() / self.calls.max(1));
        // A list with other thresholds, such as that of another model or day.
        let is_same_list = |row: &&Rates| {
            let next = list.iter().filter(|other| other.tier == tier && other.over > row.over);
            next.min_by_key(|other| other.over).is_none_or(|next| next.over > Some(mean))
        };
        let rates = same_row.filter(is_same_list).or_else(|| Rates::of(list, tier, mean))?;
        Some(cost(self.usage, rates))
    }
}

/// The mean cost over `runs` of everything in `sums`, rounded half up to a whole picodollar. `None` when
/// the tier has no price in the list.
#[must_use]
pub fn mean_cost(sums: &[BilledUsage], runs: u64, list: &[Rates], tier: Tier) -> Option<Money> {
    let total: Option<Money> = sums.iter().map(|sum| sum.cost(list, tier)).sum();
    Some(total?.divided(runs))
}
