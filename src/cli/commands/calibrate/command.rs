//! Calibrates on the logs that the arguments name.

use crate::cli::commands::calibrate::args::CalibrateArgs;
use crate::cli::commands::calibrate::log_plan::log_plan;
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::logs::{self, Event, Needs, Tally};
use crate::cli::output::{self, Answered};
use crate::cli::settings::Settings;
use crate::forecast::{CapPolicy, Priors, Profile};
use crate::history::{Calibrator, CapQuestion};
use crate::logs::Entry;
use crate::report::{CalibrateResult, CalibrateTotal, Format, LogCounts, TaskSummary};
use crate::units::Probability;
use crate::{Error, ErrorKind};

/// The length risks for which a cap is recommended.
const RISKS: [f64; 2] = [0.01, 0.05];

pub(crate) fn run(args: &CalibrateArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    if args.plan {
        return log_plan(args, settings);
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
    let mut warnings = tally.warnings.clone();
    if calibrator.others() > 0 {
        let calls = crate::units::plural(calibrator.others(), "call");
        let about = "are of the task `others`: the log has more tasks than a profile tells apart";
        warnings.push(format!("{calls} {about}"));
    }
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
        tasks: profiles.iter().flat_map(TaskSummary::of).collect(),
        logs: LogCounts::from(&tally),
    };
    let mut answered = Answered::new(results, errors, warnings);
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

impl From<&Tally> for LogCounts {
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
