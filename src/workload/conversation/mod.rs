//! Conversations: what is declared about one ([`ConversationSpec`], [`TaskSpec`]), what a request shows of it
//! ([`Past`]), how its prompts are cached, and what it comes to ([`Conversation`]).

mod caching;
mod observed;
mod quote;
mod spec;
mod task_spec;
mod transcript;

pub use caching::{CacheChoice, CacheOption};
pub use observed::ObservedSteps;
pub use quote::{AgentQuote, Conversation, ConversationQuote, Past};
pub use spec::{ConversationSpec, Seed};
pub use task_spec::{StepCount, TaskSpec};
