//! `outlay calibrate`

use std::path::PathBuf;

use clap::Args;

use crate::cli::exit_status::ExitStatus;
use crate::cli::input::logs::{self, Event, LogArgs, Needs, Tally};
use crate::cli::output::{self, Answered};
use crate::cli::settings::Settings;
use crate::forecast::{CallEffort, CapPolicy, Priors, Profile, WorkKind};
use crate::history::{Calibrator, CapQuestion, enough_alone, log_plans};
use crate::logs::Entry;
use crate::report::{
    CalibrateResult, CalibrateTotal, Format, LogPlanResult, LogPlanTotal, LoggedTaskRef, LogsRef,
};
use crate::units::{Count, Probability, Tokens};
use crate::workload::parse;
use crate::{Error, ErrorKind};

/// Turn logs into a measured profile, and say which cap it allows
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay calibrate responses.jsonl                       quantiles, caps and a histogram by model and task
  outlay calibrate logs/ --save profile.json             writes the profile; use it with --profile profile.json
  outlay calibrate batch_output.jsonl.gz --task nightly
  outlay calibrate usage.csv --map task=kind,completion_tokens=out
  outlay calibrate --plan --within 10% --kind code       how many calls to log, before any is logged

-o FILE.json writes the profile as --save does; -o FILE.html, .md or .csv writes the answer.")]
pub(crate) struct CalibrateArgs {
    #[command(flatten)]
    logs: LogArgs,
    /// Tokens to keep for reasoning and outputs as long as the logs do not allow less [default: 25,000]
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true)]
    reserve: Option<Tokens>,
    /// What the calls are for: step, judge, write, puzzle, code or search; makes few calls say more
    #[arg(long, value_name = "KIND", value_parser = parse::<WorkKind>)]
    kind: Option<WorkKind>,
    /// Write the profile to this file
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Write over an existing profile
    #[arg(long)]
    force: bool,
    /// Say how many calls to log, instead of reading logs
    #[arg(long, conflicts_with_all = ["logs", "force", "reserve"])]
    plan: bool,
    /// The error of the mean cost that is to be reached in 9 of 10 cases [default: 20%]
    #[arg(long, value_name = "P", value_parser = parse::<Probability>, allow_hyphen_values = true, requires = "plan")]
    within: Option<Probability>,
    /// Calls of one conversation, which are alike [default: 1]
    #[arg(long, value_name = "N", value_parser = parse::<Count>, allow_hyphen_values = true, requires = "plan")]
    turns: Option<Count>,
}

/// The length risks for which a cap is recommended.
const RISKS: [f64; 2] = [0.01, 0.05];

/// The error of the mean cost that a plan reaches unless another one is asked for.
const WITHIN: f64 = 0.2;

/// How many calls to log.
fn plan(args: &CalibrateArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let within = args.within.unwrap_or(Probability::clamped(WITHIN));
    if within.get() <= 0.0 {
        let error = Error::new(ErrorKind::Amount, "no number of calls brings the error to 0");
        return Err(error.hint("write an error such as --within 10%").into());
    }
    let turns = args.turns.map_or(1, Count::get).max(1);
    let priors = Priors::embedded()?;
    let prior = match args.logs.model() {
        Some(name) => {
            let model = settings.catalog.resolve(name, settings.as_of)?;
            priors.of(model, args.kind, CallEffort::at(model, None))
        }
        None => {
            priors.of_id("", args.kind, CallEffort { reasons: true, level: None, budget: None })
        }
    };
    let plans = log_plans(&prior, within.get(), turns);
    let results = plans.iter().map(|plan| LogPlanResult::of(plan, args.kind)).collect();
    let total = LogPlanTotal { within, turns, enough_alone: enough_alone() };
    let answered = Answered::new(results, Vec::new(), Vec::new());
    Answered { total: Some(total), ..answered }.finish(settings)
}

pub(crate) fn run(args: &CalibrateArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    if args.plan {
        return plan(args, settings);
    }
    // A page, a table or a CSV goes where -o says; what else -o names is the profile.
    let is_answer = match settings.file_format() {
        Format::Html | Format::Markdown | Format::Csv => settings.output.is_some(),
        _ => false,
    };
    let of_output = settings.output.as_ref().filter(|_| !is_answer);
    let save = args.save.as_ref().or(of_output);
    if let Some(path) = save.filter(|path| path.exists() && !args.force) {
        // Known before hours of logs are read.
        return Err(exists(path).into());
    }
    let mut calibrator = Calibrator::new(&settings.catalog, settings.as_of);
    let needs = Needs { text: true, task: true, groups: true };
    let tally = logs::read(&args.logs, settings, needs, |_, event| {
        if let Event::Entry(Entry::Call(record)) = event {
            calibrator.add(record);
        }
        Ok(())
    })?;
    let risks = RISKS.map(Probability::clamped);
    let reserve = args.reserve.unwrap_or(CapPolicy::default().reserve);
    let priors = Priors::embedded()?;
    let question = CapQuestion { reserve, risks: &risks, kind: args.kind, priors };
    let calibrations = calibrator.calibrations(&question);
    let results: Vec<_> = calibrations.iter().map(CalibrateResult::of).collect();
    let profiles = calibrator.profiles(&origin(&tally));
    let mut errors = tally.errors.clone();
    if profiles.is_empty() && errors.is_empty() {
        let error = Error::new(ErrorKind::Malformed, "no completion was found in the logs")
            .hint("-v tells what was read");
        output::problem(&error, settings);
        errors.push(error);
    }
    let written = match save {
        Some(path) if !profiles.is_empty() => {
            let file = Profile::file(&profiles)?;
            if !settings.streams.keep(path, file.as_bytes()) {
                output::write_text(path, &file, args.force)?;
            }
            Some(path.display().to_string())
        }
        _ => None,
    };
    let days = profiles.iter().filter_map(|profile| profile.period);
    let total = CalibrateTotal {
        n: profiles.iter().map(|profile| profile.pooled().n()).sum(),
        from: days.clone().map(|period| period.from).min(),
        to: days.map(|period| period.to).max(),
        left_out: calibrator.left_out().map(Into::into).collect(),
        profile: written,
        tasks: profiles.iter().flat_map(LoggedTaskRef::of).collect(),
        logs: LogsRef::from(&tally),
    };
    let mut answered = Answered::new(results, errors, tally.warnings);
    answered.total = Some(total);
    if is_answer { answered.finish(settings) } else { answered.finish_beside(settings) }
}

fn exists(path: &std::path::Path) -> Error {
    Error::new(ErrorKind::Usage, "the profile exists already")
        .in_source(path.display().to_string())
        .hint("name another file, or pass --force to write over it")
}

/// Whose requests a profile is made of.
fn origin(tally: &Tally) -> String {
    let name = |source: &String| {
        source
            .rsplit(['/', '\\'])
            .next()
            .filter(|name| *name != "-")
            .unwrap_or("standard input")
            .to_owned()
    };
    let mut names: Vec<String> = tally.sources.iter().take(3).map(name).collect();
    if tally.sources.len() > 3 {
        names.push(format!("{} more logs", tally.sources.len() - 3));
    }
    format!("own logs: {}", names.join(", "))
}

impl From<&Tally> for LogsRef {
    fn from(tally: &Tally) -> Self {
        let read = Self::new(
            tally.sources.len() as u64,
            &tally.formats,
            &tally.unbilled,
            tally.duplicates,
            tally.invalid,
        );
        Self { not_calls: tally.not_calls, ..read }
    }
}
