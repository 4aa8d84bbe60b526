//! Byte pair encoding of a text of few different tokens: one pass for each token that is made.
//!
//! Where every token is younger than its parts, no merge makes room for an earlier one. Few vocabularies
//! have other tokens, and are not merged like this. So when the lowest id that two neighbours merge into is
//! known, all neighbours that merge into it may do so at once, from the left. Equal neighbours are one run, so
//! that a row of a thousand signs takes ten steps. Text that repeats itself needs few passes; other text
//! needs too many and is given back.

use crate::tokenizer::token::Token;
use crate::tokenizer::vocabulary::Vocabulary;
use crate::tokenizer::vocabulary::hash::NONE;

/// How often each byte of a text may be visited, on average. More would take longer than a heap does.
const VISITS: usize = 32;

/// Equal tokens side by side, and what they merge into.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// The first of them.
    token: Token,
    /// How many bytes each is.
    length: usize,
    count: usize,
    /// What two of them merge into.
    twice: u32,
    /// What the last of them and the first of the next run merge into.
    merge: u32,
}

impl Run {
    /// The lowest id that anything in it, or the last of it, merges into.
    fn lowest(&self) -> u32 {
        if self.count > 1 { self.merge.min(self.twice) } else { self.merge }
    }

    /// Leaves out the first tokens.
    fn skip(&mut self, count: usize) {
        self.token.start += count * self.length;
        self.count -= count;
    }

    fn tokens(self) -> impl Iterator<Item = Token> {
        let Self { token: Token { start, id }, length, count, .. } = self;
        (0..count).map(move |number| Token { start: start + number * length, id })
    }
}

/// The runs of a text, kept for the next.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    runs: Vec<Run>,
    made: Vec<Run>,
}

impl Sweep {
    /// Appends the tokens of `text` to `tokens`, or answers that it needs too many passes.
    pub(super) fn merge(
        &mut self,
        vocabulary: &Vocabulary,
        text: &[u8],
        tokens: &mut Vec<Token>,
    ) -> bool {
        if !vocabulary.is_ordered {
            return false;
        }
        self.runs.clear();
        let mut start = 0;
        for run in text.chunk_by(|left, right| left == right) {
            let next = start + run.len();
            let byte = run[0];
            self.runs.push(Run {
                token: Token { start, id: vocabulary.byte(byte) },
                length: 1,
                count: run.len(),
                twice: vocabulary.byte_pair(byte, byte),
                merge: text.get(next).map_or(NONE, |next| vocabulary.byte_pair(byte, *next)),
            });
            start = next;
        }
        let mut visits = 0;
        while visits < VISITS * text.len() {
            let lowest = self.runs.iter().map(Run::lowest).min().unwrap_or(NONE);
            if lowest == NONE {
                tokens.extend(self.runs.iter().flat_map(|run| run.tokens()));
                return true;
            }
            visits += self.runs.len();
            self.pass(vocabulary, lowest);
        }
        false
    }

    /// Merges all neighbours that merge into `id`.
    fn pass(&mut self, vocabulary: &Vocabulary, id: u32) {
        let twice = vocabulary.pair(id, id);
        let new = |start, length, count| Run {
            token: Token { start, id },
            length,
            count,
            twice,
            merge: NONE,
        };
        self.made.clear();
        let mut lengths = self.runs.iter().map(|run| run.length).skip(1);
        // How many of the next run merged with the last of the run before it.
        let mut taken = 0;
        for mut run in self.runs.iter().copied() {
            let next_length = lengths.next().unwrap_or_default();
            run.skip(std::mem::take(&mut taken));
            if run.count > 1 && run.twice == id {
                push(
                    &mut self.made,
                    vocabulary,
                    id,
                    new(run.token.start, 2 * run.length, run.count / 2),
                );
                run.skip(run.count & !1);
            } else if run.count > 0 && run.merge == id {
                let before = run.count - 1;
                if before > 0 {
                    push(&mut self.made, vocabulary, id, Run { count: before, ..run });
                }
                run.skip(before);
                push(
                    &mut self.made,
                    vocabulary,
                    id,
                    new(run.token.start, run.length + next_length, 1),
                );
                run.count = 0;
                taken = 1;
            }
            if run.count > 0 {
                push(&mut self.made, vocabulary, id, run);
            }
        }
        std::mem::swap(&mut self.runs, &mut self.made);
    }
}

/// Puts a run behind others after a pass that made `id`.
fn push(runs: &mut Vec<Run>, vocabulary: &Vocabulary, id: u32, run: Run) {
    match runs.last_mut() {
        Some(last) if last.token.id == run.token.id => {
            last.count += run.count;
            last.merge = run.merge;
        }
        last => {
            // What merges with what is known of those that were there before.
            if let Some(last) = last
                && (last.token.id == id || run.token.id == id)
            {
                last.merge = vocabulary.pair(last.token.id, run.token.id);
            }
            runs.push(run);
        }
    }
}
