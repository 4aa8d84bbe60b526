//! How a forecast would have done on calls that were made.

use std::collections::BTreeMap;

use serde::Serialize;
use statrs::distribution::{Beta, ContinuousCDF as _};

use super::price_book::Charge;
use crate::billing::cost;
use crate::forecast::{Completion, Empirical, Observation, Room, Sample};
use crate::logs::{Finish, UsageRecord};
use crate::units::{Money, Probability, Tokens};

/// The caps at which length risks are compared.
const CAPS: [u64; 7] = [1_000, 2_000, 4_000, 8_000, 16_000, 25_000, 32_768];

/// Scores the forecasts of one distribution on the calls of one model.
#[derive(Debug)]
pub struct Scorer {
    distribution: Completion,
    /// What was foreseen under each limit, which few calls differ in.
    foreseen: BTreeMap<Tokens, Foreseen>,
    /// Completions as they were.
    seen: Sample,
    calls: u64,
    covered: u64,
    bias: Money,
    error: Money,
    cost: Money,
}

/// Billed completion tokens: mean, and one in twenty below and above.
#[derive(Debug, Clone, Copy)]
struct Foreseen {
    expected: Tokens,
    p5: Tokens,
    p95: Tokens,
}

/// The length risk of a cap, as foreseen and as it was.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RiskAt {
    /// The cap.
    pub cap: Tokens,
    /// The share of completions that were foreseen to be longer.
    pub predicted: Probability,
    /// The share that was longer; by Kaplan-Meier where some were cut off.
    pub observed: Probability,
    /// The lower end of the two-sided 95 % interval of the observed share (Clopper-Pearson); nothing
    /// where some were cut off.
    pub observed_low: Option<Probability>,
    /// Its upper end.
    pub observed_high: Option<Probability>,
}

/// How a forecast did.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Score {
    /// How many calls were scored.
    pub calls: u64,
    /// What they cost.
    pub cost_usd: Money,
    /// Mean of forecast less cost, per call: above 0 the forecast was too high.
    pub bias_usd: Money,
    /// Mean of the distance between forecast and cost, per call.
    pub mean_absolute_error_usd: Money,
    /// The share of calls whose cost lay from p5 to p95; 90 % is meant.
    pub coverage: Probability,
    /// Length risks at several caps.
    pub risks: Vec<RiskAt>,
}

impl Scorer {
    /// A scorer of the forecasts that this distribution makes.
    #[must_use]
    pub fn new(distribution: Completion) -> Self {
        Self {
            distribution,
            foreseen: BTreeMap::new(),
            seen: Sample::default(),
            calls: 0,
            covered: 0,
            bias: Money::ZERO,
            error: Money::ZERO,
            cost: Money::ZERO,
        }
    }

    /// Adds a call. Calls of several answers, and those that something else ended, are left out:
    /// they say nothing about one completion.
    pub fn add(&mut self, record: &UsageRecord, charge: &Charge<'_>) {
        if record.answers != 1 || record.finish == Finish::Other || record.requests != 1 {
            return;
        }
        let Some((model, rates)) = charge.model else { return };
        let usage = record.bill.usage;
        let completion = usage.completion();
        let censored = record.truncated();
        let observation =
            Observation { completion, censored, reasoning: Tokens::ZERO, content: None };
        if self.seen.add(observation, 1).is_err() {
            return;
        }
        let room = Room::after(usage.prompt(), &model.limits).tokens;
        // A cap that the log does not name shows in what it cut off.
        let cap = record.cap.or(censored.then_some(completion));
        let limit = cap.map_or(room, |cap| cap.min(room)).max(completion);
        let distribution = &self.distribution;
        let foreseen = *self.foreseen.entry(limit).or_insert_with(|| Foreseen {
            expected: distribution.expected_billed(limit),
            p5: distribution.billed_quantile(0.05, limit),
            p95: distribution.billed_quantile(0.95, limit),
        });
        // The prompt is known before the call, so that only the completion can be wrong.
        let price = |completion| cost(usage.with_completion(completion), rates);
        let (expected, was) = (price(foreseen.expected), price(completion));
        self.calls += 1;
        self.cost += charge.cost;
        self.bias += expected - was;
        self.error += if expected > was { expected - was } else { was - expected };
        self.covered += u64::from((foreseen.p5..=foreseen.p95).contains(&completion));
    }

    /// The score; `None` when no call was added.
    #[must_use]
    pub fn score(&self) -> Option<Score> {
        let seen = Completion::measured(Empirical::new(&self.seen)?);
        let complete = self.seen.censored() == 0;
        let risks = CAPS.into_iter().map(Tokens::new).map(|cap| {
            let interval = complete.then(|| self.interval(cap)).flatten();
            RiskAt {
                cap,
                predicted: self.distribution.length_risk(cap),
                observed: seen.length_risk(cap),
                observed_low: interval.map(|(low, _)| low),
                observed_high: interval.map(|(_, high)| high),
            }
        });
        let mean =
            |sum: Money| Money::from_picodollars(sum.picodollars() / i128::from(self.calls.max(1)));
        Some(Score {
            calls: self.calls,
            cost_usd: self.cost,
            bias_usd: mean(self.bias),
            mean_absolute_error_usd: mean(self.error),
            coverage: Probability::clamped(self.covered as f64 / self.calls as f64),
            risks: risks.collect(),
        })
    }

    fn interval(&self, cap: Tokens) -> Option<(Probability, Probability)> {
        let longer = self.seen.observations().filter(|(o, _)| o.completion > cap);
        let (k, n) = (longer.map(|(_, times)| times).sum::<u64>() as f64, self.seen.n() as f64);
        let quantile = |a: f64, b: f64, p: f64| Some(Beta::new(a, b).ok()?.inverse_cdf(p));
        let low = if k > 0.0 { quantile(k, n - k + 1.0, 0.025)? } else { 0.0 };
        let high = if k < n { quantile(k + 1.0, n - k, 0.975)? } else { 1.0 };
        Some((Probability::clamped(low), Probability::clamped(high)))
    }
}
