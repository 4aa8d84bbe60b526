//! The result of `outlay diff`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::side::{Item, Recorded};
use crate::budget::Drift;
use crate::units::{Money, Tokens};

/// What happened to a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is new.
    Added,
    /// It was removed.
    Removed,
    /// Its tokens, its costs or its model changed.
    Changed,
}

/// A value on both sides; null where a side does not have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Both<T> {
    /// In the first.
    pub then: Option<T>,
    /// In the second.
    pub now: Option<T>,
}

/// A prompt that differs.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DiffResult {
    /// The name of the prompt, where it has one.
    pub prompt: Option<String>,
    /// The file, `file:line`, or `declared amounts`.
    pub input: String,
    /// The model, in the second where it has one.
    pub model: String,
    /// The model in the first, where it was another.
    pub before_model: Option<String>,
    /// What happened.
    pub change: Change,
    /// Prompt tokens, at their high end.
    pub prompt_tokens: Both<Tokens>,
    /// The expected cost of a call, or its worst case.
    pub cost_usd: Both<Money>,
    /// The same of all calls that are declared.
    pub calls_cost_usd: Both<Money>,
    /// What prices and prompts did, where both sides keep tokens and prices.
    pub drift: Option<Drift>,
}

/// A side of the comparison.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DiffSide {
    /// The file or the git ref.
    pub name: String,
    /// The date of its prices.
    pub as_of: Date,
    /// The digest of its catalogue.
    pub catalog_digest: String,
}

impl From<&Recorded> for DiffSide {
    fn from(side: &Recorded) -> Self {
        let Recorded { name, as_of, catalog_digest, .. } = side;
        Self { name: name.clone(), as_of: *as_of, catalog_digest: catalog_digest.clone() }
    }
}

/// Both sides together.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DiffTotal {
    /// The first.
    pub then: DiffSide,
    /// The second.
    pub now: DiffSide,
    /// Prompts that are the same on both sides.
    pub unchanged: usize,
    /// Prompt tokens, one call each.
    pub prompt_tokens: Both<Tokens>,
    /// One call each, where every prompt of a side has a cost.
    pub cost_usd: Both<Money>,
    /// All calls that are declared.
    pub calls_cost_usd: Both<Money>,
    /// What prices and prompts did to one call each.
    pub drift: Option<Drift>,
}

impl DiffResult {
    /// What differs between two sides, and their totals.
    #[must_use]
    pub fn of(then: &Recorded, now: &Recorded) -> (Vec<Self>, DiffTotal) {
        let (before, after) = (Prompts::of(&then.items), Prompts::of(&now.items));
        let mut pairs: Vec<(Option<&Item>, Option<&Item>)> =
            now.items.iter().map(|item| (counterpart(&before, item, &after), Some(item))).collect();
        let gone = then.items.iter().filter(|item| counterpart(&after, item, &before).is_none());
        pairs.extend(gone.map(|item| (Some(item), None)));
        let drifts: Vec<_> = pairs.iter().map(|pair| drift(*pair, then, now)).collect();
        let total_drift =
            drifts.iter().copied().reduce(|sum, drift| Some(sum?.plus(drift?))).flatten();
        let results: Vec<Self> =
            pairs.iter().zip(&drifts).filter_map(|(pair, drift)| changed(*pair, *drift)).collect();
        let both =
            |f: fn(&[Item]) -> Option<Money>| Both { then: f(&then.items), now: f(&now.items) };
        let tokens = |side: &Recorded| Some(side.items.iter().map(|item| item.prompt_tokens).sum());
        let total = DiffTotal {
            unchanged: pairs.len() - results.len(),
            prompt_tokens: Both { then: tokens(then), now: tokens(now) },
            cost_usd: both(|items| items.iter().map(|item| item.cost).sum()),
            calls_cost_usd: both(|items| {
                let declared: Vec<Money> =
                    items.iter().filter_map(|item| item.calls_cost).collect();
                (!declared.is_empty()).then(|| declared.into_iter().sum())
            }),
            drift: total_drift,
            then: then.into(),
            now: now.into(),
        };
        (results, total)
    }
}

/// The item of another side that is the same prompt: with the same model, or, where the prompt has one
/// model on both sides, with whatever model.
fn counterpart<'a>(side: &Prompts<'a>, item: &'a Item, own: &Prompts<'a>) -> Option<&'a Item> {
    let candidates = side.like(item);
    let exact = candidates.iter().find(|other| other.model == item.model);
    let only = || match candidates {
        [only] if own.like(item).len() == 1 => Some(only),
        _ => None,
    };
    exact.or_else(only).copied()
}

/// The items of a side by their prompt and input.
struct Prompts<'a>(BTreeMap<(Option<&'a str>, &'a str), Vec<&'a Item>>);

impl<'a> Prompts<'a> {
    fn of(items: &'a [Item]) -> Self {
        let mut prompts = Self(BTreeMap::new());
        for item in items {
            prompts.0.entry((item.prompt.as_deref(), &item.input)).or_default().push(item);
        }
        prompts
    }

    /// Those of the same prompt and input.
    fn like(&self, item: &'a Item) -> &[&'a Item] {
        let key = (item.prompt.as_deref(), item.input.as_str());
        self.0.get(&key).map(Vec::as_slice).unwrap_or_default()
    }
}

fn drift(pair: (Option<&Item>, Option<&Item>), then: &Recorded, now: &Recorded) -> Option<Drift> {
    let (old, new) = (then.prices.as_ref()?, now.prices.as_ref()?);
    match pair {
        (Some(before), Some(after)) => {
            Drift::of_call((before.kept.as_ref()?, old), (after.kept.as_ref()?, new))
        }
        (before, after) => {
            let cost = before.or(after)?.cost?;
            Some(Drift::one_sided(before.map(|_| cost), after.map(|_| cost)))
        }
    }
}

fn changed(pair: (Option<&Item>, Option<&Item>), drift: Option<Drift>) -> Option<DiffResult> {
    let (then, now) = pair;
    let item = now.or(then)?;
    let both =
        |f: fn(&Item) -> Option<Money>| Both { then: then.and_then(f), now: now.and_then(f) };
    let result = DiffResult {
        prompt: item.prompt.clone(),
        input: item.input.clone(),
        model: item.model.clone(),
        before_model: then.map(|then| then.model.clone()).filter(|model| *model != item.model),
        change: match pair {
            (Some(_), Some(_)) => Change::Changed,
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
        },
        prompt_tokens: Both {
            then: then.map(|item| item.prompt_tokens),
            now: now.map(|item| item.prompt_tokens),
        },
        cost_usd: both(|item| item.cost),
        calls_cost_usd: both(|item| item.calls_cost),
        drift,
    };
    let same = result.change == Change::Changed
        && result.before_model.is_none()
        && result.prompt_tokens.then == result.prompt_tokens.now
        && result.cost_usd.then == result.cost_usd.now
        && result.calls_cost_usd.then == result.calls_cost_usd.now;
    (!same).then_some(result)
}
