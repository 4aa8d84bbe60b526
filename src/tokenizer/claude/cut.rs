//! Places where a text may be cut so that its parts count as much as the whole.
//!
//! Before such a place stands a letter of a word, which normalisation does not change, and behind it
//! something that ends the word: a part begins as after a word, wherever it was cut.

use super::character::{CLASS, Character, FATE};
use super::property::{
    ALONE, ALONE_SYMBOL, COMPOSED, LETTER, ORDERED, REMOVED, REMOVED_LATE, SELECTOR, SYMBOLIC, WORD,
};

/// The first place where `text` may be cut, other than its ends.
pub(crate) fn first(text: &[u8]) -> Option<usize> {
    (1..text.len()).find(|at| is_safe(text, *at))
}

/// The last place where `text` may be cut, other than its ends.
pub(crate) fn last(text: &[u8]) -> Option<usize> {
    (1..text.len()).rev().find(|at| is_safe(text, *at))
}

/// Whether a text, valid UTF-8 before `at`, may be cut there.
fn is_safe(text: &[u8], at: usize) -> bool {
    if text[at] & 0xc0 == 0x80 {
        return false;
    }
    let left = Character::before(text, at);
    let right = Character::at(text, at);
    let stays = |c: Character| {
        let is_removed = c.is(FATE, REMOVED) || c.is(FATE, REMOVED_LATE);
        !is_removed && !c.has(COMPOSED | ORDERED | SELECTOR)
    };
    if !stays(left) || !stays(right) || right.is(CLASS, WORD) {
        return false;
    }
    let is_word = left.is(CLASS, WORD) && !left.has(SYMBOLIC);
    // No piece has an ideograph and a symbol behind it.
    let is_ideograph = left.is(CLASS, ALONE) && left.has(LETTER) && right.is(CLASS, ALONE_SYMBOL);
    is_word || is_ideograph
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tokenizer::claude::{Ends, Family, Tally};

    const BITS: [&str; 40] = [
        "a", "B", "word", "Word", " ", " ", "  ", "\n", "\r\n", "\t", "'", "'s", "s", ".", "=",
        "}", "1", "٣", "१", "é", "Ж", "中", "。", "，", "“", "’", "²", "か", "กา", "\u{301}",
        "\u{338}", "\u{e4d}", "\u{e32}", "\u{94d}", "\u{a0}", "\u{1}", "\u{e000}", "\u{fe0f}",
        "👍", "ᄀ",
    ];

    fn count(family: Family, parts: &[&str]) -> u64 {
        let mut tally = Tally::new(family, 0);
        for (i, part) in parts.iter().enumerate() {
            let ends = Ends { is_first: i == 0, is_last: i + 1 == parts.len() };
            tally.count(part.as_bytes(), ends);
        }
        tally.total()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn parts_count_as_much_as_the_whole(
            bits in prop::collection::vec(prop::sample::select(&BITS), 1..40),
        ) {
            let text = bits.concat();
            for at in (1..text.len()).filter(|at| is_safe(text.as_bytes(), *at)) {
                let (left, right) = text.split_at(at);
                for family in [Family::V3, Family::V4_7, Family::V4_8] {
                    prop_assert_eq!(
                        count(family, &[left, right]),
                        count(family, &[&text]),
                        "{:?} {:?} | {:?}", family, left, right
                    );
                }
            }
        }
    }

    #[test]
    fn ordinary_text_has_a_place_in_every_line() {
        let places =
            |text: &str| (1..text.len()).filter(|at| is_safe(text.as_bytes(), *at)).count();
        assert!(places("Two words") > 0);
        assert!(places("f(x)") > 0);
        assert!(places("今天天气很好，我们去公园。") > 0);
        assert!(places("今日は、東京へ。") > 0);
        assert!(places("สวัสดี\nสวัสดี") > 0);
        assert_eq!(places("'s"), 0);
    }
}
