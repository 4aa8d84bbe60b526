//! One conversation, request by request: what is sent, what is billed, what is carried over.
//!
//! Turn `t` sends `base + history + user_t + answer`, where the last is what the answer begins with, and the
//! user's message and the history count with the framing of their messages. In a turn with tools each step
//! sends that and the calls, results and visible texts of the steps before it. Reasoning is carried over as
//! the model retains it: not at all, from step to step of the turn, or for good.

use std::collections::VecDeque;

use super::super::cap::Room;
use super::super::distribution::Draw;
use super::cache::{CacheState, Prefixes, PromptCache, usage};
use super::policy::{History, OnLength};
use super::rules::{MOST_CACHES, Rules};
use crate::billing::{BilledUsage, cost};
use crate::catalog::{Rates, Retention, TierRows};
use crate::units::{Money, Tokens};

/// How often an empty answer is asked for again before the run gives up.
const MOST_RETRIES: u32 = 5;

/// How a request, with its retries, ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With calls of tools: the turn goes on.
    Called,
    /// With the answer.
    Finished,
    /// Cut off after its reasoning; the turn ends with what is there.
    Partial,
    /// Cut off before anything visible.
    Empty,
    /// Not sent: it does not fit any more.
    Overflow,
}

/// What was sent in one step and what it cost, retries and a summary before it included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) prompt: u64,
    /// Prompt tokens that an earlier request has sent already.
    pub(super) resent: u64,
    pub(super) cached: u64,
    pub(super) room: u64,
    pub(super) cap: u64,
    pub(super) completion: u64,
    /// What is billed.
    pub(super) cost: Money,
    pub(super) end: End,
    /// Whether an answer came out empty on the way, retried or not.
    pub(super) was_empty: bool,
}

/// Where the requests of a run are billed.
pub(super) struct Ledger<'a> {
    /// What they pay.
    pub(super) rates: &'a TierRows<'a>,
    /// What the run cost, by way of caching; the first is what is billed.
    pub(super) costs: &'a mut [Money; MOST_CACHES],
    /// Its requests, among those of other runs.
    pub(super) billed: &'a mut Vec<BilledUsage>,
}

/// What a step calls, besides its reasoning and its text; nothing in the step with the answer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Calls {
    /// How many calls.
    pub(super) count: u64,
    /// Tokens of all of them.
    pub(super) tokens: u64,
    /// Tokens of all their results, without framing.
    pub(super) results: u64,
    /// What the step adds to the next prompt, all told, where that is known as a whole.
    pub(super) growth: Option<u64>,
}

/// One conversation on its way.
#[derive(Debug, Clone)]
pub(super) struct Conversation {
    /// How many of the turns before the first that is played are no longer in the history.
    past_dropped: usize,
    /// Tokens of each played turn that is still in the history, oldest first; only kept for policies that
    /// drop single turns, which is most of the memory of many runs.
    turns: VecDeque<u64>,
    history: u64,
    /// Whether anything was dropped since the last prompt was sent.
    dropped: bool,
    /// Tokens of the last prompt that the next one can share: without the answer's beginning.
    shared: u64,
    caches: [CacheState; MOST_CACHES],
    /// Which prefixes are still cached.
    kept: [bool; MOST_CACHES],
    turn: OpenTurn,
    pub(super) over: bool,
}

/// The turn that is being played.
#[derive(Debug, Clone, Copy, Default)]
struct OpenTurn {
    /// The user's message with its framing.
    user: u64,
    /// Calls, results and texts of its steps so far, framing included.
    steps: u64,
    /// Reasoning of its steps that is still sent.
    reasoning: u64,
    /// What the prompt before its first retained reasoning can share.
    before_reasoning: Option<u64>,
}

impl Conversation {
    pub(super) fn new(rules: &Rules<'_>) -> Self {
        Self {
            past_dropped: 0,
            history: rules.past.iter().map(|tokens| tokens.get()).sum(),
            turns: VecDeque::new(),
            dropped: false,
            shared: 0,
            caches: Default::default(),
            kept: [true; MOST_CACHES],
            turn: OpenTurn::default(),
            over: false,
        }
    }

    /// Begins a turn with a user message of `user` tokens, so many seconds after the last one.
    pub(super) fn open(&mut self, rules: &Rules<'_>, user: u64, gap: f64) {
        // The request before left everything in the caches, and no time takes nothing away.
        if gap > 0.0 {
            let states = self.kept.iter_mut().zip(&mut self.caches).zip(&rules.caches);
            for ((kept, state), cache) in states {
                *kept = state.wait(cache.as_ref(), gap);
            }
        }
        self.turn = OpenTurn { user: user + rules.framing.user.get(), ..OpenTurn::default() };
    }

    /// Sends the next request of the turn; `draw` gives the completions, one per try. `calls` is what the
    /// step calls if it finishes; `None` in the step with the answer, which ends the turn.
    pub(super) fn step(
        &mut self,
        rules: &Rules<'_>,
        calls: Option<Calls>,
        ledger: &mut Ledger<'_>,
        mut draw: impl FnMut() -> Draw,
    ) -> Sent {
        let summary = self.shorten(rules, ledger);
        let prompt = self.prompt(rules);
        let room = Room::after(Tokens::new(prompt), &rules.model.limits).tokens.get();
        let shared = self.shared_with_last(rules, prompt);
        let mut sent = Sent {
            prompt,
            resent: shared,
            cached: self.read(rules, shared),
            room,
            cap: rules.cap_at(room),
            completion: 0,
            cost: summary,
            end: End::Overflow,
            was_empty: false,
        };
        let rates = ledger.rates.at(Tokens::new(prompt));
        // A cap beyond the room is refused by the API just as a prompt beyond the window is.
        let Some(rates) = rates.filter(|_| room > 0 && sent.cap <= room) else {
            self.over = true;
            return sent;
        };
        let mut prefixes =
            Prefixes { prompt, shared, reusable: prompt - rules.framing.answer.get() };
        let called = calls.unwrap_or_default().tokens;
        let mut tries = 0;
        loop {
            let Draw { reasoning, completion, content } = draw();
            let completion = completion.map(|completion| completion.saturating_add(called));
            let billed = completion.map_or(sent.cap, |completion| completion.min(sent.cap));
            sent.cost += self.bill(rules, rates, prefixes, billed, ledger);
            sent.completion += billed;
            match (completion, reasoning) {
                (Some(completion), reasoning) if completion <= sent.cap => {
                    let reasoning = reasoning.unwrap_or_default();
                    self.take(rules, prompt, content + called, reasoning, calls);
                    sent.end = if calls.is_some() { End::Called } else { End::Finished };
                    return sent;
                }
                (_, Some(reasoning)) if reasoning < sent.cap => {
                    sent.end = End::Partial;
                    let visible = (content + called).min(sent.cap - reasoning);
                    self.take(rules, prompt, visible, reasoning, None);
                    return sent;
                }
                _ => {}
            }
            sent.end = End::Empty;
            sent.was_empty = true;
            // A repeated request finds its own prompt in the cache.
            prefixes.shared = prefixes.reusable;
            self.kept = [true; MOST_CACHES];
            tries += 1;
            match rules.on_length {
                OnLength::Retry if tries <= MOST_RETRIES => {}
                OnLength::Double if sent.cap < room => sent.cap = (sent.cap * 2).min(room),
                OnLength::Continue => {
                    self.sent(rules, prompt);
                    self.close(rules);
                    return sent;
                }
                OnLength::Stop | OnLength::Retry | OnLength::Double => {
                    self.over = true;
                    return sent;
                }
            }
        }
    }

    /// What is read from the cache of a prefix that the last prompt had as well.
    fn read(&self, rules: &Rules<'_>, shared: u64) -> u64 {
        let cache = rules.caches.first().and_then(Option::as_ref).filter(|_| self.kept[0]);
        cache.map_or(0, |cache| cache.kept(shared))
    }

    /// Bills a request by every way of caching; what it costs by the first.
    fn bill(
        &self,
        rules: &Rules<'_>,
        rates: &Rates,
        prefixes: Prefixes,
        completion: u64,
        ledger: &mut Ledger<'_>,
    ) -> Money {
        let usage_with = |cache: &Option<PromptCache>, kept: bool| {
            let shared = if kept { prefixes.shared } else { 0 };
            usage(cache.as_ref(), rates, Prefixes { shared, ..prefixes }, completion)
        };
        let mut ways = rules.caches.iter().zip(self.kept).zip(&mut *ledger.costs);
        let Some(((cache, kept), sum)) = ways.next() else { return Money::ZERO };
        let used = usage_with(cache, kept);
        let billed = cost(used, rates);
        *sum += billed;
        BilledUsage::of(rates.over, used).add_to(ledger.billed);
        for ((cache, kept), sum) in ways {
            *sum += cost(usage_with(cache, kept), rates);
        }
        billed
    }

    fn prompt(&self, rules: &Rules<'_>) -> u64 {
        rules.framing.answer.get() + rules.base.get() + self.history + self.turn.tokens()
    }

    /// Applies the history policy before a request. A summary is a request of its own; what it costs.
    fn shorten(&mut self, rules: &Rules<'_>, ledger: &mut Ledger<'_>) -> Money {
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
                while self.kept_turns(rules) > turns as usize {
                    self.drop_oldest(rules);
                }
            }
            History::DropOldest => {
                while too_long(self.prompt(rules)) && self.kept_turns(rules) > 0 {
                    self.drop_oldest(rules);
                }
            }
            History::Summarize(summary) => {
                if too_long(self.prompt(rules)) {
                    return self.summarize(rules, summary.get(), ledger).unwrap_or_default();
                }
            }
        }
        Money::ZERO
    }

    /// Replaces the history and the steps of the turn by a summary, if they are longer and the call that
    /// writes it fits.
    fn summarize(
        &mut self,
        rules: &Rules<'_>,
        summary: u64,
        ledger: &mut Ledger<'_>,
    ) -> Option<Money> {
        let answer = rules.framing.answer.get();
        let kept = summary + rules.framing.user.get();
        let steps = self.turn.steps + self.turn.reasoning;
        let asked = if steps > 0 { self.turn.user } else { 0 };
        let prompt = answer + rules.base.get() + self.history + asked + steps;
        let room = Room::after(Tokens::new(prompt), &rules.model.limits).tokens.get();
        let rates = ledger.rates.at(Tokens::new(prompt));
        let rates = rates.filter(|_| self.history + steps > kept && room >= summary)?;
        let (shared, reusable) = (self.shared.min(prompt), prompt - answer);
        let prefixes = Prefixes { prompt, shared, reusable };
        let cost = self.bill(rules, rates, prefixes, summary, ledger);
        self.history = kept;
        self.turn = OpenTurn { user: self.turn.user, ..OpenTurn::default() };
        self.dropped = true;
        self.kept = [true; MOST_CACHES];
        Some(cost)
    }

    /// How many turns are in the history.
    fn kept_turns(&self, rules: &Rules<'_>) -> usize {
        rules.past.len() - self.past_dropped + self.turns.len()
    }

    fn drop_oldest(&mut self, rules: &Rules<'_>) {
        let past = rules.past.get(self.past_dropped).map(|tokens| tokens.get());
        self.past_dropped += usize::from(past.is_some());
        if let Some(oldest) = past.or_else(|| self.turns.pop_front()) {
            self.history -= oldest;
            self.dropped = true;
        }
    }

    /// How many tokens of this prompt were in the last one, from its start.
    fn shared_with_last(&self, rules: &Rules<'_>, prompt: u64) -> u64 {
        // Dropping the oldest turn leaves nothing but the base in place.
        let shared = if self.dropped { rules.base.get().min(self.shared) } else { self.shared };
        shared.min(prompt)
    }

    /// Notes that a prompt was sent, which is in the cache from now on.
    fn sent(&mut self, rules: &Rules<'_>, prompt: u64) {
        self.shared = prompt - rules.framing.answer.get();
        self.dropped = false;
        self.kept = [true; MOST_CACHES];
    }

    /// Takes what a step wrote into the turn: with calls it goes on with their results, without it ends.
    fn take(
        &mut self,
        rules: &Rules<'_>,
        prompt: u64,
        visible: u64,
        reasoning: u64,
        calls: Option<Calls>,
    ) {
        self.sent(rules, prompt);
        if let Some(growth) = calls.and_then(|calls| calls.growth) {
            self.turn.steps += growth;
            return;
        }
        self.turn.steps += rules.framing.assistant.get() + visible;
        let goes_on = calls.is_some();
        if rules.retention == Retention::All || (rules.retention == Retention::InTurn && goes_on) {
            if reasoning > 0 {
                self.turn.before_reasoning.get_or_insert(self.shared);
            }
            self.turn.reasoning += reasoning;
        }
        match calls {
            Some(calls) => {
                self.turn.steps += calls.results + calls.count * rules.framing.user.get();
            }
            None => self.close(rules),
        }
    }

    /// Ends the turn: what stays of it joins the history.
    pub(super) fn close(&mut self, rules: &Rules<'_>) {
        let mut turn = self.turn;
        if rules.retention != Retention::All && turn.reasoning > 0 {
            // What follows the reasoning that is dropped has to be read anew.
            self.shared = self.shared.min(turn.before_reasoning.unwrap_or(self.shared));
            turn.reasoning = 0;
        }
        if matches!(rules.history, History::DropOldest | History::Window(_)) {
            self.turns.push_back(turn.tokens());
        }
        self.history += turn.tokens();
        self.turn = OpenTurn::default();
    }
}

impl OpenTurn {
    /// Everything of the turn that is sent.
    fn tokens(&self) -> u64 {
        self.user + self.steps + self.reasoning
    }
}
