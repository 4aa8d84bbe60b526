//! The pictures of a report as one file that asks for nothing else, light or dark as the reader's screen is.

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::report::chart::{Chart, Drawing, Size, legend, shapes, width_of};
use crate::report::document::{Document, DocumentBlock};
use crate::report::render::unserialisable;
use crate::{Error, ErrorKind};

const TEMPLATE: &str = include_str!("picture.svg");
const STYLE: &str = concat!(include_str!("colors.css"), include_str!("chart.css"));
/// What is free around the pictures, and between two of them.
const MARGIN: f64 = 20.0;
/// What a title takes, and a line of a legend.
const TITLE: f64 = 28.0;
const LEGEND: f64 = 22.0;
/// What a legend has beside a name: its sample, and what is free.
const SAMPLE: f64 = 46.0;

#[derive(Serialize)]
struct Filling<'a> {
    width: f64,
    height: f64,
    margin: f64,
    title: String,
    says: String,
    style: &'static str,
    pictures: Vec<Picture<'a>>,
}

/// A picture below the ones before it.
#[derive(Serialize)]
struct Picture<'a> {
    top: f64,
    title: &'a str,
    legend: Vec<Entry<'a>>,
    drawn_at: f64,
    items: Drawing,
}

#[derive(Serialize)]
struct Entry<'a> {
    x: f64,
    y: f64,
    shape: &'static str,
    color: u8,
    name: &'a str,
}

/// Writes the pictures of a report, one below the other.
///
/// # Errors
/// [`ErrorKind::Usage`] for a report without a picture.
pub(super) fn render(command: &str, page: &Document) -> Result<String, Error> {
    let charts: Vec<&Chart> = page.blocks.iter().filter_map(DocumentBlock::as_chart).collect();
    if charts.is_empty() {
        let message = format!("this answer of `outlay {command}` has no picture");
        return Err(Error::new(ErrorKind::Usage, message).hint(
            "plan, estimate, simulate, compare, audit, calibrate, check and `models show` have one",
        ));
    }
    let mut top = MARGIN;
    let mut width = 0.0_f64;
    let mut pictures = Vec::new();
    for chart in &charts {
        let picture = placed(chart, top);
        width = width.max(picture.items.width());
        top += picture.drawn_at + picture.items.height() + MARGIN;
        pictures.push(picture);
    }
    let all = |of: fn(&Chart) -> &String| {
        charts.iter().map(|chart| of(chart).as_str()).collect::<Vec<_>>().join(" ")
    };
    let filling = Filling {
        width: width + 2.0 * MARGIN,
        height: top,
        margin: MARGIN,
        title: charts.iter().map(|chart| chart.title.as_str()).collect::<Vec<_>>().join(" · "),
        says: all(|chart| &chart.summary),
        style: STYLE,
        pictures,
    };
    let mut environment = Environment::new();
    environment.add_template("picture.svg", TEMPLATE).map_err(unserialisable)?;
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
    let template = environment.get_template("picture.svg").map_err(unserialisable)?;
    template.render(Serde(filling)).map(|text| text + "\n").map_err(unserialisable)
}

fn placed(chart: &Chart, top: f64) -> Picture<'_> {
    let items = shapes(chart, Size::Wide);
    let (mut x, mut y) = (0.0, TITLE - 4.0);
    let mut entries = Vec::new();
    for (shape, color, name) in legend(chart) {
        let takes = width_of(name) + SAMPLE;
        if x > 0.0 && x + takes > items.width() {
            (x, y) = (0.0, y + LEGEND);
        }
        entries.push(Entry { x, y, shape, color: color.number(), name });
        x += takes;
    }
    let drawn_at = if entries.is_empty() { TITLE } else { y + LEGEND };
    Picture { top, title: &chart.title, legend: entries, drawn_at, items }
}
