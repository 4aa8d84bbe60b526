//! The answer of `outlay simulate`.

use serde::Serialize;

use super::envelope::{Answer, Report};
use super::estimate::{PriceRef, calls_of};
use super::page::{Fact, Page, Table, Tone, plural};
use super::profile::ProfileRef;
use crate::forecast::{Simulation, Summary};
use crate::units::{CallVolume, Money, Period, Probability, Tokens};

/// How many characters the bar of a full context has.
const BAR: usize = 10;
/// So many turns are shown whole; of more, the first and those that matter.
const SHOWN: usize = 30;

/// One turn over the runs that reached it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SimulatedTurn {
    /// The turn, from 1.
    pub turn: u32,
    /// The share of runs that reached it.
    pub reached: Probability,
    /// Prompt tokens.
    pub prompt_tokens: Summary<Tokens>,
    /// How many of them are read from the cache.
    pub cached_tokens: Summary<Tokens>,
    /// What fits after the prompt.
    pub room: Summary<Tokens>,
    /// The cap that is sent.
    pub cap: Summary<Tokens>,
    /// Billed completion tokens, retries included.
    pub completion_tokens: Summary<Tokens>,
    /// The share of answers that are cut off.
    pub length_risk: Probability,
    /// The share that comes out empty.
    pub empty_risk: Probability,
    /// The cost of the turn.
    pub cost_usd: Summary<Money>,
    /// The mean cost of a conversation up to here, those that have ended included.
    pub cumulative_usd: Money,
}

/// A conversation with one model.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SimulateResult {
    /// The scenario or the transcript, or nothing when all is declared.
    pub input: Option<String>,
    /// The model.
    pub model: String,
    /// The context window.
    pub window: Tokens,
    /// Tokens kept for reasoning and outputs; nothing for models that do not reason.
    pub reserve: Option<Tokens>,
    /// The turns that any run reached.
    pub turns: Vec<SimulatedTurn>,
    /// The cost of a conversation.
    pub total_cost_usd: Summary<Money>,
    /// The cost of the most expensive conversation that was drawn.
    pub most_expensive_usd: Money,
    /// The first turn at which the median room is below the reserve.
    pub first_turn_below_reserve: Option<u32>,
    /// The first turn at which any run overflows.
    pub first_overflow_turn: Option<u32>,
    /// The share of conversations with an answer that is cut off.
    pub truncated: Probability,
    /// The share with an answer that comes out empty.
    pub empty: Probability,
    /// The share that ends because nothing fits any more.
    pub overflowed: Probability,
    /// The share with an answer that is cut off, or that overflows.
    pub unusable: Probability,
    /// How many conversations.
    pub calls: u64,
    /// Over what time.
    pub period: Option<Period>,
    /// The mean cost of all conversations.
    pub calls_cost_usd: Money,
    /// Whether nothing is random, so that one run is the answer.
    pub exact: bool,
    /// How many runs.
    pub runs: u32,
    /// The seed of the draws.
    pub seed: u64,
    /// The measured profile that completions are drawn from.
    pub profile: Option<ProfileRef>,
    /// The price list.
    pub price: PriceRef,
    /// What was assumed.
    pub assumptions: Vec<String>,
}

impl SimulateResult {
    /// The turns of a simulation, as they are reported.
    #[must_use]
    pub fn turns(simulation: &Simulation) -> Vec<SimulatedTurn> {
        let turns = simulation.turns.iter().map(|turn| SimulatedTurn {
            turn: turn.turn,
            reached: turn.reached,
            prompt_tokens: turn.prompt,
            cached_tokens: turn.cached,
            room: turn.room,
            cap: turn.cap,
            completion_tokens: turn.completion,
            length_risk: turn.length_risk,
            empty_risk: turn.empty_risk,
            cost_usd: turn.cost,
            cumulative_usd: turn.cumulative,
        });
        turns.collect()
    }
}

impl Answer for SimulateResult {
    const COMMAND: &'static str = "simulate";
    const HEADING: &'static str = "A conversation, turn by turn";
    /// One record per turn.
    const COLUMNS: &'static [&'static str] = &[
        "input",
        "model",
        "turn",
        "reached",
        "prompt_tokens.mean",
        "prompt_tokens.p5",
        "prompt_tokens.p50",
        "prompt_tokens.p95",
        "cached_tokens.mean",
        "cached_tokens.p5",
        "cached_tokens.p50",
        "cached_tokens.p95",
        "room.mean",
        "room.p5",
        "room.p50",
        "room.p95",
        "cap.mean",
        "cap.p5",
        "cap.p50",
        "cap.p95",
        "completion_tokens.mean",
        "completion_tokens.p5",
        "completion_tokens.p50",
        "completion_tokens.p95",
        "length_risk",
        "empty_risk",
        "cost_usd.mean",
        "cost_usd.p5",
        "cost_usd.p50",
        "cost_usd.p95",
        "cumulative_usd",
    ];
    type Total = ();

    fn page(report: &Report<Self>) -> Page {
        let mut page = Page::default();
        for result in &report.results {
            show(&mut page, result);
        }
        page
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

fn show(page: &mut Page, result: &SimulateResult) {
    let input = result.input.as_deref().unwrap_or("declared conversation");
    page.title(format!("{input} · {} · prices since {}", result.model, result.price.from));
    page.table(Table { pictured: true, ..turns(result) });
    result.depict(page);
    if !result.exact {
        page.facts(facts(result));
    }
    for assumption in &result.assumptions {
        page.line(Tone::Muted, assumption);
    }
    let share = |what: Probability| {
        if result.exact { String::new() } else { format!(", in {what} of conversations") }
    };
    if let Some(turn) = first_empty(result) {
        let share = share(result.empty);
        let text =
            format!("{EMPTY} answers come out empty from turn {turn} on{share}; see --on-length");
        page.line(Tone::Bad, text);
    }
    if let Some(turn) = result.first_overflow_turn {
        let share = share(result.overflowed);
        let text =
            format!("{OVERFLOW} the window overflows from turn {turn} on{share}; see --history");
        page.line(Tone::Bad, text);
    }
    if let Some(turn) = result.first_turn_below_reserve {
        let text = format!("{BELOW_RESERVE} the room is below the reserve from turn {turn} on");
        page.line(Tone::Caution, text);
    }
    page.line(Tone::Good, conclusion(result));
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
    if result.calls == 1 {
        return one;
    }
    let volume = CallVolume { calls: result.calls, period: result.period };
    let all = calls_of(volume).replace(" calls", " conversations");
    format!("{one}; {} for {all}", result.calls_cost_usd.for_people())
}

fn facts(result: &SimulateResult) -> Vec<Fact> {
    let fact = |label, share: Probability, remark: &str| Fact {
        label,
        value: share.to_string(),
        remark: remark.to_owned(),
    };
    vec![
        fact("cut off", result.truncated, "of conversations have an answer that is cut off"),
        fact("empty", result.empty, "have one that comes out empty, billed in full"),
        fact("overflow", result.overflowed, "end because nothing fits any more"),
    ]
}

fn turns(result: &SimulateResult) -> Table {
    let mut table = Table::new(&[
        ">turn", ">prompt", ">cached", ">context", ">room", ">cap", ">cut off", ">cost", "",
    ]);
    let last = result.turns.len();
    let mut skipped = 0;
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
fn mark(result: &SimulateResult, turn: &SimulatedTurn) -> String {
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
fn bar(share: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = usize::try_from(Tokens::from_f64(share.clamp(0.0, 1.0) * (BAR * 8) as f64).get())
        .unwrap_or(BAR * 8);
    let bar = "█".repeat(eighths / 8) + EIGHTHS[eighths % 8];
    let blank = BAR - bar.chars().count();
    bar + &"·".repeat(blank)
}
