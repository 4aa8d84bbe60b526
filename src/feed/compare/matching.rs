//! Which rows of two price lists are about one model.

use std::collections::{BTreeMap, BTreeSet};

use crate::feed::FeedRow;

/// Rows by seller and name.
pub(super) struct Index<'a> {
    by_name: BTreeMap<(&'a str, &'a str), usize>,
    /// Rows whose source names no seller.
    without_seller: BTreeMap<&'a str, usize>,
    rows: &'a [FeedRow],
}

impl<'a> Index<'a> {
    pub(super) fn of(rows: &'a [FeedRow]) -> Self {
        let (mut by_name, mut without_seller) = (BTreeMap::new(), BTreeMap::new());
        for (i, row) in rows.iter().enumerate() {
            for name in row.all_names() {
                match sellers(row).first() {
                    Some(seller) => {
                        for seller in sellers(row) {
                            by_name.entry((seller, bare(name, row))).or_insert(i);
                        }
                        by_name.entry((seller, name)).or_insert(i);
                    }
                    None => {
                        without_seller.entry(name).or_insert(i);
                    }
                }
            }
        }
        Self { by_name, without_seller, rows }
    }

    /// The row that a row of the other source is about: one that bears its id before one that shares a name.
    pub(super) fn find(&self, row: &FeedRow) -> Option<usize> {
        let names = || row.all_names().map(|name| bare(name, row)).chain(row.all_names());
        let sold =
            |seller: &str| names().find_map(|name| self.by_name.get(&(seller, name)).copied());
        let found = sellers(row).into_iter().find_map(sold);
        let found =
            found.or_else(|| names().find_map(|name| self.without_seller.get(name).copied()));
        if row.provider.is_some() {
            return found;
        }
        // A source without sellers means what makers sell.
        let makers = || self.rows.iter().filter(|known| !known.is_resold());
        let sellers: BTreeSet<&str> = makers().filter_map(|row| row.provider.as_deref()).collect();
        found.or_else(|| sellers.into_iter().find_map(sold))
    }
}

/// Who sells a model, and who makes it where that differs.
fn sellers(row: &FeedRow) -> Vec<&str> {
    row.provider.as_deref().into_iter().chain(row.maker.as_deref()).collect()
}

/// The name that the maker gave a model which is resold as `maker/model`.
fn bare<'n>(name: &'n str, row: &FeedRow) -> &'n str {
    if row.maker.is_some() {
        return name.split_once('/').map_or(name, |(_, name)| name);
    }
    let provider = row.provider.as_deref().unwrap_or_default();
    name.strip_prefix(provider).and_then(|rest| rest.strip_prefix('/')).unwrap_or(name)
}
