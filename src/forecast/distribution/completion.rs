//! The distribution of one completion: reasoning and visible tokens together.

use super::empirical::Empirical;
use super::own_calls::{ENOUGH_CALLS, OwnCalls};
use super::priors::Prior;
use super::recall::Recall;
use super::share::{ReasoningBudget, Share, moment_of};
use super::spread::{MeanOfAnswers, WorkloadMean, variance_of_mean};
use super::token_dist::TokenDist;
use crate::units::{Probability, Tokens};

/// Points at which the narrower of two declared distributions is evaluated.
const NODES: u32 = 1_024;

/// How long the completions of a call are.
#[derive(Debug, Clone)]
pub struct Completion {
    distribution: Form,
    /// How well its mean is known; `None` for declared and for bare measured ones.
    workload: Option<WorkloadMean>,
    /// Whether not even the kind of work is known.
    unknown_work: bool,
    /// The most reasoning tokens, where a budget ends the reasoning.
    budget: Option<Tokens>,
    known: Known,
}

/// What was asked of a completion before, by the limit.
#[derive(Debug, Clone, Default)]
struct Known {
    length_risks: Recall<Tokens, Probability>,
    empty_risks: Recall<Tokens, Option<Probability>>,
    moments: Recall<Tokens, (f64, f64)>,
    /// By the limit and the number of answers.
    means: Recall<(Tokens, u64), MeanOfAnswers>,
    /// By the bits of the risk and the room.
    caps: Recall<(u64, Tokens), Option<Tokens>>,
}

#[derive(Debug, Clone)]
enum Form {
    /// Only the total is declared; how much of it is reasoning is not known.
    Total(TokenDist),
    /// Reasoning and visible tokens are independent.
    Split {
        reasoning: TokenDist,
        visible: TokenDist,
        /// The total is one of these, with its probability, plus an independent draw of `rest`.
        nodes: Vec<(f64, f64)>,
        rest: TokenDist,
        /// Whether `rest` is the reasoning.
        rest_reasons: bool,
        /// The most that a draw of `rest` comes to.
        rest_most: f64,
    },
    /// Both were measured together.
    Empirical(Empirical),
    /// The total is predicted; reasoning is a share of it.
    Predicted {
        total: TokenDist,
        /// What the mean is taken from.
        mean: TokenDist,
        share: Option<Share>,
        /// The part of the variance of log T that all calls of a workload have in common.
        common: f64,
    },
}

impl Completion {
    /// A completion of which only the total is declared.
    #[must_use]
    pub fn total(total: TokenDist) -> Self {
        Self::of(Form::Total(total), None)
    }

    /// Reasoning and visible tokens, taken as independent.
    ///
    /// `P(R + V > L)` is the mean of the exact survival function of the wider distribution over the
    /// narrower one, taken at quantile midpoints if that is a curve, so there is no sampling noise.
    #[must_use]
    pub fn split(reasoning: TokenDist, visible: TokenDist) -> Self {
        let width = |dist: &TokenDist| dist.quantile(0.95) - dist.quantile(0.05);
        let rest_reasons = width(&reasoning) >= width(&visible);
        let (narrow, rest) =
            if rest_reasons { (&visible, &reasoning) } else { (&reasoning, &visible) };
        let nodes = match narrow {
            TokenDist::Constant(amount) => vec![(amount.as_f64(), 1.0)],
            TokenDist::Lognormal { .. } | TokenDist::LogStudent { .. } => (0..NODES)
                .map(|i| narrow.quantile((f64::from(i) + 0.5) / f64::from(NODES)))
                .map(|node| (node, 1.0 / f64::from(NODES)))
                .collect(),
            TokenDist::Histogram(measured) => measured
                .points()
                .map(|(value, weight)| (value.map_or(f64::INFINITY, |v| v as f64), weight))
                .collect(),
        };
        let (rest, rest_most) = (rest.clone(), f64::INFINITY);
        Self::of(Form::Split { reasoning, visible, nodes, rest, rest_reasons, rest_most }, None)
    }

    /// Completions as they were measured, reasoning and visible tokens together.
    #[must_use]
    pub fn measured(measured: Empirical) -> Self {
        Self::of(Form::Empirical(measured), None)
    }

    fn of(distribution: Form, workload: Option<WorkloadMean>) -> Self {
        Self { distribution, workload, unknown_work: false, budget: None, known: Known::default() }
    }

    /// The same completions, with reasoning that ends at a budget: `V + min(R, budget)`. Where reasoning is not
    /// known apart, nothing changes.
    #[must_use]
    pub fn within_budget(mut self, budget: Tokens) -> Self {
        let most = budget.as_f64();
        match &mut self.distribution {
            Form::Total(_) | Form::Predicted { share: None, .. } => return self,
            Form::Predicted { .. } => {}
            Form::Split { nodes, rest_reasons: false, .. } => {
                for (node, _) in nodes {
                    *node = node.min(most);
                }
            }
            Form::Split { rest_most, .. } => *rest_most = most,
            Form::Empirical(measured) => {
                let bounded = measured.within_budget(budget.get());
                if let Some(workload) = &mut self.workload {
                    workload.within = bounded.completion();
                }
                *measured = bounded;
            }
        }
        self.budget = Some(budget);
        self.known = Known::default();
        self
    }

    /// The budget that ends its reasoning.
    #[must_use]
    pub fn budget(&self) -> Option<Tokens> {
        self.budget
    }

    /// The budget and the share of a prediction that it bounds.
    fn bound(&self, share: Option<Share>) -> Option<ReasoningBudget> {
        Some(ReasoningBudget { share: share?, most: self.budget?.as_f64() })
    }

    /// Completions of work of which only the kind is known, or not even that.
    ///
    /// log T of one call is normal with the variance `within + between`, or has the prior's heavier tails. The mean of many calls of one
    /// workload differs from the usual one by a factor whose logarithm has the variance `between`.
    #[must_use]
    pub fn predicted(prior: &Prior) -> Self {
        let (mu, sigma) = (prior.centre, prior.deviation());
        let total = match prior.tail {
            Some(tail) => TokenDist::LogStudent { mu, sigma: sigma * tail.scale, dof: tail.dof },
            None => TokenDist::Lognormal { mu, sigma },
        };
        let within = TokenDist::Lognormal { mu: prior.centre, sigma: prior.within.sqrt() };
        let workload =
            WorkloadMean { within, variance: prior.between, dof: None, shared: prior.shared };
        let common = prior.between / (prior.within + prior.between);
        let share = prior.share;
        // Heavier tails are for caps: the mean of Student's t is without end.
        let mean = TokenDist::Lognormal { mu, sigma };
        let distribution = Form::Predicted { mean, total, share, common };
        Self::of(distribution, Some(workload))
    }

    /// Completions of work of which nothing is known: those of all kinds. No cap follows from them, see
    /// [`plan`](crate::forecast::plan()).
    #[must_use]
    pub fn of_unknown_work(prior: &Prior) -> Self {
        Self { unknown_work: true, ..Self::predicted(prior) }
    }

    /// Whether not even the kind of work is known, so that its risks are those of any work.
    #[must_use]
    pub fn is_of_unknown_work(&self) -> bool {
        self.unknown_work
    }

    /// Completions as a few own calls and the prior of their work predict them.
    #[must_use]
    pub fn own_calls(own: &OwnCalls, measured: &Empirical, prior: &Prior) -> Self {
        let (total, mean) = (own.total(), own.mean(measured));
        let share = measured.share(prior.share);
        let distribution = Form::Predicted { total, mean, share, common: own.common() };
        Self::of(distribution, Some(own.workload_mean(measured)))
    }

    /// The same, with a mean that is known up to a factor only.
    #[must_use]
    pub fn with_workload(self, workload: WorkloadMean) -> Self {
        Self { workload: Some(workload), known: Known::default(), ..self }
    }

    /// How well the mean is known; `None` where the distribution is taken as true.
    #[must_use]
    pub fn workload(&self) -> Option<&WorkloadMean> {
        self.workload.as_ref()
    }

    /// How alike two calls of one conversation are, as the correlation of their normal scores, when those
    /// of a known workload have `rho`. What is not known of the workload is the same in every turn.
    #[must_use]
    pub fn turn_correlation(&self, rho: f64) -> f64 {
        match &self.distribution {
            Form::Predicted { common, .. } => (common + rho * (1.0 - common)).clamp(0.0, 1.0),
            Form::Total(_) | Form::Split { .. } | Form::Empirical(_) => rho,
        }
    }

    /// The predicted total and the share of reasoning in it, where it is a prediction.
    pub(super) fn prediction(&self) -> Option<(&TokenDist, Option<Share>)> {
        match &self.distribution {
            Form::Predicted { total, share, .. } => Some((total, *share)),
            Form::Total(_) | Form::Split { .. } | Form::Empirical(_) => None,
        }
    }

    /// The mean of `min(T, limit)` over so many answers, and how well it is known.
    ///
    /// What is not known of the mean does not shrink with the number of answers. A measured distribution is
    /// known as well as its number of calls allows; a declared one is taken to be worth [`ENOUGH_CALLS`]
    /// calls, and an amount that is always the same is certain.
    #[must_use]
    pub fn mean_of(&self, limit: Tokens, answers: u64) -> MeanOfAnswers {
        self.known.means.get((limit, answers), || self.mean_at(limit, answers))
    }

    fn mean_at(&self, limit: Tokens, answers: u64) -> MeanOfAnswers {
        if let Some(workload) = &self.workload {
            let bound = match &self.distribution {
                Form::Predicted { share, .. } => self.bound(*share),
                Form::Total(_) | Form::Split { .. } | Form::Empirical(_) => None,
            };
            return workload.of_answers(limit.as_f64(), answers, bound);
        }
        let (mean, deviation) = self.billed_moments(limit);
        let cv2 = if mean > 0.0 { (deviation / mean).powi(2) } else { 0.0 };
        let n = match &self.distribution {
            Form::Empirical(measured) => measured.n().max(2),
            Form::Total(_) | Form::Split { .. } | Form::Predicted { .. } => ENOUGH_CALLS,
        } as f64;
        // The variance of the logarithm, as of a lognormal with these moments.
        let variance = variance_of_mean(cv2.ln_1p(), n);
        MeanOfAnswers::new(mean, cv2, variance, answers, Some(n - 1.0), variance)
    }

    /// What was declared, in words; nothing for measured completions.
    #[must_use]
    pub fn declaration(&self) -> Option<String> {
        match &self.distribution {
            Form::Total(total) => Some(format!("completion {total}, reasoning included")),
            Form::Split { reasoning, visible, .. } => Some(match reasoning.as_constant() {
                Some(Tokens::ZERO) => format!("visible {visible}"),
                _ => format!("reasoning {reasoning}; visible {visible}; independent"),
            }),
            Form::Empirical(_) | Form::Predicted { .. } => None,
        }
    }

    /// Reasoning and visible tokens, where both were declared.
    pub(super) fn parts(&self) -> Option<(&TokenDist, &TokenDist)> {
        match &self.distribution {
            Form::Split { reasoning, visible, .. } => Some((reasoning, visible)),
            Form::Total(_) | Form::Empirical(_) | Form::Predicted { .. } => None,
        }
    }

    /// The total, where nothing else is known.
    pub(super) fn total_alone(&self) -> Option<&TokenDist> {
        match &self.distribution {
            Form::Total(total) => Some(total),
            Form::Split { .. } | Form::Empirical(_) | Form::Predicted { .. } => None,
        }
    }

    /// The measurement, where the distribution is one.
    #[must_use]
    pub fn measurement(&self) -> Option<&Empirical> {
        match &self.distribution {
            Form::Empirical(measured) => Some(measured),
            Form::Total(_) | Form::Split { .. } | Form::Predicted { .. } => None,
        }
    }

    /// P(T > limit): the answer is cut off.
    #[must_use]
    pub fn length_risk(&self, limit: Tokens) -> Probability {
        self.known.length_risks.get(limit, || self.length_risk_at(limit))
    }

    fn length_risk_at(&self, limit: Tokens) -> Probability {
        let limit = limit.as_f64();
        Probability::clamped(match &self.distribution {
            Form::Total(total) => total.survival(limit),
            Form::Predicted { total, share, .. } => match self.bound(*share) {
                Some(bound) => bound.survival(total, limit),
                None => total.survival(limit),
            },
            Form::Split { nodes, rest, rest_most, .. } => {
                let longer = |left| if left < *rest_most { rest.survival(left) } else { 0.0 };
                nodes.iter().map(|(node, p)| p * longer(limit - node)).sum()
            }
            Form::Empirical(measured) => measured.completion.survival(limit),
        })
    }

    /// P(R >= limit): the answer is cut off before anything visible. `None` when reasoning is not
    /// known apart.
    #[must_use]
    pub fn empty_risk(&self, limit: Tokens) -> Option<Probability> {
        self.known.empty_risks.get(limit, || self.empty_risk_at(limit))
    }

    fn empty_risk_at(&self, limit: Tokens) -> Option<Probability> {
        let ends_before = self.budget.is_some_and(|budget| budget < limit);
        let limit = limit.as_f64();
        match &self.distribution {
            Form::Total(_) => None,
            _ if ends_before => Some(0.0),
            Form::Split { reasoning, .. } => Some(reasoning.at_least(limit)),
            Form::Empirical(measured) => Some(measured.reasoning.at_least(limit)),
            Form::Predicted { total, share, .. } => {
                share.map(|share| share.reasoning_at_least(total, limit))
            }
        }
        .map(Probability::clamped)
    }

    /// E\[min(T, limit)\], rounded half up.
    #[must_use]
    pub fn expected_billed(&self, limit: Tokens) -> Tokens {
        Tokens::from_f64(self.billed_moments(limit).0)
    }

    /// The smallest number of tokens that `min(T, limit)` does not exceed with probability `p`.
    #[must_use]
    pub fn billed_quantile(&self, p: f64, limit: Tokens) -> Tokens {
        self.smallest_cap(Probability::clamped(1.0 - p), limit).unwrap_or(limit)
    }

    /// The smallest cap up to `room` whose length risk is at most `risk`; `None` when no cap is.
    #[must_use]
    pub fn smallest_cap(&self, risk: Probability, room: Tokens) -> Option<Tokens> {
        let asked = (risk.get().to_bits(), room);
        self.known.caps.get(asked, || self.smallest_cap_in(risk, room))
    }

    fn smallest_cap_in(&self, risk: Probability, room: Tokens) -> Option<Tokens> {
        // A hair of tolerance, so that `p95=11072` answers 11,072 and not one more.
        let fits = |cap: u64| self.length_risk_at(Tokens::new(cap)).get() <= risk.get() + 1e-9;
        if !fits(room.get()) {
            return None;
        }
        let (mut low, mut high) = (0, room.get());
        while low < high {
            let middle = low + (high - low) / 2;
            if fits(middle) { high = middle } else { low = middle + 1 }
        }
        Some(Tokens::new(high))
    }

    /// Whether the data say which cap meets the risk. Measured completions of which too many were cut
    /// off do not: however large the cap, that share might be longer.
    #[must_use]
    pub fn identifies(&self, risk: Probability) -> bool {
        let without_end = match &self.distribution {
            Form::Total(total) | Form::Predicted { total, .. } => total.survival(f64::INFINITY),
            Form::Split { nodes, rest, rest_most, .. } => {
                let in_nodes: f64 =
                    nodes.iter().filter(|(n, _)| n.is_infinite()).map(|(_, p)| p).sum();
                let in_rest =
                    if rest_most.is_finite() { 0.0 } else { rest.survival(f64::INFINITY) };
                in_nodes + (1.0 - in_nodes) * in_rest
            }
            Form::Empirical(measured) => measured.completion.survival(f64::INFINITY),
        };
        without_end <= risk.get()
    }

    /// Mean and standard deviation of `min(T, limit)`, in tokens.
    #[must_use]
    pub fn billed_moments(&self, limit: Tokens) -> (f64, f64) {
        self.known.moments.get(limit, || self.moments_at(limit))
    }

    fn moments_at(&self, limit: Tokens) -> (f64, f64) {
        let limit = limit.as_f64();
        let (mean, square) = match &self.distribution {
            Form::Total(total) => {
                (total.truncated_moment(1, limit), total.truncated_moment(2, limit))
            }
            Form::Predicted { mean, share, .. } => {
                let bound = self.bound(*share);
                (moment_of(mean, bound, 1, limit), moment_of(mean, bound, 2, limit))
            }
            Form::Split { nodes, rest, rest_most, .. } => {
                nodes.iter().fold((0.0, 0.0), |(mean, square), (node, p)| {
                    let (node, left) = (node.min(limit), (limit - node).max(0.0).min(*rest_most));
                    let first = rest.truncated_moment(1, left);
                    let second = rest.truncated_moment(2, left);
                    (
                        mean + p * (node + first),
                        square + p * (node * node + 2.0 * node * first + second),
                    )
                })
            }
            Form::Empirical(measured) => (
                measured.completion.truncated_moment(1, limit),
                measured.completion.truncated_moment(2, limit),
            ),
        };
        (mean, (square - mean * mean).max(0.0).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::super::effort::CallEffort;
    use super::super::histogram::Histogram;
    use super::super::priors::Priors;
    use super::*;
    use crate::catalog::Catalog;

    fn constant(n: u64) -> TokenDist {
        TokenDist::Constant(Tokens::new(n))
    }

    #[test]
    fn constants_are_certain() {
        let call = Completion::split(constant(500), constant(100));
        for (limit, cut, empty) in
            [(600, 0.0, 0.0), (599, 1.0, 0.0), (501, 1.0, 0.0), (500, 1.0, 1.0)]
        {
            let limit = Tokens::new(limit);
            assert_eq!(call.length_risk(limit), Probability::clamped(cut), "{limit}");
            assert_eq!(call.empty_risk(limit), Some(Probability::clamped(empty)), "{limit}");
        }
        assert_eq!(call.expected_billed(Tokens::new(1_000)), Tokens::new(600));
        assert_eq!(call.expected_billed(Tokens::new(550)), Tokens::new(550));
        assert_eq!(call.billed_quantile(0.05, Tokens::new(1_000)), Tokens::new(600));
        assert!(call.billed_moments(Tokens::new(550)).1 < 1e-6);
    }

    #[test]
    fn a_total_has_the_quantiles_it_was_declared_with() {
        let call = Completion::total("p50=4288,p95=11072".parse().unwrap());
        let room = Tokens::new(65_536);
        assert_eq!(call.billed_quantile(0.95, room), Tokens::new(11_072));
        assert_eq!(call.billed_quantile(0.5, room), Tokens::new(4_288));
        assert_eq!(call.empty_risk(room), None);
    }

    /// 4,000,000 draws of NumPy 2.4.6 (`default_rng(1)`): P(R + V > 16,000) = 0.01329, sampling error
    /// 0.00006; min(R + V, 16,000) has mean 5,584.1, sampling error 1.5, and standard deviation 2,959.5.
    #[test]
    fn two_lognormals_agree_with_an_independent_simulation() {
        let call =
            Completion::split("p50=4288,p95=11072".parse().unwrap(), "200..1200".parse().unwrap());
        let limit = Tokens::new(16_000);
        let risk = call.length_risk(limit).get();
        assert!((risk - 0.01329).abs() < 0.00018, "{risk}");
        let (mean, deviation) = call.billed_moments(limit);
        assert!((mean - 5_584.1).abs() < 5.0, "{mean}");
        assert!((deviation - 2_959.5).abs() < 5.0, "{deviation}");
    }

    /// What is asked again is what a completion that was never asked answers, to the last bit.
    #[test]
    fn what_is_kept_is_what_is_worked_out() {
        let declared = Completion::split("1k..12k".parse().unwrap(), "200..1200".parse().unwrap());
        let priors = Priors::embedded().unwrap();
        let catalog = Catalog::embedded();
        let model = catalog.get("o1-mini").unwrap();
        let prior = priors.of(model, None, CallEffort::at(model, None));
        for completion in [declared, Completion::of_unknown_work(&prior)] {
            for budget in [None, Some(Tokens::new(900))] {
                let asked = |completion: &Completion, limit: u64| {
                    let limit = Tokens::new(limit);
                    let risk = Probability::clamped(0.01);
                    (
                        (completion.length_risk(limit), completion.empty_risk(limit)),
                        (completion.smallest_cap(risk, limit), completion.billed_moments(limit)),
                        (completion.mean_of(limit, 1), completion.mean_of(limit, 7)),
                    )
                };
                let mut warm = completion.clone();
                for limit in [1, 2_000, 2_000, 65_536] {
                    let _ = asked(&warm, limit);
                }
                if let Some(budget) = budget {
                    warm = warm.within_budget(budget);
                }
                for limit in [1, 2_000, 9_000, 65_536, 2_000] {
                    let fresh = warm.clone();
                    assert_eq!(asked(&warm, limit), asked(&fresh, limit), "{limit}, {budget:?}");
                }
            }
        }
    }

    #[test]
    fn only_what_was_cut_off_leaves_the_cap_open() {
        let declared = Completion::split("1k..12k".parse().unwrap(), "200..1200".parse().unwrap());
        assert!(declared.identifies(Probability::clamped(0.0)));
        let cut_off = Histogram::new([(Some(100), 0.9), (None, 0.1)]).unwrap();
        let cut_off = TokenDist::Histogram(Arc::new(cut_off));
        for distribution in [
            Completion::total(cut_off.clone()),
            Completion::split(cut_off.clone(), constant(50)),
            Completion::split(cut_off, "200..120000".parse().unwrap()),
        ] {
            assert!(!distribution.identifies(Probability::clamped(0.09)));
            assert!(distribution.identifies(Probability::clamped(0.11)));
        }
    }

    fn dists() -> impl Strategy<Value = TokenDist> {
        prop_oneof![
            (0..50_000_u64).prop_map(constant),
            (1..20_000_u64, 1..40_000_u64).prop_map(|(low, more)| {
                TokenDist::through((0.05, Tokens::new(low)), (0.95, Tokens::new(low + more)))
                    .unwrap()
            }),
        ]
    }

    proptest! {
        #[test]
        fn risk_falls_with_the_cap(r in dists(), v in dists(), a in 1..100_000_u64, more in 0..50_000_u64) {
            let call = Completion::split(r, v);
            let (low, high) = (Tokens::new(a), Tokens::new(a + more));
            prop_assert!(call.length_risk(high).get() <= call.length_risk(low).get() + 1e-12);
            prop_assert!(call.empty_risk(low).unwrap().get() <= call.length_risk(low).get() + 0.002);
            prop_assert!(call.expected_billed(low) <= call.expected_billed(high));
            prop_assert!(call.expected_billed(high) <= high);
        }

        #[test]
        fn the_smallest_cap_meets_the_risk_and_one_less_does_not(r in dists(), v in dists(), risk in 0.001..0.5) {
            let call = Completion::split(r, v);
            let risk = Probability::clamped(risk);
            if let Some(cap) = call.smallest_cap(risk, Tokens::new(200_000)) {
                prop_assert!(call.length_risk(cap).get() <= risk.get() + 2e-9);
                if let Some(less) = cap.checked_sub(Tokens::new(1)) {
                    prop_assert!(call.length_risk(less).get() > risk.get() - 1e-9);
                }
            }
        }

        #[test]
        fn order_of_the_parts_does_not_matter_to_the_total(r in dists(), v in dists(), limit in 1..100_000_u64) {
            let (a, b) = (Completion::split(r.clone(), v.clone()), Completion::split(v, r));
            let limit = Tokens::new(limit);
            prop_assert!((a.length_risk(limit).get() - b.length_risk(limit).get()).abs() < 1e-9);
        }
    }
}
