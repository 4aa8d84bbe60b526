//! `outlay completions` and `outlay man`

use std::io::Write as _;

use clap::{Args, Command};
use clap_complete::Shell;

use crate::cli::exit_status::ExitStatus;
use crate::cli::output;
use crate::cli::settings::Settings;
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
    clap_complete::generate(args.shell, &mut program, "outlay", &mut text);
    write(&text, settings)
}

pub(crate) fn man(
    args: &ManArgs,
    mut program: Command,
    settings: &Settings,
) -> anyhow::Result<ExitStatus> {
    program.build();
    let version = program.render_version().trim_end().to_owned();
    let mut page = &program;
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
        _ => std::io::stdout().write_all(text)?,
    }
    Ok(ExitStatus::Passed)
}
