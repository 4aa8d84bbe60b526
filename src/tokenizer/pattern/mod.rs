//! A text into pieces, by the splitting pattern of its vocabulary. Tokens never cross a piece.
//!
//! `split` takes 64 bytes from where a piece starts. `masks` makes a bit mask of each class of
//! characters in them; `starts` turns the masks into the places where pieces start. What the masks
//! cannot tell, `scan` does character by character: it is the pattern itself. `cut` finds places where
//! a text may be cut into parts that count as much as the whole. `category` has the classes of
//! characters, `class` the table of them. `gemma` stands in for the pattern that Gemma has not, and `form` is
//! what becomes of a text before it is split.
//!
//! ```
//! use outlay::tokenizer::Encoding;
//!
//! let pieces = Encoding::O200kBase.pieces("it's 2024");
//! assert_eq!(pieces.iter().map(|piece| &piece.text).collect::<Vec<_>>(), ["it's", " ", "202", "4"]);
//! ```

mod category;
mod class;
pub(crate) mod cut;
mod form;
mod gemma;
mod masks;
mod scan;
mod split;
mod starts;

pub(crate) use form::Form;
pub(crate) use masks::Masks;
pub(crate) use scan::{Rules, of_patterns};
pub(crate) use split::{Pieces, split};
