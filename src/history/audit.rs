//! What logged calls cost, by group.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::groups::{GroupOf, Groups};
use super::ledger::Ledger;
use super::price_book::Charge;
use crate::billing::CostKind;
use crate::logs::{Finish, Place, UsageRecord};
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

/// What the calls of a group have in common; nothing where they are not grouped by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupKey {
    /// The day.
    pub day: Option<Date>,
    /// The id of the model.
    pub model: Option<String>,
    /// The label of the task.
    pub task: Option<String>,
}

/// Tokens of one kind and what they cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SpendLine {
    /// What is charged for.
    pub kind: CostKind,
    /// How many tokens.
    pub tokens: Tokens,
    /// What they cost, each call at its own rates.
    pub cost_usd: Money,
}

impl SpendLine {
    /// Whether reports list it: always, or where there is something on it.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        !self.kind.is_optional() || self.tokens > Tokens::ZERO || self.cost_usd > Money::ZERO
    }
}

/// The sum of calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spend {
    /// How many calls.
    pub calls: u64,
    /// Their tokens and costs by kind.
    pub lines: [SpendLine; CostKind::ALL.len()],
    /// Reasoning tokens, part of the output.
    pub reasoning: Tokens,
    /// How many calls do not tell their reasoning tokens.
    pub reasoning_unknown: u64,
    /// How many were cut off.
    pub truncated: u64,
    /// What those cost.
    pub truncated_cost: Money,
    /// How many of them came out empty.
    pub empty: u64,
    /// What the empty ones cost.
    pub wasted: Money,
    /// What reading from the cache saved, less what writing to it cost.
    pub saved: Money,
    /// What writing to the cache cost more than the same tokens without it.
    pub write_surcharge: Money,
    /// How many ended by themselves; the others were cut off, stopped, or the log does not say.
    pub ended: u64,
    /// How many the log marks as a success.
    pub succeeded: u64,
    /// How many it marks as a failure.
    pub failed: u64,
}

impl Default for Spend {
    fn default() -> Self {
        let nothing = |kind| SpendLine { kind, tokens: Tokens::ZERO, cost_usd: Money::ZERO };
        Self {
            calls: 0,
            lines: CostKind::ALL.map(nothing),
            reasoning: Tokens::ZERO,
            reasoning_unknown: 0,
            truncated: 0,
            truncated_cost: Money::ZERO,
            empty: 0,
            wasted: Money::ZERO,
            saved: Money::ZERO,
            write_surcharge: Money::ZERO,
            ended: 0,
            succeeded: 0,
            failed: 0,
        }
    }
}

impl Spend {
    /// Adds a call.
    fn add(&mut self, record: &UsageRecord, charge: &Charge<'_>) {
        let (truncated, empty) = (record.truncated(), record.empty());
        let cost_if = |counts: bool| if counts { charge.cost } else { Money::ZERO };
        self.calls += record.requests;
        for line in charge.bill.lines() {
            let sum = &mut self.lines[line.kind as usize];
            sum.tokens += line.tokens;
            sum.cost_usd += line.cost_usd;
        }
        self.reasoning += record.bill.reasoning.unwrap_or_default();
        self.reasoning_unknown += u64::from(record.bill.reasoning.is_none());
        self.truncated += u64::from(truncated);
        self.truncated_cost += cost_if(truncated);
        self.empty += u64::from(empty);
        self.wasted += cost_if(empty);
        self.saved += charge.bill.saved();
        self.write_surcharge += charge.bill.write_surcharge();
        self.ended += u64::from(record.finish == Finish::Stop);
        self.succeeded += u64::from(record.success == Some(true));
        self.failed += u64::from(record.success == Some(false));
    }

    /// Adds the sum of other calls.
    pub fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        for (sum, line) in self.lines.iter_mut().zip(&other.lines) {
            sum.tokens += line.tokens;
            sum.cost_usd += line.cost_usd;
        }
        self.reasoning += other.reasoning;
        self.reasoning_unknown += other.reasoning_unknown;
        self.truncated += other.truncated;
        self.truncated_cost += other.truncated_cost;
        self.empty += other.empty;
        self.wasted += other.wasted;
        self.saved += other.saved;
        self.write_surcharge += other.write_surcharge;
        self.ended += other.ended;
        self.succeeded += other.succeeded;
        self.failed += other.failed;
    }

    /// What all calls cost.
    #[must_use]
    pub fn cost(&self) -> Money {
        self.lines.iter().map(|line| line.cost_usd).sum()
    }

    /// The tokens of such kinds.
    fn tokens(&self, is_kind: fn(CostKind) -> bool) -> Tokens {
        self.lines.iter().filter(|line| is_kind(line.kind)).map(|line| line.tokens).sum()
    }

    /// All prompt tokens.
    #[must_use]
    pub fn prompt(&self) -> Tokens {
        self.tokens(CostKind::is_prompt)
    }

    /// Prompt tokens read from the cache.
    #[must_use]
    pub fn cached(&self) -> Tokens {
        self.tokens(CostKind::is_cached)
    }

    /// Prompt tokens written to the cache.
    #[must_use]
    pub fn written(&self) -> Tokens {
        self.tokens(|kind| matches!(kind, CostKind::CacheWrite | CostKind::CacheWriteExtended))
    }

    /// At least this much of what writing to the cache cost more bought nothing: each token that is read
    /// was written once, so of more tokens written than read the rest was never read.
    #[must_use]
    pub fn written_in_vain(&self) -> Money {
        let (written, read) = (self.written(), self.cached());
        let unread = written.saturating_sub(read);
        if unread == Tokens::ZERO || self.write_surcharge <= Money::ZERO {
            return Money::ZERO;
        }
        self.write_surcharge.share(unread.get(), written.get())
    }

    /// What a call cost that ended by itself, those that did not included; null where none did, or the
    /// log does not say of any.
    #[must_use]
    pub fn cost_per_ended(&self) -> Option<Money> {
        (self.ended > 0).then(|| self.cost().share(1, self.ended))
    }

    /// What a success cost, failures and calls without a mark included; null where none is marked as one.
    #[must_use]
    pub fn cost_per_success(&self) -> Option<Money> {
        (self.succeeded > 0).then(|| self.cost().share(1, self.succeeded))
    }

    /// All completion tokens, reasoning included.
    #[must_use]
    pub fn completion(&self) -> Tokens {
        self.tokens(CostKind::is_completion)
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
                let has_more = !record.unread.is_empty() || !charge.lacking.is_empty();
                if has_more || record.recorded.is_some() {
                    let place = place();
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
