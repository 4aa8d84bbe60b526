//! What is measured now beside what the base measured: which prompt is which, and what became of the costs.

use std::collections::BTreeSet;

use super::baseline::{Baseline, BaselineEntry};
use super::budget::Budget;
use super::call_estimate::{Bound, CallEstimate};
use super::drift::Drift;
use super::evaluation::{BaseSide, BudgetResult};
use super::quantity::Quantity;
use crate::billing::PriceLists;
use crate::forecast::{CostPart, cost_of_sum};
use crate::units::Money;
use crate::{Error, ErrorKind};

/// A prompt of now.
#[derive(Debug, Clone, Copy)]
pub struct Current<'a> {
    /// What was measured of it.
    pub entry: &'a BaselineEntry,
    /// Whether it is measured for this model alone, so that another model on the base is a change of it.
    pub alone: bool,
}

/// The prompts of now, beside those of a base where there is one.
#[derive(Debug)]
pub struct BaseComparison<'a> {
    now: Vec<Current<'a>>,
    base: Option<&'a Baseline>,
    /// The prices of now, of every model in use on either side.
    prices: &'a PriceLists,
    /// The prompts of the base that are not among those of now.
    gone: Vec<&'a BaselineEntry>,
    /// Whether these are all prompts, not those of some files.
    is_whole: bool,
}

impl<'a> BaseComparison<'a> {
    /// Finds what is gone. `is_whole` says whether these are all prompts, not those of some files: of the
    /// rest of the base nothing is known then.
    #[must_use]
    pub fn new(
        now: Vec<Current<'a>>,
        base: Option<&'a Baseline>,
        prices: &'a PriceLists,
        is_whole: bool,
    ) -> Self {
        let gone = match base.filter(|_| is_whole) {
            Some(base) => base.gone_from(now.iter().map(|current| current.entry)),
            None => Vec::new(),
        };
        Self { now, base, prices, gone, is_whole }
    }

    /// The prompt on the base, if there is one.
    #[must_use]
    pub fn before(&self, current: Current<'_>) -> Option<&'a BaselineEntry> {
        self.base?.find(current.entry, current.alone, &self.gone)
    }

    /// The prompt and the prices of the base, as a budget is judged by them.
    #[must_use]
    pub fn base_side(&self, current: Current<'_>) -> BaseSide<'a> {
        match self.base {
            Some(base) => BaseSide::On { kept: self.before(current), prices: &base.prices },
            None => BaseSide::Nothing,
        }
    }

    /// Whether a prompt declares its calls, so that a month has a cost.
    #[must_use]
    pub fn has_calls(&self) -> bool {
        self.now.iter().any(|current| declares_calls(current.entry))
    }

    /// The cost of a month over all prompts that declare their calls; `None` when one is not known.
    #[must_use]
    pub fn monthly_cost(&self, of: Bound) -> Option<Money> {
        month(self.now.iter().map(|current| current.entry), self.prices, of)
    }

    /// The verdict on a budget of the cost of a month over all prompts.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] where no prompt declares its calls, or the cost of one is not known.
    pub fn judge_month(&self, budget: &Budget, of: Bound) -> Result<BudgetResult, Error> {
        let refuse = |why: &str, hint: &str| {
            let message = format!("the total of `max_monthly_cost` cannot be measured: {why}");
            Error::new(ErrorKind::Usage, message).hint(hint)
        };
        if !self.has_calls() {
            let hint = "write calls = \"20k/month\" under [call]";
            return Err(refuse("no prompt declares its calls", hint));
        }
        let measured = self.monthly_cost(of).ok_or_else(|| {
            let hint = "declare `visible`, with `reasoning` for a model that reasons";
            refuse("the cost of a prompt is not known", hint)
        })?;
        let weigh = |money: Money| budget.weigh(Quantity::from(money));
        let on_base = |prices: &PriceLists| {
            let cost = month(&self.base?.prompts, prices, of)?;
            Some(weigh(cost))
        };
        let repriced = on_base(self.prices);
        let original = self.base.and_then(|base| on_base(&base.prices));
        Ok(BudgetResult::of_total(budget, weigh(measured), repriced, original, self.base.is_some()))
    }

    /// What became of the cost of every prompt together, new and removed ones included; `None` when a cost
    /// is not known. Prompts that declare no calls have no part in that of a month.
    #[must_use]
    pub fn drift(&self, of_month: bool) -> Option<Drift> {
        let then = self.base?;
        let counts = |kept: &BaselineEntry| !of_month || declares_calls(kept);
        let cost = |prices: &PriceLists, kept: &BaselineEntry| {
            let cost = if of_month { CallEstimate::monthly_cost } else { CallEstimate::cost };
            cost(&kept.size, prices.get(&kept.model)?, Bound::Expected)
        };
        let both = if of_month { Drift::of_month } else { Drift::of_call };
        let new = |now: Money| Drift::one_sided(None, Some(now));
        let gone = |was: Money| Drift::one_sided(Some(was), None);
        let mut matched = BTreeSet::new();
        let mut drifts = Vec::new();
        for current in &self.now {
            let (kept, old) = (current.entry, self.before(*current));
            matched.extend(old.map(BaselineEntry::key));
            match (old.filter(|old| counts(old)), counts(kept)) {
                (Some(old), true) => drifts.push(both((old, &then.prices), (kept, self.prices))),
                (Some(old), false) => drifts.push(cost(&then.prices, old).map(gone)),
                (None, true) => drifts.push(cost(self.prices, kept).map(new)),
                (None, false) => {}
            }
        }
        let left = then
            .prompts
            .iter()
            .filter(|old| self.is_whole && counts(old) && !matched.contains(&old.key()));
        drifts.extend(left.map(|old| cost(&then.prices, old).map(gone)));
        drifts.into_iter().reduce(|sum, drift| Some(sum?.plus(drift?))).flatten()
    }

    /// Prompts that have another file or name than on the base, as `old → new`.
    #[must_use]
    pub fn renamed(&self) -> Vec<String> {
        let followed = self.followed().into_iter().filter(|(from, to)| from.input != to.input);
        let mut renamed: Vec<String> =
            followed.map(|(from, to)| format!("{} → {}", from.input, to.input)).collect();
        renamed.dedup();
        if self.is_whole { renamed } else { Vec::new() }
    }

    /// Files of prompts that the base has and that are gone.
    #[must_use]
    pub fn removed(&self) -> Vec<String> {
        let followed = self.followed();
        let sources: BTreeSet<_> =
            followed.iter().map(|(from, _)| (&from.prompt, &from.input)).collect();
        let is_left = |old: &&&BaselineEntry| !sources.contains(&(&old.prompt, &old.input));
        let mut removed: Vec<String> =
            self.gone.iter().filter(is_left).map(|old| old.input.clone()).collect();
        removed.dedup();
        removed
    }

    /// Every prompt of now with that of the base.
    fn followed(&self) -> Vec<(&'a BaselineEntry, &'a BaselineEntry)> {
        let pair = |current: &Current<'a>| Some((self.before(*current)?, current.entry));
        self.now.iter().filter_map(pair).collect()
    }
}

fn declares_calls(kept: &BaselineEntry) -> bool {
    kept.size.calls_per_month.is_some()
}

/// The cost of a month over these prompts. The p95 is that of the sum: what is not known of the work moves all
/// prompts together, and what calls differ among themselves does not. Where one of them is a conversation, or a
/// baseline did not keep what that takes, the p95s are added up, which is no less.
fn month<'e>(
    prompts: impl IntoIterator<Item = &'e BaselineEntry>,
    prices: &PriceLists,
    of: Bound,
) -> Option<Money> {
    let counted: Vec<_> = prompts.into_iter().filter(|kept| declares_calls(kept)).collect();
    if of == Bound::P95 {
        let part = |kept: &&BaselineEntry| kept.size.monthly_part(prices.get(&kept.model)?);
        let parts: Option<Vec<CostPart>> = counted.iter().map(part).collect();
        if let Some(parts) = parts {
            return cost_of_sum(&parts.iter().collect::<Vec<_>>()).p95;
        }
    }
    counted.iter().map(|kept| kept.size.monthly_cost(prices.get(&kept.model)?, of)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(prompt: &str, input: &str, text: &str) -> BaselineEntry {
        BaselineEntry {
            prompt: prompt.into(),
            input: input.into(),
            model: "gpt-5".into(),
            text_digest: Some(BaselineEntry::digest_of(text)),
            size: CallEstimate::of_prompt(10),
        }
    }

    #[test]
    fn a_prompt_with_another_name_is_renamed_and_one_without_is_removed() {
        let base =
            [entry("a", "a.md", "one"), entry("b", "b.md", "two"), entry("c", "c.md", "three")];
        let day = jiff::civil::date(2026, 11, 22);
        let base = Baseline::new(day, String::new(), PriceLists::new(), base.to_vec());
        let now =
            [entry("a", "a.md", "one"), entry("b", "moved.md", "two"), entry("d", "d.md", "new")];
        let prices = PriceLists::new();
        let compared = |is_whole: bool| {
            let now = now.iter().map(|entry| Current { entry, alone: true }).collect();
            let comparison = BaseComparison::new(now, Some(&base), &prices, is_whole);
            assert!(!comparison.has_calls());
            (comparison.renamed(), comparison.removed())
        };
        assert_eq!(compared(true), (vec!["b.md → moved.md".to_owned()], vec!["c.md".to_owned()]));
        // Of some files alone nothing is known of the rest.
        assert_eq!(compared(false), (vec![], vec![]));
    }
}
