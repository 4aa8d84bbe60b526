//! `outlay models import`: price feeds of others into a catalogue file.

use std::fs;

use jiff::civil::date;
use outlay::catalog::{Catalog, Model, Tier};
use outlay::feed::{Choice, Feed, FeedKind, Import, ImportOutcome, Reason, import};
use outlay::units::{Rate, Tokens};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{Folder, assert_run, json_of, outlay, output, stderr, stdout};

const DAY: &str = "--as-of 2026-11-22";

const FEEDS: [(&str, FeedKind); 6] = [
    ("litellm", FeedKind::Litellm),
    ("models-dev", FeedKind::ModelsDev),
    ("genai-prices", FeedKind::GenaiPrices),
    ("langfuse", FeedKind::Langfuse),
    ("openrouter", FeedKind::Openrouter),
    ("llm-prices", FeedKind::LlmPrices),
];

fn path(feed: &str) -> String {
    format!("tests/fixtures/feeds/{feed}.json")
}

fn text(feed: &str) -> String {
    fs::read_to_string(format!("{}/{}", env!("CARGO_MANIFEST_DIR"), path(feed))).unwrap()
}

/// What the library makes of a feed's text.
fn taken(text: &str, choice: &Choice<'_>) -> Import {
    let feed = Feed::read(text, "feed.json", None).unwrap();
    import(&feed, &Catalog::embedded(), choice, date(2026, 11, 22))
}

/// The catalogue with the file that came of a feed.
fn with(import: &Import) -> Catalog {
    let mut catalog = Catalog::embedded();
    catalog
        .overlay("overlay.toml", &import.toml)
        .unwrap_or_else(|e| panic!("{e}\n{}", import.toml));
    catalog
}

/// What became of a row of the LiteLLM fixture.
fn fate(row: &str) -> (ImportOutcome, Option<Reason>) {
    let everything = |_: &str| true;
    let choice = Choice { provider: Some(&everything), ..Choice::default() };
    let import = taken(&text("litellm"), &choice);
    let found = import.rows.iter().find(|imported| imported.row == row);
    found.map_or_else(|| panic!("{row}"), |imported| (imported.outcome, imported.reason))
}

macro_rules! tells_every_row {
    ($($name:ident: $feed:expr;)*) => { $(
        #[test]
        fn $name() {
            assert_run!(outlay(&format!("models import {} {DAY} -v", path($feed))));
        }
    )* };
}

tells_every_row! {
    litellm_as_a_catalogue_file: "litellm";
    models_dev_as_a_catalogue_file: "models-dev";
    genai_prices_as_a_catalogue_file: "genai-prices";
    langfuse_as_a_catalogue_file: "langfuse";
    openrouter_as_a_catalogue_file: "openrouter";
    llm_prices_as_a_catalogue_file: "llm-prices";
}

#[test]
fn a_feed_is_known_by_its_shape() {
    for (feed, kind) in FEEDS {
        assert_eq!(Feed::read(&text(feed), "feed.json", None).unwrap().kind, kind);
        assert_eq!(kind.name().parse::<FeedKind>().unwrap(), kind);
        for (_, other) in FEEDS.into_iter().filter(|(_, other)| *other != kind) {
            let error = Feed::read(&text(feed), "feed.json", Some(other)).unwrap_err();
            assert!(error.message().contains(other.shape()), "{error}");
            assert!(error.hint_text().unwrap().contains(kind.name()), "{error}");
        }
    }
}

#[test]
fn what_is_no_feed_is_refused_with_what_was_looked_for() {
    let folder = Folder::new()
        .with("prices.json", r#"{"gpt-4o": {"price": 2.5}}"#)
        .with("torn.json", "{\"o1\": {\"litellm_provider\": \"openai\",\n")
        .with("empty.json", "")
        .with("list.json", "[]");
    for (file, part) in [
        ("prices.json", "the shape of no feed"),
        ("torn.json", "torn.json:"),
        ("empty.json", "the text ends"),
        ("list.json", "the shape of no feed"),
        ("missing.json", "no such file"),
    ] {
        let refused = output(folder.outlay(&format!("models import {file}")), 2);
        let told = stderr(&refused);
        assert!(told.contains(part), "{file}: {told}");
        assert_eq!(stdout(&refused), "");
    }
}

#[test]
fn what_is_written_loads_and_prices_the_same() {
    for (feed, _) in FEEDS {
        let read = Feed::read(&text(feed), "feed.json", None).unwrap();
        let import = taken(&text(feed), &Choice::default());
        let catalog = with(&import);
        for imported in &import.rows {
            let (Some(id), ImportOutcome::New | ImportOutcome::Changed) =
                (&imported.model, imported.outcome)
            else {
                continue;
            };
            let row = read.rows.iter().find(|row| row.full_name() == imported.row).unwrap();
            let day = date(2026, 11, 22);
            let model = catalog.resolve(id, day).unwrap();
            let wanted = &row.price_at(day).unwrap().rates;
            assert_eq!(&model.price_at(day).unwrap().rates, wanted, "{feed} {id}");
        }
    }
}

#[test]
fn history_stays_when_a_price_changes() {
    let import = taken(&text("litellm"), &Choice::default());
    let (before, after) = (Catalog::embedded(), with(&import));
    let prices = |catalog: &Catalog| catalog.get("gpt-4.1").unwrap().prices.clone();
    let (before, mut after) = (prices(&before), prices(&after));
    let new = after.pop().unwrap();
    assert_eq!(before, after);
    assert_eq!(new.from, date(2026, 11, 22));
    assert!(new.note.unwrap().contains("no first day"));
    let gpt = &import.rows.iter().find(|row| row.row == "openai/gpt-4.1").unwrap().told;
    assert!(gpt.contains(&"standard input 2 → 3".to_owned()), "{gpt:?}");
    assert!(gpt.contains(&"not in the feed, so removed: batch, priority".to_owned()), "{gpt:?}");
}

fn model(catalog: &Catalog, id: &str) -> Model {
    catalog.get(id).unwrap().clone()
}

#[test]
fn a_new_model_has_what_the_feed_states_and_nothing_else() {
    let catalog = with(&taken(&text("litellm"), &Choice::default()));
    let acme = model(&catalog, "acme-large");
    assert_eq!((acme.provider.as_str(), acme.reasoning), ("mistral", true));
    assert_eq!(acme.lifecycle.unwrap().shutdown, date(2027, 3, 1));
    assert_eq!(acme.limits.window, Tokens::new(500_000));
    assert_eq!(acme.limits.output_cap, Tokens::new(64_000));
    assert!(acme.limits.note.is_some() && acme.counting.note.is_some());
    assert!(acme.source.contains("example.com/prices") && acme.source.contains("no release date"));
    let rates = |tier, prompt| acme.prices[0].rates(tier, Tokens::new(prompt)).cloned();
    let long = rates(Tier::Standard, 200_001).unwrap();
    assert_eq!(long.input.to_string(), "4");
    // What the feed does not state for long prompts stays as it is for short ones.
    assert_eq!(long.cache_write_extended.unwrap().to_string(), "4");
    assert_eq!(rates(Tier::Standard, 200_000).unwrap().input.to_string(), "2");
    assert_eq!(rates(Tier::Batch, 1).unwrap().output.to_string(), "4");
    // Flex has no rate for output.
    assert_eq!(rates(Tier::Flex, 1), None);

    let stepped = model(&catalog, "stepped");
    let over: Vec<_> =
        stepped.prices[0].rates.iter().map(|row| row.over.map(Tokens::get)).collect();
    assert_eq!(over, [None, Some(32_000), Some(128_000)]);
}

#[test]
fn every_trap_is_told_by_its_name() {
    for (row, reason) in [
        ("mistral/written-per-million", Reason::OutOfBand),
        ("mistral/written-per-thousand", Reason::OutOfBand),
        ("openai/o3-mini", Reason::OutOfBand),
        ("mistral/in-quotes", Reason::Unreadable),
        ("mistral/below-zero", Reason::Unreadable),
        ("mistral/says-it-twice", Reason::Repeated),
        ("mistral/twin", Reason::Repeated),
        ("mistral/cached-dearer", Reason::Contradiction),
        ("mistral/output-above-input", Reason::Contradiction),
        ("mistral/no-output-cap", Reason::Incomplete),
        ("mistral/gift", Reason::Free),
        ("github_copilot/gpt-4.1", Reason::Free),
        ("mistral/embed-small", Reason::NotChat),
        ("google/by-the-character", Reason::NoPrice),
        ("deepseek/deepseek-thinks-dear", Reason::ReasoningRate),
        ("alibaba/torn", Reason::Contradiction),
        ("openai/gpt-4.1-2025-04-14", Reason::Contradiction),
    ] {
        assert_eq!(fate(row), (ImportOutcome::Skipped, Some(reason)), "{row}");
    }
    assert_eq!(fate("mistral/acme-large"), (ImportOutcome::New, None));
    assert_eq!(fate("azure/gpt-4.1"), (ImportOutcome::Changed, None));
    assert_eq!(fate("openai/o1-2024-12-17"), (ImportOutcome::Same, None));
}

#[test]
fn nothing_is_free_unless_somebody_says_so() {
    let gift = "models import tests/fixtures/feeds/litellm.json -m gift";
    let refused = output(outlay(gift), 2);
    assert!(stderr(&refused).contains("mistral/gift, free: $0"), "{}", stderr(&refused));
    assert_eq!(stdout(&refused), "");
    let free = output(outlay(&format!("{gift} --free")), 0);
    assert!(stdout(&free).contains("input = \"0\""));
}

#[test]
fn models_and_providers_are_chosen_by_name_and_glob() {
    let ids = |arguments: &str| -> Vec<String> {
        let run =
            output(outlay(&format!("models import {} {arguments} {DAY}", path("litellm"))), 0);
        let lines = stdout(&run).lines().filter_map(|line| line.strip_prefix("id = "));
        lines.map(|id| id.trim_matches('"').to_owned()).collect()
    };
    assert_eq!(ids("-m acme-*"), ["acme-large"]);
    assert_eq!(ids("-m mistral/acme-large -m stepped"), ["acme-large", "stepped"]);
    assert_eq!(ids("--provider alibaba"), ["stepped"]);
    assert_eq!(ids("-m azure/*"), ["azure/gpt-4.1"]);
    assert_eq!(ids("--provider az*"), ["azure/gpt-4.1"]);
    for unmet in ["-m gpt-9*", "--provider acme"] {
        let run = output(outlay(&format!("models import {} {unmet}", path("litellm"))), 2);
        assert!(stderr(&run).contains("matches"), "{}", stderr(&run));
    }
}

#[test]
fn a_file_gets_the_catalogue_and_exports_get_the_answer() {
    let folder = Folder::new().with("litellm.json", text("litellm"));
    let call = format!("models import litellm.json {DAY}");
    let direct = output(folder.outlay(&call), 0);
    let filed = output(folder.outlay(&format!("{call} -o o.toml --export json=o.json -q")), 0);
    assert_eq!((stdout(&filed), stderr(&filed)), ("", ""));
    assert_eq!(folder.read("o.toml"), stdout(&direct));
    let report: Value = serde_json::from_str(&folder.read("o.json")).unwrap();
    assert_eq!(report["total"]["new"], 3);
    let json = json_of(&output(folder.outlay(&format!("{call} -o o.toml --json -q")), 0));
    assert_eq!(json["results"], report["results"]);
    let refused = output(folder.outlay(&format!("{call} --json")), 2);
    assert!(stderr(&refused).contains("--export json=FILE"), "{}", stderr(&refused));
    let listed =
        output(folder.outlay(&format!("models show acme-large --catalog o.toml {DAY}")), 0);
    assert!(stdout(&listed).contains("500,000"));
}

#[test]
fn a_feed_in_another_unit_is_refused_as_a_whole() {
    let feed = |factor: f64| {
        let model = |i: u32| {
            let price = f64::from(i) * factor;
            format!(
                r#""m{i}": {{"id": "m{i}", "cost": {{"input": {price}, "output": {}}}}}"#,
                price * 4.0
            )
        };
        let models: Vec<_> = (1..9).map(model).collect();
        format!(r#"{{"mistral": {{"models": {{{}}}}}}}"#, models.join(","))
    };
    assert!(Feed::read(&feed(1.0), "feed.json", None).is_ok());
    for factor in [1e-3, 1e-6, 1e3] {
        let error = Feed::read(&feed(factor), "feed.json", None).unwrap_err();
        assert!(error.message().contains("another unit"), "{factor}: {error}");
    }
}

/// Every rate that a feed brought in.
fn brought(catalog: &Catalog) -> Vec<Rate> {
    let mut rates = Vec::new();
    for entry in catalog.models().flat_map(|model| &model.prices) {
        if entry.source.contains(" feed feed.json") {
            for row in &entry.rates {
                rates.extend([row.input, row.output]);
                rates.extend(
                    [row.cached_input, row.cache_write, row.cache_write_extended].iter().flatten(),
                );
            }
        }
    }
    rates
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_damage_to_a_feed_brings_in_a_rate_that_no_price_is(
        feed in 0..FEEDS.len(),
        damage in proptest::collection::vec((0..1_000_000_usize, 0..9_usize), 1..12),
    ) {
        let mut text = text(FEEDS[feed].0);
        for (at, kind) in damage {
            let lines: Vec<&str> = text.lines().collect();
            if lines.is_empty() {
                break;
            }
            let line = lines[at % lines.len()];
            let digit = |text: &str| {
                let digits: Vec<usize> = text.match_indices(|c: char| c.is_ascii_digit()).map(|(i, _)| i).collect();
                (!digits.is_empty()).then(|| digits[at % digits.len()])
            };
            text = match (kind, digit(&text)) {
                (0, _) => text.replacen(line, "", 1),
                (1, _) => text.replacen(line, &format!("{line}\n{line}"), 1),
                (2, Some(i)) => format!("{}-{}", &text[..i], &text[i..]),
                (3, Some(i)) => format!("{}e9{}", &text[..=i], &text[i + 1..]),
                (4, Some(i)) => format!("{}e-9{}", &text[..=i], &text[i + 1..]),
                (5, Some(i)) => format!("{}\"{}\"{}", &text[..i], &text[i..=i], &text[i + 1..]),
                (6, Some(i)) => format!("{}00000{}", &text[..=i], &text[i + 1..]),
                (7, Some(i)) => format!("{}NaN{}", &text[..i], &text[i + 1..]),
                _ => text.replacen(line, &line.replace(": {", ": ["), 1),
            };
        }
        let everything = |_: &str| true;
        for choice in [Choice::default(), Choice { provider: Some(&everything), ..Choice::default() }] {
            let Ok(feed) = Feed::read(&text, "feed.json", None) else { break };
            let import = import(&feed, &Catalog::embedded(), &choice, date(2026, 11, 22));
            let mut catalog = Catalog::embedded();
            let loaded = catalog.overlay("overlay.toml", &import.toml);
            prop_assert!(loaded.is_ok(), "{:?}\n{}", loaded, import.toml);
            for rate in brought(&catalog) {
                let picodollars = (rate * Tokens::new(1)).picodollars();
                prop_assert!((1_000..=1_000_000_000).contains(&picodollars), "{rate}");
            }
        }
    }
}
