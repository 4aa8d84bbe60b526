//! The steps of a turn with tools.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

#[cfg(feature = "cli")]
use super::super::literal::parse;
use super::super::literal::{Written, optional, optional_dist};
use super::observed::ObservedSteps;
use crate::forecast::{Growth, LoggedSteps, LoopBudget, Steps, TokenDist};
use crate::units::{Count, Money, Tokens};
use crate::{Error, ErrorKind};

/// The steps of a turn with tools: how many there are, what they call, and where the loop is stopped.
///
/// As with [`CallSpec`](crate::workload::CallSpec), flags, scenario files and programs fill this struct.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[allow(clippy::doc_markdown, reason = "clap prints these comments; backticks would show")]
#[serde(deny_unknown_fields, default)]
pub struct TaskSpec {
    /// Requests of one turn, the one with the answer included; endless, until a budget ends them; or profile, as the logs of --profile show [default: profile where those are logs of agents, else 1, without tools]
    #[cfg_attr(feature = "cli", arg(long, value_name = "DIST", value_parser = parse::<StepCount>, allow_hyphen_values = true))]
    #[serde(with = "optional_dist")]
    pub steps: Option<StepCount>,
    /// Calls of tools in one step, side by side [default: 1]
    #[cfg_attr(feature = "cli", arg(long, value_name = "DIST", value_parser = parse::<TokenDist>, allow_hyphen_values = true))]
    #[serde(with = "optional_dist")]
    pub calls_per_step: Option<TokenDist>,
    /// Tokens of one call, beside the visible tokens of its step [default: 0, they are among the visible tokens]
    #[cfg_attr(feature = "cli", arg(long, value_name = "DIST", value_parser = parse::<TokenDist>, allow_hyphen_values = true))]
    #[serde(with = "optional_dist")]
    pub call_tokens: Option<TokenDist>,
    /// Tokens of the result of one call
    #[cfg_attr(feature = "cli", arg(long, value_name = "DIST", value_parser = parse::<TokenDist>, allow_hyphen_values = true))]
    #[serde(with = "optional_dist")]
    pub result_tokens: Option<TokenDist>,
    /// Tokens of the definitions of tools, sent with every request [default: those of the input]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true))]
    #[serde(with = "optional")]
    pub tool_definitions: Option<Tokens>,
    /// Stop the loop of a turn after this many requests
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", value_parser = parse::<Count>, allow_hyphen_values = true))]
    #[serde(with = "optional")]
    pub max_steps: Option<Count>,
    /// Stop the loop of a turn once it has cost this much
    #[cfg_attr(feature = "cli", arg(long, value_name = "USD", value_parser = parse::<Money>, allow_hyphen_values = true))]
    #[serde(with = "optional")]
    pub max_turn_usd: Option<Money>,
    /// Stop the loop of a turn once its prompts and completions have this many tokens
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true))]
    #[serde(with = "optional")]
    pub max_turn_tokens: Option<Tokens>,
}

impl TaskSpec {
    /// These values, and those of `general` for what they leave open.
    #[must_use]
    pub fn over(self, general: Self) -> Self {
        Self {
            steps: self.steps.or(general.steps),
            calls_per_step: self.calls_per_step.or(general.calls_per_step),
            call_tokens: self.call_tokens.or(general.call_tokens),
            result_tokens: self.result_tokens.or(general.result_tokens),
            tool_definitions: self.tool_definitions.or(general.tool_definitions),
            max_steps: self.max_steps.or(general.max_steps),
            max_turn_usd: self.max_turn_usd.or(general.max_turn_usd),
            max_turn_tokens: self.max_turn_tokens.or(general.max_turn_tokens),
        }
    }

    /// The steps of a turn; `None` where nothing declares or shows any. What is left open is taken from
    /// what was observed.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] where steps are declared and nothing says what a tool returns, and where
    /// something is said about steps and nothing declares them.
    pub(super) fn steps(
        &self,
        observed: Option<&ObservedSteps>,
        logged: Option<&LoggedSteps>,
    ) -> Result<Option<Steps>, Error> {
        if let Some(logged) = logged {
            return self.logged(logged).map(Some);
        }
        let count = match (&self.steps, observed) {
            (Some(StepCount::Profile), _) => return no_logged_steps(),
            (Some(StepCount::Endless), _) => None,
            (Some(StepCount::Dist(dist)), _) => Some(dist.clone()),
            (None, Some(observed)) => Some(observed.steps.clone()),
            (None, None) => return self.without_steps(),
        };
        let one = TokenDist::Constant(Tokens::new(1));
        let seen =
            |of: fn(&ObservedSteps) -> &Option<TokenDist>| observed.and_then(|o| of(o).clone());
        let calls = self.calls_per_step.clone().or_else(|| seen(|o| &o.calls));
        let result = self.result_tokens.clone().or_else(|| seen(|o| &o.results));
        let answers_at_once = count.as_ref() == Some(&one);
        let result = match result {
            Some(result) => result,
            None if answers_at_once => TokenDist::Constant(Tokens::ZERO),
            None => {
                return Err(Error::new(ErrorKind::Usage, "nothing says what a tool returns")
                    .hint("declare --result-tokens, such as --result-tokens 200..4000"));
            }
        };
        Ok(Some(Steps {
            count,
            calls: calls.unwrap_or(one),
            call: self.call_tokens.clone().unwrap_or(TokenDist::Constant(Tokens::ZERO)),
            result,
            growth: None,
            budget: self.budget(),
        }))
    }

    fn budget(&self) -> LoopBudget {
        LoopBudget {
            usd: self.max_turn_usd,
            tokens: self.max_turn_tokens,
            steps: self.max_steps.map(Count::get),
        }
    }

    /// Whether it asks for the steps of a profile, or leaves open what they are.
    pub(super) fn takes(&self, logged: &LoggedSteps, turns_declared: bool) -> bool {
        let silent = self.steps.is_none() && self.result_tokens.is_none() && !turns_declared;
        self.steps == Some(StepCount::Profile) || (silent && logged.of_agents)
    }

    /// The steps that a profile shows.
    fn logged(&self, logged: &LoggedSteps) -> Result<Steps, Error> {
        let parts = [
            ("--calls-per-step", self.calls_per_step.is_some()),
            ("--call-tokens", self.call_tokens.is_some()),
            ("--result-tokens", self.result_tokens.is_some()),
        ];
        if let Some((flag, _)) = parts.into_iter().find(|(_, said)| *said) {
            let message = format!("{flag} does not go with the steps of a profile");
            return Err(Error::new(ErrorKind::Usage, message).hint(
                "its logs measured what a step adds to the prompt; declare --steps to replace it",
            ));
        }
        let zero = || TokenDist::Constant(Tokens::ZERO);
        let (Some(count), Some(tokens)) = (logged.step_count(), logged.growth()) else {
            return no_logged_steps();
        };
        Ok(Steps {
            count: Some(count),
            calls: TokenDist::Constant(Tokens::new(1)),
            call: zero(),
            result: zero(),
            growth: Some(Growth { tokens, rho: logged.growth_rho }),
            budget: self.budget(),
        })
    }

    fn without_steps(&self) -> Result<Option<Steps>, Error> {
        let said = [
            ("--calls-per-step", self.calls_per_step.is_some()),
            ("--call-tokens", self.call_tokens.is_some()),
            ("--result-tokens", self.result_tokens.is_some()),
            ("--max-steps", self.max_steps.is_some()),
            ("--max-turn-usd", self.max_turn_usd.is_some()),
            ("--max-turn-tokens", self.max_turn_tokens.is_some()),
        ];
        match said.into_iter().find(|(_, said)| *said) {
            Some((flag, _)) => {
                Err(Error::new(ErrorKind::Usage, format!("{flag} says something about steps"))
                    .hint("declare --steps, such as --steps 5, or --steps endless with a budget"))
            }
            None => Ok(None),
        }
    }
}

fn no_logged_steps<T>() -> Result<T, Error> {
    let message = "the profile does not show how many steps tasks take";
    Err(Error::new(ErrorKind::Usage, message).hint(
        "name a --profile of logs whose calls name their conversation: outlay calibrate LOGS --save profile.json",
    ))
}

/// How many requests a turn takes.
#[derive(Debug, Clone, PartialEq)]
pub enum StepCount {
    /// As many as the tasks in the logs of the profile.
    Profile,
    /// Until a budget or the window ends them.
    Endless,
    /// So many.
    Dist(TokenDist),
}

impl fmt::Display for StepCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Endless => f.write_str("endless"),
            Self::Profile => f.write_str("profile"),
            Self::Dist(dist) => dist.fmt(f),
        }
    }
}

impl Written for StepCount {
    fn written(&self) -> Option<String> {
        match self {
            Self::Endless | Self::Profile => Some(self.to_string()),
            Self::Dist(dist) => dist.literal(),
        }
    }
}

impl FromStr for StepCount {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "endless" {
            return Ok(Self::Endless);
        }
        if text == "profile" {
            return Ok(Self::Profile);
        }
        text.parse().map(Self::Dist).map_err(|error: Error| {
            Error::new(ErrorKind::Amount, error.message().to_owned()).hint(
                "write `8`, `3..20` (a 90 % interval), `p50=6,p95=20`, `profile` for those of --profile, or `endless` \
                 with a budget",
            )
        })
    }
}
