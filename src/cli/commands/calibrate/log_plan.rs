//! How many calls to log, before any is logged.

use crate::cli::commands::calibrate::args::CalibrateArgs;
use crate::cli::exit_status::ExitStatus;
use crate::cli::output::Answered;
use crate::cli::settings::Settings;
use crate::forecast::{CallEffort, Priors};
use crate::history::{enough_alone, log_plans};
use crate::report::{LogPlanResult, LogPlanTotal};
use crate::units::{Count, Probability};
use crate::{Error, ErrorKind};

/// The error of the mean cost that a plan reaches unless another one is asked for.
const WITHIN: f64 = 0.2;

/// How many calls to log.
pub(crate) fn log_plan(args: &CalibrateArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
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
