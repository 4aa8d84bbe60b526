//! How the tokens of a prompt are counted for a model, and how sure that is.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::chat_template::ChatTemplate;
use crate::tokenizer::Encoding;
use crate::units::{TokenRange, Tokens};

/// How sure a token count is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Fidelity {
    /// Equal to the billed count wherever that could be compared, or counted with the tokenizer and the chat
    /// template that the model's maker publishes.
    Exact,
    /// Given by the user, not counted.
    Declared,
    /// Counted by a published reconstruction of a secret tokenizer, which was measured against its maker's
    /// counts.
    Reconstructed,
    /// Counted by rules that were never compared with a bill.
    Estimate,
}

impl fmt::Display for Fidelity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Exact => "exact",
            Self::Declared => "declared",
            Self::Reconstructed => "reconstructed",
            Self::Estimate => "estimate",
        })
    }
}

/// How far counts with a vocabulary are from those of a model's own tokenizer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CountingError {
    /// What counts as the model does, and in brackets the package and version it comes from, or who
    /// published the figures.
    pub tokenizer: String,
    /// For each kind of text the tokens of that tokenizer divided by those of the vocabulary: 1.2
    /// means that the bill is for 1.2 times the count. At least one, each above 0.
    #[serde(deserialize_with = "ratios")]
    pub ratios: BTreeMap<String, f64>,
}

impl CountingError {
    /// The lowest ratio.
    #[must_use]
    pub fn low(&self) -> f64 {
        self.ratios.values().copied().fold(f64::INFINITY, f64::min)
    }

    /// The mean over the kinds of text, each weighing the same.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let kinds = u32::try_from(self.ratios.len()).unwrap_or(u32::MAX);
        self.ratios.values().sum::<f64>() / f64::from(kinds)
    }

    /// The highest ratio.
    #[must_use]
    pub fn high(&self) -> f64 {
        self.ratios.values().copied().fold(0.0, f64::max)
    }

    /// What the model's own tokenizer makes of so many tokens.
    #[must_use]
    pub fn range(&self, counted: Tokens) -> TokenRange {
        let times = |ratio: f64| Tokens::from_f64(counted.as_f64() * ratio);
        TokenRange { low: times(self.low()), mean: times(self.mean()), high: times(self.high()) }
    }

    /// The sentence that goes with an estimate.
    #[must_use]
    pub fn in_words(&self) -> String {
        format!(
            "{} counts {:.2} to {:.2} times as many on {} of text, {:.2} on average",
            self.tokenizer,
            self.low(),
            self.high(),
            match self.ratios.len() {
                1 => "1 kind".to_owned(),
                kinds => format!("{kinds} kinds"),
            },
            self.mean(),
        )
    }
}

fn ratios<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, f64>, D::Error> {
    let ratios = BTreeMap::<String, f64>::deserialize(deserializer)?;
    if ratios.is_empty() {
        return Err(D::Error::custom(
            "a counting error needs the ratio of one kind of text at least",
        ));
    }
    match ratios.iter().find(|(_, ratio)| !(**ratio > 0.0 && ratio.is_finite())) {
        Some((kind, ratio)) => {
            Err(D::Error::custom(format!("the ratio of `{kind}` is {ratio}; it must be above 0")))
        }
        None => Ok(ratios),
    }
}

/// How the tokens of a prompt are counted for a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Counting {
    /// The vocabulary.
    pub encoding: Encoding,
    /// What surrounds messages, where it is another template than goes with the vocabulary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<ChatTemplate>,
    /// Whether plain messages counted this way equal the bill.
    pub fidelity: Fidelity,
    /// Why the count is an estimate, or what confirms it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How far the counts are from the model's own, where that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<CountingError>,
    /// The system prompt that comes with tools, where its maker publishes its size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_prompt: Option<ToolPrompt>,
    /// Where this comes from.
    pub source: String,
    /// The day it was last compared with the source.
    #[serde(deserialize_with = "crate::catalog::date::required")]
    pub checked: Date,
}

impl Counting {
    /// The template that surrounds messages; nothing where their framing is that of an API.
    #[must_use]
    pub fn chat_template(&self) -> Option<ChatTemplate> {
        self.template.or_else(|| ChatTemplate::of(self.encoding))
    }
}

/// The tokens of the system prompt that a maker adds to a request with tools, beyond their definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ToolPrompt {
    /// Where the model is free to use a tool or none.
    pub free: Tokens,
    /// Where it is told to use one.
    pub forced: Tokens,
}
