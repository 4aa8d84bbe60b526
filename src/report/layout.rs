//! How the form for a terminal is laid out.

/// How the table form is laid out; the others do not look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The width of the terminal, in characters.
    pub width: u16,
}

impl Default for Layout {
    /// 100 characters.
    fn default() -> Self {
        Self { width: 100 }
    }
}
