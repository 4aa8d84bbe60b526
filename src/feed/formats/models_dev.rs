//! models.dev: an object of providers with their models, USD per million tokens.

use serde_json::value::RawValue;

use crate::catalog::{Feature, Tier};
use crate::feed::amount::Unit;
use crate::feed::feed_row::FeedRow;
use crate::feed::issue::Reason;
use crate::feed::rate_table::{Part, RateTable};
use crate::feed::row_builder::{Notation, RowBuilder};
use crate::json::{Object, Source, list, text};
use crate::units::Tokens;

const NOTATION: Notation = Notation { unit: Unit::PerMillion, quoted: false };

const KEYS: [(&str, Part); 5] = [
    ("input", Part::Input),
    ("output", Part::Output),
    ("cache_read", Part::Cached),
    ("cache_write", Part::Write),
    ("reasoning", Part::Reasoning),
];

pub(in crate::feed) fn rows<'a>(text: &Source<'a>, raw: &'a RawValue) -> Vec<FeedRow> {
    let providers = Object::of(raw).unwrap_or_default();
    let mut rows = Vec::new();
    for (provider, raw) in providers.members() {
        let models = Object::of(raw).and_then(|fields| fields.object("models")).unwrap_or_default();
        rows.extend(models.members().map(|(id, raw)| row(text, provider, id, raw)));
    }
    rows
}

fn row<'a>(source: &Source<'a>, provider: &str, id: &str, raw: &'a RawValue) -> FeedRow {
    let fields = Object::of(raw).unwrap_or_default();
    let mut record = RowBuilder::new(source, NOTATION, (Some(provider), id), raw, &fields);
    let written = fields.object("modalities").and_then(|modalities| modalities.list("output"));
    if written.is_some_and(|kinds| !kinds.iter().any(|kind| kind.get() == "\"text\"")) {
        record.fault(Reason::NotChat, raw, "it writes no text".to_owned());
        return record.row;
    }
    record.row.reasoning = fields.truth("reasoning");
    for (flag, feature) in [
        ("temperature", Feature::Temperature),
        ("tool_call", Feature::Tools),
        ("structured_output", Feature::StructuredOutput),
    ] {
        if let Some(supported) = fields.truth(flag) {
            record.row.features.insert(feature, supported);
        }
    }
    let read = fields.object("modalities").and_then(|modalities| modalities.list("input"));
    if let Some(kinds) = read {
        let images = kinds.iter().any(|kind| kind.get() == "\"image\"");
        record.row.features.insert(Feature::Images, images);
    }
    record.row.released = record.day("release_date", fields.get("release_date"));
    if let Some(status) = fields.get("status") {
        let status = format!("status {}", text(status).unwrap_or_default());
        record.remark(Reason::LeftOut, raw, status);
    }
    let limit = fields.object("limit").unwrap_or_default();
    record.row.limits.window = record.tokens("context", limit.get("context"));
    record.row.limits.input = record.tokens("input", limit.get("input"));
    record.row.limits.output = record.tokens("output", limit.get("output"));
    let Some(cost) = fields.object("cost") else {
        record.fault(Reason::NoPrice, raw, "has no `cost`".to_owned());
        return record.row;
    };
    let mut table = RateTable::default();
    rates(&mut record, &mut table, (Tier::Standard, None), &cost);
    cliffs(&mut record, &mut table, &cost);
    modes(&mut record, &mut table, &fields);
    record.list(None, &table, raw);
    record.row
}

fn rates<'a>(
    record: &mut RowBuilder<'_, 'a>,
    table: &mut RateTable,
    place: (Tier, Option<Tokens>),
    cost: &Object<'a>,
) {
    for (key, value) in cost.members() {
        match KEYS.iter().find(|(known, _)| *known == key) {
            Some((_, part)) => record.add(table, place, *part, (key, value)),
            None if ["tiers", "tier", "context_over_200k"].contains(&key) => {}
            None => {
                record.other_unit(key, value);
            }
        }
    }
}

/// `tiers`, or the older `context_over_200k`, which newer files repeat under a threshold that may be wrong.
fn cliffs<'a>(record: &mut RowBuilder<'_, 'a>, table: &mut RateTable, cost: &Object<'a>) {
    let Some(tiers) = cost.get("tiers") else {
        if let Some(over) = cost.object("context_over_200k") {
            rates(record, table, (Tier::Standard, Some(Tokens::new(200_000))), &over);
        }
        return;
    };
    for item in list(tiers).unwrap_or_default() {
        let fields = Object::of(item).unwrap_or_default();
        let tier = fields.object("tier").unwrap_or_default();
        match (tier.text("type").as_deref(), record.tokens("size", tier.get("size"))) {
            (Some("context"), Some(size)) => {
                rates(record, table, (Tier::Standard, Some(size)), &fields);
            }
            (kind, _) => {
                let message = format!("a tier by `{}`", kind.unwrap_or("nothing"));
                record.remark(Reason::LeftOut, item, message);
            }
        }
    }
}

/// `experimental.modes`: other service tiers under names of their own.
fn modes<'a>(record: &mut RowBuilder<'_, 'a>, table: &mut RateTable, fields: &Object<'a>) {
    let modes = fields.object("experimental").and_then(|experimental| experimental.object("modes"));
    for (name, raw) in modes.unwrap_or_default().members() {
        let mode = Object::of(raw).unwrap_or_default();
        let body = mode.object("provider").and_then(|provider| provider.object("body"));
        let tier = body.and_then(|body| body.text("service_tier"));
        let tier = tier.and_then(|tier| tier.parse::<Tier>().ok());
        match (tier.filter(|tier| *tier != Tier::Standard), mode.object("cost")) {
            (Some(tier), Some(cost)) => rates(record, table, (tier, None), &cost),
            (_, Some(_)) => {
                let message = format!("the mode `{name}`: the catalogue has no place for it");
                record.remark(Reason::LeftOut, raw, message);
            }
            (_, None) => {}
        }
    }
}
