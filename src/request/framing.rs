//! The tokens around the messages of a conversation that goes on.

use super::chat_template;
use super::count::{ANSWER_FRAMING, MESSAGE_FRAMING, known_prompt_tokens};
use super::message::{Message, Request, Role};
use super::origin::Origin;
use super::settings::RequestSettings;
use crate::catalog::Counting;
use crate::units::Tokens;

/// The tokens around the messages of a conversation, of which only the texts are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framing {
    /// With which every prompt begins.
    pub begin: Tokens,
    /// Around a message of the user, and around the result of a tool.
    pub user: Tokens,
    /// Around an answer.
    pub assistant: Tokens,
    /// With which the answer begins, at the end of every prompt.
    pub answer: Tokens,
}

impl Framing {
    /// That of a model, for requests with these settings: as its chat template has it where one is published,
    /// else as in `OpenAI`'s chat.
    ///
    /// A template says what a conversation of so many turns has; how much of a turn is around its question
    /// and how much around its answer makes no difference to any prompt.
    #[must_use]
    pub fn of(counting: &Counting, settings: &RequestSettings) -> Self {
        let Some(template) = counting.chat_template() else {
            return Self {
                begin: Tokens::ZERO,
                user: MESSAGE_FRAMING,
                assistant: MESSAGE_FRAMING,
                answer: ANSWER_FRAMING,
            };
        };
        let request = |turns: usize| {
            let said = [Role::User, Role::Assistant].iter().cycle().take(2 * turns - 1);
            let messages = said.map(|role| Message::text(*role, TEXT)).collect();
            let mut request = Request::from_messages(Origin::Chat, messages);
            request.settings = settings.clone();
            request
        };
        let text = counting.encoding.count(TEXT).get();
        let around = |turns: usize| {
            let all = known_prompt_tokens(&request(turns), counting).prompt_tokens();
            all.saturating_sub(Tokens::new(text.saturating_mul(2 * turns as u64 - 1)))
        };
        let (first, second) = (around(1), around(2));
        let turn = second.saturating_sub(first);
        let answer = chat_template::answer(template, &request(1), counting.encoding).min(first);
        let user = Tokens::new(turn.get().div_ceil(2)).min(first.saturating_sub(answer));
        Self {
            begin: first.saturating_sub(answer).saturating_sub(user),
            user,
            assistant: turn.saturating_sub(user),
            answer,
        }
    }
}

/// A message that no template merges with its marks.
const TEXT: &str = "a";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Catalog, ChatTemplate};

    #[test]
    fn turns_add_up_to_the_count_of_the_whole_conversation() {
        let catalog = Catalog::embedded();
        let texts = ["What is the capital of France?", "Paris.", "And of Japan?", "Tokyo."];
        for template in ChatTemplate::ALL {
            let has = |counting: &Counting| counting.chat_template() == Some(template);
            let Some(model) = catalog.models().find(|model| has(&model.counting)) else { continue };
            let counting = &model.counting;
            let framing = Framing::of(counting, &RequestSettings::default());
            for turns in 1..=4 {
                let said = texts.iter().cycle().take(2 * turns - 1);
                let roles = [Role::User, Role::Assistant].into_iter().cycle();
                let messages: Vec<Message> = said
                    .clone()
                    .zip(roles)
                    .map(|(text, role)| Message::text(role, *text))
                    .collect();
                let whole =
                    known_prompt_tokens(&Request::from_messages(Origin::Chat, messages), counting);
                let texts: Tokens = said.map(|text| counting.encoding.count(text)).sum();
                let each = |tokens: Tokens, times: usize| Tokens::new(tokens.get() * times as u64);
                let added = framing.begin
                    + each(framing.user, turns)
                    + each(framing.assistant, turns - 1)
                    + framing.answer
                    + texts;
                assert_eq!(added, whole.prompt_tokens(), "{} {turns}", model.id);
            }
        }
    }
}
