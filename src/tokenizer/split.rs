//! A text into pieces: windows while they tell where pieces start, character by character elsewhere.

use super::path::Level;
use super::scan::Rules;
use super::starts::Window;

/// Hands on where each piece of `text` starts and ends. Must be inlined into the job of a
/// [`Path`](super::path::Path).
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "it is compiled for each path with what becomes of pieces"
)]
pub(super) fn split(
    rules: Rules,
    level: impl Level,
    text: &[u8],
    mut piece: impl FnMut(usize, usize),
) {
    let mut at = 0;
    while let Some(bytes) = text[at..].first_chunk()
        && let Some(masks) = level.masks(bytes)
    {
        let window_start = at;
        let mut starts = Window::new(bytes, masks).starts(rules) & !1;
        if starts == 0 {
            let end = rules.end(text, at);
            piece(at, end);
            at = end;
        }
        while starts != 0 {
            let end = window_start + starts.trailing_zeros() as usize;
            piece(at, end);
            at = end;
            starts &= starts - 1;
        }
    }
    while at < text.len() {
        let end = rules.end(text, at);
        piece(at, end);
        at = end;
    }
}
