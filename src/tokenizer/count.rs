//! Counting, and the seam behind which the engine stands.

use super::encoding::Encoding;
use super::reference;
use crate::Error;
#[cfg(doc)]
use crate::ErrorKind;
use crate::units::Tokens;

impl Encoding {
    /// The number of tokens of `text`, exactly as its publisher's tokenizer splits it, with special
    /// tokens taken as ordinary text.
    ///
    /// # Errors
    /// [`ErrorKind::Tokenizer`] when the splitting gives up, which takes about a million white
    /// space characters in a row.
    pub fn count(self, text: &str) -> Result<Tokens, Error> {
        reference::count(self, text)
    }
}
