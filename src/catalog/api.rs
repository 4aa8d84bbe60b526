//! The API that a model is called through: its endpoints and what they name a cap.

use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::retention::Retention;
use crate::names;
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// Whose shape of requests and answers an API has.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::Display,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum ApiFamily {
    /// Chat Completions and Responses of OpenAI and Azure.
    OpenAi,
    /// Anthropic's Messages.
    Anthropic,
    /// Google's `generateContent`.
    Gemini,
    /// Amazon Bedrock's Converse and `InvokeModel`.
    Bedrock,
    /// Mistral's chat completions.
    Mistral,
    /// xAI's Chat Completions and Responses.
    Xai,
    /// Cohere's chat.
    Cohere,
    /// Chat Completions as many other makers and hosts copy them.
    Compatible,
}

/// A way to call a model.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Endpoint {
    /// OpenAI's Chat Completions, and those of other makers that have its shape.
    ChatCompletions,
    /// OpenAI's Responses.
    Responses,
    /// Anthropic's Messages.
    Messages,
    /// Google's `generateContent`.
    GenerateContent,
    /// Bedrock's Converse.
    Converse,
    /// Bedrock's `InvokeModel`.
    InvokeModel,
    /// Cohere's chat, version 2.
    Chat,
}

impl FromStr for Endpoint {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        names::variant(text, ErrorKind::Amount, "an endpoint", "endpoints")
    }
}

/// What one endpoint names a cap, and what it keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApiEndpoint {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The field that caps the completion, such as `max_output_tokens`.
    pub cap: String,
    /// The smallest cap that it accepts, where that is more than 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_cap: Option<Tokens>,
    /// Whether a request without a cap is refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cap_required: bool,
    /// What of the reasoning stays in the context by default, where that differs from the model's own
    /// retention.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
}

/// The API of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// Whose shape its requests have.
    pub family: ApiFamily,
    /// Its endpoints, the one that most programs call first. At least one.
    pub endpoints: Vec<ApiEndpoint>,
    /// Where this comes from.
    pub source: String,
    /// The day it was last compared with the source.
    #[serde(deserialize_with = "super::date::required")]
    pub checked: Date,
    /// What is uncertain or disputed about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Api {
    /// What is known of one of its endpoints.
    #[must_use]
    pub fn endpoint(&self, endpoint: Endpoint) -> Option<&ApiEndpoint> {
        self.endpoints.iter().find(|known| known.endpoint == endpoint)
    }
}
