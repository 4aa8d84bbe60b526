//! The arguments of a conversation, from flags and from a scenario file.

use clap::Args;

use super::cap::CapArgs;
use super::shared::{CallArgs, parse};
use crate::catalog::{Feature, Model, Retention};
use crate::cli::input::completion_source::law;
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::forecast::{
    CapPolicy, History, MOST_STEPS, OnLength, Rules, Script, Simulation, TokenDist,
    simulate_observed,
};
use crate::report::{PriceRef, ProfileRef};
use crate::units::{Seconds, Tokens};
use crate::{Error, ErrorKind};

/// How long a prefix stays cached when nobody asks for it: OpenAI says 5 to 10 minutes.
const CACHE_LIFE: f64 = 300.0;
/// Turns, runs and seed when nobody says otherwise.
const TURNS: u32 = 10;
const RUNS: u32 = 10_000;
const SEED: u64 = 1;

/// How a conversation goes on.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ConversationArgs {
    /// How many turns are simulated [default: 10]
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true)]
    pub(crate) turns: Option<Tokens>,
    /// Tokens of instructions and material before the first turn, framing included [default: none]
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true)]
    pub(crate) base: Option<Tokens>,
    /// Tokens of each message of the user [default: 100]
    #[arg(long, value_name = "DIST", value_parser = parse::<TokenDist>, allow_hyphen_values = true)]
    pub(crate) user: Option<TokenDist>,
    /// What of the reasoning stays: none, in-turn or all [default: the model's own]
    #[arg(long, value_name = "KIND", value_parser = parse::<Retention>)]
    pub(crate) retention: Option<Retention>,
    /// What happens to a long history: full (nothing), drop-oldest (until reserve and cap fit), window:N (only the last N turns are sent), summarize:N (by N tokens, billed) [default: full]
    #[arg(long, value_name = "POLICY", value_parser = parse::<History>)]
    pub(crate) history: Option<History>,
    /// What follows an empty answer: stop, retry (5 times), double (the cap, up to the room) or continue [default: stop]
    #[arg(long, value_name = "POLICY", value_parser = parse::<OnLength>)]
    pub(crate) on_length: Option<OnLength>,
    /// Time between turns, such as 90s or 10min; after 5 minutes nothing is cached [default: 0s]
    #[arg(long, value_name = "TIME", value_parser = parse::<Seconds>, allow_hyphen_values = true)]
    pub(crate) turn_gap: Option<Seconds>,
    /// How many conversations are drawn when something is random [default: 10,000]
    #[arg(long, value_name = "N", value_parser = parse::<Tokens>, allow_hyphen_values = true)]
    pub(crate) runs: Option<Tokens>,
    /// The seed of the draws [default: 1]
    #[arg(long, value_name = "N", value_parser = seed, allow_hyphen_values = true)]
    pub(crate) seed: Option<u64>,
}

/// What was said before the first simulated turn, in tokens.
#[derive(Debug, Clone, Default)]
pub(crate) struct Past {
    /// Instructions that are never dropped.
    pub(crate) base: Tokens,
    /// Turns that were had, user and answer together.
    pub(crate) turns: Vec<Tokens>,
    /// A message of the user that still waits for its answer, without its framing.
    pub(crate) pending: Option<Tokens>,
}

/// A conversation, simulated for a model.
pub(crate) struct Simulated {
    pub(crate) simulation: Simulation,
    pub(crate) policy: CapPolicy,
    pub(crate) price: PriceRef,
    pub(crate) profile: Option<ProfileRef>,
    pub(crate) seed: u64,
    pub(crate) assumptions: Vec<String>,
}

/// Simulates the conversation for a model.
pub(crate) fn run(
    model: &Model,
    conversation: &ConversationArgs,
    call: &CallArgs,
    cap: &CapArgs,
    past: &Past,
    settings: &Settings,
) -> Result<Simulated, Error> {
    if call.cached.is_some() {
        return Err(Error::new(ErrorKind::Usage, "--cached does not go with a conversation").hint(
            "what is cached follows from the turns; --turn-gap says how far they are apart",
        ));
    }
    let price = model.price_at(settings.as_of)?;
    let tier = call.tier.unwrap_or_default();
    let rates = model.rates(price, tier, Tokens::ZERO)?;
    let law = law(model, call)?.ok_or_else(|| {
        Error::new(
            ErrorKind::Usage,
            format!("nothing is known about the completions of `{}`", model.id),
        )
        .hint("declare --visible, with --reasoning for a model that reasons, or take a --profile")
    })?;
    let mut assumptions = vec![law.sentence(model)];
    let policy = cap.policy(law.profile.as_ref(), &mut assumptions);
    let retention = conversation.retention.unwrap_or(model.retention);
    let gap = conversation.turn_gap.map_or(0.0, Seconds::get);
    let supported = model.supports(Feature::PromptCaching, settings.as_of) != Some(false);
    let caching = rates.cached_input.is_some() && supported && gap <= CACHE_LIFE;
    let cap_for_risk = match law.completion.smallest_cap(policy.risk, model.limits.output_cap) {
        // Where the data do not say which cap meets the risk, the reserve alone decides.
        None if !law.completion.identifies(policy.risk) => Some(Tokens::ZERO),
        cap => cap,
    };
    let rules = Rules {
        model,
        price,
        tier,
        base: conversation.base.unwrap_or_default() + past.base,
        past: past.turns.clone(),
        cap: call.max_completion_tokens,
        policy,
        cap_for_risk,
        retention,
        history: conversation.history.unwrap_or_default(),
        on_length: conversation.on_length.unwrap_or_default(),
        caching,
    };
    let small = |n: Option<Tokens>, default: u32, what: &str| match n
        .map(|n| u32::try_from(n.get()))
    {
        None => Ok(default),
        Some(Ok(n)) => Ok(n),
        Some(Err(_)) => {
            let most = Tokens::new(MOST_STEPS);
            Err(Error::new(ErrorKind::Amount, format!("more than {most} {what} are not simulated"))
                .hint("take fewer --turns or --runs"))
        }
    };
    let user = conversation.user.clone().unwrap_or(TokenDist::Constant(Tokens::new(100)));
    let script = Script {
        known: past.pending.into_iter().collect(),
        completion: &law.completion,
        turns: small(conversation.turns, TURNS, "turns")?,
        runs: small(conversation.runs, RUNS, "runs")?,
        seed: conversation.seed.unwrap_or(SEED),
        user,
    };
    assumptions.push(format!(
        "user messages {}; history {}; retention {retention}; {}; after an empty answer {}",
        script.user,
        rules.history,
        if caching { "repeated prefixes are cached" } else { "nothing is cached" },
        rules.on_length,
    ));
    if let History::Summarize(tokens) = rules.history {
        assumptions
            .push(format!("a summary is billed as {tokens} visible tokens, without reasoning"));
    }
    let progress = Progress::new(script.turns as usize, "turns played", settings);
    let simulation = simulate_observed(&rules, &script, || progress.step())?;
    drop(progress);
    if !simulation.exact {
        assumptions
            .push("tokens are medians, costs means, of the runs that reach the turn".to_owned());
    }
    Ok(Simulated {
        simulation,
        policy,
        price: price.into(),
        profile: law.profile.map(|source| source.profile),
        seed: script.seed,
        assumptions,
    })
}

/// Reads a seed.
pub(crate) fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| {
        format!("`{text}` is not a seed\nhint: a seed is a whole number from 0 to {}", u64::MAX)
    })
}
