//! How long the answers of a tier take.

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::price::Tier;
use crate::Error;
use crate::units::Seconds;

/// How long the answers of a tier take, as the provider states it; not a measurement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Turnaround {
    /// The tier.
    pub tier: Tier,
    /// In which time most answers come, in seconds; written as `usual = "1h"`.
    #[serde(
        default,
        rename(serialize = "usual_seconds", deserialize = "usual"),
        deserialize_with = "time",
        skip_serializing_if = "Option::is_none"
    )]
    pub usual: Option<Seconds>,
    /// In which time the provider means to answer, in seconds; written as `within = "24h"`.
    #[serde(
        default,
        rename(serialize = "within_seconds", deserialize = "within"),
        deserialize_with = "time",
        skip_serializing_if = "Option::is_none"
    )]
    pub within: Option<Seconds>,
    /// After which time a call without an answer expires, unbilled, in seconds; written as `expires = "24h"`.
    #[serde(
        default,
        rename(serialize = "expires_seconds", deserialize = "expires"),
        deserialize_with = "time",
        skip_serializing_if = "Option::is_none"
    )]
    pub expires: Option<Seconds>,
    /// Where this comes from.
    pub source: String,
    /// The day it was last compared with the source.
    #[serde(deserialize_with = "super::date::required")]
    pub checked: Date,
    /// What else there is to know, such as when a call is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Turnaround {
    /// The times in words, such as `usually 1 h, expires after 24 h`; empty where the provider names none.
    #[must_use]
    pub fn in_words(&self) -> String {
        let within = self.within.map(|time| match self.expires {
            Some(end) if end == time => format!("within {time} or not at all"),
            _ => format!("within {time}"),
        });
        let expires = self.expires.filter(|end| self.within != Some(*end));
        let parts = [
            self.usual.map(|time| format!("usually within {time}")),
            within,
            expires.map(|end| format!("expires after {end}")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Seconds>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let time = text.parse().map_err(|e: Error| D::Error::custom(e.message()))?;
    Ok(Some(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_the_provider_means_them() {
        let words = |keys: &str| {
            let text = format!("tier = \"batch\"\n{keys}\nsource = \"s\"\nchecked = 2026-11-25");
            toml::from_str::<Turnaround>(&text).unwrap().in_words()
        };
        assert_eq!(words("within = \"24h\"\nexpires = \"24h\""), "within 24 h or not at all");
        assert_eq!(words("within = \"24h\"\nexpires = \"2d\""), "within 24 h, expires after 2 d");
        assert_eq!(words("within = \"15min\""), "within 15 min");
        assert_eq!(
            words("usual = \"1h\"\nexpires = \"24h\""),
            "usually within 1 h, expires after 24 h"
        );
        assert_eq!(words(""), "");
        let wrong = "tier = \"flex\"\nwithin = \"soon\"\nsource = \"s\"\nchecked = 2026-11-25";
        let error = toml::from_str::<Turnaround>(wrong).unwrap_err();
        assert!(error.message().contains("`soon` is not a length of time"), "{error}");
    }
}
