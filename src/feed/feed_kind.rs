//! The kinds of feeds, detected from their content.

use std::str::FromStr;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::json::{Object, list};
use crate::names;
use crate::{Error, ErrorKind};

/// Whose form a feed has.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    strum::Display,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum FeedKind {
    /// LiteLLM's `model_prices_and_context_window.json`.
    Litellm,
    /// The `api.json` of models.dev.
    ModelsDev,
    /// The `data.json` of genai-prices.
    GenaiPrices,
    /// Langfuse's `default-model-prices.json`.
    Langfuse,
    /// The list of models of the API of `OpenRouter`.
    Openrouter,
    /// `historical-v1.json` or `current-v1.json` of llm-prices.com.
    LlmPrices,
}

/// How many records are looked at to detect the kind.
const LOOKED_AT: usize = 20;

impl FeedKind {
    /// Every kind.
    pub const ALL: &[Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The name, such as `models-dev`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What a feed of this kind looks like.
    #[must_use]
    pub const fn shape(self) -> &'static str {
        match self {
            Self::Litellm => "an object of records with `litellm_provider`",
            Self::ModelsDev => "an object of providers, each with an object `models`",
            Self::GenaiPrices => "a list of providers, each with a list `models`",
            Self::Langfuse => "a list of records with `modelName` and `matchPattern`",
            Self::Openrouter => "an object whose list `data` has records with `pricing`",
            Self::LlmPrices => "an object whose list `prices` has records with `vendor`",
        }
    }

    /// The kind that a text has the shape of.
    pub(super) fn of(raw: &RawValue) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.fits(raw))
    }

    /// Whether a text has the shape of this kind.
    pub(super) fn fits(self, raw: &RawValue) -> bool {
        let has = |raw: &&RawValue, keys: &[&str]| {
            Object::of(raw).is_some_and(|fields| keys.iter().all(|key| fields.has(key)))
        };
        let some_item = |items: Option<Vec<&RawValue>>, keys: &[&str]| {
            items.is_some_and(|items| items.iter().take(LOOKED_AT).any(|item| has(item, keys)))
        };
        let under = |key: &str| Object::of(raw).and_then(|fields| fields.list(key));
        let some_value = |fits: &dyn Fn(&Object<'_>) -> bool| {
            Object::of(raw).is_some_and(|fields| {
                let mut values = fields.members().take(LOOKED_AT).map(|(_, value)| value);
                values.any(|value| Object::of(value).is_some_and(|fields| fits(&fields)))
            })
        };
        match self {
            Self::Litellm => some_value(&|fields| fields.has("litellm_provider")),
            Self::ModelsDev => some_value(&|fields| fields.object("models").is_some()),
            Self::GenaiPrices => list(raw).is_some_and(|items| {
                items.iter().take(LOOKED_AT).any(|item| {
                    Object::of(item).is_some_and(|fields| fields.list("models").is_some())
                })
            }),
            Self::Langfuse => some_item(list(raw), &["modelName", "matchPattern"]),
            Self::Openrouter => some_item(under("data"), &["pricing"]),
            Self::LlmPrices => some_item(under("prices"), &["vendor"]),
        }
    }
}

impl FromStr for FeedKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        names::variant(text, ErrorKind::Usage, "a feed format", "kinds")
    }
}
