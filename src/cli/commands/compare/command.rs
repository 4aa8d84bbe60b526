//! `outlay compare`

use crate::cli::commands::compare::args::CompareArgs;
use crate::cli::commands::compare::calls::{calls, prompts};
use crate::cli::commands::compare::conversations::conversations;
use crate::cli::commands::compare::models::ComparedModels;
use crate::cli::commands::what_if::{self, Asked};
use crate::cli::exit_status::ExitStatus;
use crate::cli::output::{self, Answered};
use crate::cli::settings::Settings;
use crate::report::CompareTotal;
use crate::{Error, ErrorKind};

pub(crate) fn run(args: &CompareArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let mut warnings = Vec::new();
    let mut widgets = Vec::new();
    let (results, mut errors, left_out) = if let Some((played, scenario)) = args.played(settings)? {
        let models = ComparedModels::of(&played.call.model, &args.wanted, settings)?;
        conversations(&played, scenario, &models, settings, &mut warnings)
    } else {
        let models = ComparedModels::of(&args.prompt.input.model, &args.wanted, settings)?;
        let (prompts, errors) = prompts(args, &models, settings, &mut warnings);
        let call = args.call.clone().over(&settings.call);
        let asked = Asked { prompt: &args.prompt, call: &call, beside: false };
        let asked_of: Vec<_> = prompts.iter().collect();
        widgets = what_if::widgets(&asked, &asked_of, settings, &mut warnings);
        let (results, left_out) = calls(args, &models, &prompts, settings);
        (results, errors, left_out)
    };
    // What no model can do has no answer; each says why.
    if !results.is_empty() && results.iter().all(|result| result.offer.is_none()) {
        let error = Error::new(ErrorKind::Uncountable, "no model that is compared can do this");
        let error = error.hint("the reason stands beside each model");
        output::problem(&error, settings);
        errors.push(error);
    }
    let total = CompareTotal::of(&results, left_out);
    let answered = Answered::new(results, errors, warnings);
    Answered { widgets, total: Some(total), ..answered }.finish(settings)
}
