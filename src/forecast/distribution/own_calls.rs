//! A few calls of one's own: the prior of their kind of work, updated in closed form.
//!
//! log T is normal in a workload. Its mean has the prior `N(m0, B)`, its variance a scaled inverse χ² with
//! the scale [`SCALE`] and [`DEGREES`] degrees of freedom, so that the posterior is a Student t (Gelman et
//! al., Bayesian Data Analysis, section 3.3).

use super::empirical::Empirical;
use super::noncentral::{CONFIDENCE, tolerance_factor};
use super::priors::Prior;
use super::profile::Sample;
use super::spread::{WorkloadMean, student_quantile, variance_of_mean};
use super::token_dist::{TokenDist, normal_density, normal_quantile, normal_survival};
use crate::units::{Probability, Tokens};

/// The usual variance of log T within a workload.
const SCALE: f64 = 0.40;
/// How many observations that variance is worth.
const DEGREES: f64 = 4.0;
/// Rounds of expectation and maximisation for calls that were cut off.
const ROUNDS: u32 = 20;
/// From this many calls on, their own mean is the expected completion.
const OWN_MEAN: f64 = 10.0;

/// From how many calls on, or what they are worth, they may replace the reserve. On public data the cap
/// that 20 calls give cuts off 0.2 % of answers at a target of 1 %.
pub const ENOUGH_CALLS: u64 = 20;

/// Number, mean and sum of squared deviations of log T.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Moments {
    n: f64,
    mean: f64,
    squares: f64,
}

/// What own calls and a prior say together.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnCalls {
    /// How many calls.
    pub n: u64,
    /// How many independent calls they are worth.
    pub worth: f64,
    /// The longest of them.
    pub longest: Tokens,
    own: Moments,
    /// The posterior mean of log T.
    location: f64,
    /// The posterior variance of log T within the workload.
    variance: f64,
    /// How many observations the mean is worth.
    k: f64,
    /// Degrees of freedom of the variance.
    dof: f64,
}

impl OwnCalls {
    /// What a sample and the prior of its work say; `None` when the sample is empty.
    ///
    /// Calls that were cut off enter with the expectation of log T above the cut and its variance, given
    /// the fit so far.
    #[must_use]
    pub fn new(sample: &Sample, prior: &Prior) -> Option<Self> {
        let n = sample.n();
        let longest = sample.observations().map(|(seen, _)| seen.completion).max()?;
        let worth = sample.worth();
        let update = |own: Moments| posterior(own.worth(worth), prior.centre, prior.between);
        let mut own = moments(sample, |log_t, _| (log_t, 0.0));
        let mut fit = update(own);
        if sample.censored() > 0 {
            for _ in 0..ROUNDS {
                let (location, deviation) = (fit.0, fit.1.sqrt());
                own = moments(sample, |log_t, cut_off| {
                    if cut_off { above(log_t, location, deviation) } else { (log_t, 0.0) }
                });
                fit = update(own);
            }
        }
        let (location, variance, k, dof) = fit;
        Some(Self { n, worth, longest, own: own.worth(worth), location, variance, k, dof })
    }

    /// The predictive distribution of one more call: `exp(m + t·s·√(1 + 1/k))`.
    #[must_use]
    pub fn total(&self) -> TokenDist {
        let sigma = (self.variance * (1.0 + 1.0 / self.k)).sqrt();
        TokenDist::LogStudent { mu: self.location, sigma, dof: self.dof }
    }

    /// The part of the variance of one more call's log T that is the error of the mean: it is the same for
    /// all calls to come.
    #[must_use]
    pub fn common(&self) -> f64 {
        1.0 / (self.k + 1.0)
    }

    /// What the calls of one range of turns say, with these of all turns as their prior, which is worth one
    /// call.
    #[must_use]
    pub fn at_turn(&self, sample: &Sample, prior: &Prior) -> Option<Self> {
        let prior = Prior { centre: self.location, between: self.variance, ..prior.clone() };
        Self::new(sample, &prior)
    }

    /// What the expected completion is taken from: the calls themselves from ten on, else the posterior.
    #[must_use]
    pub fn mean(&self, measured: &Empirical) -> TokenDist {
        if self.worth >= OWN_MEAN && measured.censored() == 0 {
            measured.completion()
        } else {
            TokenDist::Lognormal { mu: self.location, sigma: self.variance.sqrt() }
        }
    }

    /// How well the mean of the workload is known: Cox's interval of a lognormal mean from ten calls on
    /// (Zhou and Gao 1997), else that of the posterior.
    #[must_use]
    pub fn workload_mean(&self, measured: &Empirical) -> WorkloadMean {
        let (variance, dof) = if self.own.n >= OWN_MEAN {
            let s2 = self.own.squares / (self.own.n - 1.0);
            (variance_of_mean(s2, self.own.n), self.own.n - 1.0)
        } else {
            let s2 = self.variance;
            (s2 / self.k + s2 * s2 / (2.0 * self.dof), self.dof)
        };
        WorkloadMean { within: self.mean(measured), variance, dof: Some(dof), shared: 0.0 }
    }

    /// What these calls say as a prior of the same work elsewhere: on another model, or at another effort. The
    /// mean there is `longer` by that logarithm, with the variance `unknown`.
    #[must_use]
    pub fn elsewhere(
        &self,
        unknown: f64,
        longer: f64,
        measured: &Empirical,
        prior: &Prior,
    ) -> Prior {
        Prior {
            centre: self.location + longer,
            within: self.variance,
            between: self.workload_mean(measured).variance + unknown,
            shared: 0.0,
            share: measured.share(prior.share),
            tail: None,
            ..prior.clone()
        }
    }

    /// How well the mean of a sample is known without any prior, for completions that are those of the sample
    /// themselves: the mean is theirs, however few they are.
    #[must_use]
    pub fn mean_of(sample: &Sample, measured: &Empirical) -> WorkloadMean {
        let own = Self::new(sample, &Prior::flat());
        let of_own = own.map(|own| own.workload_mean(measured));
        let (variance, dof) = of_own.map_or((0.0, None), |mean| (mean.variance, mean.dof));
        WorkloadMean { within: measured.completion(), variance, dof, shared: 0.0 }
    }

    /// The cap that is within `risk` with 95 % confidence: the tolerance bound of the quantile, and never
    /// below the longest call. `None` for a risk of 0.
    #[must_use]
    pub fn bound(&self, risk: Probability) -> Option<Tokens> {
        if risk.get() <= 0.0 || risk.get() >= 1.0 {
            return None;
        }
        let factor = tolerance_factor(1.0 - risk.get(), CONFIDENCE, self.dof, self.k);
        let bound = (self.location + factor * self.variance.sqrt()).exp();
        Some(Tokens::from_f64(bound.ceil()).max(self.longest))
    }

    /// The mean of log T of these calls alone, and the variance of that mean.
    #[must_use]
    pub fn mean_of_log(&self) -> (f64, f64) {
        (self.own.mean, self.variance / self.own.n.max(1.0))
    }

    /// The standard deviation of log T within the workload, as it is best known.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        self.variance.sqrt()
    }

    /// The relative error that the mean cost stays within in nine of ten cases, such as 0.27.
    #[must_use]
    pub fn mean_error(&self, measured: &Empirical) -> f64 {
        self.workload_mean(measured).factor(0.95).exp() - 1.0
    }
}

/// How many times the cap that `n` calls allow is the one that a risk needs, in the median, where log T
/// differs as in the prior.
#[must_use]
pub fn cap_factor(n: u64, prior: &Prior, risk: f64) -> f64 {
    let (n, deviation) = (n as f64, prior.within.sqrt());
    let factor = tolerance_factor(1.0 - risk, CONFIDENCE, DEGREES + n - 1.0, n);
    ((factor - normal_quantile(1.0 - risk)) * deviation).exp()
}

/// The relative error of the mean that `n` calls leave in nine of ten cases, where the standard deviation
/// of log T is `deviation`.
#[must_use]
pub fn error_of(n: u64, deviation: f64) -> f64 {
    let (n, s2) = (n.max(2) as f64, deviation * deviation);
    let variance = variance_of_mean(s2, n);
    (student_quantile(0.95, n - 1.0) * variance.sqrt()).exp() - 1.0
}

impl Moments {
    /// The moments of as many independent calls as these are worth.
    fn worth(self, worth: f64) -> Self {
        let scale = if self.n > 1.0 { (worth - 1.0).max(0.0) / (self.n - 1.0) } else { 1.0 };
        Self { n: worth, squares: self.squares * scale, ..self }
    }
}

/// Moments of log T, where `value` gives the expectation and the variance of each call's own.
fn moments(sample: &Sample, value: impl Fn(f64, bool) -> (f64, f64)) -> Moments {
    let values: Vec<(f64, f64, f64)> = sample
        .observations()
        .map(|(seen, times)| {
            // The logarithm of nothing has no place in a mean; such a call is billed next to nothing.
            let (expected, variance) = value(seen.completion.as_f64().max(1.0).ln(), seen.censored);
            (times as f64, expected, variance)
        })
        .collect();
    let n: f64 = values.iter().map(|(times, ..)| times).sum();
    let mean = values.iter().map(|(times, x, _)| times * x).sum::<f64>() / n;
    let squares = values.iter().map(|(times, x, v)| times * ((x - mean).powi(2) + v)).sum();
    Moments { n, mean, squares }
}

/// Posterior location, variance, weight of the mean and degrees of freedom.
fn posterior(own: Moments, m0: f64, between: f64) -> (f64, f64, f64, f64) {
    let dof = DEGREES + own.n - 1.0;
    let variance = (DEGREES * SCALE + own.squares) / dof;
    let k0 = variance / between;
    let k = k0 + own.n;
    ((k0 * m0 + own.n * own.mean) / k, variance, k, dof)
}

/// Expectation and variance of a normal above `cut`.
fn above(cut: f64, mean: f64, deviation: f64) -> (f64, f64) {
    let a = (cut - mean) / deviation;
    let tail = normal_survival(a);
    // Far in the tail, the excess over the cut is next to nothing.
    if tail < 1e-12 {
        return (cut, 0.0);
    }
    let hazard = normal_density(a) / tail;
    let variance = (1.0 + a * hazard - hazard * hazard).max(0.0);
    (mean + deviation * hazard, deviation * deviation * variance)
}

#[cfg(test)]
mod tests {
    use super::super::profile::Observation;
    use super::*;

    const TEN: [u64; 10] = [1200, 2300, 1800, 950, 4100, 1500, 2700, 3300, 1100, 2000];

    fn sample(values: &[u64]) -> Sample {
        let mut sample = Sample::default();
        for value in values {
            let seen = Observation {
                completion: Tokens::new(*value),
                censored: false,
                reasoning: Tokens::ZERO,
                content: None,
            };
            sample.add(seen, 1).unwrap();
        }
        sample
    }

    fn prior() -> Prior {
        Prior {
            kind: None,
            centre: 7.667,
            within: 0.40,
            between: 0.8509,
            shared: 0.0,
            model: 0.4356,
            model_known: false,
            share: None,
            tail: None,
        }
    }

    fn close(found: f64, wanted: f64, tolerance: f64) {
        assert!((found - wanted).abs() <= tolerance, "{found}, not {wanted}");
    }

    /// Computed apart from this program, with SciPy.
    #[test]
    fn three_and_ten_calls_have_the_known_posteriors() {
        for (n, location, variance, k, dof, quantiles, bound) in [
            (3, 7.465_933, 0.302_653, 3.355_686, 6.0, [517.0, 1747.5, 5906.8, 12_527.4], 24_795),
            (10, 7.546_185, 0.285_195, 10.335_169, 13.0, [703.3, 1893.5, 5098.1, 8336.8], 13_131),
        ] {
            let own = OwnCalls::new(&sample(&TEN[..n]), &prior()).unwrap();
            close(own.location, location, 1e-6);
            close(own.variance, variance, 1e-6);
            close(own.k, k, 1e-6);
            close(own.dof, dof, 1e-12);
            for (p, wanted) in [0.05, 0.5, 0.95, 0.99].into_iter().zip(quantiles) {
                close(own.total().quantile(p), wanted, 0.06);
            }
            assert_eq!(own.bound(Probability::clamped(0.01)), Some(Tokens::new(bound)), "{n}");
        }
    }

    #[test]
    fn the_mean_of_ten_calls_has_the_interval_of_cox() {
        let sample = sample(&TEN);
        let measured = Empirical::new(&sample).unwrap();
        let own = OwnCalls::new(&sample, &prior()).unwrap();
        let mean = own.workload_mean(&measured);
        close((own.own.squares / 9.0).sqrt(), 0.483_912, 1e-6);
        close(mean.factor(0.95).exp(), 1.347_44, 1e-5);
        let limit = 1e9;
        let mean = mean.of_answers(limit, 1_000, None);
        close(1e3 * mean.quantile(0.05), 1_552_719.0, 20.0);
        close(1e3 * mean.quantile(0.95), 2_826_671.0, 30.0);
    }

    /// One distribution gives what is expected and its range, though five calls say little.
    #[test]
    fn measured_calls_have_a_mean_of_their_own_however_few_they_are() {
        let sample = sample(&TEN[..5]);
        let measured = Empirical::new(&sample).unwrap();
        let mean = OwnCalls::mean_of(&sample, &measured).of_answers(1e9, 1, None);
        close(mean.mean, 2_070.0, 1e-9);
    }

    #[test]
    fn without_calls_the_mean_is_that_of_the_prior() {
        let total = TokenDist::Lognormal { mu: 7.667, sigma: (0.8509_f64 + 0.40).sqrt() };
        close(total.truncated_moment(1, 1e12), 3_993.6, 0.1);
    }

    /// Cutting the longest of twenty calls off moves the fit little; taking the cut as an end lowers it.
    #[test]
    fn a_call_that_was_cut_off_counts_as_longer() {
        let whole: Vec<u64> = TEN.iter().chain(&TEN).copied().collect();
        let fit = OwnCalls::new(&sample(&whole), &prior()).unwrap();
        let mut cut = Sample::default();
        for value in whole {
            let seen = Observation {
                completion: Tokens::new(value.min(3_000)),
                censored: value > 3_000,
                reasoning: Tokens::ZERO,
                content: None,
            };
            cut.add(seen, 1).unwrap();
        }
        let own = OwnCalls::new(&cut, &prior()).unwrap();
        close(own.location, fit.location, 0.05);
        let taken_as_ends: Vec<u64> = TEN.iter().chain(&TEN).map(|v| (*v).min(3_000)).collect();
        let lower = OwnCalls::new(&sample(&taken_as_ends), &prior()).unwrap();
        assert!(lower.location < own.location);
    }
}
