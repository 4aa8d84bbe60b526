//! `outlay models check`: what was not verified for long, what shuts down, what changes its price.

use crate::support::{Folder, assert_run, assert_runs, json, outlay, output, stderr, stdout};

/// Two models of which one was verified long ago, ends soon and changes its price before.
const OLD: &str = r#"
[provider]
id = "acme"

[[model]]
id = "acme-new"
reasoning = true
released = 2025-01-01
source = "contract 17"
checked = 2025-05-01

[model.counting]
encoding = "o200k_base"
fidelity = "estimate"
note = "Acme publishes no tokenizer."
source = "contract 17"
checked = 2025-05-01

[model.limits]
window = 64000
output_cap = 32000
source = "contract 17"
checked = 2025-05-01

[[model.price]]
from = 2025-01-01
rates = [{ tier = "standard", input = "2", cached_input = "0.5", output = "8" }]
source = "contract 17"
checked = 2025-05-01

[[model]]
id = "acme-old"
reasoning = true
released = 2024-01-01
source = "contract 9"
checked = 2025-05-01

[model.counting]
encoding = "o200k_base"
fidelity = "estimate"
note = "Acme publishes no tokenizer."
source = "contract 9"
checked = 2025-01-15

[model.limits]
window = 64000
output_cap = 32000
source = "contract 9"
checked = 2025-02-01

[[model.price]]
from = 2024-01-01
rates = [{ tier = "standard", input = "1", output = "4" }]
source = "contract 9"
checked = 2024-01-01

[[model.price]]
from = 2025-02-01
rates = [{ tier = "standard", input = "2", output = "8" }]
source = "contract 9"
checked = 2025-04-20

[[model.price]]
from = 2025-06-01
rates = [{ tier = "standard", input = "4", output = "8" }]
source = "contract 9"
checked = 2025-04-20

[model.lifecycle]
announced = 2025-04-01
shutdown = 2025-07-01
successor = "acme-new"
source = "contract 9"
checked = 2025-05-01
"#;

const CHECK: &str = "models check --catalog acme.toml --provider acme --as-of 2025-05-10";

fn folder() -> Folder {
    Folder::new().with("acme.toml", OLD)
}

#[test]
fn what_needs_a_look_is_told_in_every_format() {
    let folder = folder();
    for format in ["table", "json", "csv", "markdown"] {
        insta::with_settings!({ snapshot_suffix => format }, {
            assert_run!(folder.outlay(&format!("{CHECK} --format {format}")));
        });
    }
}

#[test]
fn the_limits_in_days_are_those_that_are_asked_for() {
    let matters = |arguments: &str| {
        let report = json(folder().outlay(&format!("{CHECK} --json {arguments}")));
        let results = report["results"].as_array().unwrap();
        results
            .iter()
            .map(|result| {
                assert_eq!(result["model"], "acme-old");
                format!("{} {}", result["matter"].as_str().unwrap(), result["days"])
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(matters(""), ["stale -115", "new_price 22", "ending 52"]);
    // A row is old once it is older than the limit; an end is near up to the limit.
    assert_eq!(matters("--max-age 115"), ["new_price 22", "ending 52"]);
    assert_eq!(matters("--max-age 114 --shutdown-within 51"), ["stale -115", "new_price 22"]);
    assert_eq!(matters("--max-age 200 --shutdown-within 21"), Vec::<String>::new());
    assert_eq!(matters("--max-age 200 --shutdown-within 52"), ["new_price 22", "ending 52"]);
}

#[test]
fn a_promise_that_ends_is_told_until_a_later_price_is_known() {
    let promised =
        OLD.replace("from = 2025-01-01\nrates", "from = 2025-01-01\nuntil = 2025-06-09\nrates");
    let matters = |catalog: &str, day: &str| {
        let folder = Folder::new().with("acme.toml", catalog);
        let report = json(folder.outlay(&format!(
            "models check --catalog acme.toml -m acme-new --max-age 999 --shutdown-within 30 \
             --as-of {day} --json"
        )));
        let results = report["results"].as_array().unwrap();
        results
            .iter()
            .map(|result| format!("{} {}", result["matter"], result["days"]))
            .collect::<Vec<_>>()
    };
    assert!(matters(&promised, "2025-05-09").is_empty());
    assert_eq!(matters(&promised, "2025-05-10"), ["\"promotion\" 30"]);
    assert_eq!(matters(&promised, "2025-06-10"), ["\"promotion\" -1"]);
    // The price that follows takes its place.
    let followed = promised.replace(
        "\n[[model]]\nid = \"acme-old\"",
        "\n[[model.price]]\nfrom = 2025-06-10\nrates = [{ tier = \"standard\", input = \"3\", output = \"9\" }]\n\
         source = \"contract 18\"\nchecked = 2025-05-01\n\n[[model]]\nid = \"acme-old\"",
    );
    assert_eq!(matters(&followed, "2025-06-01"), ["\"new_price\" 9"]);
    assert!(matters(&followed, "2025-06-10").is_empty());
    // A forecast past the promise says so.
    let folder = Folder::new().with("acme.toml", &promised);
    let forecast = |day: &str| {
        let run = format!(
            "estimate --input-tokens 9 --completion-tokens 9 -m acme-new --catalog acme.toml --as-of {day}"
        );
        stdout(&output(folder.outlay(&run), 0)).contains("promised until 2025-06-09")
    };
    assert!(!forecast("2025-06-09"));
    assert!(forecast("2025-06-10"));
    let backwards = promised.replace("2025-06-09", "2024-12-31");
    let folder = Folder::new().with("acme.toml", backwards);
    let refused = output(folder.outlay("models check --catalog acme.toml"), 2);
    assert!(stderr(&refused).contains("ends before it begins"), "{}", stderr(&refused));
}

#[test]
fn what_is_gone_is_told_only_when_asked() {
    let folder = folder();
    let later = CHECK.replace("2025-05-10", "2025-07-01");
    assert_runs!([
        folder.outlay(&later),
        folder.outlay(&format!("{later} --shut-down")),
        folder.outlay(&format!("{later} -m acme-old --strict")),
    ]);
}

#[test]
fn only_strict_fails() {
    let folder = folder();
    output(folder.outlay(CHECK), 0);
    output(folder.outlay(&format!("{CHECK} --strict")), 1);
    let nothing = output(folder.outlay(&format!("{CHECK} --strict -m acme-new")), 0);
    assert!(stdout(&nothing).contains("1 model as of 2025-05-10: all verified"));
    let unknown = output(folder.outlay(&format!("{CHECK} --strict -m acme-odl")), 2);
    assert!(stderr(&unknown).contains("`acme-old`"), "{}", stderr(&unknown));
}

#[test]
fn the_models_in_use_are_those_of_the_configuration() {
    let config = "catalog = [\"acme.toml\"]\nas_of = 2025-05-10\n[call]\nmodel = \"acme-new\"\n\
                  [[prompt]]\nname = \"p\"\npaths = [\"p.md\"]\n\
                  call = { model = [\"acme-old\", \"acme-new\"] }\n";
    let folder = folder().with("outlay.toml", config);
    let report = json(folder.outlay("models check --in-use --json --as-of 2025-05-10"));
    assert_eq!(report["total"]["models"], 2);
    assert_eq!(report["results"][2]["model"], "acme-old");
    let none = Folder::new().with("outlay.toml", "[call]\ncalls = \"5/day\"\n");
    let refused = output(none.outlay("models check --in-use"), 2);
    assert!(stderr(&refused).contains("names no model"), "{}", stderr(&refused));
    output(Folder::new().outlay("models check --in-use"), 2);
}

#[test]
fn the_catalogue_of_the_release_is_fresh_and_tells_what_ends() {
    let report = json(outlay("models check --json --as-of 2026-11-22"));
    assert_eq!(report["total"]["stale"], 0);
    let days: Vec<_> = report["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| {
            let text = |key: &str| result[key].as_str().unwrap().to_owned();
            format!("{} {} {}", text("matter"), text("model"), text("day"))
        })
        .collect();
    for wanted in [
        "promotion gpt-5.6-sol 2026-11-21",
        "promotion azure/gpt-5.6-sol 2026-11-30",
        "new_price gemini-4-argon 2026-12-01",
        "new_price gemini-3.8-flash 2027-01-01",
        "ending claude-sonnet-4-5 2026-11-30",
        "ending gemini-2.5-pro 2026-12-01",
        "ending gpt-5 2026-12-11",
    ] {
        assert!(days.contains(&wanted.to_owned()), "{wanted}\n{days:#?}");
    }
}

#[test]
fn nobody_to_look_at_is_an_error() {
    assert_runs!([
        outlay("models check --provider acme --as-of 2026-11-22"),
        outlay("models check --as-of 2000-01-01"),
        outlay("models check -m o1-mni"),
        outlay("models check --in-use -m o1-mini"),
        outlay("models check --max-age -1"),
    ]);
}
