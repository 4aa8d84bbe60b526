//! The tokens of a part for a model.

use std::borrow::Cow;

use super::image::image_tokens;
use super::part::{Media, PixelSize};
use super::rate;
use crate::catalog::Model;

impl Media {
    /// The same with its tokens for a model; `declared` is the size of an image whose size is not in the
    /// request.
    #[must_use]
    pub(in crate::request) fn counted_for(
        &self,
        model: &Model,
        declared: Option<PixelSize>,
    ) -> Self {
        let counted = if self.is_image() {
            let size = self.size.or(declared);
            image_tokens(model, size, self.detail.as_deref()).map(|tokens| (tokens, None))
        } else {
            rate::tokens(self, model).map(|counted| (counted.tokens, counted.beside))
        };
        match counted {
            Ok((tokens, beside)) => Self { tokens: Some(tokens), beside, ..self.clone() },
            Err(why) => Self { hidden: Some(Cow::Owned(why)), ..self.clone() },
        }
    }
}
