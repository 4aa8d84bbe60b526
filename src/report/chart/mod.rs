//! Pictures of an answer: what is drawn ([`Chart`]), and the two ways of drawing it.
//!
//! A verb says what its picture shows in the units of its result: curves, bars and marks. `svg` lays
//! that out in shapes for a page, once for a wide and once for a narrow screen; `text` lays it out in characters for a terminal. Axes and their ticks are
//! the same for both. Nothing here computes a figure.
//!
//! ```
//! use outlay::report::{Axis, Chart, Color, Plot, ChartSpec, Series, SeriesShape, Unit};
//!
//! let plot = Plot {
//!     x: Axis::new("turn", Unit::Count, 1.0, 2.0),
//!     y: Axis::new("prompt tokens", Unit::Tokens, 0.0, 2_600.0),
//!     series: vec![Series::new("prompt", Color::Blue, SeriesShape::Line(vec![(1.0, 2_000.0), (2.0, 2_600.0)]))],
//!     marks: Vec::new(),
//! };
//! let chart = Chart {
//!     title: "The prompt by turn".to_owned(),
//!     summary: "It grows by 600 tokens a turn.".to_owned(),
//!     spec: ChartSpec::Plot(plot),
//! };
//! assert!(matches!(chart.spec, ChartSpec::Plot(_)));
//! ```

#[cfg(feature = "cli")]
mod canvas;
#[cfg(feature = "cli")]
mod glyphs;
mod label_layout;
mod scale;
mod shapes;
mod spec;
mod svg;
mod svg_bars;
mod svg_plot;
#[cfg(feature = "cli")]
mod text;
#[cfg(feature = "cli")]
mod text_bars;
#[cfg(feature = "cli")]
mod text_plot;

#[cfg(feature = "cli")]
pub(crate) use scale::days_between;
pub(crate) use shapes::{Drawing, Size, width_of};
pub use spec::{
    Axis, Bar, Chart, ChartSpec, Color, Dot, Group, Mark, Pillar, Plot, Rows, Segment, Series,
    SeriesShape, Unit,
};
pub(crate) use svg::{legend, shapes};
#[cfg(feature = "cli")]
pub(crate) use text::{NARROWEST, draw};
