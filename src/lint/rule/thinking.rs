//! Rules about reasoning and effort.

use super::declaration::Rule;
use crate::gate::Level;

pub(in crate::lint) static REASONING_EFFORT_UNSUPPORTED: Rule = Rule {
    id: "reasoning-effort-unsupported",
    level: Level::Fail,
    summary: "`reasoning_effort` for a model without levels of effort",
    explanation: "`reasoning_effort` came with o1 (2024-12-17). o1-preview and o1-mini refuse it, as \
                  do models that do not reason.",
    source: "UKGovernmentBEIS/inspect_ai#1291",
    fixed_at: None,
};

pub(in crate::lint) static EFFORT_UNSUPPORTED: Rule = Rule {
    id: "effort-unsupported",
    level: Level::Fail,
    summary: "a level of effort that the model does not have",
    explanation: "Models differ in the levels that they take: `minimal` came with gpt-5 and went \
                  with gpt-5.1, `xhigh` and `max` came later, and Gemini has levels of its own.",
    source: "openai/openai-agents-python#2089; Google, Gemini API documentation, thinking; `outlay \
             models show ID`",
    fixed_at: None,
};

pub(in crate::lint) static SAMPLING_WITH_THINKING: Rule = Rule {
    id: "sampling-with-thinking",
    level: Level::Fail,
    summary: "a sampling parameter while thinking is switched on",
    explanation: "With extended thinking, Claude takes neither a `temperature` other than 1 nor \
                  `top_k`, and `top_p` from 0.95 to 1.",
    source: "Anthropic documentation, extended thinking",
    fixed_at: None,
};

pub(in crate::lint) static THINKING_BUDGET_ABOVE_CAP: Rule = Rule {
    id: "thinking-budget-above-cap",
    level: Level::Fail,
    summary: "a thinking budget that leaves nothing of the cap",
    explanation: "`max_tokens` counts thinking and the answer together, so that the budget must be \
                  below it. The API refuses any other.",
    source: "liuw1535/antigravity2api-nodejs#149; vellum-ai/vellum-assistant#315",
    fixed_at: None,
};

pub(in crate::lint) static THINKING_BUDGET_OUT_OF_RANGE: Rule = Rule {
    id: "thinking-budget-out-of-range",
    level: Level::Fail,
    summary: "a thinking budget outside the range of the model",
    explanation: "Claude takes 1,024 tokens or more, the models of Gemini 2.5 each a range of its \
                  own.",
    source: "Anthropic documentation, extended thinking; Google, Gemini API documentation, \
             thinking; RooCodeInc/Roo-Code#4399",
    fixed_at: None,
};

pub(in crate::lint) static THINKING_UNSUPPORTED: Rule = Rule {
    id: "thinking-unsupported",
    level: Level::Fail,
    summary: "a kind of thinking that the model does not take",
    explanation: "Claude 4.7 and later decide themselves how much they think and refuse a budget; \
                  those up to 4.5 take nothing but a budget; some cannot be kept from thinking.",
    source: "Anthropic documentation, errors; `outlay models show ID`",
    fixed_at: None,
};

pub(in crate::lint) static THINKING_WITH_FORCED_TOOL: Rule = Rule {
    id: "thinking-with-forced-tool",
    level: Level::Fail,
    summary: "a forced tool while thinking is switched on",
    explanation: "With extended thinking the model must be free to choose: `tool_choice` of the \
                  type `any` or `tool` is refused.",
    source: "Anthropic documentation, extended thinking with tool use",
    fixed_at: None,
};

pub(in crate::lint) static EFFORT_WITH_THINKING_MODE: Rule = Rule {
    id: "effort-with-thinking-mode",
    level: Level::Fail,
    summary: "thinking that is restricted, at an effort that does not allow it",
    explanation: "Claude Opus 5 can be kept from thinking, and Claude Sonnet 5.5 can think between \
                  tools only, up to the effort `high`. At `xhigh` and `max` the request is refused.",
    source: "Claude documentation (platform.claude.com), effort and thinking, copies of 2026",
    fixed_at: None,
};

pub(in crate::lint) static PREFILL_UNSUPPORTED: Rule = Rule {
    id: "prefill-unsupported",
    level: Level::Fail,
    summary: "a conversation that ends with the beginning of the answer",
    explanation: "Claude from 4.6 on answers messages of the user alone. A last message of the \
                  assistant, which earlier models went on with, is refused.",
    source: "Anthropic documentation, errors",
    fixed_at: None,
};

pub(in crate::lint) static TOOLS_WITH_EFFORT: Rule = Rule {
    id: "tools-with-effort",
    level: Level::Fail,
    summary: "functions at an effort, in Chat Completions",
    explanation: "gpt-5.6 and gpt-6 call functions in Chat Completions with the effort `none` only. \
                  The Responses API takes both.",
    source: "ItzCrazyKns/Vane#1173; onyx-dot-app/onyx#15008",
    fixed_at: None,
};

pub(in crate::lint) static THINKING_LEVEL_WITH_BUDGET: Rule = Rule {
    id: "thinking-level-with-budget",
    level: Level::Fail,
    summary: "a level and a budget of thinking in one request",
    explanation: "Gemini takes one of `thinkingLevel` and `thinkingBudget`. A request with both is refused.",
    source: "Google, Gemini 3 guide (ai.google.dev/gemini-api/docs/gemini-3)",
    fixed_at: None,
};
