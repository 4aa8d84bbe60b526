//! `outlay completions` and `outlay man`

use std::fmt;
use std::io::Write as _;

use clap::builder::PossibleValuesParser;
use clap::{Args, Command};
use clap_complete::Shell;

use crate::catalog::{Effort, Tier};
use crate::cli::exit_status::ExitStatus;
use crate::cli::input::models::Need;
use crate::cli::output;
use crate::cli::place;
use crate::cli::settings::Settings;
use crate::forecast::{Profile, WorkKind};
use crate::report::Format;
use crate::request::InputFormat;
use crate::{Error, ErrorKind};

/// Print completions for a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay completions bash > ~/.local/share/bash-completion/completions/outlay
  outlay completions zsh > ~/.zfunc/_outlay
  outlay completions fish > ~/.config/fish/completions/outlay.fish")]
pub(crate) struct CompletionArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Print the manual pages
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay man > outlay.1                          the page of the program
  outlay man check | man -l -                    the page of a verb
  outlay man models show | man -l -              the page of a part of a verb")]
pub(crate) struct ManArgs {
    /// The command whose page to print, such as `models show` [default: the program's own]
    #[arg(value_name = "VERB")]
    verb: Vec<String>,
}

pub(crate) fn completions(
    args: &CompletionArgs,
    mut program: Command,
    settings: &Settings,
) -> anyhow::Result<ExitStatus> {
    let mut text = Vec::new();
    program = with_help_of_parts(with_values(program, &Values::of(settings)));
    clap_complete::generate(args.shell, &mut program, "outlay", &mut text);
    write(&text, settings)
}

/// The verb that clap adds.
const HELP: &str = "help";

/// What arguments may be, for shells to complete.
struct Values(Vec<(&'static str, Vec<String>)>);

/// What the values of an enumeration are called.
fn names<T: fmt::Display>(all: &[T]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

impl Values {
    fn of(settings: &Settings) -> Self {
        let models: Vec<String> = settings.catalog.models().map(|model| model.id.clone()).collect();
        let profiles = Profile::builtin_names().filter_map(Profile::builtin).flat_map(|profile| {
            let tasks = profile.tasks().map(|(task, _)| format!("{}:{task}", profile.model));
            std::iter::once(profile.model.clone()).chain(tasks).collect::<Vec<_>>()
        });
        Self(vec![
            ("model", models.clone()),
            ("models", models.clone()),
            // The argument of `models show`.
            ("id", models),
            ("shape", InputFormat::names().map(ToOwned::to_owned).collect()),
            ("needs", Need::names().map(ToOwned::to_owned).collect()),
            ("by", ["model", "day", "task"].map(ToOwned::to_owned).to_vec()),
            ("format", names(Format::ALL)),
            ("kind", names(WorkKind::ALL)),
            ("tier", names(Tier::ALL)),
            ("effort", names(Effort::ALL)),
            ("profile", profiles.collect()),
            ("provider", settings.catalog.providers().into_iter().map(ToOwned::to_owned).collect()),
        ])
    }
}

/// The program with the values that its arguments may have. A shell offers them; the program itself reads
/// arguments with its own parsers, which take more.
fn with_values(mut program: Command, values: &Values) -> Command {
    let ids: Vec<String> =
        program.get_arguments().map(|argument| argument.get_id().to_string()).collect();
    for (id, known) in &values.0 {
        if ids.iter().any(|own| own == id) {
            program = program
                .mut_arg(*id, |argument| argument.value_parser(PossibleValuesParser::new(known)));
        }
    }
    let verbs: Vec<String> =
        program.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    for verb in verbs {
        program = program.mut_subcommand(verb, |verb| with_values(verb, values));
    }
    program
}

/// The program whose `help` takes the parts of verbs, such as `help models show`. It is made before verbs are described,
/// when they have none.
fn with_help_of_parts(program: Command) -> Command {
    let with_parts = program.get_subcommands().filter(|verb| verb.get_name() != HELP);
    let parts = with_parts.map(|verb| {
        let parts = verb.get_subcommands().filter(|part| part.get_name() != HELP);
        let named = parts.map(|part| {
            let (verb, name) = (verb.get_name(), part.get_name());
            let about = part.get_about().cloned().unwrap_or_default();
            let whole = format!("outlay {HELP} {verb} {name}");
            Command::new(name.to_owned()).about(about).bin_name(whole).disable_help_flag(true)
        });
        (verb.get_name().to_owned(), named.collect::<Vec<_>>())
    });
    let parts: Vec<_> = parts.filter(|(_, parts)| !parts.is_empty()).collect();
    program.mut_subcommand(HELP, |help| {
        parts.into_iter().fold(help, |help, (verb, parts)| {
            help.mut_subcommand(verb, |verb| verb.subcommands(parts))
        })
    })
}

pub(crate) fn man(
    args: &ManArgs,
    program: &Command,
    settings: &Settings,
) -> anyhow::Result<ExitStatus> {
    let version = program.render_version().trim_end().to_owned();
    let mut page = program;
    for name in &args.verb {
        page = page.find_subcommand(name).ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("there is no verb `{}`", args.verb.join(" ")))
                .hint(format!(
                    "`{} --help` names the verbs",
                    page.get_display_name().unwrap_or("outlay").replace('-', " ")
                ))
        })?;
    }
    let mut text = Vec::new();
    clap_mangen::Man::new(page.clone()).source(version).render(&mut text)?;
    write(&text, settings)
}

fn write(text: &[u8], settings: &Settings) -> anyhow::Result<ExitStatus> {
    match &settings.output {
        Some(path) if path.as_os_str() != "-" => {
            output::write_text(path, &String::from_utf8_lossy(text), true)?;
        }
        _ => place::stdout(settings).write_all(text)?,
    }
    Ok(ExitStatus::Passed)
}
