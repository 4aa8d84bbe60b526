//! What counting for Claude wants to know about a character, in the bits of one number, the same for
//! the build script that lays out the table of all characters and for the engine that reads it.

// The lowest three bits are the class of the run that it is part of.

/// A letter of a script that has words, or a mark that belongs to one.
pub(crate) const WORD: u16 = 1;
/// A decimal digit of ASCII or Arabic-Indic.
pub(crate) const DIGIT: u16 = 2;
/// A symbol that has a place in pieces of several symbols.
pub(crate) const SYMBOL: u16 = 3;
/// White space.
pub(crate) const SPACE: u16 = 4;
/// What stands alone and never touches white space with a mark: ideographs, emoji.
pub(crate) const ALONE: u16 = 5;
/// What stands alone and is a number.
pub(crate) const ALONE_NUMBER: u16 = 6;
/// What stands alone and is a symbol.
pub(crate) const ALONE_SYMBOL: u16 = 7;

/// A variation selector.
pub(crate) const SELECTOR: u16 = 1 << 3;
/// A mark that begins a word of its own where no letter stands before it.
pub(crate) const STRAY: u16 = 1 << 4;
/// A symbol by its category, whatever its class.
pub(crate) const SYMBOLIC: u16 = 1 << 5;
/// A number that is no decimal digit (No).
pub(crate) const OTHER_NUMBER: u16 = 1 << 6;
/// A letter or a mark by its category.
pub(crate) const LETTER: u16 = 1 << 7;

/// A character that canonical ordering may move.
pub(crate) const ORDERED: u16 = 1 << 8;
/// A character that composition may change.
pub(crate) const COMPOSED: u16 = 1 << 9;
/// A character of a Unicode newer than that of the reconstruction, which composes nothing with it.
pub(crate) const NEW: u16 = 1 << 13;

// These three bits are what becomes of the character.

/// It is removed.
pub(crate) const REMOVED: u16 = 1 << 10;
/// It is removed, and keeps those beside it apart until then.
pub(crate) const REMOVED_LATE: u16 = 2 << 10;
/// It becomes a space.
pub(crate) const SPACED: u16 = 3 << 10;
/// It becomes a straight single quote, in the older family.
pub(crate) const QUOTE: u16 = 4 << 10;
/// It becomes a straight double quote, in the older family.
pub(crate) const DOUBLE_QUOTE: u16 = 5 << 10;

/// Characters on a page of the table; a power of two.
pub(crate) const PAGE: usize = 128;

/// The marks of a stream, in bytes that no normalised text has: a word begins.
pub(crate) const BEGIN: u8 = 1;
/// A word ends.
pub(crate) const END: u8 = 2;
/// Its first letter is a capital.
pub(crate) const SHIFT: u8 = 3;
/// All its letters are capitals.
pub(crate) const CAPS: u8 = 4;

/// A slot of the trie: the byte that leads to it.
pub(crate) const LABEL: u32 = 0xff;
/// The bytes up to here are a piece.
pub(crate) const PIECE: u32 = 1 << 8;
/// The bytes up to here are one token where no piece has their character.
pub(crate) const BEGINNING: u32 = 1 << 9;
/// From which bit on a slot says where those after it are.
pub(crate) const BASE: u32 = 10;
