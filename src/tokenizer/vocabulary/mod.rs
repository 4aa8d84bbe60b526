//! The tokens of an encoding, and which of them merge into which.
//!
//! `tables` are the look-ups that merging needs, laid out by the build script and used where they are:
//! nothing is read or computed when the program starts. `hash` is what both sides must agree on.
//!
//! ```
//! use outlay::tokenizer::Encoding;
//!
//! // Rank 0 of the oldest vocabulary is an exclamation mark.
//! assert_eq!(Encoding::R50kBase.encode("!"), [0]);
//! ```

pub(crate) mod hash;
mod tables;

pub(crate) use tables::{CL100K_BASE, O200K_BASE, P50K_BASE, Pair, R50K_BASE, Vocabulary};
