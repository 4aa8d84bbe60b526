//! The arguments of `outlay calibrate`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::input::logs::LogArgs;
use crate::forecast::WorkKind;
use crate::units::{Count, Probability, Tokens};
use crate::workload::parse;

/// Turn logs into a measured profile, and say which cap it allows
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  outlay calibrate responses.jsonl                       quantiles, caps and a histogram by model and task
  outlay calibrate logs/ --save profile.json             writes the profile; use it with --profile profile.json
  outlay calibrate batch_output.jsonl.gz --task nightly
  outlay calibrate usage.csv --map task=kind,completion_tokens=out
  outlay calibrate --plan --within 10% --kind code       how many calls to log, before any is logged

-o FILE.json writes the profile as --save does; -o FILE.html, .md or .csv writes the answer.")]
pub(crate) struct CalibrateArgs {
    #[command(flatten)]
    pub(crate) logs: LogArgs,
    /// Tokens to keep for reasoning and outputs as long as the logs do not allow less [default: 25,000]
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true)]
    pub(crate) reserve: Option<Tokens>,
    /// What the calls are for: step, judge, write, puzzle, code or search; makes few calls say more
    #[arg(long, value_name = "KIND", value_parser = parse::<WorkKind>)]
    pub(crate) kind: Option<WorkKind>,
    /// Write the profile to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
    /// Write over an existing profile
    #[arg(long)]
    pub(crate) force: bool,
    /// Say how many calls to log, instead of reading logs
    #[arg(long, conflicts_with_all = ["logs", "force", "reserve"])]
    pub(crate) plan: bool,
    /// The error of the mean cost that is to be reached in 9 of 10 cases [default: 20%]
    #[arg(long, value_name = "P", value_parser = parse::<Probability>, allow_hyphen_values = true, requires = "plan")]
    pub(crate) within: Option<Probability>,
    /// Calls of one conversation, which are alike [default: 1]
    #[arg(long, value_name = "N", value_parser = parse::<Count>, allow_hyphen_values = true, requires = "plan")]
    pub(crate) turns: Option<Count>,
}
