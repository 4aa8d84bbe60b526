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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::path::{Job, Path};

    struct Ends<'a>(Rules, &'a [u8]);

    impl Job for Ends<'_> {
        type Answer = Vec<usize>;

        fn run(self, level: impl Level) -> Vec<usize> {
            let mut ends = Vec::new();
            split(self.0, level, self.1, |_, end| ends.push(end));
            ends
        }
    }

    /// Windows tell the pieces that the pattern makes, whatever stands in them.
    #[test]
    fn windows_and_the_pattern_make_the_same_pieces() {
        const BITS: [&str; 20] = [
            "a", "B", "don't", " ", "\n", "\r\n ", "'S", ".", "/", "12", "٣", "é", "Ж", "中", "。",
            "\u{301}", "\u{a0}", "\u{3000}", "👍", "ſ",
        ];
        let rules = [
            Rules::Gpt2,
            Rules::Cl100k,
            Rules::Llama3,
            Rules::Qwen2,
            Rules::Qwen35,
            Rules::O200k,
            Rules::Tekken,
            Rules::Kimi,
        ];
        for (a, b) in BITS.iter().flat_map(|a| BITS.map(|b| (a, b))) {
            let text = format!(
                "The{a}{b} words of 1234 {b}{a}lines, they'll be/are  longer than {a} window.\n"
            );
            let bytes = text.as_bytes();
            for rules in rules {
                let next = |at: &usize| (*at < bytes.len()).then(|| rules.end(bytes, *at));
                let wanted: Vec<usize> = std::iter::successors(next(&0), next).collect();
                for path in Path::all() {
                    assert_eq!(path.run(Ends(rules, bytes)), wanted, "{rules:?} {path:?} {text:?}");
                }
            }
        }
    }
}
