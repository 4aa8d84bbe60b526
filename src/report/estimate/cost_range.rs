//! Expected, p5 to p95 and worst case as a bar.

use crate::forecast::Range;
use crate::report::chart::{Bar, Color, Segment};
use crate::units::Money;

/// The bar of a cost: up to what is expected, with its range; up to the worst case where nothing
/// is expected.
pub(crate) fn bar(cost: &Range<Money>, color: Color, says: &str) -> Bar {
    let shown = cost.expected.unwrap_or(cost.worst_case);
    let value = match cost.expected {
        Some(expected) => expected.for_people(),
        None => format!("at most {}", cost.worst_case.for_people()),
    };
    let range = cost.p5.zip(cost.p95).filter(|(low, high)| low < high);
    Bar {
        segments: vec![Segment { to: shown.as_f64(), color, says: format!("{says}: {value}") }],
        range: range.map(|(low, high)| (low.as_f64(), high.as_f64())),
        value,
    }
}

/// The largest amount that such a bar shows.
pub(crate) fn largest(cost: &Range<Money>) -> f64 {
    let shown = cost.expected.unwrap_or(cost.worst_case);
    shown.max(cost.p95.unwrap_or(shown)).as_f64()
}
