//! llm-prices: one list of dated prices, USD per million tokens; `from_date` is the first day of a price and
//! `to_date` the first day on which it no longer holds.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::value::RawValue;

use crate::catalog::Tier;
use crate::feed::amount::Unit;
use crate::feed::feed_row::FeedRow;
use crate::feed::issue::Reason;
use crate::feed::rate_table::{Part, RateTable};
use crate::feed::row_builder::{Notation, RowBuilder};
use crate::json::{Object, Source};

const NOTATION: Notation = Notation { unit: Unit::PerMillion, quoted: false };

const KEYS: [(&str, Part); 3] =
    [("input", Part::Input), ("output", Part::Output), ("input_cached", Part::Cached)];

/// A line of the list.
struct Entry<'a> {
    raw: &'a RawValue,
    fields: Object<'a>,
}

pub(in crate::feed) fn rows<'a>(text: &Source<'a>, raw: &'a RawValue) -> Vec<FeedRow> {
    let items = Object::of(raw).and_then(|fields| fields.list("prices")).unwrap_or_default();
    let mut order: Vec<Vec<Entry<'a>>> = Vec::new();
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    for raw in items {
        let fields = Object::of(raw).unwrap_or_default();
        let name = |key| fields.text(key).unwrap_or_default();
        let place = *places.entry((name("vendor"), name("id"))).or_insert(order.len());
        if place == order.len() {
            order.push(Vec::new());
        }
        order[place].push(Entry { raw, fields });
    }
    order.iter().filter_map(|entries| row(text, entries)).collect()
}

/// The row of a model from all its lines.
fn row<'a>(text: &Source<'a>, entries: &[Entry<'a>]) -> Option<FeedRow> {
    let first = entries.first()?;
    let vendor = first.fields.text("vendor");
    let id = first.fields.text("id").unwrap_or_default();
    let mut record =
        RowBuilder::new(text, NOTATION, (vendor.as_deref(), &id), first.raw, &first.fields);
    let mut dated: Vec<(Option<Date>, Option<Date>, &Entry<'a>)> = Vec::new();
    for entry in entries {
        let from = record.day("from_date", entry.fields.get("from_date"));
        let to = record.day("to_date", entry.fields.get("to_date"));
        dated.push((from, to, entry));
    }
    dated.sort_by_key(|(from, _, _)| *from);
    for pair in dated.windows(2) {
        let ((from, to, _), (next, _, entry)) = (&pair[0], &pair[1]);
        if from == next {
            let message = "has two prices from the same day".to_owned();
            record.fault(Reason::Repeated, entry.raw, message);
        } else if to.is_none_or(|to| next.is_none_or(|next| to > next)) {
            let message = "has prices whose days overlap".to_owned();
            record.fault(Reason::Contradiction, entry.raw, message);
        }
    }
    if let Some((_, Some(to), entry)) = dated.last() {
        record.remark(Reason::LeftOut, entry.raw, format!("its last price ended on {to}"));
    }
    for (from, _, entry) in &dated {
        let mut table = RateTable::default();
        for (key, part) in KEYS {
            if let Some(value) = entry.fields.get(key) {
                record.add(&mut table, (Tier::Standard, None), part, (key, value));
            }
        }
        record.list(*from, &table, entry.raw);
    }
    Some(record.row)
}
