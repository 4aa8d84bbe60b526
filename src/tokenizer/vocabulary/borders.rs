//! Between which characters a token may go on.
//!
//! Every merge makes a token. So where no token of a vocabulary fits over the border between two characters
//! of a piece, no merge crosses it, and the piece may be parted there. Which tokens fit is asked of marks,
//! by the two characters and one on either side of them:
//!
//! - Characters of scripts without spaces, and symbols of ASCII, stand in few tokens of many
//!   characters. A token that is just the two has a mark of both; a longer one has a mark of every
//!   three characters around one such.
//! - For a pair of which only one is such, one mark says whether some token has the two side by side. Between
//!   two others a token is taken to go on.
//! - A token may begin or end within a character: then every character that ends with the same byte, or
//!   begins with the same two, counts as its neighbour.
//!
//! Marks are kept by a hash, so that some borders that no token crosses pass for closed; never the other way.
//! Those of one border are bits of two words, so that two loads answer for it: one word is by the two
//! characters, the other by the bytes on both sides of the border. Before the second a bit tells, and hardly
//! ever does, that some token begins or ends within characters of three bytes like these.

use std::ops::RangeInclusive;

/// The marks, in words of 64 bits, little-endian.
pub(crate) type Marks = [[u8; 8]; WORDS];

/// How many words are by two characters, as a power of two; so many that few of their bits are set.
const PAIR_BITS: u32 = 14;
/// How many are by bytes on both sides of a border; they are behind the others.
const WITHIN_BITS: u32 = 12;
/// Where the bits begin that tell which bytes a token has of parted characters of three bytes: a word for the lowest six
/// bits of the byte before a border and the lowest four of the byte behind it, a bit for the byte after that.
const PARTED: usize = (1 << PAIR_BITS) + (1 << WITHIN_BITS);
/// Where the bits begin that tell which characters of three bytes are tokens.
const WHOLE: usize = PARTED + (1 << 10);
/// How many words the marks are.
const WORDS: usize = WHOLE + (1 << 10);
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// The marks of the borders that tokens cross.
pub(crate) fn marks<'a>(tokens: impl Iterator<Item = &'a [u8]>) -> Vec<[u8; 8]> {
    let mut words = vec![0; WORDS];
    let mut parted = vec![0; WHOLE - PARTED];
    let mut characters = vec![0; WORDS - WHOLE];
    let mut set = |word: Word, bit: u32| words[word.at] |= 1 << (bit & 63);
    let mut part = |last: u32, first_two: u32| {
        let (word, bit) = parted_bit(last, first_two);
        parted[word] |= 1 << bit;
        Word::within(last, first_two)
    };
    let mut whole = Vec::new();
    let is_other = |byte: &u8| *byte < 0x80 && !SYMBOLS[usize::from(*byte)];
    for token in tokens.filter(|token| token.len() > 1 && !token.iter().all(is_other)) {
        if let [0xe0..0xf0, second, third] = *token
            && second & third & 0xc0 == 0x80
        {
            let (word, bit) = character_bit(code(token));
            characters[word] |= 1 << bit;
        }
        let Parts { head, tail } = parts(token, &mut whole);
        let last = whole.len().saturating_sub(1);
        for at in 1..whole.len() {
            let (left, right) = (whole[at - 1], whole[at]);
            if !is_dense(left) && !is_dense(right) {
                continue;
            }
            let word = Word::of_pair(left, right);
            let has_more = at > 1 || at < last;
            let begins_within = at == 1 && head.is_some();
            let ends_within = at == last && tail.is_some();
            if !is_dense(left) || !is_dense(right) || !has_more || begins_within || ends_within {
                set(word, word.bit);
                continue;
            }
            if at > 1 {
                let before = Word::of_pair(whole[at - 2], left);
                set(before, before.bit ^ bit(right));
            }
            if at < last {
                set(word, word.bit ^ bit(whole[at + 1]));
            }
        }
        if let Some((head, first)) = head.zip(whole.first()) {
            set(part(head, first_two(*first)), bit(*first));
        }
        if let Some(Within { lead, seconds }) = tail {
            for second in seconds {
                let right = u32::from(second) << 8 | u32::from(lead);
                match (whole.last(), head) {
                    (Some(left), _) => set(part(last_byte(*left), right), !bit(*left)),
                    (None, Some(head)) => {
                        let word = part(head, right);
                        set(word, word.bit);
                    }
                    (None, None) => {}
                }
            }
        }
    }
    words[PARTED..WHOLE].copy_from_slice(&parted);
    words[WHOLE..].copy_from_slice(&characters);
    words.into_iter().map(u64::to_le_bytes).collect()
}

/// What a token has of characters that it does not have as a whole.
struct Parts {
    /// The last byte of the one that it begins within.
    head: Option<u32>,
    /// The one that it ends within.
    tail: Option<Within>,
}

/// The first byte of a character, and what the second may be.
struct Within {
    lead: u8,
    seconds: RangeInclusive<u8>,
}

/// Parts a token into its whole characters and what is left of others.
fn parts(token: &[u8], whole: &mut Vec<u32>) -> Parts {
    whole.clear();
    if token.is_ascii() {
        whole.extend(token.iter().map(|byte| u32::from(*byte)));
        return Parts { head: None, tail: None };
    }
    let first = token.iter().take_while(|byte| **byte & 0xc0 == 0x80).count();
    let head = first.checked_sub(1).map(|at| u32::from(token[at]));
    let mut rest = &token[first..];
    while let Some(lead) = rest.first() {
        let Some((character, others)) = rest.split_at_checked(length(*lead)) else {
            let seconds = rest.get(1).map_or(0x80..=0xbf, |second| *second..=*second);
            return Parts { head, tail: Some(Within { lead: *lead, seconds }) };
        };
        whole.push(code(character));
        rest = others;
    }
    Parts { head, tail: None }
}

/// What borders are told to.
pub(crate) trait Borders {
    /// Takes in the border at a place, and whether it is sure that no token crosses it.
    fn border(&mut self, at: usize, is_open: bool);

    /// Takes in the borders before characters of three bytes in a row, of which the first is at `at`: a bit for each
    /// tells, from the lowest on, whether it is open and whether the character behind it is a token.
    fn row(&mut self, at: usize, open: u64, tokens: u64);
}

/// Tells of the borders between characters of `piece`, in their order; some closed ones are left out. The piece
/// begins and ends between characters.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled for each path")]
pub(crate) fn each_border(marks: &Marks, piece: &[u8], told: &mut impl Borders) {
    let (mut left, mut at) = character(piece, 0);
    let (mut right, mut end) = character(piece, at);
    // Whether a token has `left` and `right`, and what is before them.
    let mut goes_back = false;
    while at < piece.len() {
        if has_three(left) & has_three(right) {
            let first = at;
            let (mut open, mut tokens) = (0, 0);
            for (number, chunk) in piece[end..].as_chunks().0.iter().take(64).enumerate() {
                let next = code_of_three(*chunk);
                if !has_three(next) {
                    break;
                }
                let word = Word::of_pair(left, right);
                let bits = word.load(marks);
                let goes_on = is_set(bits, word.bit ^ bit(next));
                let is_closed = is_set(bits, word.bit) | goes_back | goes_on;
                let is_within = may_part(marks, left >> 16, right) && is_within(marks, left, right);
                open |= u64::from(!(is_closed | is_within)) << number;
                tokens |= u64::from(is_token(marks, right)) << number;
                goes_back = goes_on;
                (left, right, at, end) = (right, next, end, end.wrapping_add(3));
            }
            if at > first {
                told.row(first, open, tokens);
                continue;
            }
        }
        let (next, after) = character(piece, end);
        let word = Word::of_pair(left, right);
        let bits = word.load(marks);
        let goes_on = is_set(bits, word.bit ^ bit(next));
        let is_closed =
            is_set(bits, word.bit) | goes_back | goes_on | is_within(marks, left, right);
        told.border(at, !is_closed & (is_dense(left) | is_dense(right)));
        goes_back = goes_on;
        (left, right, at, end) = (right, next, end, after);
        if goes_on && left == right && right < 0x80 {
            // The borders of a run that goes on are as closed as its first.
            let more = piece[end..].iter().take_while(|byte| u32::from(**byte) == right).count();
            (at, end) = (at + more, end + more);
        }
    }
}

/// Whether each character of a piece is merged of its bytes before anything else merges with it, because no
/// token begins or ends within one.
pub(crate) fn are_whole(marks: &Marks, piece: &[u8]) -> bool {
    let (mut left, mut at) = character(piece, 0);
    while at < piece.len() {
        let (right, end) = character(piece, at);
        let is_plain = has_three(left) & has_three(right) && !may_part(marks, left >> 16, right);
        if !is_plain && is_within(marks, left, right) {
            return false;
        }
        (left, at) = (right, end);
    }
    true
}

/// Whether a token may cross the border between two characters, and begin or end within one of them.
#[inline]
fn is_within(marks: &Marks, left: u32, right: u32) -> bool {
    let (last, first_two) = (last_byte(left), first_two(right));
    if has_three(right) && !may_part(marks, last, right) {
        return false;
    }
    let word = Word::within(last, first_two);
    let bits = word.load(marks);
    is_set(bits, word.bit) | is_set(bits, !bit(left)) | is_set(bits, bit(right))
}

/// Whether some token begins or ends within characters like these, of which the second has three bytes.
#[inline]
fn may_part(marks: &Marks, last: u32, right: u32) -> bool {
    let (word, bit) = parted_bit(last, right);
    is_set(u64::from_le_bytes(marks[PARTED + word]), bit)
}

/// Which bit of which word tells of a last byte and the first two of a character of three bytes.
#[inline]
fn parted_bit(last: u32, first_two: u32) -> (usize, u32) {
    let (lead, second) = (first_two & 0xf, first_two >> 8 & 0x3f);
    (((last & 0x3f) << 4 | lead) as usize, second)
}

/// Whether a character of three bytes is a token, by its bytes as a number.
#[inline]
fn is_token(marks: &Marks, code: u32) -> bool {
    let (word, bit) = character_bit(code);
    is_set(u64::from_le_bytes(marks[WHOLE + word]), bit)
}

/// Which bit of which word tells of a character of three bytes.
#[inline]
fn character_bit(code: u32) -> (usize, u32) {
    ((code & 0xf | code >> 4 & 0x3f0) as usize, code >> 16 & 0x3f)
}

/// A word of marks: that of two characters, or of the bytes on both sides of a border.
#[derive(Clone, Copy)]
struct Word {
    at: usize,
    /// Which bit of it is for just the two.
    bit: u32,
}

impl Word {
    /// The word of two characters.
    #[inline]
    fn of_pair(left: u32, right: u32) -> Self {
        Self::of(left, right, PAIR_BITS, 0)
    }

    /// The word of the last byte of a character and of the first two of the next.
    #[inline]
    fn within(last: u32, first_two: u32) -> Self {
        Self::of(last, first_two, WITHIN_BITS, 1 << PAIR_BITS)
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "they are the highest bits of a product")]
    fn of(left: u32, right: u32, bits: u32, first: usize) -> Self {
        let hash = (u64::from(left) << 32 | u64::from(right)).wrapping_mul(MIX);
        Self { at: first + (hash >> (64 - bits)) as usize, bit: (hash >> (58 - bits)) as u32 }
    }

    #[inline]
    fn load(self, marks: &Marks) -> u64 {
        u64::from_le_bytes(marks[self.at])
    }
}

/// Which bit a character has in the words of others.
#[inline]
fn bit(code: u32) -> u32 {
    code.wrapping_mul(0x9e37_79b9) >> 26
}

/// Whether a bit is set, by its number modulo 64.
#[inline]
fn is_set(bits: u64, bit: u32) -> bool {
    bits >> (bit & 63) & 1 == 1
}

/// The length of the character that begins with this byte.
#[inline]
pub(crate) fn length(lead: u8) -> usize {
    (lead.leading_ones() as usize).clamp(1, 4)
}

/// The character that begins at a place, and where the next does; none at the end.
#[inline]
fn character(text: &[u8], at: usize) -> (u32, usize) {
    let rest = &text[at..];
    let Some(lead) = rest.first() else { return (0, at) };
    let length = length(*lead);
    let code = match rest.first_chunk() {
        Some(bytes) => u32::from_le_bytes(*bytes) & u32::MAX >> (32 - 8 * length),
        None => code(&rest[..length.min(rest.len())]),
    };
    (code, text.len().min(at + length))
}

/// The bytes of a character as a number.
#[inline]
fn code(character: &[u8]) -> u32 {
    character.iter().rev().fold(0, |code, byte| code << 8 | u32::from(*byte))
}

/// The same of three bytes.
#[inline]
fn code_of_three([first, second, third]: [u8; 3]) -> u32 {
    u32::from_le_bytes([first, second, third, 0])
}

/// Whether a character has three bytes.
#[inline]
fn has_three(code: u32) -> bool {
    code & 0xf0 == 0xe0
}

/// The last byte of a character.
#[inline]
fn last_byte(code: u32) -> u32 {
    code >> (24 - (code.leading_zeros() & 0x18))
}

/// The first two bytes of a character.
#[inline]
fn first_two(code: u32) -> u32 {
    code & 0xffff
}

/// Whether a character is one of those with marks of three: of three bytes or more, or a symbol of ASCII.
fn is_dense(code: u32) -> bool {
    // The lowest byte of a character of two is no symbol.
    code > 0xffff || SYMBOLS[(code & 0xff) as usize]
}

/// Which bytes are symbols of ASCII.
static SYMBOLS: [bool; 256] = {
    let mut symbols = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        symbols[byte as usize] = byte.is_ascii_punctuation();
        byte += 1;
    }
    symbols
};

#[cfg(test)]
mod tests {
    use super::*;

    fn open(tokens: &[&[u8]], piece: &str) -> Vec<usize> {
        let marks = marks(tokens.iter().copied());
        let mut places = Vec::new();
        each_border(marks.as_slice().try_into().unwrap(), piece.as_bytes(), &mut places);
        places
    }

    impl Borders for Vec<usize> {
        fn border(&mut self, at: usize, is_open: bool) {
            self.extend(is_open.then_some(at));
        }

        fn row(&mut self, at: usize, open: u64, _: u64) {
            self.extend((0..64).filter(|bit| open >> bit & 1 == 1).map(|bit| at + 3 * bit));
        }
    }

    #[test]
    fn no_place_that_a_token_crosses_is_open() {
        let tokens: [&[u8]; 2] = ["天气".as_bytes(), b" a"];
        assert_eq!(open(&tokens, "天气天"), [6]);
        assert_eq!(open(&tokens, "天a天"), [3, 4]);
        // The end of one character and the beginning of another: `地` ends in b0, `好` begins with e5.
        assert_eq!(open(&[b"\xb0\xe5"], "地好地"), [6]);
        assert_eq!(open(&[b"x\xe6\x97"], "x日y日"), [4, 5]);
        assert_eq!(open(&[b" a"], " a天"), [2]);
        assert_eq!(open(&[b"\xb0\xe5\xa5\xbd\xe6"], "地好日"), [] as [usize; 0]);
    }

    #[test]
    fn longer_tokens_close_a_place_only_among_their_neighbours() {
        let tokens: [&[u8]; 1] = ["公园里".as_bytes()];
        assert_eq!(open(&tokens, "公园里"), [] as [usize; 0]);
        assert_eq!(open(&tokens, "去公园"), [3, 6]);
        assert_eq!(open(&tokens, "园里面"), [3, 6]);
        assert_eq!(open(&[b"-->"], "--->"), [1]);
        assert_eq!(open(&[b"-->"], "->->"), [1, 2, 3]);
        // One that begins within a character closes the places behind it too.
        let within = [b"\xb0", "公园里".as_bytes()].concat();
        assert_eq!(open(&[&within], "地公园里"), [] as [usize; 0]);
        // Not so where letters stand in many tokens.
        assert_eq!(open(&[b"a-b"], "a-ab"), [2]);
        assert_eq!(open(&[b"ab"], "xyzw"), [] as [usize; 0]);
    }
}
