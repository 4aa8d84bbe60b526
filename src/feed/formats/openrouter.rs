//! `OpenRouter`: a list of models of many makers, USD per token as texts.

use serde_json::value::RawValue;

use crate::catalog::Tier;
use crate::feed::amount::Unit;
use crate::feed::feed_row::FeedRow;
use crate::feed::issue::Reason;
use crate::feed::provider::canonical;
use crate::feed::rate_table::{Part, RateTable};
use crate::feed::row_builder::{Notation, RowBuilder};
use crate::json::{Object, Source};

const NOTATION: Notation = Notation { unit: Unit::PerToken, quoted: true };

const KEYS: [(&str, Part); 5] = [
    ("prompt", Part::Input),
    ("completion", Part::Output),
    ("input_cache_read", Part::Cached),
    ("input_cache_write", Part::Write),
    ("internal_reasoning", Part::Reasoning),
];

pub(in crate::feed) fn rows<'a>(text: &Source<'a>, raw: &'a RawValue) -> Vec<FeedRow> {
    let models = Object::of(raw).and_then(|fields| fields.list("data")).unwrap_or_default();
    models.into_iter().map(|raw| row(text, raw)).collect()
}

fn row<'a>(text: &Source<'a>, raw: &'a RawValue) -> FeedRow {
    let fields = Object::of(raw).unwrap_or_default();
    let id = fields.text("id").unwrap_or_default();
    let mut record = RowBuilder::new(text, NOTATION, (Some("openrouter"), &id), raw, &fields);
    let Some((maker, name)) = id.split_once('/') else {
        record.fault(Reason::Unreadable, raw, "has no `id` of the form maker/model".to_owned());
        return record.row;
    };
    record.row.maker = Some(canonical(maker));
    let slug = fields.text("canonical_slug").filter(|slug| *slug != id && *slug != name);
    record.row.names = slug.into_iter().collect();
    let kinds = fields.object("architecture").and_then(|about| about.list("output_modalities"));
    if kinds.is_some_and(|kinds| !kinds.iter().any(|kind| kind.get() == "\"text\"")) {
        record.fault(Reason::NotChat, raw, "it writes no text".to_owned());
        return record.row;
    }
    let parameters = fields.list("supported_parameters");
    record.row.reasoning = parameters
        .map(|parameters| parameters.iter().any(|parameter| parameter.get() == "\"reasoning\""));
    let top = fields.object("top_provider").unwrap_or_default();
    record.row.limits.window = record.tokens("context_length", fields.get("context_length"));
    record.row.limits.output =
        record.tokens("max_completion_tokens", top.get("max_completion_tokens"));
    let mut table = RateTable::default();
    for (key, value) in fields.object("pricing").unwrap_or_default().members() {
        match KEYS.iter().find(|(known, _)| *known == key) {
            // A zero says that reasoning has no price of its own.
            Some((_, Part::Reasoning)) if ["\"0\"", "\"0.0\""].contains(&value.get()) => {}
            Some((_, part)) => {
                record.add(&mut table, (Tier::Standard, None), *part, (key, value));
            }
            None if ["\"0\"", "0", "null"].contains(&value.get()) => {}
            None => {
                record.other_unit(key, value);
            }
        }
    }
    record.list(None, &table, raw);
    record.row
}
