//! A text into pieces: windows while they tell where pieces start, character by character elsewhere.

use super::scan::Rules;
use super::starts::Window;
use crate::tokenizer::path::Level;

/// What takes in the pieces of a text.
pub(crate) trait Pieces {
    /// Takes in the next piece, by where it starts and ends. Inlined, or every piece is a call.
    fn piece(&mut self, start: usize, end: usize);
}

impl<F: FnMut(usize, usize)> Pieces for F {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is compiled for each path")]
    fn piece(&mut self, start: usize, end: usize) {
        self(start, end);
    }
}

/// Hands on where each piece of `text` starts and ends. Must be inlined into the job of a
/// [`Path`](crate::tokenizer::path::Path).
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "it is compiled for each path with what becomes of pieces"
)]
pub(crate) fn split(rules: Rules, level: impl Level, text: &[u8], pieces: impl Pieces) {
    match rules {
        // Known where it is compiled, so that no window asks for it.
        Rules::O200k => by_windows(Rules::O200k, level, text, pieces),
        rules => by_windows(rules, level, text, pieces),
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled for each path and the first of the rules")]
fn by_windows(rules: Rules, level: impl Level, text: &[u8], mut pieces: impl Pieces) {
    let mut at = 0;
    // The window whose pieces are next: where it begins, and where others of them start.
    let (mut first, mut starts) = (0_usize, 0_u64);
    // Whether the last piece was none that a window tells of, as most of some scripts are not.
    let mut is_untold = false;
    loop {
        let last = starts.checked_ilog2().map_or(at, |last| first.wrapping_add(last as usize));
        // Before the pieces of the window before it, so that the two do not wait for each other.
        let mut next = None;
        if let Some(bytes) = text[last..].first_chunk() {
            if is_untold && is_caseless(bytes[0]) || !rules.have_windows() {
                next = Some(0);
            } else if let Some(masks) = level.masks(bytes) {
                next = Some(Window::new(bytes, masks, rules).starts(rules) & !1);
            }
        }
        while starts != 0 {
            let end = first.wrapping_add(starts.trailing_zeros() as usize);
            pieces.piece(at, end);
            at = end;
            starts &= starts.wrapping_sub(1);
        }
        match next {
            None => break,
            Some(0) => {
                at = rules.end(text, last);
                pieces.piece(last, at);
                is_untold = true;
            }
            Some(next) => {
                (first, starts) = (last, next);
                is_untold = false;
            }
        }
    }
    while at < text.len() {
        let end = rules.end(text, at);
        pieces.piece(at, end);
        at = end;
    }
}

/// Whether a character begins with this byte that is most likely a letter without case or goes with one: no window
/// tells where the piece ends that it begins.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled into the loop over windows")]
fn is_caseless(lead: u8) -> bool {
    matches!(lead, 0xe0 | 0xe3..=0xed | 0xef)
}
