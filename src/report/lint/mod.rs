//! `outlay lint`: requests against the rules of their model.

mod findings;
mod rules;

#[cfg(test)]
pub(crate) use findings::PlacedFinding;
pub(crate) use findings::{LintResult, LintTotal};
pub(crate) use rules::{RuleDetail, RuleList};
