//! How fast an account may send calls.

use std::str::FromStr;

use jiff::civil::Date;

#[cfg(feature = "cli")]
use super::literal::parse;
use crate::catalog::Model;
use crate::forecast::MinuteLimits;
use crate::units::{CallVolume, Count, Tokens};
use crate::{Error, ErrorKind};

/// The limits of an account: declared, or those of a usage tier or product of the catalogue.
#[derive(Debug, Default, Clone)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[allow(clippy::doc_markdown, reason = "clap prints these comments; backticks would show")]
pub struct AccountSpec {
    /// Requests per minute of your account
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", value_parser = parse::<Count>, allow_hyphen_values = true, help_heading = "The pace"))]
    pub rpm: Option<Count>,
    /// Tokens per minute of your account
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true, help_heading = "The pace"))]
    pub tpm: Option<Tokens>,
    /// Take the limits of this usage tier from the catalogue
    #[cfg_attr(feature = "cli", arg(long, value_name = "TIER", conflicts_with_all = ["rpm", "tpm"], help_heading = "The pace"))]
    pub usage_tier: Option<String>,
    /// A message quota such as 50/week, or chatgpt for that of ChatGPT at the date
    #[cfg_attr(feature = "cli", arg(long, value_name = "QUOTA", value_parser = parse::<Quota>, help_heading = "The pace"))]
    pub quota: Option<Quota>,
}

/// A message quota, written out or by the name of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quota {
    /// This many messages in this time.
    Declared(CallVolume),
    /// That of a product of the catalogue.
    Product(String),
}

impl FromStr for Quota {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Ok(Self::Product(text.to_owned()));
        }
        match text.parse()? {
            CallVolume { period: None, .. } => {
                Err(Error::new(ErrorKind::Amount, format!("the quota `{text}` has no period"))
                    .hint("write it as 50/day or 50/week"))
            }
            quota => Ok(Self::Declared(quota)),
        }
    }
}

impl AccountSpec {
    /// Whether it limits the tokens of a minute, which caps obey.
    #[must_use]
    pub const fn limits_tokens(&self) -> bool {
        self.tpm.is_some() || self.usage_tier.is_some()
    }

    /// The limits of a minute for a model, and where they come from; `None` where none are named.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a usage tier that the catalogue does not know for the model.
    pub fn minute_limits(
        &self,
        model: &Model,
        as_of: Date,
    ) -> Result<Option<(MinuteLimits, String)>, Error> {
        match (&self.usage_tier, self.rpm, self.tpm) {
            (Some(tier), ..) => {
                let limit = model.rate_limit_at(tier, as_of)?;
                let limits = MinuteLimits { rpm: limit.rpm, tpm: limit.tpm };
                Ok(Some((limits, format!("usage tier {tier} since {}", limit.from))))
            }
            (None, None, None) => Ok(None),
            (None, rpm, tpm) => {
                let limits = MinuteLimits { rpm: rpm.map(Count::get), tpm };
                Ok(Some((limits, "declared".to_owned())))
            }
        }
    }

    /// The message quota for a model, and where it comes from; `None` where none is named.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a product whose quota the catalogue does not know.
    pub fn message_quota(
        &self,
        model: &Model,
        as_of: Date,
    ) -> Result<Option<(CallVolume, String)>, Error> {
        match &self.quota {
            None => Ok(None),
            Some(Quota::Declared(quota)) => Ok(Some((*quota, "declared".to_owned()))),
            Some(Quota::Product(product)) => {
                let found = model.message_quota_at(product, as_of)?;
                Ok(Some((found.quota, format!("{product} since {}", found.from))))
            }
        }
    }
}
