//! Catalogue text in the form of `pricing/*.toml`.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::read::Feed;
use crate::catalog::{Features, Limits, Model, Peak, PriceEntry, Rates, Support};

/// A catalogue file with new price lists of known models and with new models.
pub(super) fn overlay(
    feed: &Feed,
    as_of: Date,
    changed: &[(String, Vec<PriceEntry>)],
    added: &[Model],
) -> String {
    let mut out = format!(
        "# Written by `outlay models import` from the {} feed {}: prices in force on {as_of}.\n\
         # USD per one million tokens. Load it with `--catalog`; it replaces the prices of models that it names.\n",
        feed.kind,
        comment(&feed.name),
    );
    for (id, entries) in changed {
        out.push_str("\n[[model]]\n");
        key(&mut out, "id", id);
        for entry in entries {
            price(&mut out, entry);
        }
    }
    for added in added {
        model(&mut out, added);
    }
    out
}

fn model(out: &mut String, model: &Model) {
    out.push_str("\n[[model]]\n");
    key(out, "id", &model.id);
    key(out, "provider", &model.provider);
    if !model.aliases.is_empty() {
        let names: Vec<String> = model.aliases.iter().map(|name| quoted(name)).collect();
        let _ = writeln!(out, "aliases = [{}]", names.join(", "));
    }
    let _ = writeln!(out, "reasoning = {}\nreleased = {}", model.reasoning, model.released);
    sourced(out, &model.source, model.checked);

    let counting = &model.counting;
    out.push_str("\n[model.counting]\n");
    key(out, "encoding", counting.encoding.name());
    if let Some(template) = counting.template {
        key(out, "template", template.name());
    }
    key(out, "fidelity", &counting.fidelity.to_string());
    note(out, counting.note.as_deref());
    sourced(out, &counting.source, counting.checked);

    let Limits { window, output_cap, input_limit, .. } = &model.limits;
    out.push_str("\n[model.limits]\n");
    let _ = writeln!(out, "window = {}\noutput_cap = {}", window.get(), output_cap.get());
    if let Some(limit) = input_limit {
        let _ = writeln!(out, "input_limit = {}", limit.get());
    }
    note(out, model.limits.note.as_deref());
    sourced(out, &model.limits.source, model.limits.checked);
    for entry in &model.prices {
        price(out, entry);
    }
    if let Some(end) = &model.lifecycle {
        let _ = writeln!(out, "\n[model.lifecycle]\nshutdown = {}", end.shutdown);
        sourced(out, &end.source, end.checked);
    }
    if let Some(known) = &model.features {
        features(out, known);
    }
}

fn features(out: &mut String, features: &Features) {
    out.push_str("\n[model.features]\n");
    note(out, features.note.as_deref());
    sourced(out, &features.source, features.checked);
    out.push_str("\n[model.features.support]\n");
    for (feature, support) in &features.support {
        let _ = match support {
            Support::Fixed(supported) => writeln!(out, "{feature} = {supported}"),
            Support::Since(day) => writeln!(out, "{feature} = {day}"),
        };
    }
}

fn price(out: &mut String, entry: &PriceEntry) {
    let _ = writeln!(out, "\n[[model.price]]\nfrom = {}", entry.from);
    if let Some(until) = entry.until {
        let _ = writeln!(out, "until = {until}");
    }
    out.push_str("rates = [\n");
    for row in &entry.rates {
        let _ = writeln!(out, "  {{ {} }},", rates(row));
    }
    out.push_str("]\n");
    if let Some(peak) = &entry.peak {
        let _ = writeln!(out, "peak = {}", self::peak(peak));
    }
    if let Some(target) = &entry.routed_to {
        key(out, "routed_to", target);
    }
    note(out, entry.note.as_deref());
    sourced(out, &entry.source, entry.checked);
}

fn rates(row: &Rates) -> String {
    let mut cells = vec![format!("tier = \"{}\"", row.tier)];
    cells.extend(row.over.map(|over| format!("over = {}", over.get())));
    cells.extend(row.up_to.map(|known| format!("up_to = {}", known.get())));
    cells.extend(row.off_peak.then(|| "off_peak = true".to_owned()));
    for (name, rate) in row.parts() {
        cells.extend(rate.map(|rate| format!("{name} = \"{rate}\"")));
    }
    cells.join(", ")
}

/// The peak hours of a list as an inline table.
fn peak(peak: &Peak) -> String {
    let list = |texts: Vec<String>| {
        let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
        format!("[{}]", texts.join(", "))
    };
    let hours = list(peak.hours.iter().map(ToString::to_string).collect());
    let days = list(peak.day_names().map(ToOwned::to_owned).collect());
    if peak.days.is_empty() {
        format!("{{ hours = {hours} }}")
    } else {
        format!("{{ hours = {hours}, days = {days} }}")
    }
}

fn note(out: &mut String, note: Option<&str>) {
    if let Some(note) = note {
        key(out, "note", note);
    }
}

fn sourced(out: &mut String, source: &str, checked: Date) {
    key(out, "source", source);
    let _ = writeln!(out, "checked = {checked}");
}

fn key(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "{name} = {}", quoted(value));
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A text that stays on its line.
fn comment(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_read_back() {
        for text in ["plain", "a \"b\" \\ c", "line\nbreak\u{7f}\u{0}\u{85}", "ä→…"] {
            let table: toml::Table = toml::from_str(&format!("key = {}", quoted(text))).unwrap();
            assert_eq!(table["key"].as_str(), Some(text));
        }
    }
}
