//! What a column can hold, and the names by which that is known.

use crate::logs::figures::Figure;

/// A figure that a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Model,
    PromptTokens,
    CachedTokens,
    CacheWriteTokens,
    CacheWriteExtendedTokens,
    CompletionTokens,
    ReasoningTokens,
    TotalTokens,
    ContentTokens,
    FinishReason,
    Cap,
    Time,
    Task,
    Success,
    Id,
    Tier,
    Effort,
    Cost,
    Requests,
    Conversation,
    Prompt,
    Turn,
    Batch,
    Context,
    CacheHit,
}

/// Every field with its name and the other names by which a column is recognised. Figures are
/// known under every spelling that usage objects have as well.
pub(super) const FIELDS: [(Field, &str, &[&str]); 25] = [
    (
        Field::Model,
        "model",
        &[
            "response_model",
            "request_model",
            "provided_model_name",
            "model_version",
            "model_permaslug",
            "model_name",
            "modelId",
        ],
    ),
    (Field::PromptTokens, "prompt_tokens", &[]),
    (Field::CachedTokens, "cached_tokens", &[]),
    (Field::CacheWriteTokens, "cache_write_tokens", &[]),
    (Field::CacheWriteExtendedTokens, "cache_write_extended_tokens", &[]),
    (Field::CompletionTokens, "completion_tokens", &[]),
    (Field::ReasoningTokens, "reasoning_tokens", &[]),
    (Field::TotalTokens, "total_tokens", &[]),
    (Field::ContentTokens, "content_tokens", &[]),
    (Field::FinishReason, "finish_reason", &["stop_reason", "finish_reason_normalized"]),
    (Field::Cap, "max_completion_tokens", &["max_output_tokens", "max_tokens"]),
    (
        Field::Time,
        "time",
        &[
            "created_utc",
            "request_created_at",
            "day",
            "usage_date_utc",
            "start_time_iso",
            "datetime",
        ],
    ),
    (Field::Task, "task", &[]),
    (Field::Success, "success", &["passed", "task_success", "is_success"]),
    (Field::Id, "id", &["request_id", "response_id", "generation_id"]),
    (Field::Tier, "service_tier", &["tier", "usage_type"]),
    (Field::Effort, "reasoning_effort", &["effort"]),
    (Field::Cost, "cost", &[]),
    (Field::Requests, "requests", &["num_model_requests", "num_requests"]),
    (
        Field::Conversation,
        "conversation",
        &["conversation_id", "session_id", "thread_id", "trace_id"],
    ),
    (Field::Prompt, "prompt_id", &["prompt_hash"]),
    (Field::Turn, "turn", &["turn_index"]),
    (Field::Batch, "batch", &["is_batch"]),
    (Field::Context, "context_window", &[]),
    (
        Field::CacheHit,
        "cache_hit",
        &["cacheHit", "from_cache", "fromCache", "cache_status", "cached"],
    ),
];

impl Field {
    /// The figure that the field is.
    pub(super) fn figure(self) -> Option<Figure> {
        Some(match self {
            Self::PromptTokens => Figure::Prompt,
            Self::CachedTokens => Figure::Cached,
            Self::CacheWriteTokens => Figure::Written,
            Self::CacheWriteExtendedTokens => Figure::WrittenLong,
            Self::CompletionTokens => Figure::Completion,
            Self::ReasoningTokens => Figure::Reasoning,
            Self::TotalTokens => Figure::Total,
            _ => return None,
        })
    }

    pub(super) fn name(self) -> &'static str {
        FIELDS.iter().find(|(known, ..)| *known == self).map_or("", |(_, name, _)| *name)
    }
}
