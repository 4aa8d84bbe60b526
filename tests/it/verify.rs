//! `outlay models verify`: several feeds at once, what they contradict, and what was judged before.

use jiff::civil::date;
use outlay::catalog::{Catalog, Feature};
use outlay::feed::{
    Choice, Doubt, Feed, ImportOutcome, Reason, Standing, Verdicts, import, verify,
};

use crate::support::{Folder, json, output, stderr};

/// gpt-4o costs 2.5 and 10, cached 1.25; its window is 128,000.
const LITELLM: &str = r#"{"gpt-4o": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 3e-06,
  "cache_read_input_token_cost": 1.25e-06, "output_cost_per_token": 1e-05, "max_input_tokens": 128000,
  "max_output_tokens": 16384, "supports_vision": false}}"#;
const MODELS_DEV: &str = r#"{"openai": {"id": "openai", "models": {"gpt-4o": {"id": "gpt-4o", "temperature": true,
  "modalities": {"input": ["text", "image"], "output": ["text"]}, "limit": {"context": 64000, "output": 16384},
  "cost": {"input": 3, "cache_read": 1.3, "output": 10}}}}}"#;
const LLM_PRICES: &str = r#"{"updated_at": "2026-11-01", "prices": [{"id": "gpt-4o", "vendor": "openai", "name": "GPT-4o",
  "input": 2.5, "output": 10, "input_cached": 1.25}]}"#;

fn feeds() -> Vec<Feed> {
    [LITELLM, MODELS_DEV, LLM_PRICES]
        .into_iter()
        .map(|text| Feed::read(text, "feed.json", None).unwrap())
        .collect()
}

fn doubts(verdicts: &str) -> Vec<Doubt> {
    let catalog = Catalog::embedded();
    let verdicts = Verdicts::parse("verdicts.toml", verdicts).unwrap();
    let models = [catalog.get("gpt-4o").unwrap(), catalog.get("o1-mini").unwrap()];
    let found = verify(models, &feeds(), &verdicts, date(2026, 11, 25));
    assert_eq!(found.unseen, 1, "no feed has o1-mini");
    found.doubts
}

#[test]
fn values_are_outvoted_disputed_or_contradicted_by_one_alone() {
    let found: Vec<_> = doubts("")
        .into_iter()
        .map(|doubt| (doubt.field, doubt.ours, doubt.standing, doubt.claims.len()))
        .collect();
    assert_eq!(
        found,
        [
            ("standard input".to_owned(), "2.5".to_owned(), Standing::Outvoted, 3),
            ("feature images".to_owned(), "true".to_owned(), Standing::Disputed, 2),
            ("standard cached_input".to_owned(), "1.25".to_owned(), Standing::Disputed, 3),
            ("window".to_owned(), "128000".to_owned(), Standing::Disputed, 2),
        ]
    );
}

#[test]
fn a_verdict_keeps_a_value_with_its_reason() {
    let verdict = "[[verdict]]\nfeed = \"models-dev\"\nmodel = \"gpt-*\"\nfield = \"standard cached_input\"\nvalue = \"1.3\"\nreason = \"rounded\"\nchecked = 2026-11-25\nuntil = 2027-01-31\n";
    let kept = doubts(verdict).into_iter().find(|doubt| doubt.field == "standard cached_input");
    assert_eq!(kept.unwrap().judged.as_deref(), Some("rounded"));
    assert!(doubts(verdict).iter().filter(|doubt| doubt.judged.is_none()).count() == 3);
    let other = verdict.replace("1.3", "1.4");
    assert!(doubts(&other).iter().all(|doubt| doubt.judged.is_none()));
}

#[test]
fn strict_fails_for_what_is_new_and_names_every_claim() {
    let folder = Folder::new()
        .with("a.json", LITELLM)
        .with("b.json", MODELS_DEV)
        .with("bad.toml", "[[verdict]]\nfeed = 1\n");
    let command = "models verify a.json b.json --provider openai --as-of 2026-11-25";
    let answer = json(folder.outlay(&format!("{command} --json")));
    assert_eq!(answer["total"]["outvoted"], 1);
    assert_eq!(answer["results"][0]["claims"][0]["feed"], "litellm");
    output(folder.outlay(&format!("{command} --strict")), 1);
    let broken = output(folder.outlay(&format!("{command} --verdicts bad.toml")), 2);
    assert!(stderr(&broken).contains("bad.toml:2:"), "{}", stderr(&broken));
}

#[test]
fn an_import_refuses_what_the_catalogue_would_refuse() {
    let feed = r#"{"fast-only": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token_priority": 3e-06,
      "output_cost_per_token_priority": 1e-05, "max_input_tokens": 1000, "max_output_tokens": 100},
      "plain": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 3e-06,
      "output_cost_per_token": 1e-05, "max_input_tokens": 1000, "max_output_tokens": 100}}"#;
    let feed = Feed::read(feed, "feed.json", None).unwrap();
    let mut catalog = Catalog::embedded();
    let import = import(&feed, &catalog, &Choice::default(), date(2026, 11, 25));
    let fate = |i: usize| (import.rows[i].outcome, import.rows[i].reason);
    assert_eq!(fate(0), (ImportOutcome::Skipped, Some(Reason::NoPrice)));
    assert_eq!(fate(1), (ImportOutcome::New, None));
    catalog.overlay("overlay.toml", &import.toml).unwrap();
    assert!(catalog.get("plain").is_some() && catalog.get("fast-only").is_none());
}

#[test]
fn an_import_keeps_the_release_day_and_the_features() {
    let feed = r#"{"openai": {"id": "openai", "models": {"new": {"id": "new", "temperature": false, "tool_call": true,
      "release_date": "2026-08-14", "limit": {"context": 64000, "output": 16384}, "cost": {"input": 3, "output": 10}}}}}"#;
    let feed = Feed::read(feed, "feed.json", None).unwrap();
    for since_release in [false, true] {
        let mut catalog = Catalog::embedded();
        let choice = Choice { since_release, ..Choice::default() };
        let import = import(&feed, &catalog, &choice, date(2026, 11, 25));
        catalog.overlay("overlay.toml", &import.toml).unwrap();
        let model = catalog.get("new").unwrap();
        assert_eq!(model.released, date(2026, 8, 14));
        assert_eq!(model.price_at(date(2026, 10, 1)).is_ok(), since_release);
        assert_eq!(model.supports(Feature::Temperature, date(2026, 11, 25)), Some(false));
        assert_eq!(model.supports(Feature::Tools, date(2026, 11, 25)), Some(true));
    }
}

/// A model of a maker that is new as well is called as it was asked for, unless hosts sell one of that name.
#[test]
fn a_new_model_is_called_as_it_was_asked_for() {
    let row = |id: &str| {
        format!(
            r#""{id}": {{"id": "{id}", "release_date": "2026-11-20", "limit": {{"context": 400000, "output": 64000}},
            "cost": {{"input": 2, "output": 8}}}}"#
        )
    };
    let rows = [row("roadrunner-9"), row("gpt-oss-120b")].join(",");
    let feed = format!(r#"{{"acme": {{"id": "acme", "models": {{{rows}}}}}}}"#);
    let folder = Folder::new().with("api.json", feed).with("prompt.md", "Hello");
    let import =
        "models import api.json -m roadrunner-9 -m gpt-oss-120b --since-release -o new.toml";
    output(folder.outlay(&format!("{import} --as-of 2026-11-26")), 0);
    let estimate = |model: &str| {
        let arguments =
            format!("estimate prompt.md -m {model} --catalog new.toml --completion-tokens 9");
        folder.outlay(&format!("{arguments} --as-of 2026-11-26")).output().unwrap().status.code()
    };
    assert_eq!(
        ["roadrunner-9", "acme/roadrunner-9", "acme/gpt-oss-120b", "gpt-oss-120b"].map(estimate),
        [Some(0), Some(0), Some(0), Some(2)]
    );
}

#[test]
fn an_import_leaves_peak_hours_and_routing_as_they_are() {
    let feed = r#"{"deepseek/deepseek-v4-pro": {"litellm_provider": "deepseek", "mode": "chat",
      "input_cost_per_token": 2e-06, "cache_read_input_token_cost": 5e-08, "output_cost_per_token": 5e-06,
      "max_input_tokens": 1000000, "max_output_tokens": 384000}}"#;
    let feed = Feed::read(feed, "feed.json", None).unwrap();
    let before = Catalog::embedded();
    let mut after = before.clone();
    let import = import(&feed, &before, &Choice::default(), date(2026, 11, 25));
    after.overlay("overlay.toml", &import.toml).unwrap();
    let (old, new) =
        (before.get("deepseek-v4-pro").unwrap(), after.get("deepseek-v4-pro").unwrap());
    assert_eq!(new.prices[..old.prices.len()], old.prices[..]);
    assert_eq!(new.prices.len(), old.prices.len() + 1);
}
