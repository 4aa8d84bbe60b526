//! The budgets of a configuration on what was measured, with the base in mind.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::billing::PriceLists;
use crate::budget::{BaseComparison, Bound, BudgetResult, Drift, Limit, evaluate};
use crate::cli::commands::check::base::Against;
use crate::cli::commands::check::cost_driver::driver;
use crate::cli::commands::check::measurement::{Measured, Measurement, SourceText};
use crate::cli::config::resolve::{Config, Declared};
use crate::cli::exit_status::ExitStatus;
use crate::cli::output::{self, Answered};
use crate::cli::settings::Settings;
use crate::gate::Verdict;
use crate::report::{Annotation, BaseRef, BudgetRow, CheckResult, CheckTotal, Costs};
use crate::workload::lifecycle_warnings;
use crate::{Error, ErrorKind};

/// Everything that is compared.
pub(crate) struct Check<'a> {
    config: &'a Config,
    now: &'a Measurement,
    against: Option<&'a Against>,
    /// Whether all prompts are checked, not those of some files.
    is_whole: bool,
    prices: &'a PriceLists,
    comparison: BaseComparison<'a>,
}

/// Judges every budget, and reports. `files` are those to check, where some are named; `exit_zero` lets a budget
/// that is exceeded end in success.
pub(crate) fn check(
    config: &Config,
    mut now: Measurement,
    against: Option<&Against>,
    files: Option<&BTreeSet<PathBuf>>,
    exit_zero: bool,
    settings: &Settings,
) -> anyhow::Result<ExitStatus> {
    let mut errors = std::mem::take(&mut now.errors);
    let mut warnings = std::mem::take(&mut now.warnings);
    let base = against.map(|against| &against.baseline);
    let prices = now.prices_with(base);
    let current = now.prompts.iter().map(Measured::current).collect();
    let comparison = BaseComparison::new(current, base, &prices, files.is_none());
    let check = Check {
        config,
        now: &now,
        against,
        is_whole: files.is_none(),
        prices: &prices,
        comparison,
    };
    let mut results = check.results(&mut errors);
    let total_budgets = check.total_budgets().unwrap_or_else(|error| {
        errors.push(error);
        Vec::new()
    });
    let budgets = results.iter().map(|result| result.budgets.len()).sum::<usize>();
    if budgets + total_budgets.len() == 0 && errors.is_empty() {
        if check.is_whole {
            let message = "no budget is declared, so that nothing is checked";
            let error = Error::new(ErrorKind::Usage, message).in_source(&config.name);
            errors.push(error.hint("add one, such as max_prompt_tokens = \"8k\" under [budget]"));
        } else {
            warnings.push("none of these files is a prompt of the configuration".to_owned());
        }
    }
    output::problems(&errors, settings);
    warnings.extend(against.and_then(|against| against.warning.clone()));
    if against.is_none() && results.iter().any(CheckResult::has_unjudged_growth) {
        warnings.push(
            "`max_increase` is not judged, because there is nothing to compare with: name a base with \
             --base REF, or write base = \"origin/main\" in outlay.toml"
                .to_owned(),
        );
    }
    let models = now.prompts.iter();
    let models = models.filter_map(|prompt| settings.catalog.get(&prompt.kept.model));
    warnings.extend(lifecycle_warnings(&settings.catalog, models, settings.as_of));
    results.sort_by(|a: &CheckResult, b| {
        (&a.prompt, &a.input, &a.model).cmp(&(&b.prompt, &b.input, &b.model))
    });
    let total = check.total(&results, total_budgets);
    let worst = if total.fail > 0 && !exit_zero { Verdict::Fail } else { Verdict::Pass };
    let answered = Answered::new(results, errors, warnings);
    Answered { total: Some(total), verdict: worst, ..answered }.finish(settings)
}

impl Check<'_> {
    /// Every prompt with its budgets; a budget that cannot be measured goes to the errors.
    fn results(&self, errors: &mut Vec<Error>) -> Vec<CheckResult> {
        let mut budgets = BTreeMap::new();
        let mut results = Vec::new();
        for measured in &self.now.prompts {
            let declared = budgets.entry(measured.declared).or_insert_with(|| {
                self.config.budgets(&self.config.file.prompt[measured.declared].get_ref().budget)
            });
            let rows = self.rows(measured, declared, errors);
            results.push(self.result(measured, rows));
        }
        results
    }

    /// The budgets of a prompt, the worst first.
    fn rows(
        &self,
        measured: &Measured,
        budgets: &[Declared],
        errors: &mut Vec<Error>,
    ) -> Vec<BudgetRow> {
        let before = self.comparison.base_side(measured.current());
        let spot = driver(measured, self.text_on_base(measured));
        let mut rows = Vec::new();
        for declared in budgets {
            match evaluate(&declared.budget, &measured.kept, self.prices, before) {
                Ok(checked) => rows.push(self.row(declared, &checked, &spot, Some(measured))),
                Err(error) => {
                    let error = measured.refused.clone().unwrap_or(error);
                    errors.push(error.in_source(&measured.input));
                }
            }
        }
        rows.sort_by(|a, b| b.verdict.cmp(&a.verdict).then(b.used.total_cmp(&a.used)));
        rows
    }

    fn result(&self, measured: &Measured, budgets: Vec<BudgetRow>) -> CheckResult {
        let kept = &measured.kept;
        let base = self.comparison.before(measured.current());
        let list = self.prices.get(&kept.model).map(Vec::as_slice).unwrap_or_default();
        let old = self.against.map(|against| &against.baseline.prices);
        let both = base.zip(old);
        CheckResult {
            prompt: kept.prompt.clone(),
            input: measured.input.clone(),
            model: kept.model.clone(),
            fidelity: measured.fidelity,
            prompt_tokens_range: measured.range.map(|range| range.tokens),
            room_range: measured.range.map(|range| range.room),
            cost_usd_range: measured.range.and_then(|range| range.cost),
            cost_usd: Costs::of(|of| kept.size.cost(list, of)),
            monthly_cost_usd: kept
                .size
                .calls_per_month
                .map(|_| Costs::of(|of| kept.size.monthly_cost(list, of))),
            before: base.map(|base| base.size.clone()),
            before_model: base.map(|b| b.model.clone()).filter(|model| *model != kept.model),
            drift: both.and_then(|(base, old)| Drift::of_call((base, old), (kept, self.prices))),
            monthly_drift: both
                .and_then(|(base, old)| Drift::of_month((base, old), (kept, self.prices))),
            size: kept.size.clone(),
            budgets,
            assumptions: measured.assumptions.clone(),
        }
    }

    fn text_on_base(&self, measured: &Measured) -> Option<&Arc<SourceText>> {
        self.against?.texts.get(&measured.source.name)
    }

    fn row(
        &self,
        declared: &Declared,
        checked: &BudgetResult,
        spot: &Annotation,
        measured: Option<&Measured>,
    ) -> BudgetRow {
        let places = [spot.clone(), self.config.spot(&declared.span, "the budget")];
        let input = measured.map(|measured| measured.input.as_str());
        BudgetRow::new(&declared.budget, checked, input, places)
    }

    /// The budgets of all prompts together; some files alone have none.
    fn total_budgets(&self) -> Result<Vec<BudgetRow>, Error> {
        if !self.is_whole {
            return Ok(Vec::new());
        }
        let cost = |prompt: &&Measured| {
            prompt.kept.size.monthly_cost(self.prices.get(&prompt.kept.model)?, Bound::Expected)
        };
        let dearest = self.now.prompts.iter().max_by_key(cost);
        let mut rows = Vec::new();
        for declared in self.config.total_budgets() {
            let Limit::MaxMonthlyCost(of, _) = declared.budget.limit else { continue };
            let checked = self
                .comparison
                .judge_month(&declared.budget, of)
                .map_err(|error| self.config.placed(error, &declared.span))?;
            let Some(dearest) = dearest else { continue };
            let spot = driver(dearest, self.text_on_base(dearest));
            let label = format!("{}, of the prompt that costs most", spot.label);
            rows.push(self.row(&declared, &checked, &Annotation { label, ..spot }, None));
        }
        Ok(rows)
    }

    fn total(&self, results: &[CheckResult], total_budgets: Vec<BudgetRow>) -> CheckTotal {
        let rows = || results.iter().flat_map(|result| &result.budgets).chain(&total_budgets);
        let count = |verdict| rows().filter(|row| row.verdict == verdict).count();
        let comparison = &self.comparison;
        let has_calls = comparison.has_calls();
        CheckTotal {
            config: self.config.name.clone(),
            prompts: results.len(),
            budgets: rows().count(),
            pass: count(Verdict::Pass),
            warn: count(Verdict::Warn),
            fail: count(Verdict::Fail),
            monthly_cost_usd: has_calls.then(|| Costs::of(|of| comparison.monthly_cost(of))),
            base: self.against.map(|against| BaseRef {
                name: against.name.clone(),
                as_of: against.baseline.as_of,
                same_catalog: against.baseline.catalog_digest == self.now.catalog.digest(),
                catalog_digest: against.baseline.catalog_digest.clone(),
                removed: comparison.removed(),
                renamed: comparison.renamed(),
            }),
            drift: comparison.drift(false),
            monthly_drift: if has_calls { comparison.drift(true) } else { None },
            total_budgets,
        }
    }
}
