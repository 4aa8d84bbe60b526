//! How the context fills up, and what each turn costs.

use super::result::SimulateResult;
use crate::forecast::TurnSummary;
use crate::report::chart::{
    Axis, Chart, ChartSpec, Color, Mark, Pillar, Plot, Series, SeriesShape, Unit,
};
use crate::report::document::{Document, Table};
use crate::report::emphasis::Emphasis;
use crate::units::{Money, Tokens, grouped};

/// Turns beyond this many have no pillar of their own.
const PILLARS: usize = 120;
/// Below a window that is so many times the longest prompt, no curve could be seen.
const MOST_TIMES: f64 = 10.0;

impl SimulateResult {
    /// Adds the pictures of a conversation.
    pub(crate) fn add_chart(&self, document: &mut Document) {
        if let (Some(first), Some(last)) = (self.turns.first(), self.turns.last()) {
            self.depict_context(document, first, last);
            self.depict_cost(document);
            self.depict_total(document, last);
        }
    }

    /// The axis of turns, from the middle of the first to that of the last; a single one has a width.
    fn axis(&self) -> Axis {
        let (first, last) = (1.0, self.turns.len() as f64);
        let half = if self.turns.len() == 1 { 0.5 } else { 0.0 };
        Axis::new("turn", Unit::Count, first - half, last + half)
    }

    /// The mean or median of each turn, from left to right.
    fn curve(&self, of: impl Fn(&TurnSummary) -> f64) -> SeriesShape {
        let points = self.turns.iter().flat_map(|turn| {
            let y = of(turn);
            self.places(turn).into_iter().map(move |x| (x, y))
        });
        SeriesShape::Line(points.collect())
    }

    /// The range of each turn, from left to right.
    fn band(&self, of: impl Fn(&TurnSummary) -> (f64, f64)) -> SeriesShape {
        let points = self.turns.iter().flat_map(|turn| {
            let (low, high) = of(turn);
            self.places(turn).into_iter().map(move |x| (x, low, high))
        });
        SeriesShape::Band(points.collect())
    }

    /// Where a turn is drawn; a single one as wide as the axis, so that it is seen.
    fn places(&self, turn: &TurnSummary) -> Vec<f64> {
        let at = f64::from(turn.turn);
        if self.turns.len() == 1 { vec![at - 0.5, at + 0.5] } else { vec![at] }
    }

    /// How far the picture of the context reaches: to the window, unless a prompt would lie on zero beside it.
    fn context_top(&self, longest: Tokens) -> f64 {
        let (window, longest) = (self.window.as_f64(), longest.as_f64());
        if longest > 0.0 && longest * MOST_TIMES < window { longest } else { window }
    }

    /// The prompt of each turn against the window and the reserve.
    fn depict_context(&self, document: &mut Document, first: &TurnSummary, last: &TurnSummary) {
        let prompt = |turn: &TurnSummary| turn.prompt_tokens;
        let mut series = Vec::new();
        if !self.exact {
            let range = self.band(|turn| (prompt(turn).p5.as_f64(), prompt(turn).p95.as_f64()));
            series.push(Series::new("p5 to p95", Color::Blue, range));
        }
        let median = self.curve(|turn| prompt(turn).p50.as_f64());
        series.push(Series::new("median prompt", Color::Blue, median));
        let longest = self.turns.iter().map(|turn| prompt(turn).p95).max().unwrap_or_default();
        let top = self.context_top(longest);
        let mut marks =
            vec![Mark::y(self.window.as_f64(), format!("window {}", self.window), Emphasis::Bad)];
        if let Some(reserve) = self.reserve {
            let left = self.window.saturating_sub(reserve);
            let label = format!("reserve of {reserve} begins at {left}");
            marks.push(Mark::y(left.as_f64(), label, Emphasis::Caution));
        }
        if let Some(turn) = self.first_turn_below_reserve {
            let label = format!("below reserve from turn {turn}");
            marks.push(Mark::x(f64::from(turn), label, Emphasis::Caution));
        }
        if let Some(turn) = self.first_overflow_turn {
            marks.push(Mark::x(
                f64::from(turn),
                format!("first overflow: turn {turn}"),
                Emphasis::Bad,
            ));
        }
        marks.retain(|mark| !mark.upright || mark.at <= top);
        let plot = Plot {
            x: self.axis(),
            y: Axis::new("prompt tokens", Unit::Tokens, 0.0, top),
            series,
            marks,
        };
        let mut figures = Table::default()
            .numbers(["turn", "p5", "median", "p95", "cached", "room", "cap", "cut off", "empty"]);
        for turn in &self.turns {
            let prompt = turn.prompt_tokens;
            figures.row([
                turn.turn.to_string(),
                prompt.p5.to_string(),
                prompt.p50.to_string(),
                prompt.p95.to_string(),
                turn.cached_tokens.p50.to_string(),
                turn.room.p50.to_string(),
                turn.cap.p50.to_string(),
                turn.length_risk.to_string(),
                turn.empty_risk.to_string(),
            ]);
        }
        let (from, to) = (first.prompt_tokens.p50, last.prompt_tokens.p50);
        let grows = if first.turn == last.turn {
            format!("The prompt has {from} tokens")
        } else {
            format!(
                "The prompt has {from} tokens in turn 1 and {to} in turn {}",
                grouped(last.turn)
            )
        };
        let beyond = if top < self.window.as_f64() { ", beyond the picture" } else { "" };
        let summary = format!("{grows}; the window is {}{beyond}.", self.window);
        let title = "Context by turn".to_owned();
        document.chart(Chart { title, summary, spec: ChartSpec::Plot(plot) }, figures);
    }

    /// The mean cost of each turn, and the range it lies in.
    fn depict_cost(&self, document: &mut Document) {
        let cost = |of: fn(&TurnSummary) -> Money| self.turns.iter().map(of).max();
        let Some(most) = cost(|turn| turn.cost_usd.p95.max(turn.cost_usd.mean)) else { return };
        let series = if !self.exact {
            let cost = |turn: &TurnSummary| turn.cost_usd;
            let range = self.band(|turn| (cost(turn).p5.as_f64(), cost(turn).p95.as_f64()));
            let mean = self.curve(|turn| cost(turn).mean.as_f64());
            vec![
                Series::new("p5 to p95", Color::Blue, range),
                Series::new("mean", Color::Blue, mean),
            ]
        } else if self.turns.len() <= PILLARS {
            vec![Series::new(
                "mean",
                Color::Blue,
                SeriesShape::Pillars(self.turns.iter().map(pillar).collect()),
            )]
        } else {
            vec![Series::new("mean", Color::Blue, self.curve(|turn| turn.cost_usd.mean.as_f64()))]
        };
        let mut x = self.axis();
        if self.exact {
            // Pillars reach half a turn beyond the first and the last.
            (x.from, x.to) = (0.5, self.turns.len() as f64 + 0.5);
        }
        let plot = Plot {
            x,
            y: Axis::new("cost of a turn", Unit::Dollars, 0.0, most.as_f64()),
            series,
            marks: Vec::new(),
        };
        let mut figures = Table::default().numbers(["turn", "mean", "p5", "median", "p95"]);
        for turn in &self.turns {
            let cost = turn.cost_usd;
            let [mean, p5, p50, p95] =
                [cost.mean, cost.p5, cost.p50, cost.p95].map(Money::for_people);
            figures.row([turn.turn.to_string(), mean, p5, p50, p95]);
        }
        let dearest = self.turns.iter().max_by_key(|turn| turn.cost_usd.mean);
        let summary = dearest.map(|turn| {
            let mean = turn.cost_usd.mean.for_people();
            format!("The dearest turn is {}, with {mean} on average.", grouped(turn.turn))
        });
        let (title, summary) = ("Cost of each turn".to_owned(), summary.unwrap_or_default());
        document.chart(Chart { title, summary, spec: ChartSpec::Plot(plot) }, figures);
    }

    /// What a conversation has cost on average after each turn.
    fn depict_total(&self, document: &mut Document, last: &TurnSummary) {
        let so_far = self.turns.iter().map(|t| (f64::from(t.turn), t.cumulative_usd.as_f64()));
        let mut points = vec![(0.0, 0.0)];
        points.extend(so_far);
        let total = self.total_cost_usd;
        let mut marks = Vec::new();
        if !self.exact {
            for (name, cost) in [("p5", total.p5), ("p95", total.p95)] {
                let label = format!("{name} of the whole {}", cost.for_people());
                marks.push(Mark::y(cost.as_f64(), label, Emphasis::Plain));
            }
        }
        let most = if self.exact { total.mean } else { total.p95.max(total.mean) };
        let plot = Plot {
            x: Axis::new("turn", Unit::Count, 0.0, self.turns.len() as f64),
            y: Axis::new("cost so far", Unit::Dollars, 0.0, most.as_f64()),
            series: vec![Series::new("mean", Color::Blue, SeriesShape::Line(points))],
            marks,
        };
        let mut figures = Table::default().numbers(["turn", "mean so far"]);
        for turn in &self.turns {
            figures.row([turn.turn.to_string(), turn.cumulative_usd.for_people()]);
        }
        let mean = last.cumulative_usd.for_people();
        let summary =
            format!("A conversation costs {mean} on average by turn {}.", grouped(last.turn));
        let title = "Cost of the conversation".to_owned();
        document.chart(Chart { title, summary, spec: ChartSpec::Plot(plot) }, figures);
    }
}

/// The cost of a turn as a pillar.
fn pillar(turn: &TurnSummary) -> Pillar {
    let (at, cost) = (f64::from(turn.turn), turn.cost_usd.mean);
    let says = format!("turn {}: {}", turn.turn, cost.for_people());
    Pillar { from: at - 0.5, to: at + 0.5, low: 0.0, high: cost.as_f64(), says }
}
