//! The escapes of strings.

/// The text of a JSON string with its quotes; `None` for any other value, and for half of a surrogate pair. A parser
/// that does not know how long the text is grows its memory step by step, which takes as long as counting half of it.
#[must_use]
pub(crate) fn unescaped(string: &str) -> Option<String> {
    let mut rest = string.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::with_capacity(rest.len());
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        let (before, escape) = rest.split_at(at);
        text.push_str(before);
        let (character, length) = match escape.as_bytes().get(1)? {
            b'n' => ('\n', 2),
            b't' => ('\t', 2),
            b'r' => ('\r', 2),
            b'b' => ('\u{8}', 2),
            b'f' => ('\u{c}', 2),
            b'u' => by_number(escape)?,
            // A quote, a slash or a backslash.
            other => (char::from(*other), 2),
        };
        text.push(character);
        rest = escape.get(length..)?;
    }
    text.push_str(rest);
    Some(text)
}

/// The character that `\uXXXX` is at the start of a text, or two of these together, and how long they are.
fn by_number(escape: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = escape.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let first = unit(0)?;
    if let Some(character) = char::from_u32(first.into()) {
        return Some((character, 6));
    }
    let pair = [first, unit(6)?];
    let character = char::decode_utf16(pair).next()?.ok()?;
    Some((character, 12))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::unescaped;

    #[test]
    fn every_escape_has_its_character() {
        let string = r#""a\n\t\r\b\f\"\/\\\u00e9\u0000\ud83d\ude00é""#;
        let text = "a\n\t\r\u{8}\u{c}\"/\\é\0😀é";
        assert_eq!(unescaped(string).as_deref(), Some(text));
        for other in
            ["null", "1", "\"", "", r#""\ud83d""#, r#""\ude00\ud83d""#, r#""\ud83dx\ude00""#]
        {
            assert_eq!(unescaped(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn a_text_is_what_the_parser_reads(text in any::<String>(), numbers in any::<bool>()) {
            let mut string = serde_json::to_string(&text).unwrap();
            if numbers {
                let units = text.encode_utf16().map(|unit| format!("\\u{unit:04X}"));
                string = format!("\"{}\"", units.collect::<String>());
            }
            prop_assert_eq!(unescaped(&string), Some(text.clone()));
            prop_assert_eq!(serde_json::from_str::<String>(&string).unwrap(), text);
        }
    }
}
