//! What a transcript, or a log, shows of the steps of its turns.

use crate::forecast::TokenDist;

/// The steps of turns that were had.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedSteps {
    /// Requests a turn, the one with the answer included.
    pub steps: TokenDist,
    /// Calls in a step that calls anything; nothing where none does.
    pub calls: Option<TokenDist>,
    /// Tokens of a result; nothing where there is none.
    pub results: Option<TokenDist>,
}
