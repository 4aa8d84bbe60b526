//! Characters of UTF-8 text, without a check: a text has been checked where it came from.

use super::vocabulary::hash::of_three;

/// The number of a character outside ASCII, and its length in bytes.
#[inline]
pub(super) fn character(lead: u8, text: &[u8], at: usize) -> (usize, usize) {
    let bytes: [u8; 4] = match text[at..].first_chunk() {
        Some(bytes) => *bytes,
        None => std::array::from_fn(|i| text.get(at + i).copied().unwrap_or_default()),
    };
    let bits = |i: usize| usize::from(bytes[i] & 0x3f);
    match lead {
        0..0xe0 => (usize::from(lead & 0x1f) << 6 | bits(1), 2),
        0xe0..0xf0 => (of_three([lead, bytes[1], bytes[2]]), 3),
        0xf0.. => (usize::from(lead & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3), 4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_has_its_number() {
        let mut text = [b'a'; 8];
        for c in '\u{80}'..=char::MAX {
            let length = c.encode_utf8(&mut text).len();
            let found = (c as usize, length);
            assert_eq!(character(text[0], &text, 0), found);
            assert_eq!(character(text[0], &text[..length], 0), found);
        }
    }
}
