//! Tolerance bounds of normal samples.

use statrs::function::gamma::ln_gamma;

use super::token_dist::{normal_quantile, normal_survival};

/// The one-sided confidence of bounds on quantiles and risks.
pub const CONFIDENCE: f64 = 0.95;

/// Points of Simpson's rule over the standard deviation that a sample may come from.
const POINTS: u32 = 400;

/// `K` such that `m + K·s` is at least the quantile `p` of a normal distribution with the probability
/// `confidence`, for a sample whose mean is worth `k` observations and whose deviation has `dof` degrees of
/// freedom: the quantile of the noncentral t distribution with noncentrality `z_p·√k`, divided by `√k`.
pub(super) fn tolerance_factor(p: f64, confidence: f64, dof: f64, k: f64) -> f64 {
    let weights = deviations(dof);
    let (root, z) = (k.sqrt(), normal_quantile(p));
    // P(bound >= quantile) = E over w = s/σ of Φ(√k (K w - z)).
    let covered = |factor: f64| -> f64 {
        weights.iter().map(|(w, p)| p * normal_survival(-root * (factor * w - z))).sum()
    };
    let (mut low, mut high) = (-50.0, 50.0);
    while covered(high) < confidence && high < 1e6 {
        high *= 2.0;
    }
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if covered(middle) < confidence { low = middle } else { high = middle }
    }
    high
}

/// `w = √(χ²/dof)` at even steps, with its probability.
fn deviations(dof: f64) -> Vec<(f64, f64)> {
    let reach = 12.0 / (2.0 * dof).sqrt();
    let (low, high) = ((1.0 - reach).max(0.0), 1.0 + reach);
    let step = (high - low) / f64::from(POINTS);
    let constant = std::f64::consts::LN_2 + dof / 2.0 * (dof / 2.0).ln() - ln_gamma(dof / 2.0);
    let density = |w: f64| {
        if w <= 0.0 { 0.0 } else { (constant + (dof - 1.0) * w.ln() - dof * w * w / 2.0).exp() }
    };
    let points: Vec<(f64, f64)> = (0..=POINTS)
        .map(|i| {
            let w = low + step * f64::from(i);
            let simpson = if i == 0 || i == POINTS { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
            (w, simpson * density(w))
        })
        .collect();
    let total: f64 = points.iter().map(|(_, weight)| weight).sum();
    points.into_iter().map(|(w, weight)| (w, weight / total)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SciPy: `nct.ppf(0.95, nu, norm.ppf(0.99) * sqrt(k)) / sqrt(k)`.
    #[test]
    fn factors_agree_with_an_independent_implementation() {
        for (dof, k, wanted) in [
            (6.0, 3.355_686, 4.821_44),
            (13.0, 10.335_169, 3.626_13),
            (23.0, 20.5, 3.1963),
            (103.0, 100.5, 2.6776),
            (13.0, 10.4, 3.6252),
        ] {
            let found = tolerance_factor(0.99, 0.95, dof, k);
            assert!((found - wanted).abs() < 1e-4, "{dof} {k}: {found}, not {wanted}");
        }
    }
}
