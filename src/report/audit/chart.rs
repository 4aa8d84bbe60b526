//! What was spent, day by day or group by group.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::result::AuditResult;
use crate::report::chart::{
    Axis, Bar, Chart, ChartSpec, Color, Group, Pillar, Plot, Rows, Segment, Series, SeriesShape,
    Unit,
};
use crate::report::document::{Document, Table};
use crate::units::{Money, grouped};

/// So many names have a colour of their own; the others share the last one.
const COLORS: usize = 7;
/// So many groups are drawn where there are no days.
const SHOWN: usize = 20;
/// Days without calls are drawn as gaps in a span of at most so many days.
const SPAN: usize = 1_100;

impl AuditResult {
    /// Adds the picture of what was spent.
    pub(crate) fn add_chart(results: &[Self], document: &mut Document) {
        if results.iter().any(|result| result.day.is_some()) {
            by_day(document, results);
        } else {
            by_name(document, results);
            cache(document, results);
        }
    }

    /// The model and the task, as far as the calls are grouped by them.
    fn name(&self) -> String {
        let parts = [self.model.as_deref(), self.task.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        if parts.is_empty() { "all calls".to_owned() } else { parts.join(" · ") }
    }
}

/// Names by what was spent on them, the most first.
fn ranked(results: &[AuditResult]) -> Vec<(String, Money)> {
    let mut sums: BTreeMap<String, Money> = BTreeMap::new();
    for result in results {
        *sums.entry(result.name()).or_default() += result.spend.cost_usd;
    }
    let mut ranked: Vec<_> = sums.into_iter().collect();
    ranked.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
    ranked
}

/// A pillar for each day, its parts by name. Calls without a day are not drawn, and the summary says so.
fn by_day(document: &mut Document, results: &[AuditResult]) {
    let dated: Vec<(Date, &AuditResult)> =
        results.iter().filter_map(|result| Some((result.day?, result))).collect();
    let (days, has_gaps) = days(dated.iter().map(|(day, _)| *day).collect());
    let ranked = ranked(results);
    let color = |name: &str| {
        let rank = ranked.iter().position(|(other, _)| other == name).unwrap_or(COLORS);
        rank.min(COLORS)
    };
    let mut parts = vec![Vec::new(); COLORS + 1];
    let mut heights = vec![Money::ZERO; days.len()];
    let mut ordered = dated.clone();
    ordered.sort_by_key(|(day, result)| (*day, color(&result.name())));
    let mut figures = Table::default().texts(["day", ""]).numbers(["calls", "cost"]);
    for (day, result) in ordered {
        let (Ok(at), name, cost) = (days.binary_search(&day), result.name(), result.spend.cost_usd)
        else {
            continue;
        };
        let low = heights[at];
        heights[at] += cost;
        parts[color(&name)].push(Pillar {
            from: at as f64,
            to: at as f64 + 1.0,
            low: low.as_f64(),
            high: heights[at].as_f64(),
            says: format!("{day} · {name}: {}", cost.for_people()),
        });
        let calls = grouped(result.spend.calls);
        figures.row([day.to_string(), name, calls, cost.for_people()]);
    }
    let mut series = Vec::new();
    for (rank, pillars) in parts.into_iter().enumerate().filter(|(_, p)| !p.is_empty()) {
        let rest = ranked.len().saturating_sub(COLORS);
        let name = if rank == COLORS { format!("{rest} others") } else { ranked[rank].0.clone() };
        let color = Color::SERIES[rank];
        series.push(Series::new(name, color, SeriesShape::Pillars(pillars)));
    }
    let Some((highest, day)) = heights.iter().zip(&days).max_by_key(|(cost, _)| **cost) else {
        return;
    };
    let undated: Money = results.iter().filter(|r| r.day.is_none()).map(|r| r.spend.cost_usd).sum();
    let without = if undated > Money::ZERO {
        format!(" Calls without a day, {}, are not drawn.", undated.for_people())
    } else {
        String::new()
    };
    let gaps = if has_gaps { " Days without calls are left out." } else { "" };
    let summary =
        format!("The dearest day is {day}, with {}.{without}{gaps}", highest.for_people());
    let plot = Plot {
        x: Axis::new(
            "day, UTC",
            Unit::Names(days.iter().map(Date::to_string).collect()),
            0.0,
            days.len() as f64,
        ),
        y: Axis::new("spent", Unit::Dollars, 0.0, highest.as_f64()),
        series,
        marks: Vec::new(),
    };
    let title = "Spend by day".to_owned();
    document.chart(Chart { title, summary, spec: ChartSpec::Plot(plot) }, figures);
}

/// Every day from the first to the last, so that days without calls are gaps; and whether they are left
/// out instead, because the span is too long.
fn days(mut days: Vec<Date>) -> (Vec<Date>, bool) {
    days.sort_unstable();
    days.dedup();
    let (Some(first), Some(last)) = (days.first().copied(), days.last().copied()) else {
        return (days, false);
    };
    let all: Vec<Date> =
        first.series(1.day()).take_while(|day| *day <= last).take(SPAN + 1).collect();
    let has_gaps = all.len() > SPAN;
    if has_gaps { (days, true) } else { (all, false) }
}

/// A bar for each name: what was wasted, and the rest.
fn by_name(document: &mut Document, results: &[AuditResult]) {
    let mut sorted: Vec<&AuditResult> = results.iter().collect();
    sorted.sort_by_key(|result| std::cmp::Reverse(result.spend.cost_usd));
    sorted.truncate(SHOWN);
    let mut figures = Table::default().texts([""]).numbers(["calls", "cost", "wasted"]);
    let mut groups = Vec::new();
    for result in &sorted {
        let spend = &result.spend;
        let (cost, wasted) = (spend.cost_usd, spend.wasted_usd);
        let useful = cost - wasted;
        groups.push(Group {
            name: result.name(),
            bars: vec![Bar {
                segments: vec![
                    Segment {
                        to: useful.as_f64(),
                        color: Color::Blue,
                        says: format!("answered: {}", useful.for_people()),
                    },
                    Segment {
                        to: cost.as_f64(),
                        color: Color::Red,
                        says: format!("wasted: {}", wasted.for_people()),
                    },
                ],
                range: None,
                value: cost.for_people(),
            }],
        });
        let calls = grouped(spend.calls);
        figures.row([result.name(), calls, cost.for_people(), wasted.for_people()]);
    }
    let Some(dearest) = sorted.first() else { return };
    let summary =
        format!("Most was spent on {}: {}.", dearest.name(), dearest.spend.cost_usd.for_people());
    // Colours are explained where there are two.
    let has_waste = sorted.iter().any(|result| result.spend.wasted_usd > Money::ZERO);
    let legend = [(Color::Blue, "answered"), (Color::Red, "wasted on empty answers")];
    let legend = legend.into_iter().filter(|_| has_waste);
    let rows = Rows {
        axis: Axis::new("US dollars", Unit::Dollars, 0.0, dearest.spend.cost_usd.as_f64()),
        legend: legend.map(|(color, name)| (color, name.to_owned())).collect(),
        groups,
        marks: Vec::new(),
    };
    document
        .chart(Chart { title: "Spend".to_owned(), summary, spec: ChartSpec::Rows(rows) }, figures);
}

/// Bars for each name: what the cache saved, and what was written to it and never read.
fn cache(document: &mut Document, results: &[AuditResult]) {
    let of_cache = |result: &&AuditResult| {
        result.spend.saved_usd != Money::ZERO || in_vain(result) > Money::ZERO
    };
    let mut sorted: Vec<&AuditResult> = results.iter().filter(of_cache).collect();
    sorted.sort_by_key(|result| std::cmp::Reverse(result.spend.saved_usd));
    sorted.truncate(SHOWN);
    let Some(best) = sorted.first() else { return };
    let mut figures =
        Table::default().texts([""]).numbers(["cost", "saved", "written for nothing"]);
    let (mut groups, mut most) = (Vec::new(), 0.0_f64);
    for result in &sorted {
        let (saved, vain) = (result.spend.saved_usd, in_vain(result));
        figures.row([
            result.name(),
            result.spend.cost_usd.for_people(),
            saved.for_people(),
            vain.for_people(),
        ]);
        let mut bars = Vec::new();
        // What cost more than it saved has no bar, and its figure says so.
        for (usd, color, what) in
            [(saved, Color::Teal, "saved"), (vain, Color::Red, "written for nothing")]
        {
            if usd == Money::ZERO {
                continue;
            }
            let to = usd.max(Money::ZERO).as_f64();
            most = most.max(to);
            let (value, says) = (usd.for_people(), format!("{what}: {}", usd.for_people()));
            bars.push(Bar { segments: vec![Segment { to, color, says }], range: None, value });
        }
        groups.push(Group { name: result.name(), bars });
    }
    let summary = if best.spend.saved_usd > Money::ZERO {
        let (name, saved) = (best.name(), best.spend.saved_usd.for_people());
        format!("The cache saved most for {name}: {saved}.")
    } else {
        "The cache cost more than it saved.".to_owned()
    };
    let has_vain = sorted.iter().any(|result| in_vain(result) > Money::ZERO);
    let legend = [(Color::Teal, "saved"), (Color::Red, "written and never read")];
    let legend = legend.into_iter().filter(|_| has_vain);
    let rows = Rows {
        axis: Axis::new("US dollars", Unit::Dollars, 0.0, most),
        legend: legend.map(|(color, name)| (color, name.to_owned())).collect(),
        groups,
        marks: Vec::new(),
    };
    let title = "What the cache saved".to_owned();
    document.chart(Chart { title, summary, spec: ChartSpec::Rows(rows) }, figures);
}

/// What was written to the cache for nothing.
const fn in_vain(result: &AuditResult) -> Money {
    result.spend.unread_writes_usd
}
