//! Lints what the arguments name.

use crate::catalog::Catalog;
use crate::cli::commands::lint::args::LintArgs;
use crate::cli::commands::lint::file::{Linted, lint};
use crate::cli::config::resolve::{Config, near_rule};
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::counted;
use crate::cli::input::discover;
use crate::cli::input::source_tree::{Reach, Tree};
use crate::cli::output::Answered;
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::forecast::CapPolicy;
use crate::gate::Verdict;
use crate::lint::{LintOptions, Lints, Rule};
use crate::report::{LintTotal, RuleDetail, RuleList};
use crate::threads;
use crate::{Error, ErrorKind};

/// The model of a request that names none: of the environment, else of outlay.toml, else the default.
fn default_model(config: Option<&Config>, settings: &Settings) -> String {
    let of_file = config.and_then(|config| config.file.call.model.first());
    settings.call.model.first().or(of_file).cloned().unwrap_or_else(|| {
        let model = settings.catalog.default_model(settings.as_of);
        // On a day without a default the request that names no model is refused where it stands.
        model.map_or_else(|_| Catalog::DEFAULT_MODEL.to_owned(), |model| model.id.clone())
    })
}

pub(crate) fn run(args: &LintArgs, settings: &Settings) -> anyhow::Result<ExitStatus> {
    let config = Config::find(settings)?;
    let lints = config.as_ref().map_or_else(|| Ok(Lints::default()), Config::lints)?;
    if args.list {
        return Answered::new(RuleList::of(&lints), Vec::new(), Vec::new()).finish(settings);
    }
    if let Some(id) = &args.explain {
        let rule = Rule::named(id).ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("there is no rule `{id}`")).hint(near_rule(id))
        })?;
        let detail = RuleDetail::of(rule, &lints);
        return Answered::new(vec![detail], Vec::new(), Vec::new()).finish(settings);
    }
    let here = match &config {
        Some(config) => settings
            .on(config.catalog(&Tree::Disk(Reach::Repository), settings)?, config.as_of(settings)?),
        None => settings.clone(),
    };
    let default = default_model(config.as_ref(), &here);
    let advised = CapPolicy::default();
    let options = LintOptions {
        catalog: &here.catalog,
        as_of: here.as_of,
        lints: &lints,
        models: &args.input.model,
        default_model: &default,
        shape: args.input.shape,
        declared: args.input.media.over(&here.media),
        policy: CapPolicy { reserve: args.reserve.unwrap_or(advised.reserve), ..advised },
        calls: args.calls.or_else(|| config.as_ref()?.file.call.calls),
        limits: &|model| args.limits(config.as_ref(), here.as_of, model),
    };
    let sources = discover::sources(&args.input.inputs, &settings.streams);
    let progress = Progress::new(sources.len(), "files read", settings);
    let files: Vec<Linted> = threads::each(sources, |source| {
        progress.step();
        source.map_or_else(|e| (vec![Err(e)], None), |source| lint(&source, &options))
    });
    drop(progress);
    let (results, warnings): (Vec<_>, Vec<_>) = files.into_iter().unzip();
    let results = results.into_iter().flatten().collect();
    let (results, errors) = counted::part(results, &here);
    let total = LintTotal::of(&results);
    let fails = total.fail > 0 && !args.exit_zero;
    let verdict = if fails { Verdict::Fail } else { Verdict::Pass };
    let answered = Answered::new(results, errors, warnings.into_iter().flatten().collect());
    Answered { total: Some(total), verdict, ..answered }.finish(&here)
}
