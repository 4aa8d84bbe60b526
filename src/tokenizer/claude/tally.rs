//! The tokens of a text, run by run: a word that came before is not counted again.

use super::case;
use super::family::Family;
use super::normal::normal;
use super::property::{BEGIN, END};
use super::run::{Runs, Segment, Start};
use super::trie::Trie;
use crate::tokenizer::cache::{LongCache, MiddleCache, ShortCache};
use crate::tokenizer::vocabulary::hash::{SHORT, of_long, of_short, short_key};

/// Which ends of a text a part of it has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ends {
    /// Whether it is the first part.
    pub(crate) is_first: bool,
    /// Whether it is the last part.
    pub(crate) is_last: bool,
}

/// A longer run is parted before it is counted.
const WHOLE: usize = 254;

/// Counts the tokens of one text, as those of a user's message without its frame.
#[derive(Debug)]
pub(crate) struct Tally {
    family: Family,
    words: Memory,
    total: u64,
}

impl Tally {
    /// A tally with caches for a text of about `length` bytes.
    pub(crate) fn new(family: Family, length: usize) -> Self {
        let bits = match length {
            0..=0x1000 => 8,
            0x1001..=0x1_0000 => 11,
            0x1_0001..=0x8_0000 => 13,
            _ => 15,
        };
        Self { family, words: Memory::new(family, bits), total: 0 }
    }

    /// The tokens so far.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Counts a part of the text, valid UTF-8 that was cut at safe places.
    pub(crate) fn count(&mut self, text: &[u8], ends: Ends) {
        let normal = normal(text, self.family.folds_quotes());
        let mut body = normal.as_ref();
        if ends.is_last {
            // Line feeds at the end merge with those of the frame, which follow.
            let end = body.iter().rposition(|byte| *byte != b'\n').map_or(0, |last| last + 1);
            self.total += self.words.tail(body.len() - end);
            body = &body[..end];
        }
        let start = match (ends.is_first, self.family.frame_begins_word()) {
            (true, true) => Start::Marked,
            (true, false) => Start::Bare,
            (false, _) => Start::AfterWord,
        };
        // The mark at the end of the frame is the space before the first word.
        if start == Start::Marked && text.starts_with(b" ") && has_one_space(body) {
            body = &body[1..];
        }
        if body.is_empty() {
            self.total += u64::from(start == Start::Marked);
            return;
        }
        let Self { words, total, .. } = self;
        Runs::new(body, start).each(start, |segment| *total += words.count(segment));
    }
}

fn has_one_space(text: &[u8]) -> bool {
    text.first() == Some(&b' ') && text.get(1) != Some(&b' ')
}

/// What runs cost.
#[derive(Debug)]
struct Memory {
    trie: Trie,
    has_caps: bool,
    short: ShortCache,
    middle: MiddleCache,
    long: LongCache,
    /// The run that is counted, with its marks.
    run: Vec<u8>,
    least: Vec<u32>,
}

impl Memory {
    fn new(family: Family, bits: u32) -> Self {
        Self {
            trie: family.trie(),
            has_caps: family.has_caps(),
            short: ShortCache::new(bits),
            middle: MiddleCache::new(bits - 4),
            long: LongCache::new(bits - 7),
            run: Vec::new(),
            least: Vec::new(),
        }
    }

    #[inline]
    fn count(&mut self, segment: Segment<'_>) -> u64 {
        match segment {
            Segment::Word(word) => self.word(word),
            Segment::Marked { begins: false, text: [_], ends: false }
            | Segment::Space([_])
            | Segment::Single => 1,
            Segment::Marked { begins, text, ends } => self.marked(begins, text, ends),
            Segment::Space(space) => self.marked(false, space, false),
            Segment::Digits(digits) => digits.div_ceil(3) as u64,
        }
    }

    #[inline]
    fn word(&mut self, word: &[u8]) -> u64 {
        if word.len() <= SHORT {
            let key = short_key(word);
            let hash = of_short(key);
            let known = self.short.count(key, hash);
            if known > 0 {
                return known;
            }
            let tokens = self.new_word(word);
            self.remember(key, hash, tokens);
            return u64::from(tokens);
        }
        let hash = of_long(word);
        if let Some(known) = self.known(word, hash) {
            return known;
        }
        let tokens = self.new_word(word);
        self.remember_long(word, hash, tokens);
        u64::from(tokens)
    }

    #[inline(never)]
    fn new_word(&mut self, word: &[u8]) -> u32 {
        self.run.clear();
        case::write(&String::from_utf8_lossy(word), self.has_caps, &mut self.run);
        self.trie.least(&self.run, &mut self.least)
    }

    /// A run with its marks, remembered under what is written for it. That is no word: a word is
    /// remembered without the marks that every word has.
    fn marked(&mut self, begins: bool, text: &[u8], ends: bool) -> u64 {
        let mut run = std::mem::take(&mut self.run);
        run.clear();
        run.extend(begins.then_some(BEGIN));
        run.extend_from_slice(text);
        run.extend(ends.then_some(END));
        let tokens = self.of_run(&mut run);
        self.run = run;
        tokens
    }

    fn of_run(&mut self, run: &mut Vec<u8>) -> u64 {
        if run.len() <= SHORT {
            let key = short_key(run);
            let hash = of_short(key);
            let known = self.short.count(key, hash);
            if known > 0 {
                return known;
            }
            let tokens = self.trie.least(run, &mut self.least);
            self.remember(key, hash, tokens);
            return u64::from(tokens);
        }
        if run.len() > WHOLE {
            let parted = self.trie.shorten(run);
            return parted + u64::from(self.trie.least(run, &mut self.least));
        }
        let hash = of_long(run);
        if let Some(known) = self.known(run, hash) {
            return known;
        }
        let tokens = self.trie.least(run, &mut self.least);
        self.remember_long(run, hash, tokens);
        u64::from(tokens)
    }

    #[inline]
    fn known(&self, run: &[u8], hash: u64) -> Option<u64> {
        if run.len() <= MiddleCache::LONGEST {
            self.middle.count(run, hash)
        } else if run.len() <= LongCache::LONGEST {
            self.long.count(run, hash)
        } else {
            None
        }
    }

    fn remember(&mut self, key: u128, hash: u64, tokens: u32) {
        // A cache of short runs has four bits for a count.
        if tokens < 16 {
            self.short.insert(key, hash, tokens);
        }
    }

    fn remember_long(&mut self, run: &[u8], hash: u64, tokens: u32) {
        if run.len() <= MiddleCache::LONGEST {
            self.middle.insert(run, hash, tokens as usize);
        } else if run.len() <= LongCache::LONGEST {
            self.long.insert(run, hash, u64::from(tokens));
        }
    }

    /// What line feeds at the end of a text cost. The frame adds two, and pays for one of the pieces
    /// that they all make up.
    fn tail(&mut self, lines: usize) -> u64 {
        if lines == 0 {
            return 0;
        }
        let mut run = std::mem::take(&mut self.run);
        run.clear();
        run.resize(lines + 2, b'\n');
        let tokens = self.of_run(&mut run);
        self.run = run;
        tokens - 1
    }
}
