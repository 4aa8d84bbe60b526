//! What a single conversation is billed for.

use serde::{Deserialize, Serialize};

use crate::billing::{BilledUsage, mean_cost};
use crate::catalog::{Rates, Tier};
use crate::units::Money;

/// What a single simulated conversation is billed for.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BilledRun {
    /// Its requests, summed up by the row of the price list that they pay.
    pub billed: Vec<BilledUsage>,
    /// What the agents cost that it starts.
    #[cfg_attr(test, schemars(with = "String"))]
    #[serde(default)]
    pub agents_usd: Money,
}

impl BilledRun {
    /// What it costs at these prices; `None` when the tier has none.
    #[must_use]
    pub fn cost(&self, list: &[Rates], tier: Tier) -> Option<Money> {
        Some(mean_cost(&self.billed, 1, list, tier)? + self.agents_usd)
    }
}
