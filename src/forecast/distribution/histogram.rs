//! Weighted whole numbers: the exact distribution that data give.

/// Values with weights that add up to 1. A value may be without end: then it counts as more than
/// any limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Distinct values, ascending; `None` comes last and has no end.
    values: Vec<Option<u64>>,
    /// The weight of each value.
    weights: Vec<f64>,
    /// The weight of each value and all above it, and a 0 at the end.
    tails: Vec<f64>,
}

impl Histogram {
    /// The histogram of these values and weights, in any order; the weights are scaled to 1.
    ///
    /// `None` when there is no weight.
    pub(super) fn new(points: impl IntoIterator<Item = (Option<u64>, f64)>) -> Option<Self> {
        let mut points: Vec<_> = points.into_iter().filter(|(_, weight)| *weight > 0.0).collect();
        points.sort_by_key(|(value, _)| value.unwrap_or(u64::MAX));
        let total: f64 = points.iter().map(|(_, weight)| weight).sum();
        let (mut values, mut weights) = (Vec::new(), Vec::<f64>::new());
        for (value, weight) in points {
            match weights.last_mut() {
                Some(last) if values.last() == Some(&value) => *last += weight / total,
                _ => {
                    values.push(value);
                    weights.push(weight / total);
                }
            }
        }
        let mut tails = vec![0.0; values.len() + 1];
        for i in (0..values.len()).rev() {
            tails[i] = tails[i + 1] + weights[i];
        }
        (!values.is_empty()).then_some(Self { values, weights, tails })
    }

    /// P(X > x).
    pub(super) fn survival(&self, x: f64) -> f64 {
        self.tails[self.values.partition_point(|value| value.is_some_and(|v| v as f64 <= x))]
    }

    /// P(X >= x).
    pub(super) fn at_least(&self, x: f64) -> f64 {
        self.tails[self.values.partition_point(|value| value.is_some_and(|v| (v as f64) < x))]
    }

    /// The smallest value that X does not exceed with probability `p`; infinite where the data do
    /// not reach that far.
    pub(super) fn quantile(&self, p: f64) -> f64 {
        // A hair of tolerance, because weights are sums of fractions.
        let i = self.tails[1..].partition_point(|tail| *tail > 1.0 - p + 1e-12);
        self.values.get(i).copied().flatten().map_or(f64::INFINITY, |value| value as f64)
    }

    /// E\[min(X, c)^k\].
    pub(super) fn truncated_moment(&self, k: i32, c: f64) -> f64 {
        let c = c.max(0.0);
        let moment = |value: &Option<u64>| value.map_or(c, |v| c.min(v as f64)).powi(k);
        self.values.iter().zip(&self.weights).map(|(value, weight)| weight * moment(value)).sum()
    }

    /// The value at which the weights, added up from the smallest, first exceed `u`, `0 <= u < 1`.
    pub(super) fn sample(&self, u: f64) -> Option<u64> {
        let i = self.tails[1..].partition_point(|tail| 1.0 - *tail <= u);
        self.values.get(i).or(self.values.last()).copied().flatten()
    }

    /// Values and their weights; `None` is the value without end.
    pub(super) fn points(&self) -> impl Iterator<Item = (Option<u64>, f64)> {
        self.values.iter().copied().zip(self.weights.iter().copied())
    }
}
