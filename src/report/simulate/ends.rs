//! When conversations end before their answer: because nothing fits any more, or because a budget stops them.

use super::result::SimulateResult;
use crate::report::chart::{Axis, Chart, ChartSpec, Color, Plot, Series, SeriesShape, Unit};
use crate::report::document::{Document, Table};
use crate::units::{Probability, plural};

/// Characters of a curve within a line of text.
const CELLS: usize = 24;

/// A place of a conversation, and the shares of conversations that have ended by then.
struct Place {
    name: String,
    window_full: Probability,
    budget_hit: Probability,
}

impl SimulateResult {
    /// Steps where there are some, else turns; `None` where no conversation ends early, or one run is the answer.
    fn ends(&self) -> Option<(&'static str, Vec<Place>)> {
        let ends = self.overflowed.get() > 0.0
            || self.step_totals.as_ref().is_some_and(|totals| totals.budget_hit.get() > 0.0);
        if self.exact || !ends {
            return None;
        }
        if self.steps.is_empty() {
            let place = |turn: &crate::forecast::TurnSummary| Place {
                name: turn.turn.to_string(),
                window_full: turn.window_full,
                budget_hit: turn.budget_hit,
            };
            return Some(("turn", self.turns.iter().map(place).collect()));
        }
        let place = |step: &crate::forecast::StepSummary| Place {
            name: self.step_name(step),
            window_full: step.window_full,
            budget_hit: step.budget_hit,
        };
        Some(("step", self.steps.iter().map(place).collect()))
    }

    /// `; by step 1 to 40 ▁▂▅█`: how the share of full windows grows, drawn in a line of text; empty where there
    /// is nothing to draw.
    pub(super) fn curve_of_full_windows(&self) -> String {
        self.curve_of(|place| place.window_full)
    }

    /// The same of the budgets that are hit.
    pub(super) fn curve_of_budget_hits(&self) -> String {
        self.curve_of(|place| place.budget_hit)
    }

    fn curve_of(&self, of: fn(&Place) -> Probability) -> String {
        let Some((unit, places)) = self.ends() else { return String::new() };
        let shares: Vec<f64> = places.iter().map(|place| of(place).get()).collect();
        let most = shares.iter().copied().fold(0.0, f64::max);
        if shares.len() < 2 || most <= 0.0 {
            return String::new();
        }
        let [first, last] = [&places[0].name, &places[places.len() - 1].name];
        format!("; by {unit} {first} to {last} {}", sparkline(&shares, most))
    }

    /// Adds the picture of both.
    pub(super) fn depict_ends(&self, document: &mut Document) {
        let Some((unit, places)) = self.ends().filter(|(_, places)| places.len() > 1) else {
            return;
        };
        let curve = |of: fn(&Place) -> Probability| -> Vec<(f64, f64)> {
            (1_u32..).map(f64::from).zip(places.iter().map(|place| of(place).get())).collect()
        };
        let curves = [
            ("window full", Color::Red, curve(|place| place.window_full)),
            ("budget hit", Color::Orange, curve(|place| place.budget_hit)),
        ];
        let highest = |points: &[(f64, f64)]| points.iter().map(|(_, y)| *y).fold(0.0, f64::max);
        let most = curves.iter().map(|(_, _, points)| highest(points)).fold(0.0, f64::max);
        let series = curves.into_iter().filter(|(_, _, points)| highest(points) > 0.0);
        let series =
            series.map(|(name, color, points)| Series::new(name, color, SeriesShape::Line(points)));
        let plot = Plot {
            x: Axis::new(unit, Unit::Count, 1.0, places.len() as f64),
            y: Axis::new("share of conversations", Unit::Share, 0.0, most),
            series: series.collect(),
            marks: Vec::new(),
        };
        let mut figures = Table::default().numbers([unit, "window full", "budget hit"]);
        for place in &places {
            figures.row([
                place.name.clone(),
                place.window_full.to_string(),
                place.budget_hit.to_string(),
            ]);
        }
        let last = &places[places.len() - 1];
        let summary = format!(
            "After {}, nothing fits in {} of conversations, and {} are stopped by their budget.",
            plural(places.len(), unit),
            last.window_full,
            last.budget_hit
        );
        let title = format!("Ended early, by {unit}");
        document.chart(Chart { title, summary, spec: ChartSpec::Plot(plot) }, figures);
    }
}

/// Shares in blocks of an eighth of the highest; of many, the last of each group.
fn sparkline(shares: &[f64], most: f64) -> String {
    const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let cells = shares.len().min(CELLS);
    let at = |cell: usize| shares[(cell + 1) * shares.len() / cells - 1];
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of the highest is 0 to 1"
    )]
    let block = |share: f64| EIGHTHS[((share / most * 8.0).ceil() as usize).clamp(1, 8) - 1];
    (0..cells).map(|cell| block(at(cell))).collect()
}

#[cfg(test)]
mod tests {
    use super::sparkline;

    #[test]
    fn a_curve_ends_at_its_highest_block() {
        assert_eq!(sparkline(&[0.0, 0.1, 0.2, 0.4, 0.8], 0.8), "▁▁▂▄█");
        let many: Vec<f64> = (0..240).map(f64::from).collect();
        let drawn = sparkline(&many, 239.0);
        assert_eq!(drawn.chars().count(), 24);
        assert!(drawn.starts_with('▁') && drawn.ends_with('█'), "{drawn}");
    }
}
