//! Tasks of agents as logs show them: how many requests a task takes, and how its prompts grow.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::clusters::correlation;
use super::super::spread::student_quantile;
use super::super::token_dist::TokenDist;
use crate::units::Tokens;

/// From so many tasks on, their numbers of steps are the distribution; of fewer a curve is fitted that is as
/// much wider as they are few.
const ENOUGH_TASKS: u64 = 20;
/// The normal quantile at 95 %.
const Z95: f64 = 1.644_853_6;

/// A request of a task, as a log has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoggedStep {
    /// Its place in the task.
    pub place: u64,
    /// Prompt tokens.
    pub prompt: u64,
    /// Completion tokens.
    pub completion: u64,
    /// What of the completion is reasoning, where the log says so.
    pub reasoning: Option<u64>,
}

/// What logs show of tasks: amounts, with how often each was seen.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedSteps {
    /// Requests of a task.
    pub steps: Amounts,
    /// Prompt tokens of the first request.
    pub first_prompt: Amounts,
    /// Tokens that a step adds to the prompt of the next one: what stays of its completion, and its results.
    pub growth: Amounts,
    /// How alike the growths of one task are, as the correlation of their normal scores.
    pub growth_rho: f64,
    /// The part of the growth that is results, where the log says how much the step wrote itself.
    pub results: Amounts,
    /// Completion tokens of a step.
    pub completion: Amounts,
    /// How alike the completions of one task are.
    pub completion_rho: f64,
    /// Prompts that were shorter than the one before: something was dropped or summarised.
    pub shortened: u64,
    /// Whether the program that wrote the log runs agents, so that a conversation is a task.
    pub of_agents: bool,
}

/// Amounts, and how often each was seen.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(u64, u64)>", into = "Vec<(u64, u64)>")]
pub struct Amounts(BTreeMap<u64, u64>);

impl From<Vec<(u64, u64)>> for Amounts {
    fn from(rows: Vec<(u64, u64)>) -> Self {
        let mut amounts = Self::default();
        for (amount, times) in rows {
            amounts.add(amount, times);
        }
        amounts
    }
}

impl From<Amounts> for Vec<(u64, u64)> {
    fn from(amounts: Amounts) -> Self {
        amounts.0.into_iter().collect()
    }
}

impl Amounts {
    fn add(&mut self, amount: u64, times: u64) {
        if times > 0 {
            *self.0.entry(amount).or_default() += times;
        }
    }

    fn merge(&mut self, other: &Self) {
        for (amount, times) in &other.0 {
            self.add(*amount, *times);
        }
    }

    /// How many were seen.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.0.values().sum()
    }

    /// The smallest amount that the share `p` of them does not exceed; `None` where none was seen.
    #[must_use]
    pub fn quantile(&self, p: f64) -> Option<Tokens> {
        let wanted = (p * self.n() as f64).ceil().max(1.0);
        let mut seen = 0;
        self.0.iter().find_map(|(amount, times)| {
            seen += times;
            (seen as f64 >= wanted).then_some(Tokens::new(*amount))
        })
    }

    /// Their distribution, each less `less`; `None` where none was seen.
    fn dist(&self, less: u64) -> Option<TokenDist> {
        let one = |(amount, times): (&u64, &u64)| {
            let tokens = Tokens::new(amount.saturating_sub(less));
            std::iter::repeat_n(tokens, usize::try_from(*times).unwrap_or(usize::MAX))
        };
        TokenDist::measured(self.0.iter().flat_map(one))
    }
}

impl LoggedSteps {
    /// What these tasks show, each a list of its requests; `None` where none has several.
    #[must_use]
    pub fn of(tasks: impl IntoIterator<Item = Vec<LoggedStep>>, of_agents: bool) -> Option<Self> {
        let mut logged = Self { of_agents, ..Self::default() };
        let (mut growths, mut completions) = (Vec::new(), Vec::new());
        for (number, mut task) in (0_u64..).zip(tasks) {
            task.sort_by_key(|step| step.place);
            let Some(first) = task.first() else { continue };
            logged.steps.add(task.len() as u64, 1);
            logged.first_prompt.add(first.prompt, 1);
            completions.extend(task.iter().map(|step| (number, step.completion)));
            for pair in task.windows(2) {
                let Some(growth) = pair[1].prompt.checked_sub(pair[0].prompt) else {
                    logged.shortened += 1;
                    continue;
                };
                growths.push((number, growth));
                if let Some(reasoning) = pair[0].reasoning {
                    let written = pair[0].completion.saturating_sub(reasoning);
                    logged.results.add(growth.saturating_sub(written), 1);
                }
            }
        }
        if growths.is_empty() {
            return None;
        }
        for (_, growth) in &growths {
            logged.growth.add(*growth, 1);
        }
        for (_, completion) in &completions {
            logged.completion.add(*completion, 1);
        }
        logged.growth_rho = correlation(&growths).unwrap_or_default();
        logged.completion_rho = correlation(&completions).unwrap_or_default();
        Some(logged)
    }

    /// Adds what other tasks show; correlations are weighed by the number of tasks.
    pub fn merge(&mut self, other: &Self) {
        let (own, others) = (self.tasks() as f64, other.tasks() as f64);
        let weighed = |a: f64, b: f64| (a * own + b * others) / (own + others).max(1.0);
        self.growth_rho = weighed(self.growth_rho, other.growth_rho);
        self.completion_rho = weighed(self.completion_rho, other.completion_rho);
        self.of_agents =
            if own > 0.0 { self.of_agents && other.of_agents } else { other.of_agents };
        self.shortened += other.shortened;
        self.steps.merge(&other.steps);
        self.first_prompt.merge(&other.first_prompt);
        self.growth.merge(&other.growth);
        self.results.merge(&other.results);
        self.completion.merge(&other.completion);
    }

    /// How many tasks were logged.
    #[must_use]
    pub fn tasks(&self) -> u64 {
        self.steps.n()
    }

    /// How many requests the next task takes: as the logged ones did, from 20 on; of fewer, the lognormal
    /// through the 5 % and 95 % quantiles that Student's t predicts from their logarithms,
    /// `m ± t_{n-1}(0.95)·s·√(1 + 1/n)`.
    #[must_use]
    pub fn step_count(&self) -> Option<TokenDist> {
        let n = self.tasks();
        if !(2..ENOUGH_TASKS).contains(&n) {
            return self.steps.dist(0);
        }
        let log = |steps: &u64| (*steps as f64).ln();
        let count = n as f64;
        let mu = self.steps.0.iter().map(|(s, times)| log(s) * *times as f64).sum::<f64>() / count;
        let square = |(s, times): (&u64, &u64)| (log(s) - mu).powi(2) * *times as f64;
        let variance = self.steps.0.iter().map(square).sum::<f64>() / (count - 1.0);
        if variance <= 0.0 {
            return self.steps.dist(0);
        }
        let wider = student_quantile(0.95, count - 1.0) / Z95 * (1.0 + 1.0 / count).sqrt();
        Some(TokenDist::Lognormal { mu, sigma: variance.sqrt() * wider })
    }

    /// What a step adds to the prompt of the next one.
    #[must_use]
    pub fn growth(&self) -> Option<TokenDist> {
        self.growth.dist(0)
    }

    /// The first prompt of a task, less the framing that a conversation adds itself.
    #[must_use]
    pub fn first_prompt(&self, framing: Tokens) -> Option<TokenDist> {
        self.first_prompt.dist(framing.get())
    }

    /// The completion of a step.
    #[must_use]
    pub fn completion(&self) -> Option<TokenDist> {
        self.completion.dist(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(prompts: &[u64]) -> Vec<LoggedStep> {
        let step = |(place, prompt): (u64, &u64)| LoggedStep {
            place,
            prompt: *prompt,
            completion: 50,
            reasoning: Some(20),
        };
        (0..).zip(prompts).map(step).collect()
    }

    #[test]
    fn growth_is_what_the_next_prompt_has_more() {
        let tasks = [task(&[1_000, 1_200, 1_900]), task(&[1_100]), task(&[900, 1_000, 400, 450])];
        let logged = LoggedSteps::of(tasks, false).unwrap();
        assert_eq!(logged.tasks(), 3);
        assert_eq!(Vec::from(logged.steps.clone()), [(1, 1), (3, 1), (4, 1)]);
        assert_eq!(Vec::from(logged.growth.clone()), [(50, 1), (100, 1), (200, 1), (700, 1)]);
        // 30 of them are what the step wrote itself.
        assert_eq!(Vec::from(logged.results.clone()), [(20, 1), (70, 1), (170, 1), (670, 1)]);
        assert_eq!(logged.shortened, 1);
        assert!(LoggedSteps::of([task(&[5]), task(&[7])], true).is_none());
    }

    #[test]
    fn few_tasks_predict_a_wider_range_than_they_show() {
        let tasks = (3..9).map(|n| task(&(0..n).map(|i| 100 * i).collect::<Vec<_>>()));
        let logged = LoggedSteps::of(tasks, false).unwrap();
        let predicted = logged.step_count().unwrap();
        assert!(predicted.quantile(0.05) < 3.0 && predicted.quantile(0.95) > 8.0);
    }

    /// Of two tasks with 2 and 8 requests, the logarithms have the mean ln 4 and the deviation √2·ln 2; Student's
    /// t of one degree of freedom has its 95 % quantile at 6.3138.
    #[test]
    fn two_tasks_predict_what_students_t_says() {
        let tasks = [2, 8].map(|n| task(&(0..n).map(|i| 100 * i).collect::<Vec<_>>()));
        let predicted = LoggedSteps::of(tasks, false).unwrap().step_count().unwrap();
        let factor = (6.313_751_515 * 2_f64.sqrt() * 2_f64.ln() * 1.5_f64.sqrt()).exp();
        for (p, quantile) in [(0.05, 4.0 / factor), (0.5, 4.0), (0.95, 4.0 * factor)] {
            let found = predicted.quantile(p);
            assert!((found / quantile - 1.0).abs() < 1e-6, "{p}: {found}, not {quantile}");
        }
    }

    /// What is merged is what one log of all tasks shows, but for the correlations.
    #[test]
    fn logs_of_two_files_are_one_log() {
        let rest = [task(&[900, 1_000, 400, 450]), task(&[7_000, 7_300]), task(&[1_100])];
        let mut merged = LoggedSteps::of([task(&[1_000, 1_200, 1_900])], true).unwrap();
        let other = LoggedSteps::of(rest.clone(), false).unwrap();
        let weighed = |a: f64, b: f64| (a + 3.0 * b) / 4.0;
        let growth_rho = weighed(merged.growth_rho, other.growth_rho);
        let completion_rho = weighed(merged.completion_rho, other.completion_rho);
        merged.merge(&other);
        let tasks = std::iter::once(task(&[1_000, 1_200, 1_900])).chain(rest);
        let whole = LoggedSteps::of(tasks, false).unwrap();
        assert_eq!(merged, LoggedSteps { growth_rho, completion_rho, ..whole });

        let mut nothing = LoggedSteps::default();
        nothing.merge(&merged);
        assert_eq!(nothing, merged);
    }

    #[test]
    fn a_quantile_is_the_smallest_amount_that_suffices() {
        let amounts = Amounts::from(vec![(10, 1), (20, 2), (90, 1)]);
        for (p, amount) in [(0.0, 10), (0.25, 10), (0.26, 20), (0.75, 20), (0.76, 90), (1.0, 90)] {
            assert_eq!(amounts.quantile(p), Some(Tokens::new(amount)), "{p}");
        }
        assert_eq!(Amounts::default().quantile(0.5), None);
    }

    #[test]
    fn each_distribution_is_that_of_what_was_seen() {
        let logged = LoggedSteps::of([task(&[1_000, 1_200, 1_900]), task(&[400])], false).unwrap();
        let halves = |dist: Option<TokenDist>| {
            let dist = dist.unwrap();
            [0.25, 0.75].map(|p| Tokens::from_f64(dist.quantile(p)).get())
        };
        assert_eq!(halves(logged.growth()), [200, 700]);
        assert_eq!(halves(logged.first_prompt(Tokens::new(7))), [393, 993]);
        assert_eq!(halves(logged.completion()), [50, 50]);
    }
}
