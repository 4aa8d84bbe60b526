//! What was measured of a configuration's prompts.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;

use crate::Error;
use crate::catalog::{Catalog, Fidelity};
use crate::gate::{Baseline, Kept, Prices};
use crate::request::{Naming, PartCount};
use crate::units::{Lines, Tokens};

/// One prompt for one model.
pub(super) struct Measured {
    /// Which prompt of the configuration.
    pub(super) declared: usize,
    /// What is kept of it; its input is the path from the folder of the configuration, so that a
    /// baseline is the same wherever `check` is run.
    pub(super) kept: Kept,
    /// Whether the prompt is measured for this model alone.
    pub(super) alone: bool,
    /// What reports call it: the path from the working directory, or `path:line`.
    pub(super) input: String,
    pub(super) fidelity: Fidelity,
    /// Why the API would refuse it, so that it has no cost.
    pub(super) refused: Option<Error>,
    pub(super) source: Arc<SourceText>,
    /// The line of the request, in a file of many.
    pub(super) line: Option<usize>,
    /// The slot that takes half of the prompt or more, with its size.
    pub(super) slot: Option<(String, Tokens)>,
    /// The largest of several parts.
    pub(super) largest_part: Option<PartCount>,
    pub(super) assumptions: Vec<String>,
}

/// A file that was read.
pub(super) struct SourceText {
    /// Its path from the working directory.
    pub(super) name: String,
    /// Its path from the folder of the configuration.
    pub(super) path: String,
    pub(super) text: String,
    pub(super) extension: Option<String>,
    lines: OnceLock<Lines>,
}

impl SourceText {
    /// A file with this text.
    pub(super) fn new(name: String, path: String, text: String, extension: Option<String>) -> Self {
        Self { name, path, text, extension, lines: OnceLock::new() }
    }

    /// Where its lines begin.
    pub(super) fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(&self.text))
    }

    /// A line, counted from 1.
    pub(super) fn line(&self, number: usize) -> &str {
        self.lines().line(&self.text, number).1
    }

    /// What its name says about its content.
    pub(super) fn naming(&self) -> Naming<'_> {
        self.extension.as_deref().map_or(Naming::Nothing, Naming::Extension)
    }
}

/// Everything that a configuration measures in a tree.
pub(super) struct Measurement {
    pub(super) as_of: Date,
    pub(super) catalog: Catalog,
    pub(super) prompts: Vec<Measured>,
    pub(super) errors: Vec<Error>,
    pub(super) warnings: Vec<String>,
}

impl Measurement {
    /// Nothing yet.
    pub(super) fn of(catalog: Catalog, as_of: Date) -> Self {
        Self { as_of, catalog, prompts: Vec::new(), errors: Vec::new(), warnings: Vec::new() }
    }

    /// The prices of the models in use.
    pub(super) fn prices(&self) -> Prices {
        let models: BTreeSet<&str> = self.prompts.iter().map(|p| p.kept.model.as_str()).collect();
        prices(&self.catalog, self.as_of, models)
    }

    /// What a baseline keeps of it.
    pub(super) fn baseline(&self) -> Baseline {
        let prompts = self.prompts.iter().map(|prompt| prompt.kept.clone()).collect();
        Baseline::new(self.as_of, self.catalog.digest(), self.prices(), prompts)
    }
}

/// The price lists of models on a day; a model without one is left out.
pub(super) fn prices<'a>(
    catalog: &Catalog,
    as_of: Date,
    models: impl IntoIterator<Item = &'a str>,
) -> Prices {
    let list = |id: &'a str| {
        let entry = catalog.resolve(id, as_of).ok()?.price_at(as_of).ok()?;
        Some((id.to_owned(), entry.rates.clone()))
    };
    models.into_iter().filter_map(list).collect()
}

/// What one prompt of the configuration gives.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) prompts: Vec<Measured>,
    pub(super) errors: Vec<Error>,
    pub(super) warnings: Vec<String>,
}

/// A path as other spellings of it are compared: without `.` and with `..` taken back.
pub(super) fn normal(path: &str) -> PathBuf {
    let mut out = PathBuf::new();
    for part in Path::new(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
