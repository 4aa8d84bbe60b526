//! Counting: one text, or a column of them.

use std::collections::HashMap;

use outlay::catalog::{Catalog as Models, Fidelity, Model};
use outlay::logs::Cell;
use outlay::request::text_prompt_tokens;
use outlay::tokenizer::{Counter, Encoding};
use outlay::units::Tokens;
use pyo3::prelude::*;

use crate::capsule::ArrowArray;
use crate::catalog::{Catalog, models};
use crate::column::{Values, rows};
use crate::error::{exception, in_row, text as text_of, wrong_type};
use crate::outcome::{Numbers, Texts, day_of, guarded, structure, today};

/// A text that is counted in less time than it takes to hand the interpreter over.
const SHORT: usize = 4 << 10;
/// A longer text would be counted on several threads, of which an engine has its own.
const LONG: usize = 512 << 10;

fn counted(encoding: Encoding, text: &str) -> Tokens {
    if text.len() < LONG {
        encoding.count(text)
    } else {
        Counter::sized(encoding, text.len()).whole(text)
    }
}

fn prompt(model: &Model, text: &str, chat: bool) -> Tokens {
    let content = counted(model.counting.encoding, text);
    if chat { text_prompt_tokens(content, &model.counting).prompt_tokens() } else { content }
}

/// The tokens of one text: `count_text(text, model, chat, as_of, catalog)`.
#[pyfunction]
pub(crate) fn count_text(
    py: Python<'_>,
    text: &Bound<'_, PyAny>,
    model: &str,
    chat: bool,
    as_of: Option<&Bound<'_, PyAny>>,
    catalog: Option<&Bound<'_, Catalog>>,
) -> PyResult<u64> {
    let text = text_of(text)?;
    let models = models(py, catalog)?;
    let day = day_of(as_of)?.unwrap_or_else(today);
    let model = models.resolve(model, day).map_err(|error| exception(py, &error))?;
    let count = || prompt(model, &text, chat);
    let count = if text.len() < SHORT { count() } else { py.detach(count) };
    Ok(count.get())
}

/// The ids of the tokens of a text: `tokens(text, encoding)`.
#[pyfunction]
pub(crate) fn tokens(
    py: Python<'_>,
    text: &Bound<'_, PyAny>,
    encoding: &str,
) -> PyResult<Vec<u32>> {
    let text = text_of(text)?;
    let encoding: Encoding = encoding.parse().map_err(|error| exception(py, &error))?;
    if !encoding.has_ids() {
        let message = format!("`{encoding}` has no public ids of tokens");
        let error = outlay::Error::new(outlay::ErrorKind::Usage, message);
        return Err(exception(py, &error.hint("count with it, or name another encoding")));
    }
    Ok(py.detach(|| encoding.encode(&text)))
}

/// How the texts of a model are counted.
#[derive(Clone, Copy)]
enum Way<'m> {
    Model(&'m Model),
    Encoding(Encoding),
}

impl Way<'_> {
    fn count(self, text: &str, chat: bool) -> (Tokens, Option<Fidelity>) {
        match self {
            Self::Model(model) => (prompt(model, text, chat), Some(model.counting.fidelity)),
            Self::Encoding(encoding) => (counted(encoding, text), None),
        }
    }
}

/// The ways to count of models that were met, each looked up once.
struct Ways<'m> {
    models: &'m Models,
    day: jiff::civil::Date,
    found: HashMap<String, Result<Way<'m>, String>>,
}

impl<'m> Ways<'m> {
    fn of(&mut self, name: &str) -> Result<Way<'m>, String> {
        if let Some(found) = self.found.get(name) {
            return found.clone();
        }
        let found = self.models.resolve(name, self.day);
        let found = found.map(Way::Model).map_err(|error| in_row(&error));
        self.found.insert(name.to_owned(), found.clone());
        found
    }
}

/// A column of texts, counted: `count_tokens(text, model, encoding, chat, as_of, catalog)`.
#[pyfunction]
pub(crate) fn count_tokens(
    py: Python<'_>,
    text: &Bound<'_, PyAny>,
    model: Option<&Bound<'_, PyAny>>,
    encoding: Option<&str>,
    chat: bool,
    as_of: Option<&Bound<'_, PyAny>>,
    catalog: Option<&Bound<'_, Catalog>>,
) -> PyResult<ArrowArray> {
    let texts = Values::of(Some(text), "text")?;
    let named = Values::of(model, "model")?;
    let encoding = encoding.map(str::parse::<Encoding>).transpose();
    let encoding = encoding.map_err(|error| exception(py, &error))?;
    if encoding.is_some() && (chat || !matches!(named, Values::Nothing)) {
        return Err(wrong_type("an `encoding` counts bare text; leave `model` and `chat` out"));
    }
    let rows = rows(&[("text", &texts), ("model", &named)])?;
    let models = models(py, catalog)?;
    let day = day_of(as_of)?.unwrap_or_else(today);
    py.detach(|| {
        let mut ways = Ways { models: &models, day, found: HashMap::new() };
        let (mut tokens, mut fidelity, mut errors) =
            (Numbers::sized(rows), Texts::sized(rows), Texts::sized(rows));
        for (text, name) in texts.cells(rows).zip(named.cells(rows)) {
            let counted = guarded(|| {
                let text = match text? {
                    Cell::Empty => return Ok(None),
                    Cell::Text(text) => text,
                    _ => return Err("this is no text; cast it to a string".to_owned()),
                };
                let way = match (encoding, name?) {
                    (Some(encoding), _) => Way::Encoding(encoding),
                    (None, Cell::Text(name)) => ways.of(name)?,
                    (None, _) => return Err("the row names no model".to_owned()),
                };
                Ok(Some(way.count(text, chat)))
            });
            let (found, error) = match counted {
                Ok(found) => (found, None),
                Err(error) => (None, Some(error)),
            };
            tokens.tokens(found.map(|(tokens, _)| tokens));
            fidelity.push(found.and_then(|(_, fidelity)| fidelity).map(|it| it.to_string()));
            errors.push(error);
        }
        structure(vec![
            ("tokens", tokens.done()),
            ("fidelity", fidelity.done()),
            ("error", errors.done()),
        ])
    })
}
