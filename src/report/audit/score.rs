//! How a forecast would have done, in a report.

use crate::history::RiskAt;
use crate::report::document::{Document, Emphasis, Table};
use crate::units::{Money, grouped};
use crate::workload::ProfileScore;

impl ProfileScore {
    pub(crate) fn write(&self, document: &mut Document) {
        let calls = grouped(self.score.calls);
        document.title(format!("{} on {calls} calls of {}", self.profile, self.model));
        let mut table = Table::default()
            .numbers(["cap", "foreseen longer", "were longer"])
            .texts(["95 % interval"]);
        let is_nothing = |risk: &&RiskAt| risk.predicted.get() <= 0.0 && risk.observed.get() <= 0.0;
        // Beyond the first cap that nothing exceeded there is nothing more to see.
        let shown = self
            .score
            .risks
            .iter()
            .position(|risk| is_nothing(&risk))
            .unwrap_or(self.score.risks.len());
        for risk in self.score.risks.iter().take(shown + 1) {
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
        let mean = self.score.cost_usd.as_f64() / self.score.calls.max(1) as f64;
        let percent = 100.0 * self.score.bias_usd.as_f64() / mean;
        let (off, side) = if self.score.bias_usd < Money::ZERO {
            (Money::ZERO - self.score.bias_usd, "low")
        } else {
            (self.score.bias_usd, "high")
        };
        let bias = match off {
            Money::ZERO => "right on average".to_owned(),
            off => format!("{} ({:.1} %) too {side} on average", off.for_people(), percent.abs()),
        };
        document.line(
            Emphasis::Plain,
            format!(
                "a call's forecast was {bias}, and {} off; {} of calls cost p5 to p95 (90 % is meant)",
                self.score.mean_absolute_error_usd.for_people(),
                self.score.coverage
            ),
        );
    }
}
