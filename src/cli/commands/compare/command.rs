//! `outlay compare`

use crate::cli::commands::compare::args::CompareArgs;
use crate::cli::commands::compare::calls::{Beside, Calls};
use crate::cli::commands::compare::conversations::conversations;
use crate::cli::commands::compare::models::ComparedModels;
use crate::cli::exit_status::ExitStatus;
use crate::cli::output::{self, Answered};
use crate::cli::rows::RowOutput;
use crate::cli::settings::Settings;
use crate::report::{CompareResult, CompareTotal};
use crate::{Error, ErrorKind};

pub(crate) fn run(args: &CompareArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let mut warnings = Vec::new();
    let played = args.played(settings)?;
    let named = played.as_ref().map_or(&args.prompt.input.model, |(played, _)| &played.call.model);
    let models = ComparedModels::of(named, &args.wanted, settings)?;
    let mut output = RowOutput::begin(settings, false)?;
    let (forms, mut total) = (output.forms(), CompareTotal::default());
    let shows_all = output.wants_all();
    let mut take = |result: CompareResult| {
        total.add(&result);
        output.push(forms.write(result));
    };
    let Beside { mut errors, widgets, left_out } = if let Some((played, scenario)) = played {
        let (results, errors, left_out) =
            conversations(&played, scenario, &models, settings, &mut warnings);
        results.into_iter().for_each(take);
        Beside { errors, widgets: Vec::new(), left_out }
    } else {
        let calls = Calls { args, models: &models, shows_all };
        calls.each(settings, &mut warnings, &mut take)
    };
    // What no model can do has no answer; each says why.
    if matches!(total.told.offers, (0, 1..)) {
        let error = Error::new(ErrorKind::Uncountable, "no model that is compared can do this");
        let error = error.hint("the reason stands beside each model");
        output::problem(&error, settings);
        errors.push(error);
    }
    let total = Some(total.finish(left_out));
    output.finish(Answered { total, widgets, ..Answered::new(Vec::new(), errors, warnings) })
}
