//! The arguments that verbs share.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use crate::forecast::TokenDist;
use crate::report::Format;
use crate::request::InputFormat;
use crate::tokenizer::Engine;
use crate::units::Tokens;
use crate::workload::{MediaSpec, parse};
use crate::{Error, ErrorKind};

#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Global {
    /// Use the prices and shutdowns of this day (YYYY-MM-DD) [default: OUTLAY_AS_OF, outlay.toml, else today in UTC]
    #[arg(long, global = true, value_name = "DATE", env = "OUTLAY_AS_OF", hide_env = true, value_parser = date)]
    pub(crate) as_of: Option<Date>,
    /// Write the answer as table, json, csv, markdown, html, svg, xlsx or slack; audit also as focus; check and lint also as github, gitlab, junit, sarif or summary [default: by the ending of -o, else table]
    #[arg(long, global = true, value_name = "FORMAT", value_parser = parse::<Format>)]
    pub(crate) format: Option<Format>,
    /// Write JSON, as --format json does
    #[arg(long, global = true, conflicts_with = "format")]
    pub(crate) json: bool,
    /// Write the answer to a file
    #[arg(short, long, global = true, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write the answer to another file as well, such as cost.csv or json=cost.txt; repeatable
    #[arg(long, global = true, value_name = "[FORMAT=]PATH", value_parser = export, hide_short_help = true)]
    pub(crate) export: Vec<(Format, PathBuf)>,
    /// Add or change models with a catalogue file; repeatable, later files win [default: OUTLAY_CATALOG, outlay.toml]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "OUTLAY_CATALOG",
        hide_env = true,
        hide_short_help = true
    )]
    pub(crate) catalog: Vec<PathBuf>,
    /// Count for every model with this tokenizer.json, tekken.json or .tiktoken file; FILE#ENCODING splits text as that encoding does
    #[arg(long, global = true, value_name = "FILE", hide_short_help = true)]
    pub(crate) tokenizer: Option<String>,
    /// Use this file instead of the nearest outlay.toml
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        conflicts_with = "isolated",
        hide_short_help = true
    )]
    pub(crate) config: Option<PathBuf>,
    /// Ignore outlay.toml and a catalogue kept by `models update`
    #[arg(long, global = true, hide_short_help = true)]
    pub(crate) isolated: bool,
    /// Draw charts below the tables, on 60 columns or more; in JSON, list their points
    #[arg(long, global = true, hide_short_help = true)]
    pub(crate) chart: bool,
    /// Draw charts in plain ASCII
    #[arg(long, global = true, requires = "chart", hide_short_help = true)]
    pub(crate) ascii: bool,
    /// Lay tables and charts out for this many columns, 20 to 500 [default: the width of the terminal, else 100]
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(20..=500), hide_short_help = true)]
    pub(crate) width: Option<u16>,
    /// When to use colours
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        hide_short_help = true
    )]
    pub(crate) color: When,
    /// Print no warnings and no progress
    #[arg(short, long, global = true, hide_short_help = true)]
    pub(crate) quiet: bool,
    /// Print how each input was read, and where every figure comes from
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

/// When to use colours.
#[derive(Debug, Default, Clone, Copy, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless NO_COLOR is set
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
    /// The model; repeatable [default: the request's own, OUTLAY_MODEL, outlay.toml, else o1-mini or the model that follows it]
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
    #[command(flatten)]
    pub(crate) media: MediaSpec,
    /// Leave out what cannot be counted, such as stored text, and count the rest
    #[arg(long)]
    pub(crate) skip_uncountable: bool,
    /// Replace bytes that are not UTF-8; the count is an estimate then
    #[arg(long, hide_short_help = true)]
    pub(crate) lossy: bool,
    /// Count texts with this engine: outlay, or reference (tiktoken-rs, in a build with that feature)
    #[arg(long, value_name = "ENGINE", value_parser = parse::<Engine>, default_value = "outlay", hide_short_help = true)]
    pub(crate) engine: Engine,
}

impl InputArgs {
    /// The options that say how inputs are read and counted, as words.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut option = |name: &str, value: Option<String>| {
            words.extend(value.into_iter().flat_map(|value| [format!("--{name}"), value]));
        };
        let media = &self.media;
        option("as", self.shape.map(|shape| shape.to_string()));
        for slot in &self.slot {
            option("slot", Some(slot.text.clone()));
        }
        option("rows", self.rows.as_ref().map(|path| path.display().to_string()));
        option("image", media.image.map(|size| size.to_string()));
        option("pages", media.pages.map(|pages| pages.get().to_string()));
        option("audio", media.audio.map(|time| time.get().to_string()));
        option("video", media.video.map(|time| time.get().to_string()));
        option("media-tokens", media.media_tokens.map(|tokens| tokens.get().to_string()));
        let flags = [("--skip-uncountable", self.skip_uncountable), ("--lossy", self.lossy)];
        words.extend(
            flags.into_iter().filter(|(_, is_set)| *is_set).map(|(flag, _)| flag.to_owned()),
        );
        words
    }
}

/// A slot with its declared size.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SlotSize {
    pub(crate) name: String,
    pub(crate) size: TokenDist,
    /// As it was written.
    text: String,
}

impl FromStr for SlotSize {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parts = text.split_once('=').filter(|(name, _)| !name.trim().is_empty());
        let (name, size) = parts.ok_or_else(|| {
            Error::new(ErrorKind::Amount, format!("`{text}` is not a slot with a size"))
                .hint("write NAME=SIZE, such as context=50..400")
        })?;
        let (name, size) = (name.trim().to_owned(), size.parse()?);
        Ok(Self { name, size, text: text.to_owned() })
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

/// `FORMAT=PATH`, or a path whose ending says the format.
fn export(text: &str) -> Result<(Format, PathBuf), String> {
    let by_ending = || Some((Format::of_path(Path::new(text))?, PathBuf::from(text)));
    let Some((format, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        return by_ending().ok_or_else(|| {
            format!("`{text}` names no format\nhint: write FORMAT=PATH, or a path that ends in .json, .csv, .md, .html, .svg or .xlsx")
        });
    };
    Ok((parse(format)?, PathBuf::from(path)))
}
