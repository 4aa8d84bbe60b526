//! Counting a text.

use super::encoding::Encoding;
use super::split::Rules;
use super::tally::Tally;
use super::vocabulary::Vocabulary;
use crate::Error;
use crate::units::Tokens;

impl Encoding {
    /// The number of tokens of `text`, exactly as its publisher's tokenizer splits it, with special
    /// tokens taken as ordinary text.
    ///
    /// # Errors
    /// None with the engine.
    pub fn count(self, text: &str) -> Result<Tokens, Error> {
        let text = text.as_bytes();
        let rules = Rules::of(self);
        let mut tally = Tally::new(Vocabulary::of(self), text.len());
        let mut at = 0;
        while at < text.len() {
            let end = rules.end(text, at);
            tally.piece(text, at, end);
            at = end;
        }
        tally.settle(text);
        Ok(Tokens::new(tally.total()))
    }
}
