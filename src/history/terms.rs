//! On what terms of a price list a logged call was made: the hours, the prompt, what it used besides.

use std::borrow::Cow;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::Error;
use crate::billing::bill_logged;
use crate::catalog::{FeeItem, Model, PriceEntry, Rates, Tier};
use crate::logs::UsageRecord;
use crate::units::{Money, Tokens};

/// A deployment in a data zone of Azure, such as `azure/us/gpt-5.4`: the model, and the zone.
pub(super) fn zone(name: &str) -> (Cow<'_, str>, Option<&'static str>) {
    let zones = [("azure/us/", "us"), ("azure/eu/", "eu")];
    let found = zones.iter().find_map(|(start, zone)| Some((name.strip_prefix(start)?, *zone)));
    found.map_or((Cow::Borrowed(name), None), |(model, zone)| {
        (Cow::Owned(format!("azure/{model}")), Some(zone))
    })
}

/// The prompt that decides on the rates, between the shortest and the longest that it may have been. Of a
/// sum it is the mean.
pub(super) fn prompts(record: &UsageRecord) -> [Tokens; 3] {
    const LONG: Tokens = Tokens::new(200_000);
    let prompt = record.bill.usage.prompt();
    let mean = Tokens::new(prompt.get() / record.requests.max(1));
    match record.long_prompts {
        None => [mean; 3],
        Some(false) => [Tokens::new(1), mean.min(LONG), LONG],
        Some(true) => {
            let least = LONG + Tokens::new(1);
            [least, mean.max(least), mean.max(least)]
        }
    }
}

/// The rates of the hour of a call; and what the sum lacks, where the log does not tell the hour, and the
/// day has peak hours and others. Then the cost that the log has decides, and without one the peak is taken.
///
/// # Errors
/// [`ErrorKind::MissingPrice`](crate::ErrorKind::MissingPrice) for a tier without a price.
pub(super) fn rates_at<'m>(
    record: &UsageRecord,
    model: &'m Model,
    price: &'m PriceEntry,
    (tier, prompt): (Tier, Tokens),
) -> Result<(&'m Rates, Option<&'static str>), Error> {
    let peak = || model.rates(price, tier, prompt);
    let off_peak = || model.off_peak_rates(price, tier, prompt);
    let Some(hours) = &price.peak else { return Ok((peak()?, None)) };
    let is_covered = match (record.time, record.day) {
        (Some(time), _) => Some(hours.covers(TimeZone::UTC.to_datetime(time))),
        (None, Some(day)) if !hours.touches(day) => Some(false),
        (None, _) => None,
    };
    match is_covered {
        Some(true) => return Ok((peak()?, None)),
        Some(false) => return Ok((off_peak()?, None)),
        None => {}
    }
    let costs = |rates: &Rates| {
        let cost = bill_logged(&record.bill, rates).ok()?.total().as_f64();
        let recorded = record.recorded?.usd.as_f64();
        Some((cost - recorded).abs() <= 1e-6 * cost)
    };
    let (peak, off_peak) = (peak()?, off_peak()?);
    Ok(match (costs(off_peak), costs(peak)) {
        (Some(true), _) => (off_peak, None),
        (_, Some(true)) => (peak, None),
        _ => {
            (peak, Some("the hour of the call, by which its rates are those of the peak or others"))
        }
    })
}

/// What each use of a tool costs, and the request itself where there is a fee for it, with how many there
/// are; and what of them has no known fee.
pub(super) fn fees(
    model: &Model,
    record: &UsageRecord,
    day: Date,
) -> (Vec<(FeeItem, u64, Money)>, Vec<String>) {
    let (mut fees, mut lacking) = (Vec::new(), Vec::new());
    let is_by_request =
        model.fees.iter().any(|fee| fee.item == FeeItem::Request && fee.from <= day);
    if is_by_request {
        match model.fee(FeeItem::Request, record.search_size.as_deref(), day) {
            Ok(fee) => fees.push((FeeItem::Request, record.requests, fee.usd)),
            Err(_) => lacking.push("the fee of a request, by the size of its search".to_owned()),
        }
    }
    for (item, uses) in &record.tools {
        match model.fee(*item, None, day) {
            Ok(fee) => match fee.units(*uses) {
                // What an account has free of charge is shared by all of its calls, so the fee is
                // counted in full.
                Some(units) => fees.push((*item, units, fee.usd)),
                None => lacking.push(format!("{uses} {item}")),
            },
            // The fee of the request is that of its searches.
            Err(_) if is_by_request && *item == FeeItem::WebSearch => {}
            Err(_) => lacking.push(format!("{uses} {item}")),
        }
    }
    (fees, lacking)
}
