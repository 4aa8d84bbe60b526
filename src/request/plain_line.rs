//! The usual line of a corpus, read in one pass: a chat of texts, with settings that no count depends on.
//!
//! What this reader takes comes to the same request as with the readers of all shapes, but for the place of its
//! contents in the file, which only marks for the cache ask for. It leaves everything else to them: they say what is
//! wrong, and what is not in the figures.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::message::{Message, Part, Request, Role};
use super::origin::Origin;
use crate::catalog::Tier;
use crate::json::unescaped;
use crate::units::Tokens;

/// The endpoint that the lines of a batch name.
const CHAT: &str = "/v1/chat/completions";

/// Settings that change neither tokens nor prices, whatever their values.
const FREE: [&str; 12] = [
    "frequency_penalty",
    "logprobs",
    "metadata",
    "presence_penalty",
    "seed",
    "stop",
    "store",
    "stream",
    "temperature",
    "top_k",
    "top_p",
    "user",
];

/// The chat of a line, or of the body of a batch line; `None` for anything else.
pub(super) fn read(line: &str) -> Option<Request> {
    let Line { chat, batch } = serde_json::from_str(line).ok()?;
    let mut request = Request::from_messages(Origin::Chat, chat.messages);
    request.settings.model = chat.model;
    request.settings.tier = batch.then_some(Tier::Batch);
    if let Some((name, cap)) = chat.cap {
        request.settings.cap = Some(cap);
        request.settings.cap_field = Some(name);
    }
    Some(request)
}

/// A chat, and whether a batch line is around it.
struct Line {
    chat: Chat,
    batch: bool,
}

#[derive(Default)]
struct Chat {
    model: Option<String>,
    messages: Vec<Message>,
    cap: Option<(&'static str, Tokens)>,
}

/// The keys of an object, of which none may come twice.
#[derive(Default)]
struct Seen<'a>(Vec<&'a str>);

impl<'a> Seen<'a> {
    fn add<E: serde::de::Error>(&mut self, key: &'a str) -> Result<(), E> {
        if self.0.contains(&key) {
            return Err(E::custom("a key comes twice"));
        }
        self.0.push(key);
        Ok(())
    }
}

/// What the readers of all shapes are for.
fn unusual<E: serde::de::Error>() -> E {
    E::custom("this is no plain chat")
}

impl Chat {
    /// Takes a member, if it is one of a chat.
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "model" => self.model = Some(map.next_value()?),
            "messages" => {
                let messages: Vec<PlainMessage> = map.next_value()?;
                self.messages = messages.into_iter().map(|message| message.0).collect();
            }
            "max_tokens" if self.cap.is_none() => {
                self.cap = Some(("max_tokens", Tokens::new(map.next_value()?)));
            }
            "max_completion_tokens" if self.cap.is_none() => {
                self.cap = Some(("max_completion_tokens", Tokens::new(map.next_value()?)));
            }
            key if FREE.contains(&key) => {
                map.next_value::<IgnoredAny>()?;
            }
            _ => return Err(unusual()),
        }
        Ok(())
    }

    /// The chat, if it is one for OpenAI's API.
    fn complete<E: serde::de::Error>(self) -> Result<Self, E> {
        let elsewhere = self.model.as_ref().is_some_and(|model| model.contains("claude"));
        if self.messages.is_empty() || elsewhere { Err(unusual()) } else { Ok(self) }
    }
}

impl<'de> Deserialize<'de> for Chat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Chat;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a chat")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Chat, A::Error> {
                let (mut chat, mut seen) = (Chat::default(), Seen::default());
                while let Some(key) = map.next_key::<&'de str>()? {
                    seen.add(key)?;
                    chat.take(key, &mut map)?;
                }
                chat.complete()
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Line;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a line of a corpus")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Line, A::Error> {
                let (mut chat, mut seen) = (Chat::default(), Seen::default());
                let (mut body, mut url) = (None, None);
                while let Some(key) = map.next_key::<&'de str>()? {
                    seen.add(key)?;
                    match key {
                        "body" => body = Some(map.next_value::<Chat>()?),
                        "custom_id" | "method" => {
                            map.next_value::<&str>()?;
                        }
                        "url" => url = Some(map.next_value::<&str>()?),
                        key => chat.take(key, &mut map)?,
                    }
                }
                let is_batch = ["body", "custom_id", "url"].iter().all(|key| seen.0.contains(key));
                let around = ["body", "custom_id", "method", "url"];
                match body {
                    Some(chat) if is_batch && url == Some(CHAT) => {
                        let alone = seen.0.iter().all(|key| around.contains(key));
                        if alone { Ok(Line { chat, batch: true }) } else { Err(unusual()) }
                    }
                    None if !seen.0.iter().any(|key| around.contains(key)) => {
                        Ok(Line { chat: chat.complete()?, batch: false })
                    }
                    _ => Err(unusual()),
                }
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// A message of one text.
struct PlainMessage(Message);

impl<'de> Deserialize<'de> for PlainMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Written<'a> {
            role: &'a str,
            #[serde(borrow)]
            content: &'a RawValue,
            #[serde(default, deserialize_with = "text")]
            name: Option<String>,
        }

        /// A text, which may not be null.
        fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
            String::deserialize(deserializer).map(Some)
        }

        let Written { role, content, name } = Written::deserialize(deserializer)?;
        let role = Role::from_name(role).ok_or_else(unusual)?;
        let content = unescaped(content.get()).ok_or_else(unusual)?;
        let message = Message::new(role, vec![Part::Text(content)]);
        Ok(Self(Message { name, ..message }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::document::{read_line, read_line_of_any_shape};
    use super::super::format::InputFormat;
    use super::super::{NothingBeside, RequestEntry};
    use super::*;

    /// What a line comes to, but for the places of contents.
    fn told(entries: Vec<RequestEntry<'_>>) -> Vec<String> {
        let told = |entry: RequestEntry<'_>| {
            let request = entry.request.map(|mut request| {
                request.messages.iter_mut().for_each(|message| message.span = None);
                request
            });
            format!("{:?} {request:?}", entry.line)
        };
        entries.into_iter().map(told).collect()
    }

    fn same(line: &str) -> Result<(), TestCaseError> {
        for format in [None, Some(InputFormat::JsonLines), Some(InputFormat::Of(Origin::Chat))] {
            let quick = read_line(line, 7, 100, format, &NothingBeside);
            let any = read_line_of_any_shape(line, 7, 100, format, &NothingBeside);
            prop_assert_eq!(told(quick.entries), told(any.entries), "{}", line);
        }
        Ok(())
    }

    const CHATS: [&str; 36] = [
        r#"{"messages": [{"role": "user", "content": "a\n\"b\" {{x}} {% if y %}"}]}"#,
        r#"{"model": "gpt-4o", "messages": [{"role": "system", "content": ""}, {"role": "user", "content": "\u00e9\ud83d\ude00"}], "max_tokens": 5}"#,
        r#"{"max_tokens": 5, "max_completion_tokens": 6, "messages": [{"role": "user", "content": "a"}]}"#,
        r#"{"max_completion_tokens": 6, "messages": [{"role": "user", "content": "a"}], "temperature": 0.5, "metadata": {"a": [1]}}"#,
        r#"{"max_tokens": null, "messages": [{"role": "user", "content": "a"}]}"#,
        r#"{"max_tokens": 5.0, "messages": [{"role": "user", "content": "a"}]}"#,
        r#"{"max_tokens": -5, "messages": [{"role": "user", "content": "a"}]}"#,
        r#"{"model": null, "messages": [{"role": "user", "content": "a"}]}"#,
        r#"{"model": "claude-opus-4-1", "messages": [{"role": "user", "content": "a"}]}"#,
        r#"{"model": "openrouter/claude-opus-4-1", "messages": [{"role": "user", "content": "a"}]}"#,
        r#"{"model": "gpt-4o", "model": "o1", "messages": [{"role": "user", "content": "a"}]}"#,
        r#"{"messages": []}"#,
        r#"{"messages": [{"role": "user", "content": "a", "name": "ann"}, {"role": "user", "content": "b", "name": null}]}"#,
        r#"{"messages": [{"role": "user", "role": "user", "content": "a"}]}"#,
        r#"{"messages": [{"role": "user"}]}"#,
        r#"{"messages": [{"role": "User", "content": "a"}]}"#,
        r#"{"messages": [{"role": "tool", "content": "a", "tool_call_id": "c"}]}"#,
        r#"{"messages": [{"role": "tool", "content": "a"}]}"#,
        r#"{"messages": [{"role": "function", "content": "a", "name": "f"}]}"#,
        r#"{"messages": [{"role": "user", "content": null}]}"#,
        r#"{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}]}"#,
        r#"{"messages": [{"role": "user", "content": "a", "cache_control": {"type": "ephemeral"}}]}"#,
        r#"{"messages": [{"role": "user", "content": "a"}], "service_tier": "flex"}"#,
        r#"{"messages": [{"role": "user", "content": "a"}], "n": 2}"#,
        r#"{"messages": [{"role": "user", "content": "a"}], "tools": []}"#,
        r#"{"messages": [{"role": "user", "content": "a"}], "system": "b"}"#,
        r#"{"messages": [{"role": "user", "content": "a"}], "options": {}}"#,
        r#"{"messages": [{"role": "user", "content": "a"}], "input": "b"}"#,
        r#"{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": {"messages": [{"role": "user", "content": "a"}]}}"#,
        r#"{"custom_id": "1", "url": "/v1/responses", "body": {"input": "a"}}"#,
        r#"{"custom_id": "1", "body": {"messages": [{"role": "user", "content": "a"}]}}"#,
        r#"{"url": "/v1/chat/completions", "body": {"messages": [{"role": "user", "content": "a"}]}}"#,
        r#"{"custom_id": "1", "messages": [{"role": "user", "content": "a"}]}"#,
        r#"{"custom_id": "1", "url": "/v1/chat/completions", "body": {"model": "claude-x", "messages": [{"role": "user", "content": "a"}]}, "metadata": {}}"#,
        r#"{"prompt": "a"}"#,
        r#"{"messages": [{"role": "user", "content": "half \ud83d"}]}"#,
    ];

    #[test]
    fn a_line_comes_to_what_the_readers_of_all_shapes_make_of_it() {
        for chat in CHATS {
            same(chat).unwrap();
            same(&format!("  {chat} \r\n")).unwrap();
        }
        assert_eq!(CHATS.iter().filter(|chat| read(chat).is_some()).count(), 6);
    }

    /// Every setting that no count depends on, with values of every type, and ids of every maker.
    #[test]
    fn settings_and_models_are_read_alike() {
        let chat = |members: &str| {
            format!(r#"{{{members}, "messages": [{{"role": "user", "content": "a"}}]}}"#)
        };
        for name in FREE {
            for value in
                ["null", "true", "0", "-1.5e3", r#""x""#, "[]", r#"["a", 1]"#, r#"{"a": {}}"#]
            {
                same(&chat(&format!(r#""{name}": {value}"#))).unwrap();
                same(&chat(&format!(r#""model": "o1-mini", "{name}": {value}"#))).unwrap();
            }
        }
        for model in [
            "",
            "gpt-4o",
            "o3:high",
            "anthropic/claude-x",
            "Claude-X",
            "CLAUDE",
            "gemini-2.5-pro",
            "models/gemini-2.5-pro",
            "mistral-large-latest",
            "command-r",
            "deepseek-chat",
            "us.anthropic.claude-3-5-sonnet-20241022-v2:0",
            "amazon.nova-pro-v1:0",
            "llama3.1",
            "meta-llama/Llama-3.1-8B",
            "grok-4",
            "qwen3-max",
            "no such model",
        ] {
            same(&chat(&format!(r#""model": "{model}""#))).unwrap();
            same(&chat(&format!(r#""model": "{model}", "max_tokens": 100"#))).unwrap();
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn a_line_with_a_fault_anywhere_does_too(
            chat in prop::sample::select(&CHATS),
            at in any::<prop::sample::Index>(),
            put in prop::sample::select(&[
                "", "\"", "\\", "{", "}", "[", "]", ",", ":", "1", "\t", "\u{1}", "é", "name", "null", "\\n",
                "\"stream\":true,", "\"seed\":1,\"seed\":2,", "\"n\":1,", "\"role\":\"user\",", "{{x}}",
            ]),
            cut in 0_usize..3,
        ) {
            let starts: Vec<usize> = chat.char_indices().map(|(start, _)| start).collect();
            let start = starts[at.index(starts.len())];
            let end = chat[start..].char_indices().nth(cut).map_or(chat.len(), |(i, _)| start + i);
            same(&format!("{}{put}{}", &chat[..start], &chat[end..]))?;
        }

        #[test]
        fn any_text_is_read_alike(text in "\\PC{0,40}", name in proptest::option::of("\\PC{0,9}")) {
            let mut message = serde_json::json!({"role": "user", "content": text});
            if let Some(name) = name {
                message["name"] = name.into();
            }
            let line = serde_json::json!({"model": "gpt-4o", "messages": [message]}).to_string();
            prop_assert!(read(&line).is_some());
            same(&line)?;
        }
    }
}
