//! What is declared of parts whose size a request does not state.

use super::amount::{MediaLength, PageCount};
use super::part::{Media, MediaKind, PixelSize};
use crate::units::{Position, Tokens};

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
        let start = Position::START;
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
