//! The chat templates that makers publish with their models, by name.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::tokenizer::Encoding;

/// What turns the messages of a request into the one text that a model reads, as its maker publishes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChatTemplate {
    /// DeepSeek V3.1, V3.2 and V4; text alone becomes the same in all three, thinking or not.
    DeepSeekV31,
    /// DeepSeek V4.1, which names the effort.
    DeepSeekV41,
    /// GLM 4.5, 4.6.
    Glm45,
    /// GLM 4.7, 5, 5.1.
    Glm47,
    /// GLM 5.2, which names the effort where it thinks.
    Glm52,
    /// GLM 5.3, which always thinks.
    Glm53,
    /// gpt-oss.
    Harmony,
    /// Kimi K2.
    KimiK2,
    /// Kimi K2.5, K2.6.
    KimiK25,
    /// Kimi K2 Thinking.
    KimiK2Thinking,
    /// Kimi K3.
    KimiK3,
    /// Llama 3.1, 3.2, 3.3.
    Llama31,
    /// `MiniMax` M2.
    MiniMaxM2,
    /// `MiniMax` M2.1, M2.5 and M2.7, which are told their names.
    MiniMaxM21,
    /// `MiniMax` M3.
    MiniMaxM3,
    /// Qwen 3.
    Qwen3,
    /// Qwen 3.5, 3.6.
    Qwen35,
    /// Qwen 3.8, which is told how much to think.
    Qwen38,
    /// Mistral's for Tekken, versions 7 to 13.
    TekkenV7,
    /// No marks at all: the texts alone are counted, as Google's SDK does.
    TextOnly,
}

impl ChatTemplate {
    /// Every template.
    pub const ALL: [Self; 20] = [
        Self::DeepSeekV31,
        Self::DeepSeekV41,
        Self::Glm45,
        Self::Glm47,
        Self::Glm52,
        Self::Glm53,
        Self::Harmony,
        Self::KimiK2,
        Self::KimiK25,
        Self::KimiK2Thinking,
        Self::KimiK3,
        Self::Llama31,
        Self::MiniMaxM2,
        Self::MiniMaxM21,
        Self::MiniMaxM3,
        Self::Qwen3,
        Self::Qwen35,
        Self::Qwen38,
        Self::TekkenV7,
        Self::TextOnly,
    ];

    /// Its name in a catalogue.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DeepSeekV31 => "deepseek_v3_1",
            Self::DeepSeekV41 => "deepseek_v4_1",
            Self::Glm45 => "glm_4_5",
            Self::Glm47 => "glm_4_7",
            Self::Glm52 => "glm_5_2",
            Self::Glm53 => "glm_5_3",
            Self::Harmony => "harmony",
            Self::KimiK2 => "kimi_k2",
            Self::KimiK25 => "kimi_k2_5",
            Self::KimiK2Thinking => "kimi_k2_thinking",
            Self::KimiK3 => "kimi_k3",
            Self::Llama31 => "llama_3_1",
            Self::MiniMaxM2 => "minimax_m2",
            Self::MiniMaxM21 => "minimax_m2_1",
            Self::MiniMaxM3 => "minimax_m3",
            Self::Qwen3 => "qwen_3",
            Self::Qwen35 => "qwen_3_5",
            Self::Qwen38 => "qwen_3_8",
            Self::TekkenV7 => "tekken_v7",
            Self::TextOnly => "text_only",
        }
    }

    /// The one that goes with an encoding where an entry names none; nothing where what surrounds messages
    /// is not published, or the encoding is of OpenAI's or Anthropic's API.
    #[must_use]
    pub const fn of(encoding: Encoding) -> Option<Self> {
        Some(match encoding {
            Encoding::DeepSeekV3 => Self::DeepSeekV31,
            Encoding::Glm4 => Self::Glm45,
            Encoding::Glm5 => Self::Glm47,
            Encoding::KimiK2 => Self::KimiK2,
            Encoding::Llama3 => Self::Llama31,
            Encoding::MiniMaxM2 => Self::MiniMaxM2,
            Encoding::O200kHarmony => Self::Harmony,
            Encoding::Qwen2 => Self::Qwen3,
            Encoding::Qwen35 => Self::Qwen35,
            Encoding::Tekken => Self::TekkenV7,
            _ => return None,
        })
    }
}

impl Serialize for ChatTemplate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for ChatTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        Self::ALL.into_iter().find(|template| template.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            serde::de::Error::custom(format!("`{name}` is none of the chat templates {known}"))
        })
    }
}

#[cfg(test)]
impl schemars::JsonSchema for ChatTemplate {
    fn schema_name() -> Cow<'static, str> {
        "ChatTemplate".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "What turns the messages of a request into the one text that a model reads, as its maker publishes it.",
            "type": "string",
            "enum": Self::ALL.map(Self::name),
        })
    }
}
