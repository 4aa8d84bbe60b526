//! The arguments of `outlay lint`.

use clap::Args;
use jiff::civil::Date;

use crate::Error;
use crate::catalog::Model;
use crate::cli::args::InputArgs;
use crate::cli::config::resolve::Config;
use crate::forecast::MinuteLimits;
use crate::units::{CallVolume, Count, Tokens};
use crate::workload::parse;

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
    pub(crate) input: InputArgs,
    /// List every rule with its level
    #[arg(long, conflicts_with_all = ["inputs", "explain"])]
    pub(crate) list: bool,
    /// Say what a rule finds, why, and from where that is known
    #[arg(long, value_name = "RULE", conflicts_with = "inputs")]
    pub(crate) explain: Option<String>,
    /// Tokens that a cap should keep for reasoning and outputs [default: 25,000, as OpenAI advises]
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true)]
    pub(crate) reserve: Option<Tokens>,
    /// How many calls are made, such as 20k/day, for the rules about pace
    #[arg(long, value_name = "VOLUME", value_parser = parse::<CallVolume>, allow_hyphen_values = true)]
    pub(crate) calls: Option<CallVolume>,
    /// Requests per minute of your account
    #[arg(long, value_name = "N", value_parser = parse::<Count>, allow_hyphen_values = true)]
    pub(crate) rpm: Option<Count>,
    /// Tokens per minute of your account
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true)]
    pub(crate) tpm: Option<Tokens>,
    /// Take the limits of this usage tier from the catalogue
    #[arg(long, value_name = "TIER", conflicts_with_all = ["rpm", "tpm"])]
    pub(crate) usage_tier: Option<String>,
    /// Exit with 0 where a rule of the level fail is broken; never where a request cannot be read
    #[arg(long)]
    pub(crate) exit_zero: bool,
}

impl LintArgs {
    /// The limits of the account for a model: of the flags, else of outlay.toml.
    pub(crate) fn limits(
        &self,
        config: Option<&Config>,
        as_of: Date,
        model: &Model,
    ) -> Result<Option<MinuteLimits>, Error> {
        let (rpm, tpm) = (self.rpm, self.tpm);
        if rpm.is_some() || tpm.is_some() {
            return Ok(Some(MinuteLimits { rpm: rpm.map(Count::get), tpm }));
        }
        let lint = config.map(|config| &config.file.lint);
        let configured = lint.and_then(|lint| lint.usage_tier.as_ref()).map(|name| &name.0);
        if let Some(tier) = &self.usage_tier {
            let limit = model.rate_limit_at(tier, as_of)?;
            return Ok(Some(MinuteLimits { rpm: limit.rpm, tpm: limit.tpm }));
        }
        match configured {
            // A tier of the configuration is for the models that have one.
            Some(tier) => Ok(model
                .rate_limit_at(tier, as_of)
                .ok()
                .map(|limit| MinuteLimits { rpm: limit.rpm, tpm: limit.tpm })),
            None => Ok(config.and_then(Config::limits)),
        }
    }
}
