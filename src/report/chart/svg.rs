//! A picture as the shapes of an SVG, laid out for a wide screen and for a narrow one.
//!
//! Text in a picture that is scaled down cannot be read. So a page carries each picture twice and shows
//! the one that fits; both are laid out for the width at which they are drawn.

use super::shapes::{Drawing, Size, shape_class};
use super::spec::{Chart, ChartSpec, Color};
use super::{svg_bars, svg_plot};

/// The shapes of a picture.
pub(crate) fn shapes(chart: &Chart, size: Size) -> Drawing {
    match &chart.spec {
        ChartSpec::Plot(plot) => svg_plot::draw(plot, size),
        ChartSpec::Rows(rows) => svg_bars::draw(rows, size),
    }
}

/// What the legend of a picture says: the shape, the colour, the name.
pub(crate) fn legend(chart: &Chart) -> Vec<(&'static str, Color, &str)> {
    match &chart.spec {
        ChartSpec::Plot(plot) => {
            let named = plot.series.iter().filter(|series| !series.name.is_empty());
            let all: Vec<_> =
                named.map(|s| (shape_class(&s.shape), s.color, s.name.as_str())).collect();
            if all.len() > 1 { all } else { Vec::new() }
        }
        ChartSpec::Rows(rows) => {
            rows.legend.iter().map(|(color, name)| ("col", *color, name.as_str())).collect()
        }
    }
}
