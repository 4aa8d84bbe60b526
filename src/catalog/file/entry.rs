//! The shape of a model in a catalogue file, and how an entry becomes a model or changes one.

use jiff::civil::Date;
use serde::Deserialize;

use super::super::api::Api;
use super::super::cache::CacheRules;
use super::super::features::Features;
use super::super::model::{
    Benchmark, Counting, Formerly, Lifecycle, Limits, MessageQuota, Model, RateLimit, Speed,
};
use super::super::price::PriceEntry;
use super::super::retention::Retention;
use super::super::surcharge::{Fee, Multiplier};
use super::super::thinking::Thinking;
use super::super::turnaround::Turnaround;
use super::shared::SharedTables;

/// Who sells the models of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provider {
    pub(super) id: String,
    /// For readers of the file; the program shows the id.
    #[serde(rename = "name")]
    _name: Option<String>,
}

/// A `[[model]]` table. Every key but the id may be missing: an overlay names only what it changes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Entry {
    pub(super) id: String,
    /// Who sells it, where that is not the provider of the file.
    provider: Option<String>,
    aliases: Option<Vec<String>>,
    snapshots: Option<Vec<String>>,
    formerly: Option<Formerly>,
    reasoning: Option<bool>,
    retention: Option<Retention>,
    #[serde(default, deserialize_with = "crate::catalog::date::optional")]
    released: Option<Date>,
    #[serde(default, deserialize_with = "crate::catalog::date::optional")]
    knowledge_cutoff: Option<Date>,
    source: Option<String>,
    #[serde(default, deserialize_with = "crate::catalog::date::optional")]
    checked: Option<Date>,
    counting: Option<Counting>,
    limits: Option<Limits>,
    price: Option<Vec<PriceEntry>>,
    lifecycle: Option<Lifecycle>,
    features: Option<Features>,
    api: Option<Api>,
    cache: Option<CacheRules>,
    thinking: Option<Thinking>,
    fee: Option<Vec<Fee>>,
    multiplier: Option<Vec<Multiplier>>,
    turnaround: Option<Vec<Turnaround>>,
    rate_limit: Option<Vec<RateLimit>>,
    message_quota: Option<Vec<MessageQuota>>,
    speed: Option<Vec<Speed>>,
    benchmark: Option<Vec<Benchmark>>,
}

impl Entry {
    /// Takes over the tables of the file that are about this model, where it has none of its own.
    pub(super) fn share(&mut self, tables: &SharedTables) {
        self.api = self.api.take().or_else(|| tables.api(&self.id));
        self.cache = self.cache.take().or_else(|| tables.cache(&self.id));
        self.thinking = self.thinking.take().or_else(|| tables.thinking(&self.id));
        self.fee = self.fee.take().or_else(|| tables.fees(&self.id));
        self.multiplier = self.multiplier.take().or_else(|| tables.multipliers(&self.id));
        self.turnaround = self.turnaround.take().or_else(|| tables.turnarounds(&self.id));
    }

    /// The model this entry describes.
    ///
    /// # Errors
    /// The name of the first required key that is missing.
    pub(in super::super) fn into_model(self, provider: &str) -> Result<Model, &'static str> {
        Ok(Model {
            id: self.id,
            provider: self.provider.unwrap_or_else(|| provider.to_owned()),
            aliases: self.aliases.unwrap_or_default(),
            snapshots: self.snapshots.unwrap_or_default(),
            formerly: self.formerly,
            reasoning: self.reasoning.ok_or("reasoning")?,
            retention: self.retention.unwrap_or_default(),
            released: self.released.ok_or("released")?,
            knowledge_cutoff: self.knowledge_cutoff,
            source: self.source.ok_or("source")?,
            checked: self.checked.ok_or("checked")?,
            counting: self.counting.ok_or("counting")?,
            limits: self.limits.ok_or("limits")?,
            prices: self.price.ok_or("price")?,
            lifecycle: self.lifecycle,
            features: self.features,
            api: self.api,
            cache: self.cache,
            thinking: self.thinking,
            fees: self.fee.unwrap_or_default(),
            multipliers: self.multiplier.unwrap_or_default(),
            turnarounds: self.turnaround.unwrap_or_default(),
            rate_limits: self.rate_limit.unwrap_or_default(),
            message_quotas: self.message_quota.unwrap_or_default(),
            speeds: self.speed.unwrap_or_default(),
            benchmarks: self.benchmark.unwrap_or_default(),
        })
    }

    /// Replaces in `model` what this entry names.
    pub(super) fn apply(self, model: &mut Model) {
        fn set<T>(slot: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *slot = value;
            }
        }
        fn set_optional<T>(slot: &mut Option<T>, value: Option<T>) {
            if value.is_some() {
                *slot = value;
            }
        }
        set(&mut model.provider, self.provider);
        set(&mut model.aliases, self.aliases);
        set(&mut model.snapshots, self.snapshots);
        set_optional(&mut model.formerly, self.formerly);
        set(&mut model.reasoning, self.reasoning);
        set(&mut model.retention, self.retention);
        set(&mut model.released, self.released);
        set_optional(&mut model.knowledge_cutoff, self.knowledge_cutoff);
        set(&mut model.source, self.source);
        set(&mut model.checked, self.checked);
        set(&mut model.counting, self.counting);
        set(&mut model.limits, self.limits);
        set(&mut model.prices, self.price);
        set_optional(&mut model.lifecycle, self.lifecycle);
        set_optional(&mut model.features, self.features);
        set_optional(&mut model.api, self.api);
        set_optional(&mut model.cache, self.cache);
        set_optional(&mut model.thinking, self.thinking);
        set(&mut model.fees, self.fee);
        set(&mut model.multipliers, self.multiplier);
        set(&mut model.turnarounds, self.turnaround);
        set(&mut model.rate_limits, self.rate_limit);
        set(&mut model.message_quotas, self.message_quota);
        set(&mut model.speeds, self.speed);
        set(&mut model.benchmarks, self.benchmark);
    }
}
