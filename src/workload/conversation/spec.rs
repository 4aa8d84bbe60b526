//! How a conversation goes on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

#[cfg(feature = "cli")]
use super::super::literal::parse;
use super::super::literal::{optional, optional_dist};
use super::caching::CacheChoice;
use crate::catalog::{Endpoint, Retention};
use crate::forecast::{History, OnLength, TimeDist, TokenDist};
use crate::units::{Count, Probability, Tokens};
use crate::{Error, ErrorKind};

/// How a conversation goes on: its turns, its messages, and what is carried over.
///
/// As with [`CallSpec`](crate::workload::CallSpec), flags, scenario files and programs fill this struct.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[allow(clippy::doc_markdown, reason = "clap prints these comments; backticks would show")]
#[serde(deny_unknown_fields, default)]
pub struct ConversationSpec {
    /// How many turns to simulate [default: 10, or 1 with --steps]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", value_parser = parse::<Count>, allow_hyphen_values = true))]
    #[serde(with = "optional")]
    pub turns: Option<Count>,
    /// Tokens of instructions and material before the first turn, framing included [default: none]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true))]
    #[serde(with = "optional")]
    pub base: Option<Tokens>,
    /// Tokens of each message of the user [default: 100]
    #[cfg_attr(feature = "cli", arg(long, value_name = "DIST", value_parser = parse::<TokenDist>, allow_hyphen_values = true))]
    #[serde(with = "optional_dist")]
    pub user: Option<TokenDist>,
    /// How much reasoning stays in the context: none, in-turn or all [default: the model's own]
    #[cfg_attr(feature = "cli", arg(long, value_name = "KIND", value_parser = parse::<Retention>))]
    #[serde(with = "optional")]
    pub retention: Option<Retention>,
    /// What happens to a long history: full (nothing), drop-oldest (until reserve and cap fit), window:N (only the last N turns are sent), summarize:N (by N tokens, billed) [default: full]
    #[cfg_attr(feature = "cli", arg(long, value_name = "POLICY", value_parser = parse::<History>))]
    #[serde(with = "optional")]
    pub history: Option<History>,
    /// What to do after an empty answer: stop, retry (5 times), double (the cap, up to the room) or continue [default: stop]
    #[cfg_attr(feature = "cli", arg(long, value_name = "POLICY", value_parser = parse::<OnLength>))]
    #[serde(with = "optional")]
    pub on_length: Option<OnLength>,
    /// Time between turns: 90s, 30s..10min (a 90 % interval) or p50=60s,p95=20min; what outlives it stays cached [default: 0s]
    #[cfg_attr(feature = "cli", arg(long, value_name = "TIME", value_parser = parse::<TimeDist>, allow_hyphen_values = true))]
    #[serde(with = "optional_dist")]
    pub turn_gap: Option<TimeDist>,
    /// How long prompts are kept in the cache: none, 5m, 30m, 1h, 12h or 24h, as far as the model has it [default: the model's usual]
    #[cfg_attr(feature = "cli", arg(long, value_name = "KIND", value_parser = parse::<CacheChoice>))]
    #[serde(with = "optional")]
    pub cache: Option<CacheChoice>,
    /// The endpoint that is called, which may decide what of the reasoning stays [default: the input's own]
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME", value_parser = parse::<Endpoint>))]
    #[serde(with = "optional")]
    pub endpoint: Option<Endpoint>,
    /// How alike the completions of one conversation are, from 0 to 1 [default: as in the logs of --profile, else 0.25, and 0.05 for steps of an agent]
    #[cfg_attr(feature = "cli", arg(long, value_name = "RHO", value_parser = parse::<Probability>, allow_hyphen_values = true))]
    // A probability as people read it is rounded, so that it is written as a number.
    #[serde(deserialize_with = "optional::deserialize")]
    pub turn_correlation: Option<Probability>,
    /// How many conversations to draw when something is random [default: 10,000]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", value_parser = parse::<Count>, allow_hyphen_values = true))]
    #[serde(with = "optional")]
    pub runs: Option<Count>,
    /// The seed of the draws [default: 1]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", value_parser = parse::<Seed>, allow_hyphen_values = true))]
    #[serde(with = "optional")]
    pub seed: Option<Seed>,
}

impl ConversationSpec {
    /// These values, and those of `general` for what they leave open.
    #[must_use]
    pub fn over(self, general: Self) -> Self {
        Self {
            turns: self.turns.or(general.turns),
            base: self.base.or(general.base),
            user: self.user.or(general.user),
            retention: self.retention.or(general.retention),
            history: self.history.or(general.history),
            on_length: self.on_length.or(general.on_length),
            turn_gap: self.turn_gap.or(general.turn_gap),
            cache: self.cache.or(general.cache),
            endpoint: self.endpoint.or(general.endpoint),
            turn_correlation: self.turn_correlation.or(general.turn_correlation),
            runs: self.runs.or(general.runs),
            seed: self.seed.or(general.seed),
        }
    }
}

/// The seed of random draws: the same seed, the same draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Seed {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        text.parse().map(Self).map_err(|_| {
            Error::new(ErrorKind::Amount, format!("`{text}` is not a seed"))
                .hint(format!("a seed is a whole number from 0 to {}", u64::MAX))
        })
    }
}
