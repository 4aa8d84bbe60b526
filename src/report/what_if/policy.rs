//! The cap that a page recommends.

use serde::Serialize;

use crate::units::Tokens;
use crate::workload::{CallSpec, MeasuredProfile, cap_policy};

/// What the recommended cap must satisfy.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Policy {
    /// Tokens kept for reasoning and outputs.
    reserve: Tokens,
    /// The accepted length risk.
    risk: f64,
    /// Whether the reserve is one that measurements allow.
    released: bool,
    /// Why it is released or stays, where that was asked.
    why: Option<String>,
}

impl Policy {
    pub(super) fn of(call: &CallSpec, profile: Option<&MeasuredProfile>) -> Self {
        let (policy, why) = cap_policy(call, profile);
        Self { reserve: policy.reserve, risk: policy.risk.get(), released: policy.released, why }
    }
}
