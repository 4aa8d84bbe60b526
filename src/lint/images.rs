//! Images that an API refuses for their size.

use super::api_errors;
use super::finding::Finding;
use super::rule::IMAGE_TOO_LARGE;
use super::target::LintTarget;
use super::thinking::is_anthropic;
use crate::request::{Media, Part, too_many_patches};

/// The longest side that Claude takes, alone and in a request of more than [`MANY`] images.
const CLAUDE_SIDE: u32 = 8_000;
const CLAUDE_SIDE_OF_MANY: u32 = 2_000;
const MANY: usize = 20;

pub(super) fn findings(target: &LintTarget<'_>) -> Vec<Finding> {
    let Some(request) = target.request else { return Vec::new() };
    let parts = request.messages.iter().flat_map(|message| &message.content);
    let images: Vec<&Media> = parts
        .filter_map(|part| match part {
            Part::Media(media) if media.is_image() => Some(media),
            _ => None,
        })
        .collect();
    let anthropic = is_anthropic(target, request);
    let most = if images.len() > MANY { CLAUDE_SIDE_OF_MANY } else { CLAUDE_SIDE };
    let refused = |image: &&Media| {
        let size = image.size?;
        let (long, help) = (size.width.max(size.height), "send a smaller image");
        if anthropic {
            let message = format!(
                "an image of {} x {} pixels is larger than the {most} pixels a side that the API takes",
                size.width, size.height
            );
            return (long > most).then(|| Finding::new(&IMAGE_TOO_LARGE, message, help));
        }
        let (patches, most) = too_many_patches(target.model, size, image.detail.as_deref())?;
        let message = format!("an image has {patches} patches, and the API takes {most}");
        let answer = api_errors::image_too_large(patches, most);
        let help = "send a smaller image, or `detail` high";
        Some(Finding::new(&IMAGE_TOO_LARGE, message, help).answered(Some(answer)))
    };
    let found = images.iter().find_map(|image| Some((refused(image)?, image.position)));
    found
        .map(|(finding, position)| Finding { position: Some(position), ..finding })
        .into_iter()
        .collect()
}
