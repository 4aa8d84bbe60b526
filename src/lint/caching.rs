//! The marks up to which a prompt is cached.

use std::collections::BTreeMap;

use super::finding::Finding;
use super::rule::{
    CACHE_MARK_TOO_EARLY, CACHE_MARKS_OUT_OF_ORDER, CACHE_MARKS_TOO_MANY, CACHE_PREFIX_TOO_SHORT,
};
use super::target::LintTarget;
use crate::catalog::{CacheLifetime, CacheMarks};
use crate::request::{PartCount, Request};
use crate::units::Tokens;

pub(super) fn findings(target: &LintTarget<'_>) -> Vec<Finding> {
    let Some(request) = target.request.filter(|request| !request.settings.cache_marks.is_empty())
    else {
        return Vec::new();
    };
    let found = [
        too_many(target, request),
        out_of_order(request),
        too_short(target, request),
        too_early(target, request),
    ];
    found.into_iter().flatten().collect()
}

/// How many marks a request may have where the catalogue does not say.
const MARKS: usize = 4;

fn too_many(target: &LintTarget<'_>, request: &Request) -> Option<Finding> {
    let known = target.model.cache.as_ref().and_then(|cache| cache.max_marks);
    let most = known.map_or(MARKS, |known| usize::try_from(known).unwrap_or(MARKS));
    let extra = request.settings.cache_marks.get(most)?;
    let message =
        format!("{} marks for the cache, and {most} are taken", request.settings.cache_marks.len());
    let help = "mark the ends of what stays the same: tools, instructions, the conversation so far";
    let mut finding = Finding::new(&CACHE_MARKS_TOO_MANY, message, help);
    finding.position = Some(extra.position);
    Some(finding)
}

fn out_of_order(request: &Request) -> Option<Finding> {
    let minutes = |ttl: &Option<String>| {
        let lifetime =
            ttl.as_deref().map_or(Some(CacheLifetime::FiveMinutes), |ttl| ttl.parse().ok());
        lifetime.map(CacheLifetime::minutes)
    };
    let pair = request.settings.cache_marks.windows(2).find(|pair| {
        matches!((minutes(&pair[0].ttl), minutes(&pair[1].ttl)), (Some(a), Some(b)) if a < b)
    })?;
    let ttl = pair[1].ttl.as_deref().unwrap_or("5m");
    let message = format!("a mark of {ttl} stands after one that lives shorter");
    let help = "put marks that live longer first: tools and instructions before the conversation";
    let mut finding = Finding::new(&CACHE_MARKS_OUT_OF_ORDER, message, help);
    finding.position = Some(pair[1].position);
    Some(finding)
}

fn too_short(target: &LintTarget<'_>, request: &Request) -> Option<Finding> {
    let cache = target.model.cache.as_ref().filter(|cache| cache.marks == CacheMarks::Required)?;
    let least = cache.min_prefix?;
    let prompt = target.count?.prompt_tokens();
    if prompt >= least {
        return None;
    }
    let message = format!(
        "the whole prompt has {prompt} tokens, and `{}` caches from {least} on: nothing is cached",
        target.model.id
    );
    let help = "remove the mark, or mark a prompt that is long enough";
    let mut finding = Finding::new(&CACHE_PREFIX_TOO_SHORT, message, help);
    finding.position = request.settings.cache_marks.first().map(|mark| mark.position);
    Some(finding)
}

/// The last mark, where what stands before it is too short and the whole prompt is not. Framing is left out,
/// so that what is found to be too short is.
fn too_early(target: &LintTarget<'_>, request: &Request) -> Option<Finding> {
    let least = target.model.cache.as_ref()?.min_prefix?;
    let count = target.count?;
    let mark = request.settings.cache_marks.last()?;
    let begins: BTreeMap<String, usize> = request
        .messages
        .iter()
        .enumerate()
        .filter_map(|(i, message)| Some((message.part_name(i), message.span.as_ref()?.key.start)))
        .collect();
    let stands_before = |part: &&PartCount| {
        let begin = begins.get(&part.part);
        begin.is_none_or(|start| target.lines.position(target.text, *start) <= mark.position)
    };
    let before: Tokens = count.parts.iter().filter(stands_before).map(|part| part.tokens).sum();
    let framing = count.framing;
    if before + framing >= least || count.prompt_tokens() < least {
        return None;
    }
    let message = format!(
        "the prompt has some {before} tokens up to the last mark, and `{}` caches from {least} on",
        target.model.id
    );
    let help =
        "put the mark behind more of what stays the same, such as the end of the instructions";
    let mut finding = Finding::new(&CACHE_MARK_TOO_EARLY, message, help);
    finding.position = Some(mark.position);
    Some(finding)
}
