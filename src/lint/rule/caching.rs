//! Rules about caches.

use super::declaration::Rule;
use crate::gate::Level;

pub(in crate::lint) static CACHE_MARKS_OUT_OF_ORDER: Rule = Rule {
    id: "cache-marks-out-of-order",
    level: Level::Fail,
    summary: "a mark of the cache that lives longer after one that lives shorter",
    explanation: "The prompt is read in the order tools, instructions, messages. Marks that live \
                  an hour must stand before those that live five minutes; otherwise the request is \
                  refused.",
    source: "Anthropic documentation, prompt caching (mixed lifetimes)",
    fixed_at: None,
};

pub(in crate::lint) static CACHE_MARKS_TOO_MANY: Rule = Rule {
    id: "cache-marks-too-many",
    level: Level::Fail,
    summary: "more marks for the cache than a request may have",
    explanation: "A request has four marks at most. One at the end of the tools, one at the end of \
                  the instructions and one or two in the conversation are all that a cache can \
                  use.",
    source: "Anthropic documentation, prompt caching; Amazon Bedrock documentation, prompt caching",
    fixed_at: None,
};

pub(in crate::lint) static CACHE_PREFIX_TOO_SHORT: Rule = Rule {
    id: "cache-prefix-too-short",
    level: Level::Warn,
    summary: "a mark for the cache on a prompt that is too short for it",
    explanation: "Below a least length, which differs from model to model, nothing is cached and \
                  no error says so.",
    source: "Anthropic documentation, prompt caching; `outlay models show ID`",
    fixed_at: None,
};

pub(in crate::lint) static CACHE_MARK_TOO_EARLY: Rule = Rule {
    id: "cache-mark-too-early",
    level: Level::Warn,
    summary: "a mark for the cache before the prompt is long enough for it",
    explanation: "What is cached is the prompt up to the mark. Where that is shorter than the least \
                  length of the model, the mark does nothing, although the whole prompt would be \
                  long enough.",
    source: "Anthropic documentation, prompt caching; `outlay models show ID`",
    fixed_at: None,
};

pub(in crate::lint) static CACHE_PREFIX_VOLATILE: Rule = Rule {
    id: "cache-prefix-volatile",
    level: Level::Warn,
    summary: "a clock or an id near the top of a prompt that could be cached",
    explanation: "A cache finds a prompt again only as far as it is the same, token by token, from \
                  its start. A time or an id in the instructions differs in every request, so \
                  nothing behind it is ever read from the cache.",
    source: "OpenAI and Anthropic documentation, prompt caching; Siddhant-K-code/distill#48",
    fixed_at: None,
};
