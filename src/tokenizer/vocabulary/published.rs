//! The vocabularies that the program carries packed.

use std::sync::OnceLock;

use super::hash;
use super::layout::Pilots;
use super::packed;
use super::recipe::Recipe;
use super::tables::Vocabulary;

/// A vocabulary in little space, and its tables once they were asked for.
pub(crate) struct Packed {
    bytes: &'static [u8],
    /// One that it shares merges with.
    base: Option<&'static Packed>,
    /// The first id that is no part of it: [`hash::NONE`], or less where it is the beginning of what
    /// is packed.
    end: u32,
    vocabulary: OnceLock<Vocabulary>,
}

macro_rules! packed {
    ($name:literal, $base:expr) => {
        packed!($name, $base, hash::NONE)
    };
    ($name:literal, $base:expr, $end:expr) => {
        Packed {
            bytes: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".vocabulary")),
            base: $base,
            end: $end,
            vocabulary: OnceLock::new(),
        }
    };
}

pub(crate) static CL100K_BASE: Packed = packed!("cl100k_base", None);
pub(crate) static DEEPSEEK_V3: Packed = packed!("deepseek_v3", None);
pub(crate) static GEMMA3: Packed = packed!("gemma3", None);
pub(crate) static GLM4: Packed = packed!("glm4", Some(&CL100K_BASE));
pub(crate) static GLM5: Packed = packed!("glm5", Some(&GLM4));
pub(crate) static KIMI_K2: Packed = packed!("kimi_k2", None);
pub(crate) static LLAMA3: Packed = packed!("llama3", Some(&CL100K_BASE));
pub(crate) static MINIMAX_M2: Packed = packed!("minimax_m2", None);
#[cfg(not(feature = "laid-out"))]
pub(crate) static O200K_BASE: Packed = packed!("o200k_base", None);
pub(crate) static P50K_BASE: Packed = packed!("p50k_base", None);
pub(crate) static QWEN2: Packed = packed!("qwen2", Some(&CL100K_BASE));
pub(crate) static QWEN3_5: Packed = packed!("qwen3_5", Some(&CL100K_BASE));
pub(crate) static R50K_BASE: Packed = packed!("p50k_base", None, hash::R50K_BASE);
pub(crate) static TEKKEN: Packed = packed!("tekken", None);

impl Packed {
    /// Its tables.
    pub(crate) fn vocabulary(&'static self) -> &'static Vocabulary {
        self.vocabulary.get_or_init(|| {
            self.recipe()
                .and_then(|(recipe, pilots)| Vocabulary::of(recipe.until(self.end), pilots))
                // They were packed from these very tables, and a test unpacks each.
                .unwrap_or_else(|reason| unreachable!("a packed vocabulary is damaged: {reason}"))
        })
    }

    fn recipe(&self) -> Result<(Recipe, Pilots), String> {
        let base = self.base.map(Self::recipe).transpose()?;
        packed::recipe(self.bytes, base.as_ref().map(|(base, _)| base))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::Encoding;
    use crate::tokenizer::path::Path;
    use crate::tokenizer::tally::Tally;

    #[test]
    fn a_short_text_is_merged_without_look_ups_into_as_many_tokens() {
        static VOCABULARIES: [OnceLock<Vocabulary>; 4] = [const { OnceLock::new() }; 4];
        let text = include_str!("tables.rs");
        let packed = [
            (&CL100K_BASE, Encoding::Cl100kBase),
            (&R50K_BASE, Encoding::R50kBase),
            (&KIMI_K2, Encoding::KimiK2),
            (&QWEN2, Encoding::Qwen2),
        ];
        for ((packed, encoding), vocabulary) in packed.into_iter().zip(&VOCABULARIES) {
            let (recipe, pilots) = packed.recipe().unwrap();
            let read = || Vocabulary::of(recipe.until(packed.end), pilots).unwrap();
            let vocabulary = vocabulary.get_or_init(read);
            let mut tally = Tally::new(vocabulary, Path::Portable, text.len());
            for piece in encoding.pieces(text) {
                let before = tally.total();
                tally.piece(piece.text.as_bytes(), 0, piece.text.len());
                tally.settle(piece.text.as_bytes());
                let count = tally.total() - before;
                assert_eq!(count, piece.tokens.len() as u64, "{encoding} {:?}", piece.text);
            }
            assert!(vocabulary.words_at_hand().is_none(), "{encoding} was laid out");
        }
    }
}
