//! Rules over requests: [`lint()`] finds what the API of a model would refuse, and what costs more than it should.
//!
//! ```
//! use outlay::lint::{RULES, Rule};
//!
//! let rule = Rule::named("no-reserve").unwrap_or(&RULES[0]);
//! assert!(!rule.explanation.is_empty());
//! ```

mod api_errors;
mod caching;
mod caps;
mod document;
mod finding;
mod findings;
mod images;
mod lifecycle;
mod parameters;
mod prefix;
mod prompting;
mod ranges;
mod rate_limits;
mod requirements;
mod rule;
mod target;
mod thinking;
mod together;

pub use document::{LintOptions, LintText, LintedRequest};
pub use finding::{ApiAnswer, Finding};
pub use findings::{Lints, lint};
pub use rule::{RULES, Rule};
pub use target::LintTarget;
