//! The tokens of sound, film and documents, where a maker publishes a rule: Google (media resolution, 2026-09-19,
//! and tokens, 2026-07-30).

use super::image::maker;
use super::length::Pages;
use super::part::{Media, MediaKind};
use crate::catalog::Model;
use crate::units::Tokens;

/// What is counted of a part, and what comes on top that is not counted.
#[derive(Debug, PartialEq)]
pub(super) struct Counted {
    pub(super) tokens: Tokens,
    pub(super) beside: Option<&'static str>,
}

/// What to do about pages that are not known.
const PAGES: &str = ": declare its pages with `--pages 3`";
const PAGE_TEXT: &str = "the text on the pages of a document is not in the count of its pages";

/// The tokens of sound, film or a document, or a half sentence that says why they are not known.
pub(super) fn tokens(media: &Media, model: &Model) -> Result<Counted, String> {
    let (maker, id) = maker(model);
    let what = match media.kind {
        MediaKind::Image => "is an image",
        MediaKind::Audio => "is sound",
        MediaKind::Video => "is a film",
        MediaKind::Document => "is a document",
    };
    let third = match (maker, id) {
        ("google", id) if id.starts_with("gemini-2") => false,
        ("google", id) if id.starts_with("gemini-") => true,
        _ => return Err(no_rule(media, what, model)),
    };
    let seconds = || {
        let sent = media.clip.clone().and_then(|clip| clip.seconds_of(media.seconds));
        sent.map_err(|why| format!("{what} that {why}"))?.ok_or_else(|| {
            let flag = if media.kind == MediaKind::Audio { "--audio 90s" } else { "--video 90s" };
            format!("{what} whose length no header in the request states: declare it with `{flag}`")
        })
    };
    let level = media.detail.as_deref().unwrap_or_default().to_lowercase();
    let level = level.trim_start_matches("media_resolution_");
    if !matches!(level, "" | "unspecified" | "low" | "medium" | "high" | "ultra_high") {
        return Err(format!("{what} with the media resolution `{level}`, which no rule names"));
    }
    let known = |tokens: f64| {
        if tokens > Tokens::LIMIT.as_f64() {
            return Err(format!("{what} of more than {} tokens: check its length", Tokens::LIMIT));
        }
        Ok(Counted { tokens: Tokens::from_f64(tokens.ceil()), beside: None })
    };
    match (media.kind, third) {
        (MediaKind::Audio, third) => known(seconds()? * if third { 25.0 } else { 32.0 }),
        (MediaKind::Video, true) => {
            let frame = if level == "high" { 280.0 } else { 70.0 };
            let seconds = seconds()?;
            let frames_a_second = media.clip.as_ref().map_err(Clone::clone)?.frames_a_second;
            known((seconds * frames_a_second).ceil() * frame + seconds * 25.0)
        }
        (MediaKind::Document, third) => {
            let pages = match media.pages {
                Some(Pages::Known(pages)) => f64::from(pages),
                Some(Pages::Encrypted) => {
                    return Err(format!(
                        "is an encrypted document, whose pages cannot be counted{PAGES}"
                    ));
                }
                Some(Pages::Packed) => {
                    return Err(format!(
                        "is a document whose pages are listed in a packed part{PAGES}"
                    ));
                }
                None => {
                    return Err(format!(
                        "is a document that is no PDF, or not in the request{PAGES}"
                    ));
                }
            };
            let page = match (third, level) {
                (false, "low") => 64.0,
                (false, _) => 258.0,
                (true, "low") => 280.0,
                (true, "high") => 1_120.0,
                (true, _) => 560.0,
            };
            Ok(Counted { beside: Some(PAGE_TEXT), ..known(pages * page)? })
        }
        _ => Err(no_rule(media, what, model)),
    }
}

fn no_rule(media: &Media, what: &str, model: &Model) -> String {
    let length = match (media.seconds, media.pages) {
        (Some(seconds), _) => format!(" of {seconds:.1} s"),
        (_, Some(Pages::Known(pages))) => format!(" of {pages} pages"),
        (_, Some(Pages::Encrypted)) => " that is encrypted".to_owned(),
        _ => String::new(),
    };
    let hidden = media.hidden.as_deref().map(|why| format!(" and {why}")).unwrap_or_default();
    format!(
        "{what}{length}{hidden}; `{}` has no published rule for it: declare its tokens with `--media-tokens 1500`",
        model.id
    )
}
