//! The rules of the lint: stable ids, their levels and why they exist.

use crate::gate::Level;

/// A rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id, in kebab case; it never changes its meaning.
    pub id: &'static str,
    /// How much it matters unless the user says otherwise.
    pub level: Level,
    /// What it finds, in half a sentence.
    pub summary: &'static str,
    /// Why that matters and what to do.
    pub explanation: &'static str,
    /// Where this is known from.
    pub source: &'static str,
    /// The only value that a parameter may have, where the rule is about one.
    pub(super) fixed_at: Option<&'static str>,
}

impl Rule {
    /// The rule of that id.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Self> {
        RULES.iter().copied().find(|rule| rule.id == id)
    }
}

/// Every rule, by id.
pub static RULES: [&Rule; 54] = [
    &ASKS_FOR_STEP_BY_STEP,
    &ASSISTANTS_UNSUPPORTED,
    &BATCH_UNSUPPORTED,
    &CACHE_MARK_TOO_EARLY,
    &CACHE_MARKS_OUT_OF_ORDER,
    &CACHE_MARKS_TOO_MANY,
    &CACHE_PREFIX_TOO_SHORT,
    &CACHE_PREFIX_VOLATILE,
    &CALL_ABOVE_TPM,
    &CAP_ABOVE_OUTPUT_CAP,
    &CAP_ABOVE_WINDOW,
    &CAP_BELOW_MINIMUM,
    &CAP_BELOW_RESERVE,
    &CAP_MISSING,
    &DEVELOPER_MESSAGE_UNSUPPORTED,
    &EFFORT_UNSUPPORTED,
    &EFFORT_WITH_THINKING_MODE,
    &ENDPOINT_UNSUPPORTED,
    &FAST_ANSWERS_WANTED,
    &FREQUENCY_PENALTY_FIXED,
    &FUNCTIONS_UNSUPPORTED,
    &IMAGE_TOO_LARGE,
    &IMAGES_UNSUPPORTED,
    &LARGE_RETRIEVED_CONTEXT,
    &LOGIT_BIAS_UNSUPPORTED,
    &LOGPROBS_UNSUPPORTED,
    &MANY_EXAMPLES,
    &MATERIAL_WITHOUT_DELIMITERS,
    &MAX_TOKENS_DEPRECATED,
    &MODEL_ENDING,
    &MODEL_SHUT_DOWN,
    &N_FIXED,
    &PREFILL_UNSUPPORTED,
    &PRESENCE_PENALTY_FIXED,
    &PROMPT_ABOVE_WINDOW,
    &REASONING_EFFORT_UNSUPPORTED,
    &RESPONSE_FORMAT_UNSUPPORTED,
    &SAMPLING_TOGETHER,
    &SAMPLING_WITH_THINKING,
    &STOP_UNSUPPORTED,
    &STREAMING_UNSUPPORTED,
    &SYSTEM_MESSAGE_UNSUPPORTED,
    &TEMPERATURE_FIXED,
    &THINKING_BUDGET_ABOVE_CAP,
    &THINKING_BUDGET_OUT_OF_RANGE,
    &THINKING_UNSUPPORTED,
    &THINKING_WITH_FORCED_TOOL,
    &TOOL_PAIR_BROKEN,
    &TOOLS_REORDERED,
    &TOOLS_UNSUPPORTED,
    &TOOLS_WITH_EFFORT,
    &TOP_K_UNSUPPORTED,
    &TOP_P_FIXED,
    &VOLUME_ABOVE_RATE_LIMITS,
];

pub(super) static ASKS_FOR_STEP_BY_STEP: Rule = Rule {
    id: "asks-for-step-by-step",
    level: Level::Advice,
    summary: "a prompt that asks a reasoning model to think step by step",
    explanation: "These models reason by themselves. Asking them to think step by step or to explain \
                  their reasoning is unnecessary, may not help and can hinder. The rule looks for ten \
                  English phrases.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09, advice on prompting",
    fixed_at: None,
};

pub(super) static ASSISTANTS_UNSUPPORTED: Rule = Rule {
    id: "assistants-unsupported",
    level: Level::Warn,
    summary: "a request to the Assistants API for a model that it does not serve",
    explanation: "The guide of 2024-09 says that the Assistants API serves neither o1-preview nor \
                  o1-mini. A later, undated list of endpoints names both, so that this is a warning.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; gpt-tokenizer 4.0.0 (the later \
                  list)",
    fixed_at: None,
};

pub(super) static BATCH_UNSUPPORTED: Rule = Rule {
    id: "batch-unsupported",
    level: Level::Fail,
    summary: "a line of a Batch file for a model that the Batch API does not take",
    explanation: "o1-preview and o1-mini were never on the endpoint list of the Batch API, and no \
                  batch price was ever sold for them.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; pricing/openai.toml",
    fixed_at: None,
};

pub(super) static CALL_ABOVE_TPM: Rule = Rule {
    id: "call-above-tpm",
    level: Level::Warn,
    summary: "one call that needs more tokens than a minute has",
    explanation: "With `--tpm`, `--usage-tier` or their keys in outlay.toml: prompt and cap together \
                  are compared with the tokens of a minute. That the cap counts before it is used \
                  follows user reports; no public page confirms it.",
    source: "community.openai.com/t/1028595",
    fixed_at: None,
};

pub(super) static CAP_ABOVE_OUTPUT_CAP: Rule = Rule {
    id: "cap-above-output-cap",
    level: Level::Fail,
    summary: "a cap above what the model can write",
    explanation: "Each model has a largest completion: 32,768 tokens for o1-preview, 65,536 for \
                  o1-mini. A larger cap is refused.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; enoch3712/ExtractThinker#346",
    fixed_at: None,
};

pub(super) static CAP_ABOVE_WINDOW: Rule = Rule {
    id: "cap-above-window",
    level: Level::Fail,
    summary: "prompt and cap together above the window",
    explanation: "A cap is a reservation: prompt tokens plus `max_completion_tokens` are compared with \
                  the context window before anything runs.",
    source: "Doriandarko/o1-engineer#15",
    fixed_at: None,
};

pub(super) static CAP_BELOW_RESERVE: Rule = Rule {
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

pub(super) static CAP_MISSING: Rule = Rule {
    id: "cap-missing",
    level: Level::Warn,
    summary: "no cap on a model that reasons",
    explanation: "Without `max_completion_tokens` one answer may use the whole room, hidden reasoning \
                  included, and all of it is billed. A cap bounds the worst case; an unused cap costs \
                  nothing.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: None,
};

pub(super) static DEVELOPER_MESSAGE_UNSUPPORTED: Rule = Rule {
    id: "developer-message-unsupported",
    level: Level::Fail,
    summary: "a developer message for a model that takes none",
    explanation: "The role `developer` came with o1 (2024-12-17); o1-preview and o1-mini never took \
                  it. Put its text at the beginning of the first user message.",
    source: "presswizards/FreeScoutGPT#8; UKGovernmentBEIS/inspect_ai#1291",
    fixed_at: None,
};

pub(super) static ENDPOINT_UNSUPPORTED: Rule = Rule {
    id: "endpoint-unsupported",
    level: Level::Fail,
    summary: "a Responses request for a model that the endpoint does not serve",
    explanation: "The Responses endpoint came in 2025; o1-preview and o1-mini are served by Chat \
                  Completions only.",
    source: "gpt-tokenizer 4.0.0, endpoint lists",
    fixed_at: None,
};

pub(super) static FAST_ANSWERS_WANTED: Rule = Rule {
    id: "fast-answers-wanted",
    level: Level::Advice,
    summary: "a request for a fast answer to a model that thinks first",
    explanation: "Reasoning takes from a few seconds to several minutes. For consistently fast answers \
                  the guide points to GPT-4o and GPT-4o mini; `service_tier` says that this job wants \
                  one.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: None,
};

pub(super) static FREQUENCY_PENALTY_FIXED: Rule = Rule {
    id: "frequency-penalty-fixed",
    level: Level::Fail,
    summary: "`frequency_penalty` other than 0 where it is fixed",
    explanation: "o1-preview and o1-mini have both penalties fixed at 0. Remove it.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: Some("0"),
};

pub(super) static FUNCTIONS_UNSUPPORTED: Rule = Rule {
    id: "functions-unsupported",
    level: Level::Fail,
    summary: "the deprecated `functions` for a model that calls none",
    explanation: "`functions` and `function_call` are the older names of tools. o1-preview and o1-mini \
                  refuse both.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; Integuru-AI/Integuru#5",
    fixed_at: None,
};

pub(super) static IMAGES_UNSUPPORTED: Rule = Rule {
    id: "images-unsupported",
    level: Level::Fail,
    summary: "an image for a model that reads text only",
    explanation: "o1-preview and o1-mini read text only. A request with an image part is refused, \
                  whatever price tables say about vision. Send a description in words, or take a model \
                  that reads images.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: None,
};

pub(super) static LARGE_RETRIEVED_CONTEXT: Rule = Rule {
    id: "large-retrieved-context",
    level: Level::Advice,
    summary: "a very large context in one message",
    explanation: "With retrieved documents, include only the most relevant passages, so that the model \
                  does not overcomplicate its answer. The rule speaks of messages from 20,000 tokens \
                  on. The figure is ours.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09, advice on prompting",
    fixed_at: None,
};

pub(super) static LOGIT_BIAS_UNSUPPORTED: Rule = Rule {
    id: "logit-bias-unsupported",
    level: Level::Fail,
    summary: "`logit_bias` for a model that takes none",
    explanation: "o1-preview and o1-mini take no `logit_bias`. Remove it.",
    source: "pricing/openai.toml, features of the model",
    fixed_at: None,
};

pub(super) static LOGPROBS_UNSUPPORTED: Rule = Rule {
    id: "logprobs-unsupported",
    level: Level::Fail,
    summary: "`logprobs` for a model that gives none",
    explanation: "Models that reason give no log probabilities during the beta. Remove `logprobs` and \
                  `top_logprobs`.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: None,
};

pub(super) static MANY_EXAMPLES: Rule = Rule {
    id: "many-examples",
    level: Level::Advice,
    summary: "many few-shot examples for a reasoning model",
    explanation: "Few-shot prompts may not help these models. The rule counts lines that head an \
                  example (`Example 2:`, `<example>`, `Input:`, `Q:`) and messages named \
                  `example_...`; from 3 on it speaks. The figure is ours.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09, advice on prompting",
    fixed_at: None,
};

pub(super) static MATERIAL_WITHOUT_DELIMITERS: Rule = Rule {
    id: "material-without-delimiters",
    level: Level::Advice,
    summary: "pasted material without delimiters",
    explanation: "Triple quotes, XML tags or section titles help the model to tell instructions from \
                  material. The rule speaks of messages from 1,500 characters and two paragraphs on \
                  that have none of these. The figures are ours.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09, advice on prompting",
    fixed_at: None,
};

pub(super) static MAX_TOKENS_DEPRECATED: Rule = Rule {
    id: "max-tokens-deprecated",
    level: Level::Fail,
    summary: "`max_tokens` on a model that reasons",
    explanation: "`max_tokens` promises that the tokens generated are the tokens seen. With hidden \
                  reasoning they are not, so that models that reason refuse it and take \
                  `max_completion_tokens`.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; danny-avila/LibreChat#4349",
    fixed_at: None,
};

pub(super) static MODEL_ENDING: Rule = Rule {
    id: "model-ending",
    level: Level::Warn,
    summary: "a model whose shutdown is announced",
    explanation: "The day is announced and known on the date. The finding names the first successor \
                  that runs after it.",
    source: "OpenAI deprecations page; `outlay models show ID`",
    fixed_at: None,
};

pub(super) static MODEL_SHUT_DOWN: Rule = Rule {
    id: "model-shut-down",
    level: Level::Fail,
    summary: "a model that the API no longer serves",
    explanation: "After its shutdown every request for the model is refused. The finding names the \
                  first successor that still runs on the date.",
    source: "OpenAI deprecations page; `outlay models show ID`",
    fixed_at: None,
};

pub(super) static N_FIXED: Rule = Rule {
    id: "n-fixed",
    level: Level::Fail,
    summary: "`n` other than 1 where one answer is all there is",
    explanation: "o1-preview and o1-mini give one answer to a request. Send the request again for \
                  another.",
    source: "pricing/openai.toml, features of the model",
    fixed_at: Some("1"),
};

pub(super) static PRESENCE_PENALTY_FIXED: Rule = Rule {
    id: "presence-penalty-fixed",
    level: Level::Fail,
    summary: "`presence_penalty` other than 0 where it is fixed",
    explanation: "o1-preview and o1-mini have both penalties fixed at 0. Remove it.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: Some("0"),
};

pub(super) static PROMPT_ABOVE_WINDOW: Rule = Rule {
    id: "prompt-above-window",
    level: Level::Fail,
    summary: "a prompt that leaves no room for an answer",
    explanation: "The prompt alone fills the context window, or is longer than the limit that some \
                  models have for the prompt.",
    source: "webtimemachine/wtm2#579; cline/cline#5474",
    fixed_at: None,
};

pub(super) static REASONING_EFFORT_UNSUPPORTED: Rule = Rule {
    id: "reasoning-effort-unsupported",
    level: Level::Fail,
    summary: "`reasoning_effort` for a model without levels of effort",
    explanation: "`reasoning_effort` came with o1 (2024-12-17). o1-preview and o1-mini refuse it, as \
                  do models that do not reason.",
    source: "UKGovernmentBEIS/inspect_ai#1291",
    fixed_at: None,
};

pub(super) static RESPONSE_FORMAT_UNSUPPORTED: Rule = Rule {
    id: "response-format-unsupported",
    level: Level::Fail,
    summary: "a response format for a model that follows none",
    explanation: "o1-preview and o1-mini take no `response_format`. Describe the form in the prompt \
                  and check the answer, or take a model with structured output.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: None,
};

pub(super) static STOP_UNSUPPORTED: Rule = Rule {
    id: "stop-unsupported",
    level: Level::Fail,
    summary: "`stop` for a model that takes none",
    explanation: "o1-preview and o1-mini take no stop sequences. Say in the prompt where the answer \
                  ends.",
    source: "pricing/openai.toml, features of the model",
    fixed_at: None,
};

pub(super) static STREAMING_UNSUPPORTED: Rule = Rule {
    id: "streaming-unsupported",
    level: Level::Fail,
    summary: "`stream` before the model streams",
    explanation: "o1-preview and o1-mini refuse `stream: true` before 2024-11-18. A model that reasons \
                  also writes nothing until it has thought, so that a stream starts late.",
    source: "cline/cline#550; charmbracelet/mods#390; BerriAI/litellm#6801",
    fixed_at: None,
};

pub(super) static SYSTEM_MESSAGE_UNSUPPORTED: Rule = Rule {
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

pub(super) static TEMPERATURE_FIXED: Rule = Rule {
    id: "temperature-fixed",
    level: Level::Fail,
    summary: "`temperature` other than 1 where it is fixed",
    explanation: "o1-preview and o1-mini sample at a temperature of 1; any other value is refused. \
                  Later reasoning models refuse the parameter itself.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; OpenHands/OpenHands#4131; \
                  cline/cline#550",
    fixed_at: Some("1"),
};

pub(super) static TOOLS_UNSUPPORTED: Rule = Rule {
    id: "tools-unsupported",
    level: Level::Fail,
    summary: "tools for a model that calls none",
    explanation: "o1-preview and o1-mini call no tools; the request is refused with 404. Take a model \
                  that does, or ask for the call in the text of the answer.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09; UKGovernmentBEIS/inspect_ai#1290; \
                  567-labs/instructor#1311",
    fixed_at: None,
};

pub(super) static TOP_P_FIXED: Rule = Rule {
    id: "top-p-fixed",
    level: Level::Fail,
    summary: "`top_p` other than 1 where it is fixed",
    explanation: "o1-preview and o1-mini have `top_p` fixed at 1. Remove it.",
    source: "OpenAI, 'Reasoning models' guide, beta of 2024-09",
    fixed_at: Some("1"),
};

pub(super) static VOLUME_ABOVE_RATE_LIMITS: Rule = Rule {
    id: "volume-above-rate-limits",
    level: Level::Warn,
    summary: "more calls than the limits of a minute admit",
    explanation: "With limits and a declared volume such as `calls = \"20k/day\"`: at most RPM \
                  requests and TPM tokens pass in a minute, round the clock.",
    source: "arithmetic on the limits",
    fixed_at: None,
};

pub(super) static CACHE_MARKS_OUT_OF_ORDER: Rule = Rule {
    id: "cache-marks-out-of-order",
    level: Level::Fail,
    summary: "a mark of the cache that lives longer after one that lives shorter",
    explanation: "The prompt is read in the order tools, instructions, messages. Marks that live \
                  an hour must stand before those that live five minutes; otherwise the request is \
                  refused.",
    source: "Anthropic documentation, prompt caching (mixed lifetimes)",
    fixed_at: None,
};

pub(super) static CACHE_MARKS_TOO_MANY: Rule = Rule {
    id: "cache-marks-too-many",
    level: Level::Fail,
    summary: "more marks for the cache than a request may have",
    explanation: "A request has four marks at most. One at the end of the tools, one at the end of \
                  the instructions and one or two in the conversation are all that a cache can \
                  use.",
    source: "Anthropic documentation, prompt caching; Amazon Bedrock documentation, prompt caching",
    fixed_at: None,
};

pub(super) static CACHE_PREFIX_TOO_SHORT: Rule = Rule {
    id: "cache-prefix-too-short",
    level: Level::Warn,
    summary: "a mark for the cache on a prompt that is too short for it",
    explanation: "Below a least length, which differs from model to model, nothing is cached and \
                  no error says so.",
    source: "Anthropic documentation, prompt caching; `outlay models show ID`",
    fixed_at: None,
};

pub(super) static CACHE_MARK_TOO_EARLY: Rule = Rule {
    id: "cache-mark-too-early",
    level: Level::Warn,
    summary: "a mark for the cache before the prompt is long enough for it",
    explanation: "What is cached is the prompt up to the mark. Where that is shorter than the least \
                  length of the model, the mark does nothing, although the whole prompt would be \
                  long enough.",
    source: "Anthropic documentation, prompt caching; `outlay models show ID`",
    fixed_at: None,
};

pub(super) static CACHE_PREFIX_VOLATILE: Rule = Rule {
    id: "cache-prefix-volatile",
    level: Level::Warn,
    summary: "a clock or an id near the top of a prompt that could be cached",
    explanation: "A cache finds a prompt again only as far as it is the same, token by token, from \
                  its start. A time or an id in the instructions differs in every request, so \
                  nothing behind it is ever read from the cache.",
    source: "OpenAI and Anthropic documentation, prompt caching; Siddhant-K-code/distill#48",
    fixed_at: None,
};

pub(super) static TOOLS_REORDERED: Rule = Rule {
    id: "tools-reordered",
    level: Level::Warn,
    summary: "tools in another order than in the request before",
    explanation: "Definitions of tools stand at the top of a prompt. Where the same tools come in \
                  another order, such as that of a hash map, nothing of the prompt is read from the \
                  cache.",
    source: "OpenAI and Anthropic documentation, prompt caching (tools first, identical prefix)",
    fixed_at: None,
};

pub(super) static TOOL_PAIR_BROKEN: Rule = Rule {
    id: "tool-pair-broken",
    level: Level::Fail,
    summary: "a call of a tool without its result, or a result without its call",
    explanation: "Every API refuses a request in which one of the two is missing. It happens when \
                  a long history is cut between them.",
    source: "langchain-ai/langchain#35313; microsoft/autogen#7704",
    fixed_at: None,
};

pub(super) static CAP_BELOW_MINIMUM: Rule = Rule {
    id: "cap-below-minimum",
    level: Level::Fail,
    summary: "a cap below the least that the endpoint takes",
    explanation: "The Responses API takes `max_output_tokens` from 16 on.",
    source: "vectorize-io/hindsight#58; QuantumNous/new-api#2438",
    fixed_at: None,
};

pub(super) static EFFORT_UNSUPPORTED: Rule = Rule {
    id: "effort-unsupported",
    level: Level::Fail,
    summary: "a level of effort that the model does not have",
    explanation: "Models differ in the levels that they take: `minimal` came with gpt-5 and went \
                  with gpt-5.1, `xhigh` and `max` came later, and Gemini has levels of its own.",
    source: "openai/openai-agents-python#2089; Google, Gemini API documentation, thinking; `outlay \
             models show ID`",
    fixed_at: None,
};

pub(super) static SAMPLING_WITH_THINKING: Rule = Rule {
    id: "sampling-with-thinking",
    level: Level::Fail,
    summary: "a sampling parameter while thinking is switched on",
    explanation: "With extended thinking, Claude takes neither a `temperature` other than 1 nor \
                  `top_k`, and `top_p` from 0.95 to 1.",
    source: "Anthropic documentation, extended thinking",
    fixed_at: None,
};

pub(super) static THINKING_BUDGET_ABOVE_CAP: Rule = Rule {
    id: "thinking-budget-above-cap",
    level: Level::Fail,
    summary: "a thinking budget that leaves nothing of the cap",
    explanation: "`max_tokens` counts thinking and the answer together, so that the budget must be \
                  below it. The API refuses any other.",
    source: "liuw1535/antigravity2api-nodejs#149; vellum-ai/vellum-assistant#315",
    fixed_at: None,
};

pub(super) static THINKING_BUDGET_OUT_OF_RANGE: Rule = Rule {
    id: "thinking-budget-out-of-range",
    level: Level::Fail,
    summary: "a thinking budget outside the range of the model",
    explanation: "Claude takes 1,024 tokens or more, the models of Gemini 2.5 each a range of its \
                  own.",
    source: "Anthropic documentation, extended thinking; Google, Gemini API documentation, \
             thinking; RooCodeInc/Roo-Code#4399",
    fixed_at: None,
};

pub(super) static THINKING_UNSUPPORTED: Rule = Rule {
    id: "thinking-unsupported",
    level: Level::Fail,
    summary: "a kind of thinking that the model does not take",
    explanation: "Claude 4.7 and later decide themselves how much they think and refuse a budget; \
                  those up to 4.5 take nothing but a budget; some cannot be kept from thinking.",
    source: "Anthropic documentation, errors; `outlay models show ID`",
    fixed_at: None,
};

pub(super) static THINKING_WITH_FORCED_TOOL: Rule = Rule {
    id: "thinking-with-forced-tool",
    level: Level::Fail,
    summary: "a forced tool while thinking is switched on",
    explanation: "With extended thinking the model must be free to choose: `tool_choice` of the \
                  type `any` or `tool` is refused.",
    source: "Anthropic documentation, extended thinking with tool use",
    fixed_at: None,
};

pub(super) static EFFORT_WITH_THINKING_MODE: Rule = Rule {
    id: "effort-with-thinking-mode",
    level: Level::Fail,
    summary: "thinking that is restricted, at an effort that does not allow it",
    explanation: "Claude Opus 5 can be kept from thinking, and Claude Sonnet 5.5 can think between \
                  tools only, up to the effort `high`. At `xhigh` and `max` the request is refused.",
    source: "Claude documentation (platform.claude.com), effort and thinking, copies of 2026",
    fixed_at: None,
};

pub(super) static PREFILL_UNSUPPORTED: Rule = Rule {
    id: "prefill-unsupported",
    level: Level::Fail,
    summary: "a conversation that ends with the beginning of the answer",
    explanation: "Claude from 4.6 on answers messages of the user alone. A last message of the \
                  assistant, which earlier models went on with, is refused.",
    source: "Anthropic documentation, errors",
    fixed_at: None,
};

pub(super) static SAMPLING_TOGETHER: Rule = Rule {
    id: "sampling-together",
    level: Level::Fail,
    summary: "`temperature` and `top_p` together",
    explanation: "Claude 4.1 to 4.6 take one of the two. Later models take neither.",
    source: "aws-samples/bedrock-chat#979",
    fixed_at: None,
};

pub(super) static IMAGE_TOO_LARGE: Rule = Rule {
    id: "image-too-large",
    level: Level::Fail,
    summary: "an image that the API refuses for its size",
    explanation: "gpt-5.6 and gpt-6 keep the size of an image and refuse more than 30,000 patches of 32 \
                  pixels. Claude refuses a side of more than 8,000 pixels, and more than 2,000 in a \
                  request of over 20 images.",
    source: "OpenAI, images and vision guide, copy of 2026-09; Anthropic documentation, vision",
    fixed_at: None,
};

pub(super) static TOP_K_UNSUPPORTED: Rule = Rule {
    id: "top-k-unsupported",
    level: Level::Fail,
    summary: "`top_k` for a model that takes no sampling parameters",
    explanation: "Claude from 4.7 on takes neither `temperature`, `top_p` nor `top_k`.",
    source: "UKGovernmentBEIS/inspect_ai#3721; RooCodeInc/Roo-Code#12162",
    fixed_at: None,
};

pub(super) static TOOLS_WITH_EFFORT: Rule = Rule {
    id: "tools-with-effort",
    level: Level::Fail,
    summary: "functions at an effort, in Chat Completions",
    explanation: "gpt-5.6 and gpt-6 call functions in Chat Completions with the effort `none` only. \
                  The Responses API takes both.",
    source: "ItzCrazyKns/Vane#1173; onyx-dot-app/onyx#15008",
    fixed_at: None,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kebab_case_sorted_and_unique() {
        for pair in RULES.windows(2) {
            assert!(pair[0].id < pair[1].id, "{}", pair[1].id);
        }
        for rule in RULES {
            assert!(rule.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", rule.id);
            assert!(rule.explanation.ends_with('.') && !rule.source.is_empty(), "{}", rule.id);
            assert_eq!(Rule::named(rule.id), Some(rule));
        }
        assert_eq!(Rule::named("no-such-rule"), None);
    }
}
