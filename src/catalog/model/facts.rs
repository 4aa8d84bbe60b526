//! One model, as the catalogue knows it.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::counting::Counting;
use super::limits::{Lifecycle, Limits, MessageQuota, RateLimit};
use super::published::{Benchmark, Speed};
use crate::catalog::api::{Api, Endpoint};
use crate::catalog::cache::{CacheLifetime, CacheMarks, CacheRules};
use crate::catalog::features::{Feature, Features};
use crate::catalog::price::{PriceEntry, Rates, Tier};
use crate::catalog::retention::Retention;
use crate::catalog::surcharge::{Condition, Fee, FeeItem, Multiplier};
use crate::catalog::thinking::Thinking;
use crate::catalog::turnaround::Turnaround;
use crate::units::{Rate, Tokens};
use crate::{Error, ErrorKind};

/// A name that used to mean another model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Formerly {
    /// The first day on which the id means the model that carries this entry.
    #[serde(deserialize_with = "crate::catalog::date::required")]
    pub until: Date,
    /// The id that it meant before.
    pub model: String,
}

/// Whether a model can be called at a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It can be called, and no end is announced.
    Active,
    /// It can be called until this day.
    Ending(Date),
    /// It was shut down on this day.
    ShutDown(Date),
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Active => f.pad("active"),
            Self::Ending(day) => f.pad(&format!("ends {day}")),
            Self::ShutDown(day) => f.pad(&format!("shut down {day}")),
        }
    }
}

/// A model with everything the catalogue knows about it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Model {
    /// The id that requests use.
    pub id: String,
    /// The id of the provider, such as `openai`.
    pub provider: String,
    /// Other names of the same model.
    pub aliases: Vec<String>,
    /// Dated ids; each has this model's price at the date of the call.
    pub snapshots: Vec<String>,
    /// What the id meant before it meant this model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formerly: Option<Formerly>,
    /// Whether completions hold hidden reasoning tokens.
    pub reasoning: bool,
    /// What of the reasoning stays in the context.
    pub retention: Retention,
    /// The day the API first served the model.
    pub released: Date,
    /// The day after which its training data end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub knowledge_cutoff: Option<Date>,
    /// Where the fields above come from.
    pub source: String,
    /// The day they were last compared with the source.
    pub checked: Date,
    /// How its prompts are counted.
    pub counting: Counting,
    /// How much it reads and writes.
    pub limits: Limits,
    /// Its price lists, oldest first.
    pub prices: Vec<PriceEntry>,
    /// Its announced end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Lifecycle>,
    /// What its API accepts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub features: Option<Features>,
    /// The API it is called through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api: Option<Api>,
    /// How its prompts are cached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<CacheRules>,
    /// What requests may say about its reasoning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking: Option<Thinking>,
    /// What its provider charges by use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<Fee>,
    /// What multiplies its bill.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub multipliers: Vec<Multiplier>,
    /// How long one waits for the answers of its tiers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub turnarounds: Vec<Turnaround>,
    /// Its rate limits by usage tier.
    pub rate_limits: Vec<RateLimit>,
    /// How many messages products allow.
    pub message_quotas: Vec<MessageQuota>,
    /// Its measured speeds.
    pub speeds: Vec<Speed>,
    /// Its published results.
    pub benchmarks: Vec<Benchmark>,
}

impl Model {
    /// The price list in force on `day`; after a shutdown that is the last one.
    ///
    /// # Errors
    /// [`ErrorKind::MissingPrice`] when the catalogue has no price for that day.
    pub fn price_at(&self, day: Date) -> Result<&PriceEntry, Error> {
        self.prices.iter().rev().find(|entry| entry.from <= day).ok_or_else(|| {
            let error = Error::new(
                ErrorKind::MissingPrice,
                format!("no price of `{}` is known on {day}", self.id),
            );
            match self.prices.first() {
                Some(first) => error.hint(format!("its first known price is of {}", first.from)),
                None => error.hint("add one with `--catalog FILE`"),
            }
        })
    }

    /// The prices that a request with this prompt pays in this tier of one of the model's price lists.
    ///
    /// # Errors
    /// [`ErrorKind::MissingPrice`] when the tier has no price.
    pub fn rates<'a>(
        &self,
        price: &'a PriceEntry,
        tier: Tier,
        prompt: Tokens,
    ) -> Result<&'a Rates, Error> {
        self.listed(price.rates(tier, prompt), price, (tier, prompt))
    }

    /// The same outside the peak hours of the price list, where it has any.
    ///
    /// # Errors
    /// As [`Model::rates`].
    pub fn off_peak_rates<'a>(
        &self,
        price: &'a PriceEntry,
        tier: Tier,
        prompt: Tokens,
    ) -> Result<&'a Rates, Error> {
        self.listed(price.off_peak_rates(tier, prompt), price, (tier, prompt))
    }

    /// A row that was found, or why there is none.
    fn listed<'a>(
        &self,
        found: Option<&'a Rates>,
        price: &PriceEntry,
        (tier, prompt): (Tier, Tokens),
    ) -> Result<&'a Rates, Error> {
        found.ok_or_else(|| {
            let id = &self.id;
            if let Some(known) = price.known_up_to(tier, prompt) {
                let message = format!(
                    "the {tier} price of `{id}` is known for prompts of up to {known} tokens only"
                );
                return Error::new(ErrorKind::MissingPrice, message)
                    .hint("take another tier, or add the rates with `--catalog FILE`");
            }
            let no_batch = self.supports(Feature::Batch, price.from) == Some(false);
            let message = if tier == Tier::Batch && no_batch {
                format!("the Batch API does not take `{id}`, so it has no batch price")
            } else {
                format!("no {tier} price is known for `{id}`")
            };
            let priced: Vec<_> = price.tiers().map(Tier::name).collect();
            Error::new(ErrorKind::MissingPrice, message).hint(format!(
                "it has these prices since {}: {}",
                price.from,
                priced.join(", ")
            ))
        })
    }

    /// The rate of a prompt token that is written to the cache for this long: the write rate of the
    /// lifetime, or the input rate where the provider charges nothing for writing.
    ///
    /// # Errors
    /// [`ErrorKind::MissingPrice`] for a lifetime that is not on sale, or that has no known rate.
    pub fn write_rate(&self, rates: &Rates, lifetime: CacheLifetime) -> Result<Rate, Error> {
        let sold = self.cache.as_ref().map_or(&[][..], |cache| &cache.lifetimes);
        let place = sold.iter().position(|known| *known == lifetime);
        let rate = match (place, rates.cache_write, rates.cache_write_extended) {
            (_, None, None) => Some(rates.input),
            (Some(0), write, _) => write,
            (Some(_), _, extended) => extended,
            (None, ..) => None,
        };
        rate.ok_or_else(|| {
            let message =
                format!("no price of `{}` for writing to a cache of {lifetime} is known", self.id);
            let sold: Vec<_> = sold.iter().map(ToString::to_string).collect();
            let error = Error::new(ErrorKind::MissingPrice, message);
            if sold.is_empty() {
                error.hint("add `cache` and its rates with `--catalog FILE`")
            } else {
                error.hint(format!("its cache keeps prompts for {}", sold.join(" or ")))
            }
        })
    }

    /// From which prompt on the provider writes to its cache without being asked, and charges for that; null
    /// where it does not.
    #[must_use]
    pub fn writes_from(&self, rates: &Rates) -> Option<Tokens> {
        let is_charged = rates.cache_write.is_some_and(|write| write != rates.input);
        let rules = self.cache.as_ref().filter(|rules| rules.marks == CacheMarks::Automatic)?;
        is_charged.then(|| rules.min_prefix.unwrap_or_default())
    }

    /// What one use of a tool costs on `day`; `size` where sizes have fees of their own.
    ///
    /// # Errors
    /// [`ErrorKind::MissingPrice`] when no fee is known: an unknown fee is never 0.
    pub fn fee(&self, item: FeeItem, size: Option<&str>, day: Date) -> Result<&Fee, Error> {
        Fee::find(&self.fees, (&self.id, item, size), day)
    }

    /// What the bill is multiplied by on `day` for a value of a condition, such as `us` of
    /// [`Condition::Residency`]; null for a value that asks for nothing special.
    ///
    /// # Errors
    /// [`ErrorKind::MissingPrice`] for a value without a known price: it is never taken as 1.
    pub fn multiplier(
        &self,
        by: Condition,
        value: &str,
        day: Date,
    ) -> Result<Option<&Multiplier>, Error> {
        Multiplier::find(&self.multipliers, (&self.id, by, value), day)
    }

    /// How long one waits for the answers of a tier, where the provider says so.
    #[must_use]
    pub fn turnaround(&self, tier: Tier) -> Option<&Turnaround> {
        self.turnarounds.iter().find(|one| one.tier == tier)
    }

    /// The field of an endpoint that caps the completion, such as `max_output_tokens`.
    #[must_use]
    pub fn cap_field(&self, endpoint: Endpoint) -> Option<&str> {
        Some(&self.api.as_ref()?.endpoint(endpoint)?.cap)
    }

    /// What of the reasoning stays in the context by default when this endpoint is called.
    #[must_use]
    pub fn retention_at(&self, endpoint: Endpoint) -> Retention {
        let at = self.api.as_ref().and_then(|api| api.endpoint(endpoint)?.retention);
        at.unwrap_or(self.retention)
    }

    /// The rate limits of a usage tier in force on `day`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when none is known; the hint lists the tiers that are.
    pub fn rate_limit_at(&self, tier: &str, day: Date) -> Result<&RateLimit, Error> {
        let known = || self.rate_limits.iter().filter(|limit| limit.from <= day);
        known().filter(|limit| limit.tier == tier).max_by_key(|limit| limit.from).ok_or_else(|| {
            let mut tiers: Vec<_> = known().map(|limit| limit.tier.as_str()).collect();
            tiers.sort_unstable();
            tiers.dedup();
            let message =
                format!("no rate limit of `{}` in usage tier {tier} is known on {day}", self.id);
            Error::new(ErrorKind::Usage, message).hint(if tiers.is_empty() {
                "declare the limits with --rpm and --tpm".to_owned()
            } else {
                format!(
                    "known tiers: {}; or declare the limits with --rpm and --tpm",
                    tiers.join(", ")
                )
            })
        })
    }

    /// The message quota of a product in force on `day`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when none is known.
    pub fn message_quota_at(&self, product: &str, day: Date) -> Result<&MessageQuota, Error> {
        let quotas = self.message_quotas.iter().filter(|quota| quota.product == product);
        quotas.filter(|quota| quota.from <= day).max_by_key(|quota| quota.from).ok_or_else(|| {
            let message = format!("no `{product}` quota of `{}` is known on {day}", self.id);
            Error::new(ErrorKind::Usage, message).hint("write the quota, such as --quota 50/week")
        })
    }

    /// Whether the model can be called on `day`; a day before its release counts as active.
    #[must_use]
    pub fn status_at(&self, day: Date) -> Status {
        match &self.lifecycle {
            Some(end) if end.shutdown <= day => Status::ShutDown(end.shutdown),
            // An end that was not announced yet is not known on that day.
            Some(end) if end.announced.is_none_or(|announced| announced <= day) => {
                Status::Ending(end.shutdown)
            }
            _ => Status::Active,
        }
    }

    /// Whether it is an entry for models that customers tuned, each callable by its owner alone.
    #[must_use]
    pub fn is_tuned(&self) -> bool {
        self.id.starts_with("ft:")
    }

    /// Whether the model still runs after `day`, by what is known of its end today.
    #[must_use]
    pub(crate) fn runs_after(&self, day: Date) -> bool {
        self.lifecycle.as_ref().is_none_or(|end| end.shutdown > day)
    }

    /// Whether a feature is supported on `day`; `None` when the catalogue does not know.
    #[must_use]
    pub fn supports(&self, feature: Feature, day: Date) -> Option<bool> {
        Some(self.features.as_ref()?.support.get(&feature)?.on(day))
    }
}
