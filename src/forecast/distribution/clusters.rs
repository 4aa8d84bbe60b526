//! What calls that belong together are worth: turns of one conversation, and repeats of one prompt.

use std::collections::BTreeMap;

use super::token_dist::normal_quantile;

/// The least correlation that is assumed within a group, however small a few calls make it look.
const LEAST: f64 = 0.2;

/// How alike the calls of a group are, and how many independent calls all of them are worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clustering {
    /// The intra-class correlation of the normal scores of T, by one-way analysis of variance, 0.2 to 1;
    /// nothing where no group has two calls.
    pub rho: Option<f64>,
    /// `n / (1 + (m' - 1)·rho)` with `m' = Σ m_i² / n`.
    pub worth: f64,
}

/// How alike the values of a group are, 0 to 1: the correlation itself, not the least that is assumed. `None`
/// where no group has two.
pub(super) fn correlation<K: Ord>(values: &[(K, u64)]) -> Option<f64> {
    let groups = scores(values);
    let squares: f64 = groups.values().map(|group| (group.len() as f64).powi(2)).sum();
    let n = values.len() as f64;
    (squares > n).then(|| intra_class(&groups, n, squares).clamp(0.0, 1.0))
}

/// The normal scores of values, by group.
fn scores<K: Ord>(values: &[(K, u64)]) -> BTreeMap<&K, Vec<f64>> {
    let n = values.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|i| values[*i].1);
    let mut groups: BTreeMap<&K, Vec<f64>> = BTreeMap::new();
    let mut i = 0;
    while i < n {
        // Equal values share their mean rank.
        let ties = order[i..].iter().take_while(|j| values[**j].1 == values[order[i]].1).count();
        let rank = i as f64 + ties as f64 / 2.0;
        for j in &order[i..i + ties] {
            let score = normal_quantile((rank / n as f64).clamp(1e-9, 1.0 - 1e-9));
            groups.entry(&values[*j].0).or_default().push(score);
        }
        i += ties;
    }
    groups
}

/// The clustering of `values`, each with the group that it belongs to.
#[must_use]
pub fn clustering<K: Ord>(values: &[(K, u64)]) -> Clustering {
    let groups = scores(values);
    let n = values.len() as f64;
    let squares: f64 = groups.values().map(|group| (group.len() as f64).powi(2)).sum();
    let size = if n > 0.0 { squares / n } else { 1.0 };
    if size <= 1.0 {
        return Clustering { rho: None, worth: n };
    }
    let rho = intra_class(&groups, n, squares).clamp(LEAST, 1.0);
    Clustering { rho: Some(rho), worth: n_eff(n, size, rho) }
}

/// How many independent calls `n` are worth, in groups of the size-weighted mean size `size`.
fn n_eff(n: f64, size: f64, rho: f64) -> f64 {
    n / (1.0 + (size - 1.0) * rho)
}

fn intra_class<K>(groups: &BTreeMap<&K, Vec<f64>>, n: f64, squares: f64) -> f64 {
    let k = groups.len() as f64;
    if k < 2.0 || n <= k {
        // One group says nothing about how groups differ.
        return 1.0;
    }
    let mean = groups.values().flatten().sum::<f64>() / n;
    let (mut between, mut within) = (0.0, 0.0);
    for group in groups.values() {
        let own = group.iter().sum::<f64>() / group.len() as f64;
        between += group.len() as f64 * (own - mean).powi(2);
        within += group.iter().map(|x| (x - own).powi(2)).sum::<f64>();
    }
    let (between, within) = (between / (k - 1.0), within / (n - k));
    let size = (n - squares / n) / (k - 1.0);
    let total = between + (size - 1.0) * within;
    if total > 0.0 { (between - within) / total } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_few_conversations_are_worth_less() {
        // 100 calls in 10 conversations of 10, rho 0.25: 30.77.
        assert!((n_eff(100.0, 10.0, 0.25) - 30.77).abs() < 0.005);
        let apart: Vec<(u64, u64)> = (0..50).map(|i| (i, 100 + i)).collect();
        assert_eq!(clustering(&apart), Clustering { rho: None, worth: 50.0 });
        let alike: Vec<(u64, u64)> = (0..50).map(|i| (i / 10, 100 * (1 + i / 10))).collect();
        let found = clustering(&alike);
        assert!((found.rho.unwrap() - 1.0).abs() < 1e-9 && (found.worth - 5.0).abs() < 1e-9);
        let one: Vec<(u64, u64)> = (0..50).map(|i| (0, 100 + i)).collect();
        assert!((clustering(&one).worth - 1.0).abs() < 1e-9);
    }

    #[test]
    fn mixed_groups_have_the_least_correlation() {
        let mixed: Vec<(u64, u64)> = (0..100).map(|i| (i % 10, 100 + (i * 37) % 101)).collect();
        assert_eq!(clustering(&mixed).rho, Some(LEAST));
    }

    /// The one-way analysis of variance of the scores of 10, 20, 30; 25; and 40, 50: 1.64905 between the groups,
    /// 0.50856 within them, and 11/6 calls to a group.
    #[test]
    fn groups_of_unequal_size_have_the_known_correlation() {
        let values = [(1, 10), (1, 20), (1, 30), (2, 25), (3, 40), (3, 50)];
        assert!((correlation(&values).unwrap() - 0.550_205_8).abs() < 1e-6);
        let found = clustering(&values);
        assert!((found.rho.unwrap() - 0.550_205_8).abs() < 1e-6);
        let worth = 6.0 / (1.0 + (14.0 / 6.0 - 1.0) * 0.550_205_8);
        assert!((found.worth - worth).abs() < 1e-5);
    }

    #[test]
    fn a_correlation_needs_groups() {
        assert_eq!(correlation(&[(1, 10), (2, 20)]), None);
        assert_eq!(correlation(&[(1, 10), (1, 20)]), Some(1.0));
        // Two values of each group, one low and one high: none of their spread is between groups.
        assert_eq!(correlation(&[(1, 10), (1, 40), (2, 20), (2, 30)]), Some(0.0));
    }
}
