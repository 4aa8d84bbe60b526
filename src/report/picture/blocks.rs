//! A picture in characters, for a terminal.

use super::super::layout::Blocks;
use super::scene::{Picture, Scene};
use super::{blocks_plot, blocks_rows};

/// Pictures are drawn from this width on.
pub(in crate::report) const NARROWEST: u16 = 60;
/// No picture is wider: the eye follows a line no further.
const WIDEST: u16 = 120;
/// Draws a picture; `None` where the terminal is too narrow for one.
pub(in crate::report) fn draw(picture: &Picture, blocks: Blocks, width: u16) -> Option<String> {
    if width < NARROWEST {
        return None;
    }
    let width = usize::from(width.min(WIDEST));
    Some(match &picture.scene {
        Scene::Plot(plot) => blocks_plot::draw(plot, blocks, width),
        Scene::Rows(rows) => blocks_rows::draw(rows, blocks, width),
    })
}
