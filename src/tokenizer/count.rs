//! Counting a text that is there as a whole.

use super::counter::Counter;
use super::encoding::Encoding;
#[cfg(feature = "reference")]
use super::{engine::Engine, reference};
use crate::Error;
#[cfg(doc)]
use crate::ErrorKind;
use crate::units::Tokens;

impl Encoding {
    /// The number of tokens of `text`, exactly as its publisher's tokenizer splits it, with special
    /// tokens taken as ordinary text. A text of more than a megabyte is counted on several threads.
    ///
    /// Claude's tokenizer is a reconstruction: its count is that of a user's message beyond its frame,
    /// for which an empty text can be one token.
    ///
    /// # Errors
    /// None, but for [`ErrorKind::Tokenizer`] when tiktoken-rs was [chosen](super::Engine) and gives up,
    /// which takes about a million white space characters in a row.
    pub fn count(self, text: &str) -> Result<Tokens, Error> {
        #[cfg(feature = "reference")]
        if Engine::chosen() == Engine::Reference {
            return reference::count(self, text);
        }
        let mut counter = Counter::sized(self, text.len());
        counter.count(text.as_bytes(), true);
        Ok(counter.total())
    }
}
