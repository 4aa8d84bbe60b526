//! The answer of `outlay calibrate`.

use jiff::civil::Date;
use serde::Serialize;

use super::audit::LogsRef;
use super::envelope::{Answer, Report};
use super::page::{Page, Table, Tone, plural};
use crate::forecast::{Bar, CONFIDENCE, Calibration, CapAdvice, LeftOut, QuantileBounds, SafeCap};
use crate::units::{Probability, Tokens};

/// The width of the longest bar of a histogram, in characters.
const BAR: f64 = 40.0;

/// What the calls of a model and task say.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CalibrateResult {
    /// The model.
    pub model: String,
    /// The task; nothing for all tasks of the model pooled.
    pub task: Option<String>,
    /// How many completions.
    pub n: u64,
    /// How many of them were cut off.
    pub censored: u64,
    /// Their share.
    pub censored_share: Probability,
    /// The share of reasoning in all completion tokens.
    pub reasoning_share: Option<Probability>,
    /// Quantiles of the completion, reasoning included.
    pub quantiles: Quantiles,
    /// The cap for each risk.
    pub recommended: Vec<CapRef>,
    /// How often completions had which length.
    pub histogram: Vec<BarRef>,
    /// How often their reasoning had which length; empty where none is known.
    pub reasoning_histogram: Vec<BarRef>,
    /// What to know about these calls.
    pub notes: Vec<String>,
}

/// Quantiles of completion tokens.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Quantiles {
    /// The median.
    pub p50: QuantileRef,
    /// One in ten is longer.
    pub p90: QuantileRef,
    /// One in twenty is longer.
    pub p95: QuantileRef,
    /// One in a hundred is longer.
    pub p99: QuantileRef,
}

/// A quantile with its two-sided 95 % confidence interval.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct QuantileRef {
    /// The quantile; nothing where too many calls were cut off to say.
    pub tokens: Option<Tokens>,
    /// The lower bound; nothing where there are too few calls.
    pub low: Option<Tokens>,
    /// The upper bound; nothing where there are too few calls, or too many cut off.
    pub high: Option<Tokens>,
}

impl QuantileRef {
    /// `2,192 to 2,494`.
    fn interval(&self) -> String {
        format!("{} to {}", known(self.low), known(self.high))
    }
}

impl From<&QuantileBounds> for QuantileRef {
    fn from(bounds: &QuantileBounds) -> Self {
        Self { tokens: bounds.tokens, low: bounds.low, high: bounds.high }
    }
}

/// The cap for a risk.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CapRef {
    /// The accepted length risk.
    pub risk: Probability,
    /// The cap to send after a prompt that leaves room for it.
    pub max_completion_tokens: Tokens,
    /// The smallest cap within the risk in these calls.
    pub measured: Option<Tokens>,
    /// The smallest cap within the risk with 95 % confidence.
    pub at_confidence: Option<Tokens>,
    /// Whether these calls allow it in place of the reserve.
    pub reserve_released: bool,
    /// What allows or forbids that.
    pub reason: String,
}

impl From<&CapAdvice> for CapRef {
    fn from(advice: &CapAdvice) -> Self {
        Self {
            risk: advice.risk,
            max_completion_tokens: advice.recommended,
            measured: advice.measured,
            at_confidence: match advice.safe {
                SafeCap::Cap(cap) => Some(cap),
                SafeCap::TooSmall { .. } | SafeCap::AtLeast(_) => None,
            },
            reserve_released: advice.released,
            reason: reason(advice),
        }
    }
}

/// What allows a cap, or forbids it.
fn reason(advice: &CapAdvice) -> String {
    let sure = format!("at {} confidence", Probability::clamped(CONFIDENCE));
    let CapAdvice { risk, reserve, recommended, .. } = advice;
    let stays = if *reserve == Tokens::ZERO {
        String::new()
    } else {
        format!(": the reserve of {reserve} stays")
    };
    match advice.safe {
        SafeCap::Cap(cap) if cap > *recommended => {
            format!("the model's own maximum; {sure} {cap} would be needed")
        }
        SafeCap::Cap(_) if reserve > recommended => {
            format!("{sure} that is enough, and the reserve of {reserve} may be released")
        }
        SafeCap::Cap(_) => format!("{sure} that is enough, and less is not"),
        SafeCap::TooSmall { n, needed } => {
            format!("n is too small for {risk} {sure} (has {n}, needs {needed}){stays}")
        }
        SafeCap::AtLeast(longest) => format!(
            "too many were cut off to say more than at least {longest}; raise the cap and log again{stays}"
        ),
    }
}

/// The calls from one length to another.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BarRef {
    /// The shortest.
    pub from: Tokens,
    /// Shorter than this.
    pub below: Tokens,
    /// How many were finished.
    pub finished: u64,
    /// How many were cut off.
    pub censored: u64,
}

impl From<&Bar> for BarRef {
    fn from(bar: &Bar) -> Self {
        Self { from: bar.from, below: bar.below, finished: bar.finished, censored: bar.censored }
    }
}

/// What was read and written.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CalibrateTotal {
    /// How many completions are in the profiles.
    pub n: u64,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// Calls that are no observation.
    pub left_out: Vec<LeftOutRef>,
    /// The file that was written.
    pub profile: Option<String>,
    /// What was read.
    #[serde(flatten)]
    pub logs: LogsRef,
}

/// Calls that are no observation, for one reason.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LeftOutRef {
    /// Why.
    pub reason: &'static str,
    /// How many.
    pub calls: u64,
}

impl From<(LeftOut, u64)> for LeftOutRef {
    fn from((why, calls): (LeftOut, u64)) -> Self {
        Self { reason: why.reason(), calls }
    }
}

impl CalibrateResult {
    /// What a calibration says.
    #[must_use]
    pub fn of(calibration: &Calibration<'_>) -> Self {
        let quantile = |i: usize| {
            let bounds = calibration.quantiles.get(i);
            bounds.map_or(QuantileRef { tokens: None, low: None, high: None }, QuantileRef::from)
        };
        Self {
            model: calibration.id.clone(),
            task: calibration.task.clone(),
            n: calibration.n,
            censored: calibration.censored,
            censored_share: Probability::clamped(
                calibration.censored as f64 / calibration.n.max(1) as f64,
            ),
            reasoning_share: calibration.reasoning_share,
            quantiles: Quantiles {
                p50: quantile(0),
                p90: quantile(1),
                p95: quantile(2),
                p99: quantile(3),
            },
            recommended: calibration.caps.iter().map(CapRef::from).collect(),
            histogram: calibration.histogram.iter().map(BarRef::from).collect(),
            reasoning_histogram: calibration.reasoning_histogram.iter().map(BarRef::from).collect(),
            notes: notes(calibration),
        }
    }
}

fn notes(calibration: &Calibration<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if calibration.unknown_end > 0 {
        let n = plural(calibration.unknown_end, "call");
        notes.push(format!("{n} do not say how they ended and are taken as finished"));
    }
    if let [lowest, .., highest] = calibration.sent_caps.as_slice() {
        let caps = plural(calibration.sent_caps.len() as u64, "cap");
        notes.push(format!("calls under {caps}, from {lowest} to {highest}, are put together"));
    }
    if calibration.fills_any_cap {
        notes.push(
            "a larger cap did not make fewer answers empty: this reasoning fills any cap; ask for \
             less effort, or for a smaller task"
                .to_owned(),
        );
    }
    notes
}

impl Answer for CalibrateResult {
    const COMMAND: &'static str = "calibrate";
    const HEADING: &'static str = "How long completions are";
    const COLUMNS: &'static [&'static str] = &[
        "model",
        "task",
        "n",
        "censored",
        "censored_share",
        "reasoning_share",
        "quantiles.p50.tokens",
        "quantiles.p50.low",
        "quantiles.p50.high",
        "quantiles.p90.tokens",
        "quantiles.p90.low",
        "quantiles.p90.high",
        "quantiles.p95.tokens",
        "quantiles.p95.low",
        "quantiles.p95.high",
        "quantiles.p99.tokens",
        "quantiles.p99.low",
        "quantiles.p99.high",
        "recommended",
        "histogram",
        "reasoning_histogram",
        "notes",
    ];
    type Total = CalibrateTotal;

    fn page(report: &Report<Self>) -> Page {
        let mut page = Page::default();
        let mut rest = report.results.as_slice();
        while let Some(first) = rest.first() {
            let end = rest.iter().position(|r| r.model != first.model).unwrap_or(rest.len());
            model(&mut page, &rest[..end]);
            rest = &rest[end..];
        }
        if let Some(total) = &report.total {
            for remark in total.logs.remarks() {
                page.line(Tone::Muted, remark);
            }
            for left_out in &total.left_out {
                let n = plural(left_out.calls, "call");
                page.line(Tone::Muted, format!("{n} {} and are left out", left_out.reason));
            }
            let n = plural(total.n, "completion");
            match &total.profile {
                Some(path) => page.line(
                    Tone::Good,
                    format!("{n} written to {path}; use it with --profile {path}"),
                ),
                None if total.n > 0 => {
                    page.line(Tone::Good, format!("{n}; -o profile.json keeps them for --profile"));
                }
                None => {}
            }
        }
        page
    }
}

/// The tasks of a model, and the whole of it: the pooled tasks, or the only one.
fn model(page: &mut Page, tasks: &[CalibrateResult]) {
    let Some(whole) = tasks.last() else { return };
    page.title(whole.model.clone());
    page.table(caps(tasks));
    if tasks.len() > 1 {
        page.table(quantiles(tasks));
    }
    histogram(page, &whole.histogram);
    whole.depict(page);
    bounds(page, &whole.quantiles);
    for task in tasks {
        for note in &task.notes {
            let name = task.task.as_deref().unwrap_or("all tasks pooled");
            page.line(Tone::Caution, format!("{name}: {note}"));
        }
    }
    for cap in &whole.recommended {
        let tone = if cap.reserve_released { Tone::Good } else { Tone::Caution };
        let sent = cap.max_completion_tokens;
        page.line(tone, format!("length risk {}: send {sent}: {}", cap.risk, cap.reason));
    }
}

/// A table with a row for each task; the pooled one stands out.
fn by_task<const N: usize>(
    titles: &[&str],
    tasks: &[CalibrateResult],
    cells: impl Fn(String, &CalibrateResult) -> [String; N],
) -> Table {
    let mut table = Table::new(titles);
    for task in tasks {
        let name = task.task.clone().unwrap_or_else(|| "all tasks pooled".to_owned());
        let cells = cells(name, task);
        if task.task.is_none() { table.strong_row(cells) } else { table.row(cells) }
    }
    table
}

fn caps(tasks: &[CalibrateResult]) -> Table {
    let titles = ["task", ">n", ">cut off", ">reasoning", ">cap at 1 %", ">cap at 5 %"];
    by_task(&titles, tasks, |name, task| {
        let cap = |i: usize| {
            let cap = task.recommended.get(i);
            cap.map(|cap| cap.max_completion_tokens.to_string()).unwrap_or_default()
        };
        let cut_off = Some(task.censored_share).filter(|_| task.censored > 0);
        let share = |share: Option<Probability>| share.map(|s| s.to_string()).unwrap_or_default();
        let n = Tokens::new(task.n).to_string();
        [name, n, share(cut_off), share(task.reasoning_share), cap(0), cap(1)]
    })
}

fn quantiles(tasks: &[CalibrateResult]) -> Table {
    let titles = ["completion tokens", ">p50", ">p90", ">p95", ">p99", ">95 % interval of p99"];
    by_task(&titles, tasks, |name, task| {
        let Quantiles { p50, p90, p95, p99 } = task.quantiles;
        let [p50, p90, p95, p99_itself] = [p50, p90, p95, p99].map(|q| known(q.tokens));
        [name, p50, p90, p95, p99_itself, p99.interval()]
    })
}

/// An amount, or `?` where the calls do not tell it.
fn known(tokens: Option<Tokens>) -> String {
    tokens.map_or("?".to_owned(), |tokens| tokens.to_string())
}

/// The quantiles with their bounds.
fn bounds(page: &mut Page, quantiles: &Quantiles) {
    let mut table = Table::new(&["", ">completion", ">95 % interval"]);
    let Quantiles { p50, p90, p95, p99 } = quantiles;
    for (name, q) in [("p50", p50), ("p90", p90), ("p95", p95), ("p99", p99)] {
        table.row([name.to_owned(), known(q.tokens), q.interval()]);
    }
    page.table(table);
}

fn histogram(page: &mut Page, bars: &[BarRef]) {
    let longest = bars.iter().map(|bar| bar.finished + bar.censored).max().unwrap_or(0);
    let is_cut = bars.iter().any(|bar| bar.censored > 0);
    let title = if is_cut { "completion tokens, ░ cut off" } else { "completion tokens" };
    let mut table = Table::new(&[">from", ">calls", title]);
    for bar in bars {
        let width = |n: u64| Tokens::from_f64(n as f64 / longest.max(1) as f64 * BAR).get();
        let drawn = |c: &str, n: u64| c.repeat(usize::try_from(n).unwrap_or_default());
        let (finished, all) = (width(bar.finished), width(bar.finished + bar.censored));
        // What is there is seen, however little.
        let least = u64::from(bar.finished + bar.censored > 0);
        let finished_bar = drawn("█", finished.max(if all == 0 { least } else { 0 }));
        table.row([
            bar.from.to_string(),
            Tokens::new(bar.finished + bar.censored).to_string(),
            finished_bar + &drawn("░", all.saturating_sub(finished)),
        ]);
    }
    page.table(Table { pictured: true, ..table });
}
