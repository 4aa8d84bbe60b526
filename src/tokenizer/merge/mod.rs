//! A piece into tokens, by byte pair encoding.
//!
//! `lanes` merges pieces of up to 64 bytes side by side. `long` merges a longer piece in windows and
//! joins them where they agree; where they do not, `sweep` merges more of it in passes over the whole,
//! or `heap` one by one.
//!
//! ```
//! use outlay::tokenizer::Encoding;
//!
//! assert_eq!(Encoding::O200kBase.encode("tokenizers"), [10346, 24223]);
//! ```

mod heap;
mod lanes;
mod long;
mod sweep;

pub(crate) use lanes::{LANE, Lanes};
pub(crate) use long::Long;
