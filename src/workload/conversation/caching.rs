//! How the prompts of a conversation are cached: by the rules of its model, or as it is declared.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::Serialize;

use crate::catalog::{CacheLifetime, CacheMarks, CacheRules, Feature, Model, Rates};
use crate::forecast::{CacheWrite, MOST_CACHES, PromptCache, TimeDist};
use crate::units::{CallVolume, Money, Probability, Seconds, Tokens};
use crate::{Error, ErrorKind};

/// The least prefix, its step and its lifetime where a maker publishes none: those of `OpenAI`'s guide
/// "Prompt caching", the strictest that any maker publishes.
const MIN_PREFIX: Tokens = Tokens::new(1_024);
const STEP: Tokens = Tokens::new(128);
const LIFETIME: CacheLifetime = CacheLifetime::FiveMinutes;

/// Whether, and for how long, prompts are kept in a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheChoice {
    /// Nothing is cached.
    Off,
    /// Prompts are kept for this long.
    For(CacheLifetime),
}

impl fmt::Display for CacheChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("none"),
            Self::For(lifetime) => lifetime.fmt(f),
        }
    }
}

impl FromStr for CacheChoice {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "none" {
            return Ok(Self::Off);
        }
        text.parse().map(Self::For).map_err(|_: Error| {
            Error::new(ErrorKind::Amount, format!("`{text}` is not a way of caching"))
                .hint("write none, or a lifetime: 5m, 30m, 1h, 12h or 24h")
        })
    }
}

impl Serialize for CacheChoice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The ways of caching of a conversation: the one that is billed first, then what else is on sale.
#[derive(Debug, Clone)]
pub(super) struct Caching {
    ways: Vec<(CacheChoice, Option<PromptCache>)>,
    /// What is assumed about it.
    pub(super) assumption: String,
}

/// What one way of caching comes to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CacheOption {
    /// `none`, or how long prompts are kept, such as `5m`.
    #[cfg_attr(test, schemars(with = "String"))]
    pub cache: CacheChoice,
    /// Whether the simulated conversation is billed this way.
    pub billed: bool,
    /// The mean cost of a conversation.
    pub cost_usd: Money,
    /// The share of gaps between turns that the cache outlives; null without a cache.
    pub gaps_outlived: Option<Probability>,
    /// From which use on a prefix that is written once is cheaper than without a cache; null without one,
    /// and where reading saves nothing.
    pub pays_from_use: Option<u64>,
    /// The share of conversations that find the base in the cache because the one before them began recently
    /// enough, at the declared number of calls; null where that is not declared.
    pub starts_cached: Option<Probability>,
    /// What such a start saves of `cost_usd`, which does not count on it.
    pub start_saves_usd: Option<Money>,
}

impl Caching {
    /// How a model caches on a day, at these rates; `choice` is what was declared, `marked` the lifetime of
    /// the marks of a request, where there is one: `Some(None)` is a request without marks.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a lifetime that is not on sale, [`ErrorKind::MissingPrice`] where writing for it
    /// has no known rate.
    pub(super) fn new(
        (model, as_of): (&Model, Date),
        rates: &Rates,
        choice: Option<CacheChoice>,
        marked: Option<CacheChoice>,
    ) -> Result<Self, Error> {
        let supported = model.supports(Feature::PromptCaching, as_of) != Some(false);
        if rates.cached_input.is_none() || !supported {
            if let Some(CacheChoice::For(_)) = choice {
                let message = format!("`{}` has no price for cached input on {as_of}", model.id);
                return Err(Error::new(ErrorKind::Usage, message).hint("leave --cache out"));
            }
            let assumption = "nothing is cached".to_owned();
            return Ok(Self { ways: vec![(CacheChoice::Off, None)], assumption });
        }
        let shop = Shop { model, rates, rules: model.cache.as_ref() };
        let needs_marks = shop.rules.is_some_and(|rules| rules.marks == CacheMarks::Required);
        let (first, why) = match (choice, marked) {
            (Some(choice), _) => (choice, ""),
            (None, Some(CacheChoice::Off)) if needs_marks => {
                (CacheChoice::Off, ", because the request marks nothing")
            }
            (None, Some(marked)) if needs_marks => (marked, ", as the request marks it"),
            (None, None) if needs_marks => (
                CacheChoice::For(shop.usual()),
                ", marked at the end of the base and of every prompt",
            ),
            (None, _) => (CacheChoice::For(shop.usual()), ""),
        };
        let marks = choice.is_some();
        let mut ways = vec![(first, shop.way(first, marks)?)];
        let rest = shop.on_sale().into_iter().map(CacheChoice::For);
        for other in std::iter::once(CacheChoice::Off).chain(rest) {
            if ways.len() < MOST_CACHES && ways.iter().all(|(known, _)| *known != other) {
                // What is not priced is not offered.
                ways.extend(shop.way(other, marks).ok().map(|way| (other, way)));
            }
        }
        let assumption = match ways[0].1 {
            None => format!("nothing is cached{why}"),
            Some(cache) => shop.sentence(first, &cache) + why,
        };
        Ok(Self { ways, assumption })
    }

    /// What a simulation prices; of other ways than the billed one only where that is asked for.
    pub(super) fn caches(&self, all: bool) -> Vec<Option<PromptCache>> {
        let ways = if all { self.ways.len() } else { 1 };
        self.ways.iter().take(ways).map(|(_, cache)| *cache).collect()
    }

    /// What the gaps between turns mean for the cache; nothing where all of them are outlived.
    pub(super) fn about_gaps(&self, gap: &TimeDist) -> Option<String> {
        let (choice, cache) = &self.ways[0];
        let outlived = gap.share_within((*cache)?.lifetime);
        if outlived.get() >= 1.0 {
            return None;
        }
        if outlived.get() > 0.0 {
            return Some(format!("the cache of {choice} outlives {outlived} of the gaps: {gap}"));
        }
        let longest = self.ways.iter().filter_map(|(_, cache)| *cache);
        let any =
            longest.map(|cache| gap.share_within(cache.lifetime)).any(|share| share.get() > 0.0);
        let more = if any { "" } else { " and every other cache of the model" };
        Some(format!(
            "gaps of {gap} outlive the cache of {choice}{more}: nothing is read from it in a later turn"
        ))
    }

    /// What each way comes to; `costs` are in the order of [`Self::caches`].
    pub(super) fn options(
        &self,
        costs: &[Money],
        rates: &Rates,
        base: Tokens,
        (gap, volume): (&TimeDist, Option<CallVolume>),
    ) -> Vec<CacheOption> {
        let option = |(i, (&cost_usd, (choice, cache))): (usize, (&Money, &_))| {
            let cache: &Option<PromptCache> = cache;
            let starts = cache.and_then(|cache| starts_cached(&cache, volume?));
            CacheOption {
                cache: *choice,
                billed: i == 0,
                cost_usd,
                gaps_outlived: cache.map(|cache| gap.share_within(cache.lifetime)),
                pays_from_use: cache.and_then(|cache| cache.pays_from_use(rates)),
                starts_cached: starts,
                start_saves_usd: starts.and(cache.map(|cache| cache.saved_by_reading(base, rates))),
            }
        };
        costs.iter().zip(&self.ways).enumerate().map(option).collect()
    }
}

/// The share of conversations that begin while the base of the one before is still cached, when they begin
/// at random moments: `1 - exp(-lifetime · rate)`.
fn starts_cached(cache: &PromptCache, volume: CallVolume) -> Option<Probability> {
    let apart = volume.seconds_apart()?;
    Some(Probability::clamped(1.0 - (-cache.lifetime.get() / apart.get()).exp()))
}

/// What of a model's caches is on sale.
struct Shop<'a> {
    model: &'a Model,
    rates: &'a Rates,
    rules: Option<&'a CacheRules>,
}

impl Shop<'_> {
    /// Lifetimes that a request can have, the usual one first.
    fn on_sale(&self) -> Vec<CacheLifetime> {
        let lifetimes = self.rules.filter(|rules| !rules.stored).map(|rules| &rules.lifetimes);
        let known = lifetimes.filter(|lifetimes| !lifetimes.is_empty());
        known.map_or_else(|| vec![LIFETIME], Clone::clone)
    }

    fn usual(&self) -> CacheLifetime {
        self.on_sale().first().copied().unwrap_or(LIFETIME)
    }

    /// The rules of one way of caching.
    fn way(&self, choice: CacheChoice, marked: bool) -> Result<Option<PromptCache>, Error> {
        let CacheChoice::For(lifetime) = choice else { return Ok(None) };
        let on_sale = self.on_sale();
        let Some(place) = on_sale.iter().position(|known| *known == lifetime) else {
            let message = format!("`{}` keeps no prompt for {lifetime}", self.model.id);
            let sold: Vec<_> = on_sale.iter().map(ToString::to_string).collect();
            let hint = if self.rules.is_some_and(|rules| rules.stored) {
                "its longer caches are made beside the requests and pay for storage, which is not simulated"
                    .to_owned()
            } else {
                format!("its caches keep prompts for {}", sold.join(" or "))
            };
            return Err(Error::new(ErrorKind::Usage, message).hint(hint));
        };
        let free = self.rules.is_none_or(|rules| rules.free_unmarked && !marked);
        let write = match place {
            _ if free || self.rates.cache_write.is_none() => CacheWrite::Free,
            0 => CacheWrite::Usual,
            _ => {
                self.model.write_rate(self.rates, lifetime)?;
                CacheWrite::Extended
            }
        };
        Ok(Some(PromptCache {
            min_prefix: self.rules.and_then(|rules| rules.min_prefix).unwrap_or(MIN_PREFIX),
            step: self.step(),
            lifetime: Seconds::new(f64::from(lifetime.minutes()) * 60.0),
            refreshed: self.rules.and_then(|rules| rules.refreshed) != Some(false),
            write,
        }))
    }

    /// Prefixes end at a mark where there are marks, and at a multiple of this elsewhere.
    fn step(&self) -> Tokens {
        match self.rules {
            Some(CacheRules { step: Some(step), .. }) => *step,
            Some(CacheRules { max_marks: Some(_), .. }) => Tokens::new(1),
            Some(_) | None => STEP,
        }
    }

    /// One sentence about a way of caching, and what of it is not published.
    fn sentence(&self, choice: CacheChoice, cache: &PromptCache) -> String {
        let steps = match cache.step.get() {
            1 => String::new(),
            step => format!(" in steps of {step}"),
        };
        let least = cache.min_prefix;
        let sentence = format!("prefixes of {least} tokens or more are cached{steps} for {choice}");
        let unknown: Vec<_> = [
            ("least length", self.rules.is_none_or(|rules| rules.min_prefix.is_none())),
            (
                "step",
                self.rules.is_none_or(|rules| rules.step.is_none() && rules.max_marks.is_none()),
            ),
            ("lifetime", self.rules.is_none_or(|rules| rules.stored || rules.lifetimes.is_empty())),
        ]
        .into_iter()
        .filter_map(|(what, unknown)| unknown.then_some(what))
        .collect();
        if unknown.is_empty() {
            sentence
        } else {
            format!("{sentence} ({} not published, assumed)", unknown.join(" and "))
        }
    }
}
