//! Catalogue files of one's own: what they change, and what is refused with its place.

use jiff::civil::date;
use outlay::ErrorKind;
use outlay::catalog::{
    CacheLifetime, Catalog, Condition, Endpoint, FeeItem, Model, Retention, Tier,
};
use outlay::units::Tokens;

fn catalog() -> Catalog {
    Catalog::embedded()
}

#[test]
fn an_overlay_changes_what_it_names_and_nothing_else() {
    let before = catalog();
    let mut after = before.clone();
    after
        .overlay(
            "negotiated.toml",
            r#"
            [[model]]
            id = "o1-mini"
            [[model.price]]
            from = 2025-03-01
            rates = [{ tier = "standard", input = "0.90", output = "3.60" }]
            source = "contract of 2025"
            checked = 2025-03-01
            "#,
        )
        .unwrap();
    let (old, new) = (before.get("o1-mini").unwrap(), after.get("o1-mini").unwrap());
    assert_eq!(new.prices.len(), 1);
    assert_eq!(Model { prices: old.prices.clone(), ..new.clone() }, *old);
    assert_eq!(before.get("o1-preview"), after.get("o1-preview"));
    assert_ne!(before.digest(), after.digest());
}

#[test]
fn a_broken_overlay_is_refused_with_its_place() {
    let price = |rates: &str| {
        format!(
            "[[model]]\nid = \"o1-mini\"\n[[model.price]]\nfrom = 2025-03-01\nrates = [{rates}]\nsource = \"contract\"\nchecked = 2025-03-01\n"
        )
    };
    for (overlay, place, message) in [
        (
            "[[model]]\nid = \"o1-mini\"\ncolour = 1\n".to_owned(),
            "x.toml:3:1",
            "unknown field `colour`",
        ),
        ("[[model]]\nid = 3\n".to_owned(), "x.toml:2:6", "expected a string"),
        ("[[model]\n".to_owned(), "x.toml:1:", ""),
        (
            "[[model]]\nid = \"mine\"\n".to_owned(),
            "x.toml:1:1",
            "the new model `mine` has no `reasoning`",
        ),
        (
            price("{ tier = \"standard\", input = 1.5, output = \"3\" }"),
            "x.toml:5:",
            "expected a price in quotes",
        ),
        (
            price("{ tier = \"standard\", input = \"-1\", output = \"3\" }"),
            "x.toml:5:",
            "it is negative",
        ),
        (
            price("{ tier = \"batch\", input = \"1\", output = \"3\" }"),
            "x.toml:1:1",
            "no standard rates",
        ),
        (
            price("{ tier = \"standard\", input = \"1\", cached_input = \"2\", output = \"3\" }"),
            "x.toml:1:1",
            "charges more for cached",
        ),
        (
            "[[model]]\nid = \"o1-mini\"\naliases = [\"o1-preview\"]\n".to_owned(),
            "x.toml",
            "are called `o1-preview`",
        ),
    ] {
        let error = catalog().overlay("x.toml", &overlay).unwrap_err();
        let shown = error.to_string();
        assert!(shown.starts_with(place) && shown.contains(message), "{shown}\n{overlay}");
    }
}

/// A model with tables of its provider, as an overlay.
const WITH_TABLES: &str = r#"
[provider]
id = "acme"

[[api]]
models = ["*"]
family = "compatible"
endpoints = [{ endpoint = "chat_completions", cap = "max_tokens" }, { endpoint = "responses", cap = "max_output_tokens", min_cap = 16, retention = "all" }]
source = "the manual of Acme"
checked = 2026-11-25

[[cache]]
models = ["acme/*"]
min_prefix = 1024
lifetimes = ["5m", "1h"]
marks = "required"
source = "the manual of Acme"
checked = 2026-11-25

[[thinking]]
models = ["acme/other"]
by_default = true
source = "the manual of Acme"
checked = 2026-11-25

[[thinking]]
models = ["acme/*"]
by_default = false
efforts = ["none", "low", "high"]
default_effort = "none"
source = "the manual of Acme"
checked = 2026-11-25

[[fee]]
models = ["acme/*"]
item = "web_search"
from = 2026-01-01
usd = "0.01"
unit = "call"
free = "1000/day"
source = "the manual of Acme"
checked = 2026-11-25

[[fee]]
models = ["acme/*"]
item = "web_search"
from = 2026-06-01
usd = "0.005"
unit = "call"
source = "the manual of Acme"
checked = 2026-11-25

[[multiplier]]
models = ["acme/*"]
by = "residency"
of = ["us", "eu"]
from = 2026-01-01
factor = "1.1"
source = "the manual of Acme"
checked = 2026-11-25

[[model]]
id = "acme/one"
reasoning = true
released = 2026-01-01
source = "the manual of Acme"
checked = 2026-11-25

[model.counting]
encoding = "o200k_base"
fidelity = "estimate"
source = "the manual of Acme"
checked = 2026-11-25

[model.limits]
window = 100000
output_cap = 8000
source = "the manual of Acme"
checked = 2026-11-25

[[model.price]]
from = 2026-01-01
rates = [
  { tier = "standard", input = "2", cached_input = "0.2", cache_write = "2.5", cache_write_extended = "4", output = "10", audio_input = "32" },
  { tier = "standard", off_peak = true, input = "1", output = "5" },
  { tier = "flex", up_to = 50000, input = "1", output = "5" },
]
peak = { hours = ["01:00-04:00"], days = ["mon"] }
source = "the manual of Acme"
checked = 2026-11-25
"#;

#[test]
fn tables_of_a_file_hold_for_the_models_they_name() {
    let mut catalog = catalog();
    catalog.overlay("acme.toml", WITH_TABLES).unwrap();
    let day = date(2026, 11, 25);
    let model = catalog.resolve("acme/one", day).unwrap();
    let price = model.price_at(day).unwrap();
    let rates = model.rates(price, Tier::Standard, Tokens::new(1)).unwrap();

    assert_eq!(model.cap_field(Endpoint::Responses), Some("max_output_tokens"));
    assert_eq!(model.cap_field(Endpoint::Messages), None);
    assert_eq!(model.retention_at(Endpoint::Responses), Retention::All);
    assert_eq!(model.retention_at(Endpoint::ChatCompletions), Retention::None);
    let thinking = model.thinking.as_ref().unwrap();
    assert!(!thinking.by_default && thinking.can_be_off());

    let write = |lifetime| model.write_rate(rates, lifetime).map(|rate| rate.to_string());
    assert_eq!(write(CacheLifetime::FiveMinutes).unwrap(), "2.5");
    assert_eq!(write(CacheLifetime::Hour).unwrap(), "4");
    let error = write(CacheLifetime::TwelveHours).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingPrice);
    assert_eq!(error.hint_text(), Some("its cache keeps prompts for 5m or 1h"));

    let search = |day| model.fee(FeeItem::WebSearch, None, day).map(|fee| fee.usd.to_string());
    assert_eq!(search(date(2026, 5, 31)).unwrap(), "0.01");
    assert_eq!(search(day).unwrap(), "0.005");
    assert_eq!(search(date(2025, 12, 31)).unwrap_err().kind(), ErrorKind::MissingPrice);
    assert!(model.fee(FeeItem::XSearch, None, day).is_err());

    let factor = |value: &str| {
        let found = model.multiplier(Condition::Residency, value, day)?;
        Ok::<_, outlay::Error>(found.map(|multiplier| multiplier.factor.to_string()))
    };
    assert_eq!(factor("US").unwrap().as_deref(), Some("1.1"));
    assert_eq!(factor("global").unwrap(), None);
    assert_eq!(factor("mars").unwrap_err().kind(), ErrorKind::MissingPrice);

    let (monday, sunday) = (date(2026, 11, 23), date(2026, 11, 22));
    assert!(!price.is_off_peak(monday.at(2, 0, 0, 0)) && price.is_off_peak(sunday.at(2, 0, 0, 0)));
    let off_peak = model.off_peak_rates(price, Tier::Standard, Tokens::new(1)).unwrap();
    assert_eq!((off_peak.input.to_string(), rates.input.to_string()), ("1".into(), "2".into()));

    assert!(model.rates(price, Tier::Flex, Tokens::new(50_000)).is_ok());
    let error = model.rates(price, Tier::Flex, Tokens::new(50_001)).unwrap_err();
    assert!(error.message().contains("up to 50,000 tokens only"), "{error}");
}

#[test]
fn a_table_that_cannot_be_is_refused_with_its_place() {
    let peak = "peak = { hours = [\"01:00-04:00\"], days = [\"mon\"] }\n";
    for (from, to, at, message) in [
        ("usd = \"0.01\"", "usd = \"-1\"", "[[fee]]", "is negative"),
        (
            "unit = \"call\"\nfree",
            "unit = \"cal\"\nfree",
            "unit = \"cal\"",
            "unknown variant `cal`",
        ),
        ("min_prefix = 1024", "prefix = 1024", "prefix = 1024", "unknown field `prefix`"),
        ("models = [\"*\"]\n", "", "[[api]]", "needs `models`"),
        ("factor = \"1.1\"", "factor = \"0\"", "factor = \"0\"", "not a factor"),
        ("[\"none\", \"low\", \"high\"]", "[\"low\", \"none\"]", "[[model]]", "must ascend"),
        (
            "default_effort = \"none\"",
            "default_effort = \"max\"",
            "[[model]]",
            "not among its efforts",
        ),
        (peak, "", "[[model]]", "needs both `peak`"),
        ("\"01:00-04:00\"", "\"1-4\"", "peak = { hours", "not a span of hours"),
        ("[\"5m\", \"1h\"]", "[\"5m\", \"30m\", \"1h\"]", "[[model]]", "more lifetimes"),
    ] {
        let text = WITH_TABLES.replacen(from, to, 1);
        assert_ne!(text, WITH_TABLES, "{from}");
        let error = catalog().overlay("acme.toml", &text).unwrap_err().to_string();
        let line = text[..text.find(at).unwrap()].lines().count() + 1;
        assert!(error.contains(message), "{from}: {error}");
        assert!(error.starts_with(&format!("acme.toml:{line}:")), "{from}: {error}, line {line}");
    }
}
