//! The shapes that an SVG is made of.

use serde::Serialize;

use super::spec::SeriesShape;
use crate::report::emphasis::Emphasis;

/// The width of a character, a little more than it is in the fonts of browsers.
pub(super) const CHARACTER: f64 = 7.4;
/// The height of a line of text.
pub(super) const LINE: f64 = 16.0;
/// What a picture is laid out for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// A page on a desk, or on paper.
    Wide,
    /// A telephone.
    Narrow,
}

impl Size {
    /// The width of the drawing, in units of its own.
    pub(super) fn width(self) -> f64 {
        match self {
            Self::Wide => 800.0,
            Self::Narrow => 360.0,
        }
    }

    /// The height of a plot, without the labels above it.
    pub(super) fn height(self) -> f64 {
        match self {
            Self::Wide => 300.0,
            Self::Narrow => 260.0,
        }
    }
}

/// The shapes of a picture.
#[derive(Debug, Serialize)]
pub(crate) struct Drawing {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) items: Vec<Item>,
}

impl Drawing {
    /// How wide it is, in units of its own.
    pub(crate) fn width(&self) -> f64 {
        self.width
    }

    /// How high it is.
    pub(crate) fn height(&self) -> f64 {
        self.height
    }
}

/// A shape; `class` says how it looks.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Item {
    Path { class: String, d: String },
    Rect { class: String, x: String, y: String, width: String, height: String, says: String },
    Circle { class: String, x: String, y: String, says: String },
    Text { class: String, x: String, y: String, text: String },
}

impl Item {
    pub(super) fn line(
        class: impl Into<String>,
        (x1, y1): (f64, f64),
        (x2, y2): (f64, f64),
    ) -> Self {
        let d = format!("M{} {}L{} {}", n(x1), n(y1), n(x2), n(y2));
        Self::Path { class: class.into(), d }
    }

    pub(super) fn text(class: impl Into<String>, x: f64, y: f64, text: impl Into<String>) -> Self {
        Self::Text { class: class.into(), x: n(x), y: n(y), text: text.into() }
    }

    pub(super) fn rect(
        class: impl Into<String>,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        says: impl Into<String>,
    ) -> Self {
        let (class, says) = (class.into(), says.into());
        Self::Rect { class, x: n(x), y: n(y), width: n(width), height: n(height), says }
    }
}

/// A coordinate with one decimal at most.
pub(super) fn n(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), ToOwned::to_owned)
}

/// About how wide a text is.
pub(crate) fn width_of(text: &str) -> f64 {
    text.chars().count() as f64 * CHARACTER
}

/// How a shape is called in the style of the page.
pub(super) fn shape_class(shape: &SeriesShape) -> &'static str {
    match shape {
        SeriesShape::Line(_) | SeriesShape::Steps(_) => "line",
        SeriesShape::Area(_) | SeriesShape::Band(_) => "area",
        SeriesShape::Pillars(_) => "col",
        SeriesShape::Dots(_) => "dot",
    }
}

/// How a meaning is called in the style of the page.
pub(super) fn tone_class(tone: Emphasis) -> &'static str {
    match tone {
        Emphasis::Good => "good",
        Emphasis::Caution => "caution",
        Emphasis::Bad => "bad",
        Emphasis::Muted | Emphasis::Source | Emphasis::Plain => "plain",
    }
}
