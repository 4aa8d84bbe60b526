//! Counting a text that is there as a whole.

use std::cell::Cell;

use super::counter::{Counter, PART};
use super::encoding::Encoding;
use crate::units::Tokens;

/// For how many encodings a thread keeps a counter.
const MOST: usize = 2;
/// A counter for a text of this length has the largest caches.
const LARGEST: usize = 4 << 20;

thread_local! {
    /// The counters of this thread, the last used last. One that counts is not among them, so that none is
    /// found half way after a panic.
    static KEPT: Cell<Vec<Kept>> = const { Cell::new(Vec::new()) };
}

/// A counter that goes on from text to text.
struct Kept {
    encoding: Encoding,
    counter: Counter,
    /// The length of text that its caches are for.
    length: usize,
    /// How many bytes it was asked to count.
    counted: usize,
}

impl Encoding {
    /// The number of tokens of `text`, exactly as its publisher's tokenizer splits it, with special
    /// tokens taken as ordinary text. A text of more than a megabyte is counted on several threads.
    ///
    /// Each thread remembers the pieces of the texts before, so that a corpus of short texts is counted as
    /// fast as a long one; that takes up to 6 MB a thread.
    ///
    /// Claude's tokenizer is a reconstruction: its count is that of a user's message beyond its frame,
    /// for which an empty text can be one token.
    #[must_use]
    pub fn count(self, text: &str) -> Tokens {
        if text.len() < 2 * PART {
            return self.count_with_kept(text);
        }
        let mut counter = Counter::sized(self, text.len());
        counter.count(text.as_bytes(), true);
        counter.total()
    }

    fn count_with_kept(self, text: &str) -> Tokens {
        let mut kept = KEPT.take();
        let known = kept.iter().position(|kept| kept.encoding == self);
        let mut own = match known {
            Some(at) => kept.remove(at),
            None => Kept::new(self, text.len()),
        };
        if kept.len() == MOST {
            kept.remove(0);
        }
        let tokens = own.count(text);
        kept.push(own);
        KEPT.set(kept);
        tokens
    }
}

impl Kept {
    fn new(encoding: Encoding, length: usize) -> Self {
        Self { encoding, counter: Counter::sized(encoding, length), length, counted: 0 }
    }

    fn count(&mut self, text: &str) -> Tokens {
        let counted = self.counted.saturating_add(text.len());
        // Many short texts are worth the caches of a long one, which a single short text is not.
        if self.length < LARGEST && counted > 4 * self.length {
            *self = Self::new(self.encoding, counted.min(LARGEST));
        }
        self.counted = counted;
        self.counter.whole(text)
    }
}
