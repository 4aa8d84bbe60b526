//! What a model's API accepts, and since when.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::date::DateVisitor;

/// A request feature that some models refuse.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, strum::Display,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Feature {
    /// The Assistants API.
    Assistants,
    /// The Batch API.
    Batch,
    /// The Chat Completions endpoint.
    ChatCompletions,
    /// Messages of the role `developer`.
    DeveloperMessage,
    /// `frequency_penalty` other than 0.
    FrequencyPenalty,
    /// The deprecated `functions` parameter.
    Functions,
    /// Images in a message.
    Images,
    /// `logit_bias`.
    LogitBias,
    /// `logprobs`.
    Logprobs,
    /// `n` other than 1.
    N,
    /// `parallel_tool_calls`, whatever its value.
    ParallelToolCalls,
    /// `presence_penalty` other than 0.
    PresencePenalty,
    /// Cheaper repeated prefixes.
    PromptCaching,
    /// `reasoning_effort`.
    ReasoningEffort,
    /// The Responses endpoint.
    Responses,
    /// `stop`.
    Stop,
    /// `stream: true`.
    Streaming,
    /// `response_format`.
    StructuredOutput,
    /// Messages of the role `system`.
    SystemMessage,
    /// `temperature` other than 1.
    Temperature,
    /// The `tools` parameter.
    Tools,
    /// `top_p` other than 1.
    TopP,
    /// `verbosity` other than medium.
    Verbosity,
}

impl Feature {
    /// The feature as a sentence names it: `a system message`.
    #[must_use]
    pub fn in_words(self) -> String {
        let words = self.to_string().replace('_', " ");
        match self {
            Self::DeveloperMessage | Self::SystemMessage => format!("a {words}"),
            Self::N => "several answers (n)".to_owned(),
            _ => words,
        }
    }
}

/// Whether a feature is supported, or since which day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(untagged))]
pub enum Support {
    /// Always, or never.
    Fixed(bool),
    /// Refused before this day, accepted from it on.
    Since(Date),
}

impl Support {
    /// Whether the feature is supported on `day`.
    #[must_use]
    pub fn on(self, day: Date) -> bool {
        match self {
            Self::Fixed(supported) => supported,
            Self::Since(first) => day >= first,
        }
    }
}

impl Serialize for Support {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Fixed(supported) => serializer.serialize_bool(*supported),
            Self::Since(first) => serializer.collect_str(first),
        }
    }
}

impl<'de> Deserialize<'de> for Support {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SupportVisitor)
    }
}

struct SupportVisitor;

impl Visitor<'_> for SupportVisitor {
    type Value = Support;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false or the date of the first support")
    }

    fn visit_bool<E: Error>(self, supported: bool) -> Result<Support, E> {
        Ok(Support::Fixed(supported))
    }

    fn visit_str<E: Error>(self, first: &str) -> Result<Support, E> {
        DateVisitor.visit_str(first).map(Support::Since)
    }
}

/// The known support of a model, with its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Features {
    /// What is known; a feature that is not listed is unknown.
    pub support: BTreeMap<Feature, Support>,
    /// Where this comes from.
    pub source: String,
    /// The day it was last compared with the source.
    #[serde(deserialize_with = "super::date::required")]
    pub checked: Date,
    /// What is uncertain or disputed about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
