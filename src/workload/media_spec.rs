//! What is known of parts of requests that a request does not state.

use serde::Deserialize;

use super::literal::optional;
#[cfg(feature = "cli")]
use super::literal::parse;
use crate::request::{DeclaredSizes, MediaLength, PageCount, PixelSize};
use crate::units::Tokens;

/// How large images, documents, sounds and films are whose size is not in the request. Flags and `outlay.toml`
/// fill it.
#[derive(Debug, Default, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct MediaSpec {
    /// The size of images whose size is not in the request, such as 1024x768
    #[cfg_attr(feature = "cli", arg(long, value_name = "WxH", value_parser = parse::<PixelSize>, allow_hyphen_values = true))]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    #[serde(with = "optional")]
    pub image: Option<PixelSize>,
    /// The pages of documents whose pages are not in the request
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", value_parser = parse::<PageCount>, allow_hyphen_values = true))]
    #[cfg_attr(test, schemars(with = "Option<super::Literal<PageCount>>"))]
    #[serde(with = "optional")]
    pub pages: Option<PageCount>,
    /// The length of sound whose length is not in the request, such as 90s
    #[cfg_attr(feature = "cli", arg(long, value_name = "TIME", value_parser = parse::<MediaLength>, allow_hyphen_values = true))]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    #[serde(with = "optional")]
    pub audio: Option<MediaLength>,
    /// The length of films whose length is not in the request, such as 2min
    #[cfg_attr(feature = "cli", arg(long, value_name = "TIME", value_parser = parse::<MediaLength>, allow_hyphen_values = true))]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    #[serde(with = "optional")]
    pub video: Option<MediaLength>,
    /// The tokens of each image, document, sound or film that no published rule counts
    #[cfg_attr(feature = "cli", arg(long, value_name = "TOKENS", value_parser = parse::<Tokens>, allow_hyphen_values = true))]
    #[cfg_attr(test, schemars(with = "Option<super::Literal<Tokens>>"))]
    #[serde(with = "optional")]
    pub media_tokens: Option<Tokens>,
}

impl MediaSpec {
    /// This, and where it says nothing what is said in general.
    #[must_use]
    pub fn over(&self, general: &Self) -> DeclaredSizes {
        DeclaredSizes {
            image: self.image.or(general.image),
            pages: self.pages.or(general.pages),
            audio: self.audio.or(general.audio),
            video: self.video.or(general.video),
            tokens: self.media_tokens.or(general.media_tokens),
        }
    }
}
