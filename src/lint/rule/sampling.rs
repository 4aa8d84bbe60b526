//! Rules about sampling parameters and what answers show.

use super::declaration::Rule;
use crate::gate::Level;

pub(in crate::lint) static FREQUENCY_PENALTY_FIXED: Rule = Rule {
    id: "frequency-penalty-fixed",
    level: Level::Fail,
    summary: "`frequency_penalty` other than 0 where it is fixed",
    explanation: "o1-preview and o1-mini have both penalties fixed at 0. Remove it.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: Some("0"),
};

pub(in crate::lint) static LOGIT_BIAS_UNSUPPORTED: Rule = Rule {
    id: "logit-bias-unsupported",
    level: Level::Fail,
    summary: "`logit_bias` for a model that takes none",
    explanation: "o1-preview and o1-mini take no `logit_bias`. Remove it.",
    source: "pricing/openai.toml, features of the model",
    fixed_at: None,
};

pub(in crate::lint) static LOGPROBS_UNSUPPORTED: Rule = Rule {
    id: "logprobs-unsupported",
    level: Level::Fail,
    summary: "`logprobs` for a model that gives none",
    explanation: "Models that reason give no log probabilities during the beta. Remove `logprobs` and \
                  `top_logprobs`.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: None,
};

pub(in crate::lint) static N_FIXED: Rule = Rule {
    id: "n-fixed",
    level: Level::Fail,
    summary: "`n` other than 1 where one answer is all there is",
    explanation: "o1-preview and o1-mini give one answer to a request. Send the request again for \
                  another.",
    source: "pricing/openai.toml, features of the model",
    fixed_at: Some("1"),
};

pub(in crate::lint) static PRESENCE_PENALTY_FIXED: Rule = Rule {
    id: "presence-penalty-fixed",
    level: Level::Fail,
    summary: "`presence_penalty` other than 0 where it is fixed",
    explanation: "o1-preview and o1-mini have both penalties fixed at 0. Remove it.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: Some("0"),
};

pub(in crate::lint) static SAMPLING_TOGETHER: Rule = Rule {
    id: "sampling-together",
    level: Level::Fail,
    summary: "`temperature` and `top_p` together",
    explanation: "Claude 4.1 to 4.6 take one of the two. Later models take neither.",
    source: "aws-samples/bedrock-chat#979",
    fixed_at: None,
};

pub(in crate::lint) static STOP_UNSUPPORTED: Rule = Rule {
    id: "stop-unsupported",
    level: Level::Fail,
    summary: "`stop` for a model that takes none",
    explanation: "o1-preview and o1-mini take no stop sequences. Say in the prompt where the answer \
                  ends.",
    source: "pricing/openai.toml, features of the model",
    fixed_at: None,
};

pub(in crate::lint) static TEMPERATURE_FIXED: Rule = Rule {
    id: "temperature-fixed",
    level: Level::Fail,
    summary: "`temperature` other than 1 where it is fixed",
    explanation: "o1-preview and o1-mini sample at a temperature of 1; any other value is refused. \
                  Later reasoning models refuse the parameter itself.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; OpenHands/OpenHands#4131; \
                  cline/cline#550",
    fixed_at: Some("1"),
};

pub(in crate::lint) static TOP_K_UNSUPPORTED: Rule = Rule {
    id: "top-k-unsupported",
    level: Level::Fail,
    summary: "`top_k` for a model that takes no sampling parameters",
    explanation: "Claude from 4.7 on takes neither `temperature`, `top_p` nor `top_k`.",
    source: "UKGovernmentBEIS/inspect_ai#3721; RooCodeInc/Roo-Code#12162",
    fixed_at: None,
};

pub(in crate::lint) static TOP_P_FIXED: Rule = Rule {
    id: "top-p-fixed",
    level: Level::Fail,
    summary: "`top_p` other than 1 where it is fixed",
    explanation: "o1-preview and o1-mini have `top_p` fixed at 1. Remove it.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: Some("1"),
};

pub(in crate::lint) static TEMPERATURE_OUT_OF_RANGE: Rule = Rule {
    id: "temperature-out-of-range",
    level: Level::Fail,
    summary: "`temperature` outside of what the API takes",
    explanation: "The range goes from 0 to 1 at Anthropic and Cohere, to 1.5 at Mistral, to 2 at OpenAI, Google and xAI. The API refuses other values.",
    source: "OpenAI, Anthropic, Google, Mistral, Cohere and xAI: API references of 2026",
    fixed_at: None,
};

pub(in crate::lint) static VERBOSITY_FIXED: Rule = Rule {
    id: "verbosity-fixed",
    level: Level::Fail,
    summary: "`verbosity` other than medium where it is fixed",
    explanation: "Models before gpt-5 write with a medium verbosity, and refuse another one.",
    source: "google-deepmind/concordia#164; enricoros/big-AGI#947",
    fixed_at: Some("medium"),
};
