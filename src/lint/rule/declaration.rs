//! A rule.

use crate::gate::Level;

/// A rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id, in kebab case; it never changes its meaning.
    pub id: &'static str,
    /// How much it matters unless the user says otherwise.
    pub level: Level,
    /// What it finds, in half a sentence.
    pub summary: &'static str,
    /// Why that matters and what to do.
    pub explanation: &'static str,
    /// Where this is known from.
    pub source: &'static str,
    /// The only value that a parameter may have, where the rule is about one.
    pub(in crate::lint) fixed_at: Option<&'static str>,
}
