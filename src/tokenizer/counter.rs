//! Counting a text that comes in chunks.

use rayon::prelude::*;

use super::claude::Ends;
use super::encoding::Encoding;
use super::method::{Method, Tallying};
use super::path::Path;
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// How much text is worth a thread. Starting the threads takes as long as counting some 50 KB.
pub(super) const PART: usize = 512 << 10;

/// Counts a text chunk by chunk, in memory for a chunk and for the longest stretch of the text
/// that cannot be cut.
///
/// ```
/// use outlay::tokenizer::{Counter, Encoding};
///
/// let mut counter = Counter::new(Encoding::O200kBase);
/// for chunk in ["Hello! How can I as".as_bytes(), b"sist you today?"] {
///     counter.push(chunk)?;
/// }
/// assert_eq!(counter.finish()?.get(), 9);
/// # Ok::<(), outlay::Error>(())
/// ```
#[derive(Debug)]
pub struct Counter {
    method: Method,
    path: Path,
    /// Of about how many bytes the text is.
    length: usize,
    /// One for each thread that has counted.
    tallies: Vec<Tallying>,
    /// Whether a part of the text has been counted.
    is_begun: bool,
    /// Text that is not counted yet, because its last piece may go on.
    rest: Vec<u8>,
    /// How many bytes at the end of `rest` are the beginning of a character.
    partial: usize,
    /// How many bytes were pushed.
    pushed: usize,
    /// The tokens of texts that were counted as wholes.
    apart: u64,
}

impl Counter {
    /// A counter for a text of any length.
    #[must_use]
    pub fn new(encoding: Encoding) -> Self {
        Self::sized(encoding, usize::MAX)
    }

    /// A counter for a text of about `length` bytes; a short text needs less memory.
    #[must_use]
    pub fn sized(encoding: Encoding, length: usize) -> Self {
        Self::with_path(encoding, Path::for_text(length), length)
    }

    pub(super) fn with_path(encoding: Encoding, path: Path, length: usize) -> Self {
        Self {
            method: Method::of(encoding),
            path,
            length,
            tallies: Vec::new(),
            is_begun: false,
            rest: Vec::new(),
            partial: 0,
            pushed: 0,
            apart: 0,
        }
    }

    /// Takes in the next bytes of the text. A character may be parted between two chunks.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] with the offset of the first byte that is not UTF-8; the counter is
    /// of no use then.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), Error> {
        let chunk = self.complete(chunk)?;
        if chunk.is_empty() {
            return Ok(());
        }
        let end = match str::from_utf8(chunk) {
            Ok(_) => chunk.len(),
            Err(e) if e.error_len().is_none() => e.valid_up_to(),
            Err(e) => return Err(self.not_utf8(e.valid_up_to(), chunk[e.valid_up_to()])),
        };
        self.take(&chunk[..end]);
        self.rest.extend_from_slice(&chunk[end..]);
        self.partial = chunk.len() - end;
        self.pushed += chunk.len();
        Ok(())
    }

    /// The number of tokens.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] when the text ends within a character.
    pub fn finish(mut self) -> Result<Tokens, Error> {
        if self.partial > 0 {
            let start = self.rest.len() - self.partial;
            self.pushed -= self.partial;
            return Err(self.not_utf8(0, self.rest[start]));
        }
        let rest = std::mem::take(&mut self.rest);
        self.count(&rest, true);
        Ok(self.total())
    }

    /// The number of tokens of one whole text, counted on this thread alone; nothing of it is added to what
    /// was pushed. The pieces of one text are remembered for the next, so that one counter for many texts is
    /// about twice as fast as one for each.
    ///
    /// ```
    /// use outlay::tokenizer::{Counter, Encoding};
    ///
    /// let mut counter = Counter::sized(Encoding::O200kBase, 1 << 20);
    /// let tokens = ["Hello!", "Hello! How are you?"].map(|text| counter.whole(text).get());
    /// assert_eq!(tokens, [2, 6]);
    /// ```
    pub fn whole(&mut self, text: &str) -> Tokens {
        if self.tallies.is_empty() {
            self.tallies.push(self.method.tally(self.path, self.length));
        }
        let Some(tally) = self.tallies.first_mut() else { return Tokens::ZERO };
        let before = tally.total();
        tally.count(text.as_bytes(), Ends { is_first: true, is_last: true });
        let tokens = tally.total() - before;
        self.apart += tokens;
        Tokens::new(tokens)
    }

    /// Completes the character that the last chunk began; answers what is left of this one.
    fn complete<'a>(&mut self, chunk: &'a [u8]) -> Result<&'a [u8], Error> {
        let mut chunk = chunk;
        while self.partial > 0
            && let Some((byte, left)) = chunk.split_first()
        {
            self.rest.push(*byte);
            self.partial += 1;
            self.pushed += 1;
            chunk = left;
            let start = self.rest.len() - self.partial;
            match str::from_utf8(&self.rest[start..]) {
                Ok(_) => self.partial = 0,
                Err(e) if e.error_len().is_none() => {}
                Err(_) => {
                    self.pushed -= self.partial;
                    return Err(self.not_utf8(0, self.rest[start]));
                }
            }
        }
        Ok(chunk)
    }

    /// Counts what can be counted of the text so far, which now goes on with `text`.
    fn take(&mut self, text: &[u8]) {
        let method = self.method;
        let first = if self.rest.is_empty() { Some(0) } else { method.first_cut(text) };
        let Some(first) = first else {
            self.rest.extend_from_slice(text);
            return;
        };
        let last = first + method.last_cut(&text[first..]).unwrap_or_default();
        let mut rest = std::mem::take(&mut self.rest);
        rest.extend_from_slice(&text[..first]);
        self.count(&rest, false);
        self.count(&text[first..last], false);
        rest.clear();
        rest.extend_from_slice(&text[last..]);
        self.rest = rest;
    }

    /// Counts a text that is a whole or was cut out of one, on several threads when it is long.
    pub(super) fn count(&mut self, text: &[u8], is_last: bool) {
        if text.is_empty() && !is_last {
            return;
        }
        let parts = self.parts(text);
        let missing = parts.len().saturating_sub(self.tallies.len());
        let (method, path, length) = (self.method, self.path, self.length);
        self.tallies.extend((0..missing).map(|_| method.tally(path, length)));
        let is_begun = std::mem::replace(&mut self.is_begun, true);
        let (last, jobs) = (parts.len() - 1, self.tallies.iter_mut().zip(parts).enumerate());
        let job = |(i, (tally, text)): (usize, (&mut Tallying, &[u8]))| {
            tally
                .count(text, Ends { is_first: i == 0 && !is_begun, is_last: i == last && is_last });
        };
        if last > 0 {
            jobs.collect::<Vec<_>>().into_par_iter().for_each(job);
        } else {
            jobs.for_each(job);
        }
    }

    /// The text in parts that are worth a thread each.
    fn parts<'a>(&self, text: &'a [u8]) -> Vec<&'a [u8]> {
        let mut rest = text;
        let mut parts = Vec::new();
        if text.len() >= 2 * PART {
            crate::threads::start();
            let threads = rayon::current_num_threads().min(text.len() / PART);
            for left in (2..=threads).rev() {
                // A character that is parted would pass for another.
                let whole = |at: &usize| rest[*at] & 0xc0 != 0x80;
                let end = (0..=rest.len() / left).rev().find(whole).unwrap_or_default();
                let Some(cut) = self.method.last_cut(&rest[..end]) else { break };
                let (part, others) = rest.split_at(cut);
                parts.push(part);
                rest = others;
            }
        }
        parts.push(rest);
        parts
    }

    /// The tokens of what is counted.
    pub(super) fn total(&self) -> Tokens {
        Tokens::new(self.tallies.iter().map(Tallying::total).sum::<u64>() - self.apart)
    }

    fn not_utf8(&self, at: usize, byte: u8) -> Error {
        let offset = self.pushed + at;
        Error::new(
            ErrorKind::Malformed,
            format!("byte {byte:#04x} at offset {offset} is not UTF-8"),
        )
        .hint("convert the text, for instance with `iconv -f latin1 -t utf-8`")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn count(encoding: Encoding, path: Path, text: &str) -> u64 {
        let mut counter = Counter::with_path(encoding, path, text.len());
        counter.count(text.as_bytes(), true);
        counter.total().get()
    }

    const BITS: [&str; 40] = [
        "a",
        "B",
        "word",
        "Word",
        "WORD",
        " ",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "'",
        "'s",
        "'LL",
        "'ſ",
        "s",
        ".",
        "..",
        "/",
        "}",
        "1",
        "1234",
        "٣",
        "é",
        "É",
        "ǅ",
        "Ж",
        "привет",
        "中",
        "。",
        "“",
        "”",
        "\u{301}",
        "\u{a0}",
        "\u{3000}",
        "\u{85}",
        "👍",
        "ſ",
        "\0",
        "—",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn every_path_counts_the_same(
            bits in prop::collection::vec(prop::sample::select(&BITS), 1..150),
            encoding in prop::sample::select(&Encoding::ALL),
        ) {
            let text = bits.concat();
            let wanted = count(encoding, Path::Portable, &text);
            for path in Path::all() {
                prop_assert_eq!(count(encoding, *path, &text), wanted, "{:?} {:?}", path, text);
            }
        }

        #[test]
        fn ascii_counts_the_same_on_every_path(bytes in prop::collection::vec(0..128_u8, 64..400)) {
            let text = String::from_utf8(bytes).unwrap();
            for encoding in [Encoding::R50kBase, Encoding::Cl100kBase, Encoding::O200kBase] {
                let wanted = count(encoding, Path::Portable, &text);
                for path in Path::all() {
                    prop_assert_eq!(count(encoding, *path, &text), wanted, "{:?} {:?}", path, text);
                }
            }
        }
    }

    #[test]
    fn a_long_text_counts_the_same_on_several_threads() {
        let line =
            "Several threads share a text — cut where pieces start, in every line, naïvely.\n";
        let text = line.repeat(4 * PART / line.len());
        let parts = text.as_bytes().chunks(line.len() * 100);
        let alone: u64 =
            parts.map(|part| Encoding::O200kBase.count(str::from_utf8(part).unwrap()).get()).sum();
        assert_eq!(Encoding::O200kBase.count(&text).get(), alone);
    }

    #[test]
    fn whole_texts_are_counted_apart_from_each_other_and_from_what_is_pushed() {
        for encoding in Encoding::ALL {
            let mut counter = Counter::sized(encoding, 1 << 12);
            counter.push("pushed ".as_bytes()).unwrap();
            for text in ["", "a", "word", " word", "word word", "中文", "\u{301}x", "</a>"] {
                let alone = count(encoding, Path::Portable, text);
                assert_eq!(counter.whole(text).get(), alone, "{encoding} {text:?}");
            }
            counter.push("text".as_bytes()).unwrap();
            assert_eq!(counter.finish().unwrap(), encoding.count("pushed text"), "{encoding}");
        }
    }

    #[test]
    fn what_is_not_utf8_is_told_with_its_offset() {
        let wrong = |chunks: &[&[u8]]| {
            let mut counter = Counter::new(Encoding::O200kBase);
            let pushed = chunks.iter().try_for_each(|chunk| counter.push(chunk));
            pushed.and_then(|()| counter.finish()).unwrap_err().message().to_owned()
        };
        assert_eq!(wrong(&[b"caf\xe9 au lait"]), "byte 0xe9 at offset 3 is not UTF-8");
        assert_eq!(wrong(&[b"caf", b"\xe9", b" au lait"]), "byte 0xe9 at offset 3 is not UTF-8");
        assert_eq!(wrong(&[b"ab\xe4", b"\xb8"]), "byte 0xe4 at offset 2 is not UTF-8");
        assert_eq!(wrong(&["é".as_bytes(), b"\xff"]), "byte 0xff at offset 2 is not UTF-8");
    }

    #[test]
    fn a_text_without_a_place_to_cut_is_counted() {
        let text = "a".repeat(100_000);
        let mut counter = Counter::new(Encoding::O200kBase);
        for chunk in text.as_bytes().chunks(1_000) {
            counter.push(chunk).unwrap();
        }
        assert_eq!(counter.finish().unwrap(), Encoding::O200kBase.count(&text));
        assert_eq!(Counter::new(Encoding::O200kBase).finish().unwrap(), Tokens::ZERO);
    }
}
