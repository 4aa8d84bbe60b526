//! What is known about each model: [`Model`] with [`Limits`], dated [`PriceEntry`]s, [`Lifecycle`] and sources.
//!
//! The data are the TOML files under `pricing/`, embedded in the program. An overlay file adds models
//! or replaces parts of one by id, for negotiated rates. Names are matched exactly (id, alias, dated
//! snapshot, optionally with `provider/` in front, or in the form that a cloud or a router writes) and
//! never across a version; what is nearest goes into the hint. What a host sells of another maker has
//! the host in its id, such as `azure/gpt-5.4`, and prices of its own.
//!
//! ```
//! use jiff::civil::date;
//! use outlay::catalog::{Catalog, Tier};
//! use outlay::units::Tokens;
//!
//! let catalog = Catalog::embedded();
//! let model = catalog.resolve("o1-mini-2024-09-12", date(2025, 2, 1))?;
//! let price = model.price_at(date(2025, 2, 1))?;
//! assert_eq!(model.rates(price, Tier::Standard, Tokens::new(1_000))?.output.to_string(), "4.4");
//!
//! let error = catalog.resolve("o1-mni", date(2025, 2, 1)).unwrap_err();
//! assert!(error.hint_text().unwrap().contains("o1-mini"));
//! # Ok::<(), outlay::Error>(())
//! ```

mod api;
mod cache;
mod date;
mod embedded;
mod features;
mod file;
mod freshness;
mod ids;
mod model;
mod peak;
mod price;
mod registry;
mod release;
mod retention;
mod surcharge;
mod thinking;
mod turnaround;
mod unknown;

pub use api::{Api, ApiEndpoint, ApiFamily, Endpoint};
pub use cache::{CacheLifetime, CacheMarks, CacheRules};
pub(crate) use date::required as toml_date;
pub use features::{Feature, Features, Support};
pub use freshness::{Matter, Upkeep, UpkeepRules, upkeep};
pub use model::{
    Benchmark, BenchmarkKind, ChatTemplate, Counting, CountingError, Dispute, Fidelity, Formerly,
    Lifecycle, Limits, MessageQuota, Model, RateLimit, Speed, Status, ToolPrompt,
};
pub use peak::{HourSpan, Peak};
pub(crate) use price::TierRows;
pub use price::{PriceEntry, Rates, Tier};
pub use registry::Catalog;
pub use release::ReleasedCatalog;
pub use retention::Retention;
pub use surcharge::{Condition, Fee, FeeItem, FeeUnit, Multiplier};
pub use thinking::{Effort, EffortAt, Thinking, ThinkingBudget, ThinkingMode};
pub use turnaround::Turnaround;
