//! The result of `outlay compare`.

use serde::Serialize;

use crate::catalog::{Benchmark, Fidelity};
use crate::forecast::Range;
use crate::report::estimate::PriceRef;
use crate::report::plan::CallSeconds;
use crate::report::profile::ProfileRef;
use crate::units::{Money, Period, Probability, Tokens};

/// What one model offers for one job.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Priced {
    /// How sure the prompt tokens are.
    pub fidelity: Fidelity,
    /// Prompt tokens of a call, or the median of the last turn of a conversation.
    pub prompt_tokens: Tokens,
    /// The cap it is priced with; nothing for a conversation, where it may change.
    pub max_completion_tokens: Option<Tokens>,
    /// Completion tokens of a call; nothing for a conversation.
    pub completion_tokens: Option<Range<Tokens>>,
    /// The cost of the prompt alone; nothing for a conversation.
    pub prompt_cost_usd: Option<Money>,
    /// The cost of a call or of a conversation.
    pub cost_usd: Range<Money>,
    /// The cost of one that is not cut off, when it is repeated until it is not.
    pub cost_per_usable_usd: Option<Money>,
    /// Probability that an answer is cut off.
    pub length_risk: Option<Probability>,
    /// Probability that nothing visible comes out.
    pub empty_risk: Option<Probability>,
    /// How long a call takes at the measured output speed.
    pub seconds: Option<CallSeconds>,
    /// The expected cost of all calls or conversations; the worst where nothing is expected.
    pub calls_cost_usd: Money,
    /// The expected cost over that of the first model; by the worst cases where nothing is expected.
    pub ratio_to_first: Option<f64>,
    /// The same if this model used as many completion tokens as the first.
    pub ratio_at_equal_tokens: Option<f64>,
    /// How many times its expected completion tokens it may use before it costs as much as the first.
    pub break_even_tokens: Option<f64>,
    /// The share of usable answers at which a usable answer costs as much as one of the first.
    pub break_even_success: Option<Probability>,
    /// The measured profile that the forecast comes from.
    pub profile: Option<ProfileRef>,
    /// The price list.
    pub price: PriceRef,
}

/// One model for one input.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CompareResult {
    /// The file, `-`, `file:line`, the scenario, or nothing for bare numbers.
    pub input: Option<String>,
    /// The model.
    pub model: String,
    /// What is priced: `call` or `conversation`.
    pub unit: &'static str,
    /// Why the model cannot do the job.
    pub cannot: Option<String>,
    /// What it offers, if it can.
    pub offer: Option<Priced>,
    /// How many calls or conversations.
    pub calls: u64,
    /// Over what time.
    pub period: Option<Period>,
    /// Published results of the model.
    pub benchmarks: Vec<Benchmark>,
    /// What was assumed.
    pub assumptions: Vec<String>,
}
