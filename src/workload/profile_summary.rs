//! The profile that a forecast comes from.

use jiff::civil::Date;
use serde::Serialize;

use crate::catalog::Model;
use crate::forecast::{
    CONFIDENCE, CapPolicy, Plan, Prior, SafeCap, Sample, length_risk_upper, needed_n, own_cap,
};
use crate::units::{Probability, Tokens, grouped};

/// What the measured sample allows at 95 % confidence.
#[derive(Debug, Clone, Copy, Serialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ProfileConfidence {
    /// The one-sided confidence, 0.95.
    pub level: f64,
    /// The smallest cap within the risk at that confidence; nothing when the sample does not say.
    pub cap: Option<Tokens>,
    /// How many finished requests the risk needs before it can say anything.
    pub needed_n: u64,
    /// The upper bound of the length risk at the recommended cap; nothing when requests were cut off, or are of
    /// another model or effort.
    pub length_risk_upper: Option<Probability>,
}

impl ProfileConfidence {
    /// What a sample allows to say about the cap of a plan.
    #[must_use]
    pub fn of(sample: &Sample, prior: &Prior, plan: &Plan, policy: &CapPolicy) -> Self {
        let cap = match own_cap(sample, policy.risk, prior) {
            SafeCap::Cap(cap) => Some(cap),
            SafeCap::TooSmall { .. } | SafeCap::AtLeast(_) => None,
        };
        let upper = |cap| length_risk_upper(sample, cap);
        Self {
            level: CONFIDENCE,
            cap,
            needed_n: needed_n(policy.risk),
            length_risk_upper: plan.recommended.and_then(upper),
        }
    }
}

/// A measured profile, named with its size and origin.
#[derive(Debug, Clone, Serialize, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ProfileSummary {
    /// The built-in name, or the file.
    pub name: String,
    /// The model it was measured on.
    pub model: String,
    /// The task that was chosen; nothing when all are pooled.
    pub task: Option<String>,
    /// How many tasks it has.
    pub tasks: usize,
    /// How many requests the forecast rests on.
    pub n: u64,
    /// How many of them were cut off.
    pub censored: u64,
    /// Whose requests they are.
    pub origin: String,
    /// The first day of the requests.
    pub from: Option<Date>,
    /// The last day of the requests.
    pub to: Option<Date>,
    /// What so many requests allow to say about a cap; only in a plan.
    pub confidence: Option<ProfileConfidence>,
}

impl ProfileSummary {
    /// Its columns in the CSV form of a report.
    #[cfg(feature = "cli")]
    pub(crate) const COLUMNS: &'static str = "profile.{name,model,task,tasks,n,censored,origin,from,to,\
        confidence.{level,cap,needed_n,length_risk_upper}}";

    /// One sentence for the reader of a forecast for `model`.
    #[must_use]
    pub fn sentence(&self, model: &Model) -> String {
        let tasks = match &self.task {
            Some(task) => format!("task {task}"),
            None if self.tasks == 1 => "its only task".to_owned(),
            None => format!("all {} tasks pooled", self.tasks),
        };
        let period = match (self.from, self.to) {
            (Some(from), Some(to)) if from == to => format!(", {from}"),
            (Some(from), Some(to)) => format!(", {from} to {to}"),
            _ => String::new(),
        };
        // What a table shows of the sentence ends at the colon.
        let (another, other) = if self.model == model.id {
            ("", String::new())
        } else {
            (" of another model", format!("; measured on {}, not on {}", self.model, model.id))
        };
        format!(
            "profile {}{another}: n = {}, {tasks}, of {}{period}{other}",
            self.name,
            grouped(self.n),
            self.origin
        )
    }
}
