//! Places where a text may be cut so that its parts count as much as the whole.
//!
//! Such a place must be the start of a piece, and the piece before it must not become another one
//! because the text ends there. The rules are few and sure rather than complete: they find a place in
//! every line of ordinary text.

use super::category::{CASELESS, LOWER, MARK, NEWLINE, NUMBER, OTHER, SPACE, UPPER};
use super::class::class_at;
use super::scan::Rules;

const WORD: u8 = UPPER | LOWER | CASELESS | NUMBER;

/// The first place where `text` may be cut, other than its ends.
pub(crate) fn first(rules: Rules, text: &[u8]) -> Option<usize> {
    (1..text.len()).find(|at| is_safe(rules, text, *at))
}

/// The last place where `text` may be cut, other than its ends.
pub(crate) fn last(rules: Rules, text: &[u8]) -> Option<usize> {
    (1..text.len()).rev().find(|at| is_safe(rules, text, *at))
}

/// Whether a text, valid UTF-8 before `at`, may be cut there.
fn is_safe(rules: Rules, text: &[u8], at: usize) -> bool {
    if text[at] & 0xc0 == 0x80 {
        return false;
    }
    let both_ascii = text[at - 1].is_ascii() && text[at].is_ascii();
    let before = (0..at).rev().find(|i| text[*i] & 0xc0 != 0x80).unwrap_or_default();
    let (left, _) = class_at(text, before);
    let (right, _) = class_at(text, at);
    // White space takes nothing before it into its piece.
    let before_white = match right {
        SPACE => left & (WORD | MARK | OTHER) != 0,
        // A line break may belong to symbols before it, but not in the oldest pattern.
        NEWLINE => left & WORD != 0 || rules == Rules::Gpt2 && left & (MARK | OTHER) != 0,
        _ => false,
    };
    // Letters and numbers never take a line break with them. At the end of a text the oldest pattern
    // treats one as no different from other white space.
    let after_newline = left == NEWLINE && right & WORD != 0 && rules != Rules::Gpt2;
    // No word or number goes on with a symbol but in a contraction.
    let before_symbol = left & WORD != 0 && right == OTHER && text[at] != b'\'';
    match rules {
        // A symbol may be Han, and go on with Chinese.
        Rules::Kimi if before_symbol => return both_ascii,
        // Tokens may go across any place outside ASCII, and across both sides of the end of a tag: `</s>`.
        Rules::Gemma if !both_ascii || text[at - 1] == b'>' || text[at] == b'>' => return false,
        Rules::Gemma if text[at] < b'\n' => return false,
        Rules::Gemma if matches!(text[at], 0x0b..0x20) => return false,
        _ => {}
    }
    before_white || after_newline || before_symbol
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tokenizer::Encoding;
    use crate::tokenizer::definition::Definition;
    use crate::tokenizer::method::Method;

    const BITS: [&str; 30] = [
        ">", " </", "⺀", "\u{3097}", "a", "B", " ", " ", "\n", "\r\n", "\t", "'", "s", "'ll", ".",
        "/", "}", "1", "٣", "é", "Ж", "中", "。", "\u{301}", "\u{a0}", "\u{3000}", "\u{85}", "👍",
        "ſ", "word",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn parts_count_as_much_as_the_whole(
            bits in prop::collection::vec(prop::sample::select(&BITS), 1..40),
        ) {
            let text = bits.concat();
            for encoding in Encoding::ALL {
                let Method::BytePairs(Definition { rules, .. }) = Method::of(encoding) else {
                    continue;
                };
                let whole = encoding.encode(&text);
                for at in (1..text.len()).filter(|at| is_safe(rules, text.as_bytes(), *at)) {
                    let (left, right) = text.split_at(at);
                    let parts = [encoding.encode(left), encoding.encode(right)].concat();
                    prop_assert_eq!(&parts, &whole, "{} {:?} | {:?}", encoding, left, right);
                }
            }
        }
    }

    #[test]
    fn a_tag_of_gemma_is_one_token_and_not_cut() {
        let cuts =
            |text: &str| (1..text.len()).any(|at| is_safe(Rules::Gemma, text.as_bytes(), at));
        assert!(!cuts("</s>"));
        assert!(cuts("two words"));
    }

    #[test]
    fn ordinary_text_has_a_place_in_every_line() {
        let places = |text: &str| {
            (1..text.len()).filter(|at| is_safe(Rules::O200k, text.as_bytes(), *at)).count()
        };
        assert!(places("Two words") > 0);
        assert!(places("f(x)") > 0);
        assert!(places("今天天气很好，我们去公园。") > 0);
        assert!(places("สวัสดี\nสวัสดี") > 0);
        assert_eq!(places("'s"), 0);
    }
}
