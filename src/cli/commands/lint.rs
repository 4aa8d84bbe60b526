//! `outlay lint`

use std::path::Path;

use clap::Args;
use jiff::civil::Date;
use rayon::prelude::*;

use crate::catalog::{Catalog, Model};
use crate::cli::args::InputArgs;
use crate::cli::config::resolve::{Config, near_rule};
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::beside::FilesBeside;
use crate::cli::input::counted;
use crate::cli::input::discover::{self, Source, is_binary_name, left_out};
use crate::cli::input::source_tree::{Reach, Tree};
use crate::cli::output::Answered;
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::forecast::{CapPolicy, MinuteLimits};
use crate::gate::Verdict;
use crate::lint::{LintOptions, LintText, Lints, Rule};
use crate::report::{LintResult, LintTotal, RuleDetail, RuleList};
use crate::units::{CallVolume, Count, Tokens};
use crate::workload::parse;
use crate::{Error, ErrorKind};

/// Check requests against the rules of their model
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay lint request.json                       what the API would refuse, and why
  outlay lint requests/ --usage-tier 1           also against the limits of the account
  outlay lint 'prompts/**/*.md' -m o1-preview --export sarif=lint.sarif
  outlay lint --list                             every rule and its level
  outlay lint --explain cap-below-reserve

Exit codes: 0 nothing that fails, 1 a rule of the level fail broken, 2 a request that cannot be read.")]
pub(crate) struct LintArgs {
    #[command(flatten)]
    input: InputArgs,
    /// List every rule with its level
    #[arg(long, conflicts_with_all = ["inputs", "explain"])]
    list: bool,
    /// Say what a rule finds, why, and from where that is known
    #[arg(long, value_name = "RULE", conflicts_with = "inputs")]
    explain: Option<String>,
    /// Tokens that a cap should keep for reasoning and outputs [default: 25,000, as OpenAI advises]
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true)]
    reserve: Option<Tokens>,
    /// How many calls are made, such as 20k/day, for the rules about pace
    #[arg(long, value_name = "VOLUME", value_parser = parse::<CallVolume>, allow_hyphen_values = true)]
    calls: Option<CallVolume>,
    /// Requests per minute of your account
    #[arg(long, value_name = "N", value_parser = parse::<Count>, allow_hyphen_values = true)]
    rpm: Option<Count>,
    /// Tokens per minute of your account
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true)]
    tpm: Option<Tokens>,
    /// Take the limits of this usage tier from the catalogue
    #[arg(long, value_name = "TIER", conflicts_with_all = ["rpm", "tpm"])]
    usage_tier: Option<String>,
    /// Exit with 0 where a rule of the level fail is broken; never where a request cannot be read
    #[arg(long)]
    exit_zero: bool,
}

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
        image: args.input.image,
        policy: CapPolicy { reserve: args.reserve.unwrap_or(advised.reserve), ..advised },
        calls: args.calls.or_else(|| config.as_ref()?.file.call.calls),
        limits: &|model| limits(args, config.as_ref(), here.as_of, model),
    };
    crate::threads::start();
    let sources = discover::sources(&args.input.inputs, &settings.streams);
    let progress = Progress::new(sources.len(), "files read", settings);
    let files: Vec<Linted> = sources
        .into_par_iter()
        .map(|source| {
            progress.step();
            source.map_or_else(|e| (vec![Err(e)], None), |source| file(&source, &options))
        })
        .collect();
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

/// The results of a file, and a warning where it is left out.
type Linted = (Vec<Result<LintResult, Error>>, Option<String>);

fn file(source: &Source, options: &LintOptions<'_>) -> Linted {
    let name = source.name();
    let text = match source.text() {
        Ok(text) => text,
        Err(error) if source.is_found() && is_binary_name(Path::new(&name)) => {
            return (Vec::new(), Some(left_out(&name, &error)));
        }
        Err(error) => return (vec![Err(error.in_source(&name))], None),
    };
    let file = LintText::of(&text);
    match options.lint(&file, source.naming(), &FilesBeside::of(&name)) {
        Ok(requests) => {
            let result = |request: Result<_, Error>| match request {
                Ok(request) => Ok(LintResult::new(&name, &file, request)),
                Err(error) => Err(error.in_source(&name)),
            };
            (requests.into_iter().map(result).collect(), None)
        }
        // Empty, or data that is no request.
        Err(error) if source.is_found() => (Vec::new(), Some(left_out(&name, &error))),
        Err(error) => (vec![Err(error.in_source(&name))], None),
    }
}

fn limits(
    args: &LintArgs,
    config: Option<&Config>,
    as_of: Date,
    model: &Model,
) -> Result<Option<MinuteLimits>, Error> {
    let (rpm, tpm) = (args.rpm, args.tpm);
    if rpm.is_some() || tpm.is_some() {
        return Ok(Some(MinuteLimits { rpm: rpm.map(Count::get), tpm }));
    }
    let lint = config.map(|config| &config.file.lint);
    let configured = lint.and_then(|lint| lint.usage_tier.as_ref()).map(|name| &name.0);
    if let Some(tier) = &args.usage_tier {
        let limit = model.rate_limit_at(tier, as_of)?;
        return Ok(Some(MinuteLimits { rpm: limit.rpm, tpm: limit.tpm }));
    }
    match configured {
        // A tier of the configuration is for the models that have one.
        Some(tier) => Ok(model
            .rate_limit_at(tier, as_of)
            .ok()
            .map(|limit| MinuteLimits { rpm: limit.rpm, tpm: limit.tpm })),
        None => Ok(config.and_then(Config::limits)),
    }
}
