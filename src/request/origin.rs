//! The formats in which requests are written.

use std::fmt;

/// The format a request was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Plain text.
    Text,
    /// A Chat Completions request, or the messages of one.
    Chat,
    /// A Responses request.
    Responses,
    /// A request to Anthropic's Messages API, also as Bedrock's `InvokeModel` and Vertex AI take it.
    Anthropic,
    /// A request to Gemini's `generateContent`.
    Gemini,
    /// A request to Gemini's Interactions API.
    Interactions,
    /// A request to Bedrock's Converse API.
    Converse,
    /// The body of Bedrock's `InvokeModel` for a model that takes a prompt as one text.
    InvokeModel,
    /// The definitions of an MCP server's tools.
    Mcp,
    /// A `.prompt.yml` file of GitHub Models.
    GithubModels,
    /// A `.prompty` file.
    Prompty,
    /// A `.prompt` file of Dotprompt.
    Dotprompt,
    /// A prompt of a `promptfooconfig.yaml`.
    Promptfoo,
    /// A prompt that `LangChain` has serialised.
    Langchain,
    /// A prompt that Langfuse manages.
    Langfuse,
    /// A prompt of Semantic Kernel.
    SemanticKernel,
    /// A skill, a sub-agent or a command of a coding agent.
    CodingAgent,
}

impl Origin {
    /// The field in which its API takes the cap; `None` where that depends on the model.
    #[must_use]
    pub const fn cap_field(self) -> Option<&'static str> {
        match self {
            Self::Chat => Some("max_completion_tokens"),
            Self::Responses | Self::Interactions => Some("max_output_tokens"),
            Self::Anthropic | Self::InvokeModel => Some("max_tokens"),
            Self::Gemini => Some("maxOutputTokens"),
            Self::Converse => Some("maxTokens"),
            Self::Text
            | Self::Mcp
            | Self::GithubModels
            | Self::Prompty
            | Self::Dotprompt
            | Self::Promptfoo
            | Self::Langchain
            | Self::Langfuse
            | Self::SemanticKernel
            | Self::CodingAgent => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Text => "plain text, taken as one user message",
            Self::Chat => "Chat Completions request",
            Self::Responses => "Responses request",
            Self::Anthropic => "Anthropic Messages request",
            Self::Gemini => "Gemini generateContent request",
            Self::Interactions => "Gemini Interactions request",
            Self::Converse => "Bedrock Converse request",
            Self::InvokeModel => "Bedrock InvokeModel request",
            Self::Mcp => "MCP tools/list",
            Self::GithubModels => "GitHub Models prompt file",
            Self::Prompty => "Prompty file",
            Self::Dotprompt => "Dotprompt file",
            Self::Promptfoo => "promptfoo prompt",
            Self::Langchain => "LangChain prompt",
            Self::Langfuse => "Langfuse prompt",
            Self::SemanticKernel => "Semantic Kernel prompt",
            Self::CodingAgent => "file of a coding agent",
        })
    }
}
