//! Langfuse: a list of records with a pattern and priced tiers, USD per token.

use serde_json::value::RawValue;

use crate::catalog::Tier;
use crate::feed::amount::{self, Unit};
use crate::feed::feed_row::FeedRow;
use crate::feed::issue::Reason;
use crate::feed::provider::{canonical, is_maker};
use crate::feed::rate_table::{Part, RateTable};
use crate::feed::row_builder::{Notation, RowBuilder};
use crate::json::{Object, Source, list, text};
use crate::units::Tokens;

const NOTATION: Notation = Notation { unit: Unit::PerToken, quoted: false };

/// The usage keys of several providers, which Langfuse prices side by side.
const KEYS: [(Part, &[&str]); 6] = [
    (
        Part::Input,
        &[
            "input",
            "input_tokens",
            "input_text",
            "input_modality_1",
            "prompt_token_count",
            "promptTokenCount",
        ],
    ),
    (
        Part::Output,
        &[
            "output",
            "output_tokens",
            "output_text",
            "output_modality_1",
            "candidates_token_count",
            "candidatesTokenCount",
        ],
    ),
    (
        Part::Cached,
        &[
            "input_cached_tokens",
            "input_cache_read",
            "cache_read_input_tokens",
            "cached_content_token_count",
            "cachedContentTokenCount",
        ],
    ),
    (
        Part::Write,
        &["cache_creation_input_tokens", "input_cache_creation", "input_cache_creation_5m"],
    ),
    (Part::WriteLong, &["input_cache_creation_1h"]),
    (
        Part::Reasoning,
        &[
            "output_reasoning_tokens",
            "output_reasoning",
            "thoughts_token_count",
            "thoughtsTokenCount",
        ],
    ),
];

pub(in crate::feed) fn rows<'a>(text: &Source<'a>, raw: &'a RawValue) -> Vec<FeedRow> {
    list(raw).unwrap_or_default().into_iter().map(|raw| row(text, raw)).collect()
}

fn row<'a>(text: &Source<'a>, raw: &'a RawValue) -> FeedRow {
    let fields = Object::of(raw).unwrap_or_default();
    let id = fields.text("modelName").unwrap_or_default();
    let provider = fields.text("matchPattern").and_then(|pattern| provider(&pattern));
    let mut record = RowBuilder::new(text, NOTATION, (provider.as_deref(), &id), raw, &fields);
    let mut table = RateTable::default();
    // Older files have one list of prices and no tiers.
    if let Some(prices) = fields.object("prices") {
        rates(&mut record, &mut table, (Tier::Standard, None), &prices);
    }
    for item in fields.list("pricingTiers").unwrap_or_default() {
        let tier = Object::of(item).unwrap_or_default();
        let prices = tier.object("prices").unwrap_or_default();
        match conditions(&tier.list("conditions").unwrap_or_default()) {
            Ok(place) => rates(&mut record, &mut table, place, &prices),
            Err(why) => {
                let name = tier.text("name").unwrap_or_default();
                record.remark(Reason::LeftOut, item, format!("the tier `{name}`: {why}"));
            }
        }
    }
    record.list(None, &table, raw);
    if record.row.prices.is_empty() && record.row.faults.is_empty() {
        record.fault(Reason::NoPrice, raw, "has no price for input and output".to_owned());
    }
    record.row
}

/// The maker that a pattern such as `(?i)^(openai\/)?(gpt-4o)$` allows in front of the name.
fn provider(pattern: &str) -> Option<String> {
    let (_, rest) = pattern.split_once('^')?;
    let rest = rest.trim_start_matches('(');
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')?;
    let (name, after) = rest.split_at(end);
    let in_front = ["\\/", "/", "(ai)?"].iter().any(|next| after.starts_with(next));
    Some(canonical(name)).filter(|provider| in_front && is_maker(provider))
}

/// The place of a tier whose conditions all hold: a service tier, a prompt length, both or none.
fn conditions(conditions: &[&RawValue]) -> Result<(Tier, Option<Tokens>), String> {
    let (mut tier, mut over) = (Tier::Standard, None);
    for condition in conditions {
        let fields = Object::of(condition).unwrap_or_default();
        let operator = fields.text("operator").unwrap_or_default();
        if fields.text("key").as_deref() == Some("service_tier") && operator == "in" {
            let values = fields.list("values").unwrap_or_default();
            let tiers: Option<Vec<Tier>> =
                values.into_iter().map(|value| text(value)?.parse().ok()).collect();
            let tiers = tiers.unwrap_or_default();
            match tiers.split_first() {
                Some((first, rest)) if rest.iter().all(|other| other == first) => tier = *first,
                _ => return Err("it is for several service tiers, or for one unknown".to_owned()),
            }
        } else if fields.has("usageDetailPattern") && operator == "gt" {
            let value = fields.get("value").map(|value| amount::tokens(value.get()));
            match value {
                Some(Ok(tokens)) => over = Some(tokens),
                _ => return Err("its prompt length is not a number of tokens".to_owned()),
            }
        } else {
            return Err("the catalogue has no place for its condition".to_owned());
        }
    }
    Ok((tier, over))
}

fn rates<'a>(
    record: &mut RowBuilder<'_, 'a>,
    table: &mut RateTable,
    place: (Tier, Option<Tokens>),
    prices: &Object<'a>,
) {
    for (key, value) in prices.members() {
        if let Some((part, _)) = KEYS.iter().find(|(_, names)| names.contains(&key)) {
            record.add(table, place, *part, (key, value));
        } else {
            record.other_unit(key, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_maker_stands_in_the_pattern() {
        for (pattern, maker) in [
            (r"(?i)^(openai\/)?(gpt-4o)$", Some("openai")),
            (r"(?i)^((anthropic\/)?claude-opus-4-8|x)$", Some("anthropic")),
            (r"(?i)^(google(ai)?\/)?(gemini-2.5-pro)$", Some("google")),
            (r"(?i)^(text-ada-001)$", None),
            (r"gpt", None),
        ] {
            assert_eq!(provider(pattern).as_deref(), maker, "{pattern}");
        }
    }
}
