//! How the form for a terminal is laid out.

/// How the table form is laid out; the others do not look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalOptions {
    /// The width of the terminal, in characters.
    pub width: u16,
    /// How pictures are drawn below the tables; `None` where none are wanted.
    pub pictures: Option<Blocks>,
    /// Whether to say in full where figures come from.
    pub verbose: bool,
}

impl Default for TerminalOptions {
    /// 100 characters, without pictures.
    fn default() -> Self {
        Self { width: 100, pictures: None, verbose: false }
    }
}

/// How a picture is drawn in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocks {
    /// Only the characters of ASCII.
    pub ascii: bool,
}
