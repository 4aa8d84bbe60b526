//! One model: what is known of it, how its prompts are counted, how much it takes, and what was measured.
//!
//! ```
//! use outlay::catalog::{Catalog, Fidelity};
//!
//! let catalog = Catalog::embedded();
//! let model = catalog.get("o1-mini").unwrap();
//! assert_eq!(model.limits.output_cap.get(), 65_536);
//! assert_eq!(model.counting.fidelity, Fidelity::Exact);
//! ```

mod chat_template;
mod counting;
mod facts;
mod limits;
mod published;

pub use chat_template::ChatTemplate;
pub use counting::{Counting, CountingError, Fidelity, ToolPrompt};
pub use facts::{Formerly, Model, Status};
pub use limits::{Lifecycle, Limits, MessageQuota, RateLimit};
pub use published::{Benchmark, BenchmarkKind, Dispute, Speed};
