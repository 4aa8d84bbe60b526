//! What the recommended cap must satisfy.

use std::str::FromStr;

use clap::Args;

use super::shared::parse;
use crate::Error;
use crate::cli::input::completion_source::Source;
use crate::forecast::{CapPolicy, SafeCap, safe_cap};
use crate::units::{Probability, Tokens};

/// The reserve and the risk.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct CapArgs {
    /// Tokens to keep for reasoning and outputs, or auto: what your own --profile allows [default: 25,000, as OpenAI advises]
    #[arg(long, value_name = "N|auto", value_parser = parse::<Reserve>, allow_hyphen_values = true)]
    pub(crate) reserve: Option<Reserve>,
    /// The accepted probability that an answer is cut off [default: 1%]
    #[arg(long, value_name = "P", value_parser = parse::<Probability>, allow_hyphen_values = true)]
    pub(crate) risk: Option<Probability>,
}

/// How much is kept for reasoning and outputs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reserve {
    Kept(Tokens),
    Auto,
}

impl FromStr for Reserve {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "auto" { Ok(Self::Auto) } else { text.parse().map(Self::Kept) }
    }
}

impl CapArgs {
    /// What the cap must satisfy; a word about it when the reserve was to be released.
    pub(crate) fn policy(
        &self,
        profile: Option<&Source>,
        assumptions: &mut Vec<String>,
    ) -> CapPolicy {
        let advised = CapPolicy::default();
        let policy = CapPolicy { risk: self.risk.unwrap_or(advised.risk), ..advised };
        match self.reserve {
            None => policy,
            Some(Reserve::Kept(reserve)) => CapPolicy { reserve, ..policy },
            Some(Reserve::Auto) => {
                let (released, why) = release(profile, policy);
                assumptions.push(why);
                released
            }
        }
    }
}

/// Releases the reserve if the user's own measurements allow it, and says why or why not.
fn release(profile: Option<&Source>, policy: CapPolicy) -> (CapPolicy, String) {
    let stays = |why: String| (policy, format!("{why}: the reserve of {} stays", policy.reserve));
    let Some(source) = profile.filter(|source| source.own) else {
        return stays(
            "only a profile of your own requests can release it (--profile FILE)".to_owned(),
        );
    };
    match safe_cap(&source.sample, policy.risk) {
        SafeCap::Cap(cap) => (
            CapPolicy { reserve: cap, released: true, ..policy },
            format!(
                "the reserve of {} is released: {cap} holds {} of {} own requests with 95 % confidence",
                policy.reserve,
                Probability::clamped(1.0 - policy.risk.get()),
                Tokens::new(source.profile.n)
            ),
        ),
        SafeCap::TooSmall { n, needed } => stays(format!(
            "n is too small for {} at 95 % confidence (has {n}, needs {needed})",
            policy.risk
        )),
        SafeCap::AtLeast(cap) => stays(format!(
            "too many requests were cut off: the cap for {} is at least {cap}; raise the cap and log again",
            policy.risk
        )),
    }
}
