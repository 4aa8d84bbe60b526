//! What a request says beside its text.

use std::fmt;

use crate::Error;
use crate::catalog::{Effort, Model, Tier};
use crate::units::{Position, Tokens};

/// Which tool the model has to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolChoice {
    /// `none`.
    None,
    /// Any of them: `required`, or `any`.
    Any,
    /// One function by name, through `tool_choice`.
    Tool(String),
    /// One function by name, through the deprecated `function_call`.
    Function(String),
}

impl fmt::Display for ToolChoice {
    /// `none`, `any`, or the name of the tool.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Any => f.write_str("any"),
            Self::Tool(name) | Self::Function(name) => f.write_str(name),
        }
    }
}

/// What a request says about thinking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThinkingSetting {
    /// It is switched off.
    Off,
    /// The model decides how much.
    Adaptive,
    /// It is switched on, up to so many tokens.
    Budget(Tokens),
}

/// A mark up to which a prompt is cached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheMark {
    /// How long it lives, such as `1h`, where the request says so.
    pub ttl: Option<String>,
    /// Where it stands in the file.
    pub position: Position,
    /// What of the prompt it covers.
    pub covers: MarkedPrefix,
}

/// The beginning of a prompt that a mark covers; what is before it in the order of the prompt is covered too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkedPrefix {
    /// The definitions of tools.
    Tools,
    /// Everything up to the message whose content holds this byte of the file.
    Content(usize),
    /// The whole prompt.
    Prompt,
}

/// What a request says beside its text: the model, the cap, how much to reason, the price, the cache.
///
/// The readers fill it, whatever the API calls these things, and nothing above them reads a body again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestSettings {
    /// The model it names.
    pub model: Option<String>,
    /// The cap it sends.
    pub cap: Option<Tokens>,
    /// The name under which it sends the cap.
    pub cap_field: Option<&'static str>,
    /// How many answers it asks for, 1 or more.
    pub choices: u64,
    /// The service tier it asks for; batch when it stands in a Batch file.
    pub tier: Option<Tier>,
    /// The effort it asks for, as it is written, such as `high`.
    pub effort: Option<String>,
    /// What it says about thinking.
    pub thinking: Option<ThinkingSetting>,
    /// Where it marks the prompt for a cache, in the order of the file.
    pub cache_marks: Vec<CacheMark>,
    /// How long what is cached of it is kept, such as `12h`, where it says so for the whole prompt.
    pub cache_ttl: Option<String>,
    /// Which of its tools the model has to use, where that costs tokens.
    pub tool_choice: Option<ToolChoice>,
}

impl Default for RequestSettings {
    fn default() -> Self {
        Self {
            model: None,
            cap: None,
            cap_field: None,
            choices: 1,
            tier: None,
            effort: None,
            thinking: None,
            cache_marks: Vec::new(),
            cache_ttl: None,
            tool_choice: None,
        }
    }
}

impl RequestSettings {
    /// Takes the service tier of this name, which is one of any API; `auto` leaves it to the API.
    ///
    /// # Errors
    /// A name that is not known.
    pub(super) fn set_tier(&mut self, name: &str) -> Result<(), Error> {
        // Gemini writes its names in capitals.
        let lower = name.to_lowercase();
        match lower.trim_start_matches("service_tier_") {
            "auto" | "unspecified" => {}
            tier => self.tier = Some(tier.parse()?),
        }
        Ok(())
    }

    /// The level of effort that it asks a model for; `None` where it names none, or one that the model does
    /// not have, which its API refuses.
    #[must_use]
    pub fn effort_of(&self, model: &Model) -> Option<Effort> {
        let effort = self.effort.as_deref()?.parse().ok()?;
        model.thinking.as_ref()?.efforts.contains(&effort).then_some(effort)
    }

    /// The most tokens that it lets the model think, where it says so.
    #[must_use]
    pub const fn thinking_budget(&self) -> Option<Tokens> {
        match self.thinking {
            Some(ThinkingSetting::Budget(budget)) => Some(budget),
            _ => None,
        }
    }
}
