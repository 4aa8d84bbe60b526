//! `outlay lint`

use std::collections::BTreeMap;

use clap::Args;
use rayon::prelude::*;

use crate::catalog::Model;
use crate::cli::args::InputArgs;
use crate::cli::config::resolve::{Config, near_rule};
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::counted::{self, DEFAULT_MODEL};
use crate::cli::input::discover::{self, Source};
use crate::cli::input::source_tree::Tree;
use crate::cli::output::Answered;
use crate::cli::settings::Settings;
use crate::forecast::{CapPolicy, MinuteLimits};
use crate::gate::Verdict;
use crate::lint::{LintTarget, Lints, Rule, lint};
use crate::report::{FindingRef, LintResult, LintTotal, RuleDetail, RuleList};
use crate::request::{Body, Request, bodies, prompt_tokens, read};
use crate::units::{CallVolume, Lines, Tokens};
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
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true)]
    rpm: Option<Tokens>,
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
        Some(config) => {
            settings.on(config.catalog(&Tree::Disk, settings)?, config.as_of(settings)?)
        }
        None => settings.clone(),
    };
    Linter { args, config: config.as_ref(), lints, settings: &here }.run()
}

struct Linter<'a> {
    args: &'a LintArgs,
    config: Option<&'a Config>,
    lints: Lints,
    settings: &'a Settings,
}

/// A file that is linted.
struct FileText<'a> {
    name: &'a str,
    text: &'a str,
    lines: Lines,
}

/// What became of a file.
#[derive(Default)]
struct Linted {
    results: Vec<Result<LintResult, Error>>,
    warning: Option<String>,
}

impl Linter<'_> {
    fn run(&self) -> anyhow::Result<ExitStatus> {
        let sources = discover::sources(&self.args.input.inputs);
        let linted: Vec<Linted> = sources
            .into_par_iter()
            .map(|source| match source {
                Ok(source) => self.file(&source),
                Err(error) => Linted { results: vec![Err(error)], warning: None },
            })
            .collect();
        let mut warnings = Vec::new();
        let mut results = Vec::new();
        for file in linted {
            warnings.extend(file.warning);
            results.extend(file.results);
        }
        let (results, errors) = counted::part(results, self.settings);
        let total = LintTotal::of(&results);
        let fails = total.fail > 0 && !self.args.exit_zero;
        let verdict = if fails { Verdict::Fail } else { Verdict::Pass };
        let answered = Answered::new(results, errors, warnings);
        Answered { total: Some(total), verdict, ..answered }.finish(self.settings)
    }

    fn file(&self, source: &Source) -> Linted {
        let name = source.name();
        let linted = source.text().and_then(|text| self.requests(&name, &text, source));
        match linted {
            Ok(results) => {
                let placed =
                    results.into_iter().map(|result| result.map_err(|e| e.in_source(&name)));
                Linted { results: placed.collect(), warning: None }
            }
            // What nobody named and is no request is left out with a word.
            Err(error) if source.is_found() => {
                let warning = Some(format!("`{name}` is left out: {}", error.message()));
                Linted { results: Vec::new(), warning }
            }
            Err(error) => Linted { results: vec![Err(error.in_source(&name))], warning: None },
        }
    }

    /// The requests of a file, each linted; an error when the file is not one of requests or prompts.
    fn requests(
        &self,
        name: &str,
        text: &str,
        source: &Source,
    ) -> Result<Vec<Result<LintResult, Error>>, Error> {
        let (naming, shape) = (source.naming(), self.args.input.shape);
        let bodies: BTreeMap<Option<usize>, Body<'_>> =
            bodies(text, naming, shape).into_iter().map(|body| (body.line, body)).collect();
        let file = FileText { name, text, lines: Lines::of(text) };
        let document = match read(text, naming, shape) {
            Ok(document) => document,
            Err(error) if text.trim().is_empty() => return Err(error),
            Err(error) => {
                let parameters =
                    bodies.get(&None).filter(|body| has_parameters_alone(&error, body));
                return Ok(match parameters {
                    Some(body) => self.models(&file, Some(*body), None, None),
                    None => vec![Err(error)],
                });
            }
        };
        if document.note.is_some() && !bodies.values().any(is_for_assistants) {
            let error = Error::new(ErrorKind::Malformed, "this is JSON, but not a request");
            return Err(error.hint("name files of requests, or pass `--as text`"));
        }
        let mut results = Vec::new();
        for entry in document.entries {
            let body = bodies.get(&entry.line).copied();
            match (entry.request, body) {
                (Err(error), Some(body)) if has_parameters_alone(&error, &body) => {
                    results.extend(self.models(&file, Some(body), entry.line, None));
                }
                (Err(error), _) => results.push(Err(error)),
                (Ok(request), body) => {
                    let assistants = body.is_some_and(|body| is_for_assistants(&body));
                    let request = (!assistants).then_some(&request);
                    results.extend(self.models(&file, body, entry.line, request));
                }
            }
        }
        Ok(results)
    }

    /// The request for every model that the user names, else for its own.
    fn models(
        &self,
        file: &FileText<'_>,
        body: Option<Body<'_>>,
        line: Option<usize>,
        request: Option<&Request>,
    ) -> Vec<Result<LintResult, Error>> {
        let own = || {
            let written = body.and_then(|body| body.json.set("model")?.string());
            let configured = self.config.and_then(|config| config.file.call.model.first().cloned());
            let written = written.map(std::borrow::Cow::into_owned).or(configured);
            vec![written.unwrap_or_else(|| DEFAULT_MODEL.to_owned())]
        };
        let named = &self.args.input.model;
        let ids = if named.is_empty() { own() } else { named.clone() };
        ids.iter()
            .map(|id| {
                let model = self.settings.catalog.resolve(id, self.settings.as_of);
                let key = body.and_then(|body| body.json.set("model")).filter(|_| named.is_empty());
                let model = model.map_err(|e| match key {
                    Some(key) => e.at(key.position()),
                    None => e,
                })?;
                self.one(file, body, line, request, model)
            })
            .collect()
    }

    fn one(
        &self,
        file: &FileText<'_>,
        body: Option<Body<'_>>,
        line: Option<usize>,
        request: Option<&Request>,
        model: &Model,
    ) -> Result<LintResult, Error> {
        let advised = CapPolicy::default();
        let policy = CapPolicy { reserve: self.args.reserve.unwrap_or(advised.reserve), ..advised };
        let count = match request.map(|request| prompt_tokens(request, &model.counting)) {
            Some(Ok(count)) => Some(count),
            // The rules about parameters do not need the count.
            Some(Err(error)) if error.kind() == ErrorKind::Uncountable => None,
            Some(Err(error)) => return Err(error),
            None => None,
        };
        let target = LintTarget {
            model,
            catalog: &self.settings.catalog,
            as_of: self.settings.as_of,
            text: file.text,
            lines: &file.lines,
            body,
            request,
            count: count.as_ref(),
            policy: &policy,
            limits: self.limits(model)?,
            calls: self.calls(),
        };
        let first = line.unwrap_or(1);
        let input =
            line.map_or_else(|| file.name.to_owned(), |line| format!("{}:{line}", file.name));
        let subject = format!("{input} · {}", model.id);
        let findings: Vec<FindingRef> = lint(&target, &self.lints)
            .into_iter()
            .map(|finding| {
                FindingRef::new(
                    finding,
                    file.name,
                    (file.text, &file.lines),
                    first,
                    subject.clone(),
                )
            })
            .collect();
        let verdict = findings.iter().map(|finding| finding.level.verdict()).max();
        let verdict = verdict.unwrap_or(Verdict::Pass);
        Ok(LintResult { input, model: model.id.clone(), verdict, findings })
    }

    fn limits(&self, model: &Model) -> Result<Option<MinuteLimits>, Error> {
        let (rpm, tpm) = (self.args.rpm, self.args.tpm);
        if rpm.is_some() || tpm.is_some() {
            return Ok(Some(MinuteLimits { rpm: rpm.map(Tokens::get), tpm }));
        }
        let lint = self.config.map(|config| &config.file.lint);
        let configured = lint.and_then(|lint| lint.usage_tier.as_ref()).map(|name| &name.0);
        if let Some(tier) = &self.args.usage_tier {
            let limit = model.rate_limit_at(tier, self.settings.as_of)?;
            return Ok(Some(MinuteLimits { rpm: limit.rpm, tpm: limit.tpm }));
        }
        match configured {
            // A tier of the configuration is for the models that have one.
            Some(tier) => Ok(model
                .rate_limit_at(tier, self.settings.as_of)
                .ok()
                .map(|limit| MinuteLimits { rpm: limit.rpm, tpm: limit.tpm })),
            None => Ok(self.config.and_then(Config::limits)),
        }
    }

    fn calls(&self) -> Option<CallVolume> {
        let configured = || self.config?.file.call.calls;
        self.args.calls.or_else(configured)
    }
}

/// Whether a body that cannot be read as a request still has parameters to lint: its parts cannot be
/// counted, or it is for another endpoint.
fn has_parameters_alone(error: &Error, body: &Body<'_>) -> bool {
    error.kind() == ErrorKind::Uncountable || is_for_assistants(body)
}

/// Whether it is a request to the Assistants API.
fn is_for_assistants(body: &Body<'_>) -> bool {
    let has = |key: &str| body.json.get(key).is_some();
    let bare = !has("messages") && !has("input");
    ["assistant_id", "thread_id", "thread"].into_iter().any(has) || (bare && has("instructions"))
}
