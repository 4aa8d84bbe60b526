//! `outlay audit`

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use clap::Args;

use crate::cli::exit_status::ExitStatus;
use crate::cli::input::logs::{self, Event, LogArgs, Needs, Tally};
use crate::cli::input::profiles::ProfilesOnDisk;
use crate::cli::output::{self, Answered};
use crate::cli::settings::Settings;
use crate::gate::Verdict;
use crate::history::{Audit, Charge, GroupBy, PriceBook, Scorer};
use crate::logs::{Entry, UsageRecord};
use crate::report::{AuditResult, AuditTotal, EachRecord, Format, LogsRef, ProfileScore};
use crate::units::{Money, Position, plural};
use crate::workload::{CallSpec, MeasuredProfile, parse};
use crate::{Error, ErrorKind};

/// Say what logged calls cost, what was wasted, and how a forecast would have done
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay audit responses.jsonl                           spend by model
  outlay audit logs/ --by day,model --format csv
  outlay audit spend.csv.gz --map model=deployment       columns under other names
  outlay audit week2.jsonl --forecast week1.json         scores a profile made by calibrate
  tail -f calls.jsonl | outlay audit --each              a line of JSON for every record, as it comes")]
pub(crate) struct AuditArgs {
    #[command(flatten)]
    logs: LogArgs,
    /// Group by model, day and task; several with commas between them
    #[arg(long, value_name = "KEYS", value_parser = parse::<GroupBy>, default_value = "model", conflicts_with = "each")]
    by: GroupBy,
    /// Write a line for every record instead of sums: JSON, or CSV with --format csv
    #[arg(long)]
    each: bool,
    /// Score the forecasts of a profile on these calls: NAME, FILE, or either with :task
    #[arg(long, value_name = "PROFILE", conflicts_with = "each")]
    forecast: Option<String>,
    /// Leave out calls without a price without ending in exit code 2
    #[arg(long)]
    skip_unpriced: bool,
    /// Leave out what a call was charged for besides, and that cannot be read or priced, without
    /// ending in exit code 2
    #[arg(long)]
    skip_unread: bool,
}

pub(crate) fn run(args: &AuditArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let mut auditor = Auditor {
        args,
        settings,
        prices: PriceBook::new(&settings.catalog, settings.as_of),
        audit: Audit::new(args.by),
        scorers: BTreeMap::new(),
        not_scored: BTreeMap::new(),
    };
    let tally = if args.each {
        each(&mut auditor)?
    } else {
        let needs = Needs { text: false, task: args.by.task, groups: false };
        logs::read(&args.logs, settings, needs, |at, event| {
            if let Event::Entry(Entry::Call(record)) = event {
                let charge = auditor.prices.charge(record);
                auditor.audit.add(record, &charge, || at.to_string());
                if let Ok(charge) = &charge {
                    auditor.score(record, charge);
                }
            }
            Ok(())
        })?
    };
    auditor.finish(&tally)
}

struct Auditor<'a> {
    args: &'a AuditArgs,
    settings: &'a Settings,
    prices: PriceBook<'a>,
    audit: Audit,
    /// The profile's name and scorer for each model it has.
    scorers: BTreeMap<&'a str, (String, Scorer)>,
    /// Why the calls of a model are not scored.
    not_scored: BTreeMap<&'a str, Error>,
}

impl<'a> Auditor<'a> {
    fn score(&mut self, record: &UsageRecord, charge: &Charge<'a>) {
        let Some(spec) = &self.args.forecast else { return };
        let Some((model, _)) = charge.model else { return };
        let id = model.id.as_str();
        if self.not_scored.contains_key(id) {
            return;
        }
        if !self.scorers.contains_key(id) {
            match MeasuredProfile::named(spec, model, &CallSpec::default(), &ProfilesOnDisk) {
                // A profile of another model forecasts nothing about this one.
                Ok(source) if source.about.model != id => {
                    let message =
                        format!("`{spec}` has no profile of `{id}`, whose calls are not scored");
                    let error = Error::new(ErrorKind::Usage, message)
                        .hint("make a profile of such calls with `outlay calibrate`");
                    self.not_scored.insert(id, error);
                    return;
                }
                Ok(source) => {
                    let scorer = Scorer::new(source.measured);
                    self.scorers.insert(id, (source.about.name, scorer));
                }
                Err(error) => {
                    self.not_scored.insert(id, error);
                    return;
                }
            }
        }
        if let Some((_, scorer)) = self.scorers.get_mut(id) {
            scorer.add(record, charge);
        }
    }

    fn finish(mut self, tally: &Tally) -> anyhow::Result<ExitStatus> {
        let scores: Vec<_> = self
            .scorers
            .iter()
            .filter_map(|(id, (name, scorer))| {
                Some(ProfileScore {
                    profile: name.clone(),
                    model: (*id).to_owned(),
                    score: scorer.score()?,
                })
            })
            .collect();
        let mut warnings = tally.warnings.clone();
        let mut warnings_of_costs = Vec::new();
        let mut errors = tally.errors.clone();
        let mut add = |error: Error, is_warning: bool| {
            if is_warning {
                warnings.push(error.message().to_owned());
            } else {
                output::problem(&error, self.settings);
                errors.push(error);
            }
        };
        for error in self.not_scored.into_values() {
            // A profile that cannot be read at all is no answer.
            add(error, !scores.is_empty());
        }
        for unpriced in self.audit.unpriced() {
            let calls = plural(unpriced.calls, "call");
            let message = format!("{calls} without a price: {}", unpriced.error.message());
            let (source, line) = unpriced.first.rsplit_once(':').unwrap_or((&unpriced.first, "1"));
            let error = Error::new(unpriced.error.kind(), message)
                .in_source(source)
                .at(Position { line: line.parse().unwrap_or(1), column: 1 })
                .hint(unpriced.error.hint_text().unwrap_or("add the price with --catalog FILE"));
            add(error, self.args.skip_unpriced);
        }
        for lacking in self.audit.lacking() {
            let calls = plural(lacking.calls, "call");
            let message = format!("the sum lacks `{}` of {calls}", lacking.what);
            let error = Error::new(ErrorKind::Malformed, message)
                .in_source(&lacking.first)
                .hint("add the price with --catalog FILE, or leave it out with --skip-unread");
            add(error, self.args.skip_unread);
        }
        if let Some(recorded) = self.audit.recorded().filter(|sum| sum.disagreeing > 0) {
            warnings_of_costs.push(format!(
                "the log has other costs for {} of {}: {} in all where the sum here is {}; the first is {}",
                plural(recorded.disagreeing, "call"),
                recorded.calls,
                recorded.recorded_usd.for_people(),
                recorded.cost_usd.for_people(),
                recorded.first.as_deref().unwrap_or_default(),
            ));
        }
        if tally.calls() == 0
            && self.audit.total().cost() == Money::ZERO
            && tally.errors.is_empty()
            && tally.unbilled.is_empty()
        {
            let error = Error::new(ErrorKind::Malformed, "no billed call was found in the logs");
            add(error.hint("-v tells what was read"), false);
        }
        warnings.append(&mut warnings_of_costs);
        if self.args.each {
            return Ok(ExitStatus::of(errors.len(), Verdict::Pass));
        }
        let results = AuditResult::of(&mut self.audit);
        let total = AuditTotal::of(&mut self.audit, LogsRef::from(tally), scores);
        let mut answered = Answered::new(results, errors, warnings);
        answered.total = Some(total);
        answered.finish(self.settings)
    }
}

/// Writes a line for every record, as soon as it is read.
fn each(auditor: &mut Auditor<'_>) -> anyhow::Result<Tally> {
    let (args, settings) = (auditor.args, auditor.settings);
    if settings.output.is_some() {
        let error = Error::new(ErrorKind::Usage, "--each writes to standard output only");
        return Err(error.hint("redirect it with > instead of -o").into());
    }
    let as_csv = settings.format == Format::Csv;
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    if as_csv {
        stdout.write_all(EachRecord::csv_header()?.as_bytes())?;
    }
    let needs = Needs { text: false, task: true, groups: false };
    let tally = logs::read(&args.logs, settings, needs, |at, event| {
        if matches!(event, Event::Pause) {
            // A reader at the other end of a pipe wants to see what there is so far.
            return Ok(stdout.flush()?);
        }
        let Some(record) = annotated(auditor, at.to_string(), event) else { return Ok(()) };
        let line = if as_csv { record.csv_line()? } else { record.json_line()? };
        Ok(stdout.write_all(line.as_bytes())?)
    })?;
    stdout.flush()?;
    Ok(tally)
}

/// What is written about a record; nothing about one that is no call.
fn annotated(auditor: &mut Auditor<'_>, place: String, event: Event<'_>) -> Option<EachRecord> {
    Some(match event {
        Event::Entry(Entry::Call(record)) => {
            let charge = auditor.prices.charge(record);
            auditor.audit.add(record, &charge, || place.clone());
            EachRecord::call(place, record, &charge)
        }
        Event::Entry(Entry::Duplicate(record)) => EachRecord {
            cost_usd: None,
            saved_usd: None,
            error: None,
            duplicate: true,
            ..EachRecord::call(place, record, &auditor.prices.charge(record))
        },
        Event::Entry(Entry::Unbilled(why)) => {
            EachRecord { unbilled: Some(*why), ..EachRecord::at(place) }
        }
        Event::Invalid(error) => {
            EachRecord { error: Some(error.message().to_owned()), ..EachRecord::at(place) }
        }
        Event::Entry(
            Entry::Codex(_) | Entry::Anthropic(_) | Entry::SessionSum(_) | Entry::NoCall,
        )
        | Event::Pause => return None,
    })
}
