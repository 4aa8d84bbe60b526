//! What was measured of a configuration's prompts.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::Error;
use crate::billing::PriceLists;
use crate::budget::{Baseline, BaselineEntry, CallEstimate, Current};
use crate::catalog::{Catalog, Fidelity, Model};
use crate::cli::commands::check::sources::{Sent, SourceText};
use crate::request::PartCount;
use crate::units::Tokens;
use crate::workload::{PromptRange, TemplatedQuote};

/// One prompt for one model.
#[derive(Clone)]
pub(crate) struct Measured {
    /// Which prompt of the configuration.
    pub(crate) declared: usize,
    /// What is kept of it; its input is the path from the folder of the configuration, so that a
    /// baseline is the same wherever `check` is run.
    pub(crate) kept: BaselineEntry,
    /// Whether the prompt is measured for this model alone.
    pub(crate) alone: bool,
    /// The same for all prompts of the configuration that send the file alike.
    pub(crate) seen: Arc<Seen>,
}

/// What was seen of a request for one model.
pub(crate) struct Seen {
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
    pub(crate) assumptions: Arc<[String]>,
}

impl Measured {
    /// A request that was quoted for a model, with the slot that takes half of it and what it assumes. It is called as
    /// its file is.
    pub(crate) fn of(
        sent: &Sent,
        model: &Model,
        quoted: TemplatedQuote<'_>,
        slot: Option<(String, Tokens)>,
        assumptions: Arc<[String]>,
    ) -> Self {
        let TemplatedQuote { quote, size, fidelity, .. } = quoted;
        let of = |path: &str| match sent.line {
            Some(line) => format!("{path}:{line}"),
            None => path.to_owned(),
        };
        let input = of(&sent.source.path);
        Self {
            declared: 0,
            kept: BaselineEntry {
                prompt: input.clone(),
                input,
                model: model.id.clone(),
                text_digest: Some(BaselineEntry::digest_of(match sent.line {
                    Some(line) => sent.source.line(line),
                    None => &sent.source.text,
                })),
                size: CallEstimate::of(&quote, size),
            },
            alone: true,
            seen: Arc::new(Seen {
                input: of(&sent.source.name),
                fidelity,
                range: quote.range,
                refused: quote.estimate.as_ref().err().cloned(),
                source: Arc::clone(&sent.source),
                line: sent.line,
                slot,
                largest_part: quote.prompt.largest_part().cloned(),
                assumptions,
            }),
        }
    }

    /// What reports call it: the path from the working directory, or `path:line`.
    pub(crate) fn input(&self) -> &str {
        &self.seen.input
    }

    /// The same as a prompt of the configuration, by the name that it has there.
    pub(crate) fn declared_as(mut self, declared: usize, name: Option<&str>) -> Self {
        if let Some(name) = name {
            name.clone_into(&mut self.kept.prompt);
        }
        Self { declared, ..self }
    }

    /// As it is compared with the base.
    pub(crate) fn current(&self) -> Current<'_> {
        Current { entry: &self.kept, alone: self.alone }
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
