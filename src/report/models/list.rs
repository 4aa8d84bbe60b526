//! The result of `outlay models list`.

use jiff::civil::Date;
use serde::Serialize;

use crate::catalog::{Catalog, Fidelity, Model, PriceEntry, Status, Tier};
use crate::report::answer::{Answer, Report};
use crate::report::document::{Document, DocumentBlock, Emphasis, Table};
use crate::report::render::finder;
use crate::tokenizer::Encoding;
use crate::units::{Rate, Tokens, grouped, plural};

/// The standard prices of short prompts, in USD per million tokens.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StandardRates {
    /// Prompt tokens.
    pub input: Rate,
    /// Cached prompt tokens, where they have a price of their own.
    pub cached_input: Option<Rate>,
    /// Completion tokens.
    pub output: Rate,
}

/// Whether a model can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// It can, and no end is announced.
    Active,
    /// It can, and its end is announced.
    Ending,
    /// It was shut down.
    ShutDown,
}

impl Availability {
    pub(super) fn of(status: Status) -> (Self, Option<Date>) {
        match status {
            Status::Active => (Self::Active, None),
            Status::Ending(day) => (Self::Ending, Some(day)),
            Status::ShutDown(day) => (Self::ShutDown, Some(day)),
        }
    }
}

/// A model in a list.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ModelList {
    /// The id.
    pub model: String,
    /// Who sells it.
    pub provider: String,
    /// Whether it can be called at the date of the report.
    pub status: Availability,
    /// The day it is or was shut down, as far as that was announced by then.
    pub shutdown: Option<Date>,
    /// Whether completions hold hidden reasoning tokens.
    pub reasoning: bool,
    /// The context window.
    pub window: Tokens,
    /// The model's own maximum of completion tokens.
    pub output_cap: Tokens,
    /// The limit of the prompt alone, where there is one.
    pub input_limit: Option<Tokens>,
    /// The vocabulary.
    pub encoding: Encoding,
    /// Whether counts of plain messages equal the bill.
    pub fidelity: Fidelity,
    /// Its prices at the date of the report; nothing when none is known.
    pub usd_per_mtok: Option<StandardRates>,
    /// The tiers that have a price.
    pub tiers: Vec<&'static str>,
    /// The day the API first served it.
    pub released: Date,
    /// The replacement that its provider names.
    pub successor: Option<String>,
}

impl ModelList {
    /// The models that are released on `as_of`, optionally of one provider.
    #[must_use]
    pub fn of(catalog: &Catalog, provider: Option<&str>, as_of: Date) -> Vec<Self> {
        catalog
            .models()
            .filter(|model| model.released <= as_of)
            .filter(|model| provider.is_none_or(|id| model.provider == id))
            .map(|model| Self::new(model, as_of))
            .collect()
    }

    fn new(model: &Model, as_of: Date) -> Self {
        let (status, shutdown) = Availability::of(model.status_at(as_of));
        let price = model.price_at(as_of).ok();
        let standard = price.and_then(|price| price.rates(Tier::Standard, Tokens::ZERO));
        Self {
            model: model.id.clone(),
            provider: model.provider.clone(),
            status,
            shutdown,
            reasoning: model.reasoning,
            window: model.limits.window,
            output_cap: model.limits.output_cap,
            input_limit: model.limits.input_limit,
            encoding: model.counting.encoding,
            fidelity: model.counting.fidelity,
            usd_per_mtok: standard.map(|rates| StandardRates {
                input: rates.input,
                cached_input: rates.cached_input,
                output: rates.output,
            }),
            tiers: price.into_iter().flat_map(PriceEntry::tiers).map(Tier::name).collect(),
            released: model.released,
            successor: model.lifecycle.as_ref().and_then(|end| end.successor.clone()),
        }
    }
}

impl Answer for ModelList {
    const COMMAND: &'static str = "models list";
    const HEADING: &'static str = "The models of the catalogue";
    const COLUMNS: &'static [&'static str] = &[
        "model",
        "provider",
        "status",
        "shutdown",
        "reasoning",
        "window",
        "output_cap",
        "input_limit",
        "encoding",
        "fidelity",
        "usd_per_mtok.{input,cached_input,output}",
        "tiers",
        "released",
        "successor",
    ];
    type Total = ();

    fn document(report: &Report<Self>) -> Document {
        let mut document = Document::default();
        let mut table = Table::default()
            .texts(["model"])
            .numbers(["window", "output cap", "in", "cached", "out"])
            .texts(["shutdown"]);
        // What a cloud or a router sells comes after the models of their makers.
        let is_resold = |model: &&Self| model.model.contains('/');
        let mut models: Vec<&Self> = report.results.iter().collect();
        models.sort_by_key(is_resold);
        document.headline(
            grouped(models.len()),
            "models with their limits and standard prices",
            "",
        );
        document.blocks.extend(finder().ok().map(DocumentBlock::Widget));
        for model in models {
            let rates = model.usd_per_mtok.as_ref();
            let rate = |rate: Option<Rate>| {
                rate.map(|rate| rate.for_people().replace('$', "")).unwrap_or_default()
            };
            let mark = if model.status == Availability::ShutDown { " †" } else { "" };
            table.row([
                model.model.clone(),
                model.window.to_string(),
                model.output_cap.to_string(),
                rate(rates.map(|r| r.input)),
                rate(rates.and_then(|r| r.cached_input)),
                rate(rates.map(|r| r.output)),
                model.shutdown.map(|day| format!("{day}{mark}")).unwrap_or_default(),
            ]);
        }
        document.table(table);
        document.line(
            Emphasis::Muted,
            format!(
                "{} as of {}, † shut down by then; standard prices in USD per 1M tokens; \
                 `outlay models show ID` tells all",
                plural(report.results.len(), "model"),
                report.as_of
            ),
        );
        document
    }
}
