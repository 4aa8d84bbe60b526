//! A token in its place.

/// A token of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// The byte of the piece at which it starts.
    pub(super) start: usize,
    /// Its id.
    pub(super) id: u32,
}
