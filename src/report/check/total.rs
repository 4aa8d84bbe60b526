//! What `outlay check` says of all prompts together, added up as they come: a configuration has hundreds of thousands.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use super::result::{BudgetRow, CheckResult, Costs};
use crate::budget::{BaseComparison, Baseline, ChangeStatus, Drift};
use crate::gate::Verdict;
use crate::report::side_by_side::AttributedNotes;

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
    #[serde(skip)]
    pub(super) told: Told,
}

/// What is said below the figures of all prompts.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    /// With whether a budget is for them.
    models: BTreeMap<String, bool>,
    /// Which models took the place of which: `old → new`.
    pub(super) model_changes: BTreeSet<String>,
    /// How many budgets owe to the change what they do.
    standings: Vec<(ChangeStatus, usize)>,
    /// How many budgets were measured, and are met.
    pub(super) measured: usize,
    pub(super) met: usize,
    has_unjudged_growth: bool,
    notes: AttributedNotes,
}

/// A total in the making.
#[derive(Debug, Default)]
pub struct CheckSum {
    prompts: usize,
    /// Budgets by verdict: met, with a warning, failed.
    budgets: [usize; 3],
    told: Told,
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

impl CheckSum {
    /// Adds a prompt.
    pub fn add(&mut self, result: &CheckResult) {
        self.prompts += 1;
        self.told.add(result);
        for row in &result.budgets {
            self.add_budget(row);
        }
    }

    /// How many budgets there are.
    #[must_use]
    pub fn budgets(&self) -> usize {
        self.budgets.iter().sum()
    }

    /// Whether there is a budget of growth that there is nothing to measure by.
    #[must_use]
    pub fn has_unjudged_growth(&self) -> bool {
        self.told.has_unjudged_growth
    }

    /// The total of a configuration of this name.
    pub(crate) fn finish(
        mut self,
        config: &str,
        total_budgets: Vec<BudgetRow>,
        comparison: &BaseComparison<'_>,
        base: Option<ComparedBase>,
    ) -> CheckTotal {
        for row in &total_budgets {
            self.add_budget(row);
        }
        let has_calls = comparison.has_calls();
        let [pass, warn, fail] = self.budgets;
        CheckTotal {
            config: config.to_owned(),
            prompts: self.prompts,
            budgets: self.budgets(),
            pass,
            warn,
            fail,
            monthly_cost_usd: has_calls.then(|| Costs::of(|of| comparison.monthly_cost(of))),
            base,
            drift: comparison.drift(false),
            monthly_drift: if has_calls { comparison.drift(true) } else { None },
            total_budgets,
            told: self.told,
        }
    }

    fn add_budget(&mut self, row: &BudgetRow) {
        let place = match row.verdict {
            Verdict::Pass => 0,
            Verdict::Warn => 1,
            Verdict::Fail => 2,
        };
        self.budgets[place] += 1;
        self.told.add_budget(row);
    }
}

impl Told {
    fn add(&mut self, result: &CheckResult) {
        match self.models.get_mut(&result.model) {
            Some(has_budget) => *has_budget |= !result.budgets.is_empty(),
            None => {
                self.models.insert(result.model.clone(), !result.budgets.is_empty());
            }
        }
        if let Some(before) = &result.before_model {
            self.model_changes.insert(format!("{before} → {}", result.model));
        }
        self.has_unjudged_growth |= result.has_unjudged_growth();
        self.notes.add("", &result.assumptions);
    }

    fn add_budget(&mut self, row: &BudgetRow) {
        self.measured += usize::from(row.measured.is_some());
        self.met += usize::from(row.measured.is_some() && row.verdict == Verdict::Pass);
        let Some(standing) = row.standing else { return };
        match self.standings.iter_mut().find(|(known, _)| *known == standing) {
            Some((_, times)) => *times += 1,
            None => self.standings.push((standing, 1)),
        }
    }

    /// The model of all prompts, where it is one.
    pub(super) fn only_model(&self) -> Option<&str> {
        let mut models = self.models.keys();
        models.next().filter(|_| models.next().is_none()).map(String::as_str)
    }

    /// Whether there are budgets for several models.
    pub(super) fn has_several_models(&self) -> bool {
        self.models.values().filter(|has_budget| **has_budget).count() > 1
    }

    /// How many budgets owe one of these to the change.
    pub(super) fn owing(&self, wanted: &[ChangeStatus]) -> usize {
        let owing = self.standings.iter().filter(|(standing, _)| wanted.contains(standing));
        owing.map(|(_, times)| times).sum()
    }

    /// What was assumed, each once.
    pub(super) fn notes(&self) -> Vec<String> {
        self.notes.told()
    }
}
