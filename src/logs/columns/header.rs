//! The columns of a table.

use std::borrow::Cow;

use super::field::Field;
use super::named::Columns;
use super::role::Role;
use super::row::Row;
use crate::Error;
#[cfg(doc)]
use crate::ErrorKind;
use crate::logs::cell::Cell;
use crate::logs::exporter::deepseek_export;
use crate::logs::figures::Figure;
use crate::logs::object::malformed;
use crate::logs::proxy_cache;
use crate::logs::record::{Entry, Unbilled};
use crate::logs::task::TaskFrom;

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
    pub(in crate::logs) fn new(
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
    pub(in crate::logs) fn inside(self) -> Self {
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
    pub(in crate::logs) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The name of the last column, where what a row costs is read from it.
    pub(in crate::logs) fn last_that_costs(&self) -> Option<&str> {
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
    pub(in crate::logs) fn reads(&self, column: usize) -> bool {
        self.is_export
            || self.task == Some(column)
            || self.roles.get(column).is_some_and(|role| *role != Role::Nothing)
    }

    /// The row as the JSON object that it was made of, where it is a record of an export.
    pub(in crate::logs) fn as_json(&self, row: &[Cell<'_>]) -> Option<String> {
        if !self.is_export || row.len() != self.names.len() {
            return None;
        }
        let cells = self.names.iter().zip(row).filter(|(_, cell)| !cell.is_blank());
        let object: serde_json::Map<_, _> =
            cells.map(|(name, cell)| (name.clone(), cell.text().into())).collect();
        Some(serde_json::Value::Object(object).to_string())
    }

    /// Reads a row that is one call.
    pub(in crate::logs) fn read(&self, row: &[Cell<'_>], task: &TaskFrom) -> Result<Entry, Error> {
        if row.len() != self.names.len() {
            return Err(malformed(format!(
                "the row has {}, the header {}",
                fields(row.len()),
                fields(self.names.len())
            )));
        }
        let mut found = Row::new(self.is_inside);
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
        Ok(record.into())
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
