//! What was measured of a configuration's prompts.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;

use crate::Error;
use crate::billing::PriceLists;
use crate::budget::{Baseline, BaselineEntry, Current};
use crate::catalog::{Catalog, Fidelity, Model};
use crate::request::{FileHint, PartCount};
use crate::units::{Lines, Tokens};
use crate::workload::PromptRange;

/// One prompt for one model.
pub(crate) struct Measured {
    /// Which prompt of the configuration.
    pub(crate) declared: usize,
    /// What is kept of it; its input is the path from the folder of the configuration, so that a
    /// baseline is the same wherever `check` is run.
    pub(crate) kept: BaselineEntry,
    /// Whether the prompt is measured for this model alone.
    pub(crate) alone: bool,
    /// What reports call it: the path from the working directory, or `path:line`.
    pub(crate) input: String,
    pub(crate) fidelity: Fidelity,
    /// What the range of an estimated prompt means for its room and cost.
    pub(crate) range: Option<PromptRange>,
    /// Why the API would refuse it, so that it has no cost.
    pub(crate) refused: Option<Error>,
    pub(crate) source: Arc<SourceText>,
    /// The line of the request, in a file of many.
    pub(crate) line: Option<usize>,
    /// The slot that takes half of the prompt or more, with its size.
    pub(crate) slot: Option<(String, Tokens)>,
    /// The largest of several parts.
    pub(crate) largest_part: Option<PartCount>,
    pub(crate) assumptions: Vec<String>,
}

impl Measured {
    /// As it is compared with the base.
    pub(crate) fn current(&self) -> Current<'_> {
        Current { entry: &self.kept, alone: self.alone }
    }
}

/// A file that was read.
pub(crate) struct SourceText {
    /// Its path from the working directory.
    pub(crate) name: String,
    /// Its path from the folder of the configuration.
    pub(crate) path: String,
    pub(crate) text: String,
    lines: OnceLock<Lines>,
}

impl SourceText {
    /// A file with this text.
    pub(crate) fn new(name: String, path: String, text: String) -> Self {
        Self { name, path, text, lines: OnceLock::new() }
    }

    /// Where its lines begin.
    pub(crate) fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(&self.text))
    }

    /// A line, counted from 1.
    pub(crate) fn line(&self, number: usize) -> &str {
        self.lines().line(&self.text, number).1
    }

    /// What its name says about its content.
    pub(crate) fn naming(&self) -> FileHint<'_> {
        FileHint::Name(&self.path)
    }
}

/// Everything that a configuration measures in a tree.
pub(crate) struct Measurement {
    pub(crate) as_of: Date,
    pub(crate) catalog: Catalog,
    pub(crate) prompts: Vec<Measured>,
    pub(crate) errors: Vec<Error>,
    pub(crate) warnings: Vec<String>,
}

impl Measurement {
    /// Nothing yet.
    pub(crate) fn of(catalog: Catalog, as_of: Date) -> Self {
        Self { as_of, catalog, prompts: Vec::new(), errors: Vec::new(), warnings: Vec::new() }
    }

    /// The prices of the models in use, here or on the base.
    pub(crate) fn prices_with(&self, base: Option<&Baseline>) -> PriceLists {
        let here = self.prompts.iter().map(|prompt| prompt.kept.model.as_str());
        let there = base.iter().flat_map(|base| &base.prompts).map(|kept| kept.model.as_str());
        prices(&self.catalog, self.as_of, here.chain(there))
    }

    /// What a baseline keeps of it.
    pub(crate) fn baseline(&self) -> Baseline {
        let prompts = self.prompts.iter().map(|prompt| prompt.kept.clone()).collect();
        Baseline::new(self.as_of, self.catalog.digest(), self.prices_with(None), prompts)
    }
}

/// The price lists of models on a day; a model without one is left out.
fn prices<'a>(
    catalog: &Catalog,
    as_of: Date,
    models: impl IntoIterator<Item = &'a str>,
) -> PriceLists {
    let list = |id: &'a str| {
        let entry = catalog.resolve(id, as_of).ok()?.price_at(as_of).ok()?;
        Some((id.to_owned(), entry.rates.clone()))
    };
    models.into_iter().collect::<BTreeSet<_>>().into_iter().filter_map(list).collect()
}

/// What one prompt of the configuration gives.
#[derive(Default)]
pub(crate) struct MeasuredPrompts {
    pub(crate) prompts: Vec<Measured>,
    pub(crate) errors: Vec<Error>,
    pub(crate) warnings: Vec<String>,
}

/// The ids of models.
pub(super) fn ids(models: &[&Model]) -> Vec<String> {
    models.iter().map(|model| model.id.clone()).collect()
}
