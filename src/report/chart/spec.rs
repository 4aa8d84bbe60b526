//! What is drawn, in the units of the answer.

use jiff::civil::Date;

use crate::report::emphasis::Emphasis;

/// A picture.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Its heading.
    pub title: String,
    /// What is to be seen, in a sentence or two, for those who do not see it.
    pub summary: String,
    /// What is drawn.
    pub spec: ChartSpec,
}

/// How a picture is laid out.
#[derive(Debug, Clone)]
pub enum ChartSpec {
    /// Two axes.
    Plot(Plot),
    /// Bars from left to right, one below the other, each with its name.
    Rows(Rows),
}

/// Curves, bands and pillars over an axis.
#[derive(Debug, Clone)]
pub struct Plot {
    /// What is below.
    pub x: Axis,
    /// What is at the left.
    pub y: Axis,
    /// What is drawn, from the back to the front.
    pub series: Vec<Series>,
    /// Amounts that are pointed at.
    pub marks: Vec<Mark>,
}

/// What an axis counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Unit {
    /// Tokens.
    Tokens,
    /// A share of 1.
    Share,
    /// US dollars.
    Dollars,
    /// Whole things.
    Count,
    /// Days since a day.
    Days(Date),
    /// Things with names, each from its number to the next.
    Names(Vec<String>),
}

/// An axis and what of it is shown.
#[derive(Debug, Clone)]
pub struct Axis {
    /// What it says.
    pub title: String,
    /// What it counts.
    pub unit: Unit,
    /// Its lower end.
    pub from: f64,
    /// Its upper end, above the lower one.
    pub to: f64,
}

impl Axis {
    /// An axis; one without extent gets some.
    #[must_use]
    pub fn new(title: impl Into<String>, unit: Unit, from: f64, to: f64) -> Self {
        let to = if to > from { to } else { from + 1.0 };
        Self { title: title.into(), unit, from, to }
    }

    /// Where a value lies between the ends, 0 to 1.
    pub(super) fn share(&self, value: f64) -> f64 {
        ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0)
    }
}

/// The colour of a series, which each format shows as it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Color {
    /// Pale, for what is only background.
    Pale,
    /// Blue.
    Blue,
    /// Orange; yellow on a terminal.
    Orange,
    /// Teal; cyan on a terminal.
    Teal,
    /// Violet; magenta on a terminal.
    Violet,
    /// Red.
    Red,
    /// Gray.
    Gray,
    /// Green.
    Green,
    /// A bright cyan.
    Cyan,
}

impl Color {
    /// The colours of series, in the order in which they are easy to tell apart.
    pub const SERIES: [Self; 8] = [
        Self::Blue,
        Self::Orange,
        Self::Teal,
        Self::Violet,
        Self::Red,
        Self::Gray,
        Self::Green,
        Self::Cyan,
    ];

    /// Its number in the style of a page, which is `s0` to `s8`.
    pub(crate) const fn number(self) -> u8 {
        self as u8
    }
}

/// What is drawn in one colour.
#[derive(Debug, Clone)]
pub struct Series {
    /// What the legend says; nothing for what needs no word.
    pub name: String,
    /// Its colour.
    pub color: Color,
    /// Its shape.
    pub shape: SeriesShape,
}

impl Series {
    /// What is drawn in one colour.
    #[must_use]
    pub fn new(name: impl Into<String>, color: Color, shape: SeriesShape) -> Self {
        Self { name: name.into(), color, shape }
    }
}

/// The shape of a series; points are from left to right.
#[derive(Debug, Clone)]
pub enum SeriesShape {
    /// Points that are joined.
    Line(Vec<(f64, f64)>),
    /// Values that hold until the next one.
    Steps(Vec<(f64, f64)>),
    /// What lies below joined points.
    Area(Vec<(f64, f64)>),
    /// What lies between two values at each point.
    Band(Vec<(f64, f64, f64)>),
    /// Pillars that stand beside or upon each other.
    Pillars(Vec<Pillar>),
    /// Points with a name.
    Dots(Vec<Dot>),
}

/// A rectangle that stands upright.
#[derive(Debug, Clone)]
pub struct Pillar {
    /// Its left side.
    pub from: f64,
    /// Its right side.
    pub to: f64,
    /// Its foot.
    pub low: f64,
    /// Its head.
    pub high: f64,
    /// What it means.
    pub says: String,
}

/// A point that stands out.
#[derive(Debug, Clone)]
pub struct Dot {
    /// Where it is from left to right.
    pub x: f64,
    /// Where it is from bottom to top.
    pub y: f64,
    /// What stands beside it; nothing for a point that explains itself.
    pub label: String,
}

/// An amount that is pointed at.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Whether it is an amount of the axis at the left.
    pub upright: bool,
    /// The amount.
    pub at: f64,
    /// What it is.
    pub label: String,
    /// What it means.
    pub tone: Emphasis,
}

impl Mark {
    /// An amount of the axis below.
    #[must_use]
    pub fn x(at: f64, label: impl Into<String>, tone: Emphasis) -> Self {
        Self { upright: false, at, label: label.into(), tone }
    }

    /// An amount of the axis at the left.
    #[must_use]
    pub fn y(at: f64, label: impl Into<String>, tone: Emphasis) -> Self {
        Self { upright: true, at, label: label.into(), tone }
    }
}

/// Bars with names.
#[derive(Debug, Clone)]
pub struct Rows {
    /// What the bars count; it begins at 0.
    pub axis: Axis,
    /// What the colours mean.
    pub legend: Vec<(Color, String)>,
    /// The names, with the bars below each.
    pub groups: Vec<Group>,
    /// Amounts that are pointed at.
    pub marks: Vec<Mark>,
}

/// A name and its bars.
#[derive(Debug, Clone)]
pub struct Group {
    /// The name.
    pub name: String,
    /// Its bars.
    pub bars: Vec<Bar>,
}

/// A bar.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Its parts, one after the other.
    pub segments: Vec<Segment>,
    /// The range in which the amount lies.
    pub range: Option<(f64, f64)>,
    /// The amount as text.
    pub value: String,
}

/// A part of a bar.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Where it ends; it begins where the one before ends.
    pub to: f64,
    /// Its colour.
    pub color: Color,
    /// What it means.
    pub says: String,
}
