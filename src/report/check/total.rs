//! What `outlay check` says of all prompts together.

use jiff::civil::Date;
use serde::Serialize;

use super::result::{BudgetRow, CheckResult, Costs};
use crate::budget::{BaseComparison, Baseline, Drift};
use crate::gate::Verdict;

/// What was compared with.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ComparedBase {
    /// The file or the git ref.
    pub name: String,
    /// The date of its prices.
    pub as_of: Date,
    /// The digest of its catalogue.
    pub catalog_digest: String,
    /// Whether its catalogue is the one of today.
    pub same_catalog: bool,
    /// Prompts that the base has and `outlay.toml` no longer names.
    pub removed: Vec<String>,
    /// Prompts that have another file or name than on the base: `old → new`.
    pub renamed: Vec<String>,
}

/// All budgets together.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CheckTotal {
    /// The configuration.
    pub config: String,
    /// Prompts, each once per model.
    pub prompts: usize,
    /// Budgets.
    pub budgets: usize,
    /// Budgets that are met.
    pub pass: usize,
    /// Budgets with a warning.
    pub warn: usize,
    /// Budgets that fail the gate.
    pub fail: usize,
    /// The cost of a month over all prompts that declare their calls.
    pub monthly_cost_usd: Option<Costs>,
    /// What was compared with.
    pub base: Option<ComparedBase>,
    /// What became of the cost of a call of every prompt, summed up.
    pub drift: Option<Drift>,
    /// What became of the cost of a month.
    pub monthly_drift: Option<Drift>,
    /// The budgets of all prompts together.
    pub total_budgets: Vec<BudgetRow>,
}

impl ComparedBase {
    /// A base of this name; `catalog_digest` is that of the catalogue of today.
    pub(crate) fn of(
        name: &str,
        base: &Baseline,
        catalog_digest: &str,
        comparison: &BaseComparison<'_>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            as_of: base.as_of,
            same_catalog: base.catalog_digest == catalog_digest,
            catalog_digest: base.catalog_digest.clone(),
            removed: comparison.removed(),
            renamed: comparison.renamed(),
        }
    }
}

impl CheckTotal {
    /// The total of a configuration of this name.
    pub(crate) fn of(
        config: &str,
        results: &[CheckResult],
        total_budgets: Vec<BudgetRow>,
        comparison: &BaseComparison<'_>,
        base: Option<ComparedBase>,
    ) -> Self {
        let rows = || results.iter().flat_map(|result| &result.budgets).chain(&total_budgets);
        let count = |verdict| rows().filter(|row| row.verdict == verdict).count();
        let has_calls = comparison.has_calls();
        Self {
            config: config.to_owned(),
            prompts: results.len(),
            budgets: rows().count(),
            pass: count(Verdict::Pass),
            warn: count(Verdict::Warn),
            fail: count(Verdict::Fail),
            monthly_cost_usd: has_calls.then(|| Costs::of(|of| comparison.monthly_cost(of))),
            base,
            drift: comparison.drift(false),
            monthly_drift: if has_calls { comparison.drift(true) } else { None },
            total_budgets,
        }
    }
}
