//! Models side by side, and where their costs meet.

use super::result::{CompareResult, Priced};
use crate::catalog::{Benchmark, BenchmarkKind};
use crate::report::chart::{
    Axis, Bar, Chart, ChartSpec, Color, Dot, Group, Mark, Plot, Rows, Segment, Series, SeriesShape,
    Unit,
};
use crate::report::document::{Document, Table};
use crate::report::emphasis::Emphasis;
use crate::report::estimate::{calls_of, cost_range};
use crate::units::{CallVolume, Money, Tokens};

/// The most lines that can be told from each other.
const LINES: usize = 4;
/// So many models are drawn, the cheapest; the figures have them all.
const DRAWN: usize = 20;

/// That not all models are drawn.
fn of_many(models: usize) -> String {
    if models > DRAWN {
        format!(" The {DRAWN} cheapest of {models} are drawn.")
    } else {
        String::new()
    }
}

impl CompareResult {
    /// Adds the pictures of the models for one input.
    pub(crate) fn add_chart(results: &[Self], document: &mut Document) {
        let able: Vec<(&Self, &Priced)> =
            results.iter().filter_map(|result| Some((result, result.offer.as_ref()?))).collect();
        if let Some((first, _)) = able.first() {
            all_calls(document, &able);
            costs(document, &able, first.unit);
            break_even(document, &able);
        }
    }

    /// Adds the picture of published results over costs.
    pub(crate) fn add_quality(results: &[Self], document: &mut Document) {
        let able: Vec<(&Self, &Priced)> =
            results.iter().filter_map(|result| Some((result, result.offer.as_ref()?))).collect();
        if let Some((first, _)) = able.first() {
            quality(document, &able, first.unit);
        }
    }
}

/// What all calls cost with every model, the cheapest first.
fn all_calls(document: &mut Document, able: &[(&CompareResult, &Priced)]) {
    let Some((first, _)) = able.first().filter(|(first, _)| first.calls > 1) else { return };
    let volume = CallVolume { calls: first.calls, period: first.period };
    let mut sorted = able.to_vec();
    sorted.sort_by_key(|(_, offer)| offer.calls_cost_usd);
    let mut figures = Table::default().texts(["model"]).numbers([volume.to_string()]);
    let mut groups = Vec::new();
    let mut most = 0.0_f64;
    for (result, offer) in &sorted {
        let (to, value) = (offer.calls_cost_usd.as_f64(), offer.calls_cost_usd.for_people());
        let says = format!("{volume}: {value}");
        figures.row([result.marked(), value.clone()]);
        if groups.len() == DRAWN {
            continue;
        }
        most = most.max(to);
        let segments = vec![Segment { to, color: Color::Blue, says }];
        groups.push(Group {
            name: result.marked(),
            bars: vec![Bar { segments, range: None, value }],
        });
    }
    let callable = sorted.iter().find(|(result, _)| result.cannot.is_none());
    let summary = callable.map(|(result, offer)| {
        let (cost, drawn) = (offer.calls_cost_usd.for_people(), of_many(sorted.len()));
        format!("{} is the cheapest, with {cost}.{drawn}", result.name)
    });
    let axis = Axis::new("US dollars", Unit::Dollars, 0.0, most);
    let rows = Rows { axis, legend: Vec::new(), groups, marks: Vec::new() };
    document.chart(
        Chart {
            title: format!("Cost of {}", calls_of(volume)),
            summary: summary.unwrap_or_default(),
            spec: ChartSpec::Rows(rows),
        },
        figures,
    );
}

/// What a call costs, and a usable answer, with every model.
fn costs(document: &mut Document, able: &[(&CompareResult, &Priced)], unit: &str) {
    let shown = |offer: &Priced| offer.cost_usd.expected.unwrap_or(offer.cost_usd.worst_case);
    // A usable answer has a bar of its own where it costs 5 % more than a call.
    let dearer = |offer: &Priced| {
        let is_seen = |cost: &Money| cost.picodollars() * 100 > shown(offer).picodollars() * 105;
        offer.cost_per_usable_usd.filter(is_seen)
    };
    let has_usable = able.iter().any(|(_, offer)| dearer(offer).is_some());
    let usable_name = if unit == "call" { "per usable answer" } else { "per usable conversation" };
    let mut figures = Table::default().texts(["model"]).numbers([
        "expected",
        "p5",
        "p95",
        "worst case",
        usable_name,
    ]);
    let mut groups = Vec::new();
    let mut most = 0.0_f64;
    let mut sorted = able.to_vec();
    sorted.sort_by_key(|(_, offer)| shown(offer));
    for (result, offer) in sorted {
        let cost = &offer.cost_usd;
        let money = |money: Option<Money>| money.map(Money::for_people).unwrap_or_default();
        figures.row([
            result.name.clone(),
            money(cost.expected),
            money(cost.p5),
            money(cost.p95),
            cost.worst_case.for_people(),
            money(offer.cost_per_usable_usd),
        ]);
        if groups.len() == DRAWN {
            continue;
        }
        let mut bars = vec![cost_range::bar(cost, Color::Blue, &format!("a {unit}"))];
        most = most.max(cost_range::largest(cost));
        if let Some(usable) = dearer(offer) {
            let (to, value) = (usable.as_f64(), usable.for_people());
            let says = format!("{usable_name}: {value}");
            bars.push(Bar {
                segments: vec![Segment { to, color: Color::Teal, says }],
                range: None,
                value,
            });
            most = most.max(to);
        }
        groups.push(Group { name: result.marked(), bars });
    }
    let (first, reference) = (&able[0].0.name, shown(able[0].1));
    let mut legend = vec![(Color::Blue, format!("a {unit}, with p5 to p95"))];
    if has_usable {
        legend.push((Color::Teal, usable_name.to_owned()));
    }
    let marks = if able.len() > 1 && reference.as_f64() <= most {
        vec![Mark::x(reference.as_f64(), format!("as much as {first}"), Emphasis::Plain)]
    } else {
        Vec::new()
    };
    let callable = able.iter().filter(|(result, _)| result.cannot.is_none());
    let cheapest = callable.min_by_key(|(_, offer)| shown(offer));
    let summary = cheapest.map(|(result, offer)| {
        let (cost, drawn) = (shown(offer).for_people(), of_many(able.len()));
        format!("{} is the cheapest, with {cost} a {unit}.{drawn}", result.name)
    });
    let axis = Axis::new("US dollars", Unit::Dollars, 0.0, most);
    document.chart(
        Chart {
            title: format!("Cost of a {unit}"),
            summary: summary.unwrap_or_default(),
            spec: ChartSpec::Rows(Rows { axis, legend, groups, marks }),
        },
        figures,
    );
}

/// The cost of a call by its completion tokens, and how many make each model as dear as the first.
fn break_even(document: &mut Document, able: &[(&CompareResult, &Priced)]) {
    let line = |offer: &Priced| {
        let tokens = offer.completion_tokens?.expected?;
        Some((offer.prompt_cost_usd?, tokens, offer.cost_usd.expected?))
    };
    let Some((_, _, reference)) = able.first().and_then(|(_, offer)| line(offer)) else { return };
    let known: Vec<_> = able
        .iter()
        .filter_map(|(result, offer)| Some((*result, *offer, line(offer)?)))
        .take(LINES)
        .collect();
    if known.len() < 2 {
        return;
    }
    let (first, is_pair) = (&known[0].0.name, known.len() == 2);
    let mut figures = Table::default().texts(["model"]).numbers([
        "prompt alone",
        "completion",
        "expected",
        "break-even tokens",
        "at completion",
    ]);
    let mut series = Vec::new();
    let mut dots = Vec::new();
    let (mut widest, mut highest) = (0.0_f64, reference.as_f64());
    let mut told = Vec::new();
    for (color, (result, offer, (prompt, tokens, cost))) in Color::SERIES.into_iter().zip(&known) {
        let mut points = vec![(0.0, prompt.as_f64()), (tokens.as_f64(), cost.as_f64())];
        let even = offer.break_even_tokens.map(|times| times * tokens.as_f64());
        points.extend(even.map(|even| (even, reference.as_f64())));
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        widest = points.iter().map(|(x, _)| *x).fold(widest, f64::max);
        highest = highest.max(cost.as_f64());
        series.push(Series::new(result.name.clone(), color, SeriesShape::Line(points)));
        // Among several dots a label would be read as that of another; the legend has them all.
        let label = if is_pair { result.name.clone() } else { String::new() };
        let dot = Dot { x: tokens.as_f64(), y: cost.as_f64(), label };
        dots.push(Series::new(String::new(), color, SeriesShape::Dots(vec![dot])));
        let even = even.map(Tokens::from_f64);
        dots.extend(even.map(|even| {
            let label = if is_pair { format!("break-even {even}") } else { String::new() };
            let dot = Dot { x: even.as_f64(), y: reference.as_f64(), label };
            Series::new(String::new(), color, SeriesShape::Dots(vec![dot]))
        }));
        told.extend(even.map(|even| format!("{} at {even} tokens", result.name)));
        figures.row([
            result.name.clone(),
            prompt.for_people(),
            tokens.to_string(),
            cost.for_people(),
            offer.break_even_tokens.map(|times| format!("{times:.2} ×")).unwrap_or_default(),
            even.map(|even| even.to_string()).unwrap_or_default(),
        ]);
    }
    series.extend(dots);
    let label = format!("{first}: {}", reference.for_people());
    let plot = Plot {
        x: Axis::new("completion tokens", Unit::Tokens, 0.0, widest * 1.05),
        y: Axis::new("cost of a call", Unit::Dollars, 0.0, highest),
        series,
        marks: vec![Mark::y(reference.as_f64(), label, Emphasis::Plain)],
    };
    let even = match told.as_slice() {
        [] => format!("No other model costs as much as {first} with any number of tokens."),
        told => format!("As dear as {first} with its expected completion: {}.", told.join("; ")),
    };
    let left_out = able.len() - known.len();
    let only = if left_out > 0 {
        format!(" Of {} models the first {} are drawn.", able.len(), known.len())
    } else {
        String::new()
    };
    let summary = format!("Dots are the expected completions. {even}{only}");
    document.chart(
        Chart { title: "Break-even".to_owned(), summary, spec: ChartSpec::Plot(plot) },
        figures,
    );
}

/// The models that have a result of this benchmark of what they can do, with what they are expected to cost.
fn published<'a>(
    able: &[(&'a CompareResult, &Priced)],
    wanted: &Benchmark,
) -> Vec<(&'a CompareResult, Money, &'a Benchmark)> {
    let same = |other: &&Benchmark| {
        other.kind == BenchmarkKind::Capability
            && (&other.name, &other.metric) == (&wanted.name, &wanted.metric)
            && other.value.parse::<f64>().is_ok()
    };
    let point = |(result, offer): &(&'a CompareResult, &Priced)| {
        Some((*result, offer.cost_usd.expected?, result.benchmarks.iter().find(same)?))
    };
    able.iter().filter_map(point).collect()
}

/// The published result that most of the models have, over what a call costs.
fn quality(document: &mut Document, able: &[(&CompareResult, &Priced)], unit: &str) {
    // Of benchmarks that equally many have, the first of the catalogue.
    let mut most = Vec::new();
    for benchmark in able.iter().flat_map(|(result, _)| &result.benchmarks) {
        let points = published(able, benchmark);
        if points.len() > most.len() {
            most = points;
        }
    }
    if most.len() < 2 {
        return;
    }
    let (name, metric) = (most[0].2.name.clone(), most[0].2.metric.clone());
    let mut figures =
        Table::default().texts(["model"]).numbers(["expected", &metric]).texts(["source"]);
    let mut series = Vec::new();
    let (mut dearest, mut best) = (0.0_f64, 0.0_f64);
    for (color, (result, cost, found)) in Color::SERIES.into_iter().cycle().zip(&most) {
        let value = found.value.parse().unwrap_or(0.0);
        (dearest, best) = (dearest.max(cost.as_f64()), best.max(value));
        let dot = Dot { x: cost.as_f64(), y: value, label: result.name.clone() };
        series.push(Series::new(String::new(), color, SeriesShape::Dots(vec![dot])));
        figures.row([
            result.marked(),
            cost.for_people(),
            found.value.clone(),
            found.source.clone(),
        ]);
    }
    let plot = Plot {
        x: Axis::new(format!("expected cost of a {unit}"), Unit::Dollars, 0.0, dearest * 1.2),
        y: Axis::new(metric, Unit::Count, 0.0, best),
        series,
        marks: Vec::new(),
    };
    let summary =
        "Further up is better, further left is cheaper. Results are those that were published."
            .to_owned();
    document.chart(
        Chart { title: format!("{name} against cost"), summary, spec: ChartSpec::Plot(plot) },
        figures,
    );
}
