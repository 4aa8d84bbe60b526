//! `outlay calibrate` for people.

use super::result::{CalibrateResult, CalibrateTotal, CalibratedCap, Quantiles};
use crate::forecast::QuantileBounds;
use crate::history::LengthBin;
use crate::report::answer::{Answer, Report};
use crate::report::document::{Document, Emphasis, Table};
use crate::units::{Probability, Tokens, grouped, plural};

/// The width of the longest bar of a histogram, in characters.
const BAR: f64 = 40.0;

impl Answer for CalibrateResult {
    const COMMAND: &'static str = "calibrate";
    const HEADING: &'static str = "How long completions are";
    const COLUMNS: &'static [&'static str] = &[
        "model",
        "task",
        "n",
        "worth",
        "conversation_correlation",
        "mean_error",
        "with_more_calls",
        "censored",
        "censored_share",
        "reasoning_share",
        "quantiles.{p50.{tokens,low,high},p90.{tokens,low,high},p95.{tokens,low,high},p99.{tokens,low,high}}",
        "recommended",
        "histogram",
        "reasoning_histogram",
        "notes",
    ];
    type Total = CalibrateTotal;

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        let mut rest = report.results.as_slice();
        while let Some(first) = rest.first() {
            let end = rest.iter().position(|r| r.model != first.model).unwrap_or(rest.len());
            model(&mut document, &rest[..end]);
            if end < report.results.len() {
                caps_to_send(&mut document, &rest[end - 1]);
            }
            rest = &rest[end..];
        }
        if let Some(total) = &report.total {
            for remark in total.logs.remarks() {
                document.line(Emphasis::Muted, remark);
            }
            for left_out in &total.left_out {
                let n = plural(left_out.calls, "call");
                document.line(Emphasis::Muted, format!("{n} {} and are left out", left_out.reason));
            }
            for task in &total.tasks {
                document.line(Emphasis::Plain, task.sentence());
            }
            let n = plural(total.n, "completion");
            match &total.profile {
                Some(path) => document.line(
                    Emphasis::Muted,
                    format!("{n} written to {path}; use it with --profile {path}"),
                ),
                None if total.n > 0 => {
                    document.line(
                        Emphasis::Muted,
                        format!("{n}; --save profile.json keeps them for --profile"),
                    );
                }
                None => {}
            }
        }
        // The answer comes last on a terminal; those of several models are with their figures.
        let wholes = wholes(&report.results);
        if let [whole] = wholes.as_slice() {
            caps_to_send(&mut document, whole);
        }
        headline(&mut document, &wholes);
        document
    }
}

/// The whole of every model: its pooled tasks, or the only one.
fn wholes(results: &[CalibrateResult]) -> Vec<&CalibrateResult> {
    results.chunk_by(|a, b| a.model == b.model).filter_map(|tasks| tasks.last()).collect()
}

/// The answer: which cap the calls of a model allow.
fn caps_to_send(document: &mut Document, whole: &CalibrateResult) {
    // Caps for the same reason are one sentence.
    let alike = |a: &CalibratedCap, b: &CalibratedCap| a.reason == b.reason;
    for caps in whole.recommended.chunk_by(alike).rev() {
        let released = caps.iter().all(|cap| cap.reserve_released);
        let tone = if released { Emphasis::Good } else { Emphasis::Caution };
        let of = |cap: &CalibratedCap| {
            format!("{} for a length risk of {}", cap.max_completion_tokens, cap.risk)
        };
        let (first, others) = (&caps[0], &caps[1..]);
        let is_same =
            |cap: &CalibratedCap| cap.max_completion_tokens == first.max_completion_tokens;
        let others = others.iter().map(|cap| {
            if is_same(cap) { format!(" or {}", cap.risk) } else { format!(", {}", of(cap)) }
        });
        let all = of(first) + &others.collect::<String>();
        document.line(tone, format!("send {all}: {}", first.reason));
    }
}

/// The cap of the model that was called most.
fn headline(document: &mut Document, wholes: &[&CalibrateResult]) {
    // Of those that were called as often, the first.
    let Some(whole) = wholes.iter().rev().max_by_key(|whole| whole.n) else { return };
    let Some(cap) = whole.recommended.first() else { return };
    let called = match wholes.len() {
        1 => String::new(),
        models => format!(" (called most of {models} models)"),
    };
    document.headline(
        cap.max_completion_tokens.to_string(),
        format!("as the cap of {}{called}, for {} answers cut off", whole.model, cap.risk),
        cap.reason.clone(),
    );
}

/// The tasks of a model, and the whole of it: the pooled tasks, or the only one.
fn model(document: &mut Document, tasks: &[CalibrateResult]) {
    let Some(whole) = tasks.last() else { return };
    document.title(whole.model.clone());
    document.table(caps(tasks));
    if tasks.len() > 1 {
        document.table(quantiles(tasks));
    }
    for (note, names) in notes(tasks) {
        // The only task of a log needs no name.
        let tasks_of =
            if tasks.len() > 1 { format!("{}: ", names.join(", ")) } else { String::new() };
        document.line(Emphasis::Plain, format!("{tasks_of}{note}"));
    }
    histogram(document, &whole.histogram);
    whole.add_chart(document);
    bounds(document, &whole.quantiles);
}

/// Every note once, with the tasks that it is of.
fn notes(tasks: &[CalibrateResult]) -> Vec<(&str, Vec<&str>)> {
    let mut notes: Vec<(&str, Vec<&str>)> = Vec::new();
    for task in tasks {
        let name = task.task.as_deref().unwrap_or("all tasks pooled");
        for note in &task.notes {
            match notes.iter_mut().find(|(known, _)| known == note) {
                Some((_, names)) => names.push(name),
                None => notes.push((note, vec![name])),
            }
        }
    }
    notes
}

/// A table with a row for each task; the pooled one stands out.
fn by_task<const N: usize>(
    mut table: Table,
    tasks: &[CalibrateResult],
    cells: impl Fn(String, &CalibrateResult) -> [String; N],
) -> Table {
    for task in tasks {
        let name = task.task.clone().unwrap_or_else(|| "all tasks pooled".to_owned());
        let cells = cells(name, task);
        if task.task.is_none() { table.strong_row(cells) } else { table.row(cells) }
    }
    table
}

fn caps(tasks: &[CalibrateResult]) -> Table {
    let columns = Table::default().texts(["task"]).numbers([
        "n",
        "cut off",
        "reasoning",
        "cap at 1 %",
        "cap at 5 %",
    ]);
    by_task(columns, tasks, |name, task| {
        let cap = |i: usize| {
            let cap = task.recommended.get(i);
            cap.map(|cap| cap.max_completion_tokens.to_string()).unwrap_or_default()
        };
        let cut_off = Some(task.censored_share).filter(|_| task.censored > 0);
        let share = |share: Option<Probability>| share.map(|s| s.to_string()).unwrap_or_default();
        let n = grouped(task.n);
        [name, n, share(cut_off), share(task.reasoning_share), cap(0), cap(1)]
    })
}

fn quantiles(tasks: &[CalibrateResult]) -> Table {
    let columns = Table::default().texts(["completion tokens"]).numbers([
        "p50",
        "p90",
        "p95",
        "p99",
        "95 % interval of p99",
    ]);
    by_task(columns, tasks, |name, task| {
        let Quantiles { p50, p90, p95, p99 } = task.quantiles;
        let [p50, p90, p95, p99_itself] = [p50, p90, p95, p99].map(|q| known(q.tokens));
        [name, p50, p90, p95, p99_itself, interval(&p99)]
    })
}

/// The interval of a quantile: `2,192 to 2,494`.
fn interval(quantile: &QuantileBounds) -> String {
    format!("{} to {}", known(quantile.low), known(quantile.high))
}

/// An amount, or `?` where the calls do not tell it.
fn known(tokens: Option<Tokens>) -> String {
    tokens.map_or("?".to_owned(), |tokens| tokens.to_string())
}

/// The quantiles with their bounds.
fn bounds(document: &mut Document, quantiles: &Quantiles) {
    let mut table = Table::default().texts([""]).numbers(["completion", "95 % interval"]);
    let Quantiles { p50, p90, p95, p99 } = quantiles;
    for (name, q) in [("p50", p50), ("p90", p90), ("p95", p95), ("p99", p99)] {
        table.row([name.to_owned(), known(q.tokens), interval(q)]);
    }
    document.table(table);
}

fn histogram(document: &mut Document, bars: &[LengthBin]) {
    let longest = bars.iter().map(|bar| bar.finished + bar.censored).max().unwrap_or(0);
    let is_cut = bars.iter().any(|bar| bar.censored > 0);
    let title = if is_cut { "completion tokens, ░ cut off" } else { "completion tokens" };
    let mut table = Table::default().numbers(["from", "calls"]).texts([title]);
    for bar in bars {
        let width = |n: u64| Tokens::from_f64(n as f64 / longest.max(1) as f64 * BAR).get();
        let drawn = |c: &str, n: u64| c.repeat(usize::try_from(n).unwrap_or_default());
        let (finished, all) = (width(bar.finished), width(bar.finished + bar.censored));
        // What is there is seen, however little.
        let least = u64::from(bar.finished + bar.censored > 0);
        let finished_bar = drawn("█", finished.max(if all == 0 { least } else { 0 }));
        table.row([
            bar.from.to_string(),
            grouped(bar.finished + bar.censored),
            finished_bar + &drawn("░", all.saturating_sub(finished)),
        ]);
    }
    document.table(Table { pictured: true, ..table });
}
