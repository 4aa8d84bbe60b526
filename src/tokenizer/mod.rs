//! Text in, exact token counts out: [`Encoding`], the only room that knows how a tokenizer works.
//!
//! Text such as `<|endoftext|>` is ordinary text here, as it is for the API when a user types it.
//! [`Encoding::count`] counts a text, a [`Counter`] one that comes in chunks, and
//! [`Encoding::pieces`] shows what it is split into.
//!
//! ```
//! use outlay::tokenizer::Encoding;
//!
//! let encoding: Encoding = "o200k_base".parse()?;
//! assert_eq!(encoding.count("Hello! How can I assist you today?")?.get(), 9);
//! # Ok::<(), outlay::Error>(())
//! ```
//!
//! # How it counts
//!
//! An encoding splits a text into pieces by a pattern, and each piece into tokens by merging bytes.
//! Text repeats its pieces, so most of the work is to find where they end and to look them up.
//!
//! 1. `split` takes 64 bytes from where a piece starts. `masks` makes a bit mask of each class of
//!    characters in them, with the instructions that `path` finds on the processor; `starts` turns the masks
//!    into the places where pieces start. What the masks cannot tell, `scan` does character by character:
//!    it is the pattern itself.
//! 2. `tally` looks each piece up in a `cache`, which holds pieces with their counts; those that are not
//!    there it looks up in the `vocabulary`, several at a time, and what is no token is merged.
//! 3. `merge` merges pieces of up to 64 bytes side by side. `long` merges a longer piece in windows and
//!    joins them where they agree; where they do not, `sweep` merges more of it in passes over the
//!    whole, or `heap` one by one.
//! 4. `counter` cuts a text at places that `cut` knows to be safe, for chunks and for threads.
//!
//! The tables of a vocabulary are laid out by the build script and used where they are: nothing is
//! read or computed when the program starts. `hash` and `category` are what both sides must agree on.

mod cache;
mod category;
mod class;
mod count;
mod counter;
mod cut;
mod embedded;
mod encoding;
mod engine;
mod hash;
mod heap;
mod long;
mod masks;
mod merge;
mod path;
mod pieces;
#[cfg(feature = "reference")]
mod reference;
mod scan;
mod split;
mod starts;
mod sweep;
mod tally;
mod token;
mod vocabulary;

pub use counter::Counter;
pub use encoding::Encoding;
pub use engine::Engine;
pub use pieces::Piece;
pub use token::Token;
