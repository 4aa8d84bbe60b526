//! The tables of Claude's tokenizer: a trie of the pieces in `vocabularies/claude`, and what the engine
//! wants to know about every character.

use std::collections::{BTreeMap, HashSet};
use std::fs;

use regex_syntax::hir::{Class, HirKind};
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfc_quick};

use super::Answer;
use super::property::{
    ALONE, ALONE_NUMBER, ALONE_SYMBOL, BASE, BEGIN, BEGINNING, CAPS, COMPOSED, DIGIT, DOUBLE_QUOTE,
    END, LABEL, LETTER, NEW, ORDERED, OTHER_NUMBER, PAGE, PIECE, QUOTE, REMOVED, REMOVED_LATE,
    SELECTOR, SHIFT, SPACE, SPACED, STRAY, SYMBOL, SYMBOLIC, WORD,
};

/// The files by name.
pub fn files() -> Answer<Vec<(String, Vec<u8>)>> {
    let mut files = characters()?;
    for family in ["v3", "v4_7"] {
        let path = format!("vocabularies/claude/{family}.txt");
        let list = fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
        let trie = trie(&list).map_err(|e| format!("{path}: {e}"))?;
        files.push((format!("claude.{family}"), trie));
    }
    Ok(files)
}

/// A list of pieces as a trie in one array: see `src/tokenizer/claude/trie.rs`.
fn trie(list: &str) -> Answer<Vec<u8>> {
    let (pieces, beginnings) = list.split_once("\n\n").ok_or("there is no empty line")?;
    let mut root = Node::default();
    for piece in pieces.lines() {
        let piece = bytes(piece)?;
        standalone(&piece)?;
        root.insert(&piece, PIECE);
    }
    for beginning in beginnings.lines() {
        let number = u32::from_str_radix(beginning, 16).map_err(|e| e.to_string())?;
        root.insert(&number.to_be_bytes()[4 - beginning.len() / 2..], BEGINNING);
    }
    Ok(root.pack().iter().flat_map(|slot| slot.to_le_bytes()).collect())
}

/// The bytes of a piece as the list writes it.
fn bytes(line: &str) -> Answer<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = line.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next() {
                Some(b'b') => BEGIN,
                Some(b'e') => END,
                Some(b's') => SHIFT,
                Some(b'c') => CAPS,
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(b'\\') => b'\\',
                _ => return Err(format!("`{line}` has an unknown escape")),
            },
            byte => byte,
        });
    }
    Ok(bytes)
}

/// Checks what the engine relies on: it counts each run of a text by itself.
fn standalone(piece: &[u8]) -> Answer<()> {
    let text = String::from_utf8_lossy(piece);
    let body = text.trim_start_matches(['\u{3}', '\u{4}']).trim_start_matches('\u{1}');
    let body = body.strip_suffix('\u{2}').unwrap_or(body);
    let is_white = |c: char| c == '\u{3000}' || c.is_ascii_whitespace();
    if piece.len() > 128 {
        return Err(format!("{text:?} is longer than the engine takes a piece to be"));
    }
    if body.chars().any(|c| c <= '\u{4}') {
        return Err(format!("{text:?} has a mark within"));
    }
    if body.chars().any(is_white) && (body != text || !body.chars().all(is_white)) {
        return Err(format!("{text:?} joins white space with other text"));
    }
    if body.chars().any(|c| c.is_ascii_digit())
        && (body != text || body.len() > 3 || !body.bytes().all(|c| c.is_ascii_digit()))
    {
        return Err(format!("{text:?} is no run of up to three digits"));
    }
    Ok(())
}

/// A node of the trie before it is packed.
#[derive(Default)]
struct Node {
    children: BTreeMap<u8, Node>,
    flags: u32,
}

impl Node {
    fn insert(&mut self, bytes: &[u8], flag: u32) {
        match bytes.split_first() {
            None => self.flags |= flag,
            Some((byte, rest)) => self.children.entry(*byte).or_default().insert(rest, flag),
        }
    }

    /// The slots: that of the root first. A child stands at the base of its parent XOR its byte, and
    /// says this byte. No two parents share a base, and none has the base 0, that of the childless.
    fn pack(&self) -> Vec<u32> {
        let mut slots = vec![0_u32; 256];
        // Nothing else may stand where the root does.
        slots[0] = BEGINNING;
        let mut bases = HashSet::from([0]);
        let mut first_free = 1;
        let mut open = vec![(self, 0)];
        while let Some((node, slot)) = open.pop() {
            let labels: Vec<usize> = node.children.keys().map(|byte| usize::from(*byte)).collect();
            let Some(first) = labels.first() else { continue };
            while slots.get(first_free).is_some_and(|slot| *slot != 0) {
                first_free += 1;
            }
            let fits = |base: &usize| {
                !bases.contains(base)
                    && labels
                        .iter()
                        .all(|label| slots.get(base ^ label).is_none_or(|slot| *slot == 0))
            };
            // In the 256 slots behind the last there is room for any.
            let mut free = first_free..=slots.len() + 256;
            let base = free.find_map(|free| Some(free ^ first).filter(fits)).unwrap_or_default();
            bases.insert(base);
            slots.resize(slots.len().max((base | 0xff) + 1), 0);
            slots[slot] |= u32::try_from(base).unwrap_or_default() << BASE;
            for (byte, child) in &node.children {
                let slot = base ^ usize::from(*byte);
                slots[slot] = u32::from(*byte) & LABEL | child.flags;
                open.push((child, slot));
            }
        }
        slots
    }
}

/// The properties of every character: 128 characters a page, equal pages stored once, and the page of
/// every 128 characters.
fn characters() -> Answer<Vec<(String, Vec<u8>)>> {
    let known = Known::new()?;
    let properties: Vec<u16> = (0..=u32::from(char::MAX))
        .map(|c| char::from_u32(c).map_or(ALONE, |c| known.properties(c)))
        .collect();
    let mut pages: Vec<&[u16]> = Vec::new();
    let mut index = Vec::new();
    for page in properties.chunks(PAGE) {
        let number = pages.iter().position(|known| *known == page).unwrap_or_else(|| {
            pages.push(page);
            pages.len() - 1
        });
        index.extend(u16::try_from(number).map_err(|e| e.to_string())?.to_le_bytes());
    }
    let pages = pages.concat().iter().flat_map(|number| number.to_le_bytes()).collect();
    Ok(vec![("claude.pages".to_owned(), pages), ("claude.index".to_owned(), index)])
}

/// Sets of characters.
struct Known {
    /// In Unicode 15.1, with which the reconstruction was measured; what is newer is unassigned to it.
    assigned: Set,
    letter: Set,
    mark: Set,
    decimal: Set,
    other_number: Set,
    punctuation: Set,
    symbol: Set,
    separator: Set,
    format: Set,
    unassigned: Set,
    alphabetic: Set,
}

/// A set of characters, as ranges in their order.
struct Set(Vec<(char, char)>);

impl Set {
    fn of(pattern: &str) -> Answer<Self> {
        let hir = regex_syntax::parse(pattern).map_err(|e| e.to_string())?;
        let HirKind::Class(Class::Unicode(set)) = hir.kind() else {
            return Err(format!("`{pattern}` is not a class of characters"));
        };
        Ok(Self(set.iter().map(|range| (range.start(), range.end())).collect()))
    }

    fn has(&self, c: char) -> bool {
        let after = self.0.partition_point(|(start, _)| *start <= c);
        after.checked_sub(1).is_some_and(|i| c <= self.0[i].1)
    }
}

/// Symbols beyond ASCII that stand in pieces of several symbols, as measured; no category tells them.
const SYMBOLS: &str = "£§«°·»།–—„†•…€№→−√─│└═█（";
/// Symbols of the block of ideographic punctuation that are no punctuation by their category.
const IDEOGRAPHIC: &str = "〄〒〓〠〶〷〾〿";
/// Characters that are letters of words whatever their category: Runic and Roman numerals, circled
/// letters, Bamum numbers.
const LETTERS: [(char, char); 4] = [
    ('\u{16ee}', '\u{16f0}'),
    ('\u{2160}', '\u{2188}'),
    ('\u{24b6}', '\u{24e9}'),
    ('\u{a6e6}', '\u{a6ef}'),
];
/// Letters that stand alone: ideographs and the marks that repeat them, Hangul syllables.
const ALONE_LETTERS: [(char, char); 9] = [
    ('\u{3005}', '\u{3006}'),
    ('\u{3031}', '\u{3035}'),
    ('\u{303b}', '\u{303c}'),
    ('\u{3400}', '\u{4dbf}'),
    ('\u{4e00}', '\u{9fff}'),
    ('\u{ac00}', '\u{d7a3}'),
    ('\u{f900}', '\u{faff}'),
    ('\u{10000}', '\u{1ffff}'),
    ('\u{20000}', char::MAX),
];
/// Letters of Unicode 16 that the models know.
const NEW_LETTERS: [char; 4] = ['\u{264}', '\u{1c89}', '\u{1c8a}', '\u{a7cb}'];
/// Marks of words in a Unicode newer than that of the tables here.
const NEW_MARKS: [char; 2] = ['\u{5c8}', '\u{5c9}'];
/// The first character outside the basic plane.
const ASTRAL: char = '\u{10000}';

fn within(ranges: &[(char, char)], c: char) -> bool {
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

impl Known {
    fn new() -> Answer<Self> {
        Ok(Self {
            assigned: Set::of(r"\p{Age:15.1}")?,
            letter: Set::of(r"\p{L}")?,
            mark: Set::of(r"\p{M}")?,
            decimal: Set::of(r"\p{Nd}")?,
            other_number: Set::of(r"\p{No}")?,
            punctuation: Set::of(r"\p{P}")?,
            symbol: Set::of(r"\p{S}")?,
            separator: Set::of(r"\p{Z}")?,
            format: Set::of(r"\p{Cf}")?,
            unassigned: Set::of(r"\p{Cn}")?,
            alphabetic: Set::of(r"\p{Alphabetic}")?,
        })
    }

    fn properties(&self, c: char) -> u16 {
        let is_assigned = self.assigned.has(c);
        let has = |set: &Set| is_assigned && set.has(c);
        let class = self.class(c);
        let combining = if is_assigned { canonical_combining_class(c) } else { 0 };
        let is_syriac = c == '\u{711}' || ('\u{730}'..='\u{73f}').contains(&c);
        let is_stray = class == WORD && combining != 0 && !is_syriac && !self.is_separating(c);
        let mut properties = class | fate(c) | composition(c, is_assigned, combining);
        let mut set = |bit, is_set| properties |= if is_set { bit } else { 0 };
        set(SELECTOR, is_selector(c));
        set(NEW, !is_assigned);
        set(STRAY, is_stray);
        set(SYMBOLIC, self.is_symbolic(c));
        set(OTHER_NUMBER, has(&self.other_number));
        set(LETTER, has(&self.letter) || has(&self.mark) || NEW_LETTERS.contains(&c));
        properties
    }

    fn class(&self, c: char) -> u16 {
        let has = |set: &Set| self.assigned.has(c) && set.has(c);
        let is_mark = self.mark.has(c);
        let is_arabic = matches!(c, '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}');
        let is_word_mark = NEW_MARKS.contains(&c)
            || is_mark && c < ASTRAL && !is_selector(c) && self.alphabetic.has(c);
        let is_word_letter = !is_mark && has(&self.letter) && !within(&ALONE_LETTERS, c);
        if has(&self.separator) || matches!(c, '\t'..='\r') {
            SPACE
        } else if NEW_LETTERS.contains(&c) || within(&LETTERS, c) || is_word_mark || is_word_letter
        {
            WORD
        } else if has(&self.decimal) && (c.is_ascii() || is_arabic) {
            DIGIT
        } else if c.is_ascii() && (has(&self.punctuation) || has(&self.symbol))
            || SYMBOLS.contains(c)
        {
            SYMBOL
        } else if self.is_symbolic(c) {
            ALONE_SYMBOL
        } else if c < ASTRAL && (has(&self.other_number) || has(&self.decimal)) {
            ALONE_NUMBER
        } else {
            ALONE
        }
    }

    /// Whether a character can take the marks that a symbol takes beside a space: punctuation, symbols,
    /// format characters, marks that end a word, what is not assigned; no ideographic punctuation.
    fn is_symbolic(&self, c: char) -> bool {
        let has = |set: &Set| self.assigned.has(c) && set.has(c);
        if c >= ASTRAL {
            return false;
        }
        let is_ideographic = ('\u{3001}'..='\u{303f}').contains(&c)
            && (has(&self.punctuation) || IDEOGRAPHIC.contains(c));
        let is_unassigned = !self.assigned.has(c) || self.unassigned.has(c);
        let is_symbol = has(&self.punctuation) || has(&self.symbol) || has(&self.format);
        self.is_separating(c) || (is_symbol || is_unassigned) && !is_ideographic
    }

    /// Whether a mark ends a word.
    fn is_separating(&self, c: char) -> bool {
        c < ASTRAL && self.mark.has(c) && !is_selector(c) && !self.alphabetic.has(c)
    }
}

fn is_selector(c: char) -> bool {
    ('\u{fe00}'..='\u{fe0f}').contains(&c)
}

/// What becomes of a character, before anything else looks at it.
fn fate(c: char) -> u16 {
    match c {
        '\t' | '\n' => 0,
        '\0'
        | '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{202f}'
        | '\u{205f}' => SPACED,
        c if c.is_control() => REMOVED,
        '\u{e000}'..='\u{f8ff}' => REMOVED_LATE,
        '\u{2018}' | '\u{2019}' => QUOTE,
        '\u{201c}' | '\u{201d}' => DOUBLE_QUOTE,
        _ => 0,
    }
}

/// Whether normalisation may move a character or compose it.
fn composition(c: char, is_assigned: bool, combining: u8) -> u16 {
    let is_quick = is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes;
    match (is_assigned, is_quick, combining) {
        (true, false, _) => COMPOSED,
        (true, true, 1..) => ORDERED,
        _ => 0,
    }
}
