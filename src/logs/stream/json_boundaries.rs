//! Where JSON values begin and end that go over several lines.

use std::ops::Range;

/// How far a text of JSON values, one after the other or in an array, has been looked through.
#[derive(Debug, Default)]
pub(crate) struct JsonBoundaries {
    seen: usize,
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// Inside the array that holds the values.
    in_list: bool,
    /// Where the value begins that has not ended yet.
    start: Option<usize>,
}

impl JsonBoundaries {
    /// The values that are whole, and the end of what was looked through for good; what is left is
    /// to be shown again, with more behind it.
    pub(crate) fn values(&mut self, bytes: &[u8], at_end: bool) -> (usize, Vec<Range<usize>>) {
        let mut found = Vec::new();
        while let Some(b) = bytes.get(self.seen) {
            let at = self.seen;
            self.seen += 1;
            self.step(*b, at, &mut found);
        }
        if at_end && let Some(start) = self.start.take() {
            found.push(start..bytes.len());
        }
        let end = self.start.unwrap_or(bytes.len());
        self.seen -= end;
        self.start = self.start.map(|_| 0);
        (end, found)
    }

    fn step(&mut self, b: u8, at: usize, found: &mut Vec<Range<usize>>) {
        if self.in_string {
            match b {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return;
        }
        match b {
            b'[' if self.depth == 0 && self.start.is_none() && !self.in_list => self.in_list = true,
            b']' if self.depth == 0 && self.start.is_none() => self.in_list = false,
            b'{' | b'[' => {
                self.start.get_or_insert(at);
                self.depth += 1;
            }
            b'}' | b']' if self.depth > 0 => {
                self.depth -= 1;
                if self.depth == 0 {
                    self.end(at + 1, found);
                }
            }
            // Outside of objects: text there is not a record, but is not lost.
            b',' | b'\n' | b'}' | b']' if self.depth == 0 => self.end(at, found),
            b if b.is_ascii_whitespace() => {}
            b => {
                self.start.get_or_insert(at);
                self.in_string = b == b'"';
            }
        }
    }

    /// Whether the array that holds the values has not been closed.
    pub(crate) fn is_open(&self) -> bool {
        self.in_list
    }

    fn end(&mut self, at: usize, found: &mut Vec<Range<usize>>) {
        found.extend(self.start.take().map(|start| start..at));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(pieces: &[&[u8]]) -> Vec<String> {
        let (mut scan, mut pending, mut found) =
            (JsonBoundaries::default(), Vec::new(), Vec::new());
        for (i, piece) in pieces.iter().enumerate() {
            pending.extend_from_slice(piece);
            let (end, ranges) = scan.values(&pending, i + 1 == pieces.len());
            found.extend(
                ranges.into_iter().map(|r| String::from_utf8_lossy(&pending[r]).into_owned()),
            );
            pending.drain(..end);
        }
        found
    }

    #[test]
    fn values_are_parted_in_arrays_and_one_after_the_other() {
        for (text, wanted) in [
            (
                "[{\"a\": [1, {}]},\n {\"b\": \"]}\\\"{\"}]",
                vec!["{\"a\": [1, {}]}", "{\"b\": \"]}\\\"{\"}"],
            ),
            ("{\n}\n{ \"c\":\n 1}", vec!["{\n}", "{ \"c\":\n 1}"]),
            ("[]\n", vec![]),
            ("[1, \"x,y\", {}]", vec!["1", "\"x,y\"", "{}"]),
            ("[{}, {\"cut\": [", vec!["{}", "{\"cut\": ["]),
            ("[{}]\nnoise\n{}", vec!["{}", "noise", "{}"]),
        ] {
            assert_eq!(values(&[text.as_bytes()]), wanted, "{text}");
        }
    }

    proptest! {
        /// Wherever the bytes are cut, the same values come out.
        #[test]
        fn cuts_do_not_matter(text in "[\\[\\]{},\"\\\\a \n]{0,40}", cut in 0..40_usize) {
            let bytes = text.as_bytes();
            let cut = cut.min(bytes.len());
            prop_assert_eq!(values(&[&bytes[..cut], &bytes[cut..]]), values(&[bytes]));
        }
    }
}
