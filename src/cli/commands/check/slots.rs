//! The slots of a template, with their declared sizes or sample values.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::budget::PromptSize;
use crate::catalog::Model;
use crate::cli::config::file::PromptTable;
use crate::cli::config::resolve::Config;
use crate::cli::config::values::SlotTable;
use crate::cli::input::source_tree::Tree;
use crate::forecast::TokenDist;
use crate::request::{PromptCount, Request, prompt_tokens, slots};
use crate::units::{Position, Tokens};
use crate::{Error, ErrorKind};

/// What is known about the slots of a prompt.
#[derive(Default)]
pub(crate) struct Slots {
    sizes: BTreeMap<String, TokenDist>,
    /// Values by slot; the nth values of all slots belong together.
    samples: BTreeMap<String, Vec<String>>,
}

impl Slots {
    /// Reads the slots that a prompt declares.
    pub(crate) fn read(prompt: &PromptTable, config: &Config, tree: &Tree) -> Result<Self, Error> {
        let mut slots = Self::default();
        if let Some(path) = &prompt.samples {
            let text = tree.read(&config.folder, path.get_ref());
            let text = text.map_err(|e| config.unread(&e, path))?;
            let rows = rows(&text).map_err(|e| e.in_source(path.get_ref()))?;
            let n = rows.len();
            for (name, value) in rows.into_iter().flatten() {
                slots.samples.entry(name).or_default().push(value);
            }
            if let Some(name) = slots.samples.iter().find(|(_, v)| v.len() != n).map(|(k, _)| k) {
                let error = malformed(&format!("not every row has the slot `{name}`"));
                return Err(error.in_source(path.get_ref()));
            }
        }
        for (name, slot) in &prompt.slots {
            match slot {
                SlotTable::Size(dist) => {
                    slots.sizes.insert(name.clone(), dist.clone());
                }
                SlotTable::Samples(path) => {
                    let text = tree.read(&config.folder, path.get_ref());
                    let text = text.map_err(|e| config.unread(&e, path))?;
                    let values = values(&text).map_err(|e| e.in_source(path.get_ref()))?;
                    slots.samples.insert(name.clone(), values);
                }
            }
        }
        Ok(slots)
    }

    /// Whether the prompt is no template.
    pub(crate) fn is_empty(&self) -> bool {
        self.sizes.is_empty() && self.samples.is_empty()
    }

    /// Refuses a slot that nothing is known about. `text` is that of the file, for the place.
    pub(crate) fn check(&self, request: &Request, text: &str) -> Result<(), Error> {
        let known = |name: &str| self.sizes.contains_key(name) || self.samples.contains_key(name);
        let Some(unknown) = request.slots().find(|slot| !known(slot.name)) else { return Ok(()) };
        let place = slots(text).find(|slot| slot.name == unknown.name);
        let message = format!("nothing says how large the slot `{}` becomes", unknown.name);
        let error = Error::new(ErrorKind::Usage, message).hint(format!(
            "write slots = {{ {} = \"50..400\" }} for this prompt in outlay.toml, or name samples",
            unknown.name
        ));
        Err(match place {
            Some(slot) => error.at(Position::of(text, slot.span.start)),
            None => error,
        })
    }

    /// Slots that no request of the prompt has.
    pub(crate) fn unused<'a>(&'a self, requests: &[&Request]) -> Vec<&'a str> {
        let used =
            |name: &str| requests.iter().any(|request| request.slots().any(|s| s.name == name));
        let names = self.sizes.keys().chain(self.samples.keys());
        names.map(String::as_str).filter(|name| !used(name)).collect()
    }

    /// The prompt tokens of a template at their mean and at their high end, and the count of a
    /// representative filling.
    ///
    /// Slots with samples are filled and counted as a whole; a declared size is added to the count of
    /// the text around it. The high end is the largest sample plus the p95 of every declared size.
    pub(crate) fn size(
        &self,
        request: &Request,
        model: &Model,
    ) -> Result<(PromptSize, PromptCount), Error> {
        let rows = self.samples.values().map(Vec::len).max().unwrap_or(0).max(1);
        let mut largest: Option<PromptCount> = None;
        let mut sum = Tokens::ZERO;
        for row in 0..rows {
            let filled = request.fill(|name| match self.samples.get(name) {
                Some(values) if !values.is_empty() => {
                    Cow::Borrowed(values[row % values.len()].as_str())
                }
                _ => Cow::Borrowed(""),
            });
            let count = prompt_tokens(&filled, &model.counting)?;
            let tokens = count.prompt_tokens();
            sum += tokens;
            if largest.as_ref().is_none_or(|known| tokens > known.prompt_tokens()) {
                largest = Some(count);
            }
        }
        let (mut mean, mut high) = (0.0, 0.0);
        for slot in request.slots() {
            if let Some(dist) = self.sizes.get(slot.name) {
                mean += dist.truncated_moment(1, Tokens::LIMIT.as_f64());
                high += dist.quantile(0.95);
            }
        }
        let Some(count) = largest else {
            return Err(Error::new(ErrorKind::Usage, "the template has no samples"));
        };
        let of_rows = Tokens::new(sum.get().div_ceil(rows as u64));
        let size = PromptSize {
            expected: of_rows + Tokens::from_f64(mean),
            high: count.prompt_tokens() + Tokens::from_f64(high),
        };
        // A skewed distribution may have its mean beyond its p95.
        Ok((PromptSize { high: size.high.max(size.expected), ..size }, count))
    }

    /// The slot with the largest declared size in a request, and that size at its high end.
    pub(crate) fn largest(&self, request: &Request) -> Option<(String, Tokens)> {
        let sized = request.slots().filter_map(|slot| {
            let dist = self.sizes.get(slot.name)?;
            Some((slot.name.to_owned(), Tokens::from_f64(dist.quantile(0.95))))
        });
        sized.max_by_key(|(_, tokens)| *tokens)
    }

    /// How the sizes were made, for the assumptions.
    pub(crate) fn assumption(&self) -> String {
        let mut parts = Vec::new();
        for (name, dist) in &self.sizes {
            parts.push(format!("{name} {dist}"));
        }
        for (name, values) in &self.samples {
            parts.push(format!("{name} of {} samples", values.len()));
        }
        format!("slots: {}; declared sizes are added to the text around them", parts.join("; "))
    }
}

/// The rows of a file of samples: objects whose keys are slots.
fn rows(text: &str) -> Result<Vec<Vec<(String, String)>>, Error> {
    let row = |value: serde_json::Value| match value {
        serde_json::Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| Ok((name, as_text(value)?))).collect()
        }
        _ => Err(malformed("a row of samples is an object whose keys are slots")),
    };
    values_of(text)?.into_iter().map(row).collect()
}

/// The values of a file of samples for one slot.
fn values(text: &str) -> Result<Vec<String>, Error> {
    values_of(text)?.into_iter().map(as_text).collect()
}

/// A JSON array, or a JSON value per line.
fn values_of(text: &str) -> Result<Vec<serde_json::Value>, Error> {
    let values: Vec<serde_json::Value> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(|e| at(&e, 0))?
    } else {
        let lines = text.lines().zip(0..).filter(|(line, _)| !line.trim().is_empty());
        let read =
            |(line, number): (&str, usize)| serde_json::from_str(line).map_err(|e| at(&e, number));
        lines.map(read).collect::<Result<_, _>>()?
    };
    if values.is_empty() {
        return Err(malformed("there are no samples"));
    }
    Ok(values)
}

fn as_text(value: serde_json::Value) -> Result<String, Error> {
    match value {
        serde_json::Value::String(text) => Ok(text),
        serde_json::Value::Number(number) => Ok(number.to_string()),
        serde_json::Value::Bool(value) => Ok(value.to_string()),
        _ => Err(malformed("the sample of a slot is a text")),
    }
}

fn malformed(message: &str) -> Error {
    Error::new(ErrorKind::Malformed, message).hint(
        "write a JSON array, or one JSON value per line: strings for one slot, objects for several",
    )
}

fn at(e: &serde_json::Error, lines_before: usize) -> Error {
    let line = e.line().max(1) + lines_before;
    malformed("this is no JSON").at(Position { line, column: e.column().max(1) })
}
