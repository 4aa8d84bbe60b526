//! The tokens of an encoding, and which of them merge into which.
//!
//! `tables` are the look-ups that merging needs, `words` the tokens by their bytes. Those of `o200k_base` are laid out by the build script and
//! used where they are, unless the feature `laid-out` is off: nothing is read or computed when the program starts. Of the others
//! (`published`) the program carries a `recipe`, `packed`, of which `layout` makes the tables when they are
//! asked for; `file` reads a recipe from a file of the user's own, whose formats
//! `source` knows. `hash` says where a key stands in a
//! table, `perfect` searches for what makes every key have a place of its own, and `canonical` for the
//! one merge of each token that matters; `spelling` puts the bytes of tokens together; `borders` says where pieces may be parted.
//!
//! ```
//! use outlay::tokenizer::Encoding;
//!
//! // Rank 0 of the oldest vocabulary is an exclamation mark.
//! assert_eq!(Encoding::R50kBase.encode("!"), [0]);
//! ```

pub(crate) mod borders;
mod canonical;
pub(crate) mod file;
pub(crate) mod hash;
mod layout;
mod packed;
mod perfect;
mod published;
mod recipe;
mod source;
#[expect(dead_code, reason = "the build script needs the rest")]
mod spelling;
mod tables;
mod words;

#[cfg(not(feature = "laid-out"))]
pub(crate) use published::O200K_BASE;
#[cfg(test)]
pub(crate) use published::Packed;
pub(crate) use published::{
    CL100K_BASE, DEEPSEEK_V3, GEMMA3, GLM4, GLM5, KIMI_K2, LLAMA3, MINIMAX_M2, P50K_BASE, QWEN2,
    QWEN3_5, R50K_BASE, TEKKEN,
};
#[cfg(feature = "laid-out")]
pub(crate) use tables::O200K_BASE;
pub(crate) use tables::{Pair, Vocabulary};
