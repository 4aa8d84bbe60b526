//! Images that a conversation sends, declared by their size.

use serde::Deserialize;

use super::super::literal::optional;
use crate::catalog::Model;
use crate::request::{PixelSize, image_tokens};
use crate::units::{Count, Tokens};
use crate::{Error, ErrorKind};

/// Images that a conversation sends, all of one size.
#[derive(Debug, Default, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeclaredImages {
    /// Their size in pixels, such as `1024x1024`; models that count every image alike need none.
    #[serde(with = "optional")]
    pub size: Option<PixelSize>,
    /// How closely the model is to look at them, as its API writes it, such as `low`.
    pub detail: Option<String>,
    /// How many are sent before the first turn; none unless said otherwise.
    #[serde(with = "optional")]
    pub base: Option<Count>,
    /// How many come with each message of the user; one unless `base` is given.
    #[serde(with = "optional")]
    pub each_turn: Option<Count>,
}

/// The tokens of declared images.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct ImageTokens {
    /// Of those before the first turn.
    pub(super) base: Tokens,
    /// Of those in each message of the user.
    pub(super) each_turn: Tokens,
}

impl DeclaredImages {
    /// Their tokens for a model.
    ///
    /// # Errors
    /// [`ErrorKind::Uncountable`] where the model has no published rule, or the rule needs a size.
    pub(super) fn tokens(&self, model: &Model) -> Result<ImageTokens, Error> {
        let one = image_tokens(model, self.size, self.detail.as_deref()).map_err(|why| {
            Error::new(ErrorKind::Uncountable, format!("`[image]` {why}"))
                .hint("give the images their `size`, such as \"1024x1024\", or add their tokens to `user`")
        })?;
        let many = |count: Option<Count>, usual: u64| {
            Tokens::new(one.get().saturating_mul(count.map_or(usual, Count::get)))
        };
        let usual = u64::from(self.base.is_none());
        Ok(ImageTokens { base: many(self.base, 0), each_turn: many(self.each_turn, usual) })
    }
}
