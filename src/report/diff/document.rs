//! `outlay diff` for people.

use super::result::{Both, Change, DiffResult, DiffSide, DiffTotal};
use crate::budget::Drift;
use crate::report::answer::{Answer, Report};
use crate::report::document::{Document, DocumentBlock, Emphasis, Table};
use crate::units::{Money, Tokens, grouped, plural};

impl Answer for DiffResult {
    const COMMAND: &'static str = "diff";
    const HEADING: &'static str = "What changed";
    const COLUMNS: &'static [&'static str] = &[
        "prompt",
        "input",
        "model",
        "before_model",
        "change",
        "prompt_tokens.{then,now}",
        "cost_usd.{then,now}",
        "calls_cost_usd.{then,now}",
        "drift.{of,then_usd,then_at_new_prices_usd,now_at_old_prices_usd,now_usd,price_drift_usd,model_drift_usd,prompt_drift_usd}",
    ];
    type Total = DiffTotal;

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        let Some(total) = &report.total else { return document };
        document.title(format!("{} → {}", side(&total.then), side(&total.now)));
        if !report.results.is_empty() {
            document.table(table(&report.results, total));
        }
        let line = sentence(report, total);
        let tone = if report.results.is_empty() { Emphasis::Good } else { Emphasis::Plain };
        document.line(tone, line);
        document
    }

    fn comment(report: &Report<Self>) -> Document {
        let mut document = Self::document(report);
        document.blocks.insert(0, DocumentBlock::Tag("outlay-diff"));
        document
    }
}

fn side(side: &DiffSide) -> String {
    format!("{} (prices of {})", side.name, side.as_of)
}

fn table(results: &[DiffResult], total: &DiffTotal) -> Table {
    let mut table = Table::default()
        .numbers([
            "prompt",
            "change",
            "a call",
            "by prompts",
            "by model",
            "by prices",
            "all calls",
            "change",
        ])
        .texts(["model"])
        .paths(["input"]);
    let tokens = |tokens: Option<Tokens>| tokens.map(|t| t.to_string()).unwrap_or_default();
    let money = |money: Option<Money>| money.map(Money::in_detail).unwrap_or_default();
    let drifted = |drift: Option<Drift>, f: fn(&Drift) -> Option<Money>| {
        drift.as_ref().and_then(f).map(signed_money).unwrap_or_default()
    };
    // Where no model changed there is no such column.
    let by_model = |drift: Option<Drift>| {
        let moved = drift.filter(|drift| drift.model_drift_usd != Some(Money::ZERO));
        drifted(moved, |drift| drift.model_drift_usd)
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
            by_model(result.drift),
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
        by_model(total.drift),
        drifted(total.drift, |drift| drift.price_drift_usd),
        money(total.calls_cost_usd.now),
        change(total.calls_cost_usd),
        String::new(),
        "total".to_owned(),
    ]);
    table
}

/// An amount with its sign, plus included.
pub(crate) fn signed_money(money: Money) -> String {
    let sign = if money > Money::ZERO { "+" } else { "" };
    format!("{sign}{}", money.in_detail())
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
    let unchanged = plural(total.unchanged, "prompt");
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
    .map(|(n, what)| format!("{} {what}", grouped(n)))
    .collect();
    let what = format!("{}, {} unchanged", told.join(", "), grouped(total.unchanged));
    match (total.calls_cost_usd, total.cost_usd) {
        (Both { then: Some(then), now: Some(now) }, _) => {
            format!(
                "{what}; all calls: {} → {}, {}",
                then.in_detail(),
                now.in_detail(),
                signed_money(now - then)
            )
        }
        (_, Both { then: Some(then), now: Some(now) }) => {
            format!(
                "{what}; one call of each: {} → {}, {}",
                then.in_detail(),
                now.in_detail(),
                signed_money(now - then)
            )
        }
        _ => what,
    }
}
