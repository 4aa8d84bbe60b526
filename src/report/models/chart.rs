//! The prices of a model over time.

use jiff::civil::Date;

use super::show::ModelDetail;
use crate::catalog::{Rates, Tier};
use crate::report::chart::{
    Axis, Chart, ChartSpec, Color, Plot, Series, SeriesShape, Unit, days_between,
};
use crate::report::document::{Document, Table};
use crate::units::{Rate, Tokens};

impl ModelDetail {
    /// Adds the picture of the standard prices of short prompts, up to `as_of`.
    pub(crate) fn add_chart(&self, document: &mut Document, as_of: Date) {
        let history: Vec<(Date, &Rates)> = self
            .details
            .prices
            .iter()
            .filter_map(|e| Some((e.from, e.rates(Tier::Standard, Tokens::ZERO)?)))
            .collect();
        let (Some((first, _)), Some((last, now))) = (history.first(), history.last()) else {
            return;
        };
        let end = as_of.max(*last);
        let steps = |of: fn(&Rates) -> Option<Rate>| -> Vec<(f64, f64)> {
            let mut points: Vec<_> = history
                .iter()
                .filter_map(|(day, rates)| Some((days_between(*first, *day), of(rates)?.as_f64())))
                .collect();
            points.extend(points.last().map(|(_, rate)| (days_between(*first, end), *rate)));
            points
        };
        let series: Vec<Series> = [
            ("output", Color::Orange, steps(|rates| Some(rates.output))),
            ("input", Color::Blue, steps(|rates| Some(rates.input))),
            ("cached input", Color::Teal, steps(|rates| rates.cached_input)),
        ]
        .into_iter()
        .filter(|(_, _, points)| !points.is_empty())
        .map(|(name, color, points)| Series::new(name, color, SeriesShape::Steps(points)))
        .collect();
        let highest = history.iter().map(|(_, rates)| rates.output.max(rates.input)).max();
        let mut figures =
            Table::default().texts(["since"]).numbers(["input", "cached input", "output"]);
        for (day, rates) in &history {
            figures.row([
                day.to_string(),
                rates.input.for_people(),
                rates.cached_input.map(Rate::for_people).unwrap_or_default(),
                rates.output.for_people(),
            ]);
        }
        let plot = Plot {
            x: Axis::new("", Unit::Days(*first), 0.0, days_between(*first, end).max(1.0)),
            y: Axis::new(
                "USD per 1M tokens",
                Unit::Dollars,
                0.0,
                highest.map_or(0.0, Rate::as_f64),
            ),
            series,
            marks: Vec::new(),
        };
        let summary = format!(
            "Since {last} input costs {} and output {} per million tokens.",
            now.input.for_people(),
            now.output.for_people()
        );
        let title = "Standard prices by date".to_owned();
        document.chart(Chart { title, summary, spec: ChartSpec::Plot(plot) }, figures);
    }
}
