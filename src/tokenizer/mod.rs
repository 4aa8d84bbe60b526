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
//! assert_eq!(encoding.count("Hello! How can I assist you today?").get(), 9);
//! # Ok::<(), outlay::Error>(())
//! ```
//!
//! # How it counts
//!
//! An encoding splits a text into pieces by a pattern, and each piece into tokens by merging bytes.
//! Text repeats its pieces, so most of the work is to find where they end and to look them up.
//!
//! 1. `pattern` finds the pieces of a text, 64 bytes at a time, with the instructions that `path` finds on
//!    the processor.
//! 2. `tally` looks each piece up in a `cache`, which holds pieces with their counts; those that are not
//!    there it looks up in the `vocabulary`, several at a time, and what is no token goes to `merge`.
//! 3. `counter` cuts a text at places that are safe, for chunks and for threads.
//!
//! The tables of a vocabulary are laid out by the build script and used where they are: nothing is
//! read or computed when the program starts.

mod cache;
mod claude;
mod count;
mod counter;
mod custom;
mod definition;
mod embedded;
mod encoding;
mod engine;
mod from_file;
mod merge;
mod method;
mod path;
mod pattern;
mod pieces;
#[cfg(feature = "reference")]
mod reference;
mod tally;
mod token;
mod utf8;
mod vocabulary;

pub use counter::Counter;
pub use custom::Custom;
pub use encoding::Encoding;
pub use engine::Engine;
pub use pieces::Piece;
pub use token::Token;
