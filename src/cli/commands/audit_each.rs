//! `outlay audit --each`: a line for every record, as soon as it is read.

use std::io::{self, Write as _};

use crate::cli::input::logs::{self, Event, LogArgs, Needs, Tally};
use crate::cli::place;
use crate::cli::settings::Settings;
use crate::history::{Audit, PriceBook};
use crate::logs::{Entry, Place};
use crate::report::{EachRecord, Format};
use crate::{Error, ErrorKind};

/// Writes the lines, and adds the calls to the audit.
pub(super) fn write(
    logs: &LogArgs,
    settings: &Settings,
    prices: &mut PriceBook<'_>,
    audit: &mut Audit,
) -> anyhow::Result<Tally> {
    if settings.output.is_some() {
        let error = Error::new(ErrorKind::Usage, "--each writes to standard output only");
        return Err(error.hint("redirect it with > instead of -o").into());
    }
    let as_csv = settings.format() == Format::Csv;
    let mut stdout = io::BufWriter::new(place::stdout(settings));
    if as_csv {
        stdout.write_all(EachRecord::csv_header()?.as_bytes())?;
    }
    let needs = Needs { text: false, task: true, groups: false };
    let tally = logs::read(logs, settings, needs, |at, event| {
        if matches!(event, Event::Pause) {
            // A reader at the other end of a pipe wants to see what there is so far.
            return Ok(stdout.flush()?);
        }
        let Some(record) = annotated(prices, audit, &at.place(), event) else { return Ok(()) };
        let line = if as_csv { record.csv_line()? } else { record.json_line()? };
        Ok(stdout.write_all(line.as_bytes())?)
    })?;
    stdout.flush()?;
    Ok(tally)
}

/// What is written about a record; nothing about one that is no call.
fn annotated(
    prices: &mut PriceBook<'_>,
    audit: &mut Audit,
    place: &Place,
    event: Event<'_>,
) -> Option<EachRecord> {
    let at = || place.to_string();
    Some(match event {
        Event::Entry(Entry::Call(record)) => {
            let charge = prices.charge(record);
            audit.add(record, &charge, || place.clone());
            EachRecord::call(at(), record, &charge)
        }
        Event::Entry(Entry::Duplicate(record)) => EachRecord {
            cost_usd: None,
            saved_usd: None,
            error: None,
            duplicate: true,
            ..EachRecord::call(at(), record, &prices.charge(record))
        },
        Event::Entry(Entry::Unbilled(why)) => {
            EachRecord { unbilled: Some(*why), ..EachRecord::at(at()) }
        }
        Event::Invalid(error) => {
            EachRecord { error: Some(error.message().to_owned()), ..EachRecord::at(at()) }
        }
        Event::Entry(
            Entry::Codex(_) | Entry::Anthropic(_) | Entry::SessionSum(_) | Entry::NoCall,
        )
        | Event::Pause => return None,
    })
}
