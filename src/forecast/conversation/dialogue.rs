//! One conversation, turn by turn: what is sent, what is billed, what is carried over.
//!
//! Turn `t` sends `3 + base + history + user_t`, where the user's message and the history count with
//! the framing of their messages. Input and visible output are carried over; reasoning is not, unless the
//! model retains it.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;

use super::super::cap::{CapPolicy, Room};
use super::super::distribution::Draw;
use crate::billing::{BilledUsage, cost};
use crate::catalog::{Model, PriceEntry, Rates, Retention, Tier};
use crate::logs::Usage;
use crate::request::{ANSWER_FRAMING, MESSAGE_FRAMING};
use crate::units::{Money, Tokens};
use crate::{Error, ErrorKind};

const PER_MESSAGE: u64 = MESSAGE_FRAMING.get();
const ANSWER: u64 = ANSWER_FRAMING.get();
/// A cached prefix is a multiple of this, and at least [`LEAST_CACHED`] (OpenAI guide "Prompt caching").
const CACHE_STEP: u64 = 128;
const LEAST_CACHED: u64 = 1_024;
/// How often an empty answer is asked for again before the run gives up.
const MOST_RETRIES: u32 = 5;

/// What happens to the history when the window gets short.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// Nothing is dropped; the conversation ends when it no longer fits.
    #[default]
    Full,
    /// The oldest turns are dropped, whole, until the reserve and the cap fit.
    DropOldest,
    /// Only the last turns are ever sent.
    Window(u32),
    /// When the reserve or the cap no longer fits, the history is replaced by a summary of this many
    /// tokens. The call that writes it is billed, as visible tokens alone, if it fits itself.
    Summarize(Tokens),
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("full"),
            Self::DropOldest => f.write_str("drop-oldest"),
            Self::Window(turns) => write!(f, "window:{turns}"),
            Self::Summarize(tokens) => write!(f, "summarize:{}", tokens.get()),
        }
    }
}

impl FromStr for History {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = || {
            Error::new(ErrorKind::Amount, format!("`{text}` is not a history policy"))
                .hint("write full, drop-oldest, window:N (turns) or summarize:N (tokens)")
        };
        match text.split_once(':') {
            None if text == "full" => Ok(Self::Full),
            None if text == "drop-oldest" => Ok(Self::DropOldest),
            Some(("window", turns)) => turns.parse().map(Self::Window).map_err(|_| refuse()),
            Some(("summarize", tokens)) => {
                tokens.parse().map(Self::Summarize).map_err(|_: Error| refuse())
            }
            _ => Err(refuse()),
        }
    }
}

/// What happens after an answer that came out empty.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum OnLength {
    /// The conversation ends.
    #[default]
    Stop,
    /// It is asked for again with the same cap, up to five times.
    Retry,
    /// It is asked for again with twice the cap, up to the room.
    Double,
    /// The conversation goes on without it.
    Continue,
}

impl fmt::Display for OnLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Stop => "stop",
            Self::Retry => "retry",
            Self::Double => "double",
            Self::Continue => "continue",
        })
    }
}

impl FromStr for OnLength {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        [Self::Stop, Self::Retry, Self::Double, Self::Continue]
            .into_iter()
            .find(|policy| policy.to_string() == text)
            .ok_or_else(|| {
                Error::new(
                    ErrorKind::Amount,
                    format!("`{text}` is not an answer to an empty answer"),
                )
                .hint("write stop, retry, double or continue")
            })
    }
}

/// The rules of a conversation, the same in every run.
#[derive(Debug, Clone)]
pub struct Rules<'a> {
    /// The model.
    pub model: &'a Model,
    /// The price list in force.
    pub price: &'a PriceEntry,
    /// The tier.
    pub tier: Tier,
    /// Tokens before the first turn that are never dropped, framing included.
    pub base: Tokens,
    /// Turns that were already had: user and answer, framing included.
    pub past: Vec<Tokens>,
    /// The cap that is sent; `None` takes the recommended one at every turn.
    pub cap: Option<Tokens>,
    /// What the recommended cap must satisfy.
    pub policy: CapPolicy,
    /// The smallest cap within the risk, or `None` when none is; only for the recommended cap.
    pub cap_for_risk: Option<Tokens>,
    /// What of the reasoning stays.
    pub retention: Retention,
    /// What happens to the history.
    pub history: History,
    /// What happens after an empty answer.
    pub on_length: OnLength,
    /// Whether repeated prefixes are read from the cache.
    pub caching: bool,
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TurnEnd {
    Finished,
    Partial,
    Empty,
    Overflow,
}

/// What was sent and billed in one turn, retries included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) prompt: u64,
    pub(super) cached: u64,
    pub(super) room: u64,
    pub(super) cap: u64,
    pub(super) completion: u64,
    pub(super) cost: Money,
    /// The requests of the turn.
    pub(super) billed: BilledUsage,
    /// The request that summarised the history before it.
    pub(super) summary: Option<BilledUsage>,
    pub(super) end: TurnEnd,
    /// Whether an answer came out empty on the way, retried or not.
    pub(super) was_empty: bool,
}

/// One conversation on its way.
#[derive(Debug, Clone)]
pub(super) struct Conversation {
    /// Tokens of each turn that is still in the history, oldest first; only kept for policies that
    /// drop single turns, which is most of the memory of many runs.
    turns: VecDeque<u64>,
    history: u64,
    /// Whether anything was dropped since the last prompt was sent.
    dropped: bool,
    /// Tokens of the last prompt that the next one can share: without the answer's beginning.
    shared: u64,
    pub(super) over: bool,
}

impl Conversation {
    pub(super) fn new(rules: &Rules<'_>) -> Self {
        let turns: VecDeque<u64> = rules.past.iter().map(|tokens| tokens.get()).collect();
        Self { history: turns.iter().sum(), turns, dropped: false, shared: 0, over: false }
    }

    /// Plays a turn with a user message of `user` tokens; `draw` gives the completions, one per try.
    pub(super) fn turn(
        &mut self,
        rules: &Rules<'_>,
        user: u64,
        mut draw: impl FnMut() -> Draw,
    ) -> Turn {
        let user = user + PER_MESSAGE;
        let (cost_of_summary, summary) = match self.shorten(rules, user) {
            Some((cost, billed)) => (cost, Some(billed)),
            None => (Money::ZERO, None),
        };

        let prompt = self.prompt(rules, user);
        let room = Room::after(Tokens::new(prompt), &rules.model.limits).tokens.get();
        let cached = self.cached(rules, prompt);
        let mut cap = rules.cap_at(room);
        let mut turn = Turn {
            prompt,
            cached,
            room,
            cap,
            completion: 0,
            cost: cost_of_summary,
            billed: BilledUsage::none(None),
            summary,
            end: TurnEnd::Overflow,
            was_empty: false,
        };
        // A cap beyond the room is refused by the API just as a prompt beyond the window is.
        if room == 0 || cap > room {
            self.over = true;
            return turn;
        }
        let Some(rates) = rules.price.rates(rules.tier, Tokens::new(prompt)) else {
            self.over = true;
            return turn;
        };
        turn.billed = BilledUsage::none(rates.over);
        let mut tries = 0;
        loop {
            let Draw { reasoning, completion, content } = draw();
            let billed = completion.map_or(cap, |completion| completion.min(cap));
            // A repeated request finds its own prompt in the cache.
            let cached = if tries > 0 { rules.in_cache(prompt - ANSWER) } else { cached };
            let usage = rules.usage(rates, prompt, cached, billed);
            turn.cost += cost(usage, rates);
            turn.billed.add(usage);
            turn.completion += billed;
            turn.cap = cap;
            let kept = |reasoning: u64| match rules.retention {
                Retention::All => reasoning,
                Retention::None | Retention::InTurn => 0,
            };
            match (completion, reasoning) {
                (Some(completion), reasoning) if completion <= cap => {
                    turn.end = TurnEnd::Finished;
                    let reasoning = kept(reasoning.unwrap_or_default());
                    self.append(rules, prompt, user + PER_MESSAGE + content + reasoning);
                    return turn;
                }
                (_, Some(reasoning)) if reasoning < cap => {
                    turn.end = TurnEnd::Partial;
                    let visible = content.min(cap - reasoning);
                    self.append(rules, prompt, user + PER_MESSAGE + visible + kept(reasoning));
                    return turn;
                }
                _ => {}
            }
            turn.end = TurnEnd::Empty;
            turn.was_empty = true;
            tries += 1;
            match rules.on_length {
                OnLength::Retry if tries <= MOST_RETRIES => {}
                OnLength::Double if cap < room => cap = (cap * 2).min(room),
                OnLength::Continue => {
                    self.append(rules, prompt, user);
                    return turn;
                }
                OnLength::Stop | OnLength::Retry | OnLength::Double => {
                    self.over = true;
                    return turn;
                }
            }
        }
    }

    fn prompt(&self, rules: &Rules<'_>, user: u64) -> u64 {
        ANSWER + rules.base.get() + self.history + user
    }

    /// Applies the history policy before a call. A summary is a call of its own, with its cost.
    fn shorten(&mut self, rules: &Rules<'_>, user: u64) -> Option<(Money, BilledUsage)> {
        let limits = &rules.model.limits;
        // What must fit after the prompt: the reserve, the cap that is sent, and at least one token.
        let wanted = rules.reserve().max(rules.cap.map_or(1, Tokens::get));
        let too_long = |prompt: u64| {
            prompt + wanted > limits.window.get()
                || limits.input_limit.is_some_and(|limit| prompt > limit.get())
        };
        match rules.history {
            History::Full => {}
            History::Window(turns) => {
                while self.turns.len() > turns as usize {
                    self.drop_oldest();
                }
            }
            History::DropOldest => {
                while too_long(self.prompt(rules, user)) && !self.turns.is_empty() {
                    self.drop_oldest();
                }
            }
            History::Summarize(summary) => {
                if too_long(self.prompt(rules, user)) {
                    return self.summarize(rules, summary.get());
                }
            }
        }
        None
    }

    /// Replaces the history by a summary, if it is longer and the call that writes it fits.
    fn summarize(&mut self, rules: &Rules<'_>, summary: u64) -> Option<(Money, BilledUsage)> {
        let kept = summary + PER_MESSAGE;
        let prompt = ANSWER + rules.base.get() + self.history;
        let room = Room::after(Tokens::new(prompt), &rules.model.limits).tokens.get();
        let rates = rules.price.rates(rules.tier, Tokens::new(prompt));
        let rates = rates.filter(|_| self.history > kept && room >= summary)?;
        let cached = rules.in_cache(self.shared.min(prompt));
        let usage = rules.usage(rates, prompt, cached, summary);
        self.history = kept;
        self.dropped = true;
        let mut billed = BilledUsage::none(rates.over);
        billed.add(usage);
        Some((cost(usage, rates), billed))
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = self.turns.pop_front() {
            self.history -= oldest;
            self.dropped = true;
        }
    }

    /// How many tokens of this prompt were in the last one, from its start.
    fn cached(&self, rules: &Rules<'_>, prompt: u64) -> u64 {
        // Dropping the oldest turn leaves nothing but the base in place.
        let shared = if self.dropped { rules.base.get().min(self.shared) } else { self.shared };
        rules.in_cache(shared.min(prompt))
    }

    fn append(&mut self, rules: &Rules<'_>, prompt: u64, turn: u64) {
        if matches!(rules.history, History::DropOldest | History::Window(_)) {
            self.turns.push_back(turn);
        }
        self.history += turn;
        self.shared = prompt - ANSWER;
        self.dropped = false;
    }
}

impl Rules<'_> {
    fn reserve(&self) -> u64 {
        if self.model.reasoning { self.policy.reserve.get() } else { 0 }
    }

    /// The cap of a call with this room.
    fn cap_at(&self, room: u64) -> u64 {
        let recommended = || {
            let wanted = self.cap_for_risk.map_or(u64::MAX, Tokens::get);
            wanted.max(self.reserve()).max(1).min(room)
        };
        self.cap.map_or_else(recommended, Tokens::get)
    }

    /// What the cache keeps of a prefix.
    fn in_cache(&self, prefix: u64) -> u64 {
        if self.caching && prefix >= LEAST_CACHED { prefix / CACHE_STEP * CACHE_STEP } else { 0 }
    }

    /// What a call is billed for. Where the provider charges for it, the part of the prompt that is
    /// not read from the cache is written to it.
    fn usage(&self, rates: &Rates, prompt: u64, cached: u64, completion: u64) -> Usage {
        let written = match rates.cache_write {
            Some(_) => self.in_cache(prompt - ANSWER).saturating_sub(cached),
            None => 0,
        };
        let uncached = prompt - cached - written;
        let [uncached, cached, written, completion] =
            [uncached, cached, written, completion].map(Tokens::new);
        Usage::of_parts(uncached, cached, written, completion)
    }
}
