//! The calls that a flag declares, shared among several inputs.

use crate::units::{CallVolume, grouped};

/// A share of the calls.
#[derive(Debug, Clone)]
pub(crate) struct SharedCalls {
    /// How many calls are this input's.
    pub(crate) volume: CallVolume,
    /// How they were shared.
    pub(crate) sentence: String,
}

impl SharedCalls {
    /// Shares calls among inputs: each request of a log has its part of the calls, not all of them.
    /// Inputs that say how many calls they have weigh as much, others alike. The shares add up to the
    /// calls exactly.
    pub(crate) fn among(weights: &[Option<f64>], calls: CallVolume) -> Vec<Self> {
        let says = |weight: &Option<f64>| weight.is_some_and(|w| w > 0.0 && w.is_finite());
        let is_weighed = weights.iter().all(says);
        let n = weights.len() as u64;
        let how = if is_weighed {
            "by what their rows say".to_owned()
        } else {
            format!("{} each", grouped(calls.calls / n.max(1)))
        };
        let sentence = format!("{calls} calls are shared by {} inputs, {how}", grouped(n));
        let weights: Vec<f64> =
            weights.iter().map(|weight| weight.filter(|_| is_weighed).unwrap_or(1.0)).collect();
        let share = |calls_of_one| SharedCalls {
            volume: CallVolume { calls: calls_of_one, ..calls },
            sentence: sentence.clone(),
        };
        apportioned(calls.calls, &weights).into_iter().map(share).collect()
    }
}

/// Whole parts of a number in proportion to weights, which add up to it: what is left over goes to the first.
fn apportioned(whole: u64, weights: &[f64]) -> Vec<u64> {
    let sum: f64 = weights.iter().sum();
    let mut given = 0;
    let mut so_far = 0.0;
    let part = |weight: &f64| {
        so_far += weight;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "a share of a number of calls is not above it"
        )]
        let up_to = ((whole as f64) * (so_far / sum)).round().min(whole as f64) as u64;
        let part = up_to.saturating_sub(given);
        given += part;
        part
    };
    weights.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        assert_eq!(apportioned(50_000, &[1.0; 3]), [16_667, 16_666, 16_667]);
        assert_eq!(apportioned(10, &[1.0, 3.0]), [3, 7]);
        assert_eq!(apportioned(2, &[1.0; 5]).iter().sum::<u64>(), 2);
    }
}
