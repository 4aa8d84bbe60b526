//! The tokens of a part for a model.

use std::borrow::Cow;

use super::image::image_tokens;
use super::part::Media;
use super::rate::{self, Counted};
use crate::catalog::Model;
use crate::units::Tokens;

impl Media {
    /// The same with its tokens for a model.
    #[must_use]
    pub(in crate::request) fn counted_for(&self, model: &Model) -> Self {
        match self.counted(model) {
            Ok(Counted { tokens, beside }) => Self { tokens: Some(tokens), beside, ..self.clone() },
            Err(why) => Self { hidden: Some(Cow::Owned(why)), ..self.clone() },
        }
    }

    /// Its tokens for a model.
    ///
    /// # Errors
    /// A half sentence that says why they are not known.
    pub(crate) fn tokens_for(&self, model: &Model) -> Result<Tokens, String> {
        self.counted(model).map(|counted| counted.tokens)
    }

    /// By the published rule, else as declared.
    fn counted(&self, model: &Model) -> Result<Counted, String> {
        let by_rule = if self.is_image() {
            let tokens = image_tokens(model, self.size, self.detail.as_deref());
            tokens.map(|tokens| Counted { tokens, beside: None })
        } else {
            rate::tokens(self, model)
        };
        by_rule.or_else(|why| {
            let declared = self.declared.map(|tokens| Counted { tokens, beside: None });
            declared.ok_or(why)
        })
    }
}
