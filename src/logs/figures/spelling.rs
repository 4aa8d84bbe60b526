//! What the keys of a usage object mean, whoever wrote them.
//!
//! A key is compared without case and without `_`, `-` and `.`, so that `cacheReadInputTokens`,
//! `cache_read_input_tokens` and `cache_read.input_tokens` are one key.

use crate::catalog::FeeItem;

/// A number of tokens in a usage object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figure {
    Prompt,
    Completion,
    Total,
    /// The prompt without what was read from or written to the cache.
    Uncached,
    Cached,
    /// All writes, whatever their lifetime.
    Written,
    /// Writes for the usual lifetime: five minutes, or half an hour.
    WrittenShort,
    /// Writes for the longer lifetime: an hour, or twelve.
    WrittenLong,
    Reasoning,
    /// What tools added to the prompt, beside it.
    ToolPrompt,
    /// Citations that are billed as output, beside it.
    Citations,
    AudioInput,
    AudioCached,
    AudioOutput,
    ImageInput,
    ImageCached,
    ImageOutput,
}

/// How many kinds of figures there are.
pub(crate) const FIGURES: usize = 17;

/// Where in a usage object a key is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Top,
    /// Parts of the prompt.
    Input,
    /// Parts of the completion.
    Output,
    /// Parts of the cached tokens, by medium.
    Cached,
    /// Parts of the written tokens, by lifetime.
    Written,
    /// `{"read": 5, "write": 2}`.
    ReadWrite,
    /// Uses of tools that the provider ran.
    Tools,
    /// Amounts of money.
    Costs,
    /// A list of writes with their lifetimes.
    WritesByLifetime,
    /// A list of requests that the call is made of.
    Iterations,
    /// Below an unknown key.
    Unknown,
}

/// A text in a usage object that decides on the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    Tier,
    Speed,
    Residency,
    /// How much of what a search found is read, by which a request may be charged.
    SearchSize,
    /// The currency of the cost.
    Currency,
}

/// What a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Figure(Figure),
    Place(Place),
    /// A number, or an object with its parts.
    Either(Figure, Place),
    Tool(FeeItem),
    /// What the log says that the call cost, in dollars.
    Cost,
    /// The same in 10^-10 dollars.
    Ticks,
    /// A cost, or an object with one.
    CostOrParts,
    /// Whether the caller's own key paid the maker.
    OwnKey,
    /// What the maker was paid with that key, in dollars.
    Upstream,
    Word(Word),
    /// Known, and no part of a bill.
    Nothing,
    Unknown,
}

use Figure as F;
use Meaning as M;

/// The longest key that is known.
const LONGEST: usize = 48;

/// Compares keys of any spelling.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Canonical {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Canonical {
    /// The key in lower case, without separators; empty when it is longer than any known key.
    pub(crate) fn of(key: &str) -> Self {
        let mut canonical = Self { bytes: [0; LONGEST], length: 0 };
        for byte in key.bytes().filter(|b| !matches!(b, b'_' | b'-' | b'.' | b' ')) {
            if canonical.length == LONGEST {
                canonical.length = 0;
                break;
            }
            canonical.bytes[canonical.length] = byte.to_ascii_lowercase();
            canonical.length += 1;
        }
        canonical
    }

    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

/// What `key` means at a place.
pub(crate) fn meaning(place: Place, key: &str) -> Meaning {
    if let Some(meaning) = frequent(place, key) {
        return meaning;
    }
    let canonical = Canonical::of(key);
    let key = canonical.text();
    match place {
        Place::Top => top(key),
        Place::Input => input(key),
        Place::Output => output(key),
        Place::Cached => match media(key) {
            Some(Medium::Audio) => M::Figure(F::AudioCached),
            Some(Medium::Image) => M::Figure(F::ImageCached),
            Some(Medium::Text) => M::Nothing,
            None => M::Unknown,
        },
        Place::Written => written(key),
        Place::ReadWrite => match key {
            "read" => M::Figure(F::Cached),
            "write" => M::Figure(F::Written),
            _ => M::Unknown,
        },
        Place::Tools => tool(key),
        Place::Costs => match key {
            "totalcost" | "total" => M::Cost,
            "upstreaminferencecost" => M::Upstream,
            _ => M::Nothing,
        },
        Place::WritesByLifetime | Place::Iterations | Place::Unknown => M::Unknown,
    }
}

/// The keys of most logs, which need no rewriting: a third of the time of a record otherwise.
fn frequent(place: Place, key: &str) -> Option<Meaning> {
    Some(match (place, key) {
        (Place::Top, "prompt_tokens" | "input_tokens") => M::Figure(F::Prompt),
        (Place::Top, "completion_tokens" | "output_tokens") => M::Figure(F::Completion),
        (Place::Top, "total_tokens") => M::Figure(F::Total),
        (Place::Top, "prompt_tokens_details" | "input_tokens_details") => M::Place(Place::Input),
        (Place::Top, "completion_tokens_details" | "output_tokens_details") => {
            M::Place(Place::Output)
        }
        (Place::Input, "cached_tokens") => M::Figure(F::Cached),
        (Place::Output, "reasoning_tokens") => M::Figure(F::Reasoning),
        (Place::Output, "accepted_prediction_tokens" | "rejected_prediction_tokens") => M::Nothing,
        _ => return None,
    })
}

fn top(key: &str) -> Meaning {
    match key {
        "prompttokens" | "prompttokencount" | "inputtokencount" | "tokensprompt" | "tokensin"
        | "promptevalcount" | "nativetokensprompt" | "totalinputtokens" | "inputtokens"
        | "input" | "inputusage" => M::Either(F::Prompt, Place::Input),
        "completiontokens"
        | "candidatestokencount"
        | "responsetokencount"
        | "outputtokencount"
        | "tokenscompletion"
        | "tokensout"
        | "evalcount"
        | "nativetokenscompletion"
        | "totaloutputtokens"
        | "usageoutputtokens"
        | "outputtokens"
        | "output"
        | "outputusage" => M::Either(F::Completion, Place::Output),
        "totaltokens" | "totaltokencount" | "total" | "totalusage" => M::Figure(F::Total),
        "promptdetails"
        | "prompttokensdetails"
        | "inputtokensdetails"
        | "inputtokendetails"
        | "prompttokendetails"
        | "tooluseprompttokensdetails" => M::Place(Place::Input),
        "completiondetails"
        | "completiontokensdetails"
        | "outputtokensdetails"
        | "outputtokendetails"
        | "completiontokendetails"
        | "candidatestokensdetails"
        | "responsetokensdetails"
        | "thoughtstokensdetails" => M::Place(Place::Output),
        "cachetokensdetails" | "cachedtokensdetails" => M::Place(Place::Cached),
        "tooluseprompttokencount" | "tool" => M::Figure(F::ToolPrompt),
        "citationtokens" => M::Figure(F::Citations),
        "cachecreation"
        | "cachecreationtokendetails"
        | "cachewritetokensdetails"
        | "cachewritedetails" => M::Either(F::Written, Place::Written),
        "cachedetails" => M::Place(Place::WritesByLifetime),
        "cache" => M::Place(Place::ReadWrite),
        "servertooluse"
        | "serversidetooluse"
        | "serversidetoolusagedetails"
        | "servertoolusagedetails" => M::Place(Place::Tools),
        "costdetails" => M::Place(Place::Costs),
        "cost" => M::CostOrParts,
        "totalcost"
        | "spend"
        | "costusd"
        | "totalcostusd"
        | "responsecost"
        | "calculatedtotalcost"
        | "estimatedcostusd"
        | "actualcostusd" => M::Cost,
        "cacheread" => M::Figure(F::Cached),
        "cachewrite" => M::Figure(F::Written),
        "costinusdticks" => M::Ticks,
        "isbyok" => M::OwnKey,
        "billedunits" => M::Place(Place::Top),
        "iterations" => M::Place(Place::Iterations),
        "servicetier" | "traffictype" => M::Word(Word::Tier),
        "speed" => M::Word(Word::Speed),
        "inferencegeo" => M::Word(Word::Residency),
        "searchcontextsize" => M::Word(Word::SearchSize),
        "currency" | "costcurrency" | "billingcurrency" => M::Word(Word::Currency),
        // The sizes of texts inside the prompt and the answer, and what others count with their own tokenizer.
        "texttokens"
        | "raw"
        | "tokens"
        | "numsourcesused"
        | "nummodelrequests"
        | "acceptedpredictiontokens"
        | "rejectedpredictiontokens"
        | "additionalusagevalues"
        | "inputtokenstext"
        // Parts of a cost that somebody else worked out.
        | "inputcost"
        | "outputcost"
        | "promptcost"
        | "completioncost"
        | "calculatedinputcost"
        | "calculatedoutputcost"
        | "nativetokensreasoning" => M::Nothing,
        other => cache_or_reasoning(other)
            .or_else(|| medium_of(other))
            .or_else(|| Some(tool(other)).filter(|meaning| *meaning != M::Unknown))
            .unwrap_or(M::Unknown),
    }
}

fn input(key: &str) -> Meaning {
    match key {
        "total" => M::Figure(F::Prompt),
        "cacheread" => M::Figure(F::Cached),
        "cachewrite" | "cachecreation" => M::Either(F::Written, Place::Written),
        "nocache" => M::Figure(F::Uncached),
        "cachetype" => M::Nothing,
        "cachedtokensdetails" => M::Place(Place::Cached),
        "cachewritetokensdetails" => M::Place(Place::Written),
        other => match media(other) {
            Some(Medium::Audio) => M::Figure(F::AudioInput),
            Some(Medium::Image) => M::Figure(F::ImageInput),
            Some(Medium::Text) => M::Nothing,
            None => cache_or_reasoning(other).unwrap_or(M::Unknown),
        },
    }
}

fn output(key: &str) -> Meaning {
    match key {
        "total" => M::Figure(F::Completion),
        "reasoning" => M::Figure(F::Reasoning),
        // Predictions that were not used are inside the completion, and billed with it.
        "acceptedpredictiontokens" | "rejectedpredictiontokens" => M::Nothing,
        other => match media(other) {
            Some(Medium::Audio) => M::Figure(F::AudioOutput),
            Some(Medium::Image) => M::Figure(F::ImageOutput),
            Some(Medium::Text) => M::Nothing,
            None => cache_or_reasoning(other)
                .filter(|meaning| *meaning == M::Figure(F::Reasoning))
                .unwrap_or(M::Unknown),
        },
    }
}

fn written(key: &str) -> Meaning {
    match key {
        "ephemeral5minputtokens" | "ttl5mtokens" | "ttl30mtokens" | "5m" | "30m" => {
            M::Figure(F::WrittenShort)
        }
        "ephemeral1hinputtokens" | "ttl1htokens" | "ttl12htokens" | "1h" | "12h" => {
            M::Figure(F::WrittenLong)
        }
        _ => M::Unknown,
    }
}

/// What is read from and written to the cache, and reasoning, wherever it is found.
fn cache_or_reasoning(key: &str) -> Option<Meaning> {
    let figure = match key {
        "cachedtokens"
        | "cachedinputtokens"
        | "inputcachedtokens"
        | "inputtokenscached"
        | "cachedprompttokens"
        | "cachedprompttexttokens"
        | "numcachedtokens"
        | "promptcachehittokens"
        | "inputcachehittokens"
        | "cachehittokens"
        | "cachedcontenttokencount"
        | "cachedcontenttokens"
        | "promptcachereadtokens"
        | "detailscachereadtokens"
        | "totalcachedtokens"
        | "promptevalcachedcount"
        | "cachereadinputtokens"
        | "cachereadinputtokencount"
        | "cachereadtokens"
        | "cachereads"
        | "inputcacheread"
        | "inputcachereadtokens"
        | "usageinputtokenscacheread"
        | "inputcachedtexttokens"
        | "cached"
        | "nativetokenscached" => F::Cached,
        "cachecreationinputtokens"
        | "cachewriteinputtokens"
        | "cachewriteinputtokencount"
        | "cachecreationtokens"
        | "cachewritetokens"
        | "cachewrites"
        | "promptcachewritetokens"
        | "inputcachewritetokens"
        | "inputcachecreation"
        | "inputcachecreationtokens"
        | "inputcachewrite"
        | "detailscachewritetokens" => F::Written,
        "ephemeral5minputtokens"
        | "cachecreationephemeral5minputtokens"
        | "inputcachecreation5m"
        | "usageinputtokenscachewrite5m"
        | "cachewrite5mtokens"
        | "cachecreation5mtokens"
        | "cachecreation5minputtokens"
        | "cachewrite5minputtokens" => F::WrittenShort,
        "ephemeral1hinputtokens"
        | "cachecreationephemeral1hinputtokens"
        | "inputcachecreation1h"
        | "usageinputtokenscachewrite1h"
        | "cachewrite1htokens"
        | "cachecreation1htokens"
        | "cachecreation1hinputtokens"
        | "cachewrite1hinputtokens" => F::WrittenLong,
        "promptcachemisstokens"
        | "inputcachemisstokens"
        | "inputuncachedtokens"
        | "uncachedinputtokens"
        | "nocachetokens"
        | "noncachedinputtokens"
        | "inputother"
        | "usageinputtokensnocache" => F::Uncached,
        "reasoningtokens"
        | "thoughtstokencount"
        | "thinkingtokens"
        | "reasoningoutputtokens"
        | "outputtokensreasoning"
        | "outputreasoningtokens"
        | "outputreasoning"
        | "totalthoughttokens"
        | "thoughtstokens"
        | "thoughts"
        | "reasoning"
        | "completionreasoningtokens" => F::Reasoning,
        _ => return None,
    };
    Some(M::Figure(figure))
}

enum Medium {
    Text,
    Audio,
    Image,
}

fn media(key: &str) -> Option<Medium> {
    match key {
        "text" | "texttokens" | "cachedtexttokens" => Some(Medium::Text),
        "audio" | "audiotokens" => Some(Medium::Audio),
        // Pages of documents and frames of films are billed as images.
        "image" | "imagetokens" | "video" | "videotokens" | "document" | "documenttokens" => {
            Some(Medium::Image)
        }
        _ => None,
    }
}

/// Media whose key says of which side they are.
fn medium_of(key: &str) -> Option<Meaning> {
    Some(match key {
        "inputaudiotokens" | "audioinputtokens" | "inputaudio" | "promptaudiotokens" => {
            M::Figure(F::AudioInput)
        }
        "outputaudiotokens" | "audiooutputtokens" | "outputaudio" | "completionaudiotokens" => {
            M::Figure(F::AudioOutput)
        }
        "inputimagetokens" | "imageinputtokens" | "inputimage" => M::Figure(F::ImageInput),
        "outputimagetokens" | "imageoutputtokens" | "outputimage" => M::Figure(F::ImageOutput),
        "inputcachedaudiotokens" => M::Figure(F::AudioCached),
        "inputcachedimagetokens" => M::Figure(F::ImageCached),
        "inputtexttokens" | "outputtexttokens" | "textinputtokens" | "textoutputtokens" => {
            M::Nothing
        }
        _ => return None,
    })
}

fn tool(key: &str) -> Meaning {
    match key {
        "websearchrequests" | "websearchcalls" | "websearch" | "websearchcount"
        | "numsearchqueries" => M::Tool(FeeItem::WebSearch),
        "xsearchcalls" | "xsearch" => M::Tool(FeeItem::XSearch),
        "codeexecutionrequests"
        | "codeinterpretercalls"
        | "codeexecutioncalls"
        | "codeexecution" => M::Tool(FeeItem::CodeExecution),
        "filesearchcalls" | "collectionssearchcalls" | "documentsearchcalls" => {
            M::Tool(FeeItem::FileSearch)
        }
        "attachmentsearchcalls" => M::Tool(FeeItem::AttachmentSearch),
        // These cost nothing but the tokens they bring.
        "webfetchrequests" | "toolsearchrequests" | "mcpcalls" | "viewimagecalls"
        | "viewxvideocalls" => M::Nothing,
        _ => M::Unknown,
    }
}

/// Whether a number under an unknown key may be money, or something that costs money.
///
/// In a usage object everything may be, except times, speeds and limits.
pub(crate) fn may_cost(key: &str) -> bool {
    const HARMLESS: [&str; 25] = [
        "max",
        "time",
        "duration",
        "latency",
        "persecond",
        "speed",
        "limit",
        "window",
        "remaining",
        "budget",
        "ratio",
        "percent",
        "score",
        "index",
        "version",
        "created",
        "expires",
        "status",
        "attempt",
        "retr",
        "temperature",
        "timestamp",
        "days",
        "seed",
        "throughput",
    ];
    let canonical = Canonical::of(key);
    let key = canonical.text();
    !(HARMLESS.iter().any(|word| key.contains(word)) || key.ends_with("ms"))
}

/// The same for a column of a table, where most columns are about something else.
pub(crate) fn column_may_cost(name: &str) -> bool {
    const COSTLY: [&str; 14] = [
        "token",
        "cost",
        "spend",
        "price",
        "charge",
        "credit",
        "usd",
        "fee",
        "cache",
        "search",
        "audio",
        "reasoning",
        "billed",
        "ticks",
    ];
    let canonical = Canonical::of(name);
    let key = canonical.text();
    may_cost(name)
        && COSTLY.iter().any(|word| key.contains(word))
        && !(key.contains("max") || key.ends_with("id") || key.contains("hash"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_means_the_same_in_every_spelling() {
        for key in [
            "cache_read_input_tokens",
            "cacheReadInputTokens",
            "cache_read.input_tokens",
            "cache-read-input-tokens",
            "CacheReadInputTokens",
        ] {
            assert_eq!(meaning(Place::Top, key), M::Figure(F::Cached), "{key}");
        }
        for (place, key, wanted) in [
            (Place::Top, "cache_creation", M::Either(F::Written, Place::Written)),
            (Place::Written, "ephemeral_1h_input_tokens", M::Figure(F::WrittenLong)),
            (Place::Top, "thoughtsTokenCount", M::Figure(F::Reasoning)),
            (Place::Input, "audio_tokens", M::Figure(F::AudioInput)),
            (Place::Output, "audio_tokens", M::Figure(F::AudioOutput)),
            (Place::Tools, "web_search_requests", M::Tool(FeeItem::WebSearch)),
            (Place::Top, "telepathy_tokens", M::Unknown),
            (Place::Top, &"x".repeat(99), M::Unknown),
        ] {
            assert_eq!(meaning(place, key), wanted, "{key}");
        }
    }

    #[test]
    fn times_and_limits_are_no_money() {
        for key in ["queue_time", "latency_ms", "tokensPerSecond", "context_window"] {
            assert!(!may_cost(key), "{key}");
        }
        for key in ["telepathy_tokens", "units", "num_pages"] {
            assert!(may_cost(key), "{key}");
        }
        assert!(column_may_cost("video_tokens") && !column_may_cost("age"));
        assert!(!column_may_cost("max_tokens") && !column_may_cost("token_id"));
    }
}
