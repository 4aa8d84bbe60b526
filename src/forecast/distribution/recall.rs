//! Answers about a completion that are kept: the lines of a corpus ask the same again and again, because nearly all
//! have the room and the cap of their model.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// So many answers are kept of a kind. Where every prompt leaves another room, those before are of no use.
const MOST: usize = 1_024;

/// The answers to questions of one kind.
#[derive(Debug)]
pub(super) struct Recall<Q, A>(Mutex<BTreeMap<Q, A>>);

impl<Q, A> Default for Recall<Q, A> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<Q, A> Clone for Recall<Q, A> {
    /// Without answers: those of a copy that is changed would be others.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<Q: Ord, A: Copy> Recall<Q, A> {
    /// The answer, worked out once.
    pub(super) fn get(&self, question: Q, answer: impl FnOnce() -> A) -> A {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&question).copied();
        known.unwrap_or_else(|| {
            let answer = answer();
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(question, answer);
            answer
        })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_was_asked_is_not_worked_out_again_and_a_copy_knows_nothing() {
        let recall = Recall::default();
        let worked = Cell::new(0);
        let double = |n: u64| {
            worked.set(worked.get() + 1);
            n * 2
        };
        for n in [3, 4, 3, 3, 4] {
            assert_eq!(recall.get(n, || double(n)), n * 2);
        }
        assert_eq!(worked.get(), 2);
        assert_eq!(recall.clone().get(3, || 7), 7);
    }

    #[test]
    fn few_answers_are_kept() {
        let recall = Recall::default();
        for n in 0..10 * MOST {
            recall.get(n, || n);
        }
        assert!(recall.0.lock().unwrap().len() <= MOST);
    }
}
