//! The models of many providers: known prices, names that must not be mixed up, measured errors.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::civil::{Date, date};
use outlay::ErrorKind;
use outlay::catalog::{Catalog, CountingError, Fidelity, Tier};
use outlay::tokenizer::Encoding;
use outlay::units::Tokens;
use serde_json::Value;

use crate::support::{assert_runs, json, outlay, output, result, stderr};

/// The day of the catalogue's last full comparison with its sources.
const TODAY: Date = date(2026, 11, 26);

fn catalog() -> Catalog {
    Catalog::embedded()
}

/// Input, cached input and output of a prompt, as a page shows them.
fn rates(name: &str, tier: Tier, prompt: u64, day: Date) -> [String; 3] {
    let catalog = catalog();
    let model = catalog.resolve(name, day).unwrap();
    let rates = model.rates(model.price_at(day).unwrap(), tier, Tokens::new(prompt)).unwrap();
    [rates.input, rates.cached(), rates.output].map(|rate| rate.to_string())
}

#[test]
fn every_provider_has_its_models() {
    let counts = catalog().models().fold(BTreeMap::new(), |mut counts, model| {
        *counts.entry(model.provider.clone()).or_insert(0_usize) += 1;
        counts
    });
    for (provider, at_least) in [
        ("alibaba", 20),
        ("anthropic", 23),
        ("azure", 29),
        ("bedrock", 55),
        ("cohere", 6),
        ("deepinfra", 21),
        ("deepseek", 5),
        ("fireworks", 7),
        ("google", 18),
        ("groq", 5),
        ("meta", 4),
        ("minimax", 7),
        ("mistral", 16),
        ("moonshot", 11),
        ("openai", 68),
        ("openrouter", 25),
        ("perplexity", 4),
        ("together", 12),
        ("vertex", 20),
        ("xai", 15),
        ("zai", 17),
    ] {
        assert!(counts[provider] >= at_least, "{provider}: {counts:?}");
    }
    let all = format!("{} models", counts.values().sum::<usize>());
    for file in ["README.md", "CHANGELOG.md"] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        assert!(text.contains(&all), "{file} does not say {all}");
    }
}

#[test]
fn the_list_of_every_new_provider_is_as_it_was_read() {
    let list = |provider| outlay(&format!("models --provider {provider} --as-of 2026-11-22"));
    assert_runs!(
        [
            "alibaba",
            "anthropic",
            "azure",
            "bedrock",
            "cohere",
            "deepinfra",
            "deepseek",
            "fireworks",
            "google",
            "groq",
            "meta",
            "minimax",
            "mistral",
            "moonshot",
            "openrouter",
            "perplexity",
            "together",
            "vertex",
            "xai",
            "zai",
        ]
        .map(list)
    );
}

/// Prices as the providers' own pages show them, read through two feeds each where there are two.
#[test]
fn prices_are_those_of_the_providers_pages() {
    for (name, tier, prompt, wanted) in [
        ("claude-opus-5-5", Tier::Standard, 1, ["4", "0.2", "20"]),
        ("claude-opus-5-5", Tier::Priority, 1, ["8", "0.4", "40"]),
        ("claude-haiku-5-5", Tier::Standard, 100_000, ["0.1", "0.01", "0.5"]),
        ("claude-haiku-5-5", Tier::Standard, 100_001, ["0.5", "0.05", "2.5"]),
        ("claude-haiku-4-5-20251001", Tier::Batch, 1, ["0.5", "0.05", "2.5"]),
        ("gemini-2.5-pro", Tier::Standard, 200_001, ["2.5", "0.25", "15"]),
        ("gemini-flash-latest", Tier::Standard, 1, ["0.75", "0.075", "3.75"]),
        ("grok-4.7", Tier::Standard, 199_999, ["2", "0.5", "6"]),
        ("grok-4.7", Tier::Standard, 200_000, ["4", "1", "12"]),
        ("deepseek-v4-pro", Tier::Standard, 1, ["1.32", "0.044", "3.96"]),
        ("mistral-medium-3.5", Tier::Standard, 1, ["1.5", "0.15", "7.5"]),
        ("mistral-large-4", Tier::Standard, 1, ["0.7", "0.07", "2.1"]),
        ("muse-spark-1.3", Tier::Standard, 1, ["1.25", "0.15", "4.25"]),
        ("qwen3.8-max", Tier::Standard, 1, ["2", "0.25", "6"]),
        ("qwen3-max", Tier::Standard, 128_001, ["3", "0.6", "15"]),
        ("azure/gpt-5.4-2026-03-05", Tier::Standard, 1, ["2.5", "0.25", "15"]),
        ("groq/openai/gpt-oss-120b", Tier::Standard, 1, ["0.15", "0.075", "0.6"]),
        (
            "deepinfra/meta-llama/Llama-4-Scout-17B-16E-Instruct",
            Tier::Flex,
            1,
            ["0.08", "0.08", "0.24"],
        ),
        ("together/openai/gpt-oss-120b", Tier::Standard, 1, ["0.15", "0.15", "0.6"]),
        ("gpt-5.5-pro", Tier::Standard, 272_001, ["60", "60", "270"]),
    ] {
        assert_eq!(rates(name, tier, prompt, TODAY), wanted, "{name} {tier} {prompt}");
    }
}

#[test]
fn prices_change_on_their_day() {
    for (name, day, wanted) in [
        ("claude-sonnet-5-5", date(2026, 10, 6), ["2", "0.2", "10"]),
        ("claude-sonnet-5-5", date(2026, 10, 7), ["2", "0.1", "10"]),
        ("gemini-4-argon", date(2026, 11, 30), ["2", "0.1", "10"]),
        ("gemini-4-argon", date(2026, 12, 1), ["4", "0.2", "20"]),
        ("grok-4.5", date(2026, 7, 18), ["2", "0.5", "6"]),
        ("grok-4.5", date(2026, 7, 19), ["2", "0.3", "6"]),
        ("deepseek-v4-flash", date(2026, 8, 16), ["0.14", "0.0028", "0.28"]),
        ("deepseek-v4-flash", date(2026, 8, 17), ["0.44", "0.014", "1.32"]),
        ("mistral-large-4", date(2026, 10, 20), ["1.36", "0.14", "4.18"]),
        ("azure/gpt-5.6-sol", date(2026, 8, 31), ["5", "0.5", "30"]),
    ] {
        assert_eq!(rates(name, Tier::Standard, 1, day), wanted, "{name} {day}");
    }
}

#[test]
fn long_prompts_of_opus_4_6_paid_more_until_march() {
    assert_eq!(
        rates("claude-opus-4-6", Tier::Standard, 200_001, date(2026, 3, 12)),
        ["10", "1", "37.5"]
    );
    assert_eq!(
        rates("claude-opus-4-6", Tier::Standard, 200_001, date(2026, 3, 13)),
        ["5", "0.5", "25"]
    );
}

#[test]
fn rates_are_in_proportion() {
    for model in catalog().models() {
        let id = &model.id;
        for entry in &model.prices {
            for row in &entry.rates {
                assert!(row.cached() <= row.input && row.input <= row.output, "{id} {row:?}");
                let writes = [row.cache_write, row.cache_write_extended];
                for write in writes.into_iter().flatten() {
                    assert!(write >= row.input, "{id} {row:?}");
                }
            }
            // A tier without the cliff of the standard tier would take long prompts for short ones.
            let cliffs = |tier| {
                entry.rates.iter().filter(|row| row.tier == tier).filter_map(|row| row.over).count()
            };
            let cheaper = entry.tiers().filter(|tier| matches!(tier, Tier::Batch | Tier::Flex));
            for tier in cheaper.filter(|_| model.provider != "openai") {
                assert_eq!(cliffs(tier), cliffs(Tier::Standard), "{id} {} {tier}", entry.from);
            }
        }
        let checked = [model.checked, model.counting.checked, model.limits.checked];
        let prices = model.prices.iter().map(|price| price.checked);
        for day in checked.into_iter().chain(prices) {
            assert!(day <= TODAY, "`{id}` was checked after the release");
        }
    }
}

#[test]
fn a_name_without_a_host_is_the_makers_own_model() {
    let catalog = catalog();
    for (name, id) in [
        ("gpt-5.4", "gpt-5.4"),
        ("openai/gpt-5.4", "gpt-5.4"),
        ("azure/gpt-5.4", "azure/gpt-5.4"),
        ("gpt-5.4-2026-03-05", "gpt-5.4"),
        ("azure/gpt-5.4-2026-03-05", "azure/gpt-5.4"),
        ("anthropic/claude-opus-5-5", "claude-opus-5-5"),
        ("grok-4.20", "grok-4.20-0309-reasoning"),
    ] {
        assert_eq!(catalog.resolve(name, TODAY).unwrap().id, id, "{name}");
    }
    for model in catalog.models().filter(|model| model.id.contains('/')) {
        assert!(model.id.starts_with(&format!("{}/", model.provider)), "{}", model.id);
    }
}

#[test]
fn a_model_that_only_hosts_sell_needs_its_host() {
    assert_runs!([
        outlay("models show openai/gpt-oss-120b --as-of 2026-11-22"),
        outlay("count tests/fixtures/prompt.txt -m gpt-oss-20b --as-of 2026-11-22"),
        outlay("models show Muse-Spark-Open-816B-A42B --as-of 2026-11-22"),
        outlay("models show azure/gpt-5.9 --as-of 2026-11-22"),
        outlay("models show /gpt-oss-120b --as-of 2026-11-22"),
    ]);
}

#[test]
fn an_overlay_of_one_provider_does_not_change_the_model_of_another() {
    let overlay = "[provider]\nid = \"azure\"\n[[model]]\nid = \"gpt-5.4\"\nreasoning = true\n";
    let error = catalog().overlay("ours.toml", overlay).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Catalog);
    assert!(error.to_string().starts_with("ours.toml:3:1: `gpt-5.4` is a model of `openai`"));
    assert!(error.hint_text().unwrap().contains("azure/gpt-5.4"));
    // Without a provider the file says whose model it means by naming it.
    catalog().overlay("ours.toml", "[[model]]\nid = \"gpt-5.4\"\nreasoning = true\n").unwrap();
}

#[test]
fn one_tokenizer_has_one_error() {
    let catalog = catalog();
    let mut known: BTreeMap<&str, &CountingError> = BTreeMap::new();
    for model in catalog.models() {
        let Some(error) = &model.counting.error else { continue };
        assert_eq!(model.counting.fidelity, Fidelity::Estimate, "{}", model.id);
        assert!(0.9 < error.low() && error.low() <= error.mean(), "{}", model.id);
        assert!(error.mean() <= error.high() && error.high() < 3.0, "{}", model.id);
        assert_eq!(known.entry(&error.tokenizer).or_insert(error), &error, "{}", model.id);
    }
}

#[test]
fn counts_of_other_makers_are_labelled_estimates() {
    for model in catalog().models() {
        let known = ["openai", "azure"].contains(&model.provider.as_str())
            || model.id.contains("gpt-")
            || model.counting.error.is_some()
            || model.counting.encoding != Encoding::O200kBase
            || model.counting.fidelity == Fidelity::Reconstructed
            || model.counting.note.as_deref().is_some_and(|note| note.contains("is not measured"));
        assert!(known, "`{}` does not say how far its counts may be off", model.id);
    }
}

#[test]
fn the_measured_error_stands_beside_the_estimate() {
    let file = "tests/fixtures/prompt.txt -m grok-4.7 --as-of 2026-11-22 --catalog tests/fixtures/catalog/counting-error.toml";
    assert_runs!([
        outlay(&format!("count {file}")),
        outlay(&format!("plan {file}")),
        outlay(&format!("estimate {file} --completion-tokens 100")),
    ]);
    for verb in ["count", "plan", "estimate"] {
        let error = result(&format!("{verb} {file}"))["count_error"].take();
        assert_eq!(error["low"], 1.004, "{verb}");
        assert_eq!(error["high"], 2.015, "{verb}");
        assert_eq!(error["ratios"]["English"], 1.005, "{verb}");
    }
    // A declared prompt is no estimate, and Grok's error is not measured.
    let declared =
        result("estimate --input-tokens 9 --completion-tokens 9 -m grok-4.7 --as-of 2026-11-22");
    assert_eq!(declared["count_error"], Value::Null);
    let grok = result("count tests/fixtures/prompt.txt -m grok-4.7 --as-of 2026-11-22");
    assert_eq!(grok["count_error"], Value::Null);
}

#[test]
fn a_counting_error_that_is_none_is_refused() {
    for (error, message) in [
        ("error = { tokenizer = \"t\", ratios = {} }", "one kind of text at least"),
        ("error = { tokenizer = \"t\", ratios = { code = 0.0 } }", "it must be above 0"),
        ("error = { tokenizer = \"t\", ratios = { code = -1.0 } }", "it must be above 0"),
        ("error = { tokenizer = \"t\", ratios = { code = inf } }", "inf is not a finite number"),
        ("error = { ratios = { code = 1.0 } }", "missing field `tokenizer`"),
        (
            "error = { tokenizer = \"t\", ratios = { code = 1.0 }, low = 1.0 }",
            "unknown field `low`",
        ),
    ] {
        let overlay = format!(
            "[[model]]\nid = \"o1-mini\"\n[model.counting]\nencoding = \"o200k_base\"\n\
             fidelity = \"estimate\"\n{error}\nsource = \"ours\"\nchecked = 2026-11-22\n"
        );
        let refused = catalog().overlay("x.toml", &overlay).unwrap_err().to_string();
        assert!(refused.starts_with("x.toml:") && refused.contains(message), "{refused}");
    }
}

#[test]
fn models_of_a_host_are_listed_alone() {
    let report = json(outlay("models --provider groq --as-of 2026-11-22 --json"));
    let ids: Vec<_> =
        report["results"].as_array().unwrap().iter().map(|model| &model["model"]).collect();
    assert_eq!(ids.len(), 5);
    assert!(ids.iter().all(|id| id.as_str().unwrap().starts_with("groq/")), "{ids:?}");
    let unknown = output(outlay("models --provider grok --as-of 2026-11-22"), 2);
    assert!(stderr(&unknown).contains("groq"), "{}", stderr(&unknown));
}
