//! `outlay audit` for people.

use super::result::{AuditResult, AuditTotal, SpendSummary};
use crate::Error;
use crate::history::Unpriced;
use crate::report::answer::{Answer, Report};
use crate::report::document::{Document, Emphasis, Table, TableRow};
use crate::units::{Money, Probability, Tokens, grouped, plural};
use crate::workload::ProfileScore;

impl Answer for AuditResult {
    const COMMAND: &'static str = "audit";
    const HEADING: &'static str = "What was spent";
    const COLUMNS: &'static [&'static str] = &[
        "model",
        "day",
        "task",
        "calls",
        "prompt_tokens",
        "cached_tokens",
        "completion_tokens",
        "reasoning_tokens",
        "reasoning_unknown",
        "cost_usd",
        "lines",
        "truncated",
        "truncated_usd",
        "empty",
        "wasted_usd",
        "saved_usd",
        "unread_writes_usd",
        "ended",
        "usd_per_ended",
        "succeeded",
        "failed",
        "usd_per_success",
    ];
    type Total = AuditTotal;

    fn focus(report: &Report<Self>) -> Option<Result<String, Error>> {
        super::focus::rows(report.total.as_ref()?)
    }

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        let Some(total) = &report.total else { return document };
        if report.results.is_empty() && total.unpriced.is_empty() && total.logs.is_silent() {
            return document;
        }
        let days = match (total.from, total.to) {
            (Some(from), Some(to)) if from == to => format!(", {from}"),
            (Some(from), Some(to)) => format!(", {from} to {to}"),
            _ => String::new(),
        };
        let calls = plural(total.spend.calls, "call");
        let wasted = Some(total.spend.wasted_usd).filter(|wasted| *wasted > Money::ZERO);
        document.headline(
            total.spend.cost_usd.for_people(),
            format!("spent on {calls}{days}"),
            wasted.map_or_else(String::new, |money| {
                format!("{} of it wasted on empty answers", money.for_people())
            }),
        );
        document.title(format!(
            "{} in {}{days}",
            plural(total.spend.calls, "call"),
            plural(total.logs.logs, "log")
        ));
        if !report.results.is_empty() {
            groups(&mut document, &report.results, &total.spend);
            AuditResult::add_chart(&report.results, &mut document);
            lines(&mut document, &total.spend);
        }
        unpriced(&mut document, &total.unpriced);
        for score in &total.forecast {
            score.write(&mut document);
        }
        for sentence in ProfileScore::trust(&total.forecast) {
            document.line(Emphasis::Good, sentence);
        }
        for remark in total.logs.remarks() {
            document.line(Emphasis::Muted, remark);
        }
        if total.undated > 0 {
            let n = plural(total.undated, "call");
            document
                .line(Emphasis::Muted, format!("{n} without a day, priced as of {}", report.as_of));
        }
        conclusion(&mut document, total);
        document
    }
}

fn groups(document: &mut Document, results: &[AuditResult], total: &SpendSummary) {
    let key = |result: &AuditResult| {
        [result.day.map(|day| day.to_string()), result.model.clone(), result.task.clone()]
            .map(Option::unwrap_or_default)
    };
    let used: [bool; 3] = std::array::from_fn(|i| results.iter().any(|r| !key(r)[i].is_empty()));
    // Two keys leave no room for the shares of caching and reasoning.
    let is_narrow = used.iter().filter(|used| **used).count() > 1;
    let mut table = Table::default().numbers(["day"]).texts(["model", "task"]).numbers([
        "calls",
        "prompt",
        "cached",
        "completion",
        "reasoning",
        "cut off",
        "wasted",
        "cost",
        "succeeded",
        "per success",
        "per answer",
    ]);
    // What a task costs until it is done, failures included, matters where calls are grouped by task.
    let by_task = results.iter().any(|result| result.task.is_some());
    // The log's own marks say more than how answers ended.
    let is_marked = total.succeeded + total.failed > 0;
    let mut row = |keys: [String; 3], spend: &SpendSummary, strong: bool| {
        let shown_if = |shown: bool, text: String| if shown { text } else { String::new() };
        let figures = [
            grouped(spend.calls),
            spend.prompt_tokens.to_string(),
            shown_if(!is_narrow, share(spend.cached_tokens, spend.prompt_tokens)),
            spend.completion_tokens.to_string(),
            shown_if(!is_narrow, share(spend.reasoning_tokens, spend.completion_tokens)),
            shown_if(spend.truncated > 0, grouped(spend.truncated)),
            shown_if(spend.empty > 0, spend.wasted_usd.for_people()),
            spend.cost_usd.for_people(),
            shown_if(is_marked, grouped(spend.succeeded)),
            spend.usd_per_success.map(Money::for_people).unwrap_or_default(),
            spend
                .usd_per_ended
                .filter(|_| by_task && !is_marked)
                .map(Money::for_people)
                .unwrap_or_default(),
        ];
        table.rows.push(TableRow { cells: keys.into_iter().chain(figures).collect(), strong });
    };
    for result in results {
        row(key(result), &result.spend, false);
    }
    if results.len() > 1 {
        // The word stands in the first column that is there.
        let first = used.iter().position(|used| *used).unwrap_or(0);
        let word = |i| if i == first { "total".to_owned() } else { String::new() };
        row(std::array::from_fn(word), total, true);
    }
    document.table(table);
}

fn lines(document: &mut Document, total: &SpendSummary) {
    let mut table = Table::default().texts([""]).numbers(["tokens", "cost", "share"]);
    for line in
        total.lines.iter().filter(|line| line.tokens > Tokens::ZERO || line.cost_usd > Money::ZERO)
    {
        let part = Probability::clamped(line.cost_usd.as_f64() / total.cost_usd.as_f64());
        table.row([
            line.kind.label().to_owned(),
            line.tokens.to_string(),
            line.cost_usd.for_people(),
            part.to_string(),
        ]);
    }
    document.table(table);
}

fn unpriced(document: &mut Document, unpriced: &[Unpriced]) {
    if unpriced.is_empty() {
        return;
    }
    let mut table = Table::default()
        .texts(["without a price"])
        .numbers(["calls", "prompt", "completion"])
        .texts(["why"])
        .paths(["first"]);
    for row in unpriced {
        table.row([
            row.model.clone().unwrap_or_else(|| "no model".to_owned()),
            grouped(row.calls),
            row.prompt_tokens.to_string(),
            row.completion_tokens.to_string(),
            row.error.message().to_owned(),
            row.first.to_string(),
        ]);
    }
    document.table(table);
}

/// `, 15 %` for a part of an amount.
fn part_of(part: Money, whole: Money) -> String {
    let share = part.as_f64() / whole.as_f64();
    format!(", {}{}", if share < 0.0 { "-" } else { "" }, Probability::clamped(share.abs()))
}

/// A part of a whole as a percentage; nothing for no part.
fn share(part: Tokens, whole: Tokens) -> String {
    if part == Tokens::ZERO {
        return String::new();
    }
    Probability::clamped(part.as_f64() / whole.as_f64()).to_string()
}

fn conclusion(document: &mut Document, total: &AuditTotal) {
    let spend = &total.spend;
    if spend.saved_usd != Money::ZERO {
        let saved = spend.saved_usd.for_people();
        let cached = share(spend.cached_tokens, spend.prompt_tokens);
        let without = spend.cost_usd + spend.saved_usd;
        let part = part_of(spend.saved_usd, without);
        document.line(
            Emphasis::Plain,
            format!(
                "the cache held {cached} of the prompt tokens and saved {saved}{part} of the cost without it"
            ),
        );
    }
    if spend.unread_writes_usd > Money::ZERO {
        let wasted = spend.unread_writes_usd.for_people();
        let part = part_of(spend.unread_writes_usd, spend.cost_usd);
        document.line(
            Emphasis::Caution,
            format!(
                "more was written to the cache than read from it: at least {wasted}{part} of the cost, for nothing"
            ),
        );
    }
    if spend.truncated > 0 {
        let cut = plural(spend.truncated, "call");
        let empty = if spend.empty == 0 {
            "none of them empty".to_owned()
        } else {
            format!(
                "{} of them empty: {} wasted; `outlay calibrate` says which cap avoids that",
                grouped(spend.empty),
                spend.wasted_usd.for_people()
            )
        };
        let cost = spend.truncated_usd.for_people();
        document.line(Emphasis::Caution, format!("{cut} cut off, {cost} in all, {empty}"));
    }
    let calls: u64 = total.unpriced.iter().map(|row| row.calls).sum();
    let cost = spend.cost_usd.for_people();
    let mut without = Vec::new();
    if calls > 0 {
        without.push(plural(calls, "unpriced call"));
    }
    without.extend(
        total
            .lacking
            .iter()
            .map(|lacking| format!("`{}` of {}", lacking.what, plural(lacking.calls, "call"))),
    );
    if without.is_empty() {
        document.line(Emphasis::Good, format!("{cost} spent"));
    } else {
        const SHOWN: usize = 3;
        let others = without.len().saturating_sub(SHOWN);
        without.truncate(SHOWN);
        if others > 0 {
            without.push(format!("{others} more"));
        }
        let line = format!("{cost} spent, without {}", without.join(", "));
        document.line(Emphasis::Bad, line);
    }
}
