//! How often calls had which length.

use crate::history::LengthBin;
use crate::report::chart::{
    Axis, Chart, ChartSpec, Color, Pillar, Plot, Series, SeriesShape, Unit,
};
use crate::report::document::{Document, Table};
use crate::units::grouped;

/// Adds the picture of a histogram; nothing for no bars.
pub(crate) fn add(document: &mut Document, title: &str, unit: &str, bars: &[LengthBin]) {
    let (Some(last), Some(highest)) = (bars.last(), bars.iter().max_by_key(|bar| all(bar))) else {
        return;
    };
    let mut figures = Table::default().numbers(["from", "below", "finished", "cut off"]);
    for bar in bars {
        let cut_off = if bar.censored > 0 { grouped(bar.censored) } else { String::new() };
        figures.row([bar.from.to_string(), bar.below.to_string(), grouped(bar.finished), cut_off]);
    }
    let pillar = |bar: &LengthBin, low: u64, n: u64, how: &str| Pillar {
        from: bar.from.as_f64(),
        to: bar.below.as_f64(),
        low: low as f64,
        high: (low + n) as f64,
        says: format!("{} to {}: {} {how}", bar.from, bar.below, grouped(n)),
    };
    let finished = bars.iter().map(|bar| pillar(bar, 0, bar.finished, "finished"));
    let cut_off = bars.iter().map(|bar| pillar(bar, bar.finished, bar.censored, "cut off"));
    let mut series =
        vec![Series::new("finished", Color::Blue, SeriesShape::Pillars(finished.collect()))];
    let censored: u64 = bars.iter().map(|bar| bar.censored).sum();
    if censored > 0 {
        let name = "cut off: at least that long";
        series.push(Series::new(name, Color::Orange, SeriesShape::Pillars(cut_off.collect())));
    }
    let n = grouped(bars.iter().map(all).sum::<u64>());
    let cut = if censored > 0 {
        format!(", {} of them cut off", grouped(censored))
    } else {
        String::new()
    };
    let summary = format!(
        "{n} calls{cut}. Most of them, {}, have from {} to {} tokens.",
        grouped(all(highest)),
        highest.from,
        highest.below
    );
    let plot = Plot {
        x: Axis::new(unit, Unit::Tokens, 0.0, last.below.as_f64()),
        y: Axis::new("calls", Unit::Count, 0.0, all(highest) as f64),
        series,
        marks: Vec::new(),
    };
    document
        .chart(Chart { title: title.to_owned(), summary, spec: ChartSpec::Plot(plot) }, figures);
}

fn all(bar: &LengthBin) -> u64 {
    bar.finished + bar.censored
}
