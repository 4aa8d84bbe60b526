//! Counting a text that is there as a whole.

use super::counter::Counter;
use super::encoding::Encoding;
use crate::units::Tokens;

impl Encoding {
    /// The number of tokens of `text`, exactly as its publisher's tokenizer splits it, with special
    /// tokens taken as ordinary text. A text of more than a megabyte is counted on several threads.
    ///
    /// Claude's tokenizer is a reconstruction: its count is that of a user's message beyond its frame,
    /// for which an empty text can be one token.
    #[must_use]
    pub fn count(self, text: &str) -> Tokens {
        let mut counter = Counter::sized(self, text.len());
        counter.count(text.as_bytes(), true);
        counter.total()
    }
}
