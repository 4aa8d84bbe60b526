//! The price lists of several models at one time.

use std::collections::BTreeMap;

use crate::catalog::Rates;

/// The prices in force, by model: every row of the model's price list.
pub type PriceLists = BTreeMap<String, Vec<Rates>>;
