//! A conversation, from what is declared about it to its simulation.

use std::sync::Arc;

use jiff::civil::Date;

use super::call_spec::CallSpec;
use super::cap_policy::cap_policy;
use super::completion_source::CompletionSource;
use super::conversation_spec::{ConversationSpec, Seed};
use crate::catalog::{Feature, Model, PriceEntry, Retention, Tier};
use crate::forecast::{
    CapPolicy, Completion, History, MOST_STEPS, Rules, Script, Simulation, TokenDist, WorkKind,
    simulate_observed,
};
use crate::units::{Count, Probability, Seconds, Tokens};
use crate::{Error, ErrorKind};

/// How long a prefix stays cached when nobody asks for it, in seconds: OpenAI says 5 to 10 minutes.
const CACHE_LIFE: f64 = 300.0;
/// Turns, runs, seed and tokens of a user's message unless said otherwise.
const TURNS: u32 = 10;
const RUNS: u32 = 10_000;
const SEED: Seed = Seed(1);
/// How alike the completions of one conversation are where no log says so: of turns that a person begins,
/// and of the steps of an agent. Measured: 0.21 in games of many turns, 0.06 in loops of agents.
const ALIKE: f64 = 0.25;
const ALIKE_STEPS: f64 = 0.05;
const USER: TokenDist = TokenDist::Constant(Tokens::new(100));

/// What was said before the first simulated turn, in tokens.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Instructions that are never dropped.
    pub base: Tokens,
    /// Earlier turns, user and answer together, framing included.
    pub turns: Vec<Tokens>,
    /// A message of the user that waits for its answer, without its framing.
    pub pending: Option<Tokens>,
}

/// A conversation to be simulated for a model.
#[derive(Debug, Clone)]
pub struct Conversation<'m, 'a> {
    /// The model.
    pub model: &'m Model,
    /// The day of its prices.
    pub as_of: Date,
    /// What is known about each call.
    pub call: &'a CallSpec,
    /// How the conversation goes on.
    pub spec: &'a ConversationSpec,
    /// What was said before.
    pub past: &'a Past,
}

/// A simulated conversation.
#[derive(Debug, Clone)]
pub struct ConversationQuote<'m> {
    /// The price list in force.
    pub price: &'m PriceEntry,
    /// The tier.
    pub tier: Tier,
    /// Where the distribution of completions is from.
    pub source: Arc<CompletionSource>,
    /// What the recommended caps satisfy.
    pub policy: CapPolicy,
    /// Turn by turn, and as a whole.
    pub simulation: Simulation,
    /// The seed of its draws.
    pub seed: Seed,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
}

impl<'m> Conversation<'m, '_> {
    /// How many turns to simulate.
    ///
    /// # Errors
    /// [`ErrorKind::Amount`] for more than can be simulated.
    pub fn turns(&self) -> Result<u32, Error> {
        small(self.spec.turns, TURNS, "turns")
    }

    /// Simulates it with completions of this source; `after_turn` is called after each turn.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when nothing is known of the completions or something is declared that follows from
    /// the turns, [`ErrorKind::MissingPrice`] without a price, and those of
    /// [`simulate`](crate::forecast::simulate).
    pub fn quote(
        &self,
        source: Option<Arc<CompletionSource>>,
        after_turn: impl FnMut(),
    ) -> Result<ConversationQuote<'m>, Error> {
        let Self { model, as_of, call, spec, past } = *self;
        if call.cached.is_some() {
            return Err(Error::new(ErrorKind::Usage, "--cached does not go with a conversation")
                .hint(
                    "what is cached follows from the turns; --turn-gap says how far they are apart",
                ));
        }
        let price = model.price_at(as_of)?;
        let tier = call.tier.unwrap_or_default();
        let rates = model.rates(price, tier, Tokens::ZERO)?;
        let source = source.ok_or_else(|| {
            let message = format!("nothing is known about the completions of `{}`", model.id);
            Error::new(ErrorKind::Usage, message).hint(
                "declare --visible, with --reasoning for a model that reasons, or take a --profile",
            )
        })?;
        let (policy, about_reserve) = cap_policy(call, source.profile.as_ref());
        let retention = spec.retention.unwrap_or(model.retention);
        let gap = spec.turn_gap.map_or(0.0, Seconds::get);
        let supported = model.supports(Feature::PromptCaching, as_of) != Some(false);
        let caching = rates.cached_input.is_some() && supported && gap <= CACHE_LIFE;
        let completion = &source.completion;
        let by_turn = source.by_turn();
        // Nothing for a risk that no cap meets, else the largest of the caps that the turns need.
        let cap_for_risk = std::iter::once(completion)
            .chain(by_turn.values())
            .map(|completion| cap_for_risk(completion, policy.risk, model.limits.output_cap))
            .try_fold(Tokens::ZERO, |most, cap| Some(most.max(cap?)));
        let alike = TurnCorrelation::of(call, spec, &source);
        let rules = Rules {
            model,
            price,
            tier,
            base: spec.base.unwrap_or_default() + past.base,
            past: past.turns.clone(),
            cap: call.max_completion_tokens,
            policy,
            cap_for_risk,
            retention,
            history: spec.history.unwrap_or_default(),
            on_length: spec.on_length.unwrap_or_default(),
            caching,
        };
        let seed = spec.seed.unwrap_or(SEED);
        let script = Script {
            known: past.pending.into_iter().collect(),
            completion,
            by_turn,
            turns: self.turns()?,
            runs: small(spec.runs, RUNS, "runs")?,
            rho: completion.turn_correlation(alike.rho),
            seed: seed.0,
            user: spec.user.clone().unwrap_or(USER),
        };
        let simulation = simulate_observed(&rules, &script, after_turn)?;
        let mut assumptions = vec![source.sentence(model)];
        assumptions.extend(about_reserve);
        assumptions.extend(rules_assumptions(&rules, &script, retention));
        if !simulation.exact {
            assumptions.push(alike.sentence(script.by_turn.keys().map(ToString::to_string)));
            assumptions.push(
                "tokens are medians, costs means, of the runs that reach the turn".to_owned(),
            );
        }
        Ok(ConversationQuote { price, tier, source, policy, simulation, seed, assumptions })
    }
}

/// How alike the completions of one conversation are, and how that is known.
struct TurnCorrelation {
    rho: f64,
    basis: &'static str,
}

impl TurnCorrelation {
    /// What is declared, else what the logs say, else what is usual.
    fn of(call: &CallSpec, spec: &ConversationSpec, source: &CompletionSource) -> Self {
        let logged = || source.profile.as_ref()?.sample.rho();
        let (rho, basis) = match (spec.turn_correlation, logged(), call.kind) {
            (Some(declared), ..) => (declared.get(), "declared"),
            (None, Some(rho), _) => (rho, "measured in the logs"),
            (None, None, Some(WorkKind::Step)) => (ALIKE_STEPS, "assumed for steps of an agent"),
            (None, None, _) => (ALIKE, "assumed; `outlay calibrate` learns it from logs"),
        };
        Self { rho, basis }
    }

    fn sentence(&self, by_turn: impl Iterator<Item = String>) -> String {
        let turns: Vec<String> = by_turn.collect();
        let apart = if turns.is_empty() {
            String::new()
        } else {
            format!("; completions are known apart for turns {}", turns.join(", "))
        };
        format!(
            "completions of one conversation are alike: correlation {:.2}, {}{apart}",
            self.rho, self.basis
        )
    }
}

/// The smallest cap within the risk; `None` when no cap is. Where the data do not say which cap meets it,
/// the reserve alone decides.
fn cap_for_risk(completion: &Completion, risk: Probability, most: Tokens) -> Option<Tokens> {
    match completion.smallest_cap(risk, most) {
        None if !completion.identifies(risk) => Some(Tokens::ZERO),
        cap => cap,
    }
}

fn rules_assumptions(rules: &Rules<'_>, script: &Script<'_>, retention: Retention) -> Vec<String> {
    let mut assumptions = vec![format!(
        "user messages {}; history {}; retention {retention}; {}; after an empty answer {}",
        script.user,
        rules.history,
        if rules.caching { "repeated prefixes are cached" } else { "nothing is cached" },
        rules.on_length,
    )];
    if let History::Summarize(tokens) = rules.history {
        assumptions
            .push(format!("a summary is billed as {tokens} visible tokens, without reasoning"));
    }
    assumptions
}

/// A count that must be small enough to be simulated.
fn small(n: Option<Count>, default: u32, what: &str) -> Result<u32, Error> {
    let Some(n) = n else { return Ok(default) };
    u32::try_from(n.get()).map_err(|_| {
        let most = Count::new(MOST_STEPS);
        Error::new(ErrorKind::Amount, format!("more than {most} {what} are not simulated"))
            .hint("take fewer --turns or --runs")
    })
}
