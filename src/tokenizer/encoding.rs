//! The encodings by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind};

/// A tokenizer vocabulary with its splitting rules, under the name its publisher gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// GPT-4, GPT-3.5.
    #[serde(rename = "cl100k_base")]
    Cl100kBase,
    /// Claude 3 to Opus 4.6, Sonnet 4.6 and Haiku 4.5, as reconstructed.
    #[serde(rename = "claude_v3")]
    ClaudeV3,
    /// Claude Opus 4.7, as reconstructed.
    #[serde(rename = "claude_v4_7")]
    ClaudeV47,
    /// Claude Opus 4.8 and later, as reconstructed: the pieces of `claude_v4_7` in another frame.
    #[serde(rename = "claude_v4_8")]
    ClaudeV48,
    /// GPT-4o, the o-series and later.
    #[serde(rename = "o200k_base")]
    O200kBase,
    /// gpt-oss: the pieces of `o200k_base` with other special tokens.
    #[serde(rename = "o200k_harmony")]
    O200kHarmony,
    /// Codex and text-davinci-003.
    #[serde(rename = "p50k_base")]
    P50kBase,
    /// The edit models: `p50k_base` with other special tokens.
    #[serde(rename = "p50k_edit")]
    P50kEdit,
    /// GPT-3 and GPT-2.
    #[serde(rename = "r50k_base")]
    R50kBase,
}

impl Encoding {
    /// Every encoding, in the order of its name.
    pub const ALL: [Self; 9] = [
        Self::Cl100kBase,
        Self::ClaudeV3,
        Self::ClaudeV47,
        Self::ClaudeV48,
        Self::O200kBase,
        Self::O200kHarmony,
        Self::P50kBase,
        Self::P50kEdit,
        Self::R50kBase,
    ];

    /// The published name, such as `o200k_base`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cl100kBase => "cl100k_base",
            Self::ClaudeV3 => "claude_v3",
            Self::ClaudeV47 => "claude_v4_7",
            Self::ClaudeV48 => "claude_v4_8",
            Self::O200kBase => "o200k_base",
            Self::O200kHarmony => "o200k_harmony",
            Self::P50kBase => "p50k_base",
            Self::P50kEdit => "p50k_edit",
            Self::R50kBase => "r50k_base",
        }
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
        Self::ALL.into_iter().find(|e| e.name() == text).ok_or_else(|| {
            Error::new(ErrorKind::Catalog, format!("`{text}` is not a known encoding"))
                .hint(format!("the encodings are {}", Self::ALL.map(Self::name).join(", ")))
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
