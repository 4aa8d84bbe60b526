//! Rules about parameters of a request that need or exclude others, at OpenAI.

use super::declaration::Rule;
use crate::gate::Level;

pub(in crate::lint) static JSON_NOT_ASKED_FOR: Rule = Rule {
    id: "json-not-asked-for",
    level: Level::Fail,
    summary: "JSON mode without the word JSON in the messages",
    explanation: "With a response format of the type `json_object` the API wants the word JSON somewhere in the messages, and refuses the request without it.",
    source: "ultimatejimmy/xray.koplugin#33 (2026-05-09)",
    fixed_at: None,
};

pub(in crate::lint) static PARAMETER_OF_OTHER_ENDPOINT: Rule = Rule {
    id: "parameter-of-other-endpoint",
    level: Level::Fail,
    summary: "a parameter that belongs to the other of Chat Completions and Responses",
    explanation: "The two endpoints name the cap, the effort and the format of an answer differently. Each refuses the names of the other.",
    source: "lobehub/lobehub#8116 (reasoning_effort in Responses); OpenAI API reference",
    fixed_at: None,
};

pub(in crate::lint) static SCHEMA_NOT_STRICT: Rule = Rule {
    id: "schema-not-strict",
    level: Level::Fail,
    summary: "a strict schema with an object that is left open",
    explanation: "With `strict` every object of a JSON Schema lists all its properties as required and sets `additionalProperties` to false. The API refuses other schemas.",
    source: "OpenAI guide to structured outputs, supported schemas",
    fixed_at: None,
};

pub(in crate::lint) static STREAM_OPTIONS_WITHOUT_STREAM: Rule = Rule {
    id: "stream-options-without-stream",
    level: Level::Fail,
    summary: "`stream_options` without `stream`",
    explanation: "The options are taken only while the answer is streamed.",
    source: "OpenAI API reference, stream_options",
    fixed_at: None,
};

pub(in crate::lint) static TOOL_CHOICE_WITHOUT_TOOLS: Rule = Rule {
    id: "tool-choice-without-tools",
    level: Level::Fail,
    summary: "a choice of tools, or parallel calls of them, without tools",
    explanation: "`tool_choice` and `parallel_tool_calls` are taken only beside `tools`.",
    source: "Upsonic/Upsonic#323 (parallel_tool_calls)",
    fixed_at: None,
};
