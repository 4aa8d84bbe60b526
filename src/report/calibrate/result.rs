//! The result of `outlay calibrate`.

use crate::history::LengthBin;
use jiff::civil::Date;
use serde::Serialize;

use crate::forecast::{Amounts, CONFIDENCE, LoggedSteps, Profile, QuantileBounds, SafeCap};
use crate::history::{Calibration, CapAdvice, LeftOut};
use crate::report::audit::LogCounts;
use crate::units::{Probability, Tokens, plural};

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
    /// How many independent completions they are worth: those of one conversation are alike.
    pub worth: f64,
    /// How alike those of one conversation are, 0 to 1; nothing where each stands alone.
    pub conversation_correlation: Option<f64>,
    /// The relative error that their mean stays within in nine of ten cases, such as 0.27.
    pub mean_error: Option<f64>,
    /// That error with more calls.
    pub with_more_calls: Vec<MoreCalls>,
    /// How many of them were cut off.
    pub censored: u64,
    /// Their share.
    pub censored_share: Probability,
    /// The share of reasoning in all completion tokens.
    pub reasoning_share: Option<Probability>,
    /// Quantiles of the completion, reasoning included.
    pub quantiles: Quantiles,
    /// The cap for each risk.
    pub recommended: Vec<CalibratedCap>,
    /// How often completions had which length.
    pub histogram: Vec<LengthBin>,
    /// How often their reasoning had which length; empty where none is known.
    pub reasoning_histogram: Vec<LengthBin>,
    /// What to know about these calls.
    pub notes: Vec<String>,
}

/// What a larger number of calls would say.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct MoreCalls {
    /// How many calls in all.
    pub calls: u64,
    /// The relative error that their mean stays within in nine of ten cases.
    pub mean_error: f64,
}

/// Quantiles of completion tokens.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Quantiles {
    /// The median.
    pub p50: QuantileBounds,
    /// One in ten is longer.
    pub p90: QuantileBounds,
    /// One in twenty is longer.
    pub p95: QuantileBounds,
    /// One in a hundred is longer.
    pub p99: QuantileBounds,
}

/// The cap for a risk.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CalibratedCap {
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

impl From<&CapAdvice> for CalibratedCap {
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
        SafeCap::TooSmall { n, needed } if n < needed => {
            format!("n is too small for {risk} {sure} (has {n}, needs {needed}){stays}")
        }
        SafeCap::TooSmall { n, needed } => format!(
            "{n} calls of few conversations are too few for {risk} {sure} (they must be worth {needed}){stays}"
        ),
        SafeCap::AtLeast(longest) => format!(
            "too many were cut off to say more than at least {longest}; raise the cap and log again{stays}"
        ),
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
    pub left_out: Vec<LeftOutCalls>,
    /// The file that was written.
    pub profile: Option<String>,
    /// What the logs show of tasks of several requests, by model and label.
    pub tasks: Vec<TaskSummary>,
    /// What was read.
    #[serde(flatten)]
    pub logs: LogCounts,
}

/// What logs show of the tasks of a model.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TaskSummary {
    /// The model.
    pub model: String,
    /// The label.
    pub task: String,
    /// How many conversations were logged.
    pub tasks: u64,
    /// Requests of a conversation.
    pub steps: AmountRange,
    /// Prompt tokens of the first request.
    pub first_prompt_tokens: AmountRange,
    /// Tokens that a step adds to the prompt of the next one.
    pub growth_tokens: AmountRange,
    /// The part of it that is results of tools; null where the log does not tell how much the step wrote.
    pub result_tokens: Option<AmountRange>,
    /// How alike the growths of one conversation are, 0 to 1.
    pub growth_correlation: f64,
    /// Prompts that were shorter than the one before, which are left out of the growth.
    pub shortened: u64,
}

/// Quantiles of an amount that was seen several times.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AmountRange {
    /// One in twenty is smaller.
    pub p5: Tokens,
    /// The median.
    pub p50: Tokens,
    /// One in twenty is larger.
    pub p95: Tokens,
}

impl AmountRange {
    fn of(amounts: &Amounts) -> Option<Self> {
        let at = |p| amounts.quantile(p);
        Some(Self { p5: at(0.05)?, p50: at(0.5)?, p95: at(0.95)? })
    }
}

impl TaskSummary {
    /// What the logs of a profile show of its tasks.
    #[must_use]
    pub fn of(profile: &Profile) -> Vec<Self> {
        let one = |(task, logged): (&String, &LoggedSteps)| {
            Some(Self {
                model: profile.model.clone(),
                task: task.clone(),
                tasks: logged.tasks(),
                steps: AmountRange::of(&logged.steps)?,
                first_prompt_tokens: AmountRange::of(&logged.first_prompt)?,
                growth_tokens: AmountRange::of(&logged.growth)?,
                result_tokens: AmountRange::of(&logged.results),
                growth_correlation: logged.growth_rho,
                shortened: logged.shortened,
            })
        };
        profile.steps.iter().filter_map(one).collect()
    }

    /// One sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let range = |range: AmountRange| format!("{} ({} to {})", range.p50, range.p5, range.p95);
        let results =
            self.result_tokens.map(|results| format!(", {} of it results", range(results)));
        format!(
            "{} · {}: {} of {} steps, from a prompt of {}; a step adds {} tokens to the next prompt{}",
            self.model,
            self.task,
            plural(self.tasks, "conversation"),
            range(self.steps),
            self.first_prompt_tokens.p50,
            range(self.growth_tokens),
            results.unwrap_or_default()
        )
    }
}

/// Calls that are no observation, for one reason.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LeftOutCalls {
    /// Why.
    pub reason: &'static str,
    /// How many.
    pub calls: u64,
}

impl From<(LeftOut, u64)> for LeftOutCalls {
    fn from((why, calls): (LeftOut, u64)) -> Self {
        Self { reason: why.reason(), calls }
    }
}

impl CalibrateResult {
    /// What a calibration says.
    #[must_use]
    pub fn of(calibration: &Calibration<'_>) -> Self {
        let [p50, p90, p95, p99] = calibration.quantiles;
        Self {
            model: calibration.id.clone(),
            task: calibration.task.clone(),
            n: calibration.n,
            worth: calibration.worth,
            conversation_correlation: calibration.rho,
            mean_error: calibration.mean_error,
            with_more_calls: calibration
                .more
                .iter()
                .map(|(calls, mean_error)| MoreCalls { calls: *calls, mean_error: *mean_error })
                .collect(),
            censored: calibration.censored,
            censored_share: Probability::clamped(
                calibration.censored as f64 / calibration.n.max(1) as f64,
            ),
            reasoning_share: calibration.reasoning_share,
            quantiles: Quantiles { p50, p90, p95, p99 },
            recommended: calibration.caps.iter().map(CalibratedCap::from).collect(),
            histogram: calibration.histogram.clone(),
            reasoning_histogram: calibration.reasoning_histogram.clone(),
            notes: notes(calibration),
        }
    }
}

fn notes(calibration: &Calibration<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let n = plural(calibration.n, "call");
    if let Some(rho) = calibration.rho {
        let worth = Tokens::from_f64(calibration.worth);
        notes.push(format!(
            "{n}, worth {worth}: those of one conversation are alike (correlation {rho:.2})"
        ));
        if calibration.worth < 2.0 {
            notes.push(
                "calls of a single conversation say next to nothing about the next one; log others"
                    .to_owned(),
            );
        }
    }
    if let Some(error) = calibration.mean_error {
        let percent = |error: f64| format!("{:.0} %", error * 100.0);
        let more: Vec<String> = calibration
            .more
            .iter()
            .map(|(calls, error)| format!("{calls} calls: {}", percent(*error)))
            .collect();
        let more = if more.is_empty() { String::new() } else { format!("; {}", more.join(", ")) };
        notes.push(format!("{n}: cost within {} in 9 of 10 cases{more}", percent(error)));
    }
    if calibration.pooled_with > 0 {
        let tasks = plural(calibration.pooled_with as u64, "other task");
        notes.push(format!(
            "what is usual where this one has few calls is from {tasks} of the model"
        ));
    }
    if calibration.unknown_end > 0 {
        let n = plural(calibration.unknown_end, "call");
        notes.push(format!("{n} do not say how they ended and are taken as finished"));
    }
    if let [lowest, .., highest] = calibration.sent_caps.as_slice() {
        let caps = plural(calibration.sent_caps.len(), "cap");
        notes.push(format!("calls under {caps}, from {lowest} to {highest}, are put together"));
    }
    if let Some((alone, fitted)) = calibration.two_caps {
        notes.push(format!(
            "the cap for 1 % is {alone} by these calls alone and {fitted} by their fit: they may be of several kinds, \
             look at the histogram"
        ));
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
