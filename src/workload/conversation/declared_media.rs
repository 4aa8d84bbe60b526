//! Images, documents, sound and films that a conversation sends, declared by their size.

use serde::Deserialize;

use super::super::literal::optional;
use crate::catalog::Model;
use crate::request::{DeclaredSizes, Media, MediaKind, MediaLength, PageCount, PixelSize};
use crate::units::{Count, Tokens};
use crate::{Error, ErrorKind};

/// Images, documents, sounds or films that a conversation sends, all of one size.
#[derive(Debug, Default, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeclaredMedia {
    /// The size of each image in pixels, such as `1024x1024`; models that count every image alike need none.
    #[serde(with = "optional")]
    pub size: Option<PixelSize>,
    /// The pages of each document.
    #[serde(with = "optional")]
    pub pages: Option<PageCount>,
    /// How long each sound or film is, such as `90s`.
    #[serde(with = "optional")]
    pub length: Option<MediaLength>,
    /// The tokens of each, for models that do not publish how they count them.
    #[serde(with = "optional")]
    pub tokens: Option<Tokens>,
    /// How closely the model is to look at them, as its API writes it, such as `low`.
    pub detail: Option<String>,
    /// How many are sent before the first turn; none unless said otherwise.
    #[serde(with = "optional")]
    pub base: Option<Count>,
    /// How many come with each message of the user; one unless `base` is given.
    #[serde(with = "optional")]
    pub each_turn: Option<Count>,
}

/// The tokens of what is declared.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct MediaTokens {
    /// Of those before the first turn.
    pub(super) base: Tokens,
    /// Of those in each message of the user.
    pub(super) each_turn: Tokens,
}

impl DeclaredMedia {
    /// Their tokens for a model.
    ///
    /// # Errors
    /// [`ErrorKind::Uncountable`] where the model has no published rule, or the rule needs a size that is not
    /// declared; [`ErrorKind::Amount`] where they are more tokens than any model reads.
    pub(super) fn tokens(&self, kind: MediaKind, model: &Model) -> Result<MediaTokens, Error> {
        let sizes = DeclaredSizes {
            image: self.size,
            pages: self.pages,
            audio: self.length,
            video: self.length,
            tokens: self.tokens,
        };
        let one = Media::declared(kind, &sizes, self.detail.as_deref()).tokens_for(model);
        let one = one.map_err(|why| {
            let key = match kind {
                MediaKind::Image => "images their `size`, such as \"1024x1024\"",
                MediaKind::Document => "documents their `pages`",
                MediaKind::Audio => "sounds their `length`, such as \"90s\"",
                MediaKind::Video => "films their `length`, such as \"90s\"",
            };
            Error::new(ErrorKind::Uncountable, format!("`[{kind}]` {why}"))
                .hint(format!("give the {key}, or their `tokens`"))
        })?;
        let many = |count: Option<Count>, usual: u64| {
            let tokens = one.get().checked_mul(count.map_or(usual, Count::get)).map(Tokens::new);
            tokens.filter(|tokens| *tokens <= Tokens::LIMIT).ok_or_else(|| {
                Error::new(
                    ErrorKind::Amount,
                    format!("`[{kind}]` is more than {} tokens", Tokens::LIMIT),
                )
                .hint("no model reads that much; check its `base`, `each_turn` and size")
            })
        };
        let usual = u64::from(self.base.is_none());
        Ok(MediaTokens { base: many(self.base, 0)?, each_turn: many(self.each_turn, usual)? })
    }
}

impl MediaTokens {
    /// Those of all that is declared.
    pub(super) fn of(all: &[(MediaKind, DeclaredMedia)], model: &Model) -> Result<Self, Error> {
        all.iter().try_fold(Self::default(), |sum, (kind, media)| {
            let Self { base, each_turn } = media.tokens(*kind, model)?;
            Ok(Self { base: sum.base + base, each_turn: sum.each_turn + each_turn })
        })
    }
}
