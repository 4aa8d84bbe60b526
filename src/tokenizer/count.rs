//! Counting a text that is there as a whole.

use super::counter::Counter;
use super::encoding::Encoding;
use crate::Error;
use crate::units::Tokens;

impl Encoding {
    /// The number of tokens of `text`, exactly as its publisher's tokenizer splits it, with special
    /// tokens taken as ordinary text. A text of more than a megabyte is counted on several threads.
    ///
    /// # Errors
    /// None with the engine.
    pub fn count(self, text: &str) -> Result<Tokens, Error> {
        let mut counter = Counter::sized(self, text.len());
        counter.count(text.as_bytes());
        Ok(counter.total())
    }
}
