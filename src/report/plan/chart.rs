//! The window and what fills it, the risks of every cap, and the reasoning behind them.

use super::result::PlanResult;
use crate::forecast::CapRisk;
use crate::report::calibrate::histogram;
use crate::report::chart::{
    Axis, Bar, Chart, ChartSpec, Color, Group, Mark, Plot, Rows, Segment, Series, SeriesShape, Unit,
};
use crate::report::document::{Document, Table};
use crate::report::emphasis::Emphasis;
use crate::units::{Probability, Tokens};

/// The most curves that can be told from each other.
const CURVES: usize = 6;
/// So many windows are drawn.
const WINDOWS: usize = 20;

impl PlanResult {
    /// Adds the pictures of one plan.
    pub(crate) fn add_chart(&self, document: &mut Document) {
        self.depict_risk(document);
        windows(document, &[self]);
        if let (Some(bars), Some(profile)) = (&self.reasoning_histogram, &self.profile) {
            let title = format!("Reasoning in the profile {}", profile.name);
            histogram::add(document, &title, "reasoning tokens", bars);
        }
    }

    /// Adds the pictures of several plans.
    pub(super) fn add_charts(results: &[&Self], of_one_input: bool, document: &mut Document) {
        if of_one_input {
            curves(document, results);
        }
        windows(document, results);
    }

    /// The risks against the cap, with every cap that is spoken of.
    fn depict_risk(&self, document: &mut Document) {
        let (Some(curve), Some(cap)) = (&self.risk_by_cap, self.recommended_max_completion_tokens)
        else {
            return;
        };
        let Some(last) = curve.last() else { return };
        let points = |of: fn(&CapRisk) -> Option<Probability>| -> Vec<(f64, f64)> {
            let point =
                |risk: &CapRisk| Some((risk.max_completion_tokens.as_f64(), of(risk)?.get()));
            curve.iter().filter_map(point).collect()
        };
        let empty = points(|risk| risk.empty_risk);
        let mut series = Vec::new();
        if !empty.is_empty() {
            series.push(Series::new(
                "empty: nothing visible comes out",
                Color::Red,
                SeriesShape::Area(empty),
            ));
        }
        let length = points(|risk| Some(risk.length_risk));
        series.push(Series::new("cut off", Color::Blue, SeriesShape::Line(length)));
        let plot = Plot {
            x: Axis::new(
                "max_completion_tokens",
                Unit::Tokens,
                0.0,
                last.max_completion_tokens.as_f64(),
            ),
            y: Axis::new("probability", Unit::Share, 0.0, 1.0),
            series,
            marks: self.marks(cap, last.max_completion_tokens),
        };
        let summary = format!(
            "The larger the cap, the fewer answers are cut off. At the recommended {cap} tokens {} of answers are \
             cut off{}; the target is {}.",
            self.length_risk.map(|risk| self.seen(risk)).unwrap_or_default(),
            self.empty_risk
                .map(|risk| format!(" and {} come out empty", self.seen(risk)))
                .unwrap_or_default(),
            self.risk_target,
        );
        let mut figures = Table::default().numbers(["cap", "cut off", "empty"]).texts([""]);
        for risk in curve {
            let words = self.words(risk.max_completion_tokens);
            let cells = [
                risk.max_completion_tokens.to_string(),
                self.seen(risk.length_risk),
                risk.empty_risk.map(|risk| self.seen(risk)).unwrap_or_default(),
                words.join(", "),
            ];
            if words.is_empty() { figures.row(cells) } else { figures.strong_row(cells) }
        }
        let title = "Risk by cap".to_owned();
        document.chart(Chart { title, summary, spec: ChartSpec::Plot(plot) }, figures);
    }

    /// What a cap is called.
    fn words(&self, cap: Tokens) -> Vec<&'static str> {
        let sent = self.sent.as_ref().map(|sent| sent.cap);
        let called = [
            (self.recommended_max_completion_tokens, "recommended"),
            (self.reserve, "reserve"),
            (sent, "sent now"),
            (Some(self.room), "room"),
        ];
        called.into_iter().filter(|(of, _)| *of == Some(cap)).map(|(_, word)| word).collect()
    }

    /// A mark for each cap that has a name and is not above `most`.
    fn marks(&self, recommended: Tokens, most: Tokens) -> Vec<Mark> {
        let sent = self.sent.as_ref().map(|sent| sent.cap);
        let mut caps = vec![(recommended, Emphasis::Good)];
        caps.extend(sent.map(|cap| (cap, Emphasis::Caution)));
        caps.extend(self.reserve.map(|cap| (cap, Emphasis::Plain)));
        caps.push((self.room, Emphasis::Plain));
        let mut marks: Vec<Mark> = Vec::new();
        for (cap, tone) in caps {
            let is_marked = marks.iter().any(|mark| mark.at.total_cmp(&cap.as_f64()).is_eq());
            if cap <= most && !is_marked {
                let words = self.words(cap).join(", ");
                marks.push(Mark::x(cap.as_f64(), format!("{words} {cap}"), tone));
            }
        }
        marks.push(Mark::y(
            self.risk_target.get(),
            format!("target {}", self.risk_target),
            Emphasis::Plain,
        ));
        marks
    }
}

/// The length risk of several models for one input.
fn curves(document: &mut Document, results: &[&PlanResult]) {
    let known: Vec<(&PlanResult, &Vec<CapRisk>)> =
        results.iter().filter_map(|r| Some((*r, r.risk_by_cap.as_ref()?))).take(CURVES).collect();
    if known.is_empty() {
        return;
    }
    let mut figures = Table::default().texts(["model"]).numbers(["cap", "cut off", "empty"]);
    let mut series = Vec::new();
    let mut most = 0.0_f64;
    for (color, (result, curve)) in Color::SERIES.into_iter().zip(&known) {
        let mut points = Vec::new();
        for risk in *curve {
            points.push((risk.max_completion_tokens.as_f64(), risk.length_risk.get()));
            figures.row([
                result.name.clone(),
                risk.max_completion_tokens.to_string(),
                result.seen(risk.length_risk),
                risk.empty_risk.map(|risk| result.seen(risk)).unwrap_or_default(),
            ]);
        }
        most = most.max(points.last().map_or(0.0, |(cap, _)| *cap));
        series.push(Series::new(result.name.clone(), color, SeriesShape::Line(points)));
    }
    // The target is that of the whole command.
    let target = known[0].0.risk_target;
    let marks = vec![Mark::y(target.get(), format!("target {target}"), Emphasis::Plain)];
    let at_cap = known.iter().filter_map(|(result, _)| {
        let cap = result.recommended_max_completion_tokens?;
        let risk = result.seen(result.length_risk?);
        Some(format!("{}: {risk} at {cap} tokens", result.name))
    });
    let summary =
        format!("How often answers are cut off. {}.", at_cap.collect::<Vec<_>>().join("; "));
    let plot = Plot {
        x: Axis::new("max_completion_tokens", Unit::Tokens, 0.0, most),
        y: Axis::new("length risk", Unit::Share, 0.0, 1.0),
        series,
        marks,
    };
    let title = "Risk by cap".to_owned();
    document.chart(Chart { title, summary, spec: ChartSpec::Plot(plot) }, figures);
}

/// The window of each plan, and what of it the prompt and the cap take.
fn windows(document: &mut Document, results: &[&PlanResult]) {
    let results = &results[..results.len().min(WINDOWS)];
    let Some(widest) = results.iter().map(|result| result.window).max() else { return };
    let mut figures = Table::default()
        .texts(["model"])
        .paths(["input"])
        .numbers(["prompt", "cap", "free", "window"]);
    let mut groups = Vec::new();
    for result in results {
        let cap = result.recommended_max_completion_tokens.unwrap_or_default();
        let free = result.window.saturating_sub(result.prompt_tokens).saturating_sub(cap);
        let taken = result.prompt_tokens.min(result.window).as_f64();
        let several = results.iter().any(|other| other.input != results[0].input);
        let input = result.input.as_deref().filter(|_| several);
        let segment = |to: f64, color, says: String| Segment { to, color, says };
        groups.push(Group {
            name: input.map_or_else(|| result.name.clone(), |i| format!("{} · {i}", result.name)),
            bars: vec![Bar {
                segments: vec![
                    segment(taken, Color::Blue, format!("prompt {}", result.prompt_tokens)),
                    segment(taken + cap.as_f64(), Color::Orange, format!("cap {cap}")),
                    segment(result.window.as_f64(), Color::Pale, format!("free {free}")),
                ],
                range: None,
                value: result.window.to_string(),
            }],
        });
        figures.row([
            result.name.clone(),
            result.input.clone().unwrap_or_default(),
            result.prompt_tokens.to_string(),
            cap.to_string(),
            free.to_string(),
            result.window.to_string(),
        ]);
    }
    let first = results[0];
    let summary = match (results.len(), first.recommended_max_completion_tokens) {
        (1, Some(cap)) => format!(
            "The prompt takes {} of {} tokens, the recommended cap {cap}.",
            first.prompt_tokens, first.window
        ),
        (1, None) => format!(
            "The prompt has {} tokens, the window {}: nothing fits after it.",
            first.prompt_tokens, first.window
        ),
        _ => "What the prompt and the recommended cap take of each window.".to_owned(),
    };
    let rows = Rows {
        axis: Axis::new("tokens", Unit::Tokens, 0.0, widest.as_f64()),
        legend: [
            (Color::Blue, "prompt"),
            (Color::Orange, "recommended cap"),
            (Color::Pale, "free"),
        ]
        .map(|(c, n)| (c, n.to_owned()))
        .to_vec(),
        groups,
        marks: Vec::new(),
    };
    let title = "The window".to_owned();
    document.chart(Chart { title, summary, spec: ChartSpec::Rows(rows) }, figures);
}
