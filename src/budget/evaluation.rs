//! A budget on a prompt, with the base in mind: what is new here, and what was so before.

use serde::Serialize;

use super::baseline::BaselineEntry;
use super::budget::{Base, Budget, Evaluation, Limit};
use super::call_estimate::{Bound, CallEstimate};
use super::quantity::Quantity;
use crate::Error;
use crate::billing::{self, PriceLists};
use crate::catalog::Rates;
use crate::gate::Verdict;
use crate::logs::Usage;
use crate::units::Tokens;

/// What a budget that is exceeded, or no longer is, owes to the change since the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::Display, strum::IntoStaticStr)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum ChangeStatus {
    /// Exceeded here, and not on the base.
    New,
    /// Exceeded on the base already, and more so here.
    Worse,
    /// Exceeded on the base already, and not more so here: the change is not to blame.
    Known,
    /// Exceeded because prices changed: the base's own prompt exceeds it at the new prices.
    Price,
    /// Exceeded on the base, and no longer.
    Fixed,
}

impl ChangeStatus {
    /// In a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The prompts and prices of the base, or the lack of them.
#[derive(Debug, Clone, Copy)]
pub enum BaseSide<'a> {
    /// Nothing to compare with.
    Nothing,
    /// The base, which has the prompt or has not.
    On {
        /// The prompt on the base.
        kept: Option<&'a BaselineEntry>,
        /// The prices of the base.
        prices: &'a PriceLists,
    },
}

/// A budget, judged with the base in mind.
#[derive(Debug, Clone, PartialEq)]
pub struct BudgetResult {
    /// Now; `None` where there is no growth because the prompt is new.
    pub judged: Option<Evaluation>,
    /// What the base measured, at its own prices.
    pub before: Option<Quantity>,
    /// What it owes to the change.
    pub standing: Option<ChangeStatus>,
    /// The verdict of the gate: what the change did not cause is only a warning.
    pub verdict: Verdict,
    /// What to change, when the budget is exceeded.
    pub advice: Option<String>,
}

impl BudgetResult {
    /// A budget of all prompts together, judged now, on the base at the prices of now, and on the base at
    /// its own prices.
    #[must_use]
    pub fn of_total(
        budget: &Budget,
        judged: Evaluation,
        repriced: Option<Evaluation>,
        original: Option<Evaluation>,
        has_base: bool,
    ) -> Self {
        let standing = if has_base {
            standing(budget, &judged, repriced.as_ref(), original.as_ref())
        } else {
            None
        };
        let advice = judged.exceeded.then(|| {
            "shorten the prompts that cost most, make fewer calls, or take a cheaper model"
                .to_owned()
        });
        Self {
            judged: Some(judged),
            before: original.map(|judged| judged.measured),
            standing,
            verdict: excused(judged.verdict, standing),
            advice,
        }
    }
}

/// What the change did not cause is only a warning.
fn excused(verdict: Verdict, standing: Option<ChangeStatus>) -> Verdict {
    match standing {
        Some(ChangeStatus::Known | ChangeStatus::Price) => verdict.min(Verdict::Warn),
        _ => verdict,
    }
}

/// Judges a budget.
///
/// # Errors
/// When the budget cannot be measured; a gate fails closed.
pub fn evaluate(
    budget: &Budget,
    now: &BaselineEntry,
    prices: &PriceLists,
    before: BaseSide<'_>,
) -> Result<BudgetResult, Error> {
    let of = |prices: &'_ PriceLists, model: &str| prices.get(model).cloned().unwrap_or_default();
    let here = of(prices, &now.model);
    let (base, then) = match before {
        BaseSide::Nothing => (Base::None, None),
        BaseSide::On { kept: None, .. } => (Base::Without, None),
        BaseSide::On { kept: Some(kept), prices: old } => {
            let repriced = of(prices, &kept.model);
            (Base::Without, Some((kept, repriced, of(old, &kept.model))))
        }
    };
    let base = match &then {
        Some((kept, repriced, _)) => Base::With { size: &kept.size, prices: repriced },
        None => base,
    };
    // Growth is not judged where there is nothing to compare with; the report says so.
    let has_growth = matches!(budget.limit, Limit::MaxIncrease(_));
    let judged = match before {
        BaseSide::Nothing if has_growth => None,
        _ => budget.judge(&now.size, &here, base)?,
    };
    let Some(judged) = judged else {
        return Ok(BudgetResult {
            judged: None,
            before: None,
            standing: None,
            verdict: Verdict::Pass,
            advice: None,
        });
    };
    // If the base cannot be measured, treat the budget as met there, so the violation counts as new.
    let on_base = |prices: &[Rates]| {
        let (kept, ..) = then.as_ref()?;
        if matches!(budget.limit, Limit::MaxIncrease(_)) {
            return None;
        }
        budget.judge(&kept.size, prices, Base::Without).ok()?
    };
    let repriced = then.as_ref().and_then(|(_, repriced, _)| on_base(repriced));
    let original = then.as_ref().and_then(|(_, _, old)| on_base(old));
    let standing = match before {
        BaseSide::Nothing => None,
        BaseSide::On { .. } => standing(budget, &judged, repriced.as_ref(), original.as_ref()),
    };
    let verdict = excused(judged.verdict, standing);
    let advice = judged.exceeded.then(|| advice(budget, &judged, &now.size, &here)).flatten();
    let before = original.map(|judged| judged.measured);
    Ok(BudgetResult { judged: Some(judged), before, standing, verdict, advice })
}

fn standing(
    budget: &Budget,
    now: &Evaluation,
    repriced: Option<&Evaluation>,
    original: Option<&Evaluation>,
) -> Option<ChangeStatus> {
    let was = original.is_some_and(|judged| judged.exceeded);
    if !now.exceeded {
        return was.then_some(ChangeStatus::Fixed);
    }
    let Some(repriced) = repriced.filter(|judged| judged.exceeded) else {
        return Some(ChangeStatus::New);
    };
    let worse = if budget.limit.is_floor() {
        now.measured < repriced.measured
    } else {
        now.measured > repriced.measured
    };
    Some(match (worse, was) {
        (true, _) => ChangeStatus::Worse,
        (false, true) => ChangeStatus::Known,
        (false, false) => ChangeStatus::Price,
    })
}

/// What to change so that the budget is met, where that can be said.
fn advice(
    budget: &Budget,
    judged: &Evaluation,
    size: &CallEstimate,
    prices: &[Rates],
) -> Option<String> {
    let prompt = size.prompt_tokens.high;
    match budget.limit {
        Limit::MaxPromptTokens(limit) => {
            Some(format!("cut {} tokens from the prompt", prompt.saturating_sub(limit)))
        }
        Limit::MinRoom(_) => {
            let Quantity::Tokens(missing) = judged.margin else { return None };
            let missing = Tokens::new(missing.unsigned_abs());
            Some(if prompt < missing {
                format!(
                    "take a model with a larger output cap or window: {missing} more are needed"
                )
            } else {
                format!("cut {missing} tokens from the prompt, or take a model with more room")
            })
        }
        Limit::MaxLengthRisk(_) => Some(match size.cap {
            Some(cap) if cap < size.room => {
                format!("raise max_completion_tokens above {cap}; up to {} fit", size.room)
            }
            _ => "shorten the prompt, or ask for less: the whole room is in use".to_owned(),
        }),
        Limit::MaxCostPerCall(..) | Limit::MaxTaskCost(..) if size.conversation.is_some() => Some(
            "shorten what every step sends, return less from tools, or stop the loop at max_turn_usd"
                .to_owned(),
        ),
        Limit::MaxCostPerCall(of, limit) | Limit::MaxTaskCost(of, limit) => {
            cost_advice(of, size, prices, limit.as_f64())
        }
        Limit::MaxSteps(most) => Some(format!(
            "stop the loop with max_steps = {} in the scenario, or let a step call more tools",
            most.get()
        )),
        Limit::MaxWindowRisk(_) => Some(
            "return less from tools, summarise the history, or stop the loop at max_turn_tokens"
                .to_owned(),
        ),
        Limit::MaxMonthlyCost(of, limit) => {
            let calls = size.calls_per_month? as f64;
            let each = cost_advice(of, size, prices, limit.as_f64() / calls);
            let cost = size.cost(prices, Bound::Expected).filter(|_| of == Bound::Expected);
            let affordable = cost.map(|cost| whole(limit.as_f64() / cost.as_f64()));
            match (each, affordable) {
                (Some(each), Some(calls)) => Some(format!("{each}, or make {calls} calls a month")),
                (each, calls) => each.or(calls.map(|calls| format!("make {calls} calls a month"))),
            }
        }
        Limit::MaxIncrease(_) => {
            Some("take back some of what was added, or raise the budget on purpose".to_owned())
        }
    }
}

/// The whole number below an amount.
fn whole(amount: f64) -> Tokens {
    Tokens::from_f64(amount.floor())
}

/// How many prompt tokens to cut, or which cap to send, so that a call costs no more than `limit`.
fn cost_advice(of: Bound, size: &CallEstimate, prices: &[Rates], limit: f64) -> Option<String> {
    let prompt = match of {
        Bound::Expected => size.prompt_tokens.expected,
        Bound::P95 | Bound::WorstCase => size.prompt_tokens.high,
    };
    let rates = Rates::of(prices, size.tier, prompt)?;
    let cost = size.cost(prices, of)?.as_f64();
    let one = Tokens::new(1);
    let per_prompt_token = billing::cost(Usage::new(one, Tokens::ZERO), rates).as_f64();
    let per_output_token = billing::cost(Usage::new(Tokens::ZERO, one), rates).as_f64();
    let excess = cost - limit;
    let cut = excess / per_prompt_token;
    if per_prompt_token > 0.0 && cut < prompt.as_f64() {
        return Some(format!("cut {} tokens from the prompt", whole(cut.ceil())));
    }
    let (most, cap) = (size.completion_tokens?.worst_case.as_f64(), size.cap?.min(size.room));
    // Several answers share what is affordable.
    let answers = most / cap.as_f64();
    let affordable = whole((most - excess / per_output_token) / answers);
    if of == Bound::WorstCase && affordable > Tokens::ZERO {
        return Some(format!("send max_completion_tokens = {} or less", affordable.get()));
    }
    Some(
        "the completion alone costs more: take a cheaper model, or ask for shorter answers"
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Tier;
    use crate::forecast::Range;
    use crate::gate::Level;
    use crate::units::{Probability, Rate};

    /// 10 prompt tokens at 2 and 5 completion tokens at 6 dollars: 50 in all.
    #[test]
    fn a_part_of_the_prompt_is_cut_and_never_all_of_it() {
        let rate = |dollars: u64| Rate::from_picodollars_per_token(dollars * 1_000_000_000_000);
        let prices = [Rates::new(Tier::Standard, rate(2), rate(6))];
        let most = Tokens::new(5);
        let completion =
            Range { expected: Some(most), p5: Some(most), p95: Some(most), worst_case: most };
        let size = CallEstimate {
            completion_tokens: Some(completion),
            cap: Some(most),
            ..CallEstimate::of_prompt(10)
        };
        let advice = |of, limit| cost_advice(of, &size, &prices, limit).unwrap();
        assert_eq!(advice(Bound::Expected, 33.0), "cut 9 tokens from the prompt");
        assert!(advice(Bound::Expected, 30.0).starts_with("the completion alone"));
        assert_eq!(advice(Bound::WorstCase, 30.0), "send max_completion_tokens = 1 or less");
    }

    #[test]
    fn a_budget_owes_to_the_change_what_it_did_not_exceed_before() {
        use ChangeStatus::{Fixed, Known, New, Price, Worse};
        use Verdict::{Fail, Pass, Warn};
        let tolerance = Probability::clamped(0.0);
        let budget = |limit| Budget { limit, level: Level::Fail, tolerance };
        let most = budget(Limit::MaxPromptTokens(Tokens::new(100)));
        let least = budget(Limit::MinRoom(Tokens::new(100)));
        // Now, on the base at the prices of now, and on the base at its own prices.
        for (budget, now, repriced, original, standing, verdict) in [
            (most, 90, Some(90), Some(90), None, Pass),
            (most, 90, Some(120), Some(120), Some(Fixed), Pass),
            (most, 120, Some(90), Some(90), Some(New), Fail),
            (most, 120, None, None, Some(New), Fail),
            (most, 120, Some(110), Some(110), Some(Worse), Fail),
            (most, 120, Some(110), Some(90), Some(Worse), Fail),
            (most, 120, Some(120), Some(120), Some(Known), Warn),
            (most, 120, Some(130), Some(130), Some(Known), Warn),
            (most, 120, Some(120), Some(90), Some(Price), Warn),
            (least, 80, Some(90), Some(90), Some(Worse), Fail),
            (least, 80, Some(80), Some(80), Some(Known), Warn),
            (least, 80, Some(70), Some(110), Some(Price), Warn),
        ] {
            let weigh = |tokens| budget.weigh(Quantity::Tokens(tokens));
            let of_total = |has_base| {
                let (repriced, original) = (repriced.map(weigh), original.map(weigh));
                BudgetResult::of_total(&budget, weigh(now), repriced, original, has_base)
            };
            let found = of_total(true);
            assert_eq!((found.standing, found.verdict), (standing, verdict), "{now} {repriced:?}");
            assert_eq!(found.before, original.map(Quantity::Tokens));
            let alone = of_total(false);
            assert_eq!((alone.standing, alone.verdict), (None, weigh(now).verdict));
        }
        assert_eq!([New, Price, Fixed].map(ChangeStatus::name), ["new", "price", "fixed"]);
    }
}
