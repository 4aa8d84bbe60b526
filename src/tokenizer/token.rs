//! A token in its place.

/// A token of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// The byte of the piece at which it starts.
    pub start: usize,
    /// Its id.
    pub id: u32,
}
