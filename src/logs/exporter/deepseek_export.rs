//! What DeepSeek exports of an account: `amount-*.csv`, with a row for each kind of token of a model in a
//! span of time, and `cost-*.csv`, with what was charged.

use crate::Error;
use crate::logs::day;
use crate::logs::figures::{Count, Figure, Figures, Parts, amount};
use crate::logs::object::{Object, malformed};
use crate::logs::record::{Entry, LogFormat, RecordedCost, UsageRecord};
use crate::units::Tokens;

/// The columns of the two files that tell them from other tables.
pub(crate) const COLUMNS: [&[&str]; 2] =
    [&["start_time_iso", "model", "type", "price", "amount"], &["model", "wallet_type", "cost"]];

pub(crate) fn is(object: &Object<'_>) -> bool {
    COLUMNS.iter().any(|columns| columns.iter().all(|column| object.has(column)))
}

pub(crate) fn read(object: &Object<'_>) -> Result<Entry, Error> {
    let mut record = if object.has("wallet_type") { charged(object)? } else { amounts(object)? };
    record.model = object.text(&["model"])?;
    let moment = day::of(object, &["start_time_iso", "utc_date", "date"])?;
    record.set_moment(moment);
    // Peak hours are known of spans that end in the hour in which they begin.
    let end = day::of(object, &["end_time_iso"])?;
    let seconds = moment
        .and_then(|start| start.time)
        .zip(end.and_then(|end| end.time))
        .map(|(start, end)| end.as_second() - start.as_second());
    if seconds.is_none_or(|seconds| seconds > 3_600) {
        record.time = None;
    }
    Ok(record.into())
}

/// A row of `amount-*.csv`. A span has a row for each kind of token, and one for the requests.
fn amounts(object: &Object<'_>) -> Result<UsageRecord, Error> {
    let kind = object.text(&["type"])?.unwrap_or_default();
    let cell = object.at("amount").unwrap_or_default();
    let count = Count::in_cell(&cell)
        .map_err(|e| malformed(format!("`amount`: {}", e.message())))?
        .unwrap_or_default();
    let mut figures = Figures::default();
    let (mut prompt, mut requests) = (Tokens::ZERO, 0);
    match kind.as_str() {
        "input_cache_hit_tokens" => {
            figures.put(Figure::Cached, Some(count));
            prompt = count;
        }
        "input_cache_miss_tokens" => prompt = count,
        "output_tokens" => figures.put(Figure::Completion, Some(count)),
        "request_count" => requests = count.get(),
        other => return Err(malformed(format!("the type `{other}` is not known"))),
    }
    figures.put(Figure::Prompt, Some(prompt));
    if figures.get(Figure::Completion).is_none() {
        figures.put(Figure::Completion, Some(Tokens::ZERO));
    }
    let mut record = UsageRecord::of(LogFormat::DeepseekExport, figures, Parts::Inside)?;
    record.requests = requests;
    let price = object.at("price").and_then(|price| price.trim().parse::<f64>().ok());
    let cost = price.map(|price| price * count.as_f64()).and_then(amount);
    record.recorded =
        cost.filter(|_| requests == 0).map(|usd| RecordedCost { usd, is_bill: false });
    Ok(record)
}

/// A row of `cost-*.csv`: what a wallet was charged.
fn charged(object: &Object<'_>) -> Result<UsageRecord, Error> {
    let currency = object.text(&["currency"])?.unwrap_or_default();
    if !currency.eq_ignore_ascii_case("usd") {
        let message = if currency.is_empty() {
            "the cost has no currency".to_owned()
        } else {
            format!("the cost is in {currency}; only US dollars are read")
        };
        return Err(malformed(message).hint("read the amount-*.csv of the same export instead"));
    }
    let cost = object.at("cost").and_then(|cost| cost.trim().parse().ok()).and_then(amount);
    let usd = cost.ok_or_else(|| malformed("`cost` is not a sum".to_owned()))?;
    let mut figures = Figures::default();
    for figure in [Figure::Prompt, Figure::Completion] {
        figures.put(figure, Some(Tokens::ZERO));
    }
    let mut record = UsageRecord::of(LogFormat::DeepseekExport, figures, Parts::Inside)?;
    record.requests = 0;
    record.recorded = Some(RecordedCost { usd, is_bill: true });
    Ok(record)
}
