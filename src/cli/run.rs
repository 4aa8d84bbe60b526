//! The program: arguments to a verb, its outcome to an exit code.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::cli::args::{Global, Late, When};
use crate::cli::commands::audit;
use crate::cli::commands::calibrate;
use crate::cli::commands::check;
use crate::cli::commands::compare;
use crate::cli::commands::completions;
use crate::cli::commands::count;
use crate::cli::commands::diff;
use crate::cli::commands::estimate;
use crate::cli::commands::init;
use crate::cli::commands::lint;
use crate::cli::commands::models;
use crate::cli::commands::plan;
use crate::cli::commands::simulate;
use crate::cli::config::resolve::with_defaults;
use crate::cli::exit_status::ExitStatus;
use crate::cli::misspelt;
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::cli::streams::{Memory, RunInput, RunOutput, Streams};
use crate::threads;
use crate::{Error, ErrorKind};

/// Plan the cost and the context budget of LLM calls before they are made.
#[derive(Debug, Parser)]
#[command(
    name = "outlay",
    version,
    arg_required_else_help = true,
    after_help = "Examples:
  outlay estimate prompt.md --calls 50k/month    what it costs
  outlay plan prompt.md                          which max_completion_tokens to send
  outlay compare prompt.md -m all                the cheapest model that fits
  outlay init && outlay check                    a budget for every prompt of a repository
  outlay audit logs/                             what was spent, and wasted on empty answers

`outlay help VERB` explains a command. Exit codes: 0 answered and passed, 1 a gate failed, 2 no answer."
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    global: Global,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Count prompt tokens per input and per part
    Count(Late<count::CountArgs>),
    /// Price a request, or many: expected, p5-p95 and worst case
    #[command(alias = "cost")]
    Estimate(Late<estimate::EstimateArgs>),
    /// Recommend a max_completion_tokens: what fits after a prompt, at which risk and cost
    Plan(Late<plan::PlanArgs>),
    /// Simulate a conversation turn by turn: context fill, cache, risk and cost
    Simulate(Late<simulate::SimulateArgs>),
    /// Compare models: cost per call and per usable answer, risks, break-evens, benchmarks
    Compare(Late<compare::CompareArgs>),
    /// Check requests against the rules of their model: beta limits, caps, shutdowns, prompting
    Lint(Late<lint::LintArgs>),
    /// Enforce the budgets of outlay.toml
    Check(Late<check::CheckArgs>),
    /// Compare two reports, baselines or commits
    Diff(Late<diff::DiffArgs>),
    /// Turn logs into a measured profile, and say which cap it allows
    Calibrate(Late<calibrate::CalibrateArgs>),
    /// Say what logged calls cost, what was wasted, and how a forecast would have done
    Audit(Late<audit::AuditArgs>),
    /// Write outlay.toml: budgets that fit the prompts of today
    Init(Late<init::InitArgs>),
    /// Show the catalogue: limits, prices by date, sources
    Models(Late<models::ModelsArgs>),
    /// Print completions for a shell
    Completions(Late<completions::CompletionArgs>),
    /// Print the manual pages
    Man(Late<completions::ManArgs>),
}

/// The program as it reads its arguments. Each verb describes the global ones itself, so none is copied to all verbs.
fn described() -> Command {
    Cli::command().mut_args(|argument| argument.global(false))
}

/// The arguments, read.
fn read(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let mut matches = described().try_get_matches_from(arguments)?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|e| e.format(&mut described()))
}

/// The program as clap knows it, for documentation and completions of one's own.
#[must_use]
pub fn command() -> Command {
    let mut program = described();
    program.build();
    program
}

/// Runs the program on these arguments, the first of which is its name.
pub fn run<I, T>(args: I) -> ExitCode
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    ExitCode::from(run_to_number(args))
}

/// As [`run()`], with the exit code as a number, for programs that end in another way.
pub fn run_to_number<I, T>(args: I) -> u8
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let arguments: Vec<OsString> = misspelt::replaced(args.into_iter().map(Into::into));
    let cli = match read(&arguments) {
        Ok(cli) => cli,
        Err(answer) => {
            if let Some(error) = misspelt::meant(&answer) {
                output::error(&error.into(), When::Auto);
                return ExitStatus::Unanswered.number();
            }
            let code =
                if answer.use_stderr() { ExitStatus::Unanswered } else { ExitStatus::Passed };
            // A reader that closes the help early is not a failure.
            let _ = answer.print();
            return code.number();
        }
    };
    outlive_file_limits();
    if let Some(asked) = asked_threads() {
        threads::ask(asked);
    }
    let answer = output::check_targets(&cli.global, &arguments)
        .map_err(Into::into)
        .and_then(|()| verb(&cli, Streams::World));
    match answer {
        Ok(outcome) => outcome.number(),
        Err(error) if is_broken_pipe(&error) => ExitStatus::Passed.number(),
        Err(error) => {
            output::error(&error, cli.global.color);
            ExitStatus::Unanswered.number()
        }
    }
}

/// Makes a limit of file sizes (`ulimit -f`) an error of the write that meets it. The signal would end the program
/// without a word, and leave a temporary file.
fn outlive_file_limits() {
    #[cfg(unix)]
    // Where no signal can be caught, the limit is as it was.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

/// How many threads the variable of the thread pool asks for.
fn asked_threads() -> Option<usize> {
    std::env::var("RAYON_NUM_THREADS").ok().and_then(|n| n.parse().ok())
}

/// Runs the program as a function: standard input is `given`, and what it would write is answered.
///
/// Files that the arguments name are read from the disk, and `init`, `check --update-baseline`, `models
/// import` and `models update` write there.
///
/// ```
/// use outlay::cli::{RunInput, call};
///
/// let given = RunInput { input: b"Hello!".to_vec(), ..RunInput::default() };
/// let arguments = ["outlay", "count", "-", "-m", "o1-mini", "--as", "text", "--format", "csv"];
/// let ran = call(arguments, given);
/// assert_eq!(ran.code, 0);
/// assert!(String::from_utf8_lossy(&ran.output).contains("-,o1-mini"));
/// ```
pub fn call<I, T>(args: I, given: RunInput) -> RunOutput
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let memory = Arc::new(Memory::new(given));
    let arguments = misspelt::replaced(args.into_iter().map(Into::into));
    let outcome = match read(&arguments) {
        Ok(cli) => verb(&cli, Streams::Program(Arc::clone(&memory))).map_err(|e| output::told(&e)),
        Err(answer) if answer.use_stderr() => {
            Err(misspelt::meant(&answer).unwrap_or_else(|| refusal(&answer)))
        }
        Err(answer) => {
            let _ = write!(memory.writer(), "{answer}");
            Ok(ExitStatus::Passed)
        }
    };
    match outcome {
        Ok(status) => memory.ran(status.number(), None),
        Err(failure) => memory.ran(ExitStatus::Unanswered.number(), Some(failure)),
    }
}

/// What is wrong with the arguments.
fn refusal(answer: &clap::Error) -> Error {
    let text = answer.to_string();
    let mut lines = text.lines().filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(first);
    let hint = lines.find_map(|line| {
        let line = line.trim();
        line.strip_prefix("hint: ").or_else(|| line.strip_prefix("tip: "))
    });
    let error = Error::new(ErrorKind::Usage, message);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn verb(cli: &Cli, streams: Streams) -> anyhow::Result<ExitStatus> {
    let mut settings = Settings::resolve(&cli.global, streams)?;
    if cli.verb.takes_defaults() {
        settings = with_defaults(settings)?;
    }
    let settings = &settings;
    match &cli.verb {
        Verb::Count(args) => count::run(args, settings),
        Verb::Estimate(args) => estimate::run(args, settings),
        Verb::Plan(args) => plan::run(args, settings),
        Verb::Simulate(args) => simulate::run(args, settings),
        Verb::Compare(args) => compare::run(args, settings),
        Verb::Lint(args) => lint::run(args, settings),
        Verb::Check(args) => check::run(args, settings),
        Verb::Diff(args) => diff::run(args, settings),
        Verb::Calibrate(args) => calibrate::run(args, settings),
        Verb::Audit(args) => audit::run(args, settings),
        Verb::Init(args) => init::run(args, settings),
        Verb::Models(args) => models::run(args, settings),
        Verb::Completions(args) => completions::completions(args, command(), settings),
        Verb::Man(args) => completions::man(args, &command(), settings),
    }
}

impl Verb {
    /// Whether outlay.toml sets defaults for it. The others read the file themselves, in the tree that they
    /// judge, or have no use for it.
    fn takes_defaults(&self) -> bool {
        match self {
            Self::Count(_)
            | Self::Estimate(_)
            | Self::Plan(_)
            | Self::Simulate(_)
            | Self::Compare(_)
            | Self::Calibrate(_)
            | Self::Audit(_)
            | Self::Models(_) => true,
            Self::Lint(_)
            | Self::Check(_)
            | Self::Diff(_)
            | Self::Init(_)
            | Self::Completions(_)
            | Self::Man(_) => false,
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
