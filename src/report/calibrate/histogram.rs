//! How often calls had which length.

use super::result::BarRef;
use crate::report::chart::{Axis, Chart, ChartSpec, Pillar, Plot, Series, SeriesShape, Unit};
use crate::report::document::{Document, Table};
use crate::units::Tokens;

/// Adds the picture of a histogram; nothing for no bars.
pub(crate) fn add(document: &mut Document, title: &str, unit: &str, bars: &[BarRef]) {
    let (Some(last), Some(highest)) = (bars.last(), bars.iter().max_by_key(|bar| all(bar))) else {
        return;
    };
    let mut figures = Table::new(&[">from", ">below", ">finished", ">cut off"]);
    for bar in bars {
        let cut_off =
            if bar.censored > 0 { Tokens::new(bar.censored).to_string() } else { String::new() };
        figures.row([
            bar.from.to_string(),
            bar.below.to_string(),
            Tokens::new(bar.finished).to_string(),
            cut_off,
        ]);
    }
    let pillar = |bar: &BarRef, low: u64, n: u64, how: &str| Pillar {
        from: bar.from.as_f64(),
        to: bar.below.as_f64(),
        low: low as f64,
        high: (low + n) as f64,
        says: format!("{} to {}: {} {how}", bar.from, bar.below, Tokens::new(n)),
    };
    let finished = bars.iter().map(|bar| pillar(bar, 0, bar.finished, "finished"));
    let cut_off = bars.iter().map(|bar| pillar(bar, bar.finished, bar.censored, "cut off"));
    let mut series = vec![Series::new("finished", 1, SeriesShape::Pillars(finished.collect()))];
    let censored: u64 = bars.iter().map(|bar| bar.censored).sum();
    if censored > 0 {
        let name = "cut off: at least that long";
        series.push(Series::new(name, 2, SeriesShape::Pillars(cut_off.collect())));
    }
    let n = Tokens::new(bars.iter().map(all).sum());
    let cut = if censored > 0 {
        format!(", {} of them cut off", Tokens::new(censored))
    } else {
        String::new()
    };
    let summary = format!(
        "{n} calls{cut}. Most of them, {}, have from {} to {} tokens.",
        Tokens::new(all(highest)),
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

fn all(bar: &BarRef) -> u64 {
    bar.finished + bar.censored
}
