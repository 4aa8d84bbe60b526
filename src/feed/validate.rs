//! What is wrong with rows as a whole: repeated ids, prices of $0, a unit that is not the feed's.

use std::collections::BTreeMap;

use super::feed_row::FeedRow;
use super::issue::{Issue, Reason};
use super::rate_table::is_zero;
use crate::catalog::{Rates, Tier};
use crate::units::Rate;
use crate::{Error, ErrorKind};

/// The middle of the input rates of a feed of any size lies between these, in USD per million tokens:
/// $0.02 and $50. (The middle of LiteLLM's chat models was $0.60 in November 2026, that of models.dev's $0.50.)
const MIDDLE: (u64, u64) = (20_000, 50_000_000);
/// Feeds of fewer priced rows say nothing about their unit.
const ENOUGH: usize = 5;
/// A rate this many times above or below the catalogue's is a mistake of the feed.
const FAR: i128 = 100;

/// Faults every row whose provider and id, as they are written, another row has as well.
pub(super) fn repeated(rows: &mut [FeedRow]) {
    let mut places: BTreeMap<(Option<String>, String), Vec<usize>> = BTreeMap::new();
    for (i, row) in rows.iter().enumerate() {
        places.entry((row.provider.clone(), row.written.clone())).or_default().push(i);
    }
    for same in places.values().filter(|same| same.len() > 1) {
        let lines: Vec<String> = same.iter().map(|i| rows[*i].position.line.to_string()).collect();
        for i in same {
            let row = &mut rows[*i];
            let message = format!("its id occurs more than once: lines {}", lines.join(", "));
            row.faults.push(Issue { reason: Reason::Repeated, message, position: row.position });
        }
    }
}

/// Refuses a feed whose prices are all in another unit than its kind has.
pub(super) fn unit(rows: &[FeedRow]) -> Result<(), Error> {
    let mut inputs: Vec<i128> = rows
        .iter()
        .filter_map(|row| row.prices.last()?.rates.first())
        .map(|rates| picodollars(rates.input))
        .filter(|rate| *rate > 0)
        .collect();
    // Rows without a believable rate count by what they were refused for.
    let refused = rows.iter().filter(|row| has(row, Reason::OutOfBand)).count();
    if inputs.len() + refused < ENOUGH {
        return Ok(());
    }
    inputs.sort_unstable();
    let middle = inputs.get(inputs.len() / 2).copied().unwrap_or_default();
    let (low, high) = (i128::from(MIDDLE.0), i128::from(MIDDLE.1));
    if refused <= inputs.len() && (low..=high).contains(&middle) {
        return Ok(());
    }
    let example = rows.iter().flat_map(|row| &row.faults).find(|f| f.reason == Reason::OutOfBand);
    let example = example.map(|fault| format!("; line {}: {}", fault.position.line, fault.message));
    let message = format!(
        "the prices of this feed are in another unit than its kind has{}",
        example.unwrap_or_else(|| format!(
            ": half of its input rates are {} USD per million tokens",
            if middle < low { "below 0.02" } else { "above 50" }
        ))
    );
    Err(Error::new(ErrorKind::Malformed, message)
        .hint("check that the file is as its publisher ships it; no price is converted by guess"))
}

fn has(row: &FeedRow, reason: Reason) -> bool {
    row.faults.iter().any(|fault| fault.reason == reason)
}

fn picodollars(rate: Rate) -> i128 {
    i128::from(rate.picodollars_per_token())
}

/// What of some rates is $0: nothing when they all cost something.
pub(super) fn free(rates: &[Rates]) -> Option<String> {
    let mut parts = Vec::new();
    for row in rates {
        for (name, rate) in [
            ("input", Some(row.input)),
            ("cached input", row.cached_input),
            ("output", Some(row.output)),
        ] {
            let part = format!("{} {name}", row.tier);
            if rate.is_some_and(is_zero) && !parts.contains(&part) {
                parts.push(part);
            }
        }
    }
    (!parts.is_empty()).then(|| format!("$0 for {}", parts.join(", ")))
}

/// What of some rates is so far from those of the catalogue that it is a mistake.
pub(super) fn far(rates: &[Rates], known: &[Rates]) -> Option<String> {
    let base = |list: &[Rates]| {
        let found = list.iter().find(|row| row.tier == Tier::Standard && row.over.is_none());
        found.map(|row| [("input", row.input), ("output", row.output)])
    };
    let pairs = base(rates)?.into_iter().zip(base(known)?);
    pairs.filter(|((_, new), (_, old))| !is_zero(*new) && !is_zero(*old)).find_map(
        |((name, new), (_, old))| {
            let (high, low) = (new.max(old), new.min(old));
            let times = picodollars(high) / picodollars(low);
            let side = if new > old { "above" } else { "below" };
            (times >= FAR).then(|| {
                format!("its {name} of {new} is {times} times {side} the catalogue's {old}")
            })
        },
    )
}
