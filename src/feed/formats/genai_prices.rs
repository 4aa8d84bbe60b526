//! genai-prices: a list of providers with their models, USD per million tokens, dated.

use jiff::civil::Date;
use serde_json::value::RawValue;

use crate::catalog::Tier;
use crate::feed::amount::Unit;
use crate::feed::feed_row::FeedRow;
use crate::feed::issue::Reason;
use crate::feed::rate_table::{Part, RateTable};
use crate::feed::row_builder::{Notation, RowBuilder};
use crate::json::{Object, Source, list};
use crate::units::Tokens;

const NOTATION: Notation = Notation { unit: Unit::PerMillion, quoted: false };

const KEYS: [(&str, Part); 6] = [
    ("input_mtok", Part::Input),
    ("output_mtok", Part::Output),
    ("cache_read_mtok", Part::Cached),
    ("cache_write_mtok", Part::Write),
    ("cache_write_1h_mtok", Part::WriteLong),
    ("output_reasoning_mtok", Part::Reasoning),
];

pub(in crate::feed) fn rows<'a>(text: &Source<'a>, raw: &'a RawValue) -> Vec<FeedRow> {
    let mut rows = Vec::new();
    for provider in list(raw).unwrap_or_default() {
        let fields = Object::of(provider).unwrap_or_default();
        let id = fields.text("id");
        let page = fields.list("pricing_urls").and_then(|urls| crate::json::text(urls.first()?));
        for raw in fields.list("models").unwrap_or_default() {
            let mut row = row(text, id.as_deref(), raw);
            row.source.clone_from(&page);
            rows.push(row);
        }
    }
    rows
}

fn row<'a>(text: &Source<'a>, provider: Option<&str>, raw: &'a RawValue) -> FeedRow {
    let fields = Object::of(raw).unwrap_or_default();
    let id = fields.text("id").unwrap_or_default();
    let mut record = RowBuilder::new(text, NOTATION, (provider, &id), raw, &fields);
    let mut names = Vec::new();
    fields.get("match").into_iter().for_each(|clause| equal_names(clause, &mut names));
    names.retain(|name| *name != id);
    record.row.names = names;
    record.row.limits.window = record.tokens("context_window", fields.get("context_window"));
    let lists = dated(&mut record, fields.get("prices"));
    let variants = variants(&mut record, fields.list("price_variants").unwrap_or_default());
    let mut days: Vec<Option<Date>> = lists.iter().map(|list| list.from).collect();
    days.extend(variants.iter().map(|variant| variant.list.from));
    days.sort_unstable();
    days.dedup();
    for day in days {
        // The last list that began by then holds; a variant adds its tier from its own day on.
        let Some(base) = lists.iter().rev().find(|list| list.from <= day) else { continue };
        let mut table = RateTable::default();
        rates(&mut record, &mut table, Tier::Standard, &base.rates);
        for &tier in Tier::ALL {
            let mut holding = variants.iter().rev().filter(|variant| variant.list.from <= day);
            if let Some(variant) = holding.find(|variant| variant.tier == tier) {
                rates(&mut record, &mut table, tier, &variant.list.rates);
            }
        }
        record.list(day, &table, raw);
    }
    if record.row.prices.is_empty() && record.row.faults.is_empty() {
        record.fault(Reason::NoPrice, raw, "has no price per token".to_owned());
    }
    said_once(&mut record.row);
    record.row
}

/// A remark that applies to each of several dated lists is made once.
fn said_once(row: &mut FeedRow) {
    for told in [&mut row.faults, &mut row.remarks] {
        let mut seen = Vec::new();
        told.retain(|fault| {
            let new = !seen.contains(fault);
            seen.push(fault.clone());
            new
        });
    }
}

/// The exact names in a clause; patterns match more than can be listed.
fn equal_names(clause: &RawValue, names: &mut Vec<String>) {
    let Some(fields) = Object::of(clause) else { return };
    names.extend(fields.text("equals"));
    for clause in fields.list("or").unwrap_or_default() {
        equal_names(clause, names);
    }
}

/// Rates with their first day.
struct DatedRaw<'a> {
    from: Option<Date>,
    rates: Object<'a>,
}

struct Variant<'a> {
    tier: Tier,
    list: DatedRaw<'a>,
}

/// The price lists in the order of the feed, in which the last one that holds counts.
fn dated<'a>(record: &mut RowBuilder<'_, 'a>, prices: Option<&'a RawValue>) -> Vec<DatedRaw<'a>> {
    let Some(prices) = prices else { return Vec::new() };
    if let Some(rates) = Object::of(prices) {
        return vec![DatedRaw { from: None, rates }];
    }
    let mut lists: Vec<DatedRaw<'a>> = Vec::new();
    for item in list(prices).unwrap_or_default() {
        let fields = Object::of(item).unwrap_or_default();
        let Ok(from) = start(record, item, &fields) else { continue };
        let rates = fields.object("prices").unwrap_or_default();
        if lists.last().is_some_and(|before| before.from >= from) {
            let message = "its price lists do not ascend by date".to_owned();
            record.fault(Reason::Contradiction, item, message);
        }
        lists.push(DatedRaw { from, rates });
    }
    lists
}

/// A constraint other than a first day.
struct NoDay;

/// The first day that a constraint states, if there is one; another constraint is noted.
fn start(
    record: &mut RowBuilder<'_, '_>,
    raw: &RawValue,
    fields: &Object<'_>,
) -> Result<Option<Date>, NoDay> {
    let Some(constraint) = fields.object("constraint") else { return Ok(None) };
    if let Some(day) = record.day("start_date", constraint.get("start_date")) {
        return Ok(Some(day));
    }
    let keys: Vec<&str> = constraint.members().map(|(key, _)| key).collect();
    let message = format!("a price by {}", keys.join(" and "));
    record.remark(Reason::LeftOut, raw, message);
    Err(NoDay)
}

/// Rates of other service tiers.
fn variants<'a>(record: &mut RowBuilder<'_, 'a>, items: Vec<&'a RawValue>) -> Vec<Variant<'a>> {
    let mut variants = Vec::new();
    for item in items {
        let fields = Object::of(item).unwrap_or_default();
        let when = fields.object("when").unwrap_or_default();
        let conditions: Vec<(String, String)> = when
            .members()
            .map(|(key, value)| (key.to_owned(), crate::json::text(value).unwrap_or_default()))
            .collect();
        let tier = match conditions.as_slice() {
            [(key, value)] if key == "service_tier" => value.parse::<Tier>().ok(),
            [(key, value)] if key == "processing" && value == "batch" => Some(Tier::Batch),
            _ => None,
        };
        let rates = fields.object("prices").unwrap_or_default();
        match tier {
            Some(Tier::Standard) => {}
            Some(tier) => {
                if let Ok(from) = start(record, item, &fields) {
                    variants.push(Variant { tier, list: DatedRaw { from, rates } });
                }
            }
            None => {
                let told: Vec<String> =
                    conditions.iter().map(|(key, value)| format!("{key} = {value}")).collect();
                let message = format!("a price for {}", told.join(" and "));
                record.remark(Reason::LeftOut, item, message);
            }
        }
    }
    variants
}

fn rates<'a>(
    record: &mut RowBuilder<'_, 'a>,
    table: &mut RateTable,
    tier: Tier,
    rates: &Object<'a>,
) {
    for (key, value) in rates.members() {
        let Some((_, part)) = KEYS.iter().find(|(known, _)| *known == key) else {
            record.other_unit(key, value);
            continue;
        };
        let Some(tiered) = Object::of(value) else {
            record.add(table, (tier, None), *part, (key, value));
            continue;
        };
        if let Some(base) = tiered.get("base") {
            record.add(table, (tier, None), *part, (key, base));
        }
        for step in tiered.list("tiers").unwrap_or_default() {
            let step = Object::of(step).unwrap_or_default();
            let start: Option<Tokens> = record.tokens("start", step.get("start"));
            if let (Some(start), Some(price)) = (start, step.get("price")) {
                record.add(table, (tier, Some(start)), *part, (key, price));
            } else {
                let message = format!("`{key}` has a step without a start or a price");
                record.fault(Reason::Unreadable, value, message);
            }
        }
    }
}
