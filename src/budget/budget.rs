//! A budget, and what a measured prompt makes of it.

use super::call_estimate::{Bound, CallEstimate};
use super::quantity::Quantity;
use crate::catalog::Rates;
use crate::gate::Level;
use crate::gate::Verdict;
use crate::units::{Count, Money, Probability, Tokens};
use crate::{Error, ErrorKind};

/// What a budget limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// The prompt tokens of a call, at their high end.
    MaxPromptTokens(Tokens),
    /// What must fit after the prompt.
    MinRoom(Tokens),
    /// The probability that an answer is cut off.
    MaxLengthRisk(Probability),
    /// The cost of a call.
    MaxCostPerCall(Bound, Money),
    /// The cost of a month's calls.
    MaxMonthlyCost(Bound, Money),
    /// The cost of a task: of a whole conversation, its agents included.
    MaxTaskCost(Bound, Money),
    /// Requests of a task, of which one in twenty has more.
    MaxSteps(Count),
    /// The probability that the window is full before a task is done.
    MaxWindowRisk(Probability),
    /// The growth since the base, at equal prices: of the prompt tokens or of the expected cost of a
    /// call, whichever is larger. 0.05 is 5 %.
    MaxIncrease(Probability),
}

impl Limit {
    /// The key of the budget in `outlay.toml`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MaxPromptTokens(_) => "max_prompt_tokens",
            Self::MinRoom(_) => "min_room",
            Self::MaxLengthRisk(_) => "max_length_risk",
            Self::MaxCostPerCall(..) => "max_cost_per_call",
            Self::MaxMonthlyCost(..) => "max_monthly_cost",
            Self::MaxTaskCost(..) => "max_task_cost",
            Self::MaxSteps(_) => "max_steps",
            Self::MaxWindowRisk(_) => "max_window_risk",
            Self::MaxIncrease(_) => "max_increase",
        }
    }

    /// What it limits, in words.
    #[must_use]
    pub const fn subject(self) -> &'static str {
        match self {
            Self::MaxPromptTokens(_) => "prompt tokens",
            Self::MinRoom(_) => "room",
            Self::MaxLengthRisk(_) => "length risk",
            Self::MaxCostPerCall(Bound::Expected, _) => "expected cost of a call",
            Self::MaxCostPerCall(Bound::P95, _) => "p95 cost of a call",
            Self::MaxCostPerCall(Bound::WorstCase, _) => "worst-case cost of a call",
            Self::MaxMonthlyCost(Bound::Expected, _) => "expected cost of a month",
            Self::MaxMonthlyCost(Bound::P95, _) => "p95 cost of a month",
            Self::MaxMonthlyCost(Bound::WorstCase, _) => "worst-case cost of a month",
            Self::MaxTaskCost(Bound::Expected, _) => "expected cost of a task",
            Self::MaxTaskCost(Bound::P95, _) => "p95 cost of a task",
            Self::MaxTaskCost(Bound::WorstCase, _) => "worst-case cost of a task",
            Self::MaxSteps(_) => "p95 of the steps of a task",
            Self::MaxWindowRisk(_) => "risk of a full window",
            Self::MaxIncrease(_) => "growth since the base",
        }
    }

    /// The end of the forecast it looks at, where it has a choice.
    #[must_use]
    pub const fn bound(self) -> Option<Bound> {
        match self {
            Self::MaxCostPerCall(of, _)
            | Self::MaxMonthlyCost(of, _)
            | Self::MaxTaskCost(of, _) => Some(of),
            _ => None,
        }
    }

    /// The limit itself.
    #[must_use]
    pub fn quantity(self) -> Quantity {
        match self {
            Self::MaxPromptTokens(tokens) | Self::MinRoom(tokens) => tokens.into(),
            Self::MaxLengthRisk(share) | Self::MaxIncrease(share) | Self::MaxWindowRisk(share) => {
                Quantity::Share(share.get())
            }
            Self::MaxCostPerCall(_, money)
            | Self::MaxMonthlyCost(_, money)
            | Self::MaxTaskCost(_, money) => money.into(),
            Self::MaxSteps(steps) => {
                Quantity::Steps(i64::try_from(steps.get()).unwrap_or(i64::MAX))
            }
        }
    }

    /// Whether more is better.
    #[must_use]
    pub const fn is_floor(self) -> bool {
        matches!(self, Self::MinRoom(_))
    }
}

/// A limit that a gate enforces.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// What it limits.
    pub limit: Limit,
    /// The consequence of exceeding it.
    pub level: Level,
    /// How far beyond the limit is only a warning, as a share of the limit.
    pub tolerance: Probability,
}

/// A budget, judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation {
    /// What was measured.
    pub measured: Quantity,
    /// What is left; negative beyond the limit.
    pub margin: Quantity,
    /// Whether the limit is exceeded.
    pub exceeded: bool,
    /// What the gate says, bases aside.
    pub verdict: Verdict,
    /// Beyond the limit, but within the tolerance.
    pub tolerated: bool,
    /// The share of the budget that is used; above 1 it is exceeded.
    pub used: f64,
}

impl Budget {
    /// Measures a prompt and judges it; `None` for growth since a base that does not have the prompt.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with what to declare, when the budget cannot be measured.
    pub fn judge(
        &self,
        size: &CallEstimate,
        prices: &[Rates],
        base: Base<'_>,
    ) -> Result<Option<Evaluation>, Error> {
        Ok(self.measure(size, prices, base)?.map(|measured| self.weigh(measured)))
    }

    fn measure(
        &self,
        size: &CallEstimate,
        prices: &[Rates],
        base: Base<'_>,
    ) -> Result<Option<Quantity>, Error> {
        let unknown = |hint: &str| {
            let message = format!("`{}` cannot be measured", self.limit.name());
            Err(Error::new(ErrorKind::Usage, message).hint(hint))
        };
        match self.limit {
            Limit::MaxPromptTokens(_) => Ok(Some(size.prompt_tokens.high.into())),
            Limit::MinRoom(_) => Ok(Some(size.room.into())),
            Limit::MaxLengthRisk(_) => match size.length_risk {
                Some(risk) => Ok(Some(Quantity::Share(risk.get()))),
                None => unknown(DECLARE),
            },
            Limit::MaxCostPerCall(of, _) | Limit::MaxTaskCost(of, _) => {
                match size.cost(prices, of) {
                    Some(cost) => Ok(Some(cost.into())),
                    None => unknown(DECLARE),
                }
            }
            Limit::MaxSteps(_) => match size.steps() {
                Some(steps) => {
                    Ok(Some(Quantity::Steps(i64::try_from(steps.get()).unwrap_or(i64::MAX))))
                }
                None => unknown(RENEW),
            },
            Limit::MaxWindowRisk(_) => match size.window_risk() {
                Some(risk) => Ok(Some(Quantity::Share(risk.get()))),
                None => unknown(RENEW),
            },
            Limit::MaxMonthlyCost(of, _) => match size.monthly_cost(prices, of) {
                Some(cost) => Ok(Some(cost.into())),
                None if size.calls_per_month.is_none() => {
                    unknown("declare how many calls there are, such as `calls = \"20k/month\"`")
                }
                None if size.conversation.is_some() && of != Bound::Expected => unknown(RENEW),
                None => unknown(DECLARE),
            },
            Limit::MaxIncrease(_) => match base {
                Base::None => unknown("name what to compare with: --base REF or --baseline FILE"),
                Base::Without => Ok(None),
                Base::With { size: before, prices: theirs } => {
                    Ok(Some(Quantity::Share(growth(size, prices, before, theirs))))
                }
            },
        }
    }

    /// Judges a measured amount.
    #[must_use]
    pub fn weigh(&self, measured: Quantity) -> Evaluation {
        let limit = self.limit.quantity();
        // A hair more, so that 0.1 of 10 is 1.
        let band = self.tolerance.get() + 1e-9;
        let (margin, exceeded, tolerated, used) = if self.limit.is_floor() {
            let tolerated = ratio(measured, limit) >= 1.0 - band;
            (measured.minus(limit), measured < limit, tolerated, ratio(limit, measured))
        } else {
            let used = ratio(measured, limit);
            (limit.minus(measured), measured > limit, used <= 1.0 + band, used)
        };
        let tolerated = exceeded && tolerated;
        let verdict = match (exceeded, tolerated) {
            (false, _) => Verdict::Pass,
            (true, true) => self.level.verdict().min(Verdict::Warn),
            (true, false) => self.level.verdict(),
        };
        Evaluation { measured, margin, exceeded, verdict, tolerated, used }
    }
}

/// The prompt as it was before, if anything is known about before.
#[derive(Debug, Clone, Copy)]
pub enum Base<'a> {
    /// There is nothing to compare with.
    None,
    /// The base does not have this prompt.
    Without,
    /// The prompt on the base.
    With {
        /// What it was.
        size: &'a CallEstimate,
        /// What its model costs now.
        prices: &'a [Rates],
    },
}

const DECLARE: &str = "nothing is known about the completions: declare `visible`, with `reasoning` for a model \
                       that reasons, or name a `profile`";

const RENEW: &str = "the baseline is of an earlier version: write it again with --update-baseline";

fn ratio(part: Quantity, whole: Quantity) -> f64 {
    let (part, whole) = (part.as_f64(), whole.as_f64());
    if part <= 0.0 {
        0.0
    } else if whole <= 0.0 {
        f64::INFINITY
    } else {
        part / whole
    }
}

/// Relative growth of the prompt tokens or of the expected cost of a call, the larger of the two.
fn growth(size: &CallEstimate, prices: &[Rates], before: &CallEstimate, theirs: &[Rates]) -> f64 {
    let relative = |now: f64, then: f64| match then {
        0.0 if now > 0.0 => f64::INFINITY,
        0.0 => 0.0,
        then => now / then - 1.0,
    };
    let tokens = relative(size.prompt_tokens.high.as_f64(), before.prompt_tokens.high.as_f64());
    let costs = size.cost(prices, Bound::Expected).zip(before.cost(theirs, Bound::Expected));
    let cost = costs.map(|(now, then)| relative(now.as_f64(), then.as_f64()));
    cost.map_or(tokens, |cost| cost.max(tokens))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn budget(limit: Limit, level: Level, tolerance: f64) -> Budget {
        Budget { limit, level, tolerance: Probability::clamped(tolerance) }
    }

    #[test]
    fn the_limit_itself_is_met() {
        let most = budget(Limit::MaxPromptTokens(Tokens::new(100)), Level::Fail, 0.1);
        let least = budget(Limit::MinRoom(Tokens::new(100)), Level::Fail, 0.1);
        for (tokens, at_most, at_least) in [
            (89, Verdict::Pass, Verdict::Fail),
            (90, Verdict::Pass, Verdict::Warn),
            (100, Verdict::Pass, Verdict::Pass),
            (110, Verdict::Warn, Verdict::Pass),
            (111, Verdict::Fail, Verdict::Pass),
        ] {
            let measured = Quantity::Tokens(tokens);
            assert_eq!(most.weigh(measured).verdict, at_most, "{tokens}");
            assert_eq!(least.weigh(measured).verdict, at_least, "{tokens}");
        }
        let nothing = budget(Limit::MaxPromptTokens(Tokens::ZERO), Level::Fail, 1.0);
        assert_eq!(nothing.weigh(Quantity::Tokens(1)).verdict, Verdict::Fail);
    }

    #[test]
    fn what_was_nothing_grows_without_bound() {
        let growth = |now: u64, then: u64| {
            growth(&CallEstimate::of_prompt(now), &[], &CallEstimate::of_prompt(then), &[])
        };
        for (now, then, wanted) in [(1, 0, f64::INFINITY), (0, 0, 0.0), (3, 2, 0.5), (0, 2, -1.0)] {
            assert!(growth(now, then).total_cmp(&wanted).is_eq(), "{now} after {then}");
        }
    }

    proptest! {
        #[test]
        fn more_is_never_better_than_less(limit in 0..10_000_u64, a in 0..20_000_i64, more in 0..20_000_i64, tolerance in 0.0..1.0) {
            let most = budget(Limit::MaxPromptTokens(Tokens::new(limit)), Level::Fail, tolerance);
            let least = budget(Limit::MinRoom(Tokens::new(limit)), Level::Fail, tolerance);
            let (low, high) = (Quantity::Tokens(a), Quantity::Tokens(a + more));
            prop_assert!(most.weigh(low).verdict <= most.weigh(high).verdict);
            prop_assert!(most.weigh(low).used <= most.weigh(high).used);
            prop_assert!(least.weigh(low).verdict >= least.weigh(high).verdict);
        }
    }
}
