//! Rules about how a prompt is written.

use super::declaration::Rule;
use crate::gate::Level;

pub(in crate::lint) static ASKS_FOR_STEP_BY_STEP: Rule = Rule {
    id: "asks-for-step-by-step",
    level: Level::Advice,
    summary: "a prompt that asks a reasoning model to think step by step",
    explanation: "These models reason by themselves. Asking them to think step by step or to explain \
                  their reasoning is unnecessary, may not help and can hinder. The rule looks for ten \
                  English phrases.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09, advice on prompting",
    fixed_at: None,
};

pub(in crate::lint) static LARGE_RETRIEVED_CONTEXT: Rule = Rule {
    id: "large-retrieved-context",
    level: Level::Advice,
    summary: "a very large context in one message",
    explanation: "With retrieved documents, include only the most relevant passages, so that the model \
                  does not overcomplicate its answer. The rule speaks of messages from 20,000 tokens \
                  on. The figure is ours.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09, advice on prompting",
    fixed_at: None,
};

pub(in crate::lint) static MANY_EXAMPLES: Rule = Rule {
    id: "many-examples",
    level: Level::Advice,
    summary: "many few-shot examples for a reasoning model",
    explanation: "Few-shot prompts may not help these models. The rule counts lines that head an \
                  example (`Example 2:`, `<example>`, `Input:`, `Q:`) and messages named \
                  `example_...`; from 3 on it speaks. The figure is ours.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09, advice on prompting",
    fixed_at: None,
};

pub(in crate::lint) static MATERIAL_WITHOUT_DELIMITERS: Rule = Rule {
    id: "material-without-delimiters",
    level: Level::Advice,
    summary: "pasted material without delimiters",
    explanation: "Triple quotes, XML tags or section titles help the model to tell instructions from \
                  material. The rule speaks of messages from 1,500 characters and two paragraphs on \
                  that have none of these. The figures are ours.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09, advice on prompting",
    fixed_at: None,
};

pub(in crate::lint) static FAST_ANSWERS_WANTED: Rule = Rule {
    id: "fast-answers-wanted",
    level: Level::Advice,
    summary: "a request for a fast answer to a model that thinks first",
    explanation: "Reasoning takes from a few seconds to several minutes. For consistently fast answers \
                  the guide points to GPT-4o and GPT-4o mini; `service_tier` says that this job wants \
                  one.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: None,
};
