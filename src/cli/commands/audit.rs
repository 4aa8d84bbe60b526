//! `outlay audit`

use clap::Args;

use super::audit_each;
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::logs::{self, Event, LogArgs, Needs, Tally};
use crate::cli::output::{self, Answered};
use crate::cli::settings::Settings;
use crate::gate::Verdict;
use crate::history::{Audit, Doubts, GroupBy, PriceBook, Tolerance};
use crate::logs::Entry;
use crate::report::{AuditResult, AuditTotal, Format, LogCounts};
use crate::units::Money;
use crate::workload::{ProfileScores, parse};
use crate::{Error, ErrorKind};

/// Say what logged calls cost, what was wasted, and how a forecast would have done
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay audit responses.jsonl                           spend by model
  outlay audit logs/ --by day,model --format csv
  outlay audit logs/ --by task --format focus -o bill.csv
  outlay audit spend.csv.gz --map model=deployment       columns under other names
  outlay audit week2.jsonl --forecast week1.json         scores a profile made by calibrate
  outlay audit calls.jsonl --forecast week1.json --forecast kind:code --forecast any
  tail -f calls.jsonl | outlay audit --each              a line of JSON for every record, as it comes")]
pub(crate) struct AuditArgs {
    #[command(flatten)]
    pub(super) logs: LogArgs,
    /// Group by model, day and task; several with commas between them
    #[arg(long, value_name = "KEYS", value_parser = parse::<GroupBy>, default_value = "model", conflicts_with = "each")]
    by: GroupBy,
    /// Write a line for every record instead of sums: JSON, or CSV with --format csv
    #[arg(long)]
    each: bool,
    /// Score a forecast on these calls, several side by side: a profile (NAME, FILE, or either with :task), kind:KIND, or any for the range of all kinds
    #[arg(long, value_name = "PROFILE|kind:KIND|any", conflicts_with = "each")]
    forecast: Vec<String>,
    /// The billing account that the rows of --format focus name [default: unknown]
    #[arg(long, value_name = "ID", conflicts_with = "each")]
    account: Option<String>,
    /// Leave out calls without a price without ending in exit code 2
    #[arg(long)]
    skip_unpriced: bool,
    /// Leave out what a call was charged for besides, and that cannot be read or priced, without
    /// ending in exit code 2
    #[arg(long)]
    skip_unread: bool,
}

pub(crate) fn run(args: &AuditArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let mut prices = PriceBook::new(&settings.catalog, settings.as_of);
    let mut audit = Audit::new(args.by);
    if args.each {
        let tally = audit_each::write(&args.logs, settings, &mut prices, &mut audit)?;
        let Doubts { errors, .. } = doubts(args, settings, &mut audit, &tally);
        return Ok(ExitStatus::of(errors.len(), Verdict::Pass));
    }
    if settings.writes(Format::Focus) {
        audit = audit.with_ledger(settings.as_of);
    }
    let mut scores = ProfileScores::new(&args.forecast, &settings.streams);
    let needs = Needs { text: false, task: args.by.task, groups: false };
    let tally = logs::read(&args.logs, settings, needs, |at, event| {
        if let Event::Entry(Entry::Call(record)) = event {
            let charge = prices.charge(record);
            audit.add(record, &charge, || at.place());
            if let Ok(charge) = &charge {
                scores.add(record, charge);
            }
        }
        Ok(())
    })?;
    let (scores, not_scored) = scores.finish();
    let mut doubts = doubts(args, settings, &mut audit, &tally);
    for error in not_scored {
        // A profile that cannot be read at all is no answer.
        if scores.is_empty() {
            output::problem(&error, settings);
            doubts.errors.push(error);
        } else {
            doubts.warnings.push(error.message().to_owned());
        }
    }
    let results = AuditResult::of(&mut audit);
    let mut total = AuditTotal::of(&mut audit, LogCounts::from(&tally), scores);
    total.account.clone_from(&args.account);
    let mut answered = Answered::new(results, doubts.errors, doubts.warnings);
    answered.total = Some(total);
    answered.finish(settings)
}

/// What is wrong with the logs and with the sums, told on standard error.
fn doubts(args: &AuditArgs, settings: &Settings, audit: &mut Audit, tally: &Tally) -> Doubts {
    let tolerance = Tolerance { unpriced: args.skip_unpriced, unread: args.skip_unread };
    let mut found = audit.doubts(tolerance);
    let is_silent = tally.calls() == 0 && tally.errors.is_empty() && tally.unbilled.is_empty();
    if is_silent && audit.total().cost() == Money::ZERO {
        let error = Error::new(ErrorKind::Malformed, "no billed call was found in the logs");
        found.errors.push(error.hint("-v tells what was read"));
    }
    for error in &found.errors {
        output::problem(error, settings);
    }
    Doubts {
        errors: tally.errors.iter().cloned().chain(found.errors).collect(),
        warnings: tally.warnings.iter().cloned().chain(found.warnings).collect(),
    }
}
