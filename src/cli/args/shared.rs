//! The arguments that verbs share.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use crate::forecast::TokenDist;
use crate::report::Format;
use crate::request::{InputFormat, PixelSize};
use crate::tokenizer::Engine;
use crate::units::Tokens;
use crate::workload::parse;
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
    /// Count with this tokenizer.json, tekken.json or .tiktoken file for every model; FILE#ENCODING splits text as that encoding does
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) tokenizer: Option<String>,
    /// Write the answer as table, json, csv, markdown or html; audit also as focus; check and lint also as github, gitlab, junit, sarif or summary [default: table]
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
    /// Read every input as text, chat (one JSON request), batch (one request per line), or the requests or
    /// prompt files of one maker: responses, anthropic, gemini, converse, mcp, github-models, prompty,
    /// dotprompt, promptfoo, langchain, … [default: auto-detect]
    #[arg(long = "as", value_name = "FORMAT", value_parser = parse::<InputFormat>)]
    pub(crate) shape: Option<InputFormat>,
    /// The size of a slot of a template in tokens, such as context=50..400; repeatable
    #[arg(long, value_name = "NAME=DIST", value_parser = parse::<SlotSize>)]
    pub(crate) slot: Vec<SlotSize>,
    /// Fill the slots of a template with the rows of this file (CSV with a header, JSON lines, a JSON array): one
    /// result for each row
    #[arg(long, value_name = "FILE")]
    pub(crate) rows: Option<PathBuf>,
    /// The size of images whose size is not in the request, such as 1024x768
    #[arg(long, value_name = "WxH", value_parser = parse::<PixelSize>)]
    pub(crate) image: Option<PixelSize>,
    /// Leave out what cannot be counted, such as stored text, and count the rest
    #[arg(long)]
    pub(crate) skip_uncountable: bool,
    /// Replace bytes that are not UTF-8; the count is an estimate then
    #[arg(long)]
    pub(crate) lossy: bool,
    /// Count texts with this engine: outlay, or reference (tiktoken-rs, in a build with that feature)
    #[arg(long, value_name = "ENGINE", value_parser = parse::<Engine>, default_value = "outlay")]
    pub(crate) engine: Engine,
}

/// A slot with its declared size.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SlotSize {
    pub(crate) name: String,
    pub(crate) size: TokenDist,
}

impl FromStr for SlotSize {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parts = text.split_once('=').filter(|(name, _)| !name.trim().is_empty());
        let (name, size) = parts.ok_or_else(|| {
            Error::new(ErrorKind::Amount, format!("`{text}` is not a slot with a size"))
                .hint("write NAME=SIZE, such as context=50..400")
        })?;
        Ok(Self { name: name.trim().to_owned(), size: size.parse()? })
    }
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
