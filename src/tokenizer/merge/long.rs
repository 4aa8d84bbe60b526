//! Byte pair encoding of long pieces: in windows that overlap, put together where they agree.
//!
//! A row of tokens is the encoding of its text if every two neighbours are the encoding of theirs (the
//! argument is in the documentation of the crate `bpe`). Two neighbours in the encoding of any part of a
//! text are that. So where two windows hold the same token at the same place, everything up to it
//! may come from the first window and everything from it on from the second, and the row stays an
//! encoding. Windows that hold no token in common are followed by larger ones that reach back
//! further, in the worst case by the whole piece.

use super::heap::Heap;
use super::lanes::{LANE, Lanes};
use super::sweep::Sweep;
use crate::tokenizer::token::Token;
use crate::tokenizer::vocabulary::Vocabulary;

/// How far apart small windows start at most; each is [`LANE`] bytes.
const STEP: usize = 40;
/// How many small windows are merged at a time.
const BATCH: usize = 16;
/// The first size of larger windows. They begin a quarter of it before the end of what is known.
const LARGE: usize = 1024;
/// Where text repeats itself for this long, a larger window comes next, and comes again.
const REPEATED: usize = 256;
/// Pieces up to [`LARGE`] that repeat no more bytes than this are merged as a whole.
const SHORT_PERIOD: usize = 4;
/// How much larger the next is, when that does not suffice.
const GROWTH: usize = 4;

/// What encoding long pieces needs, kept for the next.
#[derive(Debug, Default)]
pub(crate) struct Long {
    heap: Heap,
    sweep: Sweep,
    /// The tokens of the piece so far; the last of them may turn out otherwise.
    tokens: Vec<Token>,
    windows: Vec<Vec<Token>>,
    large: Vec<Token>,
}

impl Long {
    /// The tokens of a piece.
    pub(crate) fn encode(
        &mut self,
        vocabulary: &Vocabulary,
        lanes: &mut Lanes,
        piece: &[u8],
    ) -> &[Token] {
        self.tokens.clear();
        self.windows.resize_with(BATCH, Vec::new);
        let repeats =
            piece.len() <= LARGE && period(piece, LANE).is_some_and(|p| p <= SHORT_PERIOD);
        if repeats && self.sweep.merge(vocabulary, piece, &mut self.tokens) {
            return &self.tokens;
        }
        let mut known = 0;
        while known < piece.len() {
            known = self.small(vocabulary, lanes, piece, known);
            if known < piece.len() {
                known = self.large(vocabulary, piece, known);
            }
        }
        &self.tokens
    }

    /// Goes on with small windows until one does not fit or the text goes on repeating itself;
    /// answers how far the tokens are known now.
    fn small(
        &mut self,
        vocabulary: &Vocabulary,
        lanes: &mut Lanes,
        piece: &[u8],
        known: usize,
    ) -> usize {
        let mut known = known;
        loop {
            let first = known.saturating_sub(LANE - STEP);
            if period(&piece[first..], REPEATED).is_some() {
                return known;
            }
            // Windows that start where text repeats itself are equal, and merged once.
            let step = period(&piece[first..], LANE).map_or(STEP, |period| STEP - STEP % period);
            let window = |number: usize| {
                let start = first + number * step;
                (start, &piece[start..piece.len().min(start + LANE)])
            };
            let count = (piece.len() - first).saturating_sub(LANE).div_ceil(step) + 1;
            let count = count.min(BATCH);
            let repeats = |number: usize| number > 0 && window(number).1 == window(number - 1).1;
            let fresh: Vec<usize> = (0..count).filter(|number| !repeats(*number)).collect();
            let windows = &mut self.windows;
            lanes.merge(vocabulary, fresh.iter().map(|number| window(*number).1), |merged| {
                let tokens = &mut windows[fresh[merged.piece]];
                tokens.clear();
                tokens.extend(merged.tokens());
            });
            let mut source = 0;
            for number in 0..count {
                if !repeats(number) {
                    source = number;
                }
                let (start, bytes) = window(number);
                if !join(&mut self.tokens, &self.windows[source], start) {
                    return known;
                }
                known = start + bytes.len();
            }
            if known == piece.len() {
                return known;
            }
        }
    }

    /// Goes on with a window large enough to fit, and with more of them while the text repeats.
    fn large(&mut self, vocabulary: &Vocabulary, piece: &[u8], known: usize) -> usize {
        let mut size = LARGE;
        loop {
            let start = known.saturating_sub(size / 4);
            let end = piece.len().min(start + size);
            self.large.clear();
            let window = &piece[start..end];
            if !self.sweep.merge(vocabulary, window, &mut self.large) {
                self.heap.merge(vocabulary, window, &mut self.large);
            }
            if join(&mut self.tokens, &self.large, start) {
                return self.repeat(piece, start, end);
            }
            size *= GROWTH;
        }
    }

    /// Uses the large window that was `piece[start..end]` again for as long as the same text follows.
    fn repeat(&mut self, piece: &[u8], start: usize, end: usize) -> usize {
        let size = end - start;
        let step = size - size / 4;
        let step = step - period(&piece[start..end], LANE).map_or(0, |period| step % period);
        let (mut start, mut end) = (start, end);
        while piece.get(start + step..end + step) == Some(&piece[start..end])
            && join(&mut self.tokens, &self.large, start + step)
        {
            start += step;
            end += step;
        }
        end
    }
}

/// The number of bytes up to [`STEP`] that the beginning of a text repeats for this length.
fn period(text: &[u8], length: usize) -> Option<usize> {
    let first = text.first_chunk::<8>()?;
    (1..=STEP.min(text.len().saturating_sub(length))).find(|period| {
        text[*period..].first_chunk() == Some(first)
            && text[*period..period + length] == text[..length]
    })
}

/// Puts a window that begins at `start` behind `tokens`, from the first token on that both hold at
/// the same place; answers whether there is one. The window at the beginning takes the place of all.
fn join(tokens: &mut Vec<Token>, window: &[Token], start: usize) -> bool {
    let placed = |token: &Token| Token { start: token.start + start, id: token.id };
    if start == 0 {
        tokens.clear();
        tokens.extend_from_slice(window);
        return true;
    }
    let mut old = tokens.len() - tokens.iter().rev().take_while(|t| t.start >= start).count();
    let mut new = 0;
    while let (Some(left), Some(right)) = (tokens.get(old), window.get(new).map(placed)) {
        if *left == right {
            tokens.truncate(old);
            tokens.extend(window[new..].iter().map(placed));
            return true;
        }
        if left.start <= right.start {
            old += 1;
        } else {
            new += 1;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tokenizer::path::Path;
    use crate::tokenizer::vocabulary::{
        CL100K_BASE, GEMMA3, GLM4, LLAMA3, O200K_BASE, P50K_BASE, Packed, QWEN2, R50K_BASE,
    };

    fn pieces() -> impl Strategy<Value = String> {
        let runs = prop::collection::vec(("[ab=*~ぁ🏽]", 1..200_usize), 1..12);
        prop_oneof![
            "[a-z]{1,900}",
            "[ab]{1,900}",
            "[ぁ-ん]{1,300}",
            "[!-~]{1,900}",
            ("[a-cé中]{1,30}", 1..80_usize).prop_map(|(part, n)| part.repeat(n)),
            runs.prop_map(|runs| runs.iter().map(|(c, n)| c.repeat(*n)).collect()),
            any::<String>().prop_filter("a piece is not empty", |text| !text.is_empty()),
        ]
    }

    /// Those of OpenAI, and some whose tokens are not all younger than their parts.
    fn vocabularies() -> Vec<&'static Vocabulary> {
        let packed = [&CL100K_BASE, &QWEN2, &GLM4, &GEMMA3, &LLAMA3, &P50K_BASE, &R50K_BASE];
        std::iter::once(O200K_BASE.vocabulary())
            .chain(packed.map(Packed::vocabulary))
            // Lanes begin with characters where these are there.
            .inspect(|vocabulary| _ = vocabulary.borders())
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn windows_and_passes_give_what_a_heap_gives(
            piece in pieces(),
            vocabulary in prop::sample::select(vocabularies()),
        ) {
            let piece = piece.as_bytes();
            let mut whole = Vec::new();
            Heap::default().merge(vocabulary, piece, &mut whole);
            let mut passes = Vec::new();
            if Sweep::default().merge(vocabulary, piece, &mut passes) {
                prop_assert_eq!(&passes, &whole);
            }
            for path in Path::all() {
                let mut long = Long::default();
                let windows = long.encode(vocabulary, &mut Lanes::new(*path), piece);
                prop_assert_eq!(windows, &whole[..], "{:?}", path);
            }
        }
    }
}
