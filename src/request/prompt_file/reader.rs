//! Which prompt file a text is, and its reader.

use super::super::beside::ReadBeside;
use super::super::document::{RequestDocument, RequestEntry};
use super::super::format::FileHint;
use super::super::message::Request;
use super::super::origin::Origin;
use super::front_matter::has_front_matter;
use super::{
    coding_agent, dotprompt, github_models, langchain, langfuse, promptfoo, prompty,
    semantic_kernel,
};
use crate::Error;
use crate::units::Position;

/// Whether a format is one of prompt files.
pub(in super::super) fn reads(origin: Origin) -> bool {
    matches!(
        origin,
        Origin::GithubModels
            | Origin::Prompty
            | Origin::Dotprompt
            | Origin::Promptfoo
            | Origin::Langchain
            | Origin::Langfuse
            | Origin::SemanticKernel
            | Origin::CodingAgent
    )
}

/// The format that a text has by its content, where its name does not say.
pub(in super::super) fn of(text: &str, hint: FileHint<'_>) -> Option<Origin> {
    let key = |name: &str| {
        text.lines().any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')))
    };
    match hint.extension() {
        Some("yml" | "yaml") if key("messages") => Some(Origin::GithubModels),
        Some("yml" | "yaml") if key("prompts") && (key("providers") || key("targets")) => {
            Some(Origin::Promptfoo)
        }
        // It says `template_format` as well as Semantic Kernel does.
        Some("json" | "yml" | "yaml") | None if langchain::is(text) => Some(Origin::Langchain),
        Some("yml" | "yaml" | "json") if semantic_kernel::is(text) => Some(Origin::SemanticKernel),
        Some("md") if coding_agent::is(text, hint.path()) => Some(Origin::CodingAgent),
        Some("json") | None if langfuse::is(text) => Some(Origin::Langfuse),
        None if has_front_matter(text) && text.contains("{{role ") => Some(Origin::Dotprompt),
        _ => None,
    }
}

/// Reads a prompt file.
pub(in super::super) fn read<'a>(
    origin: Origin,
    text: &str,
    hint: FileHint<'_>,
    beside: &dyn ReadBeside,
) -> Result<RequestDocument<'a>, Error> {
    let one = |request: Request| vec![Ok(request)];
    let requests = match origin {
        Origin::GithubModels => one(github_models::read(text)?),
        Origin::Prompty => one(prompty::read(text)?),
        Origin::Dotprompt => one(dotprompt::read(text)?),
        Origin::Promptfoo => promptfoo::read(text, beside)?,
        Origin::Langfuse => one(langfuse::read(text)?),
        Origin::SemanticKernel => one(semantic_kernel::read(text, beside)?),
        Origin::CodingAgent => one(coding_agent::read(text, hint.path())?),
        _ => one(langchain::read(text, beside)?),
    };
    let entries = requests.into_iter().map(|mut request| {
        for key in request.iter_mut().flat_map(|request| &mut request.unread) {
            key.position = place(text, &key.what).unwrap_or(key.position);
        }
        RequestEntry { line: None, body: None, request }
    });
    Ok(RequestDocument { entries: entries.collect(), note: None })
}

/// Where a key stands that is in a text once.
fn place(text: &str, key: &str) -> Option<Position> {
    let is_key = |at: &usize| {
        let before = text[..*at].chars().next_back();
        let after = text[at + key.len()..].trim_start_matches(['"', '\'', ' ']);
        after.starts_with(':') && before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
    };
    let mut places = text.match_indices(key).map(|(at, _)| at).filter(is_key);
    let first = places.next()?;
    places.next().is_none().then(|| Position::of(text, first))
}
