//! Between which characters a token may go on.
//!
//! Where no token of a vocabulary has two characters side by side, no merge crosses the border between
//! them, so that a piece may be parted there. A token may begin or end within a character: then every
//! character that ends or begins with the same byte counts as its neighbour. Borders are marked by a
//! hash, so that some that no token crosses pass for closed; never the other way.

/// How many bits of a hash choose a mark.
const BITS: u32 = 20;
const MIX: u64 = 0x9e37_79b9_7f4a_7c15;

/// The marks of the borders that tokens cross, 8 to a byte.
pub(crate) fn marks<'a>(tokens: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut marks = vec![0; 1 << (BITS - 3)];
    for token in tokens {
        for at in (1..token.len()).filter(|at| token[*at] & 0xc0 != 0x80) {
            let (before, after) = token.split_at(at);
            let first = u32::from(after[0]);
            let lead = before.iter().rposition(|byte| byte & 0xc0 != 0x80);
            let mark = match (lead, after.get(..length(after[0]))) {
                (Some(lead), Some(right)) => mark(code(&before[lead..]), code(right)),
                (Some(lead), None) => mark(code(&before[lead..]), first),
                (None, _) => mark(u32::from(before[at - 1]), first),
            };
            marks[mark / 8] |= 1 << (mark % 8);
        }
    }
    marks
}

/// Whether no token crosses the border between two characters.
#[inline]
pub(crate) fn is_open(marks: &[u8], left: &[u8], right: &[u8]) -> bool {
    let first = u32::from(right[0]);
    let last = u32::from(left[left.len() - 1]);
    let left = code(left);
    let is_set = |mark: usize| marks[mark / 8] >> (mark % 8) & 1 == 1;
    !(is_set(mark(left, code(right))) | is_set(mark(left, first)) | is_set(mark(last, first)))
}

/// The length of the character that begins with this byte.
#[inline]
pub(crate) fn length(lead: u8) -> usize {
    match lead {
        0..0xc0 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0.. => 4,
    }
}

/// The bytes of a character as a number.
#[inline]
fn code(character: &[u8]) -> u32 {
    character.iter().rev().fold(0, |code, byte| code << 8 | u32::from(*byte))
}

/// Which mark two characters, or the bytes that are known of them, have.
#[inline]
fn mark(left: u32, right: u32) -> usize {
    let key = u64::from(left) << 32 | u64::from(right);
    (key.wrapping_mul(MIX) >> (64 - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_that_tokens_cross_are_closed() {
        let tokens: [&[u8]; 4] = ["天气".as_bytes(), b" a", b"\xb0\xe5", b"x\xe6\x97"];
        let marks = marks(tokens.into_iter());
        let open = |left: &str, right: &str| is_open(&marks, left.as_bytes(), right.as_bytes());
        assert!(!open("天", "气"));
        assert!(!open(" ", "a"));
        // The end of one character and the beginning of another.
        assert!(!open("地", "好") || "地".as_bytes()[2] != 0xb0);
        assert!(!open("x", "日") && !open("x", "时"));
        assert!(open("气", "天") && open("a", " ") && open("y", "日"));
    }
}
