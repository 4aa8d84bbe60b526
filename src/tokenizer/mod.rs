//! Text in, exact token counts out: [`Encoding`], the only room that knows how a tokenizer works.
//!
//! Text such as `<|endoftext|>` is ordinary text here, as it is
//! for the API when a user types it.
//!
//! ```
//! use outlay::tokenizer::Encoding;
//!
//! let encoding: Encoding = "o200k_base".parse()?;
//! assert_eq!(encoding.count("Hello! How can I assist you today?")?.get(), 9);
//! # Ok::<(), outlay::Error>(())
//! ```

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
