//! The answer of `outlay diff`.

use jiff::civil::Date;
use serde::Serialize;

use super::envelope::{Answer, Report};
use super::page::{Block, Page, Table, Tone, plural};
use super::recorded::{Item, Recorded};
use crate::gate::Drift;
use crate::units::{Money, Tokens};

/// What happened to a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Its tokens, its costs or its model changed.
    Changed,
}

/// A value on both sides; nothing where a side does not have it.
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
pub struct SideRef {
    /// The file or the git ref.
    pub name: String,
    /// The date of its prices.
    pub as_of: Date,
    /// The digest of its catalogue.
    pub catalog_digest: String,
}

impl From<&Recorded> for SideRef {
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
    pub then: SideRef,
    /// The second.
    pub now: SideRef,
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
        let mut pairs: Vec<(Option<&Item>, Option<&Item>)> = now
            .items
            .iter()
            .map(|item| (counterpart(&then.items, item, &now.items), Some(item)))
            .collect();
        let gone =
            then.items.iter().filter(|item| counterpart(&now.items, item, &then.items).is_none());
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
fn counterpart<'a>(side: &'a [Item], item: &Item, own: &[Item]) -> Option<&'a Item> {
    let same = |other: &Item| other.prompt == item.prompt && other.input == item.input;
    let mut candidates = side.iter().filter(|other| same(other));
    let exact = candidates.clone().find(|other| other.model == item.model);
    let alone = own.iter().filter(|other| same(other)).count() == 1;
    exact.or_else(|| match (candidates.next(), candidates.next()) {
        (Some(only), None) if alone => Some(only),
        _ => None,
    })
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

impl Answer for DiffResult {
    const COMMAND: &'static str = "diff";
    const HEADING: &'static str = "What changed";
    const COLUMNS: &'static [&'static str] = &[
        "prompt",
        "input",
        "model",
        "before_model",
        "change",
        "prompt_tokens.then",
        "prompt_tokens.now",
        "cost_usd.then",
        "cost_usd.now",
        "calls_cost_usd.then",
        "calls_cost_usd.now",
        "drift.of",
        "drift.then_usd",
        "drift.then_at_new_prices_usd",
        "drift.now_at_old_prices_usd",
        "drift.now_usd",
        "drift.price_drift_usd",
        "drift.prompt_drift_usd",
    ];
    type Total = DiffTotal;

    fn page(report: &Report<Self>) -> Page {
        let mut page = Page::default();
        let Some(total) = &report.total else { return page };
        page.title(format!("{} → {}", side(&total.then), side(&total.now)));
        if !report.results.is_empty() {
            page.table(table(&report.results, total));
        }
        let line = sentence(report, total);
        let tone = if report.results.is_empty() { Tone::Good } else { Tone::Plain };
        page.line(tone, line);
        page
    }

    fn comment(report: &Report<Self>) -> Page {
        let mut page = Self::page(report);
        page.blocks.insert(0, Block::Tag("outlay-diff"));
        page
    }
}

fn side(side: &SideRef) -> String {
    format!("{} (prices of {})", side.name, side.as_of)
}

fn table(results: &[DiffResult], total: &DiffTotal) -> Table {
    let mut table = Table::new(&[
        ">prompt",
        ">change",
        ">a call",
        ">by prompts",
        ">by prices",
        ">all calls",
        ">change",
        "model",
        "<input",
    ]);
    let tokens = |tokens: Option<Tokens>| tokens.map(|t| t.to_string()).unwrap_or_default();
    let money = |money: Option<Money>| money.map(Money::for_people).unwrap_or_default();
    let drifted = |drift: Option<Drift>, f: fn(&Drift) -> Option<Money>| {
        drift.as_ref().and_then(f).map(signed_money).unwrap_or_default()
    };
    for result in results {
        let model = match &result.before_model {
            Some(before) => format!("{before} → {}", result.model),
            None => result.model.clone(),
        };
        table.row([
            tokens(result.prompt_tokens.now),
            growth(result.prompt_tokens, result.change),
            money(result.cost_usd.now),
            drifted(result.drift, |drift| drift.prompt_drift_usd),
            drifted(result.drift, |drift| drift.price_drift_usd),
            money(result.calls_cost_usd.now),
            change(result.calls_cost_usd),
            model,
            result.input.clone(),
        ]);
    }
    table.strong_row([
        tokens(total.prompt_tokens.now),
        growth(total.prompt_tokens, Change::Changed),
        money(total.cost_usd.now),
        drifted(total.drift, |drift| drift.prompt_drift_usd),
        drifted(total.drift, |drift| drift.price_drift_usd),
        money(total.calls_cost_usd.now),
        change(total.calls_cost_usd),
        String::new(),
        "total".to_owned(),
    ]);
    table
}

/// An amount with its sign, plus included.
pub(super) fn signed_money(money: Money) -> String {
    let sign = if money > Money::ZERO { "+" } else { "" };
    format!("{sign}{}", money.for_people())
}

/// What all calls cost more or less.
fn change(cost: Both<Money>) -> String {
    if cost.then.is_none() && cost.now.is_none() {
        return String::new();
    }
    signed_money(cost.now.unwrap_or_default() - cost.then.unwrap_or_default())
}

fn growth(tokens: Both<Tokens>, change: Change) -> String {
    match (tokens.then.unwrap_or_default(), tokens.now.unwrap_or_default(), change) {
        (_, _, Change::Added) => "new".to_owned(),
        (then, _, Change::Removed) => format!("gone, {then}"),
        (then, now, _) if now > then => format!("+{}", now.saturating_sub(then)),
        (then, now, _) if now < then => format!("-{}", then.saturating_sub(now)),
        _ => "0".to_owned(),
    }
}

fn sentence(report: &Report<DiffResult>, total: &DiffTotal) -> String {
    let unchanged = plural(total.unchanged as u64, "prompt");
    if report.results.is_empty() {
        return format!("nothing differs: {unchanged}");
    }
    let count = |change| report.results.iter().filter(|result| result.change == change).count();
    let told: Vec<_> = [
        (count(Change::Changed), "changed"),
        (count(Change::Added), "added"),
        (count(Change::Removed), "removed"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, what)| format!("{} {what}", Tokens::new(n as u64)))
    .collect();
    let what = format!("{}, {} unchanged", told.join(", "), Tokens::new(total.unchanged as u64));
    match (total.calls_cost_usd, total.cost_usd) {
        (Both { then: Some(then), now: Some(now) }, _) => {
            format!(
                "{what}; all calls: {} → {}, {}",
                then.for_people(),
                now.for_people(),
                signed_money(now - then)
            )
        }
        (_, Both { then: Some(then), now: Some(now) }) => {
            format!(
                "{what}; one call of each: {} → {}, {}",
                then.for_people(),
                now.for_people(),
                signed_money(now - then)
            )
        }
        _ => what,
    }
}
