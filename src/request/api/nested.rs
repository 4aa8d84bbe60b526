//! Text below the top of a request that no reader knows: said by name, because the API may count it.

use super::super::message::Request;
use super::super::origin::Origin;
use super::super::unknown::NO_SUCH_KEY;
use crate::json::{Kind, Value};

/// From so many bytes on, a string without spaces is taken for content too.
const LONG: usize = 100;

/// The keys below the top of a request.
struct Nested {
    /// Those that are read, or hold nothing but what is.
    known: &'static [&'static str],
    /// Those whose values are read whole, told by their reader, or never sent to the model.
    whole: &'static [&'static str],
}

const CHAT: Nested = Nested {
    known: &[
        "audio_url",
        "cache_control",
        "content",
        "custom",
        "data",
        "description",
        "document",
        "document_name",
        "document_url",
        "file",
        "file_data",
        "file_id",
        "filename",
        "function",
        "function_call",
        "functions",
        "image",
        "image_url",
        "input",
        "input_audio",
        "json_schema",
        "messages",
        "name",
        "refusal",
        "response_format",
        "text",
        "thinking",
        "tool_calls",
        "tool_choice",
        "tools",
        "url",
        "video",
        "video_url",
    ],
    whole: &[
        "annotations",
        "arguments",
        "audio",
        "encrypted_content",
        "format",
        "logprobs",
        "metadata",
        "parameters",
        "reasoning",
        "reasoning_content",
        "reasoning_details",
        "schema",
        "signature",
        "summary",
        "thinking_blocks",
    ],
};

const RESPONSES: Nested = Nested {
    known: &[
        "cache_control",
        "content",
        "description",
        "file_data",
        "file_id",
        "file_url",
        "filename",
        "function",
        "image_url",
        "input",
        "instructions",
        "name",
        "refusal",
        "text",
        "tool_choice",
        "tools",
        "url",
    ],
    whole: &[
        "action",
        "annotations",
        "arguments",
        "code",
        "encrypted_content",
        "format",
        "logprobs",
        "metadata",
        "operation",
        "output",
        "outputs",
        "parameters",
        "prompt",
        "queries",
        "reasoning",
        "results",
        "schema",
        "summary",
    ],
};

const ANTHROPIC: Nested = Nested {
    known: &[
        "cache_control",
        "content",
        "context",
        "data",
        "description",
        "file_id",
        "format",
        "messages",
        "name",
        "output_config",
        "output_format",
        "source",
        "system",
        "text",
        "title",
        "tool_choice",
        "tools",
        "url",
    ],
    whole: &[
        "caller",
        "citations",
        "encrypted_content",
        "encrypted_index",
        "input",
        "input_examples",
        "input_schema",
        "metadata",
        "parameters",
        "schema",
        "signature",
        "task_budget",
        "thinking",
    ],
};

const GEMINI: Nested = Nested {
    known: &[
        "code",
        "codeExecutionResult",
        "code_execution_result",
        "content",
        "contents",
        "data",
        "description",
        "displayName",
        "display_name",
        "executableCode",
        "executable_code",
        "fileData",
        "fileUri",
        "file_data",
        "file_uri",
        "functionCall",
        "functionDeclarations",
        "functionResponse",
        "function_call",
        "function_declarations",
        "function_response",
        "inlineData",
        "inline_data",
        "input",
        "name",
        "parts",
        "systemInstruction",
        "system_instruction",
        "text",
        "toolCall",
        "toolConfig",
        "toolResponse",
        "tool_config",
        "tools",
        "uri",
    ],
    whole: &[
        "args",
        "arguments",
        "functionCallingConfig",
        "function_calling_config",
        "output",
        "parameters",
        "parametersJsonSchema",
        "parameters_json_schema",
        "response",
        "responseJsonSchema",
        "response_json_schema",
        "responseSchema",
        "response_schema",
        "result",
        "signature",
        "summary",
        "thoughtSignature",
        "thought_signature",
    ],
};

const CONVERSE: Nested = Nested {
    known: &[
        "additionalModelRequestFields",
        "bytes",
        "content",
        "context",
        "data",
        "description",
        "document",
        "image",
        "inferenceConfig",
        "messages",
        "name",
        "outputConfig",
        "s3Location",
        "source",
        "system",
        "text",
        "title",
        "toolChoice",
        "toolConfig",
        "toolResult",
        "toolSpec",
        "toolUse",
        "tools",
        "uri",
        "video",
    ],
    whole: &[
        "anthropic_beta",
        "citations",
        "citationsContent",
        "guardContent",
        "input",
        "inputSchema",
        "json",
        "output_config",
        "reasoningContent",
        "searchResult",
        "stopSequences",
        "stop_sequences",
        "systemTool",
        "textFormat",
        "thinking",
    ],
};

/// A tool in MCP's form or in that of an API, in the answer that carries it.
const MCP: Nested = Nested {
    known: &["description", "function", "name", "result", "title", "tools", "type"],
    whole: &[
        "_meta",
        "annotations",
        "execution",
        "icons",
        "inputSchema",
        "input_schema",
        "outputSchema",
        "parameters",
    ],
};

impl Nested {
    const fn of(origin: Origin) -> Option<Self> {
        match origin {
            Origin::Chat => Some(CHAT),
            Origin::Responses => Some(RESPONSES),
            Origin::Anthropic => Some(ANTHROPIC),
            Origin::Gemini | Origin::Interactions => Some(GEMINI),
            Origin::Converse => Some(CONVERSE),
            Origin::Mcp => Some(MCP),
            _ => None,
        }
    }

    /// Looks below a value; `is_top` where its keys have been looked at.
    fn look(&self, value: &Value<'_>, is_top: bool, request: &mut Request) {
        match value.kind() {
            Kind::Array => value.items().iter().for_each(|item| self.look(item, false, request)),
            Kind::Object => {
                let Ok(fields) = value.fields() else { return };
                for (key, inside) in fields.members() {
                    if self.known.contains(&key) {
                        self.look(&inside, false, request);
                    } else if !is_top && !self.whole.contains(&key) && may_be_content(&inside) {
                        request.lacks(key, &inside, NO_SUCH_KEY);
                    }
                }
            }
            Kind::Bool | Kind::Null | Kind::Number | Kind::String => {}
        }
    }
}

/// Whether a value holds text: a string with spaces or a long one, in whatever depth.
fn may_be_content(value: &Value<'_>) -> bool {
    match value.kind() {
        Kind::String => value.text().len() > LONG || value.text().contains(char::is_whitespace),
        Kind::Array => value.items().iter().any(may_be_content),
        Kind::Object => value
            .fields()
            .is_ok_and(|fields| fields.members().any(|(_, inside)| may_be_content(&inside))),
        Kind::Bool | Kind::Null | Kind::Number => false,
    }
}

/// Warns about text in a list of chat messages and below it under keys that their reader does not know.
pub(in super::super) fn check_messages(list: &Value<'_>, request: &mut Request) {
    CHAT.look(list, false, request);
}

/// Warns about text in objects below the top of a body under keys that its reader does not know.
pub(in super::super) fn check(body: &Value<'_>, request: &mut Request) {
    if let Some(nested) = Nested::of(request.origin) {
        nested.look(body, true, request);
    }
}
