//! What logged calls cost, by group.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::price_book::Charge;
use crate::billing::CostKind;
use crate::logs::UsageRecord;
use crate::units::{Money, Tokens};
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
    }

    fn merge(&mut self, other: &Self) {
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
    pub first: String,
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
    pub first: String,
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
    pub first: Option<String>,
}

/// How many kinds of things that sums lack are told apart.
const MOST_LACKING: usize = 1_000;

/// Adds up logged calls.
#[derive(Debug)]
pub struct Audit {
    lacking: BTreeMap<String, Lacking>,
    recorded: Option<RecordedSum>,
    by: GroupBy,
    groups: BTreeMap<GroupKey, Spend>,
    /// The group of the last call, which the next one is mostly in as well.
    last: Option<(GroupKey, Spend)>,
    unpriced: BTreeMap<(Option<String>, String), Unpriced>,
    undated: u64,
    days: Option<(Date, Date)>,
}

impl Audit {
    /// An empty audit.
    #[must_use]
    pub fn new(by: GroupBy) -> Self {
        Self {
            lacking: BTreeMap::new(),
            recorded: None,
            by,
            groups: BTreeMap::new(),
            last: None,
            unpriced: BTreeMap::new(),
            undated: 0,
            days: None,
        }
    }

    /// Adds a call with its charge; one without a price is kept apart. `place` names it.
    pub fn add(
        &mut self,
        record: &UsageRecord,
        charge: &Result<Charge<'_>, Error>,
        place: impl FnOnce() -> String,
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

    fn lack(&mut self, what: &str, place: &str) {
        let is_full = self.lacking.len() >= MOST_LACKING && !self.lacking.contains_key(what);
        let what = if is_full { "others" } else { what };
        let lacking = self.lacking.entry(what.to_owned()).or_insert_with(|| Lacking {
            what: what.to_owned(),
            calls: 0,
            first: place.to_owned(),
        });
        lacking.calls += 1;
    }

    /// Compares the cost with the one that the log has.
    fn compare(&mut self, record: &UsageRecord, charge: &Charge<'_>, place: &str) {
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
            sum.first.get_or_insert_with(|| place.to_owned());
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
        let same = self.last.as_ref().is_some_and(|(key, _)| {
            key.day == day && key.model.as_deref() == model && key.task.as_deref() == task
        });
        if !same {
            self.put_back();
            let key = GroupKey {
                day,
                model: model.map(ToOwned::to_owned),
                task: task.map(ToOwned::to_owned),
            };
            let spend = self.groups.remove(&key).unwrap_or_default();
            self.last = Some((key, spend));
        }
        if let Some((_, spend)) = &mut self.last {
            spend.add(record, charge);
        }
    }

    fn put_back(&mut self) {
        if let Some((key, spend)) = self.last.take() {
            self.groups.insert(key, spend);
        }
    }

    fn set_apart(&mut self, record: &UsageRecord, error: &Error, place: impl FnOnce() -> String) {
        let key = (record.model.clone(), error.message().to_owned());
        let unpriced = self.unpriced.entry(key).or_insert_with(|| Unpriced {
            model: record.model.clone(),
            error: error.clone(),
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
    pub fn groups(&mut self) -> impl Iterator<Item = (&GroupKey, &Spend)> {
        self.put_back();
        self.groups.iter()
    }

    /// The sum of all groups.
    pub fn total(&mut self) -> Spend {
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
