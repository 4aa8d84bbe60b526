//! The keys that are known, in lower case and without separators.

use super::meaning::{Figure as F, Meaning, Meaning as M, Place, Word};
use crate::catalog::FeeItem;

pub(super) fn top(key: &str) -> Meaning {
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

pub(super) fn input(key: &str) -> Meaning {
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

pub(super) fn output(key: &str) -> Meaning {
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

pub(super) fn written(key: &str) -> Meaning {
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
pub(super) fn cache_or_reasoning(key: &str) -> Option<Meaning> {
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

/// What tokens are of.
pub(super) enum Medium {
    Text,
    Audio,
    Image,
}

pub(super) fn media(key: &str) -> Option<Medium> {
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
pub(super) fn medium_of(key: &str) -> Option<Meaning> {
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

pub(super) fn tool(key: &str) -> Meaning {
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
