//! Which calls belong together: turns of one conversation, or calls with one prompt.

use xxhash_rust::xxh3::xxh3_64;

use super::object::Object;

/// What a call shares with others, with a number in place of the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallGroup {
    /// A conversation, a session or a trace, of which it is a turn.
    Conversation(u64),
    /// The prompt, which was sent several times.
    Prompt(u64),
}

/// Where records name the conversation, the session or the trace that they belong to. The first that is
/// there counts.
const CONVERSATION: [&str; 13] = [
    "conversation_id",
    "conversationId",
    "conversation.id",
    "session_id",
    "sessionId",
    "sessionID",
    "thread_id",
    "threadId",
    "metadata.conversation_id",
    "metadata.session_id",
    "metadata.thread_id",
    "trace_id",
    "traceId",
];

/// Where records name the prompt.
const PROMPT: [&str; 4] =
    ["prompt_id", "prompt_hash", "metadata.prompt_id", "metadata.prompt_hash"];

/// Where the attributes of spans name the conversation.
const ATTRIBUTES: [&str; 3] = ["gen_ai.conversation.id", "session.id", "langfuse.session.id"];

/// Where records number the turns of a conversation.
const TURN: [&str; 2] = ["turn", "metadata.turn"];

/// The group of a record.
pub(crate) fn of(object: &Object<'_>) -> Option<CallGroup> {
    // What a sub-agent sends is a conversation of its own within the session.
    let side = object.at("isSidechain").filter(|is| is == "true");
    let side = side.map(|_| object.at("agentId").unwrap_or_else(|| "sidechain".to_owned()));
    let named = |path: &&str| {
        let name = object.at(path).filter(|name| !name.trim().is_empty())?;
        conversation(Some(match &side {
            Some(side) => format!("{name}/{side}"),
            None => name,
        }))
    };
    let conversation = CONVERSATION.iter().find_map(named);
    conversation.or_else(|| PROMPT.iter().find_map(|path| prompt(object.at(path))))
}

/// The group of a span with these attributes.
pub(crate) fn of_span(
    object: &Object<'_>,
    attribute: impl Fn(&str) -> Option<String>,
) -> Option<CallGroup> {
    ATTRIBUTES.iter().find_map(|key| conversation(attribute(key))).or_else(|| of(object))
}

/// The conversation of this name; `None` for an empty one.
pub(crate) fn conversation(name: Option<String>) -> Option<CallGroup> {
    number(name).map(CallGroup::Conversation)
}

/// The prompt of this name; `None` for an empty one.
pub(crate) fn prompt(name: Option<String>) -> Option<CallGroup> {
    number(name).map(CallGroup::Prompt)
}

fn number(name: Option<String>) -> Option<u64> {
    let name = name.filter(|name| !name.trim().is_empty())?;
    Some(xxh3_64(name.as_bytes()))
}

/// The number of the turn in its conversation.
pub(crate) fn turn(object: &Object<'_>) -> Option<u64> {
    TURN.iter().find_map(|path| object.at(path)?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_is_the_same_conversation() {
        let at = |text: &str| of(&Object::parse(text).unwrap());
        let first = at(r#"{"metadata": {"session_id": "a"}}"#);
        assert!(matches!(first, Some(CallGroup::Conversation(_))));
        assert_eq!(first, at(r#"{"conversation_id": "a", "prompt_id": "p"}"#));
        assert_ne!(first, at(r#"{"conversation_id": "b"}"#));
        assert!(matches!(at(r#"{"prompt_id": "a"}"#), Some(CallGroup::Prompt(_))));
        assert_eq!(at(r#"{"conversation_id": ""}"#), None);
        assert_eq!(turn(&Object::parse(r#"{"metadata": {"turn": 3}}"#).unwrap()), Some(3));
    }
}
