//! A feed: its kind and its rows.

use super::feed_kind::FeedKind;
use super::feed_row::FeedRow;
use super::formats::{genai_prices, langfuse, litellm, llm_prices, models_dev, openrouter};
use super::validate;
use crate::json::{Cause, Source};
use crate::units::Position;
use crate::{Error, ErrorKind};

/// A feed as it was read.
#[derive(Debug, Clone)]
pub struct Feed {
    /// What it is called in messages and sources.
    pub name: String,
    /// Whose form it has.
    pub kind: FeedKind,
    /// Its records, in the order of the text, with what is wrong with each.
    pub rows: Vec<FeedRow>,
}

impl Feed {
    /// Reads a feed; without `kind`, the kind is detected from the text.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for text that is not JSON, is not a feed of that kind, or states its prices in
    /// another unit throughout. A single record that is wrong is no error: its [`FeedRow`] tells.
    pub fn read(text: &str, name: &str, kind: Option<FeedKind>) -> Result<Self, Error> {
        let source = Source::of(text.strip_prefix('\u{feff}').unwrap_or(text));
        let raw = source.value().map_err(|failure| {
            let what = match failure.cause {
                Cause::Ends => "the text ends inside a value",
                Cause::Syntax | Cause::Type => "this is not JSON",
            };
            Error::new(ErrorKind::Malformed, what)
                .at(Position::of(source.text(), failure.offset))
                .hint("a feed is one JSON file, as its publisher ships it")
        })?;
        let found = FeedKind::of(raw);
        let fitting = kind.map_or(found, |kind| kind.fits(raw).then_some(kind));
        let kind = fitting.ok_or_else(|| other_shape(kind, found))?;
        let mut rows = match kind {
            FeedKind::Litellm => litellm::rows(&source, raw),
            FeedKind::ModelsDev => models_dev::rows(&source, raw),
            FeedKind::GenaiPrices => genai_prices::rows(&source, raw),
            FeedKind::Langfuse => langfuse::rows(&source, raw),
            FeedKind::Openrouter => openrouter::rows(&source, raw),
            FeedKind::LlmPrices => llm_prices::rows(&source, raw),
        };
        validate::repeated(&mut rows);
        validate::unit(&rows)?;
        Ok(Self { name: name.to_owned(), kind, rows })
    }
}

fn other_shape(wanted: Option<FeedKind>, found: Option<FeedKind>) -> Error {
    let Some(wanted) = wanted else {
        let shapes: Vec<String> =
            FeedKind::ALL.iter().map(|kind| format!("{kind}: {}", kind.shape())).collect();
        return Error::new(ErrorKind::Malformed, "this has the shape of no feed that is known")
            .hint(format!("a feed is one of {}", shapes.join("; ")));
    };
    let message = format!("this is no {wanted} feed, which is {}", wanted.shape());
    let error = Error::new(ErrorKind::Malformed, message);
    match found {
        Some(found) => {
            error.hint(format!("it has the shape of a {found} feed: pass `--from {found}`"))
        }
        None => error.hint("it has the shape of no feed that is known"),
    }
}
