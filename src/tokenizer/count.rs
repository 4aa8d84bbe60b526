//! Counting a text.

use super::encoding::Encoding;
use super::path::{Job, Level, Path};
use super::scan::Rules;
use super::split::split;
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
        let path = Path::best();
        let mut tally = Tally::new(Vocabulary::of(self), path, text.len());
        path.run(Counting { rules: Rules::of(self), text: text.as_bytes(), tally: &mut tally });
        Ok(Tokens::new(tally.total()))
    }
}

/// Counts a whole text into a tally.
struct Counting<'a> {
    rules: Rules,
    text: &'a [u8],
    tally: &'a mut Tally,
}

impl Job for Counting<'_> {
    type Answer = ();

    #[inline(always)]
    fn run(self, level: impl Level) {
        let Self { rules, text, tally } = self;
        split(rules, level, text, |start, end| tally.piece(text, start, end));
        tally.settle(text);
    }
}
