//! Counting as Claude does, by a published reconstruction of its tokenizer: [`Tally`].
//!
//! The tokenizer is secret. Sander Land's package ctok 1.3.0 (MIT) rebuilds what its token counts
//! show: it names the pieces that cost one token, the rules that rewrite a text before it is cut into them,
//! and how often it meets recorded counts of the API. The pieces in `vocabularies/claude` are those of the
//! package; the engine is written from its description.
//!
//! ```
//! use outlay::tokenizer::Encoding;
//!
//! assert_eq!(Encoding::ClaudeV3.count("hello, world").get(), 3);
//! assert_eq!(Encoding::ClaudeV48.count("hello, world").get(), 4);
//! # Ok::<(), outlay::Error>(())
//! ```
//!
//! # How it counts
//!
//! 1. `normal` composes the text, removes control characters and makes one kind of space of most.
//! 2. `run` cuts it into runs of one class of characters. Marks are written where a word begins and
//!    ends, and where a symbol touches a space; one space between two marks is free.
//! 3. `trie` finds the least number of pieces that make up a run with its marks. A piece never crosses
//!    the marks of a word, so that words are counted alone, and `tally` remembers what they cost.
//! 4. `cut` knows where a text may be parted for chunks and for threads.

mod case;
mod character;
mod cut;
mod family;
mod normal;
mod property;
mod run;
mod tally;
mod trie;

pub(super) use cut::{first as first_cut, last as last_cut};
pub(super) use family::Family;
pub(super) use tally::{Ends, Tally};
