//! What the encodings that merge pairs of bytes count with.

use super::pattern::{Form, Rules};
use super::vocabulary::Vocabulary;

/// What such an encoding counts with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Definition {
    pub(super) vocabulary: &'static Vocabulary,
    pub(super) rules: Rules,
    /// What a text is brought into first.
    pub(super) form: Form,
}
