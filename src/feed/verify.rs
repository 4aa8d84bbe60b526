//! A catalogue beside several feeds at once: what of it they contradict, and how many of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use super::feed_row::FeedRow;
use super::provider::canonical;
use super::read::Feed;
use super::verdicts::{Claim, Verdicts};
use crate::catalog::{Model, Rates};
use crate::units::{Rate, Tokens};

/// How the feeds stand to a value that at least one of them contradicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Two feeds or more agree on another value, and more of them than on the catalogue's.
    Outvoted,
    /// As many feeds agree with the catalogue as with any other value.
    Disputed,
    /// One feed alone states the value, and it is another.
    Alone,
}

impl Standing {
    /// The standing as a sentence names it.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Outvoted => "outvoted",
            Self::Disputed => "disputed",
            Self::Alone => "one feed alone",
        }
    }
}

/// A value of the catalogue that a feed contradicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Doubt {
    /// The id of the model.
    pub model: String,
    /// Who sells it.
    pub provider: String,
    /// What is doubted, such as `standard input`, `window`, `released` or `feature temperature`; a rate
    /// of an earlier list has its first day behind it.
    pub field: String,
    /// What the catalogue says.
    pub ours: String,
    /// What the feeds say that state it, those that agree included.
    pub claims: Vec<Claim>,
    /// How the feeds stand to it.
    pub standing: Standing,
    /// Why the catalogue keeps its value, where that was judged; null for what is new.
    pub judged: Option<String>,
}

/// What comes of a comparison with several feeds.
#[derive(Debug, Clone, Default)]
pub struct Verification {
    /// Every value that a feed contradicts, by standing, model and field.
    pub doubts: Vec<Doubt>,
    /// How many values of the catalogue at least one feed states.
    pub values: usize,
    /// How many statements of feeds were compared.
    pub claims: usize,
    /// How many of these agree.
    pub agreeing: usize,
    /// How many models of the catalogue no feed has.
    pub unseen: usize,
}

/// Compares models of a catalogue with every feed that has them: the prices in force on `as_of` and
/// those of earlier days that a feed dates, limits, days and features. A verdict that holds on `as_of`
/// marks what was judged before.
#[must_use]
pub fn verify<'m>(
    models: impl IntoIterator<Item = &'m Model>,
    feeds: &[Feed],
    verdicts: &Verdicts,
    as_of: Date,
) -> Verification {
    let indexes: Vec<Index<'_>> = feeds.iter().map(Index::of).collect();
    let mut found = Verification::default();
    for model in models {
        let mut fields: BTreeMap<String, (String, Vec<Claim>)> = BTreeMap::new();
        let rows = indexes.iter().filter_map(|index| Some((index.kind, index.find(model)?)));
        let mut seen = false;
        for (feed, row) in rows {
            seen = true;
            for Statement { field, ours, theirs } in statements(model, row, as_of) {
                let claim = Claim { feed: feed.to_owned(), value: theirs };
                fields.entry(field).or_insert_with(|| (ours, Vec::new())).1.push(claim);
            }
        }
        found.unseen += usize::from(!seen);
        for (field, (ours, claims)) in fields {
            found.values += 1;
            found.claims += claims.len();
            let agreeing = claims.iter().filter(|claim| claim.value == ours).count();
            found.agreeing += agreeing;
            if agreeing == claims.len() {
                continue;
            }
            let judged = verdicts.reason((&model.id, &field), (&ours, &claims), as_of);
            found.doubts.push(Doubt {
                model: model.id.clone(),
                provider: model.provider.clone(),
                field,
                standing: standing(&claims, agreeing),
                ours,
                claims,
                judged,
            });
        }
    }
    found.doubts.sort_by(|a, b| {
        let key = |doubt: &Doubt| (doubt.judged.is_some(), doubt.standing);
        key(a).cmp(&key(b)).then_with(|| (&a.model, &a.field).cmp(&(&b.model, &b.field)))
    });
    found
}

/// How claims of which so many agree with the catalogue stand to its value.
fn standing(claims: &[Claim], agreeing: usize) -> Standing {
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for claim in claims {
        *others.entry(&claim.value).or_default() += 1;
    }
    // The value of the catalogue itself is among them, with `agreeing` votes.
    let most = others.into_values().max().unwrap_or_default();
    match claims.len() {
        1 => Standing::Alone,
        _ if most >= 2 && most > agreeing => Standing::Outvoted,
        _ => Standing::Disputed,
    }
}

/// The rows of a feed by seller and name.
struct Index<'f> {
    kind: &'static str,
    rows: BTreeMap<(String, String), &'f FeedRow>,
}

impl<'f> Index<'f> {
    fn of(feed: &'f Feed) -> Self {
        let mut rows = BTreeMap::new();
        // A row without a price of tokens is about something else.
        for row in feed.rows.iter().filter(|row| !row.prices.is_empty()) {
            let provider = row.provider.clone().unwrap_or_default();
            for name in row.all_names() {
                rows.entry((provider.clone(), name.to_owned())).or_insert(row);
            }
        }
        // A row that bears a name goes before one that has it as another name.
        for row in feed.rows.iter().filter(|row| !row.prices.is_empty()) {
            rows.insert((row.provider.clone().unwrap_or_default(), row.id.clone()), row);
        }
        Self { kind: feed.kind.name(), rows }
    }

    /// The row about a model: of its seller, or of a feed that names none.
    fn find(&self, model: &Model) -> Option<&'f FeedRow> {
        let provider = canonical(&model.provider);
        let own = format!("{provider}/");
        let names = std::iter::once(&model.id).chain(&model.aliases).chain(&model.snapshots);
        let bare: Vec<&str> = names.map(|name| name.strip_prefix(&own).unwrap_or(name)).collect();
        let sold = |seller: &str| {
            bare.iter().find_map(|name| self.rows.get(&(seller.to_owned(), (*name).to_owned())))
        };
        let makers = || if model.id.starts_with(&own) { None } else { sold("") };
        sold(&provider).or_else(makers).copied()
    }
}

/// A value that both the catalogue and a row state.
struct Statement {
    field: String,
    ours: String,
    theirs: String,
}

fn statements(model: &Model, row: &FeedRow, as_of: Date) -> Vec<Statement> {
    let mut found = Vec::new();
    if let Some(list) = row.price_at(as_of) {
        rates(model, &list.rates, (as_of, ""), &mut found);
    }
    // Lists of earlier days, where the feed dates them.
    let current = row.price_at(as_of).and_then(|list| list.from);
    for list in &row.prices {
        if let Some(from) = list.from.filter(|from| Some(*from) != current && *from <= as_of) {
            rates(model, &list.rates, (from, &format!(" on {from}")), &mut found);
        }
    }
    limits(model, row, &mut found);
    days(model, row, as_of, &mut found);
    for (feature, theirs) in &row.features {
        if let Some(ours) = model.supports(*feature, as_of) {
            found.push(Statement {
                field: format!("feature {feature}"),
                ours: ours.to_string(),
                theirs: theirs.to_string(),
            });
        }
    }
    found
}

/// Every rate that both have on a day.
fn rates(model: &Model, theirs: &[Rates], (day, behind): (Date, &str), found: &mut Vec<Statement>) {
    let Ok(price) = model.price_at(day) else { return };
    for row in theirs {
        let Some(ours) = price.rates.iter().find(|ours| ours.is_about_the_same_as(row)) else {
            continue;
        };
        let over = row.over.map(|over| format!(" over {}", over.get())).unwrap_or_default();
        for ((part, ours), (_, theirs)) in ours.parts().into_iter().zip(row.parts()) {
            if let (Some(ours), Some(theirs)) = (ours, theirs) {
                found.push(Statement {
                    field: format!("{}{over} {part}{behind}", row.tier),
                    ours: Rate::to_string(&ours),
                    theirs: Rate::to_string(&theirs),
                });
            }
        }
    }
}

fn limits(model: &Model, row: &FeedRow, found: &mut Vec<Statement>) {
    let mut state = |field: &str, ours: Tokens, theirs: Option<Tokens>| {
        if let Some(theirs) = theirs {
            let (ours, theirs) = (ours.get().to_string(), theirs.get().to_string());
            found.push(Statement { field: field.to_owned(), ours, theirs });
        }
    };
    let (limits, said) = (&model.limits, &row.limits);
    state("output cap", limits.output_cap, said.output);
    // A limit of the input may be the window, what it leaves beside the output, or a limit of its own.
    let readings: BTreeSet<Tokens> = [
        Some(limits.window),
        limits.input_limit,
        Some(limits.window.saturating_sub(limits.output_cap)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let vague = said.input.filter(|_| said.input_is_vague && said.window.is_none());
    let vague = vague.map(|input| if readings.contains(&input) { limits.window } else { input });
    state("window", limits.window, said.window.or(vague));
}

fn days(model: &Model, row: &FeedRow, as_of: Date, found: &mut Vec<Statement>) {
    // A snapshot has a day of its own.
    let same = model.id.ends_with(&row.id);
    let shutdown = model.lifecycle.as_ref().map(|end| end.shutdown);
    for (field, ours, theirs) in [
        ("released", Some(model.released), row.released.filter(|_| same)),
        ("shutdown", shutdown, row.shutdown),
    ] {
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => found.push(Statement {
                field: field.to_owned(),
                ours: ours.to_string(),
                theirs: theirs.to_string(),
            }),
            // An end that the catalogue does not have would be missed otherwise.
            (None, Some(theirs)) if theirs > as_of => found.push(Statement {
                field: field.to_owned(),
                ours: "none".to_owned(),
                theirs: theirs.to_string(),
            }),
            _ => {}
        }
    }
}
