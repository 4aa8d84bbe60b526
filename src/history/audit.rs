//! What logged calls cost, by group.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::Date;
use serde::Serialize;

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
        !self.kind.is_optional() || self.tokens > Tokens::ZERO
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
    /// The spend of one call.
    fn of(record: &UsageRecord, charge: &Charge<'_>) -> Self {
        let (truncated, empty) = (record.truncated(), record.empty());
        let cost_if = |counts: bool| if counts { charge.cost } else { Money::ZERO };
        Self {
            calls: 1,
            lines: charge.bill.lines().each_ref().map(|line| SpendLine {
                kind: line.kind,
                tokens: line.tokens,
                cost_usd: line.cost_usd,
            }),
            reasoning: record.bill.reasoning.unwrap_or_default(),
            reasoning_unknown: u64::from(record.bill.reasoning.is_none()),
            truncated: u64::from(truncated),
            truncated_cost: cost_if(truncated),
            empty: u64::from(empty),
            wasted: cost_if(empty),
            saved: charge.bill.saved(),
        }
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

    /// The tokens of one kind.
    fn tokens(&self, kind: CostKind) -> Tokens {
        self.lines.iter().filter(|line| line.kind == kind).map(|line| line.tokens).sum()
    }

    /// All prompt tokens.
    #[must_use]
    pub fn prompt(&self) -> Tokens {
        self.lines.iter().filter(|line| line.kind.is_prompt()).map(|line| line.tokens).sum()
    }

    /// Prompt tokens read from the cache.
    #[must_use]
    pub fn cached(&self) -> Tokens {
        self.tokens(CostKind::CachedInput)
    }

    /// All completion tokens, reasoning included.
    #[must_use]
    pub fn completion(&self) -> Tokens {
        self.tokens(CostKind::Output)
    }
}

/// Calls without a price, for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpriced {
    /// The model as logged.
    pub model: Option<String>,
    /// Why there is no price; its hint says what to do.
    pub error: Error,
    /// How many calls.
    pub calls: u64,
    /// Their prompt tokens.
    pub prompt: Tokens,
    /// Their completion tokens.
    pub completion: Tokens,
    /// Where the first one stands.
    pub first: String,
}

/// Adds up logged calls.
#[derive(Debug)]
pub struct Audit {
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
            Ok(charge) => self.spend(record, charge),
            Err(error) => self.set_apart(record, error, place),
        }
    }

    fn spend(&mut self, record: &UsageRecord, charge: &Charge<'_>) {
        let by = self.by;
        let day = record.day.filter(|_| by.day);
        let model = by.model.then_some(charge.model.id.as_str());
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
            spend.merge(&Spend::of(record, charge));
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
            prompt: Tokens::ZERO,
            completion: Tokens::ZERO,
            first: place(),
        });
        unpriced.calls += 1;
        unpriced.prompt += record.bill.usage.prompt();
        unpriced.completion += record.bill.usage.completion();
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
