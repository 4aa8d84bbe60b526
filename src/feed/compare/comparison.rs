//! Two price lists side by side: where they disagree, and the money that it moves.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;

use super::matching::Index;
use crate::catalog::{Rates, Tier};
use crate::feed::{DatedRates, FeedRow, RowLimits};
use crate::units::{Money, Tokens};

/// Declared calls, which put a price on a disagreement.
pub struct PricedCalls<'a> {
    /// The prompt tokens of one call.
    pub prompt: Tokens,
    /// What all calls cost at the given rates.
    pub cost: &'a dyn Fn(&Rates) -> Money,
}

/// One thing that two sources say differently about one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Disagreement {
    /// The model, under its name in the first source.
    pub model: String,
    /// Its name in the second source.
    pub other: String,
    /// Who sells it.
    pub provider: Option<String>,
    /// What they disagree about, such as `cached input` or `window`.
    pub about: &'static str,
    /// The service tier of a price.
    pub tier: Option<Tier>,
    /// The prompt length over which the price holds.
    pub over: Option<Tokens>,
    /// What the first source says: USD per million tokens, tokens, or a day.
    pub a: String,
    /// What the second source says.
    pub b: String,
    /// What the calls cost more with the second source's value in place of the first one's; nothing for
    /// what is no price.
    pub moved_usd: Option<Money>,
    /// The line of the first source, from 1; nothing for a catalogue, which has no lines.
    pub line_a: Option<usize>,
    /// The line of the second source.
    pub line_b: Option<usize>,
}

/// Two sources side by side.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// What they say differently, most money first.
    pub disagreements: Vec<Disagreement>,
    /// How many pairs of rows are about one model.
    pub pairs: usize,
    /// How many of these say nothing differently.
    pub agreeing: usize,
    /// Prices, limits and days of models that both have which only one of them states.
    pub one_sided: Vec<String>,
    /// Models that only the first has.
    pub only_a: Vec<String>,
    /// Models that only the second has.
    pub only_b: Vec<String>,
}

/// Compares what two sources have in force on `as_of`, for the models that both have: the same provider (or
/// the maker of a model that one side resells) and one common exact name.
#[must_use]
pub fn compare(a: &[FeedRow], b: &[FeedRow], as_of: Date, calls: &PricedCalls<'_>) -> Comparison {
    let index = Index::of(a);
    let mut found = Comparison {
        disagreements: Vec::new(),
        pairs: 0,
        agreeing: 0,
        one_sided: Vec::new(),
        only_a: Vec::new(),
        only_b: Vec::new(),
    };
    let mut met = BTreeSet::new();
    for row in b {
        let Some(i) = index.find(row) else {
            found.only_b.push(row.full_name());
            continue;
        };
        met.insert(i);
        let mut pair = Pair { a: &a[i], b: row, found: Vec::new(), one_sided: Vec::new() };
        pair.prices(as_of, calls);
        pair.limits();
        pair.days(as_of);
        found.pairs += 1;
        found.agreeing += usize::from(pair.found.is_empty());
        found.one_sided.extend(pair.one_sided);
        found.disagreements.extend(pair.found);
    }
    let missing = a.iter().enumerate().filter(|(i, _)| !met.contains(i));
    found.only_a = missing.map(|(_, row)| row.full_name()).collect();
    found.disagreements.sort_by(|x, y| {
        let size = |d: &Disagreement| d.moved_usd.map(|moved| moved.picodollars().unsigned_abs());
        size(y)
            .cmp(&size(x))
            .then_with(|| (&x.model, &x.other).cmp(&(&y.model, &y.other)))
            .then_with(|| (x.tier, x.over, x.about).cmp(&(y.tier, y.over, y.about)))
    });
    found
}

/// Two rows about one model.
struct Pair<'a> {
    a: &'a FeedRow,
    b: &'a FeedRow,
    found: Vec<Disagreement>,
    one_sided: Vec<String>,
}

impl Pair<'_> {
    fn push(
        &mut self,
        about: &'static str,
        place: Option<(Tier, Option<Tokens>)>,
        (a, b): (String, String),
        moved: Option<Money>,
    ) {
        self.found.push(Disagreement {
            model: self.a.written.clone(),
            other: self.b.written.clone(),
            provider: self.a.provider.clone().or_else(|| self.b.provider.clone()),
            about,
            tier: place.map(|(tier, _)| tier),
            over: place.and_then(|(_, over)| over),
            a,
            b,
            moved_usd: moved,
            line_a: Some(self.a.position.line),
            line_b: Some(self.b.position.line),
        });
    }

    /// Tells what one side states and the other does not.
    fn only(&mut self, what: &str, first: bool) {
        let side = if first { "first" } else { "second" };
        self.one_sided.push(format!("{}: {what}, only in the {side}", self.a.full_name()));
    }

    /// Every rate that both have in force.
    fn prices(&mut self, as_of: Date, calls: &PricedCalls<'_>) {
        let (Some(a), Some(b)) = (self.a.price_at(as_of), self.b.price_at(as_of)) else { return };
        let (a, b) = (a.rates.clone(), b.rates.clone());
        for ours in &a {
            let theirs = b.iter().find(|row| row.is_about_the_same_as(ours));
            match theirs {
                Some(theirs) => self.rates(ours, theirs, &a, calls),
                None => self.only(&place_name(ours), true),
            }
        }
        let known = |row: &&Rates| a.iter().any(|ours| ours.is_about_the_same_as(row));
        for theirs in b.iter().filter(|row| !known(row)) {
            self.only(&place_name(theirs), false);
        }
    }

    fn rates(&mut self, a: &Rates, b: &Rates, list: &[Rates], calls: &PricedCalls<'_>) {
        // A row that the prompt of the calls does not reach moves nothing.
        let reached = !a.off_peak
            && Rates::of(list, a.tier, calls.prompt).is_some_and(|row| row.over == a.over);
        let moved = |with: Rates| {
            let more = || (calls.cost)(&with) - (calls.cost)(a);
            Some(if reached { more() } else { Money::ZERO })
        };
        let place = Some((a.tier, a.over));
        let with = |about, (x, y), row: Rates| (about, Some(x), Some(y), row);
        let mut parts = vec![
            with("input", (a.input, b.input), Rates { input: b.input, ..a.clone() }),
            with("output", (a.output, b.output), Rates { output: b.output, ..a.clone() }),
        ];
        parts.push((
            "cached input",
            a.cached_input,
            b.cached_input,
            Rates { cached_input: b.cached_input, ..a.clone() },
        ));
        parts.push((
            "cache write",
            a.cache_write,
            b.cache_write,
            Rates { cache_write: b.cache_write, ..a.clone() },
        ));
        // The calls write for the shortest time, so the longer retention moves nothing.
        parts.push(("long cache write", a.cache_write_extended, b.cache_write_extended, a.clone()));
        for (about, ours, theirs, row) in parts {
            match (ours, theirs) {
                (Some(ours), Some(theirs)) if ours != theirs => {
                    let values = (ours.to_string(), theirs.to_string());
                    self.push(about, place, values, moved(row));
                }
                (Some(_), None) | (None, Some(_)) => {
                    self.only(&format!("{} {about}", place_name(a)), ours.is_some());
                }
                _ => {}
            }
        }
    }

    fn limits(&mut self) {
        let (a, b) = (self.a.limits.clone(), self.b.limits.clone());
        for (about, ours, theirs) in
            [("window", a.window, b.window), ("output cap", a.output, b.output)]
        {
            match (ours, theirs) {
                (Some(ours), Some(theirs)) if ours != theirs => {
                    let values = (ours.get().to_string(), theirs.get().to_string());
                    self.push(about, None, values, None);
                }
                (Some(_), None) | (None, Some(_)) => self.only(about, ours.is_some()),
                _ => {}
            }
        }
        // A limit of the input that may as well be the window agrees with any reading of it.
        let readings = |of: &RowLimits| {
            let less =
                of.window.zip(of.output).map(|(window, output)| window.saturating_sub(output));
            [of.input, of.window, less].into_iter().flatten().collect::<Vec<_>>()
        };
        let agrees = match (a.input_is_vague, b.input_is_vague) {
            (false, true) => b.input.is_none_or(|input| readings(&a).contains(&input)),
            (true, false) => a.input.is_none_or(|input| readings(&b).contains(&input)),
            _ => a.input.is_none() || b.input.is_none() || a.input == b.input,
        };
        if !agrees {
            let shown = |input: Option<Tokens>, of: &RowLimits| {
                let limit = input.or(of.window);
                limit.map(|tokens| tokens.get().to_string()).unwrap_or_default()
            };
            self.push("input limit", None, (shown(a.input, &a), shown(b.input, &b)), None);
        } else if !a.input_is_vague && !b.input_is_vague && a.input.is_some() != b.input.is_some() {
            self.only("input limit", a.input.is_some());
        }
    }

    /// The days that both sides date.
    fn days(&mut self, as_of: Date) {
        let since = |row: &FeedRow| since(row, as_of);
        // A snapshot is younger than the model that it is one of.
        let released = |row: &FeedRow| row.released.filter(|_| self.a.id == self.b.id);
        for (about, ours, theirs) in [
            ("price since", since(self.a), since(self.b)),
            ("released", released(self.a), released(self.b)),
            ("shutdown", self.a.shutdown, self.b.shutdown),
        ] {
            match (ours, theirs) {
                (Some(ours), Some(theirs)) if ours != theirs => {
                    self.push(about, None, (ours.to_string(), theirs.to_string()), None);
                }
                (Some(_), None) | (None, Some(_)) => self.only(about, ours.is_some()),
                _ => {}
            }
        }
    }
}

/// `flex`, or `standard over 272,000`.
fn place_name(row: &Rates) -> String {
    row.over.map_or_else(|| row.tier.to_string(), |over| format!("{} over {over}", row.tier))
}

/// The first day of the standard rates in force; nothing where the source does not date it.
fn since(row: &FeedRow, as_of: Date) -> Option<Date> {
    let base = |list: &DatedRates| {
        let found = list.rates.iter().find(|row| row.tier == Tier::Standard && row.over.is_none());
        found.cloned()
    };
    let now = base(row.price_at(as_of)?)?;
    let begun = row.prices.iter().rev().filter(|list| list.from.is_none_or(|from| from <= as_of));
    let same = |list: &&DatedRates| {
        base(list).is_some_and(|then| then.input == now.input && then.output == now.output)
    };
    begun.take_while(same).last()?.from
}
