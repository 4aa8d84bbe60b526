//! LiteLLM: an object of records by id, USD per token.

use serde_json::value::RawValue;

use crate::catalog::{Feature, Tier};
use crate::feed::amount::Unit;
use crate::feed::feed_row::FeedRow;
use crate::feed::issue::Reason;
use crate::feed::provider::canonical;
use crate::feed::rate_table::{Part, RateTable};
use crate::feed::row_builder::{Notation, RowBuilder};
use crate::json::{Object, Source, list};
use crate::units::Tokens;

const NOTATION: Notation = Notation { unit: Unit::PerToken, quoted: false };

/// The kinds of call that are a chat.
const CHATS: [&str; 2] = ["chat", "responses"];

/// The record that shows what records look like.
const SAMPLE: &str = "sample_spec";

/// What keys begin with; the longer ones first.
const KEYS: [(&str, Part); 6] = [
    ("input_cost_per_token_cache_hit", Part::Cached),
    ("input_cost_per_token", Part::Input),
    ("output_cost_per_token", Part::Output),
    ("output_cost_per_reasoning_token", Part::Reasoning),
    ("cache_read_input_token_cost", Part::Cached),
    ("cache_creation_input_token_cost", Part::Write),
];

pub(in crate::feed) fn rows<'a>(text: &Source<'a>, raw: &'a RawValue) -> Vec<FeedRow> {
    let records = Object::of(raw).unwrap_or_default();
    records.members().map(|(id, raw)| row(text, id, raw)).collect()
}

fn row<'a>(text: &Source<'a>, name: &str, raw: &'a RawValue) -> FeedRow {
    let fields = Object::of(raw).unwrap_or_default();
    let provider = fields.text("litellm_provider").filter(|_| name != SAMPLE);
    let id = provider.as_deref().map_or(name, |provider| bare(name, provider));
    let mut record = RowBuilder::new(text, NOTATION, (provider.as_deref(), id), raw, &fields);
    name.clone_into(&mut record.row.written);
    if name == SAMPLE {
        record.fault(Reason::Sample, raw, "an example of the feed, no model".to_owned());
        return record.row;
    }
    if !raw.get().starts_with('{') {
        record.fault(Reason::Unreadable, raw, "is not an object".to_owned());
        return record.row;
    }
    record.row.mode = fields.text("mode");
    if let Some(mode) = record.row.mode.clone().filter(|mode| !CHATS.contains(&mode.as_str())) {
        record.fault(Reason::NotChat, raw, format!("it is for {mode}"));
        return record.row;
    }
    record.row.reasoning = fields.truth("supports_reasoning");
    record.row.source = fields.text("source");
    record.row.shutdown = record.day("deprecation_date", fields.get("deprecation_date"));
    features(&mut record, &fields);
    limits(&mut record, &fields);
    prices(&mut record, &fields, raw);
    record.row
}

/// The id without the provider in front of it.
fn bare<'i>(name: &'i str, provider: &str) -> &'i str {
    // Providers that are sold through one service share its prefix: vertex_ai-language-models.
    let service = provider.split('-').next().unwrap_or(provider);
    let strip = |prefix: &str| name.strip_prefix(prefix)?.strip_prefix('/');
    strip(provider)
        .or_else(|| strip(service))
        .or_else(|| strip(&canonical(provider)))
        .unwrap_or(name)
}

/// The flags that are features of the catalogue, and what the absence of sampling means.
const FLAGS: [(&str, Feature); 6] = [
    ("supports_vision", Feature::Images),
    ("supports_function_calling", Feature::Tools),
    ("supports_response_schema", Feature::StructuredOutput),
    ("supports_system_messages", Feature::SystemMessage),
    ("supports_sampling_params", Feature::Temperature),
    ("supports_sampling_params", Feature::TopP),
];

fn features(record: &mut RowBuilder<'_, '_>, fields: &Object<'_>) {
    for (flag, feature) in FLAGS {
        if let Some(supported) = fields.truth(flag) {
            record.row.features.insert(feature, supported);
        }
    }
}

fn limits(record: &mut RowBuilder<'_, '_>, fields: &Object<'_>) {
    let input = record.tokens("max_input_tokens", fields.get("max_input_tokens"));
    let output = record.tokens("max_output_tokens", fields.get("max_output_tokens"));
    record.row.limits.input = input;
    record.row.limits.input_is_vague = true;
    record.row.limits.output = output;
    if let Some(legacy) = fields.get("max_tokens").filter(|_| input.is_none() || output.is_none()) {
        let message = "`max_tokens` may be a limit of input or of output".to_owned();
        record.remark(Reason::LeftOut, legacy, message);
    }
}

fn prices<'a>(record: &mut RowBuilder<'_, 'a>, fields: &Object<'a>, raw: &'a RawValue) {
    let mut table = RateTable::default();
    let mut others = Vec::new();
    for (key, value) in fields.members() {
        match Key::of(key) {
            Some(Ok(Key { part, tier, over })) => {
                record.add(&mut table, (tier, over), part, (key, value));
            }
            Some(Err(suffix)) => {
                let message = format!("`{key}`: the catalogue has no place for `{suffix}`");
                record.remark(Reason::LeftOut, value, message);
            }
            None if key == "tiered_pricing" => tiers(record, &mut table, value),
            None if is_money(key) => others.push(key),
            None => {}
        }
    }
    if !others.is_empty() {
        let message = format!("prices of other units than text tokens: {}", others.join(", "));
        record.remark(Reason::LeftOut, raw, message);
    }
    record.list(None, &table, raw);
    if record.row.prices.is_empty() && record.row.faults.is_empty() {
        record.fault(Reason::NoPrice, raw, "has no price per token".to_owned());
    }
}

fn is_money(key: &str) -> bool {
    key.contains("_cost_") || key.ends_with("_cost") || key.ends_with("_pricing")
}

/// `[{"range": [0, 32000.0], "input_cost_per_token": ..}, ..]`: the whole call pays the rates of the range
/// that its prompt is in.
fn tiers<'a>(record: &mut RowBuilder<'_, 'a>, table: &mut RateTable, raw: &'a RawValue) {
    let Some(items) = list(raw) else {
        record.fault(Reason::Unreadable, raw, "`tiered_pricing` is not a list".to_owned());
        return;
    };
    let mut reached = Some(Tokens::ZERO);
    for item in items {
        let fields = Object::of(item).unwrap_or_default();
        let bounds: Option<Vec<Tokens>> = fields.list("range").and_then(|range| {
            range.iter().map(|raw| crate::feed::amount::tokens(raw.get()).ok()).collect()
        });
        let bounds = bounds.as_deref();
        let (Some([low, high]), true) =
            (bounds, bounds.and_then(|b| b.first().copied()) == reached)
        else {
            let message = "the ranges of `tiered_pricing` do not join".to_owned();
            record.fault(Reason::Contradiction, item, message);
            return;
        };
        reached = Some(*high);
        let over = Some(*low).filter(|low| *low > Tokens::ZERO);
        for (key, value) in fields.members() {
            match Key::of(key) {
                Some(Ok(Key { part, tier, over: None })) => {
                    record.add(table, (tier, over), part, (key, value));
                }
                Some(_) => {
                    let message = format!("`{key}` of a range: the catalogue has no place for it");
                    record.remark(Reason::LeftOut, value, message);
                }
                None => {}
            }
        }
    }
}

/// What a key prices.
struct Key {
    part: Part,
    tier: Tier,
    over: Option<Tokens>,
}

impl Key {
    /// Reads a key such as `input_cost_per_token_above_272k_tokens_flex`: `None` when it is not a price per text
    /// token, an error with the part of it that is not known.
    fn of(key: &str) -> Option<Result<Self, String>> {
        let (mut rest, mut part) =
            KEYS.iter().find_map(|(start, part)| Some((key.strip_prefix(start)?, *part)))?;
        let (mut tier, mut over) = (Tier::Standard, None);
        while !rest.is_empty() {
            if let Some((long, after)) = rest.strip_prefix("_above_").and_then(long_retention) {
                if part != Part::Write {
                    return Some(Err(long.to_owned()));
                }
                (part, rest) = (Part::WriteLong, after);
            } else if let Some((tokens, after)) = rest.strip_prefix("_above_").and_then(threshold) {
                (over, rest) = (Some(tokens), after);
            } else {
                tier = match rest {
                    "_batches" => Tier::Batch,
                    "_flex" => Tier::Flex,
                    "_priority" => Tier::Priority,
                    unknown => return Some(Err(unknown.to_owned())),
                };
                rest = "";
            }
        }
        Some(Ok(Self { part, tier, over }))
    }
}

/// `1hr` or `12hr` and what follows.
fn long_retention(text: &str) -> Option<(&str, &str)> {
    ["1hr", "12hr"].into_iter().find_map(|long| {
        let after = text.strip_prefix(long)?;
        (after.is_empty() || after.starts_with('_')).then_some((long, after))
    })
}

/// The tokens of `272k_tokens` and what follows.
fn threshold(text: &str) -> Option<(Tokens, &str)> {
    let (thousands, after) = text.split_once("k_tokens")?;
    let thousands: u64 = thousands.parse().ok()?;
    Some((Tokens::new(thousands.checked_mul(1_000)?), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_by_their_grammar() {
        let read = |key: &str| {
            Key::of(key).map(|key| key.map(|key| (key.part, key.tier, key.over.map(Tokens::get))))
        };
        for (key, part, tier, over) in [
            ("input_cost_per_token", Part::Input, Tier::Standard, None),
            ("input_cost_per_token_cache_hit", Part::Cached, Tier::Standard, None),
            ("output_cost_per_token_batches", Part::Output, Tier::Batch, None),
            (
                "cache_creation_input_token_cost_above_12hr_above_272k_tokens_flex",
                Part::WriteLong,
                Tier::Flex,
                Some(272_000),
            ),
            (
                "cache_read_input_token_cost_above_200k_tokens_priority",
                Part::Cached,
                Tier::Priority,
                Some(200_000),
            ),
        ] {
            assert_eq!(read(key), Some(Ok((part, tier, over))), "{key}");
        }
        assert_eq!(read("input_cost_per_token_ultrafast"), Some(Err("_ultrafast".to_owned())));
        assert_eq!(read("input_cost_per_audio_token"), None);
    }
}
