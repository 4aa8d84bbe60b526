//! The budgets of a configuration on what was measured, with the base in mind.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::billing::PriceLists;
use crate::budget::{
    BaseSide, Baseline, BaselineEntry, Bound, BudgetResult, CallEstimate, ChangeStatus, Drift,
    Evaluation, Limit, Quantity, evaluate,
};
use crate::cli::commands::check::base::Against;
use crate::cli::commands::check::cost_driver::driver;
use crate::cli::commands::check::measurement::{Measured, Measurement, SourceText, prices};
use crate::cli::config::resolve::{Config, Declared};
use crate::cli::exit_status::ExitStatus;
use crate::cli::output::{self, Answered};
use crate::cli::settings::Settings;
use crate::gate::Verdict;
use crate::report::{Annotation, BaseRef, BudgetRow, CheckResult, CheckTotal, Costs, PlaceRef};
use crate::units::Money;
use crate::workload::lifecycle_warnings;
use crate::{Error, ErrorKind};

/// Everything that is compared.
pub(crate) struct Check<'a> {
    pub(crate) config: &'a Config,
    pub(crate) now: Measurement,
    pub(crate) against: Option<Against>,
    /// The files to check, where some are named.
    pub(crate) files: Option<&'a BTreeSet<PathBuf>>,
    /// Whether a budget that is exceeded ends in success.
    pub(crate) exit_zero: bool,
    /// The prompts of the base that are gone, once they were asked for.
    pub(crate) gone: OnceCell<Vec<BaselineEntry>>,
}

impl Check<'_> {
    /// Judges every budget, and reports.
    pub(crate) fn finish(mut self, settings: &Settings) -> anyhow::Result<ExitStatus> {
        let prices = self.prices();
        let mut results = Vec::new();
        let mut errors = std::mem::take(&mut self.now.errors);
        let mut budgets = BTreeMap::new();
        for measured in &self.now.prompts {
            let declared = budgets.entry(measured.declared).or_insert_with(|| {
                self.config.budgets(&self.config.file.prompt[measured.declared].get_ref().budget)
            });
            let result = self.result(measured, declared, &prices, &mut errors);
            results.push(result);
        }
        let declared = results.iter().map(|result| result.budgets.len()).sum::<usize>();
        let total_budgets = match self.total_budgets(&prices) {
            Ok(rows) => rows,
            Err(error) => {
                errors.push(error);
                Vec::new()
            }
        };
        if declared + total_budgets.len() == 0 && errors.is_empty() {
            if self.files.is_none() {
                let error = Error::new(
                    ErrorKind::Usage,
                    "no budget is declared, so that nothing is checked",
                );
                let error = error.in_source(&self.config.name);
                errors
                    .push(error.hint("add one, such as max_prompt_tokens = \"8k\" under [budget]"));
            } else {
                self.now
                    .warnings
                    .push("none of these files is a prompt of the configuration".to_owned());
            }
        }
        output::problems(&errors, settings);
        let models = self.now.prompts.iter();
        let models = models.filter_map(|prompt| settings.catalog.get(&prompt.kept.model));
        let mut warnings = std::mem::take(&mut self.now.warnings);
        warnings.extend(self.against.as_ref().and_then(|against| against.warning.clone()));
        if self.against.is_none() && results.iter().any(CheckResult::has_unjudged_growth) {
            warnings.push(
                "`max_increase` is not judged, because there is nothing to compare with: name a base with \
                 --base REF, or write base = \"origin/main\" in outlay.toml"
                    .to_owned(),
            );
        }
        warnings.extend(lifecycle_warnings(&settings.catalog, models, settings.as_of));
        results.sort_by(|a: &CheckResult, b| {
            (&a.prompt, &a.input, &a.model).cmp(&(&b.prompt, &b.input, &b.model))
        });
        let total = self.total(&results, total_budgets, &prices);
        let worst = if total.fail > 0 && !self.exit_zero { Verdict::Fail } else { Verdict::Pass };
        let answered = Answered::new(results, errors, warnings);
        Answered { total: Some(total), verdict: worst, ..answered }.finish(settings)
    }

    /// The prices of now, of every model in use on either side.
    fn prices(&self) -> PriceLists {
        let here = self.now.prompts.iter().map(|prompt| prompt.kept.model.as_str());
        let there = self.against.iter().flat_map(|against| &against.baseline.prompts);
        let models = here.chain(there.map(|kept| kept.model.as_str()));
        prices(&self.now.catalog, self.now.as_of, models)
    }

    /// The prompts of the base that are not among those of now; none where some files alone are checked.
    fn gone(&self, against: &Against) -> &[BaselineEntry] {
        self.gone.get_or_init(|| {
            let all = self.files.is_none();
            let gone = all.then(|| against.baseline.gone_from(&self.now.baseline()));
            gone.unwrap_or_default().into_iter().cloned().collect()
        })
    }

    fn before(&self, measured: &Measured) -> BaseSide<'_> {
        let Some(against) = &self.against else { return BaseSide::Nothing };
        let gone = self.gone(against);
        let kept = against.baseline.find(&measured.kept, measured.alone, gone);
        BaseSide::On { kept, prices: &against.baseline.prices }
    }

    /// A prompt with its budgets; a budget that cannot be measured goes to the errors.
    fn result(
        &self,
        measured: &Measured,
        budgets: &[Declared],
        prices: &PriceLists,
        errors: &mut Vec<Error>,
    ) -> CheckResult {
        let kept = &measured.kept;
        let before = self.before(measured);
        let base = match before {
            BaseSide::On { kept, .. } => kept,
            BaseSide::Nothing => None,
        };
        let mut rows = Vec::new();
        let spot = driver(measured, self.text_on_base(measured));
        for declared in budgets {
            match evaluate(&declared.budget, kept, prices, before) {
                Ok(checked) => rows.push(self.row(declared, &checked, &spot, Some(measured))),
                Err(error) => {
                    let error = measured.refused.clone().unwrap_or(error);
                    errors.push(error.in_source(&measured.input));
                }
            }
        }
        rows.sort_by(|a, b| b.verdict.cmp(&a.verdict).then(b.used.total_cmp(&a.used)));
        let list = prices.get(&kept.model).map(Vec::as_slice).unwrap_or_default();
        let old = self.against.as_ref().map(|against| &against.baseline.prices);
        CheckResult {
            prompt: kept.prompt.clone(),
            input: measured.input.clone(),
            model: kept.model.clone(),
            fidelity: measured.fidelity,
            prompt_tokens_range: measured.range.map(|range| range.tokens),
            room_range: measured.range.map(|range| range.room),
            cost_usd_range: measured.range.and_then(|range| range.cost),
            cost_usd: costs(|of| kept.size.cost(list, of)),
            monthly_cost_usd: kept
                .size
                .calls_per_month
                .map(|_| costs(|of| kept.size.monthly_cost(list, of))),
            before: base.map(|base| base.size.clone()),
            before_model: base.map(|b| b.model.clone()).filter(|model| *model != kept.model),
            drift: base
                .zip(old)
                .and_then(|(base, old)| Drift::of_call((base, old), (kept, prices))),
            monthly_drift: base
                .zip(old)
                .and_then(|(base, old)| Drift::of_month((base, old), (kept, prices))),
            size: kept.size.clone(),
            budgets: rows,
            assumptions: measured.assumptions.clone(),
        }
    }

    fn text_on_base(&self, measured: &Measured) -> Option<&Arc<SourceText>> {
        self.against.as_ref()?.texts.get(&measured.source.name)
    }

    fn row(
        &self,
        declared: &Declared,
        checked: &BudgetResult,
        spot: &Annotation,
        measured: Option<&Measured>,
    ) -> BudgetRow {
        let budget = &declared.budget;
        let judged = checked.judged;
        let declared_at = self.config.spot(&declared.span, "the budget");
        BudgetRow {
            name: budget.limit.name(),
            of: budget.limit.bound(),
            unit: budget.limit.quantity().unit(),
            limit: budget.limit.quantity(),
            measured: judged.map(|judged| judged.measured),
            margin: judged.map(|judged| judged.margin),
            before: checked.before,
            verdict: checked.verdict,
            standing: checked.standing,
            level: budget.level,
            tolerance: budget.tolerance,
            tolerated: judged.is_some_and(|judged| judged.tolerated),
            message: message(declared, checked, measured),
            help: checked.advice.clone(),
            file: spot.file.clone(),
            line: spot.line,
            column: spot.column,
            declared_in: PlaceRef::from(&declared_at),
            used: judged.map_or(0.0, |judged| judged.used),
            subject: budget.limit.subject(),
            annotations: [spot.clone(), declared_at],
        }
    }

    fn total_budgets(&self, prices: &PriceLists) -> Result<Vec<BudgetRow>, Error> {
        // Some files alone have no total.
        if self.files.is_some() {
            return Ok(Vec::new());
        }
        let now = self.now.baseline();
        let cost = |prompt: &&Measured| {
            prompt.kept.size.monthly_cost(prices.get(&prompt.kept.model)?, Bound::Expected)
        };
        let dearest = self.now.prompts.iter().max_by_key(cost);
        let mut rows = Vec::new();
        for declared in self.config.total_budgets() {
            let Limit::MaxMonthlyCost(of, _) = declared.budget.limit else { continue };
            let refuse = |why: &str, hint: &str| {
                let message = format!("the total of `max_monthly_cost` cannot be measured: {why}");
                Err(self.config.refuse(&declared.span, message).hint(hint))
            };
            if now.prompts.iter().all(|kept| kept.size.calls_per_month.is_none()) {
                return refuse(
                    "no prompt declares its calls",
                    "write calls = \"20k/month\" under [call]",
                );
            }
            let Some(measured) = month(&now, prices, of) else {
                return refuse(
                    "the cost of a prompt is not known",
                    "declare `visible`, with `reasoning` for a model that reasons",
                );
            };
            let weigh = |money: Money| declared.budget.weigh(Quantity::from(money));
            let judged = weigh(measured);
            let repriced = self.against.as_ref().and_then(|a| month(&a.baseline, prices, of));
            let original =
                self.against.as_ref().and_then(|a| month(&a.baseline, &a.baseline.prices, of));
            let checked = BudgetResult::of_total(
                &declared.budget,
                judged,
                repriced.map(weigh),
                original.map(weigh),
                self.against.is_some(),
            );
            let Some(dearest) = dearest else { continue };
            let spot = driver(dearest, self.text_on_base(dearest));
            let spot = Annotation {
                label: format!("{}, of the prompt that costs most", spot.label),
                ..spot
            };
            rows.push(self.row(&declared, &checked, &spot, None));
        }
        Ok(rows)
    }

    fn total(
        &self,
        results: &[CheckResult],
        total_budgets: Vec<BudgetRow>,
        prices: &PriceLists,
    ) -> CheckTotal {
        let rows = || results.iter().flat_map(|result| &result.budgets).chain(&total_budgets);
        let count = |verdict| rows().filter(|row| row.verdict == verdict).count();
        let now = self.now.baseline();
        let has_calls = now.prompts.iter().any(|kept| kept.size.calls_per_month.is_some());
        let drifts = |of_month: bool| self.drift(prices, of_month);
        CheckTotal {
            config: self.config.name.clone(),
            prompts: results.len(),
            budgets: rows().count(),
            pass: count(Verdict::Pass),
            warn: count(Verdict::Warn),
            fail: count(Verdict::Fail),
            monthly_cost_usd: has_calls.then(|| costs(|of| month(&now, prices, of))),
            base: self.against.as_ref().map(|against| self.base(against)),
            drift: drifts(false),
            monthly_drift: if has_calls { drifts(true) } else { None },
            total_budgets,
        }
    }

    /// The drift of every prompt together, new and removed ones included; `None` when a cost is not
    /// known. Prompts that declare no calls have no part in that of a month.
    fn drift(&self, prices: &PriceLists, of_month: bool) -> Option<Drift> {
        let then = &self.against.as_ref()?.baseline;
        let counts = |kept: &BaselineEntry| !of_month || kept.size.calls_per_month.is_some();
        let cost = |prices: &PriceLists, kept: &BaselineEntry| {
            let cost = if of_month { CallEstimate::monthly_cost } else { CallEstimate::cost };
            cost(&kept.size, prices.get(&kept.model)?, Bound::Expected)
        };
        let both = if of_month { Drift::of_month } else { Drift::of_call };
        let new = |now: Money| Drift::one_sided(None, Some(now));
        let gone = |was: Money| Drift::one_sided(Some(was), None);
        let mut matched = BTreeSet::new();
        let mut drifts = Vec::new();
        for measured in &self.now.prompts {
            let kept = &measured.kept;
            let old = match self.before(measured) {
                BaseSide::On { kept: Some(old), .. } => Some(old),
                _ => None,
            };
            matched.extend(old.map(|old| (&old.prompt, &old.input, &old.model)));
            match (old.filter(|old| counts(old)), counts(kept)) {
                (Some(old), true) => drifts.push(both((old, &then.prices), (kept, prices))),
                (Some(old), false) => drifts.push(cost(&then.prices, old).map(gone)),
                (None, true) => drifts.push(cost(prices, kept).map(new)),
                (None, false) => {}
            }
        }
        let left = then.prompts.iter().filter(|old| {
            let known = (&old.prompt, &old.input, &old.model);
            self.files.is_none() && counts(old) && !matched.contains(&known)
        });
        drifts.extend(left.map(|old| cost(&then.prices, old).map(gone)));
        drifts.into_iter().reduce(|sum, drift| Some(sum?.plus(drift?))).flatten()
    }

    fn base(&self, against: &Against) -> BaseRef {
        let then = &against.baseline;
        let gone = self.gone(against);
        let followed: Vec<(&BaselineEntry, &BaselineEntry)> = self
            .now
            .prompts
            .iter()
            .filter_map(|now| Some((then.find(&now.kept, now.alone, gone)?, &now.kept)))
            .collect();
        let sources: BTreeSet<_> =
            followed.iter().map(|(from, _)| (&from.prompt, &from.input)).collect();
        let is_followed = |old: &&BaselineEntry| sources.contains(&(&old.prompt, &old.input));
        let mut removed: Vec<String> =
            gone.iter().filter(|old| !is_followed(old)).map(|old| old.input.clone()).collect();
        removed.dedup();
        let mut renamed: Vec<String> = followed
            .iter()
            .filter(|(from, to)| from.input != to.input)
            .map(|(from, to)| format!("{} → {}", from.input, to.input))
            .collect();
        renamed.dedup();
        BaseRef {
            name: against.name.clone(),
            as_of: then.as_of,
            catalog_digest: then.catalog_digest.clone(),
            same_catalog: then.catalog_digest == self.now.catalog.digest(),
            removed: if self.files.is_none() { removed } else { Vec::new() },
            renamed: if self.files.is_none() { renamed } else { Vec::new() },
        }
    }
}

/// The cost of a month over all prompts that declare their calls; `None` when one is not known.
fn month(side: &Baseline, prices: &PriceLists, of: Bound) -> Option<Money> {
    let counted = side.prompts.iter().filter(|kept| kept.size.calls_per_month.is_some());
    counted.map(|kept| kept.size.monthly_cost(prices.get(&kept.model)?, of)).sum()
}

fn costs(cost: impl Fn(Bound) -> Option<Money>) -> Costs {
    Costs {
        expected: cost(Bound::Expected),
        p95: cost(Bound::P95),
        worst_case: cost(Bound::WorstCase),
    }
}

/// What a budget says, in a sentence.
fn message(declared: &Declared, checked: &BudgetResult, measured: Option<&Measured>) -> String {
    let limit = declared.budget.limit;
    let what = match measured {
        Some(measured) => format!("{} of `{}`", limit.subject(), measured.input),
        None => format!("{} of all prompts", limit.subject()),
    };
    let Some(judged) = checked.judged else {
        return format!("{what}: a new prompt, which has not grown");
    };
    let Evaluation { measured: amount, tolerated, .. } = judged;
    let quantity = limit.quantity();
    let bar = if limit.is_floor() { "at least" } else { "at most" };
    if !judged.exceeded {
        return format!("{what}: {amount}, within the budget of {bar} {quantity}");
    }
    let mut message = format!("{what}: {amount}, and the budget is {bar} {quantity}");
    if tolerated {
        message.push_str(&format!(" (within the tolerance of {})", declared.budget.tolerance));
    }
    let before = checked.before.map(|before| before.to_string()).unwrap_or_default();
    match checked.standing {
        Some(ChangeStatus::New) if before.is_empty() => message.push_str("; new here"),
        Some(ChangeStatus::New) => message.push_str(&format!("; {before} on the base")),
        Some(ChangeStatus::Worse) => message.push_str(&format!("; {before} on the base already")),
        Some(ChangeStatus::Known) => {
            message.push_str(&format!("; so on the base already ({before})"));
        }
        Some(ChangeStatus::Price) => {
            message.push_str(&format!("; by prices alone, it was {before} on the base"));
        }
        Some(ChangeStatus::Fixed) | None => {}
    }
    message
}
