//! What a simulation was made of, for a page that plays it again.

use crate::forecast::{Script, TimeDist, TokenDist};
use crate::units::Tokens;

/// What was simulated besides the rules of the conversation.
#[derive(Debug, Clone)]
pub struct PlayedScript {
    /// The messages of the user that were known, from the first turn on.
    pub known: Vec<Tokens>,
    /// Every other message of the user.
    pub user: TokenDist,
    /// The images, documents, sounds and films in each of those, in tokens.
    pub media: Tokens,
    /// The time between two turns.
    pub gap: TimeDist,
    /// How many turns.
    pub turns: u32,
    /// How many runs, where something is random.
    pub runs: u32,
    /// How alike the completions of one conversation are, without steps and with them.
    pub rho: [f64; 2],
    /// Whether the completions of some turns are known apart.
    pub apart: bool,
    /// The smallest cap within the risk for completions without calls; `None` where no cap is.
    pub cap_for_risk: Option<Tokens>,
}

impl PlayedScript {
    /// What a page needs of a script that was simulated.
    pub(super) fn of(script: Script<'_>, rho: [f64; 2], cap_for_risk: Option<Tokens>) -> Self {
        Self {
            known: script.known,
            user: script.user,
            media: script.media,
            gap: script.gap,
            turns: script.turns,
            runs: script.runs,
            rho,
            apart: !script.by_turn.is_empty(),
            cap_for_risk,
        }
    }
}
