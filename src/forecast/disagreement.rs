//! What two price lists of the world say differently, and the money that moves.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::billing::cost;
use crate::catalog::{Rates, Tier};
use crate::feed::{DatedRates, Row};
use crate::logs::Usage;
use crate::units::{Money, Tokens};

/// Calls that are declared, to say what a disagreement costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workload {
    /// The tokens of one call.
    pub usage: Usage,
    /// How many calls.
    pub calls: u64,
}

/// One thing that two sources say differently about one model.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// What the workload costs more with the second source's value in place of the first one's; nothing for
    /// what is no price.
    pub moved: Option<Money>,
    /// The lines in the two sources.
    pub lines: (usize, usize),
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
pub fn disagreements(a: &[Row], b: &[Row], as_of: Date, workload: &Workload) -> Comparison {
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
        pair.prices(as_of, workload);
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
        let size = |d: &Disagreement| d.moved.map(|moved| moved.picodollars().unsigned_abs());
        size(y)
            .cmp(&size(x))
            .then_with(|| (&x.model, &x.other).cmp(&(&y.model, &y.other)))
            .then_with(|| (x.tier, x.over, x.about).cmp(&(y.tier, y.over, y.about)))
    });
    found
}

/// Rows by seller and name.
struct Index<'a> {
    by_name: BTreeMap<(&'a str, &'a str), usize>,
    /// Rows whose source names no seller.
    without_seller: BTreeMap<&'a str, usize>,
    rows: &'a [Row],
}

impl<'a> Index<'a> {
    fn of(rows: &'a [Row]) -> Self {
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
    fn find(&self, row: &Row) -> Option<usize> {
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

/// Who sells a model, and who makes it where that is told apart.
fn sellers(row: &Row) -> Vec<&str> {
    row.provider.as_deref().into_iter().chain(row.maker.as_deref()).collect()
}

/// The name that the maker gave a model which is resold as `maker/model`.
fn bare<'n>(name: &'n str, row: &Row) -> &'n str {
    if row.maker.is_some() {
        return name.split_once('/').map_or(name, |(_, name)| name);
    }
    let provider = row.provider.as_deref().unwrap_or_default();
    name.strip_prefix(provider).and_then(|rest| rest.strip_prefix('/')).unwrap_or(name)
}

/// Two rows about one model.
struct Pair<'a> {
    a: &'a Row,
    b: &'a Row,
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
            moved,
            lines: (self.a.position.line, self.b.position.line),
        });
    }

    /// Tells what one side states and the other does not.
    fn only(&mut self, what: &str, first: bool) {
        let side = if first { "first" } else { "second" };
        self.one_sided.push(format!("{}: {what}, only in the {side}", self.a.full_name()));
    }

    /// Every rate that both have in force.
    fn prices(&mut self, as_of: Date, workload: &Workload) {
        let (Some(a), Some(b)) = (self.a.price_at(as_of), self.b.price_at(as_of)) else { return };
        let (a, b) = (a.rates.clone(), b.rates.clone());
        for ours in &a {
            let theirs = b.iter().find(|row| row.tier == ours.tier && row.over == ours.over);
            match theirs {
                Some(theirs) => self.rates(ours, theirs, &a, workload),
                None => self.only(&place_name(ours), true),
            }
        }
        let known = |row: &&Rates| a.iter().any(|o| o.tier == row.tier && o.over == row.over);
        for theirs in b.iter().filter(|row| !known(row)) {
            self.only(&place_name(theirs), false);
        }
    }

    fn rates(&mut self, a: &Rates, b: &Rates, list: &[Rates], workload: &Workload) {
        // A row that the workload's prompt does not reach moves nothing.
        let prompt = workload.usage.prompt();
        let reached = Rates::of(list, a.tier, prompt).is_some_and(|row| row.over == a.over);
        let moved = |with: Rates| {
            let more = cost(workload.usage, &with) - cost(workload.usage, a);
            Some(if reached { more * workload.calls } else { Money::ZERO })
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
        // The workload writes for the shortest time, so the longer retention moves nothing.
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
        let readings = |of: &crate::feed::RowLimits| {
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
            let shown = |input: Option<Tokens>, of: &crate::feed::RowLimits| {
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
        let since = |row: &Row| since(row, as_of);
        // A snapshot is younger than the model that it is one of.
        let released = |row: &Row| row.released.filter(|_| self.a.id == self.b.id);
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
fn since(row: &Row, as_of: Date) -> Option<Date> {
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
