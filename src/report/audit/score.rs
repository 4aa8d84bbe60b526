//! How a forecast would have done, in a report.

use serde::Serialize;

use crate::history::{RiskAt, Score};
use crate::report::document::{Document, Emphasis, Table};
use crate::units::{Money, Probability, Tokens};

/// The score of a profile on the calls of one model.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScoreRef {
    /// The profile.
    pub profile: String,
    /// The model whose calls were scored.
    pub model: String,
    /// How many calls were scored.
    pub calls: u64,
    /// What they cost.
    pub cost_usd: Money,
    /// Mean of forecast less cost, per call: above 0 the forecast was too high.
    pub bias_usd: Money,
    /// Mean of the distance between forecast and cost, per call.
    pub mean_absolute_error_usd: Money,
    /// The share of calls whose cost lay from p5 to p95; 0.9 is meant.
    pub coverage: Probability,
    /// Length risks at several caps.
    pub risks: Vec<RiskRef>,
}

/// The length risk of a cap, as foreseen and as it was.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RiskRef {
    /// The cap.
    pub cap: Tokens,
    /// The share of completions that were foreseen to be longer.
    pub predicted: Probability,
    /// The share that was longer.
    pub observed: Probability,
    /// The lower end of the 95 % interval of the observed share; nothing where calls were cut off.
    pub observed_low: Option<Probability>,
    /// Its upper end.
    pub observed_high: Option<Probability>,
}

impl From<&RiskAt> for RiskRef {
    fn from(risk: &RiskAt) -> Self {
        Self {
            cap: risk.cap,
            predicted: risk.predicted,
            observed: risk.observed,
            observed_low: risk.interval.map(|(low, _)| low),
            observed_high: risk.interval.map(|(_, high)| high),
        }
    }
}

impl ScoreRef {
    /// The score of this profile on the calls of this model.
    #[must_use]
    pub fn new(profile: String, model: String, score: &Score) -> Self {
        Self {
            profile,
            model,
            calls: score.calls,
            cost_usd: score.cost,
            bias_usd: score.bias,
            mean_absolute_error_usd: score.mean_absolute_error,
            coverage: score.coverage,
            risks: score.risks.iter().map(RiskRef::from).collect(),
        }
    }

    pub(crate) fn write(&self, document: &mut Document) {
        let calls = Tokens::new(self.calls);
        document.title(format!("{} on {calls} calls of {}", self.profile, self.model));
        let mut table = Table::new(&[">cap", ">foreseen longer", ">were longer", "95 % interval"]);
        let is_nothing =
            |risk: &&RiskRef| risk.predicted.get() <= 0.0 && risk.observed.get() <= 0.0;
        // Beyond the first cap that nothing exceeded there is nothing more to see.
        let shown =
            self.risks.iter().position(|risk| is_nothing(&risk)).unwrap_or(self.risks.len());
        for risk in self.risks.iter().take(shown + 1) {
            let interval = match (risk.observed_low, risk.observed_high) {
                (Some(low), Some(high)) => format!("{low} to {high}"),
                _ => String::new(),
            };
            table.row([
                risk.cap.to_string(),
                risk.predicted.to_string(),
                risk.observed.to_string(),
                interval,
            ]);
        }
        document.table(table);
        let mean = self.cost_usd.as_f64() / self.calls.max(1) as f64;
        let percent = 100.0 * self.bias_usd.as_f64() / mean;
        let (off, side) = if self.bias_usd < Money::ZERO {
            (Money::ZERO - self.bias_usd, "low")
        } else {
            (self.bias_usd, "high")
        };
        let bias = match off {
            Money::ZERO => "right on average".to_owned(),
            off => format!("{} ({:.1} %) too {side} on average", off.for_people(), percent.abs()),
        };
        document.line(
            Emphasis::Plain,
            format!(
                "a call's forecast was {bias}, and {} off; {} of calls cost p5 to p95 (90 % is meant)",
                self.mean_absolute_error_usd.for_people(),
                self.coverage
            ),
        );
    }
}
