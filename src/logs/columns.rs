//! Tables: CSV, and flat JSON objects, with a column for each figure.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::counts::{Count, Counts};
use super::day;
use super::object::{Object, malformed};
use super::record::{Entry, Finish, LogFormat, ServiceTier, UsageRecord, Visible};
use super::task::TaskFrom;
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// A figure that a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Model,
    PromptTokens,
    CachedTokens,
    CacheWriteTokens,
    CompletionTokens,
    ReasoningTokens,
    TotalTokens,
    ContentTokens,
    FinishReason,
    Cap,
    Time,
    Task,
    Id,
    Tier,
    Effort,
}

/// Every field with its name and the other names that columns have without being told.
const FIELDS: [(Field, &str, &[&str]); 15] = [
    (Field::Model, "model", &["response_model", "request_model", "provided_model_name"]),
    (Field::PromptTokens, "prompt_tokens", &["input_tokens"]),
    (Field::CachedTokens, "cached_tokens", &["prompt_cache_read_tokens", "cached_input_tokens"]),
    (Field::CacheWriteTokens, "cache_write_tokens", &["prompt_cache_write_tokens"]),
    (Field::CompletionTokens, "completion_tokens", &["output_tokens"]),
    (Field::ReasoningTokens, "reasoning_tokens", &["reasoning_output_tokens"]),
    (Field::TotalTokens, "total_tokens", &[]),
    (Field::ContentTokens, "content_tokens", &[]),
    (Field::FinishReason, "finish_reason", &["stop_reason"]),
    (Field::Cap, "max_completion_tokens", &["max_output_tokens", "max_tokens"]),
    (
        Field::Time,
        "time",
        &[
            "timestamp",
            "created",
            "created_at",
            "created_utc",
            "start_time",
            "startTime",
            "request_created_at",
            "day",
        ],
    ),
    (Field::Task, "task", &[]),
    (Field::Id, "id", &["request_id", "response_id"]),
    (Field::Tier, "service_tier", &["tier"]),
    (Field::Effort, "reasoning_effort", &["effort"]),
];

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
    pub(crate) fn are_named(&self) -> bool {
        !self.named.is_empty()
    }

    /// The names under which a field is looked for.
    fn names(&self, field: Field) -> impl Iterator<Item = &str> {
        let named = self.named.get(&field).map(String::as_str);
        let known = FIELDS.iter().filter(move |(known, ..)| *known == field && named.is_none());
        named.into_iter().chain(
            known.flat_map(|(_, name, others)| std::iter::once(name).chain(*others).copied()),
        )
    }

    /// Whether a JSON object has what a record needs.
    pub(crate) fn fit(&self, object: &Object<'_>) -> bool {
        self.names(Field::CompletionTokens).any(|name| object.at(name).is_some())
    }

    /// Reads a flat JSON object; the names may be paths.
    pub(crate) fn read(&self, object: &Object<'_>) -> Result<Entry, Error> {
        record(&|field| self.names(field).find_map(|name| object.at(name))).map(Entry::Call)
    }
}

/// Where the figures stand in the rows of a CSV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    width: usize,
    delimiter: u8,
    places: BTreeMap<Field, usize>,
    task: Option<usize>,
}

impl Header {
    /// Finds the columns of a header.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when a named column is missing, or no column has completion tokens.
    pub(crate) fn new(
        header: &[String],
        delimiter: u8,
        columns: &Columns,
        task: &TaskFrom,
    ) -> Result<Self, Error> {
        let place = |name: &str| header.iter().position(|column| column.trim() == name);
        let listed = || format!("its columns are {}", header.join(", "));
        let mut places = BTreeMap::new();
        for (field, ..) in FIELDS {
            if let Some(i) = columns.names(field).find_map(place) {
                places.insert(field, i);
            } else if let Some(missing) = columns.named.get(&field) {
                return Err(malformed(format!("there is no column `{missing}`")).hint(listed()));
            }
        }
        if !places.contains_key(&Field::CompletionTokens) {
            return Err(malformed("no column has completion tokens".to_owned()).hint(format!(
                "{}; name the column with --map completion_tokens=COLUMN",
                listed()
            )));
        }
        let task = task.path().and_then(place);
        Ok(Self { width: header.len(), delimiter, places, task })
    }

    /// The character between columns.
    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Reads a row.
    pub(crate) fn read(&self, row: &csv::StringRecord, task: &TaskFrom) -> Result<Entry, Error> {
        if row.len() != self.width {
            return Err(malformed(format!(
                "the row has {}, the header {}",
                fields(row.len()),
                fields(self.width)
            )));
        }
        let cell = |field| row.get(*self.places.get(&field)?).map(ToOwned::to_owned);
        let mut record = record(&cell)?;
        match task {
            TaskFrom::Label(label) => record.task = Some(label.clone()),
            TaskFrom::Path(_) | TaskFrom::Nowhere => {
                let label = self.task.and_then(|i| row.get(i)).filter(|label| !label.is_empty());
                record.task = label.map(ToOwned::to_owned).or(record.task);
            }
        }
        Ok(Entry::Call(record))
    }
}

/// `1 field`, `3 fields`.
fn fields(n: usize) -> String {
    format!("{n} field{}", if n == 1 { "" } else { "s" })
}

fn record(cell: &dyn Fn(Field) -> Option<String>) -> Result<UsageRecord, Error> {
    let text = |field| cell(field).filter(|text| !text.trim().is_empty());
    let tokens = |field| -> Result<Option<Tokens>, Error> {
        text(field).map_or(Ok(None), |cell| Count::in_cell(&cell)).map_err(|e| {
            let name =
                FIELDS.iter().find(|(known, ..)| *known == field).map_or("", |(_, name, _)| *name);
            malformed(format!("`{name}`: {}", e.message()))
        })
    };
    let counts = Counts {
        prompt: tokens(Field::PromptTokens)?,
        cached: tokens(Field::CachedTokens)?,
        written: tokens(Field::CacheWriteTokens)?,
        completion: tokens(Field::CompletionTokens)?,
        reasoning: tokens(Field::ReasoningTokens)?,
        total: tokens(Field::TotalTokens)?,
    };
    let mut record = UsageRecord::new(LogFormat::Columns, counts.bill()?);
    record.id = text(Field::Id);
    record.model = text(Field::Model);
    record.day = text(Field::Time).map_or(Ok(None), |time| day::in_text(&time))?;
    record.tier =
        text(Field::Tier).map_or_else(ServiceTier::default, |tier| ServiceTier::of(&tier));
    record.finish = text(Field::FinishReason).map_or(Finish::Unknown, |reason| Finish::of(&reason));
    record.visible = tokens(Field::ContentTokens)?.map_or(Visible::Unknown, Visible::Tokens);
    record.cap = tokens(Field::Cap)?;
    record.effort = text(Field::Effort);
    record.task = text(Field::Task);
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_read_strictly() {
        let columns: Columns = "prompt_tokens = in , task=kind".parse().unwrap();
        assert_eq!(columns.names(Field::PromptTokens).collect::<Vec<_>>(), ["in"]);
        assert_eq!(columns.names(Field::TotalTokens).collect::<Vec<_>>(), ["total_tokens"]);
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
