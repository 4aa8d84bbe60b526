//! `outlay simulate` for people.

use super::result::SimulateResult;
use crate::forecast::TurnSummary;
use crate::report::answer::{Answer, Report};
use crate::report::document::{Document, DocumentBlock, Emphasis, Fact, Table};
use crate::report::estimate::calls_of;
use crate::units::{CallVolume, Money, Probability, Tokens, plural};

/// How many characters the bar of a full context has.
const BAR: usize = 10;

/// So many turns are shown whole; of more, the first and those that matter.
const SHOWN: usize = 30;

impl Answer for SimulateResult {
    const COMMAND: &'static str = "simulate";
    const HEADING: &'static str = "A conversation, turn by turn";
    /// One record per turn.
    const COLUMNS: &'static [&'static str] = &[
        "input",
        "model",
        "turn",
        "reached",
        "prompt_tokens.{mean,p5,p50,p95}",
        "cached_tokens.{mean,p5,p50,p95}",
        "room.{mean,p5,p50,p95}",
        "cap.{mean,p5,p50,p95}",
        "completion_tokens.{mean,p5,p50,p95}",
        "length_risk",
        "empty_risk",
        "cost_usd.{mean,p5,p50,p95}",
        "cumulative_usd",
        "window_full",
        "budget_hit",
    ];
    type Total = ();

    fn model(&self) -> Option<&str> {
        Some(&self.model)
    }

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        if let [result] = report.results.as_slice() {
            headline(&mut document, result);
        }
        for result in &report.results {
            show(&mut document, report, result);
        }
        report.name_retired(&mut document);
        document
    }

    fn records(report: &Report<Self>) -> serde_json::Result<Vec<serde_json::Value>> {
        let mut records = Vec::new();
        for result in &report.results {
            for turn in &result.turns {
                let mut record = serde_json::to_value(turn)?;
                record["input"] = result.input.clone().into();
                record["model"] = result.model.clone().into();
                records.push(record);
            }
        }
        Ok(records)
    }
}

fn show(document: &mut Document, report: &Report<SimulateResult>, result: &SimulateResult) {
    let input = result.input.as_deref().unwrap_or("declared conversation");
    let model = report.heading_of(&result.name);
    document.title(format!("{input} · {model} · prices since {}", result.price.from));
    if result.step_totals.is_none() || result.turns.len() > 1 {
        document.table(Table { pictured: true, ..turns(result) });
        result.add_chart(document);
    }
    result.add_steps(document);
    result.depict_ends(document);
    document.blocks.extend(report.widgets.iter().cloned().map(DocumentBlock::Widget));
    result.add_caching(document);
    if !result.exact {
        document.facts(facts(result));
    }
    for assumption in &result.assumptions {
        document.note(assumption);
    }
    let share = |what: Probability| {
        if result.exact { String::new() } else { format!(", in {what} of conversations") }
    };
    if let Some(turn) = first_empty(result) {
        let share = share(result.empty);
        let text =
            format!("{EMPTY} answers come out empty from turn {turn} on{share}; see --on-length");
        document.line(Emphasis::Bad, text);
    }
    if let Some(turn) = result.first_overflow_turn {
        let share = share(result.overflowed);
        let text =
            format!("{OVERFLOW} the window overflows from turn {turn} on{share}; see --history");
        document.line(Emphasis::Bad, text);
    }
    if let Some(turn) = result.first_turn_below_reserve {
        let text = format!("{BELOW_RESERVE} the room is below the reserve from turn {turn} on");
        document.line(Emphasis::Caution, text);
    }
    let tone = if report.is_retired(&result.model) { Emphasis::Plain } else { Emphasis::Good };
    document.line(tone, conclusion(result));
}

/// The cost in one figure: of all conversations of a period, else of one.
fn headline(document: &mut Document, result: &SimulateResult) {
    let total = &result.total_cost_usd;
    let turns = plural(result.turns.len(), "turn");
    let one = format!("a conversation of {turns} with {}", result.model);
    let range = if result.exact {
        String::new()
    } else {
        format!(
            "{} to {} a conversation in nine of ten cases",
            total.p5.for_people(),
            total.p95.for_people()
        )
    };
    match result.period.filter(|_| result.calls > 1) {
        Some(period) => {
            let calls = CallVolume { calls: result.calls, period: None };
            let what = format!("a {period} for {calls} conversations with {}", result.model);
            document.headline(result.calls_cost_usd.for_people(), what, range);
        }
        None => document.headline(total.mean.for_people(), one, range),
    }
}

fn conclusion(result: &SimulateResult) -> String {
    let total = &result.total_cost_usd;
    let one = if result.exact {
        format!("{} a conversation", total.mean.for_people())
    } else {
        format!(
            "{} a conversation, p5-p95 {} to {}",
            total.mean.for_people(),
            total.p5.for_people(),
            total.p95.for_people()
        )
    };
    one + &volume_of(result, total.mean)
}

/// What an amount of each conversation comes to for all of them; nothing for one.
pub(super) fn volume_of(result: &SimulateResult, each: Money) -> String {
    if result.calls == 1 {
        return String::new();
    }
    let volume = CallVolume { calls: result.calls, period: result.period };
    let all = calls_of(volume).replace(" calls", " conversations");
    let range = result.calls_cost_range_usd.for_people();
    let range = if range.is_empty() { range } else { format!(", p5-p95 {range}") };
    format!("; {} for {all}{range}", (each * result.calls).for_people())
}

fn facts(result: &SimulateResult) -> Vec<Fact> {
    let fact = |label, share: Probability, remark: &str| Fact {
        label,
        value: share.to_string(),
        remark: remark.to_owned(),
    };
    // Steps have their own line about that.
    let curve =
        if result.steps.is_empty() { result.curve_of_full_windows() } else { String::new() };
    let overflow = format!("end because nothing fits any more{curve}");
    vec![
        fact("cut off", result.truncated, "of conversations have an answer that is cut off"),
        fact("empty", result.empty, "have one that comes out empty, billed in full"),
        fact("overflow", result.overflowed, &overflow),
    ]
}

fn turns(result: &SimulateResult) -> Table {
    let mut table = Table::default()
        .numbers(["turn", "prompt", "cached", "context", "room", "cap", "cut off", "cost"])
        .texts([""]);
    let last = result.turns.len();
    let mut skipped = 0_u32;
    for (i, turn) in result.turns.iter().enumerate() {
        let mark = mark(result, turn);
        let matters = !mark.is_empty() || i < SHOWN / 2 || i + 1 == last;
        if last > SHOWN && !matters {
            skipped += 1;
            continue;
        }
        if skipped > 0 {
            let mut gap: [String; 9] = Default::default();
            gap[3] = format!("{} not shown", plural(skipped, "turn"));
            table.row(gap);
            skipped = 0;
        }
        let share = turn.prompt_tokens.p50.as_f64() / result.window.as_f64();
        table.row([
            turn.turn.to_string(),
            turn.prompt_tokens.p50.to_string(),
            turn.cached_tokens.p50.to_string(),
            format!("{} {:>3.0} %", bar(share), share * 100.0),
            turn.room.p50.to_string(),
            turn.cap.p50.to_string(),
            if result.exact && turn.length_risk.get() <= 0.0 {
                String::new()
            } else {
                turn.length_risk.to_string()
            },
            turn.cost_usd.mean.for_people(),
            mark,
        ]);
    }
    table
}

/// Marks of the turns that matter; the lines below the table begin with them.
const EMPTY: &str = "∅";
const OVERFLOW: &str = "✕";
const BELOW_RESERVE: &str = "▾";

/// What makes a turn worth looking at.
fn mark(result: &SimulateResult, turn: &TurnSummary) -> String {
    let marks = [
        (EMPTY, first_empty(result)),
        (OVERFLOW, result.first_overflow_turn),
        (BELOW_RESERVE, result.first_turn_below_reserve),
    ];
    let of_this = marks.into_iter().filter(|(_, first)| *first == Some(turn.turn));
    of_this.map(|(mark, _)| mark).collect()
}

/// The first turn in which an answer comes out empty.
fn first_empty(result: &SimulateResult) -> Option<u32> {
    Some(result.turns.iter().find(|turn| turn.empty_risk.get() > 0.0)?.turn)
}

/// A share of the window, in eighths of a character.
pub(super) fn bar(share: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = usize::try_from(Tokens::from_f64(share.clamp(0.0, 1.0) * (BAR * 8) as f64).get())
        .unwrap_or(BAR * 8);
    let bar = "█".repeat(eighths / 8) + EIGHTHS[eighths % 8];
    let blank = BAR - bar.chars().count();
    bar + &"·".repeat(blank)
}
