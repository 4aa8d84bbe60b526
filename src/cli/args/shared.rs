//! The arguments that verbs share.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use crate::catalog::Tier;
use crate::forecast::TokenDist;
use crate::report::Format;
use crate::request::Shape;
use crate::tokenizer::Engine;
use crate::units::{CallVolume, Probability, Tokens};
use crate::{Error, ErrorKind};

#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Global {
    /// Take prices and lifecycle at this date (YYYY-MM-DD) [default: today, UTC]
    #[arg(long, global = true, value_name = "DATE", value_parser = date)]
    pub(crate) as_of: Option<Date>,
    /// Add or change models with a catalogue file; repeatable, the last one wins
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) catalog: Vec<PathBuf>,
    /// Write the answer as table, json, csv, markdown or html; check and lint also as github, gitlab, junit, sarif or summary [default: table]
    #[arg(long, global = true, value_name = "FORMAT", value_parser = parse::<Format>)]
    pub(crate) format: Option<Format>,
    /// Short for --format json
    #[arg(long, global = true, conflicts_with = "format")]
    pub(crate) json: bool,
    /// Write the answer to a file instead of standard output
    #[arg(short, long, global = true, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write the answer in another format as well, such as csv=cost.csv; repeatable
    #[arg(long, global = true, value_name = "FORMAT=PATH", value_parser = export)]
    pub(crate) export: Vec<(Format, PathBuf)>,
    /// Take prompts, budgets and levels from this file [default: outlay.toml here or above]
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "isolated")]
    pub(crate) config: Option<PathBuf>,
    /// Leave outlay.toml aside
    #[arg(long, global = true)]
    pub(crate) isolated: bool,
    /// Draw the curves below the tables, on 60 columns or more; in JSON, list their points
    #[arg(long, global = true)]
    pub(crate) chart: bool,
    /// Draw them with the characters of ASCII alone
    #[arg(long, global = true, requires = "chart")]
    pub(crate) ascii: bool,
    /// Lay tables and curves out for so many columns, 20 to 500 [default: those of the terminal, 100 elsewhere]
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(20..=500))]
    pub(crate) width: Option<u16>,
    /// Use colours
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    pub(crate) color: When,
    /// Keep warnings and progress to yourself
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Say how each input was read
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

/// When to use colours.
#[derive(Debug, Default, Clone, Copy, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless NO_COLOR says otherwise
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What is counted, and for which models.
#[derive(Debug, Clone, Args)]
pub(crate) struct InputArgs {
    /// Files, directories, globs, or `-` for standard input
    #[arg(value_name = "INPUT")]
    pub(crate) inputs: Vec<String>,
    /// The model; repeatable [default: the request's own model, else o1-mini]
    #[arg(short, long, value_name = "ID")]
    pub(crate) model: Vec<String>,
    /// Take every input as text, chat (one JSON request) or batch (one request per line) [default: found out]
    #[arg(long = "as", value_name = "SHAPE", value_parser = parse::<Shape>)]
    pub(crate) shape: Option<Shape>,
    /// Replace bytes that are not UTF-8; the count is an estimate then
    #[arg(long)]
    pub(crate) lossy: bool,
    /// Count with this engine: outlay, or reference (tiktoken-rs, in a build with that feature) [default: outlay]
    #[arg(long, value_name = "ENGINE", value_parser = parse::<Engine>)]
    pub(crate) engine: Option<Engine>,
}

/// A prompt that is counted, or declared as a number.
#[derive(Debug, Clone, Args)]
pub(crate) struct PromptArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Declare the prompt tokens instead of counting an input
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true, conflicts_with_all = ["inputs", "shape"])]
    pub(crate) input_tokens: Option<Tokens>,
}

/// What is known about the completion and the price of a call.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct CallArgs {
    /// Declare all completion tokens, reasoning included: 600, 1k..12k (90 % interval), p50=4288,p95=11072, or @PROFILE
    #[arg(long, value_name = "DIST", value_parser = parse::<Dist>, allow_hyphen_values = true, conflicts_with_all = ["reasoning", "visible"])]
    pub(crate) completion_tokens: Option<Dist>,
    /// Declare the hidden reasoning tokens
    #[arg(long, value_name = "DIST", value_parser = parse::<Dist>, allow_hyphen_values = true)]
    pub(crate) reasoning: Option<Dist>,
    /// Declare the visible tokens of the answer
    #[arg(long, value_name = "DIST", value_parser = parse::<Dist>, allow_hyphen_values = true)]
    pub(crate) visible: Option<Dist>,
    /// Take the completion from a measured profile: NAME, FILE, or either with :task [default: the model's built-in profile]
    #[arg(long, value_name = "PROFILE", conflicts_with_all = ["completion_tokens", "reasoning", "visible"])]
    pub(crate) profile: Option<String>,
    /// The cap that you send [default: the request's own; where there is none, estimate takes the room, simulate and compare the recommended cap]
    #[arg(long, value_name = "CAP", value_parser = parse::<Tokens>, allow_hyphen_values = true)]
    pub(crate) max_completion_tokens: Option<Tokens>,
    /// Prompt tokens read from the cache: an amount, or a share such as 50% [default: none]
    #[arg(long, value_name = "N|SHARE", value_parser = parse::<Cached>, allow_hyphen_values = true, )]
    pub(crate) cached: Option<Cached>,
    /// Price the call in this tier: standard, batch, flex or priority [default: the request's own, else standard]
    #[arg(long, value_name = "TIER", value_parser = parse::<Tier>)]
    pub(crate) tier: Option<Tier>,
    /// Price this many calls, such as 500 or 20k/month [default: 1]
    #[arg(long, value_name = "VOLUME", value_parser = parse::<CallVolume>, allow_hyphen_values = true)]
    pub(crate) calls: Option<CallVolume>,
}

impl CallArgs {
    /// Whether the length of completions is left to the built-in profiles.
    pub(crate) fn declares_nothing(&self) -> bool {
        self.completion_tokens.is_none()
            && self.reasoning.is_none()
            && self.visible.is_none()
            && self.profile.is_none()
    }

    /// How many calls; one when nobody says otherwise.
    pub(crate) fn volume(&self) -> CallVolume {
        self.calls.unwrap_or(CallVolume { calls: 1, period: None })
    }
}

/// A distribution as the command line takes it.
#[derive(Debug, Clone)]
pub(crate) enum Dist {
    /// An amount or a curve, and how it was written.
    Declared(TokenDist, String),
    /// `@NAME` or `@FILE[:task]`: a profile's own distribution.
    Measured(String),
}

impl fmt::Display for Dist {
    /// As it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declared(_, text) => f.write_str(text),
            Self::Measured(name) => write!(f, "@{name}"),
        }
    }
}

impl FromStr for Dist {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.strip_prefix('@') {
            Some(spec) => Ok(Self::Measured(spec.to_owned())),
            None => text.parse().map(|dist| Self::Declared(dist, text.to_owned())),
        }
    }
}

/// How much of a prompt is cached.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cached {
    /// This many tokens.
    Tokens(Tokens),
    /// This share of the prompt.
    Share(Probability),
}

impl Cached {
    /// How many tokens of a prompt that is.
    pub(crate) fn of(self, prompt: Tokens) -> Tokens {
        match self {
            Self::Tokens(tokens) => tokens,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of the prompt is no more than the prompt"
            )]
            Self::Share(share) => Tokens::new((prompt.as_f64() * share.get()).floor() as u64),
        }
    }
}

impl fmt::Display for Cached {
    /// As the command line takes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tokens(tokens) => write!(f, "{}", tokens.get()),
            Self::Share(share) => {
                // The fewest decimals that are read as the same share.
                let percent = |decimals| format!("{:.decimals$}", share.get() * 100.0);
                let same = |text: &String| {
                    let read: Result<f64, _> = text.parse();
                    read.is_ok_and(|percent| (percent / 100.0).to_bits() == share.get().to_bits())
                };
                let text = (0..17).map(percent).find(same).unwrap_or_else(|| percent(17));
                write!(f, "{text}%")
            }
        }
    }
}

impl FromStr for Cached {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parsed = if text.trim_end().ends_with('%') {
            text.parse().map(Self::Share)
        } else {
            text.parse().map(Self::Tokens)
        };
        parsed.map_err(|_: Error| {
            Error::new(ErrorKind::Amount, format!("`{text}` is not a part of a prompt"))
                .hint("write an amount such as `1,024`, or a share from 0% to 100% such as `50%`")
        })
    }
}

/// Reads a value with the library's parser; its hint goes into the message, where clap shows it.
pub(crate) fn parse<T: FromStr<Err = Error>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|e: Error| match e.hint_text() {
        Some(hint) => format!("{}\nhint: {hint}", e.message()),
        None => e.message().to_owned(),
    })
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| {
        format!("`{text}` is not a date\nhint: write it as YYYY-MM-DD, such as 2024-09-12")
    })
}

fn export(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, path) =
        text.split_once('=').filter(|(_, path)| !path.is_empty()).ok_or_else(|| {
            format!(
                "`{text}` names no format or no file\nhint: write FORMAT=PATH, such as csv=cost.csv"
            )
        })?;
    Ok((parse(format)?, PathBuf::from(path)))
}
