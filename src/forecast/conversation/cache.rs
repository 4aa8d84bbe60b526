//! How the prompts of a conversation are cached.

use crate::billing::cost;
use crate::catalog::Rates;
use crate::logs::Usage;
use crate::units::{Money, Seconds, Tokens};

/// What writing to a cache costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheWrite {
    /// The input rate: what is written costs what it would cost without a cache.
    Free,
    /// The write rate of the usual lifetime.
    Usual,
    /// The write rate of the longer lifetime.
    Extended,
}

/// The rules by which prompts are cached. A prefix is found again when it was part of the prompt before,
/// token by token, and is still kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PromptCache {
    /// The shortest prefix that is cached.
    pub min_prefix: Tokens,
    /// Cached prefixes are a multiple of this long; 1 where they end at a mark.
    pub step: Tokens,
    /// How long a prefix is kept after it was last read or written.
    pub lifetime: Seconds,
    /// Whether reading a prefix starts its lifetime anew.
    pub refreshed: bool,
    /// What writing it costs.
    pub write: CacheWrite,
}

impl PromptCache {
    /// What is kept of a prefix of this many tokens.
    pub(super) fn kept(&self, prefix: u64) -> u64 {
        let step = self.step.get().max(1);
        if prefix >= self.min_prefix.get() { prefix / step * step } else { 0 }
    }

    /// What a request saves that finds a prefix of this many tokens in the cache and need not write it.
    #[must_use]
    pub fn saved_by_reading(&self, prefix: Tokens, rates: &Rates) -> Money {
        let of = |shared| {
            let prefixes = Prefixes { prompt: prefix.get(), shared, reusable: prefix.get() };
            cost(usage(Some(self), rates, prefixes, 0), rates)
        };
        of(0) - of(prefix.get())
    }

    /// The first use at which a prefix that is written once and read from then on is cheaper than without a
    /// cache: `write + (n - 1)·read < n·input`. `None` where reading saves nothing.
    #[must_use]
    pub fn pays_from_use(&self, rates: &Rates) -> Option<u64> {
        let prefix = Tokens::new(1_000_000);
        let whole = Self { min_prefix: Tokens::ZERO, step: Tokens::new(1), ..*self };
        let read = Usage::new(prefix, Tokens::ZERO).with_cached(prefix).ok()?;
        let saved = cost(Usage::new(prefix, Tokens::ZERO), rates) - cost(read, rates);
        let uses = whole.saved_by_reading(prefix, rates).as_f64() / saved.as_f64();
        (saved > Money::ZERO).then(|| Tokens::from_f64(uses.floor()).get() + 1)
    }
}

/// One request, as a cache sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prefixes {
    /// Prompt tokens.
    pub(super) prompt: u64,
    /// How many of them, from the start, the prompt before had as well.
    pub(super) shared: u64,
    /// How many of them, from the start, a later prompt can share.
    pub(super) reusable: u64,
}

/// A cache over the time of one conversation, or none.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CacheState {
    /// Seconds since its lifetime began.
    age: f64,
}

impl CacheState {
    /// Lets so many seconds pass. Whether the prefix is still there after them; where it is not, the next
    /// request writes it anew.
    pub(super) fn wait(&mut self, cache: Option<&PromptCache>, seconds: f64) -> bool {
        let Some(cache) = cache else { return false };
        self.age += seconds;
        let kept = self.age <= cache.lifetime.get();
        if !kept || cache.refreshed {
            self.age = 0.0;
        }
        kept
    }
}

/// What a request is billed for. Where writing is charged, the part of the prompt that can be shared later
/// and is not read from the cache is written to it.
#[inline]
pub(super) fn usage(
    cache: Option<&PromptCache>,
    rates: &Rates,
    prefixes: Prefixes,
    completion: u64,
) -> Usage {
    let Prefixes { prompt, shared, reusable } = prefixes;
    let cached = cache.map_or(0, |cache| cache.kept(shared));
    let write = cache.map_or(CacheWrite::Free, |cache| cache.write);
    let written = || cache.map_or(0, |cache| cache.kept(reusable)).saturating_sub(cached);
    let (usual, extended) = match write {
        CacheWrite::Usual if rates.cache_write.is_some() => (written(), 0),
        CacheWrite::Extended if rates.cache_write_extended.is_some() => (0, written()),
        CacheWrite::Free | CacheWrite::Usual | CacheWrite::Extended => (0, 0),
    };
    let uncached = Tokens::new(prompt - cached - usual - extended);
    let (cached, usual, completion) =
        (Tokens::new(cached), Tokens::new(usual), Tokens::new(completion));
    Usage::of_parts(uncached, cached, usual, completion)
        .with_written_extended(Tokens::new(extended))
}
