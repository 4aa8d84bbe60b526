//! Tables: CSV, and flat JSON objects, with a column for each figure.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use super::cell::Cell;
use super::conversation;
use super::day::{self, Moment};
use super::exporter::deepseek_export;
use super::figures::{
    Count, Figure, Figures, Meaning, Parts, Place, amount, column_may_cost, meaning,
};
use super::object::{Object, malformed};
use super::proxy_cache;
use super::record::{
    Entry, Finish, LogFormat, RecordedCost, ServiceTier, Unbilled, UsageRecord, Visible,
};
use super::success;
use super::task::TaskFrom;
use crate::catalog::Tier;
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// A figure that a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Model,
    PromptTokens,
    CachedTokens,
    CacheWriteTokens,
    CacheWriteExtendedTokens,
    CompletionTokens,
    ReasoningTokens,
    TotalTokens,
    ContentTokens,
    FinishReason,
    Cap,
    Time,
    Task,
    Success,
    Id,
    Tier,
    Effort,
    Cost,
    Requests,
    Conversation,
    Prompt,
    Turn,
    Batch,
    Context,
    CacheHit,
}

/// Every field with its name and the other names by which a column is recognised. Figures are
/// known under every spelling that usage objects have as well.
const FIELDS: [(Field, &str, &[&str]); 25] = [
    (
        Field::Model,
        "model",
        &[
            "response_model",
            "request_model",
            "provided_model_name",
            "model_version",
            "model_permaslug",
            "model_name",
            "modelId",
        ],
    ),
    (Field::PromptTokens, "prompt_tokens", &[]),
    (Field::CachedTokens, "cached_tokens", &[]),
    (Field::CacheWriteTokens, "cache_write_tokens", &[]),
    (Field::CacheWriteExtendedTokens, "cache_write_extended_tokens", &[]),
    (Field::CompletionTokens, "completion_tokens", &[]),
    (Field::ReasoningTokens, "reasoning_tokens", &[]),
    (Field::TotalTokens, "total_tokens", &[]),
    (Field::ContentTokens, "content_tokens", &[]),
    (Field::FinishReason, "finish_reason", &["stop_reason", "finish_reason_normalized"]),
    (Field::Cap, "max_completion_tokens", &["max_output_tokens", "max_tokens"]),
    (
        Field::Time,
        "time",
        &[
            "created_utc",
            "request_created_at",
            "day",
            "usage_date_utc",
            "start_time_iso",
            "datetime",
        ],
    ),
    (Field::Task, "task", &[]),
    (Field::Success, "success", &["passed", "task_success", "is_success"]),
    (Field::Id, "id", &["request_id", "response_id", "generation_id"]),
    (Field::Tier, "service_tier", &["tier", "usage_type"]),
    (Field::Effort, "reasoning_effort", &["effort"]),
    (Field::Cost, "cost", &[]),
    (Field::Requests, "requests", &["num_model_requests", "num_requests"]),
    (
        Field::Conversation,
        "conversation",
        &["conversation_id", "session_id", "thread_id", "trace_id"],
    ),
    (Field::Prompt, "prompt_id", &["prompt_hash"]),
    (Field::Turn, "turn", &["turn_index"]),
    (Field::Batch, "batch", &["is_batch"]),
    (Field::Context, "context_window", &[]),
    (
        Field::CacheHit,
        "cache_hit",
        &["cacheHit", "from_cache", "fromCache", "cache_status", "cached"],
    ),
];

impl Field {
    /// The figure that the field is.
    fn figure(self) -> Option<Figure> {
        Some(match self {
            Self::PromptTokens => Figure::Prompt,
            Self::CachedTokens => Figure::Cached,
            Self::CacheWriteTokens => Figure::Written,
            Self::CacheWriteExtendedTokens => Figure::WrittenLong,
            Self::CompletionTokens => Figure::Completion,
            Self::ReasoningTokens => Figure::Reasoning,
            Self::TotalTokens => Figure::Total,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        FIELDS.iter().find(|(known, ..)| *known == self).map_or("", |(_, name, _)| *name)
    }
}

/// Which columns hold which figures: those that the user names, else those with a known name.
///
/// ```
/// use outlay::logs::Columns;
///
/// let columns: Columns = "completion_tokens=out,task=kind".parse()?;
/// assert!("completion=out".parse::<Columns>().is_err());
/// # Ok::<(), outlay::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    named: BTreeMap<Field, String>,
}

impl FromStr for Columns {
    type Err = Error;

    /// Reads `field=column`, several with commas between them.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut named = BTreeMap::new();
        for pair in text.split(',') {
            let refuse = |message: String| {
                let fields: Vec<_> = FIELDS.iter().map(|(_, name, _)| *name).collect();
                Error::new(ErrorKind::Usage, message).hint(format!(
                    "write field=column, several with commas; the fields are {}",
                    fields.join(", ")
                ))
            };
            let (name, column) = pair
                .split_once('=')
                .map(|(name, column)| (name.trim(), column.trim()))
                .filter(|(_, column)| !column.is_empty())
                .ok_or_else(|| refuse(format!("`{pair}` names no column")))?;
            let field = FIELDS.iter().find(|(_, known, _)| *known == name);
            let (field, ..) = field.ok_or_else(|| refuse(format!("`{name}` is not a field")))?;
            if named.insert(*field, column.to_owned()).is_some() {
                return Err(refuse(format!("`{name}` is given two columns")));
            }
        }
        Ok(Self { named })
    }
}

impl Columns {
    /// Whether the user names any.
    pub(super) fn are_named(&self) -> bool {
        !self.named.is_empty()
    }

    /// The names under which a field is looked for.
    fn names(&self, field: Field) -> impl Iterator<Item = &str> {
        let named = self.named.get(&field).map(String::as_str);
        let is_time = field == Field::Time && named.is_none();
        let known = FIELDS.iter().filter(move |(known, ..)| *known == field && named.is_none());
        named
            .into_iter()
            .chain(
                known.flat_map(|(_, name, others)| std::iter::once(name).chain(*others).copied()),
            )
            .chain(day::KEYS.into_iter().filter(move |_| is_time))
    }

    /// Whether a JSON object has what a record needs.
    pub(super) fn fit(&self, object: &Object<'_>) -> bool {
        if self.named.contains_key(&Field::CompletionTokens) {
            return self.names(Field::CompletionTokens).any(|name| object.at(name).is_some());
        }
        let is_completion = |key: &str| self.role(key) == Role::Figure(Figure::Completion);
        object.members().any(|(key, raw)| {
            is_completion(key)
                && raw.get().starts_with(|c: char| c.is_ascii_digit() || c == '"' || c == '-')
        })
    }

    /// Reads a flat JSON object; the names that the user gives may be paths.
    pub(super) fn read(&self, object: &Object<'_>) -> Result<Entry, Error> {
        let mut row = Row::default();
        for (field, path) in &self.named {
            if let Some(text) = object.at(path) {
                row.take(Role::of(*field), field.name(), Cell::Text(&text))?;
            }
        }
        let named: BTreeSet<&str> = self.named.values().map(String::as_str).collect();
        for (key, _) in object.members() {
            let role = self.role(key);
            if role == Role::Nothing || named.contains(key) {
                continue;
            }
            // A name of a field that the user gave another column is that of something else.
            if let Some(text) = object.at(key) {
                row.take(role, key, Cell::Text(&text))?;
            }
        }
        row.record().map(Entry::Call)
    }

    /// What a column of this name holds, when the user does not say.
    fn role(&self, column: &str) -> Role {
        let taken = |role: Role| self.named.keys().any(|field| Role::of(*field) == role);
        let role = Role::by_name(column);
        if role != Role::Nothing && taken(role) { Role::Nothing } else { role }
    }
}

/// What is done with the cells of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A number of tokens.
    Figure(Figure),
    /// Another thing that a usage object can hold, such as uses of a tool.
    Other,
    /// Something that is no part of a usage object.
    Field(Field),
    /// What may cost something and is not understood.
    Unread,
    Nothing,
}

impl Role {
    fn of(field: Field) -> Self {
        field.figure().map_or(Self::Field(field), Self::Figure)
    }

    fn by_name(column: &str) -> Self {
        let known = |(_, name, others): &&(Field, &str, &[&str])| {
            *name == column || others.contains(&column)
        };
        if let Some((field, ..)) = FIELDS.iter().find(known) {
            return Self::of(*field);
        }
        if day::KEYS.contains(&column) {
            return Self::Field(Field::Time);
        }
        match meaning(Place::Top, column) {
            Meaning::Figure(figure) | Meaning::Either(figure, _) => {
                // A column `input` or `output` is mostly the text.
                let is_text =
                    ["input", "output", "total", "reasoning", "cached", "tool", "thoughts"];
                if is_text.contains(&column) { Self::Nothing } else { Self::Figure(figure) }
            }
            Meaning::Cost | Meaning::CostOrParts => Self::Field(Field::Cost),
            Meaning::Tool(_) | Meaning::Ticks | Meaning::Word(_) => Self::Other,
            Meaning::Unknown if column_may_cost(column) => Self::Unread,
            _ => Self::Nothing,
        }
    }
}

/// Where the figures are in the rows of a CSV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    names: Vec<String>,
    delimiter: u8,
    roles: Vec<Role>,
    task: Option<usize>,
    /// Whether the rows are records of a gateway's database, with objects as text in their cells.
    is_export: bool,
    /// Whether cached and written tokens are certain to be inside the prompt.
    is_inside: bool,
}

impl Header {
    /// Finds the columns of a header.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when a named column is missing, two columns have one name, or no
    /// column has completion tokens.
    pub(super) fn new(
        header: &[String],
        delimiter: u8,
        columns: &Columns,
        task: &TaskFrom,
    ) -> Result<Self, Error> {
        let place = |name: &str| header.iter().position(|column| column.trim() == name);
        let listed = || format!("its columns are {}", header.join(", "));
        let role = |name: &String| match columns.role(name.trim()) {
            Role::Nothing => columns.role(&as_key(name)),
            role => role,
        };
        let mut roles: Vec<Role> = header.iter().map(role).collect();
        for (field, column) in &columns.named {
            match place(column) {
                Some(i) => roles[i] = Role::of(*field),
                None => {
                    return Err(malformed(format!("there is no column `{column}`")).hint(listed()));
                }
            }
        }
        let has = |name: &str| place(name).is_some();
        let is_of_deepseek =
            deepseek_export::COLUMNS.iter().any(|columns| columns.iter().all(|name| has(name)));
        let is_export = columns.named.is_empty()
            && (is_of_deepseek
                || has("call_type") && has("startTime")
                || has("request_created_at")
                || (has("traceId") || has("trace_id"))
                    && (has("usageDetails") || has("usage_details")));
        let header_of = Self {
            names: header.iter().map(|name| name.trim().to_owned()).collect(),
            delimiter,
            roles,
            task: task.path().and_then(place),
            is_export,
            is_inside: false,
        };
        header_of.check(listed)?;
        Ok(header_of)
    }

    /// The same columns, in which cached and written tokens are certain to be inside the prompt.
    pub(super) fn inside(self) -> Self {
        Self { is_inside: true, ..self }
    }

    fn check(&self, listed: impl Fn() -> String) -> Result<(), Error> {
        if !self.is_export && !self.roles.contains(&Role::Figure(Figure::Completion)) {
            return Err(malformed("no column has completion tokens".to_owned()).hint(format!(
                "{}; name the column with --map completion_tokens=COLUMN",
                listed()
            )));
        }
        let matters = |i: usize| self.roles[i] != Role::Nothing;
        let twice = (0..self.names.len())
            .find(|i| matters(*i) && self.names[..*i].contains(&self.names[*i]));
        match twice {
            Some(i) => Err(malformed(format!("two columns are named `{}`", self.names[i]))
                .hint("give each column a name of its own")),
            None => Ok(()),
        }
    }

    /// The character between columns.
    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The name of the last column, where what a row costs is read from it.
    pub(super) fn last_that_costs(&self) -> Option<&str> {
        let costs = match self.roles.last()? {
            Role::Figure(_) | Role::Other | Role::Unread => true,
            Role::Field(field) => matches!(
                field,
                Field::Model
                    | Field::Time
                    | Field::Tier
                    | Field::Cost
                    | Field::Requests
                    | Field::Batch
            ),
            Role::Nothing => self.is_export,
        };
        self.names.last().filter(|_| costs).map(String::as_str)
    }

    /// Whether the cells of a column say anything.
    pub(super) fn reads(&self, column: usize) -> bool {
        self.is_export
            || self.task == Some(column)
            || self.roles.get(column).is_some_and(|role| *role != Role::Nothing)
    }

    /// The row as the JSON object that it was made of, where it is a record of an export.
    pub(super) fn as_json(&self, row: &[Cell<'_>]) -> Option<String> {
        let cells = self.names.iter().zip(row).filter(|(_, cell)| !cell.is_blank());
        let object: serde_json::Map<_, _> =
            cells.map(|(name, cell)| (name.clone(), cell.text().into())).collect();
        (self.is_export && row.len() == self.names.len())
            .then(|| serde_json::Value::Object(object).to_string())
    }

    /// Reads a row that is one call.
    pub(super) fn read(&self, row: &[Cell<'_>], task: &TaskFrom) -> Result<Entry, Error> {
        if row.len() != self.names.len() {
            return Err(malformed(format!(
                "the row has {}, the header {}",
                fields(row.len()),
                fields(self.names.len())
            )));
        }
        let mut found = Row { is_inside: self.is_inside, ..Row::default() };
        let mut first = [false; 32];
        for ((role, name), cell) in self.roles.iter().zip(&self.names).zip(row) {
            // Of several columns for a time or an id, the first that has one counts.
            if let Role::Field(field) = role {
                let seen = &mut first[*field as usize];
                if *seen || cell.is_blank() {
                    continue;
                }
                *seen = true;
            }
            if *role != Role::Nothing {
                found.take(*role, name, *cell)?;
            }
        }
        if found.has_nothing() {
            // Reports of usage have a row for every bucket of time, with or without calls.
            return Ok(Entry::NoCall);
        }
        let is_hit = found.text(Field::CacheHit).is_some_and(|mark| proxy_cache::is_mark(&mark));
        let mut record = found.record()?;
        if is_hit && record.cost_nothing() {
            return Ok(Entry::Unbilled(Unbilled::ProxyCache));
        }
        match task {
            TaskFrom::Label(label) => record.task = Some(label.clone()),
            TaskFrom::Path(_) | TaskFrom::Nowhere => {
                let label = self.task.and_then(|i| row.get(i)).map(Cell::text);
                record.task =
                    label.filter(|label| !label.is_empty()).map(Cow::into_owned).or(record.task);
            }
        }
        Ok(Entry::Call(record))
    }
}

/// A heading such as `Response Model` as a key.
fn as_key(heading: &str) -> String {
    heading.trim().to_lowercase().replace([' ', '-'], "_")
}

/// `1 field`, `3 fields`.
fn fields(n: usize) -> String {
    format!("{n} field{}", if n == 1 { "" } else { "s" })
}

/// What the cells of a row say.
#[derive(Default)]
struct Row {
    figures: Figures,
    texts: BTreeMap<Field, String>,
    moment: Option<Moment>,
    has_cells: bool,
    is_inside: bool,
}

impl Row {
    fn take(&mut self, role: Role, name: &str, cell: Cell<'_>) -> Result<(), Error> {
        if cell.is_blank() {
            return Ok(());
        }
        match role {
            Role::Figure(figure) => {
                self.has_cells = true;
                let count =
                    cell.tokens().map_err(|e| malformed(format!("`{name}`: {}", e.message())))?;
                if let Some(tokens) = count {
                    self.figures.set_cell(figure, tokens, name);
                }
            }
            Role::Field(Field::Time) if cell.moment().is_some() => self.moment = cell.moment(),
            Role::Field(field) => {
                self.texts.entry(field).or_insert_with(|| cell.text().into_owned());
            }
            Role::Other => self.figures.take_text(name, &cell.text())?,
            Role::Unread => {
                let cell = cell.text();
                let is_zero = cell.trim().parse::<f64>().is_ok_and(|x| x == 0.0);
                let is_number = cell.trim().trim_start_matches('$').parse::<f64>().is_ok();
                if is_number && !is_zero {
                    self.figures.unread.push(name.to_owned());
                }
            }
            Role::Nothing => {}
        }
        Ok(())
    }

    fn has_nothing(&self) -> bool {
        !self.has_cells
            && !self.texts.contains_key(&Field::Model)
            && !self.texts.contains_key(&Field::Id)
    }

    fn text(&mut self, field: Field) -> Option<String> {
        self.texts.remove(&field).filter(|text| !text.trim().is_empty())
    }

    fn tokens(&mut self, field: Field) -> Result<Option<Tokens>, Error> {
        let Some(cell) = self.text(field) else { return Ok(None) };
        Count::in_cell(&cell).map_err(|e| malformed(format!("`{}`: {}", field.name(), e.message())))
    }

    fn record(mut self) -> Result<UsageRecord, Error> {
        let mut figures = std::mem::take(&mut self.figures);
        let currency = figures.currency.take();
        let parts = if self.is_inside {
            figures.put_in_details();
            Parts::Inside
        } else {
            Parts::BySpelling
        };
        let mut record = UsageRecord::of(LogFormat::Columns, figures, parts)?;
        record.id = self.text(Field::Id);
        record.model = self.text(Field::Model);
        let written = self.text(Field::Time).map_or(Ok(None), |time| day::in_text(&time))?;
        record.set_moment(self.moment.or(written));
        if let Some(tier) = self.text(Field::Tier) {
            record.tier = ServiceTier::of(&tier);
        }
        if let Some(window) = self.text(Field::Context) {
            record.set_context(&window);
        }
        if let Some(batch) = self.text(Field::Batch) {
            // The name of a batch of one's own says nothing about the price.
            if ["true", "yes"].contains(&batch.trim().to_ascii_lowercase().as_str()) {
                record.tier = ServiceTier::Known(Tier::Batch);
            }
        }
        record.finish =
            self.text(Field::FinishReason).map_or(Finish::Unknown, |reason| Finish::of(&reason));
        record.visible =
            self.tokens(Field::ContentTokens)?.map_or(Visible::Unknown, Visible::Tokens);
        record.cap = self.tokens(Field::Cap)?;
        record.effort = self.text(Field::Effort);
        record.task = self.text(Field::Task);
        record.success = self.text(Field::Success).and_then(|text| success::mark(&text));
        let prompt = conversation::prompt(self.text(Field::Prompt));
        record.group = conversation::conversation(self.text(Field::Conversation)).or(prompt);
        record.turn = self.text(Field::Turn).and_then(|turn| turn.trim().parse().ok());
        if let Some(requests) = self.text(Field::Requests).and_then(|n| n.trim().parse().ok()) {
            record.requests = requests;
        }
        if let Some(cost) = self.text(Field::Cost) {
            let dollars = cost.trim().trim_start_matches('$').parse().ok();
            match dollars.and_then(amount) {
                Some(usd) => record.recorded = Some(RecordedCost { usd, is_bill: false }),
                None => record.unread.push(format!("cost `{cost}`")),
            }
        }
        if let Some(currency) = currency {
            record.set_currency(&currency);
        }
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_read_strictly() {
        let columns: Columns = "prompt_tokens = in , task=kind".parse().unwrap();
        assert_eq!(columns.names(Field::PromptTokens).collect::<Vec<_>>(), ["in"]);
        assert_eq!(
            columns.names(Field::Effort).collect::<Vec<_>>(),
            ["reasoning_effort", "effort"]
        );
        for (text, why) in [
            ("", "names no column"),
            ("task=", "names no column"),
            ("tasks=kind", "`tasks` is not a field"),
            ("task=a,task=b", "two columns"),
        ] {
            let error = text.parse::<Columns>().unwrap_err();
            assert!(error.message().contains(why), "{error}");
        }
    }
}
