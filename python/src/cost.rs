//! What calls cost: from columns of usage, or from whole records.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::civil::Date;
use outlay::billing::CostKind;
use outlay::catalog::Catalog as Models;
use outlay::history::{Charge, PriceBook};
use outlay::logs::{Cell, ColumnReader, Entry, ReadOptions, UsageRecord};
use outlay::units::Money;
use pyo3::prelude::*;

use crate::capsule::ArrowArray;
use crate::catalog::{Catalog, models};
use crate::column::{Values, rows};
use crate::error::{exception, in_row};
use crate::outcome::{Days, Dollars, Texts, day_of, guarded, structure};
use crate::usage::{self, Outcome, Reader};

/// What one call cost.
struct Cost<'m> {
    model: Cow<'m, str>,
    /// Input, cached input, cache writes, output, and everything else.
    lines: [Money; 5],
    total: Money,
    saved: Money,
    rates_from: Option<Date>,
    lacking: Option<String>,
}

struct Columns {
    model: Texts,
    amounts: [Dollars; 7],
    rates_from: Days,
    lacking: Texts,
    error: Texts,
}

impl Columns {
    /// Columns for so many rows.
    fn sized(rows: usize) -> Self {
        Self {
            model: Texts::sized(rows),
            amounts: std::array::from_fn(|_| Dollars::sized(rows)),
            rates_from: Days::sized(rows),
            lacking: Texts::sized(rows),
            error: Texts::sized(rows),
        }
    }

    fn push(&mut self, cost: Result<Option<Cost<'_>>, String>) {
        let (cost, error) = match cost {
            Ok(cost) => (cost, None),
            Err(error) => (None, Some(error)),
        };
        self.error.push(error);
        let amounts = cost.as_ref().map(|cost| {
            let [input, cached, written, output, other] = cost.lines;
            [input, cached, written, output, other, cost.total, cost.saved]
        });
        for (i, column) in self.amounts.iter_mut().enumerate() {
            column.push(amounts.map(|amounts| amounts[i]));
        }
        self.rates_from.push(cost.as_ref().and_then(|cost| cost.rates_from));
        self.model.push(cost.as_ref().map(|cost| &cost.model));
        self.lacking.push(cost.and_then(|cost| cost.lacking));
    }

    fn done(self) -> PyResult<ArrowArray> {
        let [input, cached, written, output, other, total, saved] = self.amounts;
        structure(vec![
            ("model_id", self.model.done()),
            ("input_usd", input.done()),
            ("cached_input_usd", cached.done()),
            ("cache_write_usd", written.done()),
            ("output_usd", output.done()),
            ("other_usd", other.done()),
            ("cost_usd", total.done()),
            ("saved_usd", saved.done()),
            ("rates_from", self.rates_from.done()),
            ("lacking", self.lacking.done()),
            ("error", self.error.done()),
        ])
    }
}

/// Prices of the days of the calls, or of a day for those without one.
fn prices(models: &Arc<Models>, as_of: Option<Date>) -> PriceBook<'_> {
    as_of.map_or_else(|| PriceBook::by_own_days(models), |day| PriceBook::new(models, day))
}

fn cost_of<'m>(call: &UsageRecord, prices: &mut PriceBook<'m>) -> Result<Cost<'m>, String> {
    let charge: Charge<'m> = prices.charge(call).map_err(|error| in_row(&error))?;
    let mut lines = [Money::ZERO; 5];
    for line in charge.bill.lines() {
        let at = match line.kind {
            CostKind::Input => 0,
            CostKind::CachedInput => 1,
            CostKind::CacheWrite | CostKind::CacheWriteExtended => 2,
            CostKind::Output | CostKind::ReasoningOutput => 3,
            _ => 4,
        };
        lines[at] += line.cost_usd;
    }
    let lacking: Vec<&str> =
        call.unread.iter().chain(&charge.lacking).map(String::as_str).collect();
    Ok(Cost {
        model: charge.id,
        lines,
        total: charge.cost,
        saved: charge.bill.saved(),
        rates_from: charge.rates_from,
        lacking: (!lacking.is_empty()).then(|| lacking.join(", ")),
    })
}

/// The names of the columns, as the library knows them.
const NAMES: [&str; 9] = [
    "model",
    "time",
    "prompt_tokens",
    "completion_tokens",
    "cached_tokens",
    "cache_write_tokens",
    "cache_write_extended_tokens",
    "reasoning_tokens",
    "service_tier",
];

/// Those that every table has.
const NEEDED: [&str; 4] = ["model", "time", "prompt_tokens", "completion_tokens"];

/// Columns of usage, priced: `cost(columns, as_of, catalog)`, where `columns` are those of [`NAMES`] in order.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "arguments of Python are taken by value")]
pub(crate) fn cost(
    py: Python<'_>,
    columns: [Option<Bound<'_, PyAny>>; 9],
    as_of: Option<&Bound<'_, PyAny>>,
    catalog: Option<&Bound<'_, Catalog>>,
) -> PyResult<ArrowArray> {
    let mut given = Vec::new();
    for (name, column) in NAMES.iter().zip(&columns) {
        let values = Values::of(column.as_ref(), name)?;
        // What few tables have costs no time in the others.
        if !matches!(values, Values::Nothing) || NEEDED.contains(name) {
            given.push((*name, values));
        }
    }
    let borrowed: Vec<(&str, &Values)> = given.iter().map(|(name, it)| (*name, it)).collect();
    let rows = rows(&borrowed)?;
    let as_of = day_of(as_of)?;
    let models = models(py, catalog)?;
    let names: Vec<String> = given.iter().map(|(name, _)| (*name).to_owned()).collect();
    let reader = ColumnReader::new(&names, ReadOptions::default());
    let reader = reader.map_err(|error| exception(py, &error))?.with_parts_inside();
    py.detach(|| {
        let mut prices = prices(&models, as_of);
        let mut cells: Vec<_> = given.iter().map(|(_, values)| values.cells(rows)).collect();
        let (mut row, mut found) = (Vec::with_capacity(cells.len()), Vec::with_capacity(1));
        let mut costs = Columns::sized(rows);
        for _ in 0..rows {
            row.clear();
            let mut wrong = None;
            // Each column goes on by a row, whatever the others have.
            for cells in &mut cells {
                match cells.next() {
                    Some(Ok(cell)) => row.push(cell),
                    Some(Err(why)) => _ = wrong.get_or_insert(why),
                    None => row.push(Cell::Empty),
                }
            }
            costs.push(guarded(|| {
                if let Some(why) = wrong {
                    return Err(why);
                }
                if row.iter().all(|cell| matches!(cell, Cell::Empty)) {
                    return Ok(None);
                }
                found.clear();
                reader.read(&row, &mut found);
                match found.pop() {
                    Some(Ok(Entry::Call(call))) => cost_of(&call, &mut prices).map(Some),
                    Some(Err(error)) => Err(in_row(&error)),
                    _ => Ok(None),
                }
            }));
        }
        costs.done()
    })
}

/// Records as columns of usage and of cost, each read once: `billed(record, request, task, model, as_of, catalog)`.
#[pyfunction]
pub(crate) fn billed(
    py: Python<'_>,
    record: &Bound<'_, PyAny>,
    request: Option<&Bound<'_, PyAny>>,
    task: Option<&str>,
    model: Option<String>,
    as_of: Option<&Bound<'_, PyAny>>,
    catalog: Option<&Bound<'_, Catalog>>,
) -> PyResult<ArrowArray> {
    let records = Values::of(Some(record), "record")?;
    let requests = Values::of(request, "request")?;
    let rows = rows(&[("record", &records), ("request", &requests)])?;
    let as_of = day_of(as_of)?;
    let models = models(py, catalog)?;
    py.detach(|| {
        let mut prices = prices(&models, as_of);
        let mut reader = Reader::new(task, model, false);
        let (mut usages, mut costs) = (usage::Columns::default(), Columns::sized(rows));
        for (record, request) in records.cells(rows).zip(requests.cells(rows)) {
            let read = guarded(|| reader.read(record, request));
            costs.push(guarded(|| match &read {
                Ok(Some(Outcome::Call(call))) => cost_of(call, &mut prices).map(Some),
                // Why it cannot be read is in the usage.
                _ => Ok(None),
            }));
            usages.push(&read);
        }
        structure(vec![("usage", usages.done()?.0), ("cost", costs.done()?.0)])
    })
}

/// Whole records, priced with everything that they were charged for: `charge(record, request, as_of, model,
/// catalog)`.
#[pyfunction]
pub(crate) fn charge(
    py: Python<'_>,
    record: &Bound<'_, PyAny>,
    request: Option<&Bound<'_, PyAny>>,
    as_of: Option<&Bound<'_, PyAny>>,
    model: Option<String>,
    catalog: Option<&Bound<'_, Catalog>>,
) -> PyResult<ArrowArray> {
    let records = Values::of(Some(record), "record")?;
    let requests = Values::of(request, "request")?;
    let rows = rows(&[("record", &records), ("request", &requests)])?;
    let as_of = day_of(as_of)?;
    let models = models(py, catalog)?;
    py.detach(|| {
        let mut prices = prices(&models, as_of);
        let mut reader = Reader::new(None, model, false);
        let mut costs = Columns::sized(rows);
        for (record, request) in records.cells(rows).zip(requests.cells(rows)) {
            costs.push(guarded(|| match reader.read(record, request)? {
                Some(Outcome::Call(call)) => cost_of(&call, &mut prices).map(Some),
                Some(other) => other.error().map_or(Ok(None), Err),
                None => Ok(None),
            }));
        }
        costs.done()
    })
}
