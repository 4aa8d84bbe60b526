//! Pictures of an answer: what is drawn ([`Picture`]), and the two ways of drawing it.
//!
//! A verb says what its picture shows in the units of its result: curves, bars and marks. `svg` lays that out in shapes for a page, once for a wide and once
//! for a narrow screen; `blocks` lays it out in characters for a terminal. Axes and their ticks are
//! the same for both. Nothing here computes a figure.
//!
//! ```
//! use outlay::report::{Axis, Picture, Plot, Scene, Series, Shape, Unit};
//!
//! let plot = Plot {
//!     x: Axis::new("turn", Unit::Count, 1.0, 2.0),
//!     y: Axis::new("prompt tokens", Unit::Tokens, 0.0, 2_600.0),
//!     series: vec![Series::new("prompt", 1, Shape::Line(vec![(1.0, 2_000.0), (2.0, 2_600.0)]))],
//!     marks: Vec::new(),
//! };
//! let picture = Picture {
//!     title: "The prompt by turn".to_owned(),
//!     summary: "It grows by 600 tokens a turn.".to_owned(),
//!     scene: Scene::Plot(plot),
//! };
//! assert!(matches!(picture.scene, Scene::Plot(_)));
//! ```

#[cfg(feature = "cli")]
mod blocks;
#[cfg(feature = "cli")]
mod blocks_plot;
#[cfg(feature = "cli")]
mod blocks_rows;
#[cfg(feature = "cli")]
mod canvas;
#[cfg(feature = "cli")]
mod glyphs;
mod lanes;
mod scale;
mod scene;
mod shapes;
mod svg;
mod svg_plot;
mod svg_rows;

#[cfg(feature = "cli")]
pub(super) use blocks::{NARROWEST, draw};
pub(super) use scale::days_between;
pub use scene::{
    Axis, Bar, Dot, Group, Mark, Picture, Pillar, Plot, Rows, Scene, Segment, Series, Shape, Unit,
};
pub(super) use shapes::{Drawing, Size};
pub(super) use svg::{legend, shapes};
