//! A picture in characters, for a terminal.

use super::spec::{Chart, ChartSpec};
use super::{text_bars, text_plot};
use crate::report::terminal::Blocks;

/// Pictures are drawn from this width on.
pub(crate) const NARROWEST: u16 = 60;
/// No picture is wider: the eye follows a line no further.
const WIDEST: u16 = 120;
/// Draws a picture; `None` where the terminal is too narrow for one.
pub(crate) fn draw(chart: &Chart, blocks: Blocks, width: u16) -> Option<String> {
    if width < NARROWEST {
        return None;
    }
    let width = usize::from(width.min(WIDEST));
    Some(match &chart.spec {
        ChartSpec::Plot(plot) => text_plot::draw(plot, blocks, width),
        ChartSpec::Rows(rows) => text_bars::draw(rows, blocks, width),
    })
}
