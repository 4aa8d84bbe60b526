//! What a line means.

/// What a line means, which a renderer may show in colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emphasis {
    /// An answer that is fine.
    Good,
    /// An answer to look at.
    Caution,
    /// An answer that is not fine.
    Bad,
    /// Background.
    Muted,
    /// Where a figure comes from, or what was assumed: a terminal names it, and shows all of it with -v.
    Source,
    /// Nothing special.
    Plain,
}
