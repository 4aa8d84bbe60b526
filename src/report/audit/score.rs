//! How a forecast would have done, in a report.

use crate::history::RiskAt;
use crate::report::document::{Document, Emphasis, Table};
use crate::units::{Money, grouped};
use crate::workload::ProfileScore;

/// A forecast whose range held fewer of the calls than this, or more, is not to be trusted.
const TRUE_RANGE: std::ops::RangeInclusive<f64> = 0.80..=0.98;

impl ProfileScore {
    /// The model, with the level of effort where there is one.
    fn whose(&self) -> String {
        match self.effort {
            Some(effort) => format!("{} at {effort} effort", self.model),
            None => self.model.clone(),
        }
    }

    /// Which of several forecasts of the same calls to trust, a sentence for each model and effort.
    pub(crate) fn trust(scores: &[Self]) -> Vec<String> {
        let of_same = |a: &&Self, b: &&Self| (&a.model, a.effort) == (&b.model, b.effort);
        let mut ordered: Vec<&Self> = scores.iter().collect();
        ordered.sort_by(|a, b| (&a.model, a.effort).cmp(&(&b.model, b.effort)));
        ordered.chunk_by(of_same).filter(|of_one| of_one.len() > 1).map(Self::verdict).collect()
    }

    /// Of the forecasts whose range was true, the one that was off by least.
    fn verdict(of_one: &[&Self]) -> String {
        let is_true = |score: &&&Self| TRUE_RANGE.contains(&score.score.coverage.get());
        let best =
            of_one.iter().filter(is_true).min_by_key(|score| score.score.mean_absolute_error_usd);
        let whose = of_one.first().map(|score| score.whose()).unwrap_or_default();
        match best {
            Some(best) => format!(
                "for {whose} trust {}: {} of calls lay within its p5-p95, and no other true range was off by less",
                best.profile, best.score.coverage
            ),
            None => format!(
                "for {whose} trust none of these: no range held {:.0} to {:.0} % of the calls; make a profile of \
                 such calls with `outlay calibrate`",
                TRUE_RANGE.start() * 100.0,
                TRUE_RANGE.end() * 100.0
            ),
        }
    }

    pub(crate) fn write(&self, document: &mut Document) {
        let calls = grouped(self.score.calls);
        let of = self.whose();
        document.title(format!("{} on {calls} calls of {of}", self.profile));
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
