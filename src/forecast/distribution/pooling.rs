//! What the tasks of one user say about each other.

use super::own_calls::OwnCalls;
use super::priors::Prior;

/// The priors of tasks of one model, each by what the others say: partial pooling. A task of which nothing is
/// known says nothing.
///
/// The means of log T of tasks scatter around a common one with the variance `between - model` of the
/// prior; the common one is known as `N(centre, model)` before, and better with each other task.
#[must_use]
pub fn priors_by_others(prior: &Prior, tasks: &[Option<OwnCalls>]) -> Vec<Prior> {
    let scatter = (prior.between - prior.model).max(1e-9);
    let says = |task: &Option<OwnCalls>| {
        let Some(task) = task else { return Evidence::default() };
        let (mean, variance) = task.mean_of_log();
        Evidence::of(mean, scatter + variance)
    };
    let says: Vec<Evidence> = tasks.iter().map(says).collect();
    // What stands behind each task, from the last on.
    let mut behind = vec![Evidence::default(); tasks.len()];
    for i in (1..tasks.len()).rev() {
        behind[i - 1] = behind[i].and(says[i]);
    }
    let mut before = Evidence::of(prior.centre, prior.model.max(1e-9));
    let mut pooled = Vec::with_capacity(tasks.len());
    for (own, behind) in says.iter().zip(&behind) {
        let others = before.and(*behind);
        let model = 1.0 / others.precision;
        let centre = others.sum / others.precision;
        pooled.push(Prior { centre, between: scatter + model, model, ..prior.clone() });
        before = before.and(*own);
    }
    pooled
}

/// What is known of a mean: the precisions that add up, and the means that they weigh.
#[derive(Debug, Default, Clone, Copy)]
struct Evidence {
    precision: f64,
    sum: f64,
}

impl Evidence {
    fn of(mean: f64, variance: f64) -> Self {
        Self { precision: 1.0 / variance, sum: mean / variance }
    }

    fn and(self, other: Self) -> Self {
        Self { precision: self.precision + other.precision, sum: self.sum + other.sum }
    }
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
        let of = |tasks: &[Option<OwnCalls>]| priors_by_others(&prior, tasks);
        assert!((of(&[None])[0].centre - prior.centre).abs() < 1e-12);
        let other = OwnCalls::new(&task(8_000), &prior);
        let pooled = of(&[other.clone(), None, other.clone()]);
        assert!(pooled[1].centre > 7.5 && pooled[1].between < prior.between);
        assert!(pooled[1].between > prior.between - prior.model);
        // Each of the two has the other alone, wherever it stands.
        let one = of(&[other, None])[1].centre;
        assert!((pooled[0].centre - one).abs() < 1e-12 && (pooled[2].centre - one).abs() < 1e-12);
    }
}
