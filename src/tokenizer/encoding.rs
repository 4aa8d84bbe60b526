//! The encodings by name.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::custom::Custom;
use crate::{Error, ErrorKind};

/// A tokenizer vocabulary with its splitting rules, under the name its publisher gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Encoding {
    /// GPT-4, GPT-3.5.
    Cl100kBase,
    /// Claude 3 to Opus 4.6, Sonnet 4.6 and Haiku 4.5, as reconstructed.
    ClaudeV3,
    /// Claude Opus 4.7, as reconstructed.
    ClaudeV47,
    /// Claude Opus 4.8 and later, as reconstructed: the pieces of `claude_v4_7` in another frame.
    ClaudeV48,
    /// DeepSeek V3, R1, V4.
    DeepSeekV3,
    /// Gemma 3, with which Google's own library counts for Gemini.
    Gemma3,
    /// GLM 4.
    Glm4,
    /// GLM 5.
    Glm5,
    /// Kimi K2, K3.
    KimiK2,
    /// Llama 3, 3.1, 3.2, 3.3.
    Llama3,
    /// MiniMax M2.
    MiniMaxM2,
    /// GPT-4o, the o-series and later.
    O200kBase,
    /// gpt-oss: the pieces of `o200k_base` with other special tokens.
    O200kHarmony,
    /// Codex and text-davinci-003.
    P50kBase,
    /// The edit models: `p50k_base` with other special tokens.
    P50kEdit,
    /// Qwen 2, 2.5, 3.
    Qwen2,
    /// Qwen 3.5, 3.6.
    Qwen35,
    /// GPT-3 and GPT-2.
    R50kBase,
    /// Mistral's Tekken: Nemo, Small 3 and later, Medium 3, Large 3.
    Tekken,
    /// One that a user brought: see [`Encoding::from_file`].
    Custom(Custom),
}

impl Encoding {
    /// Every encoding that is built in, in the order of its name.
    pub const ALL: [Self; 19] = [
        Self::Cl100kBase,
        Self::ClaudeV3,
        Self::ClaudeV47,
        Self::ClaudeV48,
        Self::DeepSeekV3,
        Self::Gemma3,
        Self::Glm4,
        Self::Glm5,
        Self::KimiK2,
        Self::Llama3,
        Self::MiniMaxM2,
        Self::O200kBase,
        Self::O200kHarmony,
        Self::P50kBase,
        Self::P50kEdit,
        Self::Qwen2,
        Self::Qwen35,
        Self::R50kBase,
        Self::Tekken,
    ];

    /// The published name, such as `o200k_base`; of one that a user brought the name of its file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cl100kBase => "cl100k_base",
            Self::ClaudeV3 => "claude_v3",
            Self::ClaudeV47 => "claude_v4_7",
            Self::ClaudeV48 => "claude_v4_8",
            Self::DeepSeekV3 => "deepseek_v3",
            Self::Gemma3 => "gemma3",
            Self::Glm4 => "glm4",
            Self::Glm5 => "glm5",
            Self::KimiK2 => "kimi_k2",
            Self::Llama3 => "llama3",
            Self::MiniMaxM2 => "minimax_m2",
            Self::O200kBase => "o200k_base",
            Self::O200kHarmony => "o200k_harmony",
            Self::P50kBase => "p50k_base",
            Self::P50kEdit => "p50k_edit",
            Self::Qwen2 => "qwen2",
            Self::Qwen35 => "qwen3_5",
            Self::R50kBase => "r50k_base",
            Self::Tekken => "tekken",
            Self::Custom(custom) => custom.name(),
        }
    }
}

impl Encoding {
    /// The one of this name, built in or read from a file.
    fn named(name: &str) -> Option<Self> {
        let built_in = Self::ALL.into_iter().find(|encoding| encoding.name() == name);
        built_in.or_else(|| Custom::named(name).map(Self::Custom))
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Encoding {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::named(text).ok_or_else(|| {
            Error::new(ErrorKind::Catalog, format!("`{text}` is not a known encoding"))
                .hint(format!("the encodings are {}", Self::ALL.map(Self::name).join(", ")))
        })
    }
}

impl Serialize for Encoding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Encoding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        Self::named(&name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            serde::de::Error::custom(format!("`{name}` is none of the encodings {known}"))
        })
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Encoding {
    fn schema_name() -> Cow<'static, str> {
        "Encoding".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A tokenizer vocabulary with its splitting rules, under the name its publisher gave it; of a file of the user's own the name of that.",
            "type": "string",
            "examples": Self::ALL.map(Self::name),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for encoding in Encoding::ALL {
            assert_eq!(encoding.name().parse::<Encoding>().unwrap(), encoding);
            assert_eq!(serde_json::to_value(encoding).unwrap(), encoding.name());
        }
        assert!("gpt-4o".parse::<Encoding>().is_err());
    }
}
