//! How the context fills up, and what each turn costs.

use super::super::page::{Page, Table};
use super::super::picture::{Axis, Mark, Picture, Pillar, Plot, Scene, Series, Shape, Unit};
use super::super::simulate::{SimulateResult, SimulatedTurn};
use super::super::tone::Tone;
use crate::units::{Money, Tokens};

/// Turns beyond this many have no pillar of their own.
const PILLARS: usize = 120;

impl SimulateResult {
    /// Adds the pictures of a conversation.
    pub(in crate::report) fn depict(&self, page: &mut Page) {
        if let (Some(first), Some(last)) = (self.turns.first(), self.turns.last()) {
            self.depict_context(page, first, last);
            self.depict_cost(page);
            self.depict_total(page, last);
        }
    }

    /// The axis of turns; each is as wide as the next.
    fn axis(&self, from: f64, to: f64) -> Axis {
        Axis::new("turn", Unit::Count, from, to + self.turns.len() as f64)
    }

    /// The prompt of each turn against the window and the reserve.
    fn depict_context(&self, page: &mut Page, first: &SimulatedTurn, last: &SimulatedTurn) {
        let at = |turn: &SimulatedTurn| f64::from(turn.turn);
        let range = self.turns.iter().map(|turn| {
            let prompt = turn.prompt_tokens;
            (at(turn), prompt.p5.as_f64(), prompt.p95.as_f64())
        });
        let median = self.turns.iter().map(|turn| (at(turn), turn.prompt_tokens.p50.as_f64()));
        let mut series = Vec::new();
        if !self.exact {
            series.push(Series::new("p5 to p95", 1, Shape::Band(range.collect())));
        }
        series.push(Series::new("median prompt", 1, Shape::Line(median.collect())));
        let mut marks =
            vec![Mark::y(self.window.as_f64(), format!("window {}", self.window), Tone::Bad)];
        if let Some(reserve) = self.reserve {
            let left = self.window.saturating_sub(reserve);
            let label = format!("reserve of {reserve} begins at {left}");
            marks.push(Mark::y(left.as_f64(), label, Tone::Caution));
        }
        if let Some(turn) = self.first_turn_below_reserve {
            let label = format!("below reserve from turn {turn}");
            marks.push(Mark::x(f64::from(turn), label, Tone::Caution));
        }
        if let Some(turn) = self.first_overflow_turn {
            marks.push(Mark::x(f64::from(turn), format!("first overflow: turn {turn}"), Tone::Bad));
        }
        let plot = Plot {
            x: self.axis(1.0, 0.0),
            y: Axis::new("prompt tokens", Unit::Tokens, 0.0, self.window.as_f64()),
            series,
            marks,
        };
        let mut figures = Table::new(&[
            ">turn", ">p5", ">median", ">p95", ">cached", ">room", ">cap", ">cut off", ">empty",
        ]);
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
        let summary = format!(
            "The prompt grows from {} tokens in turn {} to {} in turn {}; the window is {}.",
            first.prompt_tokens.p50,
            count(first.turn),
            last.prompt_tokens.p50,
            count(last.turn),
            self.window
        );
        let title = "Context by turn".to_owned();
        page.picture(Picture { title, summary, scene: Scene::Plot(plot) }, figures);
    }

    /// The mean cost of each turn, and the range it lies in.
    fn depict_cost(&self, page: &mut Page) {
        let cost = |of: fn(&SimulatedTurn) -> Money| self.turns.iter().map(of).max();
        let Some(most) = cost(|turn| turn.cost_usd.p95.max(turn.cost_usd.mean)) else { return };
        let at = |turn: &SimulatedTurn| f64::from(turn.turn);
        let mean = || self.turns.iter().map(|turn| (at(turn), turn.cost_usd.mean.as_f64()));
        let series = if !self.exact {
            let range = self
                .turns
                .iter()
                .map(|turn| (at(turn), turn.cost_usd.p5.as_f64(), turn.cost_usd.p95.as_f64()));
            vec![
                Series::new("p5 to p95", 1, Shape::Band(range.collect())),
                Series::new("mean", 1, Shape::Line(mean().collect())),
            ]
        } else if self.turns.len() <= PILLARS {
            vec![Series::new("mean", 1, Shape::Pillars(self.turns.iter().map(pillar).collect()))]
        } else {
            vec![Series::new("mean", 1, Shape::Area(mean().collect()))]
        };
        let plot = Plot {
            x: self.axis(0.5, 0.5),
            y: Axis::new("cost of a turn", Unit::Dollars, 0.0, most.as_f64()),
            series,
            marks: Vec::new(),
        };
        let mut figures = Table::new(&[">turn", ">mean", ">p5", ">median", ">p95"]);
        for turn in &self.turns {
            let cost = turn.cost_usd;
            let [mean, p5, p50, p95] =
                [cost.mean, cost.p5, cost.p50, cost.p95].map(Money::for_people);
            figures.row([turn.turn.to_string(), mean, p5, p50, p95]);
        }
        let dearest = self.turns.iter().max_by_key(|turn| turn.cost_usd.mean);
        let summary = dearest.map(|turn| {
            let mean = turn.cost_usd.mean.for_people();
            format!("The dearest turn is {}, with {mean} on average.", count(turn.turn))
        });
        let (title, summary) = ("Cost of each turn".to_owned(), summary.unwrap_or_default());
        page.picture(Picture { title, summary, scene: Scene::Plot(plot) }, figures);
    }

    /// What a conversation has cost on average after each turn.
    fn depict_total(&self, page: &mut Page, last: &SimulatedTurn) {
        let so_far = self.turns.iter().map(|t| (f64::from(t.turn), t.cumulative_usd.as_f64()));
        let mut points = vec![(0.0, 0.0)];
        points.extend(so_far);
        let total = self.total_cost_usd;
        let mut marks = Vec::new();
        if !self.exact {
            for (name, cost) in [("p5", total.p5), ("p95", total.p95)] {
                let label = format!("{name} of the whole {}", cost.for_people());
                marks.push(Mark::y(cost.as_f64(), label, Tone::Plain));
            }
        }
        let most = if self.exact { total.mean } else { total.p95.max(total.mean) };
        let plot = Plot {
            x: self.axis(0.0, 0.0),
            y: Axis::new("cost so far", Unit::Dollars, 0.0, most.as_f64()),
            series: vec![Series::new("mean", 1, Shape::Line(points))],
            marks,
        };
        let mut figures = Table::new(&[">turn", ">mean so far"]);
        for turn in &self.turns {
            figures.row([turn.turn.to_string(), turn.cumulative_usd.for_people()]);
        }
        let mean = last.cumulative_usd.for_people();
        let summary =
            format!("A conversation costs {mean} on average by turn {}.", count(last.turn));
        let title = "Cost of the conversation".to_owned();
        page.picture(Picture { title, summary, scene: Scene::Plot(plot) }, figures);
    }
}

/// The number of a turn, as people read it.
fn count(turn: u32) -> Tokens {
    Tokens::new(turn.into())
}

/// The cost of a turn as a pillar.
fn pillar(turn: &SimulatedTurn) -> Pillar {
    let (at, cost) = (f64::from(turn.turn), turn.cost_usd.mean);
    let says = format!("turn {}: {}", turn.turn, cost.for_people());
    Pillar { from: at - 0.5, to: at + 0.5, low: 0.0, high: cost.as_f64(), says }
}
