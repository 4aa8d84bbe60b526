//! What a template puts around messages.

use super::definitions::Definitions;
use crate::request::message::Role;

/// The marks of a template: what stands before and behind each message, `·` for a special token.
pub(super) struct Marks {
    /// What the prompt begins with.
    pub(super) begin: &'static str,
    pub(super) system: Around,
    pub(super) user: Around,
    pub(super) assistant: Around,
    /// A system text that is sent where the request has none, with its marks.
    pub(super) default_system: &'static str,
    /// What the answer begins with.
    pub(super) answer: &'static str,
    /// Tokens of further text that is always sent and stands between special tokens or lines.
    pub(super) fixed: u64,
    pub(super) trims: Trims,
    pub(super) definitions: Definitions,
}

/// What stands before and behind a message.
pub(super) struct Around(pub(super) &'static str, pub(super) &'static str);

/// Of which messages white space at the ends is dropped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trims {
    All,
    Assistant,
    Nothing,
}

impl Marks {
    pub(super) const fn around(&self, role: Role) -> &Around {
        match role {
            Role::System | Role::Developer => &self.system,
            Role::Assistant => &self.assistant,
            Role::User | Role::Tool | Role::Function => &self.user,
        }
    }
}
