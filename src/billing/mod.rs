//! From tokens to money: [`bill()`] is the only place where a rate is multiplied.
//!
//! Every verb, gate, page and log audit asks this room, so that the same call costs the same everywhere.
//! A bill has one line per [`CostKind`]; its total is the sum of its lines, exactly.
//!
//! ```
//! use jiff::civil::date;
//! use outlay::billing::bill;
//! use outlay::catalog::{Catalog, Tier};
//! use outlay::units::Tokens;
//! use outlay::logs::Usage;
//!
//! let catalog = Catalog::embedded();
//! let model = catalog.resolve("o1-preview", date(2024, 9, 20))?;
//! let usage = Usage::new(Tokens::new(757), Tokens::new(512));
//! let rates = model.rates(model.price_at(date(2024, 9, 20))?, Tier::Standard, usage.prompt())?;
//! assert_eq!(bill(usage, rates).total().to_string(), "0.042075");
//! # Ok::<(), outlay::Error>(())
//! ```

mod bill;
mod price_list;
mod token_sum;

pub use bill::{Bill, CostKind, CostLine, bill, bill_logged, cost};
pub use price_list::PriceLists;
pub use token_sum::{BilledUsage, mean_cost};
