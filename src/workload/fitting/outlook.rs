//! What ways of keeping a history short cost over the turns to come.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use super::super::call_spec::CallSpec;
use super::super::completion_source::CompletionSource;
use super::super::conversation::{Conversation, ConversationSpec, Past, TaskSpec};
use crate::Error;
use crate::billing::cost;
use crate::catalog::Model;
use crate::forecast::{History, Simulation, TokenDist};
use crate::logs::Usage;
use crate::request::{Framing, RequestSettings};
use crate::units::{Count, Money, Tokens};

/// The turns that are looked ahead, the runs of each way, and the tokens of a summary.
const TURNS: u64 = 10;
const RUNS: u64 = 1_000;
const SUMMARY: Tokens = Tokens::new(1_000);
/// The tokens of each message of the user to come.
const USER: Tokens = Tokens::new(100);
/// The turns that a window keeps.
const WINDOW: u32 = 4;

/// What ways of keeping a history short cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Outlook {
    /// Over so many turns to come.
    pub turns: u64,
    /// Tokens of each message of the user to come.
    pub user_tokens: Tokens,
    /// Tokens of a summary.
    pub summary_tokens: Tokens,
    /// The ways.
    pub alternatives: Vec<Alternative>,
    /// From which turn on a summary now has paid for itself; null where it does not within these turns.
    pub summary_pays_from_turn: Option<u32>,
}

/// One way.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Alternative {
    /// What is done with the history: `full`, `drop-oldest`, `window:N`, `summarize now`, `summarize at turn N`.
    pub history: String,
    /// The mean cost of these turns, summaries included; null where the next request does not fit.
    pub cost_usd: Option<Money>,
    /// The median prompt of the last turn.
    pub last_prompt_tokens: Option<Tokens>,
    /// The first turn at which the median room is below the reserve.
    pub first_turn_below_reserve: Option<u32>,
    /// The first turn at which any conversation no longer fits.
    pub first_overflow_turn: Option<u32>,
}

/// A conversation, of which the outlook is asked.
#[derive(Debug, Clone)]
pub struct OutlookOf<'m, 'a> {
    /// The model.
    pub model: &'m Model,
    /// The day of its prices.
    pub as_of: Date,
    /// What is known of each call.
    pub call: &'a CallSpec,
    /// Where completions come from.
    pub source: Arc<CompletionSource>,
    /// What was said so far.
    pub past: &'a Past,
}

impl Outlook {
    /// Prices the ways of going on with a conversation.
    ///
    /// # Errors
    /// Those of pricing; a way whose next request does not fit is none.
    pub fn of(asked: &OutlookOf<'_, '_>) -> Result<Self, Error> {
        let said: Tokens = asked.past.turns.iter().copied().sum();
        let play = |history| asked.play(history, asked.past).ok();
        let full = play(History::Full);
        let mut alternatives = vec![
            Alternative::of("full", full.as_ref(), Money::ZERO),
            Alternative::of("drop-oldest", play(History::DropOldest).as_ref(), Money::ZERO),
            Alternative::of(
                &History::Window(WINDOW).to_string(),
                play(History::Window(WINDOW)).as_ref(),
                Money::ZERO,
            ),
        ];
        let mut pays = None;
        let summary = SUMMARY + asked.framing().user;
        if said > summary {
            let writing = asked.summary_cost()?;
            let shorter = Past { turns: vec![summary], ..asked.past.clone() };
            let now = asked.play(History::Full, &shorter).ok();
            pays = now.as_ref().and_then(|now| pays_from(now, full.as_ref(), writing));
            alternatives.push(Alternative::of("summarize now", now.as_ref(), writing));
            let late = play(History::Summarize(SUMMARY));
            let at = late.as_ref().and_then(first_shorter);
            let name = match at {
                Some(turn) => format!("summarize at turn {turn}, when it no longer fits"),
                None => "summarize when it no longer fits".to_owned(),
            };
            alternatives.push(Alternative::of(&name, late.as_ref(), Money::ZERO));
        }
        Ok(Self {
            turns: TURNS,
            user_tokens: USER,
            summary_tokens: SUMMARY,
            alternatives,
            summary_pays_from_turn: pays,
        })
    }
}

impl OutlookOf<'_, '_> {
    fn play(&self, history: History, past: &Past) -> Result<Simulation, Error> {
        let spec = ConversationSpec {
            turns: Some(Count::new(TURNS)),
            runs: Some(Count::new(RUNS)),
            history: Some(history),
            user: Some(TokenDist::Constant(USER)),
            ..ConversationSpec::default()
        };
        let conversation = Conversation {
            model: self.model,
            as_of: self.as_of,
            call: &CallSpec { cached: None, cache_write: None, ..self.call.clone() },
            spec: &spec,
            task: &TaskSpec::default(),
            media: &[],
            agents: &[],
            all_caches: false,
            past,
        };
        Ok(conversation.quote(Arc::clone(&self.source), || {})?.simulation)
    }

    /// The tokens around messages.
    fn framing(&self) -> Framing {
        let usual = || Framing::of(&self.model.counting, &RequestSettings::default());
        self.past.framing.unwrap_or_else(usual)
    }

    /// The cost of the request that summarises what was said, without a cache.
    fn summary_cost(&self) -> Result<Money, Error> {
        let said: Tokens = self.past.turns.iter().copied().sum();
        let prompt = self.framing().answer + self.past.base + said;
        let price = self.model.price_at(self.as_of)?;
        let rates = self.model.rates(price, self.call.tier.unwrap_or_default(), prompt)?;
        Ok(cost(Usage::new(prompt, SUMMARY), rates))
    }
}

impl Alternative {
    fn of(history: &str, simulation: Option<&Simulation>, besides: Money) -> Self {
        let last = simulation.and_then(|simulation| simulation.turns.last());
        Self {
            history: history.to_owned(),
            cost_usd: simulation.map(|simulation| simulation.total_cost.mean + besides),
            last_prompt_tokens: last.map(|turn| turn.prompt_tokens.p50),
            first_turn_below_reserve: simulation.and_then(|s| s.first_below_reserve),
            first_overflow_turn: simulation.and_then(|s| s.first_overflow),
        }
    }
}

/// The first turn at which a summary now, with what writing it costs, is cheaper than going on; the first of
/// all where going on is not possible.
fn pays_from(now: &Simulation, full: Option<&Simulation>, writing: Money) -> Option<u32> {
    let Some(full) = full else { return Some(1) };
    let both = now.turns.iter().zip(&full.turns);
    both.filter(|(now, full)| now.cumulative_usd + writing < full.cumulative_usd)
        .map(|(now, _)| now.turn)
        .next()
}

/// The first turn whose median prompt is shorter than the one before.
fn first_shorter(simulation: &Simulation) -> Option<u32> {
    let pair = simulation
        .turns
        .windows(2)
        .find(|pair| pair[1].prompt_tokens.p50 < pair[0].prompt_tokens.p50)?;
    Some(pair[1].turn)
}
