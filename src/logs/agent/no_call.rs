//! Lines of a session that are no calls: what the user, the system and tools said, and notes of the
//! agent about itself.

use crate::logs::object::Object;

/// Kinds of lines that have no usage.
const KINDS: [&str; 34] = [
    "user",
    "human",
    "system",
    "summary",
    "file-history-snapshot",
    "attachment",
    "queue-operation",
    "progress",
    "tool",
    "tool_result",
    "tool_use",
    "info",
    "error",
    "init",
    "session",
    "session_meta",
    "session_start",
    "session_end",
    "model_change",
    "thinking_level_change",
    "compaction",
    "branch_summary",
    "custom",
    "label",
    "custom-title",
    "agent-name",
    "last-prompt",
    "permission-mode",
    "pr-link",
    "ai-title",
    "say",
    "ask",
    "stream_event",
    "rate_limit_event",
];

/// Who speaks in a message that is no answer of a model.
const ROLES: [&str; 5] = ["user", "system", "developer", "tool", "function"];

/// Keys of which any may hold figures: what has one of them is a call that could not be read.
const FIGURES: [&str; 12] = [
    "usage",
    "tokens",
    "token_usage",
    "tokenUsage",
    "usageMetadata",
    "usage_metadata",
    "totalUsage",
    "prompt_tokens",
    "completion_tokens",
    "input_tokens",
    "output_tokens",
    "cost",
];

pub(crate) fn is(object: &Object<'_>) -> bool {
    let has_kind = KINDS.iter().any(|kind| object.is("type", kind));
    let has_role = ROLES.iter().any(|role| object.is("role", role));
    let is_part_of_session = object.has("sessionId")
        || object.has("session_id")
        || object.has("timestamp")
        || object.has("ts")
        || object.has("leafUuid")
        || object.has("messageId")
        || object.has("uuid")
        || object.has("parentId");
    let has_figures = || FIGURES.iter().any(|key| object.has(key)) || is_answer(object);
    ((has_kind && is_part_of_session) || (has_role && object.has("content"))) && !has_figures()
}

/// A message with figures inside.
fn is_answer(object: &Object<'_>) -> bool {
    object.object("message").ok().flatten().is_some_and(|message| message.has("usage"))
}
