//! What a call is expected to cost, the range it lies in, and what it costs at worst.

use super::result::EstimateResult;
use super::total::Told;
use crate::billing::CostKind;
use crate::report::chart::{Axis, Bar, Chart, ChartSpec, Color, Group, Rows, Segment, Unit};
use crate::report::document::{Document, Table, TableRow};
use crate::report::estimate::cost_range;
use crate::units::Money;

/// So many inputs are drawn; the table has them all.
const SHOWN: usize = 20;
/// A worst case is drawn up to so many times the other amounts.
const MOST_TIMES: f64 = 5.0;

impl EstimateResult {
    /// Adds the picture of one call: its bill, and the range around it.
    pub(crate) fn add_chart(&self, document: &mut Document) {
        let cost = &self.cost_usd;
        let mut legend = Vec::new();
        let mut segments = Vec::new();
        let mut figures = Table::default().texts([""]).numbers(["cost of a call"]);
        let mut sum = Money::ZERO;
        for line in &self.lines {
            let color = match line.kind {
                CostKind::Input => Color::Blue,
                CostKind::CachedInput => Color::Teal,
                CostKind::CacheWrite => Color::Violet,
                CostKind::CacheWriteExtended => Color::Red,
                // What a call to come may cost besides is no part of an estimate's bill.
                _ => Color::Orange,
            };
            let name = line.kind.label();
            sum += line.cost_usd;
            let says = format!("{name}: {}", line.cost_usd.for_people());
            segments.push(Segment { to: sum.as_f64(), color, says });
            legend.push((color, name.to_owned()));
            figures.row([name.to_owned(), line.cost_usd.for_people()]);
        }
        let range = cost.p5.zip(cost.p95).filter(|(low, high)| low < high);
        // Beside a worst case that is many times as much nothing else could be seen.
        let largest = cost_range::largest(cost);
        let drawn = cost.worst_case.as_f64() <= largest * MOST_TIMES;
        let mut groups = Vec::new();
        let single = |money: Money| Bar {
            segments: vec![Segment { to: money.as_f64(), color: Color::Gray, says: String::new() }],
            range: None,
            value: money.for_people(),
        };
        if let Some(expected) = cost.expected {
            let range = range.map(|(low, high)| (low.as_f64(), high.as_f64()));
            let name = if range.is_some() { "expected, with p5 to p95" } else { "expected" };
            groups.push(Group {
                name: name.to_owned(),
                bars: vec![Bar { segments, range, value: expected.for_people() }],
            });
            groups
                .push(Group { name: "worst case".to_owned(), bars: vec![single(cost.worst_case)] });
        } else {
            let value = cost.worst_case.for_people();
            let bars = vec![Bar { segments, range: None, value }];
            groups.push(Group { name: "worst case".to_owned(), bars });
        }
        for (name, money) in [("expected", cost.expected), ("p5", cost.p5), ("p95", cost.p95)] {
            figures.rows.extend(money.map(|money| TableRow {
                cells: vec![name.to_owned(), money.for_people()],
                strong: false,
            }));
        }
        figures.row(["worst case".to_owned(), cost.worst_case.for_people()]);
        let summary = match cost.expected {
            Some(expected) => format!(
                "{} is expected, {} at worst{}.",
                expected.for_people(),
                cost.worst_case.for_people(),
                if drawn { "" } else { "; its bar is cut" }
            ),
            None => {
                format!("At worst {}; what is expected is not known.", cost.worst_case.for_people())
            }
        };
        let most = if drawn { cost.worst_case.as_f64() } else { largest };
        let axis = Axis::new("US dollars", Unit::Dollars, 0.0, most);
        let rows = Rows { axis, legend, groups, marks: Vec::new() };
        let title = "Cost of a call".to_owned();
        document.chart(Chart { title, summary, spec: ChartSpec::Rows(rows) }, figures);
    }

    /// Adds the picture of several calls, the dearest first.
    pub(super) fn add_charts(results: &[Self], told: &Told, document: &mut Document) {
        let shown = |result: &Self| result.cost_usd.expected.unwrap_or(result.cost_usd.worst_case);
        let mut sorted: Vec<&Self> = results.iter().collect();
        sorted.sort_by_key(|result| std::cmp::Reverse(shown(result)));
        sorted.truncate(SHOWN);
        let mut figures = Table::default().texts(["model"]).paths(["input"]).numbers([
            "expected",
            "p5",
            "p95",
            "worst case",
        ]);
        let mut groups = Vec::new();
        let mut most = 0.0_f64;
        for result in &sorted {
            let cost = &result.cost_usd;
            let input = result.input.as_deref().unwrap_or("declared amounts");
            let name = if told.same_model {
                input.to_owned()
            } else {
                format!("{} · {input}", result.name)
            };
            groups.push(Group { name, bars: vec![cost_range::bar(cost, Color::Blue, "a call")] });
            most = most.max(cost_range::largest(cost));
            let money = |money: Option<Money>| money.map(Money::for_people).unwrap_or_default();
            figures.row([
                result.name.clone(),
                input.to_owned(),
                money(cost.expected),
                money(cost.p5),
                money(cost.p95),
                cost.worst_case.for_people(),
            ]);
        }
        let Some(dearest) = sorted.first() else { return };
        let of = if told.results > SHOWN {
            format!(" The {SHOWN} dearest of {} are shown.", told.results)
        } else {
            String::new()
        };
        let summary = format!("The dearest call costs {}.{of}", shown(dearest).for_people());
        let rows = Rows {
            axis: Axis::new("US dollars", Unit::Dollars, 0.0, most),
            legend: Vec::new(),
            groups,
            marks: Vec::new(),
        };
        let title = "Cost of a call, with p5 to p95".to_owned();
        document.chart(Chart { title, summary, spec: ChartSpec::Rows(rows) }, figures);
    }
}
