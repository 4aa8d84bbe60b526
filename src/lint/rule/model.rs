//! Rules about what a model and its endpoint take.

use super::declaration::Rule;
use crate::gate::Level;

pub(in crate::lint) static ASSISTANTS_UNSUPPORTED: Rule = Rule {
    id: "assistants-unsupported",
    level: Level::Warn,
    summary: "a request to the Assistants API for a model that it does not serve",
    explanation: "The guide of 2024-09 says that the Assistants API serves neither o1-preview nor \
                  o1-mini. A later, undated list of endpoints names both, so that this is a warning.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; gpt-tokenizer 4.0.0 (the later \
                  list)",
    fixed_at: None,
};

pub(in crate::lint) static BATCH_UNSUPPORTED: Rule = Rule {
    id: "batch-unsupported",
    level: Level::Fail,
    summary: "a line of a Batch file for a model that the Batch API does not take",
    explanation: "o1-preview and o1-mini were never on the endpoint list of the Batch API, and no \
                  batch price was ever sold for them.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; pricing/openai.toml",
    fixed_at: None,
};

pub(in crate::lint) static DEVELOPER_MESSAGE_UNSUPPORTED: Rule = Rule {
    id: "developer-message-unsupported",
    level: Level::Fail,
    summary: "a developer message for a model that takes none",
    explanation: "The role `developer` came with o1 (2024-12-17); o1-preview and o1-mini never took \
                  it. Put its text at the beginning of the first user message.",
    source: "presswizards/FreeScoutGPT#8; UKGovernmentBEIS/inspect_ai#1291",
    fixed_at: None,
};

pub(in crate::lint) static ENDPOINT_UNSUPPORTED: Rule = Rule {
    id: "endpoint-unsupported",
    level: Level::Fail,
    summary: "a Responses request for a model that the endpoint does not serve",
    explanation: "The Responses endpoint came in 2025; o1-preview and o1-mini are served by Chat \
                  Completions only.",
    source: "gpt-tokenizer 4.0.0, endpoint lists",
    fixed_at: None,
};

pub(in crate::lint) static FUNCTIONS_UNSUPPORTED: Rule = Rule {
    id: "functions-unsupported",
    level: Level::Fail,
    summary: "the deprecated `functions` for a model that calls none",
    explanation: "`functions` and `function_call` are the older names of tools. o1-preview and o1-mini \
                  refuse both.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; Integuru-AI/Integuru#5",
    fixed_at: None,
};

pub(in crate::lint) static IMAGES_UNSUPPORTED: Rule = Rule {
    id: "images-unsupported",
    level: Level::Fail,
    summary: "an image for a model that reads text only",
    explanation: "o1-preview and o1-mini read text only. A request with an image part is refused, \
                  whatever price tables say about vision. Send a description in words, or take a model \
                  that reads images.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: None,
};

pub(in crate::lint) static MODEL_ENDING: Rule = Rule {
    id: "model-ending",
    level: Level::Warn,
    summary: "a model whose shutdown is announced",
    explanation: "The day is announced and known on the date. The finding names the first successor \
                  that runs after it.",
    source: "OpenAI deprecations page; `outlay models show ID`",
    fixed_at: None,
};

pub(in crate::lint) static MODEL_SHUT_DOWN: Rule = Rule {
    id: "model-shut-down",
    level: Level::Fail,
    summary: "a model that the API no longer serves",
    explanation: "After its shutdown every request for the model is refused. The finding names the \
                  first successor that still runs on the date.",
    source: "OpenAI deprecations page; `outlay models show ID`",
    fixed_at: None,
};

pub(in crate::lint) static RESPONSE_FORMAT_UNSUPPORTED: Rule = Rule {
    id: "response-format-unsupported",
    level: Level::Fail,
    summary: "a response format for a model that follows none",
    explanation: "o1-preview and o1-mini take no `response_format`. Describe the form in the prompt \
                  and check the answer, or take a model with structured output.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: None,
};

pub(in crate::lint) static STREAMING_UNSUPPORTED: Rule = Rule {
    id: "streaming-unsupported",
    level: Level::Fail,
    summary: "`stream` before the model streams",
    explanation: "o1-preview and o1-mini refuse `stream: true` before 2024-11-18. A model that reasons \
                  also writes nothing until it has thought, so that a stream starts late.",
    source: "cline/cline#550; charmbracelet/mods#390; BerriAI/litellm#6801",
    fixed_at: None,
};

pub(in crate::lint) static SYSTEM_MESSAGE_UNSUPPORTED: Rule = Rule {
    id: "system-message-unsupported",
    level: Level::Fail,
    summary: "a system message for a model that takes none",
    explanation: "o1-preview and o1-mini take user and assistant messages only; a message of the role \
                  `system` was refused to the end. Put its text at the beginning of the first user \
                  message.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; BerriAI/litellm#5671; \
                  microsoft/agent-framework#1077",
    fixed_at: None,
};

pub(in crate::lint) static TOOLS_UNSUPPORTED: Rule = Rule {
    id: "tools-unsupported",
    level: Level::Fail,
    summary: "tools for a model that calls none",
    explanation: "o1-preview and o1-mini call no tools; the request is refused with 404. Take a model \
                  that does, or ask for the call in the text of the answer.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; UKGovernmentBEIS/inspect_ai#1290; \
                  567-labs/instructor#1311",
    fixed_at: None,
};

pub(in crate::lint) static TOOLS_REORDERED: Rule = Rule {
    id: "tools-reordered",
    level: Level::Warn,
    summary: "tools in another order than in the request before",
    explanation: "Definitions of tools stand at the top of a prompt. Where the same tools come in \
                  another order, such as that of a hash map, nothing of the prompt is read from the \
                  cache.",
    source: "OpenAI and Anthropic documentation, prompt caching (tools first, identical prefix)",
    fixed_at: None,
};

pub(in crate::lint) static TOOL_PAIR_BROKEN: Rule = Rule {
    id: "tool-pair-broken",
    level: Level::Fail,
    summary: "a call of a tool without its result, or a result without its call",
    explanation: "Every API refuses a request in which one of the two is missing. It happens when \
                  a long history is cut between them.",
    source: "langchain-ai/langchain#35313; microsoft/autogen#7704",
    fixed_at: None,
};

pub(in crate::lint) static IMAGE_TOO_LARGE: Rule = Rule {
    id: "image-too-large",
    level: Level::Fail,
    summary: "an image that the API refuses for its size",
    explanation: "gpt-5.6 and gpt-6 keep the size of an image and refuse more than 30,000 patches of 32 \
                  pixels. Claude refuses a side of more than 8,000 pixels, and more than 2,000 in a \
                  request of over 20 images.",
    source: "OpenAI, images and vision guide, copy of 2026-09; Anthropic documentation, vision",
    fixed_at: None,
};

pub(in crate::lint) static PARALLEL_TOOL_CALLS_UNSUPPORTED: Rule = Rule {
    id: "parallel-tool-calls-unsupported",
    level: Level::Fail,
    summary: "`parallel_tool_calls` for a model that has no such switch",
    explanation: "o1, o3-mini, o3 and o4-mini refuse the parameter, whatever its value.",
    source: "UKGovernmentBEIS/inspect_ai#1023; langchain-ai/langchain#29704; run-llama/llama_index#20865",
    fixed_at: None,
};
