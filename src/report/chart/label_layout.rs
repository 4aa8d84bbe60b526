//! Labels beside each other, in as few lanes as they fit without overlapping.

/// The lane of each span, from 0; spans of one lane keep `gap` apart.
pub(super) fn lanes(spans: &[(f64, f64)], gap: f64) -> Vec<usize> {
    let mut taken: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut found = Vec::new();
    for (from, to) in spans {
        let is_free = |lane: &Vec<(f64, f64)>| {
            lane.iter().all(|(start, end)| *to + gap <= *start || *end + gap <= *from)
        };
        let lane = taken.iter().position(is_free).unwrap_or(taken.len());
        if lane == taken.len() {
            taken.push(Vec::new());
        }
        taken[lane].push((*from, *to));
        found.push(lane);
    }
    found
}

/// Where a label of this width begins: right of the point, or left of it where it would not end
/// before `limit`.
pub(super) fn beside(point: f64, width: f64, gap: f64, limit: f64) -> f64 {
    if point + gap + width <= limit { point + gap } else { (point - gap - width).max(0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_would_overlap_stand_in_different_lanes() {
        assert_eq!(lanes(&[(0.0, 10.0), (11.0, 20.0), (5.0, 15.0)], 1.0), [0, 0, 1]);
        assert_eq!(lanes(&[(0.0, 10.0), (10.5, 20.0)], 1.0), [0, 1]);
        assert_eq!(lanes(&[], 1.0), [0_usize; 0]);
    }

    #[test]
    fn a_label_at_the_end_stands_on_the_left() {
        assert!((beside(10.0, 20.0, 2.0, 100.0) - 12.0).abs() < 1e-9);
        assert!((beside(90.0, 20.0, 2.0, 100.0) - 68.0).abs() < 1e-9);
        assert!(beside(5.0, 200.0, 2.0, 100.0).abs() < 1e-9);
    }
}
