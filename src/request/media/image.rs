//! The tokens of an image, by the published rule of each model.
//!
//! * `OpenAI` (images and vision guide, copy of 2026-09): tiles of 512 pixels after scaling, or patches of 32
//!   pixels times a multiplier.
//! * Anthropic (vision guide, 2026-08): patches of 28 pixels of the image as it is resized.
//! * Google (media resolution, 2026-09-19): a fixed amount by resolution for Gemini 3, and for Gemini 2.5.

use super::part::PixelSize;
use crate::catalog::Model;
use crate::units::Tokens;

/// How a model counts an image.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Rule {
    /// So many tokens, and so many for each tile.
    Tiles { base: u64, tile: u64 },
    /// Patches times a multiplier in hundredths, within limits that depend on the detail.
    Patches { hundredths: u64, limits: Limits },
    /// Patches of 28 pixels, within an edge and a number of patches.
    Claude { edge: u32, most: u64 },
    /// A fixed amount by resolution: unspecified, low, medium, high.
    Gemini { amounts: [u64; 4] },
}

/// Longest edge and most patches.
type Bounds = (u32, u64);

/// The bounds of each detail: `low`, `high`, what is taken when nothing is said, and `original`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Limits {
    low: Bounds,
    high: Bounds,
    auto: Bounds,
    original: Option<Bounds>,
}

impl Limits {
    fn at(&self, detail: Option<&str>) -> Bounds {
        match detail {
            Some("low") => self.low,
            Some("high") => self.high,
            Some("original") => self.original.unwrap_or(self.high),
            _ => self.auto,
        }
    }
}

const fn every(bounds: Bounds) -> Limits {
    Limits { low: bounds, high: bounds, auto: bounds, original: None }
}

const HIGH: Bounds = (2_048, 2_500);
const SMALL: Bounds = (512, u64::MAX);
const FINE: Bounds = (6_000, 10_000);
/// Requests with more patches than this are refused.
const WHOLE: Bounds = (65_535, 30_000);

/// Who made a model, and what the maker calls it: a host's or a router's id holds both.
pub(super) fn maker(model: &Model) -> (&str, &str) {
    let id = model.id.rsplit('/').next().unwrap_or_default();
    // A cloud writes the maker, and where it runs, before the model.
    let id = id.find("claude-").map_or(id, |start| &id[start..]);
    let id = id.rsplit_once("openai.").map_or(id, |(_, id)| id);
    let maker = match model.provider.as_str() {
        own @ ("anthropic" | "google" | "openai") => own,
        _ if id.starts_with("claude-") => "anthropic",
        _ if id.starts_with("gemini-") => "google",
        _ if id.starts_with("gpt-oss") => "",
        _ if ["gpt-", "o1", "o3", "o4", "chatgpt-"].iter().any(|name| id.starts_with(name)) => {
            "openai"
        }
        _ => "",
    };
    (maker, id)
}

/// The longest side that Claude's API takes.
const CLAUDE_REFUSES: u32 = 8_000;

/// The rule of a model, by the name of its family; `None` where none is published.
fn rule(model: &Model) -> Option<Rule> {
    match maker(model) {
        ("anthropic", id) => Some(claude(id)),
        ("google", id) if id.starts_with("gemini-2") => {
            // The resolution of 2.5 by default pans and scans; the amount is that of the plain image.
            Some(Rule::Gemini { amounts: [256, 64, 256, 256] })
        }
        ("google", id) if id.starts_with("gemini-3") => {
            Some(Rule::Gemini { amounts: [1_120, 280, 560, 1_120] })
        }
        ("openai", id) => openai(id),
        _ => None,
    }
}

fn claude(id: &str) -> Rule {
    let standard = ["-3-", "-3.", "-4-5", "-4-6", "-4-1", "haiku-4"];
    let four = id.ends_with("-4") || id.ends_with("-4-0");
    if four || standard.iter().any(|part| id.contains(part)) {
        Rule::Claude { edge: 1_568, most: 1_568 }
    } else {
        Rule::Claude { edge: 2_576, most: 4_784 }
    }
}

fn openai(id: &str) -> Option<Rule> {
    let is = |families: &[&str]| {
        families.iter().any(|family| {
            id.strip_prefix(family).is_some_and(|rest| {
                rest.is_empty() || rest.starts_with("-20") || rest == "-chat-latest"
            })
        })
    };
    let starts = |families: &[&str]| families.iter().any(|family| id.starts_with(family));
    let patches = |hundredths, limits| Some(Rule::Patches { hundredths, limits });
    if is(&["gpt-4o-mini"]) {
        Some(Rule::Tiles { base: 2_833, tile: 5_667 })
    } else if is(&["gpt-4o", "gpt-4.1", "chatgpt-4o-latest"]) {
        Some(Rule::Tiles { base: 85, tile: 170 })
    } else if is(&["gpt-5", "gpt-5.1"]) {
        Some(Rule::Tiles { base: 70, tile: 140 })
    } else if is(&["o1", "o1-pro", "o3"]) {
        Some(Rule::Tiles { base: 75, tile: 150 })
    } else if is(&["gpt-4.1-mini"]) {
        patches(162, every((2_048, 6_144)))
    } else if is(&["gpt-5.2"]) {
        patches(120, every((2_048, 6_144)))
    } else if is(&["gpt-5-mini"]) {
        patches(120, every((2_048, 1_536)))
    } else if is(&["gpt-5-nano"]) {
        patches(150, every((2_048, 1_536)))
    } else if is(&["gpt-4.1-nano"]) {
        patches(246, every((2_048, 1_536)))
    } else if is(&["o4-mini"]) {
        patches(172, every((2_048, 1_536)))
    } else if is(&["gpt-5.4", "gpt-5.4-mini", "gpt-5.4-nano"]) {
        let low = (2_048, 6_144);
        patches(120, Limits { low, high: HIGH, auto: HIGH, original: Some(FINE) })
    } else if is(&["gpt-5.5"]) {
        patches(120, Limits { low: SMALL, high: HIGH, auto: FINE, original: Some(FINE) })
    } else if starts(&["gpt-5.6-", "gpt-6-", "gpt-6.1-"]) {
        patches(120, Limits { low: SMALL, high: HIGH, auto: WHOLE, original: Some(WHOLE) })
    } else {
        None
    }
}

/// The tokens of an image for a model, or why they are not known.
///
/// `detail` is what the request writes: `low`, `high`, `auto` or `original` for `OpenAI`, a media resolution
/// for Gemini. Without a size only rules that need none answer.
///
/// # Errors
/// A half sentence that follows the name of the image.
pub fn image_tokens(
    model: &Model,
    size: Option<PixelSize>,
    detail: Option<&str>,
) -> Result<Tokens, String> {
    let Some(rule) = rule(model) else {
        return Err(format!(
            "is an image, for which `{}` has no published rule: declare its tokens with `--media-tokens 1500`",
            model.id
        ));
    };
    let sized = || {
        size.ok_or(
            "is an image whose size is not in the request: declare it with `--image 1024x1024`",
        )
    };
    let tokens = match rule {
        Rule::Gemini { amounts } => {
            let level = detail.unwrap_or_default().to_lowercase();
            let level = level.trim_start_matches("media_resolution_");
            match level {
                "" | "unspecified" => amounts[0],
                "low" => amounts[1],
                "medium" => amounts[2],
                "high" => amounts[3],
                "ultra_high" if amounts[0] == 1_120 => 2_240,
                _ => {
                    return Err(format!(
                        "is an image with the media resolution `{level}`, which no rule of `{}` names",
                        model.id
                    ));
                }
            }
        }
        Rule::Tiles { .. } | Rule::Patches { .. }
            if !matches!(detail, None | Some("low" | "high" | "auto" | "original")) =>
        {
            return Err(format!(
                "is an image with the detail `{}`; the API knows `low`, `high`, `auto` and `original`",
                detail.unwrap_or_default()
            ));
        }
        Rule::Tiles { base, .. } if detail == Some("low") => base,
        Rule::Tiles { base, tile } => base + tile * tiles(sized()?),
        Rule::Patches { hundredths, limits } => {
            (patches(sized()?, limits.at(detail))? * hundredths).div_ceil(100)
        }
        Rule::Claude { edge, most } => {
            let size = sized()?;
            if size.width.max(size.height) > CLAUDE_REFUSES {
                return Err(format!(
                    "is an image with a side of more than {CLAUDE_REFUSES} pixels, which the API refuses"
                ));
            }
            claude_patches(size, edge, most)
        }
    };
    Ok(Tokens::new(tokens))
}

/// How many patches an image has, and how many a model takes at most, where the API refuses it for that.
#[must_use]
pub fn too_many_patches(
    model: &Model,
    size: PixelSize,
    detail: Option<&str>,
) -> Option<(u64, u64)> {
    let Some(Rule::Patches { limits, .. }) = rule(model) else { return None };
    let (edge, most) = limits.at(detail);
    if (edge, most) != WHOLE {
        return None;
    }
    let (width, height) = fitted(size, edge);
    let found = width.div_ceil(32) * height.div_ceil(32);
    (found > most).then_some((found, most))
}

/// Tiles of 512 pixels, after the image was fitted into 2,048 pixels and its short side to 768.
fn tiles(size: PixelSize) -> u64 {
    let (width, height) = fitted(size, 2_048);
    let short = width.min(height);
    let (width, height) = if short > 768 {
        let scale = |side: u64| side * 768 / short;
        (scale(width), scale(height))
    } else {
        (width, height)
    };
    width.div_ceil(512).max(1) * height.div_ceil(512).max(1)
}

/// The sides of an image that fits into a square, never enlarged.
fn fitted(size: PixelSize, edge: u32) -> (u64, u64) {
    let (width, height, edge) = (u64::from(size.width), u64::from(size.height), u64::from(edge));
    let long = width.max(height);
    if long <= edge {
        return (width, height);
    }
    let scale = |side: u64| ((side * edge * 2 + long) / (2 * long)).max(1);
    (scale(width), scale(height))
}

/// Patches of 32 pixels within bounds.
fn patches(size: PixelSize, (edge, budget): Bounds) -> Result<u64, String> {
    let (width, height) = fitted(size, edge);
    let count = |width: u64, height: u64| width.div_ceil(32) * height.div_ceil(32);
    let found = count(width, height);
    if found <= budget {
        return Ok(found);
    }
    if edge == WHOLE.0 {
        return Err(format!(
            "is an image of {found} patches, and the API refuses more than {budget}"
        ));
    }
    let (w, h) = (width as f64, height as f64);
    let factor = (1_024.0 * budget as f64 / (w * h)).sqrt();
    let whole = |side: f64| (side * factor / 32.0).floor() / (side * factor / 32.0);
    let factor = factor * whole(w).min(whole(h));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the scaled side is positive and smaller than the side"
    )]
    let scale = |side: f64| (side * factor).floor().max(1.0) as u64;
    Ok(count(scale(w), scale(h)))
}

/// Patches of 28 pixels of the image as it is resized.
fn claude_patches(size: PixelSize, edge: u32, most: u64) -> u64 {
    let count = |width: u64, height: u64| width.div_ceil(28) * height.div_ceil(28);
    let fits = |width: u64, height: u64| {
        let padded = |side: u64| side.div_ceil(28) * 28;
        let edge = u64::from(edge);
        padded(width) <= edge && padded(height) <= edge && count(width, height) <= most
    };
    let (width, height) = (u64::from(size.width), u64::from(size.height));
    if fits(width, height) {
        return count(width, height);
    }
    let (long, short) = (width.max(height), width.min(height));
    // The short side is rounded half to even, as the published procedure does.
    let beside = |side: u64| {
        let exact = side as f64 * short as f64 / long as f64;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a side is positive and below 2^32"
        )]
        let rounded = exact.round_ties_even() as u64;
        rounded.max(1)
    };
    let (mut low, mut high) = (1, long);
    while low < high {
        let middle = low.midpoint(high + 1);
        if fits(middle, beside(middle)) { low = middle } else { high = middle - 1 }
    }
    count(low, beside(low))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn tokens(id: &str, size: (u32, u32), detail: Option<&str>) -> u64 {
        let catalog = Catalog::embedded();
        let model = catalog.get(id).unwrap_or_else(|| panic!("{id}"));
        let size = PixelSize { width: size.0, height: size.1 };
        image_tokens(model, Some(size), detail).unwrap().get()
    }

    #[test]
    fn openai_counts_tiles_and_patches() {
        for (size, expected) in [
            ((1_024, 1_024), [765, 630, 675, 25_501, 1_762]),
            ((2_048, 2_048), [765, 630, 675, 25_501, 2_617]),
            ((2_048, 4_096), [1_105, 910, 975, 36_835, 0]),
            ((1_920, 1_080), [1_105, 910, 975, 36_835, 2_594]),
            ((1_800, 2_400), [765, 630, 675, 25_501, 2_498]),
            ((4_000, 3_000), [765, 630, 675, 25_501, 2_498]),
        ] {
            for (id, tokens_of) in
                ["gpt-4o", "gpt-5.1", "o3", "gpt-4o-mini", "o4-mini"].into_iter().zip(expected)
            {
                if tokens_of > 0 {
                    assert_eq!(tokens(id, size, None), tokens_of, "{id} {size:?}");
                }
            }
        }
        assert_eq!(tokens("gpt-4o", (1, 1), None), 255);
        assert_eq!(tokens("gpt-4o", (4_000, 3_000), Some("low")), 85);
        for (size, high, newest, next) in [
            ((1_024, 1_024), 1_229, 1_229, 1_229),
            ((2_048, 2_048), 3_000, 4_916, 4_916),
            ((1_920, 1_080), 2_448, 2_448, 2_448),
            ((1_800, 2_400), 2_942, 5_130, 5_130),
            ((4_000, 3_000), 2_942, 14_100, 11_868),
        ] {
            assert_eq!(tokens("gpt-5.4", size, Some("high")), high, "{size:?}");
            assert_eq!(tokens("gpt-5.6-sol", size, None), newest, "{size:?}");
            assert_eq!(tokens("gpt-5.5", size, None), next, "{size:?}");
        }
    }

    #[test]
    fn claude_counts_patches_of_the_resized_image() {
        for (size, standard, high) in [
            ((200, 200), 64, 64),
            ((1_000, 1_000), 1_296, 1_296),
            ((1_092, 1_092), 1_521, 1_521),
            ((1_920, 1_080), 1_560, 2_691),
            ((2_000, 1_500), 1_564, 3_888),
            ((3_840, 2_160), 1_560, 4_784),
            ((1_075, 1_520), 1_551, 2_145),
            ((1_024, 1_024), 1_369, 1_369),
            ((4_096, 512), 392, 1_104),
        ] {
            assert_eq!(tokens("claude-sonnet-4-5", size, None), standard, "{size:?}");
            assert_eq!(tokens("claude-opus-5", size, None), high, "{size:?}");
        }
    }

    #[test]
    fn gemini_counts_by_resolution_and_needs_no_size() {
        let catalog = Catalog::embedded();
        let model = catalog.get("gemini-3.8-flash").unwrap();
        for (detail, expected) in [
            (None, 1_120),
            (Some("MEDIA_RESOLUTION_LOW"), 280),
            (Some("MEDIA_RESOLUTION_MEDIUM"), 560),
            (Some("MEDIA_RESOLUTION_HIGH"), 1_120),
            (Some("MEDIA_RESOLUTION_ULTRA_HIGH"), 2_240),
            (Some("MEDIA_RESOLUTION_UNSPECIFIED"), 1_120),
            (Some("high"), 1_120),
        ] {
            assert_eq!(image_tokens(model, None, detail), Ok(Tokens::new(expected)));
        }
        assert!(image_tokens(model, None, Some("huge")).unwrap_err().contains("`huge`"));
        let older = catalog.get("gemini-2.5-flash").unwrap();
        for (detail, expected) in
            [(None, 256), (Some("low"), 64), (Some("medium"), 256), (Some("high"), 256)]
        {
            assert_eq!(image_tokens(older, None, detail), Ok(Tokens::new(expected)));
        }
        assert!(image_tokens(older, None, Some("ultra_high")).is_err());
    }

    #[test]
    fn a_host_counts_as_the_maker_does() {
        let size = (1_920, 1_080);
        for (hosted, own) in [
            ("azure/gpt-4o", "gpt-4o"),
            ("openrouter/openai/gpt-5.4", "gpt-5.4"),
            ("bedrock/global.openai.gpt-5.6-sol", "gpt-5.6-sol"),
            ("bedrock/us.anthropic.claude-3-7-sonnet-20250219-v1:0", "claude-sonnet-4-5"),
            ("vertex/gemini-3.8-flash", "gemini-3.8-flash"),
        ] {
            assert_eq!(tokens(hosted, size, None), tokens(own, size, None), "{hosted}");
        }
    }

    #[test]
    fn what_is_not_known_is_said() {
        let catalog = Catalog::embedded();
        let error =
            |id: &str, size| image_tokens(catalog.get(id).unwrap(), size, None).unwrap_err();
        assert!(error("gpt-4o", None).contains("--image"));
        let huge = Some(PixelSize { width: u32::MAX, height: u32::MAX });
        assert!(error("gpt-5.6-sol", huge).contains("refuses"));
        assert!(error("o1-mini", huge).contains("no published rule"));
        assert!(error("claude-opus-5", huge).contains("8000 pixels"));
        assert!(tokens("claude-opus-5", (8_000, 1), None) > 0);
        assert!(tokens("gpt-5.5", (u32::MAX, u32::MAX), None) <= 12_000);
        assert!(tokens("gpt-4o", (1, u32::MAX), None) > 0);
    }
}
