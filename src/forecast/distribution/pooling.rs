//! What the tasks of one user say about each other.

use super::own_calls::OwnCalls;
use super::priors::Prior;

/// The prior of a task when other tasks of the same model are known: partial pooling.
///
/// The means of log T of tasks scatter around a common one with the variance `between - model` of the
/// prior; the common one is known as `N(centre, model)` before, and better with each other task.
#[must_use]
pub fn pooled_prior(prior: &Prior, others: &[OwnCalls]) -> Prior {
    let scatter = (prior.between - prior.model).max(1e-9);
    let mut precision = 1.0 / prior.model.max(1e-9);
    let mut sum = prior.centre * precision;
    for task in others {
        let (mean, variance) = task.mean_of_log();
        let weight = 1.0 / (scatter + variance);
        precision += weight;
        sum += weight * mean;
    }
    let model = 1.0 / precision;
    Prior { centre: sum / precision, between: scatter + model, model, ..prior.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::profile::{Observation, Sample};
    use super::*;
    use crate::units::Tokens;

    fn task(length: u64) -> Sample {
        let mut sample = Sample::default();
        for more in 0..30 {
            let completion = Tokens::new(length + length * more / 30);
            let seen =
                Observation { completion, censored: false, reasoning: Tokens::ZERO, content: None };
            sample.add(seen, 1).unwrap();
        }
        sample
    }

    #[test]
    fn other_tasks_move_and_narrow_the_prior() {
        let prior = Prior {
            kind: None,
            centre: 7.0,
            within: 0.4,
            between: 0.85,
            shared: 0.25,
            model: 0.43,
            model_known: false,
            share: None,
            tail: None,
        };
        assert!((pooled_prior(&prior, &[]).centre - prior.centre).abs() < 1e-12);
        let other = OwnCalls::new(&task(8_000), &prior).unwrap();
        let pooled = pooled_prior(&prior, &[other.clone(), other]);
        assert!(pooled.centre > 7.5 && pooled.between < prior.between);
        assert!(pooled.between > prior.between - prior.model);
    }
}
