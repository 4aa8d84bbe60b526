//! What a level of effort does to reasoning.

use crate::catalog::Effort;

/// Added to the variance of log T when reasoning is scaled to an effort that was not measured: the sd of
/// log T from low to high is 0.56 over models.
pub(super) const EFFORT_VARIANCE: f64 = 0.3;

/// How many times the reasoning at one level is that of another: twice a step up to high, 3.8 times from
/// high to xhigh, by the same questions asked at several levels (petergpt/bullshit-benchmark, MIT, 23
/// models). The visible part does not change. `max` is taken as `xhigh`, for want of figures.
#[must_use]
pub fn reasoning_ratio(from: Effort, to: Effort) -> f64 {
    let level = |effort| match effort {
        Effort::None | Effort::Minimal => 0.25_f64,
        Effort::Low => 0.5,
        Effort::Medium => 1.0,
        Effort::High => 2.0,
        Effort::Xhigh | Effort::Max => 7.6,
    };
    level(to) / level(from)
}
