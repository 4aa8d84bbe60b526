//! Where pieces start in a window of 64 bytes, as one bit per byte.
//!
//! A window begins where a piece is known to start, so nothing has to be remembered of what stood
//! before it. Near its end a start may depend on what follows: only starts before that are
//! answered, and the last of them begins the next window. Bits are shifted to the left to ask what
//! stands before a byte, to the right for what follows it.

#![expect(clippy::inline_always, reason = "what is inlined into a job is compiled for its path")]

use super::category::{HAN, LOWER, OTHER, UPPER};
use super::class::{traits_at, wide};
use super::masks::Masks;
use super::scan::{Rules, contraction};

/// A window of text with the classes of its characters.
pub(super) struct Window<'a> {
    bytes: &'a [u8; 64],
    masks: Masks,
    /// Bytes of a character after its first.
    inner: u64,
    /// How many bytes are classified: all, or those before the first character that the bits cannot
    /// tell, such as a letter without case.
    limit: u32,
}

impl<'a> Window<'a> {
    /// Classifies the characters outside ASCII too, as far as that goes.
    #[inline(always)]
    pub(super) fn new(bytes: &'a [u8; 64], masks: Masks, rules: Rules) -> Self {
        let mut window = Self { bytes, masks, inner: 0, limit: 64 };
        if masks.wide != 0 {
            window.widen(rules == Rules::Kimi);
        }
        window
    }

    fn widen(&mut self, parts_han: bool) {
        let mut rest = self.masks.wide;
        while rest != 0 {
            let at = rest.trailing_zeros();
            let (class, length) = wide(self.bytes[at as usize], self.bytes, at as usize);
            let end = at + u32::try_from(length).unwrap_or(64);
            if end > 64 {
                self.limit = at;
                break;
            }
            let span = below(end) & !below(at);
            match class {
                UPPER => self.masks.upper |= span,
                LOWER => self.masks.lower |= span,
                // A symbol may be Han.
                OTHER if parts_han && traits_at(self.bytes, at as usize) & HAN != 0 => {
                    self.limit = at;
                    break;
                }
                OTHER => {}
                _ => {
                    self.limit = at;
                    break;
                }
            }
            self.inner |= span & span.wrapping_sub(1);
            rest &= !span;
        }
        let known = below(self.limit);
        let masks = &mut self.masks;
        for mask in [
            &mut masks.upper,
            &mut masks.lower,
            &mut masks.digit,
            &mut masks.space,
            &mut masks.blank,
            &mut masks.newline,
            &mut masks.slash,
            &mut masks.apostrophe,
        ] {
            *mask &= known;
        }
    }

    /// The starts that are sure, that of the window among them.
    #[inline(always)]
    pub(super) fn starts(&self, rules: Rules) -> u64 {
        match rules {
            _ if self.limit == 0 => 1,
            Rules::Gpt2 => self.gpt2(),
            Rules::Cl100k | Rules::Llama3 => self.cl100k(self.digits()),
            Rules::Qwen2 | Rules::Qwen35 => self.cl100k(self.masks.digit),
            Rules::O200k => self.o200k(self.digits(), self.masks.slash, true),
            Rules::Tekken => self.o200k(self.masks.digit, self.masks.slash, false),
            Rules::Kimi => self.o200k(self.digits(), 0, true),
            Rules::DeepSeek | Rules::Gemma => 1,
        }
    }

    #[inline(always)]
    fn gpt2(&self) -> u64 {
        let Masks { space, digit, .. } = self.masks;
        let letter = self.masks.upper | self.masks.lower;
        let white = space | self.masks.blank | self.masks.newline;
        let symbol = below(self.limit) & !(letter | digit | white);
        // All white space but its last character is a piece; a space goes with what follows it.
        let starts = (firsts(letter) | firsts(digit) | firsts(symbol)) & !(space << 1)
            | firsts(white)
            | white & !(white >> 1);
        let sure = self.before_white_at_the_end(white);
        self.contractions(starts, sure, firsts(symbol) & !(space << 1), Rules::Gpt2)
    }

    #[inline(always)]
    fn cl100k(&self, digits: u64) -> u64 {
        let Masks { space, blank, newline, .. } = self.masks;
        let letter = self.masks.upper | self.masks.lower;
        let symbol = self.symbols();
        let tail = tails(newline, newline & symbol << 1);
        let (white, white_starts) = self.white(newline & !tail);
        let symbol_starts = firsts(symbol) & !(space << 1);
        let joined = (space | blank | self.single(symbol, symbol_starts)) << 1;
        let starts = firsts(letter) & !joined | digits | symbol_starts | white_starts;
        let sure = self.before_white_at_the_end(white);
        self.contractions(starts, sure, symbol_starts, Rules::Cl100k)
    }

    #[inline(always)]
    fn o200k(&self, digits: u64, slash: u64, contractions: bool) -> u64 {
        let Masks { upper, lower, space, blank, newline, .. } = self.masks;
        let letter = upper | lower;
        let symbol = self.symbols();
        let tail = tails(newline | slash, newline & symbol << 1);
        let symbol = symbol & !tail;
        let (white, white_starts) = self.white(newline & !tail);
        let symbol_starts = firsts(symbol) & !(space << 1);
        let joined = (space | blank | self.single(symbol, symbol_starts)) << 1;
        let words = firsts(letter) & !joined | upper & lower << 1;
        let starts = words | digits | symbol_starts | white_starts;
        let sure = self.before_white_at_the_end(white);
        if !contractions {
            return starts & sure | 1;
        }
        self.contractions(starts, sure, letter << 1, Rules::O200k)
    }

    /// `[^\s\p{L}\p{N}]`
    #[inline(always)]
    fn symbols(&self) -> u64 {
        let Masks { upper, lower, digit, space, blank, newline, .. } = self.masks;
        below(self.limit) & !(upper | lower | digit | space | blank | newline)
    }

    /// The characters that are a run of symbols by themselves: they go with letters that follow.
    #[inline(always)]
    fn single(&self, symbol: u64, starts: u64) -> u64 {
        let inner = self.inner & symbol;
        let mut single = starts;
        for _ in 0..3 {
            single |= single << 1 & inner;
        }
        single
    }

    /// Digits from the left, three by three.
    #[inline(always)]
    fn digits(&self) -> u64 {
        let digit = self.masks.digit;
        let fourth = digit & digit << 1 & digit << 2 & digit << 3;
        let mut starts = firsts(digit);
        let mut last = starts << 3 & fourth;
        while last != 0 {
            starts |= last;
            last = last << 3 & fourth;
        }
        starts
    }

    /// White space, and where its pieces start. `newline` are the line breaks in it: up to the last
    /// of a run it is one piece, of the rest all but the last character is one.
    #[inline(always)]
    fn white(&self, newline: u64) -> (u64, u64) {
        let Masks { space, blank, .. } = self.masks;
        let flat = space | blank;
        let white = flat | newline;
        let after_newline = firsts(flat) & newline << 1;
        let last = flat & flat << 1 & !(white >> 1);
        let mut starts = firsts(white) | after_newline | last;
        // Flat white space between two line breaks goes with them.
        let mut back = newline & flat << 1;
        while back != 0 {
            let first = (firsts(flat) & (back ^ back.wrapping_sub(1)) | 1).ilog2();
            starts &= !(after_newline & 1 << first);
            back &= back.wrapping_sub(1);
        }
        (white, starts)
    }

    /// The bytes up to the first of the white space at the end of the window, whose parts depend on what follows.
    #[inline(always)]
    fn before_white_at_the_end(&self, white: u64) -> u64 {
        // The limit is from 1 to 64, and the run no longer.
        let run = white.wrapping_shl(64_u32.wrapping_sub(self.limit)).leading_ones();
        below(self.limit.wrapping_sub(run).wrapping_add(u32::from(run > 0)))
    }

    /// Takes in the contractions whose apostrophes are among `heads`. What follows one starts a piece.
    #[inline(always)]
    fn contractions(&self, starts: u64, sure: u64, heads: u64, rules: Rules) -> u64 {
        let mut rest = self.masks.apostrophe & heads;
        let (mut starts, mut sure) = (starts, sure);
        // In `o200k_base` a contraction is the end of a word, elsewhere a piece.
        let is_piece = rules != Rules::O200k;
        let mut last_end = 0;
        while rest != 0 {
            let at = rest.trailing_zeros();
            rest &= rest.wrapping_sub(1);
            if at == last_end && !is_piece {
                continue;
            }
            let own = below(at + u32::from(is_piece));
            if at + 2 >= self.limit {
                sure &= own;
                break;
            }
            if let Some(length) = contraction(self.bytes, at as usize, rules != Rules::Gpt2) {
                last_end = at + length;
                starts &= own | !below(last_end);
                starts |= 1_u64.checked_shl(last_end).unwrap_or_default();
            }
        }
        starts & sure | 1
    }
}

/// The first bytes of runs.
#[inline(always)]
fn firsts(mask: u64) -> u64 {
    mask & !(mask << 1)
}

/// The bits below a place up to 64.
#[inline(always)]
fn below(place: u32) -> u64 {
    if place == 0 { 0 } else { u64::MAX.wrapping_shr(64_u32.wrapping_sub(place)) }
}

/// What follows the `heads`, which are part of `run`, in their runs.
#[inline(always)]
fn tails(run: u64, heads: u64) -> u64 {
    // Adding a head to its run carries to the end of it.
    run & (!run.wrapping_add(heads) | heads)
}
