//! `outlay lint`: requests against the rules of their model.

mod findings;
mod rules;

pub use findings::{FindingRef, LintResult, LintTotal};
pub use rules::{RuleDetail, RuleList};
