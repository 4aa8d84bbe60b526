//! Text in, exact token counts out: [`Encoding`], the only room that knows how a tokenizer works.
//!
//! A vocabulary is loaded the first time its encoding counts something and kept for the life of the
//! process; nothing is loaded before. Text such as `<|endoftext|>` is ordinary text here, as it is
//! for the API when a user types it.
//!
//! ```
//! use outlay::tokenizer::Encoding;
//!
//! let encoding: Encoding = "o200k_base".parse()?;
//! assert_eq!(encoding.count("Hello! How can I assist you today?")?.get(), 9);
//! # Ok::<(), outlay::Error>(())
//! ```

mod count;
mod encoding;
mod reference;

pub use encoding::Encoding;
