//! What is declared of parts whose size a request does not state.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use super::part::{Media, MediaKind, PixelSize};
use crate::units::{Count, Position, Seconds, Tokens};
use crate::{Error, ErrorKind};

/// The pages of a document, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageCount(NonZeroU32);

impl PageCount {
    /// The number.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for PageCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Count::from(self.get()).fmt(f)
    }
}

impl FromStr for PageCount {
    type Err = Error;

    /// Reads 1 to 4,294,967,295, written as any count.
    fn from_str(text: &str) -> Result<Self, Error> {
        let refused = |why: String| {
            Error::new(ErrorKind::Amount, format!("`{text}` {why}"))
                .hint("write the pages of one document, such as `3`")
        };
        let pages: Count = text.parse()?;
        let pages = u32::try_from(pages.get())
            .map_err(|_| refused(format!("is more than {} pages", Count::from(u32::MAX))))?;
        let pages = NonZeroU32::new(pages);
        pages.map(Self).ok_or_else(|| refused("is no number of pages of a document".to_owned()))
    }
}

/// How long sound or a film is, more than no time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MediaLength(Seconds);

impl MediaLength {
    /// The number of seconds.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0.get()
    }
}

impl fmt::Display for MediaLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for MediaLength {
    type Err = Error;

    /// Reads a length of time, such as `90s`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let length: Seconds = text.parse()?;
        if length.get() > 0.0 {
            return Ok(Self(length));
        }
        Err(Error::new(ErrorKind::Amount, format!("`{text}` is no length of sound or a film"))
            .hint("write how long one is, such as `90s`"))
    }
}

/// How large parts are whose size is not in a request.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct DeclaredSizes {
    /// Of images.
    pub image: Option<PixelSize>,
    /// The pages of documents.
    pub pages: Option<PageCount>,
    /// How long sounds are.
    pub audio: Option<MediaLength>,
    /// How long films are.
    pub video: Option<MediaLength>,
    /// The tokens of each part that no published rule counts.
    pub tokens: Option<Tokens>,
}

impl Media {
    /// A part that is nowhere but declared.
    pub(crate) fn declared(kind: MediaKind, sizes: &DeclaredSizes, detail: Option<&str>) -> Self {
        let start = Position { line: 1, column: 1 };
        let mut media = Self::new(kind, &kind.to_string(), start);
        media.detail = detail.map(ToOwned::to_owned);
        media.declare(sizes);
        media
    }

    /// Takes what is declared of it where the request does not state it.
    pub(in crate::request) fn declare(&mut self, sizes: &DeclaredSizes) {
        self.declared = sizes.tokens;
        match self.kind {
            MediaKind::Image => self.size = self.size.or(sizes.image),
            MediaKind::Audio => self.seconds = self.seconds.or(sizes.audio.map(MediaLength::get)),
            MediaKind::Video => self.seconds = self.seconds.or(sizes.video.map(MediaLength::get)),
            MediaKind::Document => self.state_pages(sizes.pages),
        }
    }
}
