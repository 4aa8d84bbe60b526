//! A declared distribution of token amounts.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use statrs::distribution::{ContinuousCDF as _, StudentsT};
use statrs::function::erf::{erfc, erfc_inv};

use super::histogram::Histogram;
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// Steps of Simpson's rule over the logarithm of an amount.
const INTEGRATION_STEPS: u32 = 400;
/// So many degrees of freedom make Student's t a normal but for a small term.
const MANY: f64 = 1e3;
/// How far from 0 and 1 quantiles of Student's t are found.
const END: f64 = 1e-15;

/// An amount of tokens that is known, known to be lognormal, or measured.
///
/// Reads `800`, `200..4000` (5 % and 95 % quantiles of a lognormal) and `p50=4288,p95=11072`
/// (a lognormal through two quantiles).
#[derive(Debug, Clone, PartialEq)]
pub enum TokenDist {
    /// Always this amount.
    Constant(Tokens),
    /// The logarithm of the amount is normal with this mean and this standard deviation above 0.
    Lognormal {
        /// Mean of the logarithm.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// The logarithm of the amount is `mu + sigma·t` with Student's t: a lognormal whose parameters a
    /// few calls do not fix.
    LogStudent {
        /// Centre of the logarithm.
        mu: f64,
        /// Scale of the logarithm, above 0.
        sigma: f64,
        /// Degrees of freedom, above 0.
        dof: f64,
    },
    /// Measured amounts.
    Histogram(Arc<Histogram>),
}

impl TokenDist {
    /// The lognormal through two quantiles, or a constant when the amounts are equal.
    ///
    /// # Errors
    /// [`ErrorKind::Amount`] unless `0 < p < q < 1` and `0 < at_p <= at_q`.
    pub fn through((p, at_p): (f64, Tokens), (q, at_q): (f64, Tokens)) -> Result<Self, Error> {
        let refuse = |message: String| Err(Error::new(ErrorKind::Amount, message));
        if !(0.0 < p && p < q && q < 1.0) {
            return refuse(format!(
                "quantiles must ascend between p0 and p100, not {} and {}",
                percent(p),
                percent(q)
            ));
        }
        if at_p > at_q {
            return refuse(format!("{} of {at_q} is below {} of {at_p}", percent(q), percent(p)));
        }
        if at_p == Tokens::ZERO {
            return refuse(format!(
                "{} of 0 has no lognormal; quantiles start at 1 token",
                percent(p)
            ));
        }
        if at_p == at_q {
            return Ok(Self::Constant(at_p));
        }
        let (x, y) = (at_p.as_f64().ln(), at_q.as_f64().ln());
        let (z_p, z_q) = (normal_quantile(p), normal_quantile(q));
        let sigma = (y - x) / (z_q - z_p);
        Ok(Self::Lognormal { mu: x - sigma * z_p, sigma })
    }

    /// The distribution of these amounts, each as likely as the others; `None` of none.
    #[must_use]
    pub fn measured(amounts: impl IntoIterator<Item = Tokens>) -> Option<Self> {
        let mut amounts: Vec<u64> = amounts.into_iter().map(Tokens::get).collect();
        amounts.sort_unstable();
        match (amounts.first(), amounts.last()) {
            (Some(first), Some(last)) if first == last => Some(Self::Constant(Tokens::new(*first))),
            _ => {
                let points = amounts.into_iter().map(|amount| (Some(amount), 1.0));
                Some(Self::Histogram(Arc::new(Histogram::new(points)?)))
            }
        }
    }

    /// P(X > x).
    #[must_use]
    pub fn survival(&self, x: f64) -> f64 {
        match self {
            Self::Constant(c) => f64::from(u8::from(c.as_f64() > x)),
            Self::Lognormal { .. } | Self::LogStudent { .. } if x <= 0.0 => 1.0,
            Self::Lognormal { mu, sigma } => normal_survival((x.ln() - mu) / sigma),
            Self::LogStudent { .. } if x.is_infinite() => 0.0,
            Self::LogStudent { mu, sigma, dof } => {
                student(*dof).map_or(0.0, |t| t.sf((x.ln() - mu) / sigma))
            }
            Self::Histogram(measured) => measured.survival(x),
        }
    }

    /// P(X >= x).
    #[must_use]
    pub fn at_least(&self, x: f64) -> f64 {
        match self {
            Self::Constant(c) => f64::from(u8::from(c.as_f64() >= x)),
            Self::Lognormal { .. } | Self::LogStudent { .. } => self.survival(x),
            Self::Histogram(measured) => measured.at_least(x),
        }
    }

    /// The amount that X does not exceed with probability `p`, `0 < p < 1`.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        match self {
            Self::Constant(c) => c.as_f64(),
            Self::Lognormal { mu, sigma } => (mu + sigma * normal_quantile(p)).exp(),
            Self::LogStudent { mu, sigma, dof } => {
                student_quantile(*dof, p).map_or(f64::NAN, |t| (mu + sigma * t).exp())
            }
            Self::Histogram(measured) => measured.quantile(p),
        }
    }

    /// E\[min(X, c)^k\] for `k` 1 or 2 and `c >= 0`.
    ///
    /// For a lognormal: `E[X^k; X <= c] + c^k·P(X > c)` with
    /// `E[X^k; X <= c] = exp(kμ + k²σ²/2)·Φ((ln c − μ − kσ²)/σ)`.
    #[must_use]
    pub fn truncated_moment(&self, k: i32, c: f64) -> f64 {
        match self {
            Self::Constant(x) => x.as_f64().min(c).powi(k),
            Self::Lognormal { .. } if c <= 0.0 => 0.0,
            Self::Lognormal { mu, sigma } => {
                let k_f = f64::from(k);
                let below = (k_f * mu + k_f * k_f * sigma * sigma / 2.0).exp()
                    * normal_survival(-(c.ln() - mu - k_f * sigma * sigma) / sigma);
                below + c.powi(k) * self.survival(c)
            }
            Self::LogStudent { .. } => self.moment_by_survival(k, c),
            Self::Histogram(measured) => measured.truncated_moment(k, c),
        }
    }

    /// `E[min(X, c)^k] = ∫ k·x^(k-1)·P(X > x) dx` from 0 to c, by Simpson's rule over log x.
    fn moment_by_survival(&self, k: i32, c: f64) -> f64 {
        if c <= 0.0 {
            return 0.0;
        }
        // Below half a token, next to nothing is missed: P(X > x) is taken as 1 there.
        let low = 0.5_f64.min(c);
        let k_f = f64::from(k);
        let inside = |log_x: f64| k_f * (k_f * log_x).exp() * self.survival(log_x.exp());
        let (from, to) = (low.ln(), c.ln());
        let step = (to - from) / f64::from(INTEGRATION_STEPS);
        let sum: f64 = (0..=INTEGRATION_STEPS)
            .map(|i| {
                let end = i == 0 || i == INTEGRATION_STEPS;
                let simpson = if end { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
                simpson * inside(from + step * f64::from(i))
            })
            .sum();
        low.powi(k) + sum * step / 3.0
    }

    /// The amount, where it is always the same.
    pub(super) fn as_constant(&self) -> Option<Tokens> {
        match self {
            Self::Constant(amount) => Some(*amount),
            Self::Lognormal { .. } | Self::LogStudent { .. } | Self::Histogram(_) => None,
        }
    }

    /// The measured amount at the share `u` of the distribution, `0 <= u < 1`; `None` is an amount
    /// without end, or no measured one.
    pub(super) fn measured_at(&self, u: f64) -> Option<u64> {
        match self {
            Self::Histogram(measured) => measured.sample(u),
            Self::Constant(_) | Self::Lognormal { .. } | Self::LogStudent { .. } => None,
        }
    }

    fn spread_text(&self) -> String {
        let at = |p| Tokens::from_f64(self.quantile(p));
        format!("p5 {}, p50 {}, p95 {}", at(0.05), at(0.5), at(0.95))
    }
}

impl fmt::Display for TokenDist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(c) => write!(f, "{c}"),
            Self::Lognormal { .. } | Self::LogStudent { .. } => {
                write!(f, "lognormal, {}", self.spread_text())
            }
            Self::Histogram(_) => write!(f, "measured, {}", self.spread_text()),
        }
    }
}

impl FromStr for TokenDist {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parsed = if let Some((low, high)) = text.split_once("..") {
            if low.trim().is_empty() || high.trim().is_empty() {
                return Err(Error::new(ErrorKind::Amount, format!("`{text}` has one end only"))
                    .hint("write a 90 % interval such as `200..4000`"));
            }
            Self::through((0.05, low.parse()?), (0.95, high.parse()?))
        } else if text.contains('=') {
            let mut quantiles = text.split(',').map(quantile_term);
            match (quantiles.next(), quantiles.next(), quantiles.next()) {
                (Some(first), Some(second), None) => Self::through(first?, second?),
                _ => Err(Error::new(ErrorKind::Amount, "expected two quantiles")),
            }
        } else {
            text.parse().map(Self::Constant)
        };
        parsed.map_err(|e| {
            Error::new(
                ErrorKind::Amount,
                format!("`{text}` is not a distribution: {}", e.message()),
            )
            .hint("write `800`, `200..4000` (a 90 % interval) or `p50=4288,p95=11072`")
        })
    }
}

/// Reads `p95=11072`. Amounts here have no thousands commas, which would part the terms.
fn quantile_term(term: &str) -> Result<(f64, Tokens), Error> {
    let refuse =
        || Error::new(ErrorKind::Amount, format!("`{term}` is not a quantile such as `p95=11072`"));
    let (name, amount) = term.split_once('=').ok_or_else(refuse)?;
    let p: f64 = name.trim().strip_prefix('p').and_then(|p| p.parse().ok()).ok_or_else(refuse)?;
    Ok((p / 100.0, amount.parse()?))
}

fn percent(p: f64) -> String {
    format!("p{}", (p * 1e4).round() / 1e2)
}

/// The quantile of the standard Student's t; `None` without degrees of freedom.
///
/// From [`MANY`] degrees on by the expansion `z + (z³ + z) / 4ν` (Abramowitz and Stegun 26.7.5): the inverse of the
/// beta function, by which it is found below that, is several percent off for millions.
fn student_quantile(dof: f64, p: f64) -> Option<f64> {
    // What finds it panics at ends that no draw ever reaches.
    let p = p.clamp(END, 1.0 - END);
    if dof >= MANY {
        let z = normal_quantile(p);
        return Some(z + (z * z * z + z) / (4.0 * dof));
    }
    student(dof).map(|t| t.inverse_cdf(p))
}

/// The standard Student's t; `None` without degrees of freedom.
fn student(dof: f64) -> Option<StudentsT> {
    StudentsT::new(0.0, 1.0, dof).ok()
}

/// The density of a standard normal.
pub(super) fn normal_density(z: f64) -> f64 {
    (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// P(Z > z) of a standard normal.
pub(in crate::forecast) fn normal_survival(z: f64) -> f64 {
    0.5 * erfc(z / std::f64::consts::SQRT_2)
}

/// The standard normal quantile of `p`, `0 < p < 1`.
pub(in crate::forecast) fn normal_quantile(p: f64) -> f64 {
    -std::f64::consts::SQRT_2 * erfc_inv(2.0 * p)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dist(text: &str) -> TokenDist {
        text.parse().unwrap()
    }

    fn close(a: f64, b: f64, relative: f64) {
        assert!((a - b).abs() <= relative * b.abs().max(1e-12), "{a} is not {b}");
    }

    #[test]
    fn quantiles_go_through_what_was_declared() {
        let interval = dist("200..4000");
        close(interval.quantile(0.05), 200.0, 1e-9);
        close(interval.quantile(0.95), 4000.0, 1e-9);
        let quantiles = dist("p50=4288,p95=11072");
        close(quantiles.quantile(0.5), 4288.0, 1e-9);
        close(quantiles.survival(11_072.0), 0.05, 1e-9);
        assert_eq!(dist("1k..1000"), TokenDist::Constant(Tokens::new(1000)));
    }

    /// Figures of SciPy 1.17.1: `lognorm(s=0.5, scale=1000)`, the truncated moments by `integrate.quad`.
    #[test]
    fn the_lognormal_agrees_with_an_independent_implementation() {
        let x = TokenDist::Lognormal { mu: 1000_f64.ln(), sigma: 0.5 };
        close(x.survival(2000.0), 0.082_828_519_001_698_78, 1e-9);
        close(x.quantile(0.95), 2_276.016_608_514_317, 1e-9);
        close(x.truncated_moment(1, 1e12), 1_133.148_453_066_826_3, 1e-9);
        close(x.truncated_moment(1, 1500.0), 1_017.955_552_991_492_1, 1e-9);
        close(x.truncated_moment(2, 1500.0), 1_170_319.432_577_174_2, 1e-9);
    }

    fn dists() -> impl Strategy<Value = TokenDist> {
        let measured = prop::collection::vec((0..5_000_u64, 1..9_u32), 1..30);
        prop_oneof![
            (1..20_000_u64, 1..40_000_u64).prop_map(|(low, more)| {
                let at = |p, n| (p, Tokens::new(n));
                TokenDist::through(at(0.05, low), at(0.95, low + more)).unwrap()
            }),
            measured.prop_map(|points| {
                let points =
                    points.into_iter().map(|(value, weight)| (Some(value), f64::from(weight)));
                TokenDist::Histogram(Arc::new(Histogram::new(points).unwrap()))
            }),
        ]
    }

    proptest! {
        #[test]
        fn survival_and_quantile_are_inverse(dist in dists(), p in 0.01..0.99) {
            let x = dist.quantile(p);
            prop_assert!(dist.survival(x) <= 1.0 - p + 1e-9);
            prop_assert!(dist.at_least(x) >= 1.0 - p - 1e-9);
        }

        #[test]
        fn survival_falls_and_the_mean_of_what_is_billed_grows(dist in dists(), a in 0..50_000_u32, more in 0..50_000_u32) {
            let (low, high) = (f64::from(a), f64::from(a) + f64::from(more));
            prop_assert!(dist.survival(high) <= dist.survival(low));
            prop_assert!(dist.truncated_moment(1, low) <= dist.truncated_moment(1, high) + 1e-6);
            prop_assert!(dist.truncated_moment(1, low) <= low + 1e-6);
        }
    }

    #[test]
    fn every_share_of_a_student_has_a_quantile() {
        for dof in [0.5, 1.0, 2.0, 3.0, 5.0, 19.0, 41.0, 299.0, 999.0, 1e3, 1e4, 1e7] {
            let dist = TokenDist::LogStudent { mu: 7.0, sigma: 0.9, dof };
            let ends = [f64::MIN_POSITIVE, 1e-300, 1e-18, 1e-12, 1e-6];
            let shares = ends.into_iter().chain((1..1_000).map(|i| f64::from(i) / 1_000.0));
            let upper = ends.into_iter().rev().map(|end| 1.0 - end);
            let mut last = 0.0;
            for p in shares.chain(upper) {
                let quantile = dist.quantile(p);
                assert!(quantile >= last, "{dof} at {p}: {quantile} after {last}");
                last = quantile;
                if (0.001..=0.999).contains(&p) && quantile > 0.0 && quantile.is_finite() {
                    let back = 1.0 - dist.survival(quantile);
                    assert!((back - p).abs() < 1e-6, "{dof} at {p}: {quantile} lies at {back}");
                }
            }
        }
    }

    #[test]
    fn many_degrees_of_freedom_are_a_lognormal() {
        let lognormal = TokenDist::Lognormal { mu: 7.5, sigma: 0.6 };
        let student = TokenDist::LogStudent { mu: 7.5, sigma: 0.6, dof: 1e6 };
        for p in [0.05, 0.5, 0.95, 0.99] {
            close(student.quantile(p), lognormal.quantile(p), 1e-4);
        }
        for (k, c) in [(1, 1_500.0), (1, 65_536.0), (2, 20_000.0)] {
            close(student.truncated_moment(k, c), lognormal.truncated_moment(k, c), 1e-4);
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (text, reason) in [
            ("p50=4000,p95=100", "p95 of 100 is below p50 of 4,000"),
            ("4000..200", "p95 of 200 is below p5 of 4,000"),
            ("0..200", "p5 of 0 has no lognormal"),
            ("-5..200", "is negative"),
            ("5..", "has one end only"),
            ("p50=100", "expected two quantiles"),
            ("p50=1,p60=2,p70=3", "expected two quantiles"),
            ("p95=1,p50=2", "quantiles must ascend"),
            ("p50=1,p100=2", "quantiles must ascend"),
            ("median=3,p95=5", "is not a quantile"),
            ("lots", "is not a whole number"),
        ] {
            let error = text.parse::<TokenDist>().unwrap_err();
            assert!(error.message().contains(reason), "{text}: {error}");
        }
    }
}
