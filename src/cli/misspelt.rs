//! What people type that is no argument of ours, and what to say about it.

use std::ffi::OsString;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind as ClapError};

use crate::{Error, ErrorKind};

/// Arguments that people type for another one.
const STANDS_FOR: [(&str, &str); 3] =
    [("--batch", "--tier=batch"), ("--flex", "--tier=flex"), ("--priority", "--tier=priority")];

/// Arguments that no verb has, and what answers the question behind them.
const ASKS_FOR: [(&str, &str); 8] = [
    ("--cost", "`outlay estimate` says what a request costs"),
    ("--price", "`outlay estimate` says what a request costs"),
    ("--budget", "`outlay init` writes budgets into outlay.toml, and `outlay check` enforces them"),
    ("--date", "`--as-of DATE` takes prices at a date"),
    ("--temperature", "it does not change what a call costs; leave it out"),
    ("--provider", "`outlay compare` and `outlay models` choose models by provider"),
    ("--stream", "it does not change what a call costs; leave it out"),
    (
        "--system",
        "write the system message into the request: {\"messages\": [{\"role\": \"system\", ...}]}",
    ),
];

/// The arguments, with those replaced that people type for another one. What follows `--` is an input.
pub(super) fn replaced(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut are_inputs = false;
    let spelt = |argument: OsString| {
        are_inputs |= argument == "--";
        let known = STANDS_FOR.iter().find(|(typed, _)| !are_inputs && argument == *typed);
        known.map_or(argument, |(_, argument)| OsString::from(argument))
    };
    arguments.into_iter().map(spelt).collect()
}

/// What to say instead of an error of the parser, where the intention is plain.
pub(super) fn meant(error: &clap::Error) -> Option<Error> {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    match error.kind() {
        ClapError::InvalidSubcommand => {
            let name = context(ContextKind::InvalidSubcommand)?;
            Path::new(name).exists().then(|| a_path(name))
        }
        ClapError::UnknownArgument => {
            let typed = context(ContextKind::InvalidArg)?;
            let typed = typed.split('=').next().unwrap_or(typed);
            let (_, hint) = ASKS_FOR.iter().find(|(known, _)| *known == typed)?;
            Some(Error::new(ErrorKind::Usage, format!("there is no `{typed}` here")).hint(*hint))
        }
        _ => None,
    }
}

/// A file where a verb is expected.
fn a_path(name: &str) -> Error {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
    let hint = match ending {
        Some("toml") => format!(
            "`outlay simulate {name}` plays a scenario, `outlay check --config {name}` enforces budgets"
        ),
        Some("jsonl" | "gz" | "csv") => format!(
            "`outlay estimate {name}` prices requests, `outlay audit {name}` reads a log of calls"
        ),
        _ => format!(
            "`outlay plan {name}` says which cap to send, `outlay estimate {name}` what it costs"
        ),
    };
    Error::new(
        ErrorKind::Usage,
        format!("`{name}` is an input; the command that reads it is missing"),
    )
    .hint(hint)
}
