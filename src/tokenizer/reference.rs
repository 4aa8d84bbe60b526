//! Counting through tiktoken-rs, to compare with.

use std::collections::HashSet;

use tiktoken_rs::CoreBPE;

use super::encoding::Encoding;
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// Counts `text`; special tokens are ordinary text because none is allowed.
///
/// Only the `Result` form of the crate is used: its `*_ordinary` calls panic on about a million
/// white space characters in a row (openai/tiktoken#15, #245).
pub(super) fn count(encoding: Encoding, text: &str) -> Result<Tokens, Error> {
    let vocabulary = vocabulary(encoding).ok_or_else(|| {
        Error::new(ErrorKind::Tokenizer, format!("tiktoken-rs has no vocabulary `{encoding}`"))
            .hint("leave `--engine` out")
    })?;
    vocabulary.count(text, &HashSet::new()).map(|n| Tokens::new(n as u64)).map_err(|_| {
        Error::new(
            ErrorKind::Tokenizer,
            format!("{encoding} gave up on this text of {} bytes", Tokens::new(text.len() as u64)),
        )
        .hint("it holds about a million white space characters in a row; leave `--engine` out")
    })
}

fn vocabulary(encoding: Encoding) -> Option<&'static CoreBPE> {
    Some(match encoding {
        Encoding::Cl100kBase => tiktoken_rs::cl100k_base_singleton(),
        Encoding::O200kBase => tiktoken_rs::o200k_base_singleton(),
        Encoding::O200kHarmony => tiktoken_rs::o200k_harmony_singleton(),
        Encoding::P50kBase => tiktoken_rs::p50k_base_singleton(),
        Encoding::P50kEdit => tiktoken_rs::p50k_edit_singleton(),
        Encoding::R50kBase => tiktoken_rs::r50k_base_singleton(),
        _ => return None,
    })
}
