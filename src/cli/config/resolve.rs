//! The configuration in use: found by walking up, its values turned into what the verbs work with.

use std::ops::Range;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use toml::Spanned;

use crate::budget::{Bound, Budget, Limit};
use crate::catalog::Catalog;
use crate::cli::config::file::{BudgetTable, File};
use crate::cli::config::spans::{Spans, keys};
use crate::cli::config::values::{Bar, CostBar};
use crate::cli::input::source_tree::normal;
use crate::cli::input::source_tree::{Reach, Tree, join};
use crate::cli::settings::Settings;
use crate::forecast::{MinuteLimits, Profile};
use crate::gate::Level;
use crate::lint::{Lints, Rule};
use crate::names::nearest;
use crate::report::Annotation;
use crate::units::{Lines, Money, Probability};
use crate::workload::CallSpec;
use crate::{Error, ErrorKind};

/// The baseline where neither a flag nor the file names one.
pub(crate) const BASELINE: &str = "outlay.baseline.json";

/// The names of the file, the first that is there wins.
const NAMES: [&str; 2] = ["outlay.toml", ".outlay.toml"];

/// A configuration and where it is from.
pub(crate) struct Config {
    /// Its path from the working directory.
    pub(crate) name: String,
    /// The folder that its paths start at, from the working directory; empty for the working
    /// directory itself.
    pub(crate) folder: PathBuf,
    pub(crate) text: String,
    /// The lines of the text.
    lines: Lines,
    pub(crate) file: File,
    spans: Spans,
}

/// A budget and the bytes of `outlay.toml` that declare it.
#[derive(Clone)]
pub(crate) struct Declared {
    pub(crate) budget: Budget,
    pub(crate) span: Range<usize>,
}

impl Config {
    /// The file that `--config` names, else the nearest `outlay.toml` going up from the working directory
    /// to the root of the repository; none with `--isolated`.
    pub(crate) fn find(settings: &Settings) -> Result<Option<Self>, Error> {
        if let Some(path) = &settings.config {
            return Self::read(path).map(Some);
        }
        if settings.isolated {
            return Ok(None);
        }
        let mut folder = PathBuf::new();
        let here = std::env::current_dir().map_err(|e| {
            Error::new(
                ErrorKind::Usage,
                format!("the working directory cannot be read: {}", e.kind()),
            )
            .hint("change to a directory that is there")
        })?;
        for above in here.ancestors() {
            if let Some(name) = NAMES.iter().find(|name| above.join(name).is_file()) {
                return Self::read(&folder.join(name)).map(Some);
            }
            // A repository ends the search: what lies above is another project.
            if above.join(".git").exists() {
                break;
            }
            folder.push("..");
        }
        Ok(None)
    }

    /// The same for a verb that cannot do without.
    pub(crate) fn needed(settings: &Settings) -> Result<Self, Error> {
        Self::find(settings)?.ok_or_else(|| {
            let message = if settings.isolated {
                "--isolated leaves out the configuration that says what to check"
            } else {
                "there is no outlay.toml here or above"
            };
            Error::new(ErrorKind::Usage, message)
                .hint("`outlay init` writes a commented one; `--config FILE` names one")
        })
    }

    fn read(path: &Path) -> Result<Self, Error> {
        // Reports name files from the working directory, as every format of CI wants them.
        let here = std::env::current_dir().ok();
        let path = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
        let name = path.display().to_string();
        let source = crate::cli::input::discover::named(path)
            .map_err(|e| e.hint("check the name; `outlay init` writes a commented one"));
        let text = source.and_then(|source| source.text());
        let text = text.map_err(|e| e.in_source(&name))?;
        Self::parse(name, text)
    }

    /// The configuration that a text is.
    pub(crate) fn parse(name: String, text: String) -> Result<Self, Error> {
        let file = File::parse(&text).map_err(|e| e.in_source(&name))?;
        let folder = Path::new(&name).parent().unwrap_or(Path::new("")).to_owned();
        let spans = Spans::of(&text);
        let lines = Lines::of(&text);
        let config = Self { name, folder, text, lines, file, spans };
        config.check()?;
        Ok(config)
    }

    /// Its name in its folder.
    pub(crate) fn file_name(&self) -> String {
        Path::new(&self.name).file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The same file on another tree.
    pub(crate) fn on(&self, tree: &Tree) -> Result<Self, Error> {
        Self::parse(self.name.clone(), tree.read(&self.folder, &self.file_name())?)
    }

    /// An error about some bytes of the file.
    pub(crate) fn refuse(&self, span: &Range<usize>, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Usage, message)
            .in_source(&self.name)
            .at(self.lines.position(&self.text, span.start))
    }

    /// Says of an error that it is about some bytes of the file, unless it has a place of its own.
    pub(crate) fn placed(&self, error: Error, span: &Range<usize>) -> Error {
        if error.position().is_some() || error.source_name().is_some() {
            return error;
        }
        error.in_source(&self.name).at(self.lines.position(&self.text, span.start))
    }

    /// An error of a file that the configuration names, reported where it is named.
    pub(crate) fn unread(&self, error: &Error, path: &Spanned<String>) -> Error {
        let message = format!("`{}`: {}", path.get_ref(), error.message());
        let hint =
            error.hint_text().unwrap_or("check the path; it starts at the folder of this file");
        self.refuse(&path.span(), message).hint(hint)
    }

    /// Some bytes of the file as a place in a report.
    pub(crate) fn spot(&self, span: &Range<usize>, label: &str) -> Annotation {
        let at = self.lines.position(&self.text, span.start);
        Annotation::new(
            self.name.as_str(),
            &self.text,
            &self.lines,
            (at.line, at.column),
            Some(span.clone()),
            label,
        )
    }

    /// What types do not express.
    fn check(&self) -> Result<(), Error> {
        for prompt in &self.file.prompt {
            let table = prompt.get_ref();
            if table.paths.is_empty() == table.scenario.is_none() {
                return Err(self
                    .refuse(&prompt.span(), "a prompt has either `paths` or a `scenario`")
                    .hint("write paths = [\"prompts/\"], or scenario = \"scenario.toml\""));
            }
        }
        let prompts = (0..self.file.prompt.len()).map(Some);
        for prompt in std::iter::once(None).chain(prompts) {
            let calls = self.declared_call(prompt).calls;
            if calls.is_some_and(|calls| calls.period.is_none()) {
                let span = self.call_span(prompt, "calls").unwrap_or_default();
                return Err(self.refuse(&span, "these calls have no period").hint(
                    "write calls = \"20k/month\"; the periods are day, week, month and year",
                ));
            }
        }
        self.pinned()?;
        self.lints().map(drop)
    }

    /// The date that the file pins.
    fn pinned(&self) -> Result<Option<Date>, Error> {
        let Some(written) = &self.file.as_of else { return Ok(None) };
        let plain = written.get_ref().time.is_none();
        let day = written.get_ref().to_string().parse().ok().filter(|_| plain);
        let refuse = || {
            self.refuse(&written.span(), "`as_of` is not a date without a time")
                .hint("write as_of = 2024-10-20")
        };
        day.map(Some).ok_or_else(refuse)
    }

    /// The day of the prices: the flag, else the file, else today.
    pub(crate) fn as_of(&self, settings: &Settings) -> Result<Date, Error> {
        let pinned = self.pinned()?.filter(|_| settings.as_of_flag.is_none());
        Ok(pinned.unwrap_or(settings.as_of))
    }

    /// The catalogue with the overlays and the names of models that the file has.
    pub(crate) fn catalog(&self, tree: &Tree, settings: &Settings) -> Result<Catalog, Error> {
        settings.catalog_with(|catalog| {
            for path in &self.file.catalog {
                let text = tree.read(&self.folder, path.get_ref());
                let text = text.map_err(|e| self.unread(&e, path))?;
                catalog
                    .overlay(&join(&self.folder, path.get_ref()).display().to_string(), &text)?;
            }
            for (name, model) in &self.file.models {
                let given = catalog.give_name(name, model.get_ref());
                given.map_err(|e| self.placed(e, &model.span()))?;
            }
            Ok(())
        })
    }

    /// Every model that calls are planned with, in the order of the file, each once.
    pub(crate) fn models(&self) -> Vec<String> {
        let prompts = self.file.prompt.iter().map(|prompt| &prompt.get_ref().call);
        let mut models: Vec<String> = Vec::new();
        for name in std::iter::once(&self.file.call).chain(prompts).flat_map(|call| &call.model) {
            if !models.contains(name) {
                models.push(name.clone());
            }
        }
        models
    }

    /// Whether a file is the configuration's own: itself, its baseline, its schema. Those are not prompts
    /// when a directory holds them.
    pub(crate) fn owns(&self, name: &str) -> bool {
        let baseline = self.file.baseline.as_ref().map_or(BASELINE, |path| path.get_ref());
        let own = [baseline, "outlay.schema.json"].map(|path| join(&self.folder, path));
        let name = normal(name);
        name == normal(&self.name)
            || own.iter().any(|own| name == normal(&own.display().to_string()))
    }

    /// The levels of rules.
    pub(crate) fn lints(&self) -> Result<Lints, Error> {
        let mut lints = Lints::default();
        for (id, level) in &self.file.lint.rules {
            let rule = Rule::named(id.get_ref()).ok_or_else(|| {
                self.refuse(&id.span(), format!("there is no rule `{}`", id.get_ref()))
                    .hint(near_rule(id.get_ref()))
            })?;
            lints.set(rule, level.0);
        }
        Ok(lints)
    }

    /// The limits of the account, as far as they are written out.
    pub(crate) fn limits(&self) -> Option<MinuteLimits> {
        let lint = &self.file.lint;
        let limits = MinuteLimits {
            rpm: lint.rpm.as_ref().map(|rpm| rpm.0.get()),
            tpm: lint.tpm.as_ref().map(|tpm| tpm.0),
        };
        (limits.rpm.is_some() || limits.tpm.is_some()).then_some(limits)
    }

    /// What a prompt declares about its calls, or all prompts.
    fn declared_call(&self, prompt: Option<usize>) -> &CallSpec {
        prompt.map_or(&self.file.call, |i| &self.file.prompt[i].get_ref().call)
    }

    /// What all calls have in common. Profile files are named from the working directory.
    pub(crate) fn common_call(&self) -> CallSpec {
        self.placed_here(self.file.call.clone())
    }

    /// What is known about the calls of a prompt: its own values over those of all prompts. Profile files
    /// are named from the working directory.
    pub(crate) fn call(&self, prompt: usize) -> CallSpec {
        self.placed_here(self.declared_call(Some(prompt)).clone().over(&self.file.call))
    }

    /// What a prompt itself declares about its calls, which goes before what its requests say.
    pub(crate) fn own_call(&self, prompt: usize) -> CallSpec {
        self.placed_here(self.declared_call(Some(prompt)).clone())
    }

    fn placed_here(&self, mut call: CallSpec) -> CallSpec {
        for profile in call.profiles() {
            *profile = self.profile(profile);
        }
        call
    }

    /// The bytes of a value of `[call]`, or of the one of a prompt.
    fn call_span(&self, prompt: Option<usize>, key: &str) -> Option<Range<usize>> {
        match prompt {
            Some(i) => self.spans.get(&format!("prompt.{i}.call.{key}")),
            None => self.spans.get(&format!("call.{key}")),
        }
    }

    /// Where the models of a prompt are named.
    pub(crate) fn models_span(&self, prompt: usize) -> Option<Range<usize>> {
        self.call_span(Some(prompt), "model").or_else(|| self.call_span(None, "model"))
    }

    /// The keys that decide the calls of a prompt, and the bytes of their values.
    pub(crate) fn call_entries(&self, prompt: usize) -> Vec<(&'static str, Range<usize>)> {
        let declares = self.declared_call(Some(prompt)).declares_completion();
        let of = |key: &'static str| {
            let own = self.call_span(Some(prompt), key);
            // A declared completion replaces a whole declared completion.
            let inherits = !(declares && CallSpec::COMPLETION_KEYS.contains(&key));
            Some((key, own.or_else(|| self.call_span(None, key).filter(|_| inherits))?))
        };
        keys::<CallSpec>().iter().copied().filter_map(of).collect()
    }

    /// A profile's name, or its file from the working directory.
    fn profile(&self, spec: &str) -> String {
        let name = spec.split(':').next().unwrap_or_default();
        if Profile::is_builtin(name) {
            return spec.to_owned();
        }
        join(&self.folder, spec).display().to_string()
    }

    /// The budgets of a prompt: its own, and the general ones that it does not replace.
    pub(crate) fn budgets(&self, own: &BudgetTable) -> Vec<Declared> {
        let general = &self.file.budget;
        let level = own.level.as_ref().or(general.level.as_ref()).map_or(Level::Fail, |l| l.0.0);
        let tolerance = own.tolerance.as_ref().or(general.tolerance.as_ref());
        let tolerance = tolerance.map_or(Probability::clamped(0.0), |share| share.0);
        let mut declared = Declarations { level, tolerance, found: Vec::new() };
        let pick = own.max_prompt_tokens.as_ref().or(general.max_prompt_tokens.as_ref());
        declared.bar(pick, Limit::MaxPromptTokens);
        let pick = own.min_room.as_ref().or(general.min_room.as_ref());
        declared.bar(pick, Limit::MinRoom);
        let pick = own.max_length_risk.as_ref().or(general.max_length_risk.as_ref());
        declared.bar(pick, Limit::MaxLengthRisk);
        let pick = own.max_cost_per_call.as_ref().or(general.max_cost_per_call.as_ref());
        declared.costs(pick, Limit::MaxCostPerCall);
        let pick = own.max_monthly_cost.as_ref().or(general.max_monthly_cost.as_ref());
        declared.costs(pick, Limit::MaxMonthlyCost);
        let pick = own.max_task_cost.as_ref().or(general.max_task_cost.as_ref());
        declared.costs(pick, Limit::MaxTaskCost);
        let pick = own.max_steps.as_ref().or(general.max_steps.as_ref());
        declared.bar(pick, Limit::MaxSteps);
        let pick = own.max_window_risk.as_ref().or(general.max_window_risk.as_ref());
        declared.bar(pick, Limit::MaxWindowRisk);
        let pick = own.max_increase.as_ref().or(general.max_increase.as_ref());
        declared.bar(pick, Limit::MaxIncrease);
        declared.found
    }

    /// The budgets of all prompts together.
    pub(crate) fn total_budgets(&self) -> Vec<Declared> {
        let general = &self.file.budget;
        let level = general.level.as_ref().map_or(Level::Fail, |level| level.0.0);
        let tolerance = general.tolerance.as_ref();
        let tolerance = tolerance.map_or(Probability::clamped(0.0), |share| share.0);
        let mut declared = Declarations { level, tolerance, found: Vec::new() };
        declared.costs(self.file.total.max_monthly_cost.as_ref(), Limit::MaxMonthlyCost);
        declared.found
    }
}

/// The settings with what outlay.toml says of the day, the catalogue and the calls, as far as no flag, request
/// or variable says otherwise.
pub(crate) fn with_defaults(settings: Settings) -> Result<Settings, Error> {
    let Some(config) = Config::find(&settings)? else { return Ok(settings) };
    let here = settings
        .on(config.catalog(&Tree::Disk(Reach::Repository), &settings)?, config.as_of(&settings)?);
    Ok(here.with_calls(&config.common_call(), &config.file.media))
}

/// The nearest rule to a name that no rule has.
pub(crate) fn near_rule(id: &str) -> String {
    let near = nearest(id, crate::lint::RULES.iter().map(|rule| rule.id), 1);
    let near = near.first().map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    format!("{near}`outlay lint --list` names the rules")
}

/// Budgets as they are collected.
struct Declarations {
    level: Level,
    tolerance: Probability,
    found: Vec<Declared>,
}

impl Declarations {
    fn bar<T: Copy>(&mut self, bar: Option<&Spanned<Bar<T>>>, limit: fn(T) -> Limit) {
        let Some(bar) = bar else { return };
        if let Some(amount) = bar.get_ref().limit {
            let (level, tolerance) = (bar.get_ref().level, bar.get_ref().tolerance);
            self.push(limit(amount), level, tolerance, bar.span());
        }
    }

    fn costs(&mut self, bar: Option<&Spanned<CostBar>>, limit: fn(Bound, Money) -> Limit) {
        let Some(bar) = bar else { return };
        let CostBar { expected, p95, worst_case, level, tolerance } = bar.get_ref();
        for (bound, at) in
            [(Bound::Expected, expected), (Bound::P95, p95), (Bound::WorstCase, worst_case)]
        {
            if let Some(at) = at {
                // A plain amount has the position of the whole value.
                let span = if at.span().is_empty() { bar.span() } else { at.span() };
                self.push(limit(bound, at.get_ref().0), *level, *tolerance, span);
            }
        }
    }

    fn push(
        &mut self,
        limit: Limit,
        level: Option<Level>,
        tolerance: Option<Probability>,
        span: Range<usize>,
    ) {
        let level = level.unwrap_or(self.level);
        if level > Level::Off {
            let tolerance = tolerance.unwrap_or(self.tolerance);
            self.found.push(Declared { budget: Budget { limit, level, tolerance }, span });
        }
    }
}
