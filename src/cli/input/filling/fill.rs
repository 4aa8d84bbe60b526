//! What fills the slots of templates: declared sizes, and rows of a dataset.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use super::dataset::Dataset;
use crate::catalog::{Fidelity, Model};
use crate::cli::args::InputArgs;
use crate::cli::input::location::Location;
use crate::request::{DataRow, Language, PartCount, PromptCount, Request, RequestDocument};
use crate::units::Tokens;
use crate::workload::Template;
use crate::{Error, ErrorKind};

/// What fills the slots of templates.
pub(in super::super) struct Filling {
    /// The sizes that flags declare.
    pub(in super::super) template: Template,
    rows: Option<Dataset>,
    /// Declared slots that some request has.
    used: Mutex<BTreeSet<String>>,
    /// The first row that lacks a slot of some request, by the slot.
    lacking: Lacking,
}

type Lacking = Mutex<BTreeMap<String, usize>>;

/// The columns of a file of rows that say how many calls a row has.
const WEIGHTS: [&str; 2] = ["calls", "weight"];

/// A request with its slots filled.
pub(in super::super) struct Filled {
    pub(in super::super) request: Request,
    pub(in super::super) location: Location,
    /// How many calls its row has.
    pub(in super::super) weight: Option<f64>,
}

/// The rows that fill one request.
pub(in super::super) struct FillingRows<'f> {
    template: &'f Template,
    language: Language,
    names: BTreeSet<String>,
    pub(in super::super) rows: &'f Dataset,
    lacking: &'f Lacking,
}

impl FillingRows<'_> {
    /// The request, which is at this place, with its slots filled by a row.
    pub(in super::super) fn fill(
        &self,
        request: &Request,
        own: &Location,
        row: &DataRow,
    ) -> Result<Filled, Error> {
        // What sizes are declared for stays a slot, whose size is added.
        let value = |name: &str| row.value(name).filter(|_| !self.template.knows(name));
        for name in self.names.iter().filter(|name| row.value(name).is_none()) {
            if let Ok(mut lacking) = self.lacking.lock() {
                let first = lacking.entry(name.clone()).or_insert(row.line);
                *first = row.line.min(*first);
            }
        }
        let request = request.fill(self.language, value).map_err(|error| own.of(error))?;
        let location = Location::new(Arc::clone(&self.rows.name), Some(row.line));
        let weight = WEIGHTS.iter().find_map(|name| row.cell(name)?.trim().parse().ok());
        Ok(Filled { request, location: location.in_template(own.to_string()), weight })
    }
}

impl Filling {
    pub(in super::super) fn read(args: &InputArgs) -> Result<Self, Error> {
        let sizes = args.slot.iter().map(|slot| (slot.name.clone(), slot.size.clone())).collect();
        let template = Template { sizes, samples: BTreeMap::new() };
        let rows = args.rows.as_deref().map(Dataset::read);
        let (used, lacking) = (Mutex::default(), Mutex::default());
        Ok(Self { template, rows: rows.transpose()?, used, lacking })
    }

    pub(in super::super) fn is_empty(&self) -> bool {
        self.template.is_empty() && self.rows.is_none()
    }

    /// Whether rows fill requests.
    pub(in super::super) fn has_rows(&self) -> bool {
        self.rows.is_some()
    }

    fn language(&self, request: &Request) -> Language {
        let column =
            |name: &str| self.rows.as_ref().is_some_and(|rows| rows.first.cell(name).is_some());
        request.language(&|name| self.template.knows(name) || column(name))
    }

    /// Notes the declared slots that a request has.
    pub(in super::super) fn note(&self, request: &Request) {
        if !self.is_empty() {
            self.note_names(request, self.language(request));
        }
    }

    fn note_names(&self, request: &Request, language: Language) -> BTreeSet<String> {
        let names: BTreeSet<String> = request.names(language).into_iter().collect();
        if let Ok(mut used) = self.used.lock() {
            used.extend(request.slots(language).into_iter().map(|slot| slot.name.to_owned()));
            used.extend(names.iter().cloned());
        }
        names
    }

    /// The rows that fill a request, where there are some; declared slots that it has are noted.
    pub(in super::super) fn rows_of(
        &self,
        request: &Request,
    ) -> Result<Option<FillingRows<'_>>, Error> {
        let language = self.language(request);
        let mut names = self.note_names(request, language);
        let Some(rows) = &self.rows else { return Ok(None) };
        names.retain(|name| !self.template.knows(name));
        if let Some(missing) = names.iter().find(|name| rows.first.value(name).is_none()) {
            let columns: Vec<&str> = rows.first.columns().collect();
            let message = format!("`{}` has no column `{missing}`", rows.name);
            return Err(Error::new(ErrorKind::Usage, message).hint(format!(
                "its columns are {}; declare a size with `--slot {missing}=50..400`",
                columns.join(", ")
            )));
        }
        let (template, lacking) = (&self.template, &self.lacking);
        Ok(Some(FillingRows { template, language, names, rows, lacking }))
    }

    /// Warnings about rows that lack a slot, one for each slot.
    pub(in super::super) fn lacking(&self) -> Vec<String> {
        let (Some(rows), Ok(lacking)) = (&self.rows, self.lacking.lock()) else {
            return Vec::new();
        };
        let warning = |(slot, line): (&String, &usize)| {
            format!(
                "`{}` has rows without `{slot}`, the first on line {line}: what fills the slot is not in their count",
                rows.name
            )
        };
        lacking.iter().map(warning).collect()
    }

    /// Declared slots that no request has.
    pub(in super::super) fn unused(&self) -> Option<Error> {
        let used = self.used.lock().ok()?;
        let unused = self.template.sizes.keys().find(|name| !used.contains(*name))?;
        Some(
            Error::new(ErrorKind::Usage, format!("no input has the slot `{unused}`"))
                .hint("a slot is written {{name}}, {name} or $name"),
        )
    }

    /// The slots of a document that neither a size nor a column fills.
    pub(in super::super) fn open_slots(&self, document: &RequestDocument) -> BTreeSet<String> {
        let requests = document.entries.iter().filter_map(|entry| entry.request.as_ref().ok());
        requests.flat_map(|request| self.open(request)).collect()
    }

    /// A half sentence about slots that stay open, if there are any.
    pub(in super::super) fn warning(open: &BTreeSet<String>) -> Option<String> {
        let first = open.first()?;
        let some: Vec<String> = open.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
        let more = match open.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(format!(
            "has slots that are counted as they stand: {}{more}; say how large they become with `--slot \
             {first}=50..400`, or fill them with `--rows FILE`",
            some.join(", ")
        ))
    }

    fn open(&self, request: &Request) -> Vec<String> {
        let language = match request.template {
            Some(language) => language,
            None if self.is_empty() => return Vec::new(),
            None => self.language(request),
        };
        let column =
            |name: &str| self.rows.as_ref().is_some_and(|rows| rows.first.value(name).is_some());
        let mut names = request.names(language);
        names.retain(|name| !self.template.knows(name) && !column(name));
        names
    }
}

/// How many slots a warning names.
const NAMED: usize = 5;

/// The count of a template whose slots have declared sizes, at their high end.
pub(in super::super) fn sized(
    template: &Template,
    request: &Request,
    model: &Model,
) -> Result<PromptCount, Error> {
    let (size, mut count) = template.size(request, model)?;
    let slots = size.high.saturating_sub(count.prompt_tokens());
    if slots > Tokens::ZERO {
        count.parts.push(PartCount {
            part: "slots".to_owned(),
            role: None,
            tokens: slots,
            span: None,
        });
        count.fidelity = Fidelity::Estimate;
        count.reasons.push(format!(
            "{}; the slots are counted at their 95th percentile, the mean of the prompt is {}",
            template.assumption(),
            size.expected
        ));
    }
    Ok(count)
}

/// Says of a prompt file that its slots are counted as they stand, and what its samples come to.
pub(in super::super) fn note_slots(
    request: &Request,
    model: &Model,
    count: &mut PromptCount,
) -> Result<(), Error> {
    let Some(language) = request.template else { return Ok(()) };
    let names: BTreeSet<String> = request.names(language).into_iter().collect();
    let Some(first) = names.first() else { return Ok(()) };
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let samples = Template::of_samples(&request.samples);
    let with = match request.samples.len() {
        0 => format!("declare them with `--slot {first}=50..400`, or fill them with `--rows FILE`"),
        n => {
            let (size, _) = samples.size(request, model)?;
            format!(
                "with the samples of the file ({n}) the prompt has {} tokens at most",
                size.high
            )
        }
    };
    count.fidelity = Fidelity::Estimate;
    count.reasons.push(format!("slots are counted as they stand ({}): {with}", names.join(", ")));
    Ok(())
}
