//! Catalogue files, price feeds and verdicts: what is refused leaves the catalogue as it was, and what is taken has a
//! price that can be asked for.
#![no_main]

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use outlay::catalog::Catalog;
use outlay::feed::{Feed, Verdicts};
use std::sync::LazyLock;

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::embedded);

fuzz_target!(|text: &str| {
    let _ = Feed::read(text, "feed.json", None);
    let _ = Verdicts::parse("verdicts.toml", text);
    let mut changed = CATALOG.clone();
    match changed.overlay("x.toml", text) {
        Err(_) => assert!(changed.models().eq(CATALOG.models())),
        Ok(_) => {
            for model in changed.models() {
                let _ = model.price_at(date(2026, 11, 20));
            }
        }
    }
});
