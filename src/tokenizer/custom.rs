//! Vocabularies that a user brought.

use std::sync::{PoisonError, RwLock};

use super::definition::Definition;
use super::pattern::Rules;

/// A vocabulary that was read from a file of the user's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Custom(usize);

/// A vocabulary with the name and the contents of its file, and by which rules it was to split.
struct Known {
    name: &'static str,
    digest: u128,
    rules: Option<Rules>,
    definition: Definition,
}

/// All that this process has read. They are few and stay until it ends.
static KNOWN: RwLock<Vec<&'static Known>> = RwLock::new(Vec::new());

impl Custom {
    /// The last that was read from a file of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().rposition(|known| known.name == name).map(Self)
    }

    /// The same where it had these contents.
    pub(super) fn known(name: &str, digest: u128, rules: Option<Rules>) -> Option<Self> {
        let is_same = |known: &Known| known.digest == digest && known.rules == rules;
        Self::named(name).filter(|custom| is_same(custom.get()))
    }

    /// Keeps one for as long as the process lives.
    pub(super) fn keep(
        name: &str,
        digest: u128,
        rules: Option<Rules>,
        definition: Definition,
    ) -> Self {
        let known = Known { name: name.to_owned().leak(), digest, rules, definition };
        let mut all = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        all.push(Box::leak(Box::new(known)));
        Self(all.len() - 1)
    }

    fn get(self) -> &'static Known {
        KNOWN.read().unwrap_or_else(PoisonError::into_inner)[self.0]
    }

    /// The name of its file.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.get().name
    }

    pub(super) fn definition(self) -> Definition {
        self.get().definition
    }
}
