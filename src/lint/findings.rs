//! A request against the rules of its model.

use std::collections::BTreeMap;

use super::finding::Finding;
use super::rule::Rule;
use super::target::LintTarget;
use super::{
    caching, caps, images, lifecycle, parameters, prefix, prompting, ranges, rate_limits,
    requirements, thinking, together,
};
use crate::gate::Level;

/// The levels that a user gave to rules, by their ids.
#[derive(Debug, Clone, Default)]
pub struct Lints(BTreeMap<&'static str, Level>);

impl Lints {
    /// Sets the level of a rule.
    pub fn set(&mut self, rule: &'static Rule, level: Level) {
        self.0.insert(rule.id, level);
    }

    /// The level of a rule: the user's, else its own.
    #[must_use]
    pub fn level(&self, rule: &Rule) -> Level {
        self.0.get(rule.id).copied().unwrap_or(rule.level)
    }
}

/// Everything the rules find, in the order of the file; what is found nowhere in particular first.
#[must_use]
pub fn lint(target: &LintTarget<'_>, lints: &Lints) -> Vec<Finding> {
    let mut findings = lifecycle::findings(target);
    findings.extend(parameters::findings(target));
    findings.extend(requirements::findings(target));
    findings.extend(ranges::findings(target));
    findings.extend(caps::findings(target));
    findings.extend(thinking::findings(target));
    findings.extend(together::findings(target));
    findings.extend(images::findings(target));
    findings.extend(caching::findings(target));
    findings.extend(prefix::findings(target));
    findings.extend(rate_limits::findings(target));
    if target.reasons() {
        findings.extend(prompting::findings(target));
    }
    for finding in &mut findings {
        finding.level = lints.level(finding.rule);
        finding.place(target.text, target.lines);
    }
    findings.retain(|finding| finding.level > Level::Off);
    findings.sort_by_key(|finding| (finding.position, finding.rule.id));
    findings
}
