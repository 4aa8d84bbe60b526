//! How a provider caches prompts.

use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::names;
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// How long a cached prefix is kept without being read.
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
pub enum CacheLifetime {
    /// Five minutes.
    #[serde(rename = "5m")]
    #[strum(serialize = "5m")]
    FiveMinutes,
    /// Half an hour.
    #[serde(rename = "30m")]
    #[strum(serialize = "30m")]
    ThirtyMinutes,
    /// An hour.
    #[serde(rename = "1h")]
    #[strum(serialize = "1h")]
    Hour,
    /// Twelve hours.
    #[serde(rename = "12h")]
    #[strum(serialize = "12h")]
    TwelveHours,
    /// A day.
    #[serde(rename = "24h")]
    #[strum(serialize = "24h")]
    Day,
}

impl CacheLifetime {
    /// The lifetime in minutes.
    #[must_use]
    pub const fn minutes(self) -> u32 {
        match self {
            Self::FiveMinutes => 5,
            Self::ThirtyMinutes => 30,
            Self::Hour => 60,
            Self::TwelveHours => 720,
            Self::Day => 1_440,
        }
    }
}

impl FromStr for CacheLifetime {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        names::variant(text, ErrorKind::Amount, "a lifetime of a cache", "lifetimes")
    }
}

/// What makes a provider cache a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CacheMarks {
    /// Nothing: every long enough prompt is cached.
    Automatic,
    /// A mark in the request, such as `cache_control`; without one nothing is cached.
    Required,
}

/// What is cached, for how long, and what it takes.
///
/// What reading and writing costs is in the rates: `cached_input`, `cache_write` for the first of the
/// lifetimes, `cache_write_extended` for the second, `cache_storage`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CacheRules {
    /// The shortest prefix that is cached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_prefix: Option<Tokens>,
    /// Cached prefixes are a multiple of this many tokens long; absent where they end at a mark, or
    /// where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Tokens>,
    /// The lifetimes on sale, the default first; empty where the provider names none.
    #[serde(default)]
    pub lifetimes: Vec<CacheLifetime>,
    /// Whether a prompt is cached without being marked.
    pub marks: CacheMarks,
    /// Whether the lifetimes are those of caches that a program makes beside its requests and pays
    /// storage for. How long other prompts are kept is then not known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stored: bool,
    /// Whether the write rates are those of marked prompts alone, and other prompts are written free of
    /// charge.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub free_unmarked: bool,
    /// Whether reading a prefix starts its lifetime anew; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refreshed: Option<bool>,
    /// How many marks a request may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_marks: Option<u32>,
    /// Where this comes from.
    pub source: String,
    /// The day it was last compared with the source.
    #[serde(deserialize_with = "super::date::required")]
    pub checked: Date,
    /// What is uncertain or disputed about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
