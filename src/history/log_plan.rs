//! How many calls to log before a forecast is good enough.

use crate::forecast::{ENOUGH_CALLS, Prior, cap_factor, error_of, needed_n};
use crate::units::Probability;

/// How many independent calls are looked at, besides those that are asked for.
const CALLS: [u64; 6] = [5, 10, 20, 50, 100, 300];
/// The most calls that are worth planning.
const MOST: u64 = 100_000;
/// How alike the calls of one conversation are taken to be.
const ALIKE: f64 = 0.25;

/// What so many logged calls are good for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogPlan {
    /// How many calls to log.
    pub calls: u64,
    /// How many independent calls they are worth.
    pub worth: u64,
    /// The relative error that the mean cost stays within in nine of ten cases.
    pub error: f64,
    /// The cap that they allow, in place of the reserve, over the cap that a risk of 1 % needs; nothing where the
    /// reserve stays.
    pub cap_over_needed: Option<f64>,
    /// Whether they are the fewest that reach the error that was asked for.
    pub reaches: bool,
}

/// What growing numbers of logged calls are good for, in conversations of `turns` calls, and how many the
/// relative error `within` needs; nothing of the last where no number does.
#[must_use]
pub fn log_plans(prior: &Prior, within: f64, turns: u64) -> Vec<LogPlan> {
    let deviation = prior.within.sqrt();
    let wanted = fewest(|n| error_of(n, deviation) <= within);
    let mut worths: Vec<u64> = CALLS.into_iter().chain(wanted).collect();
    worths.sort_unstable();
    worths.dedup();
    let plan = |worth: u64| LogPlan {
        calls: calls_for(worth, turns),
        worth,
        error: error_of(worth, deviation),
        cap_over_needed: (worth >= ENOUGH_CALLS).then(|| cap_factor(worth, prior, ONE_PERCENT)),
        reaches: Some(worth) == wanted,
    };
    worths.into_iter().map(plan).collect()
}

const ONE_PERCENT: f64 = 0.01;

/// From how many calls on they speak for themselves, without the prior of their work.
#[must_use]
pub fn enough_alone() -> u64 {
    needed_n(Probability::clamped(ONE_PERCENT))
}

/// How many calls are worth `worth` independent ones.
fn calls_for(worth: u64, turns: u64) -> u64 {
    let inflation = 1.0 + (turns.max(1) - 1) as f64 * ALIKE;
    crate::units::Tokens::from_f64((worth as f64 * inflation).ceil()).get()
}

/// The fewest from 2 on for which it holds, where it holds for all larger ones.
fn fewest(holds: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut low, mut high) = (2, MOST);
    if !holds(high) {
        return None;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::forecast::{CallEffort, Priors, WorkKind};

    #[test]
    fn more_calls_say_more_and_conversations_need_more() {
        let catalog = Catalog::embedded();
        let model = catalog.resolve("o3", jiff::civil::date(2025, 7, 1)).unwrap();
        let effort = CallEffort::at(model, None);
        let prior = Priors::embedded().unwrap().of(model, Some(WorkKind::Code), effort);
        let alone = log_plans(&prior, 0.2, 1);
        assert!(alone.windows(2).all(|pair| pair[0].error > pair[1].error));
        let reaches = alone.iter().find(|plan| plan.reaches).unwrap();
        assert!(reaches.error <= 0.2 && reaches.calls == reaches.worth);
        assert!(error_of(reaches.worth - 1, prior.within.sqrt()) > 0.2);
        assert!(alone.iter().all(|plan| plan.cap_over_needed.is_some() == (plan.worth >= 20)));
        // 1 + 9·0.25 = 3.25 times as many.
        let turns = log_plans(&prior, 0.2, 10);
        assert_eq!(turns[2].calls, 65);
    }
}
