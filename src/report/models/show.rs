//! The result of `outlay models show`.

use super::list::Availability;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

use crate::Error;
use crate::catalog::{Catalog, Model, PriceEntry, Support, Tier, Turnaround};
use crate::report::answer::{Answer, Report};
use crate::report::document::{Document, Emphasis, Fact, Table};
use crate::units::{Rate, Tokens, grouped};

/// Everything the catalogue knows about a model.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ModelDetail {
    /// The id.
    pub model: String,
    /// Whether it can be called at the date of the report.
    pub status: Availability,
    /// The day it is or was shut down, as far as that was announced by then.
    pub shutdown: Option<Date>,
    /// The first model in the line of successors that still runs at the date of the report.
    pub living_successor: Option<String>,
    /// The first day of the price list in force.
    pub price_in_force: Option<Date>,
    /// Everything the catalogue knows.
    pub details: Model,
}

impl ModelDetail {
    /// The model that `name` means on `as_of`.
    ///
    /// # Errors
    /// As [`Catalog::resolve`].
    pub fn of(catalog: &Catalog, name: &str, as_of: Date) -> Result<Self, Error> {
        let model = catalog.resolve(name, as_of)?;
        let (status, shutdown) = Availability::of(model.status_at(as_of));
        let next = shutdown.and_then(|_| catalog.living_successor(model, as_of));
        Ok(Self {
            status,
            shutdown,
            living_successor: next.map(|next| next.id.clone()),
            price_in_force: model.price_at(as_of).ok().map(|entry| entry.from),
            model: model.id.clone(),
            details: model.clone(),
        })
    }
}

impl Answer for ModelDetail {
    const COMMAND: &'static str = "models show";
    const HEADING: &'static str = "A model, from the catalogue";
    const COLUMNS: &'static [&'static str] = &[
        "model",
        "from",
        "tier",
        "over",
        "input",
        "cached_input",
        "cache_write",
        "cache_write_extended",
        "output",
        "source",
        "checked",
        "note",
    ];
    type Total = ();

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        if let [detail] = report.results.as_slice() {
            headline(&mut document, detail);
        }
        for detail in &report.results {
            show(&mut document, detail, report.as_of);
        }
        document
    }

    /// One record per dated price row: the history of the prices.
    fn records(report: &Report<Self>) -> serde_json::Result<Vec<Value>> {
        let mut records = Vec::new();
        for detail in &report.results {
            for entry in &detail.details.prices {
                for row in &entry.rates {
                    records.push(json!({
                        "model": detail.model,
                        "from": entry.from,
                        "tier": row.tier,
                        "over": row.over,
                        "input": row.input,
                        "cached_input": row.cached_input,
                        "cache_write": row.cache_write,
                        "cache_write_extended": row.cache_write_extended,
                        "output": row.output,
                        "source": entry.source,
                        "checked": entry.checked,
                        "note": entry.note,
                    }));
                }
            }
        }
        Ok(records)
    }
}

/// What a million tokens cost on the day.
fn headline(document: &mut Document, detail: &ModelDetail) {
    let model = &detail.details;
    let entry = model.prices.iter().find(|entry| detail.price_in_force == Some(entry.from));
    let Some(rates) = entry.and_then(|entry| entry.rates(Tier::Standard, Tokens::ZERO)) else {
        document.headline("no price", format!("of {} on this date", model.id), "");
        return;
    };
    let (input, output) = (rates.input.for_people(), rates.output.for_people());
    let what = format!("a million tokens of output with {}, {input} of the prompt", model.id);
    let limits = &model.limits;
    let change = format!("window {}, output cap {}", limits.window, limits.output_cap);
    document.headline(output, what, change);
}

fn show(document: &mut Document, detail: &ModelDetail, as_of: Date) {
    let model = &detail.details;
    let status = model.status_at(as_of);
    document.title(format!("{} · {} · {status} as of {as_of}", model.id, model.provider));
    document.facts(facts(model, as_of));

    let mut prices = Table::default()
        .texts(["since", "tier"])
        .numbers(["over", "in", "cached", "write", "write, long", "out"])
        .texts(["checked"]);
    for entry in &model.prices {
        for (i, row) in entry.rates.iter().enumerate() {
            let in_force = detail.price_in_force == Some(entry.from);
            let rate = |rate: Option<Rate>| rate.map(Rate::for_people).unwrap_or_default();
            let since = if i > 0 { String::new() } else { entry.from.to_string() };
            let cells = [
                if in_force && i == 0 { format!("{since} *") } else { since },
                row.tier.to_string(),
                row.over.map(|over| over.to_string()).unwrap_or_default(),
                row.input.for_people(),
                rate(row.cached_input),
                rate(row.cache_write),
                rate(row.cache_write_extended),
                row.output.for_people(),
                entry.checked.to_string(),
            ];
            prices.row(cells);
        }
    }
    document.title(format!("prices in USD per 1M tokens (* in force on {as_of})"));
    document.table(prices);
    detail.add_chart(document, as_of);
    for entry in &model.prices {
        let until = entry.until.map(|day| format!("; promised until {day}")).unwrap_or_default();
        let note = entry.note.as_deref().map(|note| format!(". {note}")).unwrap_or_default();
        document.line(Emphasis::Muted, format!("{}: {}{until}{note}", entry.from, entry.source));
    }
    features(document, model, as_of);
    rate_limits(document, model);
    benchmarks(document, model);
    if let Some(end) = model.lifecycle.as_ref().filter(|_| detail.shutdown.is_some()) {
        let next = detail.living_successor.as_deref().or(end.successor.as_deref());
        let next = next.map(|id| format!("; use {id}")).unwrap_or_default();
        let (tone, verb) = if end.shutdown <= as_of {
            (Emphasis::Bad, "was shut down")
        } else {
            (Emphasis::Caution, "shuts down")
        };
        document.line(Emphasis::Muted, format!("end: {}", end.source));
        document.line(tone, format!("{} {verb} on {}{next}", model.id, end.shutdown));
    }
}

fn facts(model: &Model, as_of: Date) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |label, value: String, remark: &str| {
        facts.push(Fact { label, value, remark: remark.to_owned() });
    };
    let noted = |source: &str, note: Option<&str>| match note {
        Some(note) => format!("{note} ({source})"),
        None => source.to_owned(),
    };
    let limits = noted(&model.limits.source, model.limits.note.as_deref());
    fact("window", model.limits.window.to_string(), &limits);
    fact("output cap", model.limits.output_cap.to_string(), "");
    if let Some(limit) = model.limits.input_limit {
        fact("input limit", limit.to_string(), "of the prompt alone");
    }
    fact("encoding", model.counting.encoding.to_string(), &noted(&model.counting.source, None));
    let why = model.counting.note.as_deref().unwrap_or("counts of plain messages equal the bill");
    fact("counts", model.counting.fidelity.to_string(), why);
    if let Some(error) = &model.counting.error {
        let kinds: Vec<_> =
            error.ratios.iter().map(|(kind, ratio)| format!("{kind} {ratio:.2}")).collect();
        let range = format!("{:.2}..{:.2}", error.low(), error.high());
        let remark = format!("times that: {} ({})", kinds.join(", "), error.tokenizer);
        fact("true count", range, &remark);
    }
    fact("released", model.released.to_string(), &model.source);
    if let Some(cutoff) = model.knowledge_cutoff {
        fact("cutoff", cutoff.to_string(), "end of its training data");
    }
    if model.reasoning {
        fact(
            "retention",
            model.retention.to_string(),
            "of its reasoning stays in the context after a turn",
        );
    }
    let names: Vec<_> = model.aliases.iter().chain(&model.snapshots).map(String::as_str).collect();
    if !names.is_empty() {
        fact("other names", names.len().to_string(), &names.join(", "));
    }
    if let Some(before) = &model.formerly {
        fact("before", before.until.to_string(), &format!("the name meant {}", before.model));
    }
    for speed in &model.speeds {
        let value = format!("{} tok/s", speed.output_tokens_per_second);
        fact("speed", value, &speed.source);
    }
    let tiers = |day| model.price_at(day).into_iter().flat_map(PriceEntry::tiers);
    let sold = |wait: &&Turnaround| tiers(as_of).any(|tier| tier == wait.tier);
    for wait in model.turnarounds.iter().filter(sold) {
        let words = Some(wait.in_words()).filter(|words| !words.is_empty());
        let value = words.unwrap_or_else(|| "later".to_owned());
        fact(wait.tier.name(), value, &noted(&wait.source, wait.note.as_deref()));
    }
    facts
}

fn features(document: &mut Document, model: &Model, as_of: Date) {
    let Some(features) = &model.features else {
        return;
    };
    let list = |supported: bool| {
        let names: Vec<_> = features
            .support
            .iter()
            .filter(|(_, support)| support.on(as_of) == supported)
            .map(|(feature, support)| match support {
                Support::Since(day) if supported => format!("{feature} (since {day})"),
                Support::Since(day) => format!("{feature} (from {day})"),
                Support::Fixed(_) => feature.to_string(),
            })
            .collect();
        if names.is_empty() { "none known".to_owned() } else { names.join(", ") }
    };
    document.title("requests");
    document.line(Emphasis::Plain, format!("accepts: {}", list(true)));
    document.line(Emphasis::Plain, format!("refuses: {}", list(false)));
    if let Some(note) = &features.note {
        document.line(Emphasis::Muted, note);
    }
}

fn rate_limits(document: &mut Document, model: &Model) {
    if model.rate_limits.is_empty() && model.message_quotas.is_empty() {
        return;
    }
    let mut table = Table::default().texts(["since"]).numbers([
        "usage tier",
        "requests/min",
        "requests/day",
        "tokens/min",
        "batch queue",
    ]);
    let number = |n: Option<u64>| n.map(grouped).unwrap_or_default();
    for limit in &model.rate_limits {
        table.row([
            limit.from.to_string(),
            limit.tier.clone(),
            number(limit.rpm),
            number(limit.rpd),
            limit.tpm.map(|n| n.to_string()).unwrap_or_default(),
            limit.batch_queue.map(|n| n.to_string()).unwrap_or_default(),
        ]);
    }
    document.title("rate limits");
    if !model.rate_limits.is_empty() {
        document.table(table);
    }
    for quota in &model.message_quotas {
        let text = format!("{}: {} messages since {}", quota.product, quota.quota, quota.from);
        document.line(Emphasis::Plain, text);
    }
}

fn benchmarks(document: &mut Document, model: &Model) {
    if model.benchmarks.is_empty() {
        return;
    }
    let mut table = Table::default().texts(["benchmark"]).numbers(["value"]).texts(["metric"]);
    let mut sources: Vec<(&str, Vec<&str>)> = Vec::new();
    for result in &model.benchmarks {
        table.row([result.name.clone(), result.value.clone(), result.metric.clone()]);
        match sources.iter_mut().find(|(source, _)| *source == result.source) {
            Some((_, names)) if names.last() == Some(&result.name.as_str()) => {}
            Some((_, names)) => names.push(&result.name),
            None => sources.push((&result.source, vec![&result.name])),
        }
    }
    document.title("benchmarks");
    document.table(table);
    for (source, names) in sources {
        document.line(Emphasis::Muted, format!("{source}: {}", names.join("; ")));
    }
    for result in &model.benchmarks {
        if let Some(other) = &result.disputed {
            document.line(
                Emphasis::Plain,
                format!(
                    "{}: {} says {}. {}",
                    result.name, other.source, other.value, other.verdict
                ),
            );
        }
    }
}
