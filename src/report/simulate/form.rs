//! What the page of a conversation carries to play it again with other amounts.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalog::{Rates, Retention};
use crate::forecast::{
    CacheWrite, DrawnAmount, DrawnCompletion, History, OnLength, PromptCache, Rules,
};
use crate::units::{Rate, Tokens};
use crate::workload::ConversationQuote;

/// Different observations that a page can carry and stay below 500 KB.
const MOST_ROWS: usize = 4_000;

/// The data of the form.
#[derive(Debug, Serialize)]
pub(crate) struct PlayForm {
    /// Tokens of framing around a message of the user, around an answer, and before one.
    framing: [Tokens; 3],
    model: PlayedModel,
    cache: Option<PlayedCache>,
    completion: DrawnCompletion,
    /// Whether the form sets the completion: then both of its parts were declared.
    declared: bool,
    /// The smallest cap within the risk of the completion, without calls; null where no cap is.
    cap_for_risk: Option<Tokens>,
    risk: f64,
    reserve: Tokens,
    /// Tokens of the base that the form does not set.
    base: Tokens,
    past: Vec<Tokens>,
    known: Vec<Tokens>,
    media: Tokens,
    gap: DrawnAmount,
    rho: [f64; 2],
    runs: u32,
    seed: u64,
    on_length: String,
    /// What a field that is left empty takes, where a transcript shows it.
    shown: BTreeMap<&'static str, DrawnAmount>,
    /// The fields as the command fills them.
    ask: BTreeMap<String, String>,
    /// The command without what the form sets: its words, and its other flags.
    words: [Vec<String>; 2],
}

/// Limits and prices of the model.
#[derive(Debug, Serialize)]
struct PlayedModel {
    id: String,
    window: Tokens,
    output_cap: Tokens,
    input_limit: Option<Tokens>,
    reasons: bool,
    retention: Retention,
    rates: Vec<PlayedRates>,
}

/// A row of the price list, in picodollars a token.
#[derive(Debug, Serialize)]
struct PlayedRates {
    over: Option<Tokens>,
    up_to: Option<Tokens>,
    input: u64,
    cached: u64,
    output: u64,
    write: Option<u64>,
    extended: Option<u64>,
}

impl PlayedRates {
    /// `None` for a row with a rate that depends on more than the prompt and the completion.
    fn of(row: &Rates) -> Option<Self> {
        let plain = row.thinking_output.is_none() && row.reasoning_output.is_none();
        plain.then(|| Self {
            over: row.over,
            up_to: row.up_to,
            input: row.input.picodollars_per_token(),
            cached: row.cached().picodollars_per_token(),
            output: row.output.picodollars_per_token(),
            write: row.cache_write.map(Rate::picodollars_per_token),
            extended: row.cache_write_extended.map(Rate::picodollars_per_token),
        })
    }
}

/// How prompts are cached.
#[derive(Debug, Serialize)]
struct PlayedCache {
    min: Tokens,
    step: Tokens,
    lifetime: f64,
    refreshed: bool,
    write: &'static str,
}

impl From<&PromptCache> for PlayedCache {
    fn from(cache: &PromptCache) -> Self {
        Self {
            min: cache.min_prefix,
            step: cache.step,
            lifetime: cache.lifetime.get(),
            refreshed: cache.refreshed,
            write: match cache.write {
                CacheWrite::Free => "free",
                CacheWrite::Usual => "usual",
                CacheWrite::Extended => "extended",
            },
        }
    }
}

/// What a command says of a conversation.
#[derive(Debug, Default)]
pub(crate) struct PlayedCommand {
    /// The first words, such as `outlay simulate chat.json`.
    pub(crate) words: Vec<String>,
    /// The flags that the form does not set.
    pub(crate) flags: Vec<String>,
    /// The fields of the form as they are filled.
    pub(crate) fields: BTreeMap<String, String>,
    /// Whether the reasoning and the visible answer are fields.
    pub(crate) declared: bool,
    /// Tokens before the first turn that are fields: the base and the definitions of tools.
    pub(crate) base: Tokens,
}

impl PlayForm {
    /// The fields of the form, by the flags that they are.
    pub(crate) const FIELDS: [&str; 17] = [
        "turns",
        "base",
        "user",
        "retention",
        "history",
        "max-completion-tokens",
        "calls",
        "reasoning",
        "visible",
        "steps",
        "calls-per-step",
        "call-tokens",
        "result-tokens",
        "tool-definitions",
        "max-steps",
        "max-turn-usd",
        "max-turn-tokens",
    ];

    /// The form of a simulated conversation; `None` where a page does not play it.
    pub(crate) fn of(quote: &ConversationQuote<'_>, command: PlayedCommand) -> Option<Self> {
        let ConversationQuote { rules, script, price, tier, source, agents, .. } = quote;
        let grows = rules.steps.as_ref().is_some_and(|steps| steps.growth.is_some());
        if !agents.is_empty() || script.apart || grows {
            return None;
        }
        let completion = source.completion.drawn()?;
        if matches!(&completion, DrawnCompletion::Observed { rows } if rows.len() > MOST_ROWS) {
            return None;
        }
        let mut rows: Vec<&Rates> =
            price.rates.iter().filter(|row| row.tier == *tier && !row.off_peak).collect();
        rows.sort_by_key(|row| row.over);
        let rates = rows.into_iter().map(PlayedRates::of).collect::<Option<Vec<_>>>()?;
        let model = rules.model;
        Some(Self {
            framing: [rules.framing.user, rules.framing.assistant, rules.framing.answer],
            model: PlayedModel {
                id: model.id.clone(),
                window: model.limits.window,
                output_cap: model.limits.output_cap,
                input_limit: model.limits.input_limit,
                reasons: model.reasoning,
                retention: rules.retention,
                rates,
            },
            cache: rules.caches.first().and_then(Option::as_ref).map(PlayedCache::from),
            completion,
            declared: command.declared,
            cap_for_risk: script.cap_for_risk,
            risk: rules.policy.risk.get(),
            reserve: rules.policy.reserve,
            base: rules.base.saturating_sub(command.base),
            past: rules.past.clone(),
            known: script.known.clone(),
            media: script.media,
            gap: script.gap.drawn(),
            rho: script.rho,
            runs: script.runs,
            seed: quote.seed.0,
            on_length: OnLength::to_string(&rules.on_length),
            shown: shown(rules),
            ask: filled(quote, command.fields)?,
            words: [command.words, command.flags],
        })
    }
}

/// The parts of the steps, as they are drawn.
fn shown(rules: &Rules<'_>) -> BTreeMap<&'static str, DrawnAmount> {
    let Some(steps) = &rules.steps else { return BTreeMap::new() };
    let parts = [
        ("steps", steps.count.as_ref()),
        ("calls-per-step", Some(&steps.calls)),
        ("call-tokens", Some(&steps.call)),
        ("result-tokens", Some(&steps.result)),
    ];
    parts.into_iter().filter_map(|(name, dist)| Some((name, dist?.into()))).collect()
}

/// The fields as they are filled, with those that have a default; `None` where an amount cannot be written.
fn filled(
    quote: &ConversationQuote<'_>,
    mut fields: BTreeMap<String, String>,
) -> Option<BTreeMap<String, String>> {
    let ConversationQuote { rules, script, .. } = quote;
    fields.insert("turns".to_owned(), script.turns.to_string());
    fields.insert("user".to_owned(), script.user.literal()?);
    fields.insert("retention".to_owned(), rules.retention.to_string());
    fields.insert("history".to_owned(), History::to_string(&rules.history));
    Some(fields)
}
