//! What is known about a call before it is made.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

#[cfg(feature = "cli")]
use super::literal::parse;
use super::literal::{one_or_many, optional};
use crate::catalog::{Effort, Tier};
use crate::forecast::{TokenDist, WorkKind};
use crate::request::RequestSettings;
use crate::units::{CallVolume, Probability, Tokens};
use crate::{Error, ErrorKind};

/// What is known about a call before it is made: its models, its completion, its cap, its price.
///
/// Flags, `outlay.toml`, scenarios, the what-if form and programs all fill this struct; [`CallSpec::over`]
/// merges two of them. A field that is left open takes its default where it is used. Its documentation is
/// the help of the flag and the description in the JSON Schema of `outlay.toml`.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[allow(clippy::doc_markdown, reason = "clap prints these comments; backticks would show")]
#[serde(deny_unknown_fields, default)]
pub struct CallSpec {
    /// The model, or several; left out, the request's own, else OUTLAY_MODEL, else o1-mini or the model that follows it
    #[cfg_attr(feature = "cli", arg(skip))]
    #[cfg_attr(test, schemars(with = "super::schema::OneOrMany"))]
    #[serde(deserialize_with = "one_or_many")]
    pub model: Vec<String>,
    /// Price this many calls, such as 500 or 20k/month [default: 1]
    #[cfg_attr(feature = "cli", arg(long, value_name = "VOLUME", value_parser = parse::<CallVolume>, allow_hyphen_values = true, display_order = 100))]
    #[cfg_attr(test, schemars(with = "Option<super::Literal<CallVolume>>"))]
    #[serde(with = "optional")]
    pub calls: Option<CallVolume>,
    /// What the call is for: step, judge, write, puzzle, code or search; forecasts the completion of every model [default: any, a wide range]
    #[cfg_attr(feature = "cli", arg(long, value_name = "KIND", value_parser = parse::<WorkKind>))]
    #[cfg_attr(test, schemars(with = "Option<super::Literal<WorkKind>>"))]
    #[serde(with = "optional")]
    pub kind: Option<WorkKind>,
    /// How much the model is to reason, such as low or high; one of the levels that it has; -m o3:low names it for one model [default: the request's own, else the model's]
    #[cfg_attr(feature = "cli", arg(long, value_name = "LEVEL", value_parser = parse::<Effort>))]
    #[cfg_attr(test, schemars(with = "Option<super::Literal<Effort>>"))]
    #[serde(with = "optional")]
    pub effort: Option<Effort>,
    /// End the reasoning at this many tokens, of a model that takes a budget (thinking.budget_tokens, thinkingBudget); 0 turns it off where the model allows it [default: the request's own]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true))]
    #[cfg_attr(test, schemars(with = "Option<super::Literal<Tokens>>"))]
    #[serde(with = "optional")]
    pub thinking_budget: Option<Tokens>,
    /// Declare all completion tokens, reasoning included: 600, 1k..12k (90 % interval), p50=4288,p95=11072, or @PROFILE
    #[cfg_attr(feature = "cli", arg(long, alias = "output-tokens", value_name = "DIST", value_parser = parse::<CompletionDist>, allow_hyphen_values = true, conflicts_with_all = ["reasoning", "visible"]))]
    #[cfg_attr(test, schemars(with = "Option<super::Literal<CompletionDist>>"))]
    #[serde(with = "optional")]
    pub completion_tokens: Option<CompletionDist>,
    /// Declare the hidden reasoning tokens
    #[cfg_attr(feature = "cli", arg(long, value_name = "DIST", value_parser = parse::<CompletionDist>, allow_hyphen_values = true))]
    #[cfg_attr(test, schemars(with = "Option<super::Literal<CompletionDist>>"))]
    #[serde(with = "optional")]
    pub reasoning: Option<CompletionDist>,
    /// Declare the visible tokens of the answer
    #[cfg_attr(feature = "cli", arg(long, value_name = "DIST", value_parser = parse::<CompletionDist>, allow_hyphen_values = true))]
    #[cfg_attr(test, schemars(with = "Option<super::Literal<CompletionDist>>"))]
    #[serde(with = "optional")]
    pub visible: Option<CompletionDist>,
    /// Take the completion from a measured profile: NAME, FILE, or either with :task [default: none; --kind, or the range of all kinds, forecasts it]
    #[cfg_attr(feature = "cli", arg(long, value_name = "PROFILE", conflicts_with_all = ["completion_tokens", "reasoning", "visible"]))]
    pub profile: Option<String>,
    /// The cap that you send, which APIs also call max_tokens or max_output_tokens [default: the request's own; without one, estimate assumes the room, simulate and compare the recommended cap]
    #[cfg_attr(feature = "cli", arg(long, aliases = ["max-tokens", "max-output-tokens"], value_name = "CAP", value_parser = parse::<Tokens>, allow_hyphen_values = true))]
    #[cfg_attr(test, schemars(with = "Option<super::Literal<Tokens>>"))]
    #[serde(with = "optional")]
    pub max_completion_tokens: Option<Tokens>,
    /// Prompt tokens read from the cache: an amount, or a share such as 50% [default: none]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N|SHARE", value_parser = parse::<CachedPart>, allow_hyphen_values = true))]
    #[cfg_attr(test, schemars(with = "Option<super::Literal<CachedPart>>"))]
    #[serde(with = "optional")]
    pub cached: Option<CachedPart>,
    /// Prompt tokens written to the cache: an amount, or a share such as 50% [default: all that are not read, where the provider caches by itself and charges for it]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N|SHARE", value_parser = parse::<CachedPart>, allow_hyphen_values = true))]
    #[cfg_attr(test, schemars(with = "Option<super::Literal<CachedPart>>"))]
    #[serde(with = "optional")]
    pub cache_write: Option<CachedPart>,
    /// Searches of the web that a call makes with the provider's own tool, each at its fee; what they find is prompt tokens besides [default: none]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N"))]
    pub searches: Option<u32>,
    /// Price the call in this tier: standard, batch, flex or priority [default: the request's own, else standard]
    #[cfg_attr(feature = "cli", arg(long, value_name = "TIER", value_parser = parse::<Tier>))]
    #[cfg_attr(test, schemars(with = "Option<super::Literal<Tier>>"))]
    #[serde(with = "optional")]
    pub tier: Option<Tier>,
    /// Tokens to keep for reasoning and outputs, or auto: what your own --profile allows [default: 25,000, as OpenAI advises]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N|auto", value_parser = parse::<Reserve>, allow_hyphen_values = true, help_heading = "The cap"))]
    #[cfg_attr(test, schemars(with = "Option<super::Literal<Reserve>>"))]
    #[serde(with = "optional")]
    pub reserve: Option<Reserve>,
    /// The accepted probability that an answer is cut off [default: 1%]
    #[cfg_attr(feature = "cli", arg(long, value_name = "P", value_parser = parse::<Probability>, allow_hyphen_values = true, help_heading = "The cap"))]
    #[cfg_attr(test, schemars(with = "Option<super::Literal<Probability>>"))]
    // A probability as people read it is rounded, so that it is written as a number.
    #[serde(deserialize_with = "optional::deserialize")]
    pub risk: Option<Probability>,
}

impl CallSpec {
    /// The keys that declare how long completions are, in files.
    pub const COMPLETION_KEYS: [&str; 4] = ["completion_tokens", "reasoning", "visible", "profile"];

    /// These values, and those of `general` for what they leave open.
    ///
    /// A declared completion replaces a whole declared completion: `visible` here does not go together
    /// with `reasoning` there.
    #[must_use]
    pub fn over(self, general: &Self) -> Self {
        let declared = self.declares_completion();
        let or_general = |own: Option<CompletionDist>, general: &Option<CompletionDist>| {
            if declared { own } else { general.clone() }
        };
        Self {
            model: if self.model.is_empty() { general.model.clone() } else { self.model },
            kind: self.kind.or(general.kind),
            effort: self.effort.or(general.effort),
            thinking_budget: self.thinking_budget.or(general.thinking_budget),
            completion_tokens: or_general(self.completion_tokens, &general.completion_tokens),
            reasoning: or_general(self.reasoning, &general.reasoning),
            visible: or_general(self.visible, &general.visible),
            profile: if declared { self.profile } else { general.profile.clone() },
            max_completion_tokens: self.max_completion_tokens.or(general.max_completion_tokens),
            cached: self.cached.or(general.cached),
            cache_write: self.cache_write.or(general.cache_write),
            searches: self.searches.or(general.searches),
            tier: self.tier.or(general.tier),
            calls: self.calls.or(general.calls),
            reserve: self.reserve.or(general.reserve),
            risk: self.risk.or(general.risk),
        }
    }

    /// Whether the length of completions is given: declared, or as a profile.
    #[must_use]
    pub fn declares_completion(&self) -> bool {
        self.completion_tokens.is_some()
            || self.reasoning.is_some()
            || self.visible.is_some()
            || self.profile.is_some()
    }

    /// How many calls; one unless said otherwise.
    #[must_use]
    pub fn volume(&self) -> CallVolume {
        self.calls.unwrap_or(CallVolume { calls: 1, period: None })
    }

    /// What a request says of its call itself, besides the model.
    #[must_use]
    pub fn sent(settings: &RequestSettings) -> Self {
        Self { max_completion_tokens: settings.cap, tier: settings.tier, ..Self::default() }
    }

    /// The names of the profiles that it takes completions from.
    pub fn profiles(&mut self) -> impl Iterator<Item = &mut String> {
        let dists = [&mut self.completion_tokens, &mut self.reasoning, &mut self.visible];
        let named = dists.into_iter().flatten().filter_map(|dist| match dist {
            CompletionDist::Profile(name) => Some(name),
            CompletionDist::Declared(..) => None,
        });
        self.profile.iter_mut().chain(named)
    }
}

/// A distribution of tokens: declared, or one part of a measured profile.
#[derive(Debug, Clone, PartialEq)]
pub enum CompletionDist {
    /// An amount or a curve, and how it was written.
    Declared(TokenDist, String),
    /// `@NAME` or `@FILE[:task]`: a profile's own distribution.
    Profile(String),
}

impl fmt::Display for CompletionDist {
    /// As it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declared(_, text) => f.write_str(text),
            Self::Profile(name) => write!(f, "@{name}"),
        }
    }
}

impl FromStr for CompletionDist {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.strip_prefix('@') {
            Some(spec) => Ok(Self::Profile(spec.to_owned())),
            None => text.parse().map(|dist| Self::Declared(dist, text.to_owned())),
        }
    }
}

/// How much of a prompt is read from the cache.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CachedPart {
    /// This many tokens.
    Tokens(Tokens),
    /// This share of the prompt.
    Share(Probability),
}

impl CachedPart {
    /// How many tokens of a prompt that is.
    #[must_use]
    pub fn of(self, prompt: Tokens) -> Tokens {
        match self {
            Self::Tokens(tokens) => tokens,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of the prompt is no more than the prompt"
            )]
            Self::Share(share) => Tokens::new((prompt.as_f64() * share.get()).floor() as u64),
        }
    }
}

/// The decimals of the smallest share there is, in percent.
const MOST_DECIMALS: usize = 345;

impl fmt::Display for CachedPart {
    /// As the command line takes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tokens(tokens) => write!(f, "{}", tokens.get()),
            Self::Share(share) => {
                // The fewest decimals that are read as the same share.
                let near = share.get() * 100.0;
                let same = |text: &String| {
                    let read: Result<f64, _> = text.parse();
                    read.is_ok_and(|percent| (percent / 100.0).to_bits() == share.get().to_bits())
                };
                // A share of nearly nothing has hundreds of zeros before its first figure, and the product may be
                // the neighbour of what was read.
                let about = [near, near.next_down(), near.next_up()];
                let mut texts = (0..=MOST_DECIMALS)
                    .flat_map(|decimals| about.map(|percent| format!("{percent:.decimals$}")));
                let text = texts.find(same).unwrap_or_else(|| near.to_string());
                write!(f, "{text}%")
            }
        }
    }
}

impl FromStr for CachedPart {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parsed = if text.trim_end().ends_with('%') {
            text.parse().map(Self::Share)
        } else {
            text.parse().map(Self::Tokens)
        };
        parsed.map_err(|_: Error| {
            Error::new(ErrorKind::Amount, format!("`{text}` is not a part of a prompt"))
                .hint("write an amount such as `1,024`, or a share from 0% to 100% such as `50%`")
        })
    }
}

/// How much is kept for reasoning and outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserve {
    /// This many tokens.
    Kept(Tokens),
    /// What the user's own measurements allow.
    Auto,
}

impl fmt::Display for Reserve {
    /// As the command line takes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kept(tokens) => write!(f, "{}", tokens.get()),
            Self::Auto => f.write_str("auto"),
        }
    }
}

impl FromStr for Reserve {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "auto" { Ok(Self::Auto) } else { text.parse().map(Self::Kept) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_share_is_written_as_it_is_read() {
        let smallest = format!("0.{}1%", "0".repeat(300));
        let small = format!(".{}187440737091614%", "0".repeat(58));
        for text in [
            "12.5%",
            "12.345678901234567%",
            ".0000061901878728789741277%",
            "0.000000000000619%",
            "100%",
            &small,
            &smallest,
        ] {
            let part: CachedPart = text.parse().unwrap();
            assert_eq!(part.to_string().parse::<CachedPart>().unwrap(), part, "{text}");
        }
    }
}
