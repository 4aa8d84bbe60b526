//! What two price lists say differently, in words.

use crate::catalog::Rates;
use crate::units::{Rate, Tokens};

/// The parts of a rates row under their names, in words.
fn parts(row: &Rates) -> impl Iterator<Item = (String, Option<Rate>)> {
    let words = |key: &str| match key {
        "cache_write_extended" => "long cache write".to_owned(),
        key => key.replace('_', " "),
    };
    row.parts().into_iter().map(move |(key, rate)| (words(key), rate))
}

fn same_row<'r>(list: &'r [Rates], row: &Rates) -> Option<&'r Rates> {
    list.iter().find(|other| other.is_about_the_same_as(row))
}

fn place(row: &Rates) -> String {
    let over = |over: Tokens| format!(" over {over}");
    let hours = if row.off_peak { " off peak" } else { "" };
    format!("{}{hours}{}", row.tier, row.over.map(over).unwrap_or_default())
}

/// What two price lists state differently.
pub(super) fn conflicts(old: &[Rates], new: &[Rates]) -> Vec<String> {
    let mut conflicts = Vec::new();
    for row in new {
        let Some(before) = same_row(old, row) else { continue };
        for ((name, new), (_, old)) in parts(row).zip(parts(before)) {
            if let (Some(old), Some(new)) = (old, new)
                && old != new
            {
                conflicts.push(format!("{} {name} {old} → {new}", place(row)));
            }
        }
    }
    conflicts
}

/// What a price list states and another one does not.
pub(super) fn lost(old: &[Rates], new: &[Rates]) -> Vec<String> {
    let mut lost = Vec::new();
    for row in old {
        match same_row(new, row) {
            None => lost.push(place(row)),
            Some(after) => {
                for ((name, old), (_, new)) in parts(row).zip(parts(after)) {
                    if old.is_some() && new.is_none() {
                        lost.push(format!("{} {name}", place(row)));
                    }
                }
            }
        }
    }
    lost
}
