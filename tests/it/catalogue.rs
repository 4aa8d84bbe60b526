//! The embedded catalogue: its laws, and the evidence for its figures.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jiff::civil::{Date, date};
use outlay::ErrorKind;
use outlay::catalog::{CacheLifetime, Catalog, Condition, FeeItem, PriceEntry, Rates, Tier};
use outlay::units::{Rate, Tokens};
use serde_json::Value;

fn catalog() -> Catalog {
    Catalog::embedded()
}

#[test]
fn models_are_sorted_and_every_source_is_named() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pricing");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = fs::read_to_string(&path).unwrap();
            let ids: Vec<&str> = text
                .split("\n[[model]]\n")
                .skip(1)
                .map(|entry| entry.split('"').nth(1).unwrap())
                .collect();
            assert!(ids.is_sorted(), "{} is not sorted by id", path.display());
        }
    }
    for model in catalog().models() {
        let sources = std::iter::once(&model.source)
            .chain([&model.counting.source, &model.limits.source])
            .chain(model.prices.iter().map(|p| &p.source))
            .chain(model.lifecycle.iter().map(|end| &end.source))
            .chain(model.features.iter().map(|features| &features.source))
            .chain(model.rate_limits.iter().map(|limit| &limit.source))
            .chain(model.speeds.iter().map(|speed| &speed.source))
            .chain(model.benchmarks.iter().map(|result| &result.source));
        for source in sources {
            assert!(source.len() > 8, "`{}` has the source `{source}`", model.id);
        }
    }
}

#[test]
fn the_packed_models_are_those_of_the_files_read_whole() {
    let embedded = catalog();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pricing");
    let mut read = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        read.extend(
            text.split("\n[[model]]\nid = \"")
                .skip(1)
                .map(|entry| entry.split('"').next().unwrap().to_owned()),
        );
        let mut whole = embedded.clone();
        whole.overlay(&path.display().to_string(), &text).unwrap();
        assert!(whole.models().eq(embedded.models()), "{}", path.display());
    }
    let packed: BTreeSet<_> = embedded.models().map(|model| model.id.clone()).collect();
    assert_eq!(packed, read);
}

/// Whatever the catalogue says of a model, the table that says it has a source and the day it was checked.
#[test]
fn every_table_has_a_source_and_a_day() {
    fn walk(id: &str, value: &Value, tables: &mut usize) {
        match value {
            Value::Array(all) => all.iter().for_each(|one| walk(id, one, tables)),
            Value::Object(table) => {
                if let Some(source) = table.get("source").and_then(Value::as_str) {
                    // A disputed figure and the default of a counting error stand inside a table with a day.
                    if !table.contains_key("verdict") {
                        let day = table.get("checked").and_then(Value::as_str);
                        let day: Date = day.unwrap_or_default().parse().unwrap_or_else(|_| {
                            panic!("`{id}` has a table without a day: {value}")
                        });
                        let days = date(2026, 11, 1)..date(2027, 12, 31);
                        assert!(days.contains(&day), "`{id}` was checked on {day}");
                        *tables += 1;
                    }
                    assert!(source.len() > 8, "`{id}` has the source `{source}`");
                    assert!(!source.contains("memory"), "`{id}` has the source `{source}`");
                }
                table.values().for_each(|one| walk(id, one, tables));
            }
            _ => {}
        }
    }
    let mut tables = 0;
    for model in catalog().models() {
        let before = tables;
        walk(&model.id, &serde_json::to_value(model).unwrap(), &mut tables);
        // The model, how it counts, its limits and its price at least.
        assert!(tables - before >= 4, "`{}` has {} tables", model.id, tables - before);
    }
    assert!(tables > 3_000, "{tables}");
}

#[test]
fn dates_are_in_order() {
    for model in catalog().models() {
        let id = &model.id;
        let first = model.prices[0].from;
        assert!(first >= model.released, "`{id}` has a price before its release");
        for price in &model.prices {
            // What is checked before it holds is an announcement, and says so.
            let note = price.note.as_deref().unwrap_or_default();
            assert!(
                price.checked >= price.from || note.starts_with("Announced: "),
                "`{id}` has a price checked before it held"
            );
        }
        if let Some(end) = &model.lifecycle {
            assert!(end.shutdown > model.released, "`{id}` ends before it begins");
            assert!(
                end.announced.is_none_or(|day| day <= end.shutdown),
                "`{id}` ends before it is announced"
            );
            // Calls of a retired model may be answered, and billed, as those of another.
            let own = model.prices.iter().filter(|price| price.routed_to.is_none());
            let last = own.map(|price| price.from).max().unwrap();
            assert!(last < end.shutdown, "`{id}` has a price from after its end");
        }
    }
}

/// A routed call costs what a call of the model that answers does.
#[test]
fn routed_prices_are_those_of_the_model_that_answers() {
    let catalog = catalog();
    let mut routed = 0;
    for model in catalog.models() {
        for (i, entry) in model.prices.iter().enumerate() {
            let Some(target) = &entry.routed_to else { continue };
            let target = catalog.get(target).unwrap();
            let until = model.prices.get(i + 1).map_or(date(2027, 6, 1), |next| next.from);
            // The target may have begun to sell on a later day than the routing did.
            let first = target.prices[0].from;
            let days = [entry.from, until.yesterday().unwrap()];
            for day in days.into_iter().filter(|day| *day >= first) {
                let rates = &target.price_at(day).unwrap().rates;
                assert_eq!(&entry.rates, rates, "`{}` on {day}", model.id);
            }
            routed += 1;
        }
    }
    assert!(routed >= 10, "{routed}");
}

#[test]
fn estimates_say_why() {
    for model in catalog().models() {
        if model.counting.fidelity == outlay::catalog::Fidelity::Estimate {
            assert!(
                model.counting.note.is_some(),
                "`{}` does not say why its counts are estimates",
                model.id
            );
        }
    }
}

#[test]
fn cheaper_tiers_are_cheaper() {
    for model in catalog().models() {
        for entry in &model.prices {
            let rates =
                |tier| entry.rates.iter().find(|row| row.tier == tier && row.over.is_none());
            let standard = rates(Tier::Standard).unwrap();
            for tier in [Tier::Batch, Tier::Flex] {
                if let Some(row) = rates(tier) {
                    assert!(
                        row.input < standard.input && row.output < standard.output,
                        "{} {tier}",
                        model.id
                    );
                }
            }
            if let Some(row) = rates(Tier::Priority) {
                assert!(row.input > standard.input && row.output > standard.output, "{}", model.id);
            }
        }
    }
}

#[test]
fn names_find_their_model_and_never_another_version() {
    let catalog = catalog();
    let day = date(2026, 11, 21);
    for (name, id) in [
        ("o1-mini", "o1-mini"),
        ("o1-mini-2024-09-12", "o1-mini"),
        ("openai/o1-mini", "o1-mini"),
        ("gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
        ("gpt-4o-2024-11-20", "gpt-4o"),
        ("claude-3-5-sonnet-20241022", "claude-3-5-sonnet"),
    ] {
        assert_eq!(catalog.resolve(name, day).unwrap().id, id, "{name}");
    }
    for name in [
        "o1-min",
        "o1-mini-2024-09-13",
        "azure/o1-preview-mini",
        "gpt-4o-mini-high",
        "o1-mini ",
        "",
    ] {
        let error = catalog.resolve(name, day).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownModel, "{name}");
    }
}

#[test]
fn a_name_means_what_it_meant_on_the_day() {
    let catalog = catalog();
    let input = |name: &str, day: Date| {
        let model = catalog.resolve(name, day).unwrap();
        model.price_at(day).unwrap().rates(Tier::Standard, Tokens::ZERO).unwrap().input.to_string()
    };
    assert_eq!(input("gpt-4o", date(2024, 6, 1)), "5");
    assert_eq!(input("gpt-4o-2024-08-06", date(2024, 9, 1)), "2.5");
    assert_eq!(input("gpt-4o", date(2024, 12, 1)), "2.5");
    assert_eq!(input("o1-mini-2024-09-12", date(2025, 1, 30)), "3");
    assert_eq!(input("o1-mini-2024-09-12", date(2025, 1, 31)), "1.1");
    // A retired model keeps its last price.
    assert_eq!(input("o1-mini", date(2026, 11, 21)), "1.1");
    let error = catalog.resolve("o1-mini", date(2024, 9, 11)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotReleased);
}

#[test]
fn successors_lead_to_a_living_model() {
    let catalog = catalog();
    let day = date(2026, 11, 21);
    let next =
        |id: &str| catalog.living_successor(catalog.get(id).unwrap(), day).map(|m| m.id.clone());
    // o4-mini, its named successor, is gone as well.
    assert_eq!(next("o1-mini").as_deref(), Some("gpt-5.6-terra"));
    assert_eq!(next("gpt-6.1-sol"), None);
}

/// What deviates from the collected evidence, and why.
const EXPLAINED: [(&str, &str, &str); 4] = [
    ("azure/o1-mini", "*", "another seller"),
    ("o1", "release_date", "announced on 2024-12-05, served by the API since 2024-12-17"),
    ("o3-mini", "release_date", "announced on 2024-12-20, served by the API since 2025-01-31"),
    (
        "gpt-5.5",
        "*",
        "served by the API since 2026-04-24, a day after ChatGPT; the 10 and 60 of priority were one feed's error",
    ),
];

/// Compares every row of the collected price evidence with the catalogue.
#[test]
fn nothing_deviates_from_the_evidence_without_a_reason() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/prices.csv");
    let Ok(evidence) = fs::read_to_string(path) else {
        eprintln!("skipped: the collected price evidence is not here");
        return;
    };
    let catalog = catalog();
    let mut used = BTreeSet::new();
    let mut compared = 0;
    let mut reader = csv::Reader::from_reader(evidence.as_bytes());
    for row in reader.records() {
        let row = row.unwrap();
        let (name, field, value, effective) = (&row[0], &row[1], &row[2], &row[3]);
        let day = effective.get(..10).and_then(|day| day.parse().ok());
        let found = found(&catalog, name, field, day);
        let same = match (value.parse::<Rate>(), found.as_deref().map(str::parse::<Rate>)) {
            (Ok(wanted), Some(Ok(found))) => wanted == found,
            _ => found.as_deref() == Some(value) || (value == "n/a" && found.is_none()),
        };
        if !same {
            let reason =
                EXPLAINED.iter().find(|(m, f, _)| *m == name && (*f == field || *f == "*"));
            let deviation =
                format!("{name} {field} {effective}: evidence {value}, catalogue {found:?}");
            used.insert(reason.unwrap_or_else(|| panic!("{deviation}")));
        }
        compared += 1;
    }
    assert!(compared > 500, "only {compared} rows were compared");
    assert_eq!(used.len(), EXPLAINED.len(), "only these explanations are needed: {used:?}");
}

/// The catalogue's value for a row of the evidence.
fn found(catalog: &Catalog, name: &str, field: &str, day: Option<Date>) -> Option<String> {
    // A row before the name moved is evidence for what it meant then.
    let latest = date(2026, 11, 21);
    let as_of = day.unwrap_or(latest);
    let model = match (name, day) {
        ("gpt-4o", Some(day)) if day < date(2024, 8, 6) => catalog.get("gpt-4o-2024-05-13")?,
        _ => catalog.resolve(name, latest).ok()?,
    };
    let price = model.price_at(as_of).ok();
    let limits = &model.limits;
    let lookup = |tier, over| row(price?, tier, over);
    let (tier, kind) = match field.split_once('_') {
        Some(("batch", kind)) => (Tier::Batch, kind),
        Some(("flex", kind)) => (Tier::Flex, kind),
        Some(("priority", kind)) => (Tier::Priority, kind),
        _ => (Tier::Standard, field),
    };
    let cliff = kind.ends_with("_over_272k");
    let row = lookup(tier, cliff);
    match kind.trim_end_matches("_over_272k") {
        "input" => row.map(|row| row.input.to_string()),
        "cached_input" => row.and_then(|row| Some(row.cached_input?.to_string())),
        "cache_write" => row.and_then(|row| Some(row.cache_write?.to_string())),
        "output" => row.map(|row| row.output.to_string()),
        "context_window" => Some(limits.window.get().to_string()),
        "max_input_tokens" => Some(limits.input_limit.unwrap_or(limits.window).get().to_string()),
        "max_output_tokens" => Some(limits.output_cap.get().to_string()),
        "knowledge_cutoff" => model.knowledge_cutoff.map(|day| day.to_string()),
        "release_date" => Some(model.released.to_string()),
        "shutdown_date" => model.lifecycle.as_ref().map(|end| end.shutdown.to_string()),
        "encoding" => Some(model.counting.encoding.to_string()),
        other => panic!("unknown field `{other}`"),
    }
}

fn row(price: &PriceEntry, tier: Tier, cliff: bool) -> Option<&Rates> {
    price.rates.iter().find(|row| row.tier == tier && row.over.is_some() == cliff)
}

/// Bills worked out by hand from the makers' rules, which the catalogue once made wrong or refused.
#[test]
fn hand_bills_are_what_the_entries_make() {
    let catalog = catalog();
    let tokens = Tokens::new;
    let standard = |name: &str, tier, day, (input, output): (u64, u64)| {
        let model = catalog.resolve(name, day).unwrap();
        let price = model.price_at(day).unwrap();
        let rates = model.rates(price, tier, tokens(input)).unwrap();
        (rates.input * tokens(input) + rates.output * tokens(output)).to_string()
    };
    let today = date(2026, 11, 25);
    for (name, tier, day, call, wanted) in [
        ("gemini-2.5-pro", Tier::Flex, today, (100_000, 2_000), "0.0725"),
        ("gpt-5.5-pro", Tier::Flex, today, (20_000, 2_000), "0.48"),
        ("ft:gpt-4o-mini-2024-07-18:acme::x", Tier::Standard, today, (20_000, 2_000), "0.0084"),
        ("gemini-3.5-flash", Tier::Standard, today, (10_000, 5_000), "0.02625"),
        ("gemini-2.5-pro", Tier::Standard, date(2026, 12, 2), (20_000, 2_000), "0.0225"),
        ("deepseek-v4-pro", Tier::Standard, date(2026, 5, 1), (20_000, 2_000), "0.01044"),
        ("claude-opus-4-1", Tier::Standard, date(2026, 1, 1), (10_000, 1_000), "0.225"),
        ("grok-4-fast-reasoning", Tier::Standard, today, (10_000, 1_000), "0.015"),
    ] {
        assert_eq!(standard(name, tier, day, call), wanted, "{name} {day}");
    }

    // Outside the peak hours half, the whole weekend included.
    let deepseek = catalog.get("deepseek-v4-pro").unwrap();
    let price = deepseek.price_at(today).unwrap();
    assert!(price.is_off_peak(date(2026, 11, 22).at(2, 0, 0, 0)));
    assert!(!price.is_off_peak(date(2026, 11, 23).at(2, 0, 0, 0)));
    let rates = deepseek.off_peak_rates(price, Tier::Standard, tokens(20_000)).unwrap();
    let bill = rates.input * tokens(20_000) + rates.output * tokens(2_000);
    assert_eq!(bill.to_string(), "0.01716");

    // Implicit caching writes what it does not read.
    let sol = catalog.get("gpt-6.1-sol").unwrap();
    let rates = sol.rates(sol.price_at(today).unwrap(), Tier::Priority, tokens(20_000)).unwrap();
    let write = sol.write_rate(rates, CacheLifetime::ThirtyMinutes).unwrap();
    let bill =
        rates.cached() * tokens(10_000) + write * tokens(10_000) + rates.output * tokens(2_000);
    assert_eq!(bill.to_string(), "0.092");

    // A data zone multiplies the whole bill.
    let azure = catalog.resolve("azure/gpt-5.4", today).unwrap();
    let zone = azure.multiplier(Condition::Region, "data_zone", today).unwrap().unwrap();
    let rates =
        azure.rates(azure.price_at(today).unwrap(), Tier::Standard, tokens(20_000)).unwrap();
    let bill = rates.input * tokens(20_000) + rates.output * tokens(2_000);
    assert_eq!((bill * zone.factor).to_string(), "0.088");

    // Searches and an hour's cache, as the makers' pages price them.
    let opus = catalog.get("claude-opus-5-5").unwrap();
    let rates = opus.rates(opus.price_at(today).unwrap(), Tier::Standard, tokens(56_000)).unwrap();
    let write = |lifetime| opus.write_rate(rates, lifetime).unwrap();
    let bill = rates.input * tokens(1_000)
        + write(CacheLifetime::FiveMinutes) * tokens(2_000)
        + write(CacheLifetime::Hour) * tokens(3_000)
        + rates.cached() * tokens(50_000)
        + rates.output * tokens(800);
    assert_eq!(bill.to_string(), "0.064");
    let us = opus.multiplier(Condition::Residency, "us", today).unwrap().unwrap();
    assert_eq!((bill * us.factor).to_string(), "0.0704");
    let search = opus.fee(FeeItem::WebSearch, None, today).unwrap();
    assert_eq!((bill + search.usd * 2).to_string(), "0.084");
}

#[test]
fn every_living_model_of_a_maker_says_how_its_api_caps_a_completion() {
    let day = date(2026, 11, 25);
    for model in catalog().models() {
        assert!(model.api.is_some(), "`{}` has no API", model.id);
        if model.reasoning && !matches!(model.status_at(day), outlay::catalog::Status::ShutDown(_))
        {
            let makers = ["openai", "anthropic", "google", "azure"];
            assert!(
                model.thinking.is_some() || !makers.contains(&model.provider.as_str()),
                "`{}` does not say how it is told to reason",
                model.id
            );
        }
    }
}
