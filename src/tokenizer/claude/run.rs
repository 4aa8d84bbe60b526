//! A normalised text as runs of one class of characters, and what is written for each.

use super::character::{CLASS, Character};
use super::property::{
    ALONE, ALONE_NUMBER, ALONE_SYMBOL, DIGIT, OTHER_NUMBER, SELECTOR, SPACE, STRAY, SYMBOL,
    SYMBOLIC, WORD,
};

/// Suffixes that an apostrophe before them joins to the word before.
const CONTRACTIONS: [&[u8]; 7] = [b"s", b"t", b"d", b"m", b"ll", b"re", b"ve"];

/// Something to count by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Segment<'a> {
    /// A word, between marks of its own.
    Word(&'a [u8]),
    /// A run with the marks that stand before and behind it.
    Marked {
        /// Whether a word begins before it.
        begins: bool,
        /// Its text.
        text: &'a [u8],
        /// Whether a word ends behind it.
        ends: bool,
    },
    /// White space.
    Space(&'a [u8]),
    /// This many digits of ASCII.
    Digits(usize),
    /// A mark or character that no piece joins to what is around it.
    Single,
}

/// Where a text begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// After the frame of a message, which ends in the mark that begins a word.
    Marked,
    /// After a frame that does not.
    Bare,
    /// Within a message, at a safe place: after a word.
    AfterWord,
}

/// The runs of a normalised text.
pub(super) struct Runs<'a> {
    text: &'a [u8],
    at: usize,
    /// Whether a space stands before this place, or counts as if it did.
    is_after_space: bool,
    /// Whether the mark that ends a word was just written.
    is_after_end: bool,
    /// Whether the last run takes a mark behind it where a space follows.
    takes_end: bool,
}

impl<'a> Runs<'a> {
    /// The runs of a text; those at its start depend on what stands before.
    pub(super) fn new(text: &'a [u8], start: Start) -> Self {
        Self {
            text,
            at: 0,
            is_after_space: start == Start::Marked,
            is_after_end: start == Start::AfterWord,
            takes_end: false,
        }
    }

    /// Hands on everything that is to be counted.
    #[inline]
    pub(super) fn each(mut self, start: Start, mut count: impl FnMut(Segment<'a>)) {
        if start == Start::Marked && self.needs_mark() {
            count(Segment::Single);
        }
        while self.at < self.text.len() {
            let first = Character::at(self.text, self.at);
            match first.properties & CLASS {
                WORD => self.word(first, &mut count),
                SPACE => self.space(&mut count),
                DIGIT => self.digits(&mut count),
                SYMBOL => self.symbols(&mut count),
                _ => self.alone(&mut count),
            }
        }
    }

    /// Whether the mark at the end of the frame is a token of its own: no piece joins it to the first
    /// run. In front of an apostrophe that opens a word it is a space instead.
    fn needs_mark(&self) -> bool {
        let first = Character::at(self.text, 0);
        match first.properties & CLASS {
            SYMBOL => self.opens_word(0, self.end(0, SYMBOL)),
            SPACE => self.text[0] != b' ',
            DIGIT => self.text[0].is_ascii(),
            _ => false,
        }
    }

    /// Where the run of this class ends.
    #[inline]
    fn end(&self, from: usize, class: u16) -> usize {
        let mut at = from;
        loop {
            let character = Character::at(self.text, at);
            if character.length == 0 || !character.is(CLASS, class) {
                return at;
            }
            at += character.length;
        }
    }

    /// Whether one space follows, no more of them.
    #[inline]
    fn is_before_space(&self, at: usize) -> bool {
        self.text.get(at) == Some(&b' ') && self.text.get(at + 1) != Some(&b' ')
    }

    /// Goes on behind a run.
    #[inline]
    fn pass(&mut self, end: usize, takes_end: bool, has_end: bool) {
        self.at = end;
        self.takes_end = takes_end;
        self.is_after_end = has_end;
        self.is_after_space = false;
    }

    #[inline]
    fn word(&mut self, first: Character, count: &mut impl FnMut(Segment<'a>)) {
        let start = self.at;
        let end = self.end(start + first.length, WORD);
        let text = &self.text[start..end];
        if first.has(STRAY) {
            // Its first letter is a mark, so that its case is not looked at.
            count(Segment::Marked { begins: true, text, ends: true });
        } else {
            count(Segment::Word(text));
        }
        let is_ascii = text[text.len() - 1].is_ascii();
        let takes_end = !is_ascii && Character::before(self.text, end).has(SYMBOLIC);
        self.pass(end, takes_end, true);
    }

    #[inline]
    fn space(&mut self, count: &mut impl FnMut(Segment<'a>)) {
        let end = self.end(self.at, SPACE);
        let text = &self.text[self.at..end];
        let is_seam = self.is_after_end && text == b" " && self.begins(end);
        if !is_seam {
            count(Segment::Space(text));
        }
        self.pass(end, false, false);
        self.is_after_space = text[text.len() - 1] == b' ';
    }

    /// Whether the run at a place begins with a mark, a space being before it.
    #[inline]
    fn begins(&self, at: usize) -> bool {
        let first = Character::at(self.text, at);
        match first.properties & CLASS {
            WORD => true,
            SYMBOL => !self.opens_word(at, self.end(at, SYMBOL)),
            DIGIT => !self.text[at].is_ascii(),
            ALONE | ALONE_NUMBER | ALONE_SYMBOL => self.takes_begin(at, first),
            _ => false,
        }
    }

    fn digits(&mut self, count: &mut impl FnMut(Segment<'a>)) {
        let start = self.at;
        let end = self.end(start, DIGIT);
        let text = &self.text[start..end];
        if text.is_ascii() {
            count(Segment::Digits(text.len()));
            self.pass(end, false, false);
            return;
        }
        let takes_end = !text[text.len() - 1].is_ascii();
        let ends = takes_end && self.is_before_space(end);
        count(Segment::Marked { begins: self.is_after_space && !text[0].is_ascii(), text, ends });
        self.pass(end, takes_end, ends);
    }

    #[inline]
    fn symbols(&mut self, count: &mut impl FnMut(Segment<'a>)) {
        let start = self.at;
        let end = self.end(start, SYMBOL);
        if self.opens_word(start, end) {
            self.apostrophe(start, start, false, count);
            return;
        }
        let ends = self.is_before_space(end);
        let text = &self.text[start..end];
        count(Segment::Marked { begins: self.is_after_space, text, ends });
        self.pass(end, true, ends);
    }

    /// Whether a run of symbols is an apostrophe alone, with a word behind it.
    #[inline]
    fn opens_word(&self, start: usize, end: usize) -> bool {
        self.text[start..end] == *b"'" && Character::at(self.text, end).is(CLASS, WORD)
    }

    /// An apostrophe at `at` that opens a word, behind a run that started at `start` and writes no mark
    /// at its end. If the word is the end of a contraction it has no mark at its beginning.
    fn apostrophe(
        &mut self,
        start: usize,
        at: usize,
        begins: bool,
        count: &mut impl FnMut(Segment<'a>),
    ) {
        let word = at + 1;
        let end = self.end(word, WORD);
        let is_contraction = !self.takes_end && CONTRACTIONS.contains(&&self.text[word..end]);
        if is_contraction {
            count(Segment::Marked { begins, text: &self.text[start..end], ends: true });
            self.pass(end, false, true);
        } else {
            count(Segment::Marked { begins, text: &self.text[start..word], ends: false });
            self.pass(word, true, false);
        }
    }

    /// What stands alone: runs of ideographs, numbers and symbols, which no piece crosses but at their
    /// ends, and the symbols behind them, which one may.
    fn alone(&mut self, count: &mut impl FnMut(Segment<'a>)) {
        let start = self.at;
        let first = Character::at(self.text, start);
        // At the beginning of a message the mark of the frame stands there in any case.
        let begins = self.is_after_space && (start == 0 || self.takes_begin(start, first));
        let (end, takes_end) = self.stretch(start);
        let symbols = self.end(end, SYMBOL);
        if symbols == end {
            let ends = takes_end && self.is_before_space(end);
            count(Segment::Marked { begins, text: &self.text[start..end], ends });
            self.pass(end, takes_end, ends);
        } else if self.opens_word(end, symbols) {
            self.takes_end = takes_end;
            self.apostrophe(start, end, begins, count);
        } else {
            let ends = self.is_before_space(symbols);
            count(Segment::Marked { begins, text: &self.text[start..symbols], ends });
            self.pass(symbols, true, ends);
        }
    }

    /// Where all that stands alone ends, and whether the last run of one kind in it takes a mark at its
    /// end.
    fn stretch(&self, start: usize) -> (usize, bool) {
        let mut at = start;
        let mut run = start;
        let mut kind = 0;
        let mut last = Character { properties: 0, length: 0 };
        loop {
            let character = Character::at(self.text, at);
            let class = character.properties & CLASS;
            if !matches!(class, ALONE | ALONE_NUMBER | ALONE_SYMBOL) {
                break;
            }
            // A selector goes with what stands before it.
            if kind == 0 || class != kind && !character.has(SELECTOR) {
                (kind, run) = (class, at);
            }
            last = character;
            at += character.length;
        }
        let takes_end = last.has(SELECTOR | SYMBOLIC)
            || last.is(CLASS, ALONE_NUMBER) && self.is_uniform(run, at);
        (at, takes_end)
    }

    /// Whether a run that stands alone takes a mark before it where a space is there.
    fn takes_begin(&self, at: usize, first: Character) -> bool {
        if first.has(SELECTOR | SYMBOLIC) {
            return true;
        }
        if !first.is(CLASS, ALONE_NUMBER) {
            return false;
        }
        let mut end = at;
        loop {
            let character = Character::at(self.text, end);
            let is_part = character.is(CLASS, ALONE_NUMBER) || character.has(SELECTOR);
            if character.length == 0 || !is_part {
                return self.is_uniform(at, end);
            }
            end += character.length;
        }
    }

    /// Whether all characters of a run are numbers of one category.
    fn is_uniform(&self, start: usize, end: usize) -> bool {
        let first = Character::at(self.text, start);
        let mut at = start;
        while at < end {
            let character = Character::at(self.text, at);
            if !character.is(CLASS, ALONE_NUMBER)
                || character.properties & OTHER_NUMBER != first.properties & OTHER_NUMBER
            {
                return false;
            }
            at += character.length;
        }
        true
    }
}
