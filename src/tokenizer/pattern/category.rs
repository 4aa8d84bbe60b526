//! What the splitting rules want to know about a character, one bit each, the same for the build
//! script that lays out the table of all characters and for the engine that reads it.

/// Upper-case and title-case letters (Lu, Lt).
pub(crate) const UPPER: u8 = 1;
/// Lower-case letters (Ll).
pub(crate) const LOWER: u8 = 1 << 1;
/// Letters without case (Lo, Lm).
pub(crate) const CASELESS: u8 = 1 << 2;
/// Combining marks (M).
pub(crate) const MARK: u8 = 1 << 3;
/// Numbers (N).
pub(crate) const NUMBER: u8 = 1 << 4;
/// White space but for the next two.
pub(crate) const SPACE: u8 = 1 << 5;
/// Carriage return and line feed.
pub(crate) const NEWLINE: u8 = 1 << 6;
/// Everything else.
pub(crate) const OTHER: u8 = 1 << 7;

/// Characters on a page of the table; a power of two.
pub(crate) const PAGE: usize = 128;

/// A table of its own: what some patterns want to know of a character besides its class.
///
/// The script is Han.
pub(crate) const HAN: u8 = 1;
/// U+4E00 to U+9FA5 or U+3040 to U+30FF, as the pattern of DeepSeek has it.
pub(crate) const KANA_OR_HAN: u8 = 1 << 1;
/// Punctuation and symbols (P, S).
pub(crate) const SYMBOL: u8 = 1 << 2;
/// A token of Gemma is this character.
pub(crate) const KNOWN_TO_GEMMA: u8 = 1 << 3;
