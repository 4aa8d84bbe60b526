//! Conversations: what is declared about one ([`ConversationSpec`], [`TaskSpec`]), what a request shows of it
//! ([`Past`]), how its prompts are cached, and what it comes to ([`Conversation`]).

mod caching;
mod declared_media;
mod observed;
mod played;
mod quote;
mod spec;
mod task_spec;
mod transcript;

pub use caching::{CacheChoice, CacheOption};
pub use declared_media::DeclaredMedia;
pub use observed::ObservedSteps;
pub use played::PlayedScript;
pub use quote::{AgentQuote, Conversation, ConversationQuote, ConversationRange, Past};
pub use spec::{ConversationSpec, Seed};
pub use task_spec::{StepCount, TaskSpec};
