//! The application: what a call is, which cap and which distribution apply, what it costs, at which risk.
//!
//! Every verb, gate and page asks this room, and so can a program. A [`CallSpec`] holds what is known about
//! a call, whoever declared it; a [`Workload`] adds the model, the day and the prompt; a [`Quote`] answers.
//! [`Conversation`] does the same for many turns.
//!
//! ```
//! use jiff::civil::date;
//! use outlay::catalog::Catalog;
//! use outlay::units::Tokens;
//! use outlay::workload::{CallSpec, Workload};
//!
//! let (catalog, day) = (Catalog::embedded(), date(2024, 9, 20));
//! let model = catalog.resolve("o1-mini", day)?;
//! let call = CallSpec { completion_tokens: Some("600".parse()?), ..CallSpec::default() };
//!
//! let quote = Workload::new(model, day).prompt_tokens(Tokens::new(400)).call(call).quote()?;
//! assert_eq!(quote.cap, Some(Tokens::new(25_000)));
//! let cost = quote.cost().and_then(|cost| cost.expected);
//! assert_eq!(cost, Some("0.0084".parse()?));
//! # Ok::<(), outlay::Error>(())
//! ```

mod account;
mod builder;
mod call_spec;
mod cap_policy;
mod completion_source;
mod conversation;
mod eligibility;
mod fitting;
mod literal;
mod measured_profile;
mod media_spec;
mod offers;
mod profile_scores;
mod profile_summary;
mod prompt;
mod quote;
mod range;
#[cfg(test)]
mod schema;
mod sent_effort;
mod template;
mod templated;

pub use account::{AccountSpec, Quota};
pub use builder::Workload;
pub use call_spec::{CachedPart, CallSpec, CompletionDist, Reserve};
pub use cap_policy::cap_policy;
pub use completion_source::{CompletionSource, CompletionSources};
pub use conversation::{
    AgentQuote, CacheChoice, CacheOption, Conversation, ConversationQuote, ConversationRange,
    ConversationSpec, DeclaredMedia, ObservedSteps, Past, PlayedScript, Seed, StepCount, TaskSpec,
};
pub use eligibility::{ending_warnings, lifecycle_warnings, refusals, refused, shut_down};
pub use fitting::{Alternative, DroppedMessage, Fitted, Outlook, OutlookOf};
pub use literal::Literal;
pub(crate) use literal::optional;
#[cfg(feature = "cli")]
pub(crate) use literal::{flags_of, message_and_hint, parse};
pub use measured_profile::{MeasuredProfile, NoProfileFiles, ReadProfile, Work};
pub use media_spec::MediaSpec;
pub use offers::{SavedBy, Saving, TierOffer};
pub use profile_scores::{ProfileScore, ProfileScores};
pub use profile_summary::{ProfileConfidence, ProfileSummary};
pub use prompt::Prompt;
pub use quote::{Assumptions, CapRule, Quote, call_fees};
pub use range::{CostRange, PromptRange, RoomRange};
pub use sent_effort::SentEffort;
pub use template::{PromptSize, Template};
pub use templated::{TemplatedQuote, TemplatedRequest};
