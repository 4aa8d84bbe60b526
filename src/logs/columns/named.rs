//! Which columns the user names, and flat JSON objects, which have a column for each figure.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use super::field::{FIELDS, Field};
use super::role::Role;
use super::row::Row;
use crate::logs::cell::Cell;
use crate::logs::day;
use crate::logs::figures::Figure;
use crate::logs::object::Object;
use crate::logs::record::Entry;
use crate::{Error, ErrorKind};

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
    pub(super) named: BTreeMap<Field, String>,
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
    pub(in crate::logs) fn are_named(&self) -> bool {
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
    pub(in crate::logs) fn fit(&self, object: &Object<'_>) -> bool {
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
    pub(in crate::logs) fn read(&self, object: &Object<'_>) -> Result<Entry, Error> {
        let listed = self
            .named
            .iter()
            .map(|(field, path)| (Role::of(*field), field.name(), object.at(path)));
        let named: BTreeSet<&str> = self.named.values().map(String::as_str).collect();
        let others = object.members().filter_map(|(key, _)| {
            let role = self.role(key);
            // A name of a field that the user gave another column is that of something else.
            let is_other = role != Role::Nothing && !named.contains(key);
            is_other.then(|| (role, key, object.at(key)))
        });
        let texts: Vec<_> = listed.chain(others).collect();
        let mut row = Row::new(false);
        for (role, name, text) in &texts {
            if let Some(text) = text {
                row.take(*role, name, Cell::Text(text))?;
            }
        }
        row.record().map(Entry::from)
    }

    /// What a column of this name holds, when the user does not say.
    pub(super) fn role(&self, column: &str) -> Role {
        let taken = |role: Role| self.named.keys().any(|field| Role::of(*field) == role);
        let role = Role::by_name(column);
        if role != Role::Nothing && taken(role) { Role::Nothing } else { role }
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

    #[test]
    fn a_column_that_was_given_means_nothing_else() {
        let read = |columns: &str| {
            let options = crate::logs::ReadOptions {
                columns: columns.parse().unwrap(),
                ..crate::logs::ReadOptions::default()
            };
            let text = r#"{"model": "m", "prompt_tokens": 5, "out": 3}"#;
            let mut records = crate::logs::Records::new(text.as_bytes()).with_options(options);
            let record = records.next().unwrap().unwrap();
            (record.model, record.task, record.bill.usage.completion().get())
        };
        let (model, label) = (Some("m".to_owned()), Some("m".to_owned()));
        assert_eq!(read("completion_tokens=out"), (model, None, 3));
        assert_eq!(read("completion_tokens=out,task=model"), (None, label, 3));
    }
}
