//! What `outlay check` answers with, as data.

use serde::Serialize;

use super::sentence::sentence;
use crate::budget::{Bound, Budget, BudgetResult, CallEstimate, ChangeStatus, Drift, Quantity};
use crate::catalog::Fidelity;
use crate::gate::{Level, Verdict};
use crate::report::diagnostic::Annotation;
use crate::units::{Money, Probability, TokenRange};
use crate::workload::{CostRange, RoomRange};

/// A place in a file, for JSON.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FilePlace {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

impl From<&Annotation> for FilePlace {
    fn from(spot: &Annotation) -> Self {
        Self { file: spot.file.clone(), line: spot.line, column: spot.column }
    }
}

/// One budget on one prompt.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BudgetRow {
    /// The key of the budget in `outlay.toml`.
    pub name: &'static str,
    /// Which end of the forecast is compared.
    pub of: Option<Bound>,
    /// `tokens`, `share` or `usd`.
    pub unit: &'static str,
    /// The limit.
    pub limit: Quantity,
    /// What was measured; null for growth of a prompt that the base does not have.
    pub measured: Option<Quantity>,
    /// What is left; negative beyond the limit.
    pub margin: Option<Quantity>,
    /// What the base measured, at its own prices.
    pub before: Option<Quantity>,
    /// What the gate says.
    pub verdict: Verdict,
    /// What the budget owes to the change since the base.
    pub standing: Option<ChangeStatus>,
    /// The consequence of exceeding it.
    pub level: Level,
    /// How far beyond the limit is only a warning, as a share of it.
    pub tolerance: Probability,
    /// Whether it is exceeded within the tolerance.
    pub tolerated: bool,
    /// What that means, in a sentence.
    pub message: String,
    /// What to change.
    pub help: Option<String>,
    /// The file that drives the number.
    pub file: String,
    /// The line that drives the number.
    pub line: usize,
    /// The character in it.
    pub column: usize,
    /// Where the budget is declared.
    pub declared_in: FilePlace,
    /// The share of the budget that is used, for sorting.
    #[serde(skip)]
    pub used: f64,
    /// What it limits, in words.
    #[serde(skip)]
    pub subject: &'static str,
    /// The line that drives the number, and the one of the budget.
    #[serde(skip)]
    pub annotations: [Annotation; 2],
}

impl BudgetRow {
    /// A budget as it was judged, of one input or of all prompts; `places` are the line that drives the number
    /// and the one of the budget.
    pub(crate) fn new(
        budget: &Budget,
        checked: &BudgetResult,
        input: Option<&str>,
        places: [Annotation; 2],
    ) -> Self {
        let judged = checked.judged;
        let [spot, declared_at] = &places;
        Self {
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
            message: sentence(budget, checked, input),
            help: checked.advice.clone(),
            file: spot.file.clone(),
            line: spot.line,
            column: spot.column,
            declared_in: FilePlace::from(declared_at),
            used: judged.map_or(0.0, |judged| judged.used),
            subject: budget.limit.subject(),
            annotations: places,
        }
    }
}

/// The cost at every end of a forecast.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Costs {
    /// The mean.
    pub expected: Option<Money>,
    /// One in twenty is higher.
    pub p95: Option<Money>,
    /// None is higher.
    pub worst_case: Option<Money>,
}

impl Costs {
    /// The cost at each end.
    pub(crate) fn of(cost: impl Fn(Bound) -> Option<Money>) -> Self {
        Self {
            expected: cost(Bound::Expected),
            p95: cost(Bound::P95),
            worst_case: cost(Bound::WorstCase),
        }
    }
}

/// One prompt for one model, with its budgets.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CheckResult {
    /// The name of the prompt in `outlay.toml`.
    pub prompt: String,
    /// The file, or `file:line`.
    pub input: String,
    /// The model.
    pub model: String,
    /// How sure the prompt tokens are.
    pub fidelity: Fidelity,
    /// Its tokens.
    pub size: CallEstimate,
    /// The cost of a call.
    pub cost_usd: Costs,
    /// The cost of a month's calls, where their number is declared.
    pub monthly_cost_usd: Option<Costs>,
    /// Its tokens on the base.
    pub before: Option<CallEstimate>,
    /// The model on the base, where it was another.
    pub before_model: Option<String>,
    /// What became of the cost of a call since the base.
    pub drift: Option<Drift>,
    /// What became of the cost of a month, where its calls are declared on both sides.
    pub monthly_drift: Option<Drift>,
    /// Its budgets, the worst first.
    pub budgets: Vec<BudgetRow>,
    /// What was assumed.
    pub assumptions: Vec<String>,
    /// Between what and what the prompt tokens lie, where they are an estimate and that is known.
    pub prompt_tokens_range: Option<TokenRange>,
    /// The room over that range, and whether the cap may not fit it.
    pub room_range: Option<RoomRange>,
    /// The cost of a call over that range: what is expected, or the worst case where nothing is.
    pub cost_usd_range: Option<CostRange>,
}

impl CheckResult {
    /// Whether it has a budget of growth that there is nothing to measure by.
    pub(crate) fn has_unjudged_growth(&self) -> bool {
        self.budgets.iter().any(|row| row.name == "max_increase" && row.measured.is_none())
    }

    /// What reports call it.
    pub(crate) fn subject(&self) -> String {
        if self.prompt == self.input {
            format!("{} · {}", self.input, self.model)
        } else {
            format!("{} · {} · {}", self.prompt, self.input, self.model)
        }
    }
}
