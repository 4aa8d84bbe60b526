//! A conversation, from what is declared about it to its simulation.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use super::super::call_spec::CallSpec;
use super::super::cap_policy::{above_budget, cap_policy};
use super::super::completion_source::CompletionSource;
use super::super::range::CostRange;
use super::caching::{CacheChoice, CacheOption, Caching};
use super::declared_media::{DeclaredMedia, MediaTokens};
use super::observed::ObservedSteps;
use super::played::PlayedScript;
use super::spec::{ConversationSpec, Seed};
use super::task_spec::TaskSpec;
use crate::catalog::{Endpoint, Model, PriceEntry, Retention, Tier};
use crate::forecast::{
    CapPolicy, Completion, History, LoggedSteps, MOST_STEPS, MeanOfAnswers, Rules, Script,
    Simulation, Steps, SubAgent, Summary, TimeDist, TokenDist, WorkKind, simulate_observed,
};
use crate::request::{Framing, MediaKind, RequestSettings};
use crate::units::{Count, Money, Probability, TokenRange, Tokens, grouped};
use crate::{Error, ErrorKind};

/// Turns, runs, seed and tokens of a user's message unless said otherwise.
const TURNS: u32 = 10;
const RUNS: u32 = 10_000;
const SEED: Seed = Seed(1);
const USER: TokenDist = TokenDist::Constant(Tokens::new(100));

/// How alike the completions of one conversation are where no log says so: of turns that a person begins,
/// and of the steps of an agent. Measured: 0.21 in games of many turns, 0.06 in loops of agents.
const ALIKE: f64 = 0.25;
const ALIKE_STEPS: f64 = 0.05;
/// So many calls that single ones no longer matter for their mean.
const MANY: u64 = 1_000_000;

/// What was said before the first simulated turn, in tokens.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Instructions that are never dropped.
    pub base: Tokens,
    /// Earlier turns, user and answer together, framing included.
    pub turns: Vec<Tokens>,
    /// A message of the user that waits for its answer, without its framing.
    pub pending: Option<Tokens>,
    /// Between what and what its prompt tokens lie, where they are an estimate and that is known.
    pub range: Option<TokenRange>,
    /// How long the marks of the request keep it in a cache, [`CacheChoice::Off`] for one without marks;
    /// nothing where there is no request.
    pub marked: Option<CacheChoice>,
    /// The endpoint that the request is written for.
    pub endpoint: Option<Endpoint>,
    /// The steps of its turns, where any calls tools.
    pub observed: Option<ObservedSteps>,
    /// The tokens around its messages; nothing where there is no request.
    pub framing: Option<Framing>,
}

/// Agents that every turn starts, simulated as a conversation of their own.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AgentQuote {
    /// The scenario that declares them.
    pub scenario: String,
    /// Their model.
    pub model: String,
    /// How many of them a turn starts.
    #[cfg_attr(test, schemars(with = "String"))]
    #[serde(serialize_with = "as_text")]
    pub runs: TokenDist,
    /// The cost of one.
    pub cost_usd: Summary<Money>,
    /// The cost of each that was simulated, the cheapest first.
    #[serde(skip)]
    pub costs: Vec<Money>,
}

fn as_text<S: serde::Serializer>(dist: &TokenDist, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(dist)
}

/// A conversation that goes on from an estimated prompt, between the fewest and the most tokens that it may
/// have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationRange {
    /// The tokens of what was said before.
    pub tokens: TokenRange,
    /// What a conversation costs on average.
    pub cost: CostRange,
    /// The first turn at which the median room is below the reserve, with the most tokens.
    pub first_below_reserve: Option<u32>,
    /// The first turn at which any run overflows, with the most tokens.
    pub first_overflow: Option<u32>,
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
    /// The steps of its turns.
    pub task: &'a TaskSpec,
    /// What it sends beside its texts.
    pub media: &'a [(MediaKind, DeclaredMedia)],
    /// The agents that every turn starts.
    pub agents: &'a [AgentQuote],
    /// Whether other ways of caching are priced as well.
    pub all_caches: bool,
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
    /// What holds for every run of it.
    pub rules: Rules<'m>,
    /// What else was simulated.
    pub script: PlayedScript,
    /// Turn by turn, and as a whole.
    pub simulation: Simulation,
    /// What becomes of it where the prompt that it goes on from is an estimate.
    pub range: Option<ConversationRange>,
    /// What ways of caching come to, the billed one first; the others only where they were asked for.
    pub caching: Vec<CacheOption>,
    /// Tokens of the definitions of tools, where they were declared.
    pub tool_definitions: Option<Tokens>,
    /// The agents that every turn starts.
    pub agents: Vec<AgentQuote>,
    /// How well the mean completion is known, over many calls.
    pub mean: MeanOfAnswers,
    /// The seed of its draws.
    pub seed: Seed,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
}

impl<'m> Conversation<'m, '_> {
    /// How many turns to simulate; one of the steps that a profile shows, unless it is declared.
    ///
    /// # Errors
    /// [`ErrorKind::Amount`] for more than can be simulated.
    pub fn turns(&self, source: &CompletionSource) -> Result<u32, Error> {
        let takes = |logged| self.task.takes(logged, self.spec.turns.is_some());
        let tools = self.task.steps.is_some() || source.steps.as_ref().is_some_and(takes);
        small(self.spec.turns, if tools { 1 } else { TURNS }, "turns")
    }

    /// Simulates it with completions of this source; `after_turn` is called after each turn.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when something is declared that follows from the turns, [`ErrorKind::MissingPrice`] without a price, and those of
    /// [`simulate`](crate::forecast::simulate).
    pub fn quote(
        &self,
        source: Arc<CompletionSource>,
        after_turn: impl FnMut(),
    ) -> Result<ConversationQuote<'m>, Error> {
        let Self { model, as_of, call, spec, task, past, .. } = *self;
        check(call)?;
        let price = model.price_at(as_of)?;
        let tier = call.tier.unwrap_or_default();
        let rates = model.rates(price, tier, Tokens::ZERO)?;
        let (policy, about_cap) = policy(model, call, &source);
        let caching = Caching::new((model, as_of), rates, spec.cache, past.marked)?;
        let completion = &source.completion;
        let logged = source.steps.as_ref();
        let logged = logged.filter(|logged| task.takes(logged, spec.turns.is_some()));
        let steps = task.steps(past.observed.as_ref(), logged)?;
        // The first prompt is that of the logs where nothing else says what it is.
        let is_open = spec.base.is_none() && spec.user.is_none() && past.base == Tokens::ZERO;
        let usual = || Framing::of(&model.counting, &RequestSettings::default());
        let framing = past.framing.unwrap_or_else(usual);
        // What a request has said already begins with it.
        let begin = if past.framing.is_some() { Tokens::ZERO } else { framing.begin };
        let around = begin + framing.answer + framing.user;
        let first = logged.filter(|_| is_open).and_then(|logged| logged.first_prompt(around));
        let by_turn = source.by_turn();
        let media = MediaTokens::of(self.media, model)?;
        let cap_for_risk = largest_cap(&source, &policy, model.limits.output_cap);
        let alike = TurnCorrelation::of(call, spec, steps.is_some(), &source);
        let rules = Rules {
            model,
            price,
            tier,
            base: begin
                + spec.base.unwrap_or_default()
                + past.base
                + media.base
                + self.definitions()?,
            framing,
            past: past.turns.clone(),
            cap: call.max_completion_tokens,
            policy,
            cap_for_risk: cap_for_risk.map(|cap| cap + most_called(steps.as_ref(), policy.risk)),
            retention: self.retention(),
            history: spec.history.unwrap_or_default(),
            on_length: spec.on_length.unwrap_or_default(),
            caches: caching.caches(self.all_caches),
            steps,
        };
        let seed = spec.seed.unwrap_or(SEED);
        let script = Script {
            known: past.pending.into_iter().collect(),
            completion,
            by_turn,
            turns: self.turns(&source)?,
            runs: small(spec.runs, RUNS, "runs")?,
            rho: completion.turn_correlation(alike.rho),
            seed: seed.0,
            user: spec.user.clone().or(first).unwrap_or(USER),
            media: media.each_turn,
            gap: spec.turn_gap.clone().unwrap_or(TimeDist::ZERO),
            agents: self.agents.iter().map(sub_agent).collect(),
        };
        let simulation = simulate_observed(&rules, &script, after_turn)?;
        let range = past.range.map(|tokens| ConversationRange::of(tokens, &rules, &script));
        let range = range.transpose()?;
        let mut assumptions = vec![source.sentence(model)];
        assumptions.extend(source.about_budget(model));
        assumptions.extend(range.map(|range| range.sentence()));
        assumptions.extend(about_cap);
        assumptions.extend(rules_assumptions(&rules, &script, &caching.assumption));
        assumptions
            .extend(source.steps.as_ref().map(|known| about_logged(known, logged.is_some())));
        assumptions.extend(caching.about_gaps(&script.gap).filter(|_| script.turns > 1));
        assumptions.extend(self.about_media(media));
        if !simulation.exact {
            assumptions.push(alike.sentence(script.by_turn.keys().map(ToString::to_string)));
            assumptions.push(
                "tokens are medians, costs means, of the runs that reach the turn".to_owned(),
            );
        }
        let mean = completion.mean_of(model.limits.output_cap, MANY);
        let when = (&script.gap, call.calls);
        let caching = caching.options(&simulation.cost_by_cache, rates, rules.base, when);
        let (agents, tool_definitions) = (self.agents.to_vec(), task.tool_definitions);
        let rho = [false, true].map(|in_steps| {
            let alike = TurnCorrelation::of(call, spec, in_steps, &source);
            completion.turn_correlation(alike.rho)
        });
        let script = PlayedScript::of(script, rho, cap_for_risk);
        Ok(ConversationQuote {
            price,
            tier,
            source,
            policy,
            rules,
            script,
            simulation,
            range,
            caching,
            tool_definitions,
            agents,
            mean,
            seed,
            assumptions,
        })
    }

    /// What the images and other media of it take, where it has any.
    fn about_media(&self, media: MediaTokens) -> Option<String> {
        let by_rule = self.media.iter().all(|(_, media)| media.tokens.is_none());
        let how = if by_rule { "by the published rule of the model" } else { "as declared" };
        (!self.media.is_empty()).then(|| {
            format!(
                "{} of {} tokens before the first turn and {} with each message of the user, {how}",
                names(self.media),
                media.base,
                media.each_turn,
            )
        })
    }

    /// What of the reasoning stays: as declared, else as the endpoint has it, else as the model has it.
    fn retention(&self) -> Retention {
        let endpoint = self.spec.endpoint.or(self.past.endpoint);
        let of_model = || match endpoint {
            Some(endpoint) => self.model.retention_at(endpoint),
            None => self.model.retention,
        };
        self.spec.retention.unwrap_or_else(of_model)
    }

    /// The declared definitions of tools.
    fn definitions(&self) -> Result<Tokens, Error> {
        let definitions = self.task.tool_definitions.unwrap_or_default();
        let limits = &self.model.limits;
        let (most, what) = match limits.input_limit {
            Some(limit) => (limit, "the limit of prompts"),
            None => (limits.window, "the window"),
        };
        if definitions >= most {
            let message = format!(
                "the definitions of tools alone have {definitions} tokens, and {what} of `{}` {most}",
                self.model.id
            );
            return Err(Error::new(ErrorKind::Refused, message).hint("offer fewer tools"));
        }
        Ok(definitions)
    }
}

/// The kinds of what is declared, in words.
fn names(media: &[(MediaKind, DeclaredMedia)]) -> String {
    let names = media.iter().map(|(kind, _)| match kind {
        MediaKind::Image => "images",
        MediaKind::Audio => "sound",
        MediaKind::Video => "films",
        MediaKind::Document => "documents",
    });
    names.collect::<Vec<_>>().join(" and ")
}

impl ConversationRange {
    /// Simulates it with the fewest and the most tokens that were said before, and with their mean.
    fn of(tokens: TokenRange, rules: &Rules<'_>, script: &Script<'_>) -> Result<Self, Error> {
        let counted = rules.past.iter().chain(&script.known).copied().sum::<Tokens>() + rules.base;
        let simulated = |prompt: Tokens| {
            let more = prompt.saturating_sub(counted);
            let base = (rules.base + more).saturating_sub(counted.saturating_sub(prompt));
            simulate_observed(&Rules { base, ..rules.clone() }, script, || ())
        };
        let [low, mean] = [simulated(tokens.low)?, simulated(tokens.mean)?];
        let high = simulated(tokens.high)?;
        let cost = |simulation: &Simulation| simulation.total_cost.mean;
        Ok(Self {
            tokens,
            cost: CostRange { low: cost(&low), mean: cost(&mean), high: cost(&high) },
            first_below_reserve: high.first_below_reserve,
            first_overflow: high.first_overflow,
        })
    }

    /// What the range means.
    fn sentence(&self) -> String {
        let Self { tokens: TokenRange { low, high, .. }, cost, .. } = self;
        let room = match (self.first_overflow, self.first_below_reserve) {
            (Some(turn), _) => format!("; with the most, turn {turn} may overflow"),
            (None, Some(turn)) => {
                format!("; with the most, the room falls below the reserve at turn {turn}")
            }
            (None, None) => String::new(),
        };
        format!(
            "the prompt so far may have {low} to {high} tokens, a conversation {} to {}{room}",
            cost.low.for_people(),
            cost.high.for_people()
        )
    }
}

impl ConversationQuote<'_> {
    /// What so many conversations cost: p5 and p95. What is not known of the mean completion is the same for
    /// all of them, and they differ among themselves as the simulated ones do. No total is wider than that
    /// many times one conversation.
    #[must_use]
    pub fn cost_of_all(&self, conversations: u64) -> (Money, Money) {
        let Summary { mean, p5, p95, .. } = self.simulation.total_cost;
        if conversations == 1 {
            return (p5.min(mean), p95.max(mean));
        }
        let own = relative_variance(&self.simulation.costs) / conversations as f64;
        let all = MeanOfAnswers {
            mean: mean.picodollars() as f64,
            spread: (self.mean.spread.powi(2) + own.ln_1p()).sqrt(),
            ..self.mean
        };
        #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
        let at = |p| {
            let money = Money::from_picodollars(all.quantile(p).round() as i128);
            money.clamp(p5.min(mean), p95.max(mean))
        };
        (at(0.05) * conversations, at(0.95) * conversations)
    }
}

/// Refuses what is declared of single calls.
fn check(call: &CallSpec) -> Result<(), Error> {
    if call.searches.is_some() {
        let message = "--searches does not go with a conversation";
        return Err(Error::new(ErrorKind::Usage, message)
            .hint("estimate and compare price the searches of single calls"));
    }
    let declared = [("--cached", call.cached), ("--cache-write", call.cache_write)];
    if let Some((flag, _)) = declared.iter().find(|(_, part)| part.is_some()) {
        let message = format!("{flag} does not go with a conversation");
        return Err(Error::new(ErrorKind::Usage, message).hint(
            "what is cached follows from the turns; --turn-gap says how far they are apart",
        ));
    }
    Ok(())
}

/// What the caps satisfy, and what there is to say about that.
fn policy(model: &Model, call: &CallSpec, source: &CompletionSource) -> (CapPolicy, Vec<String>) {
    let (policy, about_reserve) = cap_policy(call, source.profile.as_ref());
    let reserve = if source.effort.reasons { policy.reserve } else { Tokens::ZERO };
    let policy = CapPolicy { reserve, ..policy };
    let (policy, about_budget) = above_budget(policy, model, source.effort);
    (policy, about_reserve.into_iter().chain(about_budget).collect())
}

/// The variance of costs, over their squared mean.
fn relative_variance(costs: &[Money]) -> f64 {
    let n = costs.len().max(1) as f64;
    let mean = costs.iter().map(|cost| cost.as_f64()).sum::<f64>() / n;
    let square = costs.iter().map(|cost| (cost.as_f64() - mean).powi(2)).sum::<f64>() / n;
    if mean > 0.0 { square / (mean * mean) } else { 0.0 }
}

/// What the calls of a step add to its completion, but for this risk.
fn most_called(steps: Option<&Steps>, risk: Probability) -> Tokens {
    let Some(steps) = steps else { return Tokens::ZERO };
    let most = |dist: &TokenDist| dist.quantile(1.0 - risk.get());
    Tokens::from_f64((most(&steps.calls) * most(&steps.call)).ceil())
}

fn sub_agent(agent: &AgentQuote) -> SubAgent {
    SubAgent { runs: agent.runs.clone(), costs: agent.costs.clone() }
}

/// How alike the completions of one conversation are, and how that is known.
struct TurnCorrelation {
    rho: f64,
    basis: &'static str,
}

impl TurnCorrelation {
    /// What is declared, else what the logs say, else what is usual.
    fn of(
        call: &CallSpec,
        spec: &ConversationSpec,
        in_steps: bool,
        source: &CompletionSource,
    ) -> Self {
        let logged = || match &source.profile {
            Some(profile) => profile.sample.rho(),
            None => source.steps.as_ref().map(|steps| steps.completion_rho),
        };
        let in_steps = in_steps || call.kind == Some(WorkKind::Step);
        let (rho, basis) = match (spec.turn_correlation, logged()) {
            (Some(declared), _) => (declared.get(), "declared"),
            (None, Some(rho)) => (rho, "measured in the logs"),
            (None, None) if in_steps => (ALIKE_STEPS, "assumed for steps of an agent"),
            (None, None) => (ALIKE, "assumed; `outlay calibrate` learns it from logs"),
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

/// The smallest cap within the risk; `None` when no cap is. Where the data do not say which cap meets it, and
/// of unknown work, the reserve alone decides.
fn cap_for_risk(completion: &Completion, policy: &CapPolicy, most: Tokens) -> Option<Tokens> {
    // Without a reserve, the room is the cap.
    let reserve_alone = Some(Tokens::ZERO).filter(|_| policy.reserve > Tokens::ZERO);
    if completion.is_of_unknown_work() {
        return reserve_alone;
    }
    match completion.smallest_cap(policy.risk, most) {
        None if !completion.identifies(policy.risk) => reserve_alone,
        cap => cap,
    }
}

fn rules_assumptions(rules: &Rules<'_>, script: &Script<'_>, caching: &str) -> Vec<String> {
    let mut assumptions = vec![format!(
        "user messages {}; history {}; retention {}; {caching}; after an empty answer {}",
        script.user, rules.history, rules.retention, rules.on_length,
    )];
    if let Some(steps) = rules.steps.as_ref().filter(|steps| steps.growth.is_none()) {
        let count = match &steps.count {
            Some(count) => format!("{count} steps a turn"),
            None => "steps until a budget ends them".to_owned(),
        };
        let zero = TokenDist::Constant(Tokens::ZERO);
        let calls = if steps.call == zero {
            "calls are among the visible tokens".to_owned()
        } else {
            format!("{} tokens a call", steps.call)
        };
        assumptions.push(format!(
            "{count}; {} calls a step; {calls}; results of {} tokens; every step has the completion above",
            steps.calls, steps.result
        ));
    }
    if let History::Summarize(tokens) = rules.history {
        assumptions
            .push(format!("a summary is billed as {tokens} visible tokens, without reasoning"));
    }
    assumptions
}

/// What the logs of a profile show of tasks, and whether it is used.
fn about_logged(logged: &LoggedSteps, used: bool) -> String {
    let tasks = grouped(logged.tasks());
    if !used {
        return format!(
            "the logs of the profile show {tasks} tasks of several requests: --steps profile plays those"
        );
    }
    let range = |dist: Option<TokenDist>| {
        let at = |p: f64| dist.as_ref().map(|dist| Tokens::from_f64(dist.quantile(p)));
        match (at(0.05), at(0.95)) {
            (Some(p5), Some(p95)) => format!("{p5} to {p95}"),
            _ => String::new(),
        }
    };
    let shortened = match logged.shortened {
        0 => String::new(),
        n => format!("; {} prompts that were shorter than the one before are left out", grouped(n)),
    };
    format!(
        "as in {tasks} logged tasks (p5 to p95): {} steps, each adds {} tokens to the prompt (correlation {:.2} \
         within a task){shortened}",
        range(logged.step_count()),
        range(logged.growth()),
        logged.growth_rho
    )
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

/// Nothing for a risk that no cap meets, else the largest of the caps that the turns need.
fn largest_cap(source: &CompletionSource, policy: &CapPolicy, most: Tokens) -> Option<Tokens> {
    let by_turn = source.by_turn();
    std::iter::once(&source.completion)
        .chain(by_turn.values())
        .map(|completion| cap_for_risk(completion, policy, most))
        .try_fold(Tokens::ZERO, |most, cap| Some(most.max(cap?)))
}
