//! The budgets of a configuration on what was measured, with the base in mind.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::Error;
use crate::billing::PriceLists;
use crate::budget::{BaseComparison, Bound, BudgetResult, Drift, Limit, evaluate};
use crate::cli::commands::check::base::Against;
use crate::cli::commands::check::cost_driver::driver;
use crate::cli::commands::check::measurement::{Measured, Measurement};
use crate::cli::commands::check::sources::SourceText;
use crate::cli::config::resolve::{Config, Declared};
use crate::report::{Annotation, BudgetRow, CheckResult, Costs};

/// Everything that is compared.
pub(crate) struct Check<'a> {
    pub(crate) config: &'a Config,
    pub(crate) now: &'a Measurement,
    pub(crate) against: Option<&'a Against>,
    /// Whether all prompts are checked, not those of some files.
    pub(crate) is_whole: bool,
    pub(crate) prices: &'a PriceLists,
    pub(crate) comparison: BaseComparison<'a>,
}

impl Check<'_> {
    /// Hands on every prompt with its budgets, by name, file and model; a budget that cannot be measured goes to the
    /// errors, in the order in which prompts are declared.
    pub(crate) fn each(&self, errors: &mut Vec<Error>, mut take: impl FnMut(CheckResult)) {
        let mut by_name: Vec<usize> = (0..self.now.prompts.len()).collect();
        by_name.sort_by_key(|place| {
            let measured = &self.now.prompts[*place];
            (&measured.kept.prompt, measured.input(), &measured.kept.model)
        });
        let (mut budgets, mut unmeasured) = (BTreeMap::new(), Vec::new());
        for place in by_name {
            let measured = &self.now.prompts[place];
            let declared = budgets.entry(measured.declared).or_insert_with(|| {
                self.config.budgets(&self.config.file.prompt[measured.declared].get_ref().budget)
            });
            let mut errors = Vec::new();
            let rows = self.rows(measured, declared, &mut errors);
            unmeasured.extend(errors.into_iter().map(|error| (place, error)));
            take(self.result(measured, rows));
        }
        unmeasured.sort_by_key(|(place, _)| *place);
        errors.extend(unmeasured.into_iter().map(|(_, error)| error));
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
                    let error = measured.seen.refused.clone().unwrap_or(error);
                    errors.push(error.in_source(measured.input()));
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
            input: measured.input().to_owned(),
            model: kept.model.clone(),
            fidelity: measured.seen.fidelity,
            prompt_tokens_range: measured.seen.range.map(|range| range.tokens),
            room_range: measured.seen.range.map(|range| range.room),
            cost_usd_range: measured.seen.range.and_then(|range| range.cost),
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
            assumptions: measured.seen.assumptions.to_vec(),
        }
    }

    fn text_on_base(&self, measured: &Measured) -> Option<&Arc<SourceText>> {
        self.against?.texts.get(&measured.seen.source.name)
    }

    fn row(
        &self,
        declared: &Declared,
        checked: &BudgetResult,
        spot: &Annotation,
        measured: Option<&Measured>,
    ) -> BudgetRow {
        let places = [spot.clone(), self.config.spot(&declared.span, "the budget")];
        let input = measured.map(Measured::input);
        BudgetRow::new(&declared.budget, checked, input, places)
    }

    /// The budgets of all prompts together; some files alone have none.
    pub(crate) fn total_budgets(&self) -> Result<Vec<BudgetRow>, Error> {
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
}
