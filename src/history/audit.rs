//! What logged calls cost, by group.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::groups::{GroupKey, GroupOf, Groups};
use super::ledger::Ledger;
use super::price_book::Charge;
use super::spend::Spend;
use crate::logs::{LogFormat, Place, UsageRecord};
use crate::units::{Money, Tokens, plural};
use crate::{Error, ErrorKind};

/// What calls are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupBy {
    /// The model.
    pub model: bool,
    /// The day, UTC.
    pub day: bool,
    /// The label of the task.
    pub task: bool,
}

impl FromStr for GroupBy {
    type Err = Error;

    /// Reads `model`, `day` and `task`, several with commas between them.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut by = Self { model: false, day: false, task: false };
        for key in text.split(',') {
            match key.trim() {
                "model" => by.model = true,
                "day" => by.day = true,
                "task" => by.task = true,
                other => {
                    let message = format!("calls are not grouped by `{other}`");
                    return Err(Error::new(ErrorKind::Usage, message)
                        .hint("the keys are model, day and task, such as model,day"));
                }
            }
        }
        Ok(by)
    }
}

/// Calls without a price, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Unpriced {
    /// The model as logged.
    pub model: Option<String>,
    /// Why there is no price; its hint says what to do.
    #[serde(rename = "reason", serialize_with = "message")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub error: Error,
    /// How many calls.
    pub calls: u64,
    /// Their prompt tokens.
    pub prompt_tokens: Tokens,
    /// Their completion tokens.
    pub completion_tokens: Tokens,
    /// Where the first one stands.
    #[cfg_attr(test, schemars(with = "String"))]
    pub first: Place,
}

fn message<S: Serializer>(error: &Error, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(error.message())
}

/// Calls whose cost is more than the sum has: something they were charged for could not be read or
/// priced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Lacking {
    /// What the sum lacks: a key of the log, or uses of a tool.
    pub what: String,
    /// How many calls.
    pub calls: u64,
    /// Where the first one is.
    #[cfg_attr(test, schemars(with = "String"))]
    pub first: Place,
}

/// Calls for which the log has a cost of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RecordedSum {
    /// How many calls.
    pub calls: u64,
    /// What the log says that they cost.
    pub recorded_usd: Money,
    /// What the same calls cost here.
    pub cost_usd: Money,
    /// How many differ by more than a hundredth.
    pub disagreeing: u64,
    /// Where the first of those is.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub first: Option<Place>,
}

/// How many kinds of things that sums lack are kept apart.
const MOST_LACKING: usize = 1_000;

/// Adds up logged calls.
#[derive(Debug)]
pub struct Audit {
    lacking: BTreeMap<String, Lacking>,
    recorded: Option<RecordedSum>,
    by: GroupBy,
    groups: Groups,
    unpriced: BTreeMap<(Option<String>, String), Unpriced>,
    undated: u64,
    days: Option<(Date, Date)>,
    /// The rows of a bill, where they are asked for, and the day of calls without one.
    ledger: Option<(Ledger, Date)>,
    /// Single calls whose prompt is longer than the window of their model: how many, and the first.
    too_long: Option<(u64, Place)>,
}

/// What of a log may be left out without an error.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    /// Calls without a price.
    pub unpriced: bool,
    /// What a call was charged for besides, and that cannot be read or priced.
    pub unread: bool,
}

/// What is wrong with the sums.
#[derive(Debug, Default)]
pub struct Doubts {
    /// What makes them wrong, each with its place.
    pub errors: Vec<Error>,
    /// What was left out as it was wished, and costs of the logs that are others.
    pub warnings: Vec<String>,
}

impl Doubts {
    fn add(&mut self, error: Error, is_tolerated: bool) {
        if is_tolerated {
            self.warnings.push(error.message().to_owned());
        } else {
            self.errors.push(error);
        }
    }
}

impl Audit {
    /// An empty audit.
    #[must_use]
    pub fn new(by: GroupBy) -> Self {
        Self {
            lacking: BTreeMap::new(),
            recorded: None,
            by,
            groups: Groups::default(),
            unpriced: BTreeMap::new(),
            undated: 0,
            days: None,
            ledger: None,
            too_long: None,
        }
    }

    /// Keeps the rows of a bill as well; calls without a day are put on `assumed`.
    #[must_use]
    pub fn with_ledger(self, assumed: Date) -> Self {
        Self { ledger: Some((Ledger::default(), assumed)), ..self }
    }

    /// The rows of a bill, where they were asked for.
    pub fn take_ledger(&mut self) -> Option<Ledger> {
        self.ledger.take().map(|(ledger, _)| ledger)
    }

    /// Adds a call with its charge; one without a price is kept apart. `place` names it.
    pub fn add(
        &mut self,
        record: &UsageRecord,
        charge: &Result<Charge<'_>, Error>,
        place: impl FnOnce() -> Place,
    ) {
        match record.day {
            Some(day) => {
                let (from, to) = self.days.unwrap_or((day, day));
                self.days = Some((from.min(day), to.max(day)));
            }
            None => self.undated += 1,
        }
        match charge {
            Ok(charge) => {
                self.spend(record, charge);
                if let Some((ledger, assumed)) = &mut self.ledger {
                    ledger.add(record, charge, *assumed);
                }
                let is_too_long = is_above_window(record, charge);
                let has_more = !record.unread.is_empty() || !charge.lacking.is_empty();
                if has_more || is_too_long || record.recorded.is_some() {
                    let place = place();
                    if is_too_long {
                        self.too_long.get_or_insert_with(|| (0, place.clone())).0 += 1;
                    }
                    self.compare(record, charge, &place);
                    for what in record.unread.iter().chain(&charge.lacking) {
                        self.lack(what, &place);
                    }
                }
            }
            Err(error) => self.set_apart(record, error, place),
        }
    }

    fn lack(&mut self, what: &str, place: &Place) {
        let is_full = self.lacking.len() >= MOST_LACKING && !self.lacking.contains_key(what);
        let what = if is_full { "others" } else { what };
        let lacking = self.lacking.entry(what.to_owned()).or_insert_with(|| Lacking {
            what: what.to_owned(),
            calls: 0,
            first: place.clone(),
        });
        lacking.calls += 1;
    }

    /// Compares the cost with the one that the log has.
    fn compare(&mut self, record: &UsageRecord, charge: &Charge<'_>, place: &Place) {
        let Some(recorded) = record.recorded else { return };
        let sum = self.recorded.get_or_insert(RecordedSum {
            calls: 0,
            recorded_usd: Money::ZERO,
            cost_usd: Money::ZERO,
            disagreeing: 0,
            first: None,
        });
        sum.calls += 1;
        sum.recorded_usd += recorded.usd;
        sum.cost_usd += charge.cost;
        let off = (recorded.usd.as_f64() - charge.cost.as_f64()).abs();
        if off > 0.01 * recorded.usd.as_f64().max(charge.cost.as_f64()) {
            sum.disagreeing += 1;
            sum.first.get_or_insert_with(|| place.clone());
        }
    }

    /// What the sums lack.
    pub fn lacking(&self) -> impl Iterator<Item = &Lacking> {
        self.lacking.values()
    }

    /// The costs that the logs have of their own, beside those here.
    #[must_use]
    pub fn recorded(&self) -> Option<&RecordedSum> {
        self.recorded.as_ref()
    }

    fn spend(&mut self, record: &UsageRecord, charge: &Charge<'_>) {
        let by = self.by;
        let day = record.day.filter(|_| by.day);
        let model = by.model.then_some(charge.id.as_ref());
        let task = record.task.as_deref().filter(|_| by.task);
        self.groups.sum(GroupOf { day, model, task }, record.requests).add(record, charge);
    }

    /// Adds what another audit with the same keys has added up: the sums of parts are the sum of the
    /// whole, in any order. What is named once, such as the first call without a price, stays that of
    /// the audit that had it first.
    pub fn merge(&mut self, other: Self) {
        self.groups.merge(&other.groups);
        for lacking in other.lacking.into_values() {
            match self.lacking.get_mut(&lacking.what) {
                Some(sum) => sum.calls += lacking.calls,
                None => _ = self.lacking.insert(lacking.what.clone(), lacking),
            }
        }
        for (key, unpriced) in other.unpriced {
            match self.unpriced.get_mut(&key) {
                Some(sum) => {
                    sum.calls += unpriced.calls;
                    sum.prompt_tokens += unpriced.prompt_tokens;
                    sum.completion_tokens += unpriced.completion_tokens;
                }
                None => _ = self.unpriced.insert(key, unpriced),
            }
        }
        self.recorded = match (self.recorded.take(), other.recorded) {
            (Some(mut sum), Some(more)) => {
                sum.calls += more.calls;
                sum.recorded_usd += more.recorded_usd;
                sum.cost_usd += more.cost_usd;
                sum.disagreeing += more.disagreeing;
                sum.first = sum.first.or(more.first);
                Some(sum)
            }
            (one, other) => one.or(other),
        };
        self.ledger = match (self.ledger.take(), other.ledger) {
            (Some((mut rows, assumed)), Some((more, _))) => {
                rows.merge(more);
                Some((rows, assumed))
            }
            (one, other) => one.or(other),
        };
        self.too_long = match (self.too_long.take(), other.too_long) {
            (Some((calls, first)), Some((more, _))) => Some((calls + more, first)),
            (one, other) => one.or(other),
        };
        self.undated += other.undated;
        self.days = match (self.days, other.days) {
            (Some((from, to)), Some(days)) => Some((from.min(days.0), to.max(days.1))),
            (one, other) => one.or(other),
        };
    }

    fn set_apart(&mut self, record: &UsageRecord, error: &Error, place: impl FnOnce() -> Place) {
        let mut key = (record.model.clone(), error.message().to_owned());
        let (mut model, mut error) = (record.model.clone(), error.clone());
        if self.unpriced.len() >= MOST_LACKING && !self.unpriced.contains_key(&key) {
            let others = "no price is known for models after the first thousand of such";
            model = Some("others".to_owned());
            error = Error::new(ErrorKind::MissingPrice, others)
                .hint("name the models with --map or --catalog FILE");
            key = (model.clone(), others.to_owned());
        }
        let unpriced = self.unpriced.entry(key).or_insert_with(|| Unpriced {
            model: model.take(),
            error,
            calls: 0,
            prompt_tokens: Tokens::ZERO,
            completion_tokens: Tokens::ZERO,
            first: place(),
        });
        unpriced.calls += record.requests;
        unpriced.prompt_tokens += record.bill.usage.prompt();
        unpriced.completion_tokens += record.bill.usage.completion();
    }

    /// The groups in the order of day, model and task.
    pub fn groups(&self) -> impl Iterator<Item = (&GroupKey, &Spend)> {
        self.groups.sorted()
    }

    /// The sum of all groups.
    #[must_use]
    pub fn total(&self) -> Spend {
        let mut total = Spend::default();
        for (_, spend) in self.groups() {
            total.merge(spend);
        }
        total
    }

    /// The calls without a price.
    pub fn unpriced(&self) -> impl Iterator<Item = &Unpriced> {
        self.unpriced.values()
    }

    /// What is wrong with the sums, besides what could not be read at all.
    #[must_use]
    pub fn doubts(&self, tolerance: Tolerance) -> Doubts {
        let mut doubts = Doubts::default();
        if self.groups.others() > 0 {
            doubts.warnings.push(format!(
                "{} are summed up as `others`: the log has more groups than a report tells apart",
                plural(self.groups.others(), "call"),
            ));
        }
        let others = self.ledger.as_ref().map_or(0, |(ledger, _)| ledger.others());
        if others > 0 {
            doubts.warnings.push(format!(
                "{} are summed up as `others`: the log has more rows than a bill keeps apart",
                plural(others, "charge"),
            ));
        }
        for unpriced in self.unpriced.values() {
            let calls = plural(unpriced.calls, "call");
            let message = format!("{calls} without a price: {}", unpriced.error.message());
            let error = Error::new(unpriced.error.kind(), message)
                .hint(unpriced.error.hint_text().unwrap_or("add the price with --catalog FILE"));
            doubts.add(unpriced.first.marks(error), tolerance.unpriced);
        }
        for lacking in self.lacking.values() {
            let calls = plural(lacking.calls, "call");
            let message = format!("the sum lacks `{}` of {calls}", lacking.what);
            let error = Error::new(ErrorKind::Malformed, message)
                .hint("add the price with --catalog FILE, or leave it out with --skip-unread");
            doubts.add(lacking.first.marks(error), tolerance.unread);
        }
        if let Some((calls, first)) = &self.too_long {
            doubts.warnings.push(format!(
                "{} with a longer prompt than the window of the model: the first is {first}",
                plural(*calls, "call"),
            ));
        }
        if let Some(recorded) = self.recorded.as_ref().filter(|sum| sum.disagreeing > 0) {
            let first = recorded.first.as_ref().map(ToString::to_string).unwrap_or_default();
            doubts.warnings.push(format!(
                "the log has other costs for {} of {}: {} in all where the sum here is {}; the first is {first}",
                plural(recorded.disagreeing, "call"),
                recorded.calls,
                recorded.recorded_usd.in_detail(),
                recorded.cost_usd.in_detail(),
            ));
        }
        doubts
    }

    /// How many calls the log gives no day.
    #[must_use]
    pub fn undated(&self) -> u64 {
        self.undated
    }

    /// The first and the last day.
    #[must_use]
    pub fn days(&self) -> Option<(Date, Date)> {
        self.days
    }
}

/// Whether a single call has more prompt tokens than its model takes. Rows of tables and records of sessions may be
/// sums of many, though not of a million.
fn is_above_window(record: &UsageRecord, charge: &Charge<'_>) -> bool {
    let is_sum = matches!(
        record.format,
        LogFormat::Columns | LogFormat::Droid | LogFormat::Promptfoo | LogFormat::ParallelArrays
    );
    let window = charge.model.map(|(model, _)| model.limits.window);
    record.requests == 1
        && window.is_some_and(|window| {
            let most = window.get().saturating_mul(if is_sum { 1_000_000 } else { 1 });
            record.bill.usage.prompt().get() > most
        })
}
