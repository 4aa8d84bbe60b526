//! Rules about caps, windows and limits of a minute.

use super::declaration::Rule;
use crate::gate::Level;

pub(in crate::lint) static CALL_ABOVE_TPM: Rule = Rule {
    id: "call-above-tpm",
    level: Level::Warn,
    summary: "one call that needs more tokens than a minute has",
    explanation: "With `--tpm`, `--usage-tier` or their keys in outlay.toml: prompt and cap together \
                  are compared with the tokens of a minute. That the cap counts before it is used \
                  follows user reports; no public page confirms it.",
    source: "community.openai.com/t/1028595",
    fixed_at: None,
};

pub(in crate::lint) static CAP_ABOVE_OUTPUT_CAP: Rule = Rule {
    id: "cap-above-output-cap",
    level: Level::Fail,
    summary: "a cap above what the model can write",
    explanation: "Each model has a largest completion: 32,768 tokens for o1-preview, 65,536 for \
                  o1-mini. A larger cap is refused.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; enoch3712/ExtractThinker#346",
    fixed_at: None,
};

pub(in crate::lint) static CAP_ABOVE_WINDOW: Rule = Rule {
    id: "cap-above-window",
    level: Level::Fail,
    summary: "prompt and cap together above the window",
    explanation: "A cap is a reservation: prompt tokens plus `max_completion_tokens` are compared with \
                  the context window before anything runs.",
    source: "Doriandarko/o1-engineer#15",
    fixed_at: None,
};

pub(in crate::lint) static CAP_BELOW_RESERVE: Rule = Rule {
    id: "cap-below-reserve",
    level: Level::Warn,
    summary: "a cap below the tokens to keep for reasoning and outputs",
    explanation: "OpenAI advises at least 25,000 tokens for reasoning and outputs when you start \
                  experimenting. A smaller cap may be used up before anything visible is written; the \
                  answer is then empty, `finish_reason` is `length`, and everything is billed. \
                  `--reserve` sets another reserve.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; Niek/chatgpt-web#522",
    fixed_at: None,
};

pub(in crate::lint) static CAP_MISSING: Rule = Rule {
    id: "cap-missing",
    level: Level::Warn,
    summary: "no cap on a model that reasons",
    explanation: "Without `max_completion_tokens` one answer may use the whole room, hidden reasoning \
                  included, and all of it is billed. A cap bounds the worst case; an unused cap costs \
                  nothing.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: None,
};

pub(in crate::lint) static MAX_TOKENS_DEPRECATED: Rule = Rule {
    id: "max-tokens-deprecated",
    level: Level::Fail,
    summary: "`max_tokens` on a model that reasons",
    explanation: "`max_tokens` promises that the tokens generated are the tokens seen. With hidden \
                  reasoning they are not, so that models that reason refuse it and take \
                  `max_completion_tokens`.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; danny-avila/LibreChat#4349",
    fixed_at: None,
};

pub(in crate::lint) static PROMPT_ABOVE_WINDOW: Rule = Rule {
    id: "prompt-above-window",
    level: Level::Fail,
    summary: "a prompt that leaves no room for an answer",
    explanation: "The prompt alone fills the context window, or is longer than the limit that some \
                  models have for the prompt.",
    source: "webtimemachine/wtm2#579; cline/cline#5474",
    fixed_at: None,
};

pub(in crate::lint) static VOLUME_ABOVE_RATE_LIMITS: Rule = Rule {
    id: "volume-above-rate-limits",
    level: Level::Warn,
    summary: "more calls than the limits of a minute admit",
    explanation: "With limits and a declared volume such as `calls = \"20k/day\"`: at most RPM \
                  requests and TPM tokens pass in a minute, round the clock.",
    source: "arithmetic on the limits",
    fixed_at: None,
};

pub(in crate::lint) static CAP_BELOW_MINIMUM: Rule = Rule {
    id: "cap-below-minimum",
    level: Level::Fail,
    summary: "a cap below the least that the endpoint takes",
    explanation: "The Responses API takes `max_output_tokens` from 16 on.",
    source: "vectorize-io/hindsight#58; QuantumNous/new-api#2438",
    fixed_at: None,
};

pub(in crate::lint) static CAP_REQUIRED: Rule = Rule {
    id: "cap-required",
    level: Level::Fail,
    summary: "no cap where the endpoint requires one",
    explanation: "The endpoint refuses a request without a cap. Anthropic's Messages, and those who copy it, are such endpoints.",
    source: "Claude documentation, Messages (max_tokens is required)",
    fixed_at: None,
};
