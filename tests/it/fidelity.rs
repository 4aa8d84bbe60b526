//! The page of fidelity is what the catalogue says.
//!
//! `UPDATE_DOCS=1 cargo test --test it fidelity` writes it anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use outlay::catalog::{Catalog, Model};

const PAGE: &str = "docs/reference/fidelity.md";

/// How a model is counted: how sure that is, and by which vocabulary and template.
fn way(model: &Model) -> (String, String, &'static str) {
    let counting = &model.counting;
    let template = counting.chat_template().map_or("of the API", |template| template.name());
    (counting.fidelity.to_string(), counting.encoding.to_string(), template)
}

fn page() -> String {
    let mut page = "# Fidelity of the models\n\n\
        <!-- Generated: `UPDATE_DOCS=1 cargo test --test it fidelity` writes this page. -->\n\n\
        How sure the prompt tokens of a conversation of texts are, for every model of the catalogue. \
        [Accuracy](../accuracy.md) says what the words mean; `outlay models show MODEL` says what each rests on.\n"
        .to_owned();
    let mut ways: BTreeMap<_, Vec<&Model>> = BTreeMap::new();
    let catalog = Catalog::embedded();
    for model in catalog.models() {
        ways.entry(way(model)).or_default().push(model);
    }
    for fidelity in ["exact", "reconstructed", "estimate"] {
        let of_it: Vec<_> = ways.iter().filter(|((found, ..), _)| found == fidelity).collect();
        let models: usize = of_it.iter().map(|(_, models)| models.len()).sum();
        let heading = format!("{}{}", fidelity[..1].to_uppercase(), &fidelity[1..]);
        writeln!(page, "\n## {heading}\n\n{models} models.\n").unwrap();
        page.push_str("| vocabulary | framing | models |\n|---|---|---|\n");
        for ((_, encoding, template), models) in of_it {
            let ids: Vec<String> = models.iter().map(|model| format!("`{}`", model.id)).collect();
            writeln!(page, "| `{encoding}` | {template} | {} |", ids.join(", ")).unwrap();
        }
    }
    page
}

#[test]
fn the_page_of_fidelity_is_what_the_catalogue_says() {
    let wanted = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PAGE, &wanted).unwrap();
        return;
    }
    let found = fs::read_to_string(PAGE).unwrap_or_default();
    assert!(
        found == wanted,
        "{PAGE} is out of date: run `UPDATE_DOCS=1 cargo test --test it fidelity`"
    );
}

#[test]
fn what_is_exact_names_what_confirms_it() {
    let catalog = Catalog::embedded();
    for model in catalog.models().filter(|model| way(model).0 == "exact") {
        let counting = &model.counting;
        let is_of_openai = counting.chat_template().is_none();
        assert!(is_of_openai || counting.note.is_some(), "{}", model.id);
        assert!(!counting.source.is_empty(), "{}", model.id);
    }
}
