//! Ids as people, clouds, routers and frameworks write them: right, or refused with what helps.

use jiff::civil::{Date, date};
use outlay::ErrorKind;
use outlay::catalog::Catalog;

use crate::support::{Folder, json_of, outlay, stderr};

const TODAY: Date = date(2026, 11, 25);

/// What becomes of an id.
enum Fate {
    /// It is a model of the catalogue, which sells it under its own price.
    Is(&'static str),
    /// It is refused, and what is said names this and none of the others.
    Refused(&'static str, &'static [&'static str]),
}
use Fate::{Is, Refused};

const IDS: [(&str, Fate); 92] = [
    // OpenAI's own, snapshots, aliases, frameworks.
    ("gpt-6.1-sol", Is("gpt-6.1-sol")),
    ("gpt-5-2025-08-07", Is("gpt-5")),
    ("gpt-4o-mini-2024-07-18", Is("gpt-4o-mini")),
    ("o4-mini-2025-04-16", Is("o4-mini")),
    ("GPT-4o", Is("gpt-4o")),
    ("GPT-5.6-Terra", Is("gpt-5.6-terra")),
    ("openai/gpt-5.5", Is("gpt-5.5")),
    ("openai:gpt-5.5", Is("gpt-5.5")),
    ("openai:chat:gpt-5-mini", Is("gpt-5-mini")),
    ("openai:responses:gpt-5-mini", Is("gpt-5-mini")),
    ("openai-responses:gpt-5", Is("gpt-5")),
    ("openai/responses/gpt-5", Is("gpt-5")),
    ("chat-latest", Is("chat-latest")),
    ("chatgpt-4o-latest", Is("chatgpt-4o-latest")),
    ("gpt-5-codex", Is("gpt-5-codex")),
    ("gpt-5.1-codex-max", Is("gpt-5.1-codex-max")),
    ("codex-mini-latest", Is("codex-mini-latest")),
    ("o3-deep-research-2025-06-26", Is("o3-deep-research")),
    ("gpt-5.6", Is("gpt-5.6-sol")),
    ("gpt-6", Refused("`gpt-6-", &["gpt-4", "gpt-5"])),
    ("gpt-9", Refused("", &["gpt-oss", "gemini", "claude"])),
    ("gpt-35-turbo", Refused("`gpt-3.5-turbo`", &["gpt-4", "gpt-5"])),
    ("o1-mni", Refused("`o1-mini`", &["o3", "o4"])),
    ("o5-mini", Refused("", &["gpt", "claude"])),
    ("gpt-4o-mini-high", Refused("`gpt-4o-mini`", &["`gpt-4o`", "o4"])),
    // Fine-tuned models.
    ("ft:gpt-4o-mini-2024-07-18:acme::abc123", Is("ft:gpt-4o-mini-2024-07-18")),
    ("ft:gpt-4o-mini-2024-07-18:acme:desk:abc123:ckpt-step-90", Is("ft:gpt-4o-mini-2024-07-18")),
    ("openai/ft:gpt-4.1-2025-04-14:acme::x", Is("ft:gpt-4.1-2025-04-14")),
    ("ft:gpt-3.5-turbo:acme::x", Is("ft:gpt-3.5-turbo-0125")),
    ("ft:o3-mini:acme::x", Refused("a fine-tuned model has rates of its own", &["did you mean"])),
    ("davinci:ft-acme-2023-01-01-00-00-00", Refused("a fine-tuned model", &["did you mean"])),
    // Anthropic's.
    ("claude-opus-5-5", Is("claude-opus-5-5")),
    ("claude-sonnet-4-5-20250929", Is("claude-sonnet-4-5")),
    ("claude-opus-4-20250514", Is("claude-opus-4-0")),
    ("claude-3-7-sonnet-latest", Is("claude-3-7-sonnet")),
    ("claude-3-haiku-20240307", Is("claude-3-haiku")),
    ("claude-sonnet-5-5[1m]", Is("claude-sonnet-5-5")),
    ("anthropic/claude-opus-5", Is("claude-opus-5")),
    ("anthropic:messages:claude-opus-5", Is("claude-opus-5")),
    ("Claude-Opus-5-5", Is("claude-opus-5-5")),
    ("claude-opus-latest", Refused("`claude-opus-5-5`", &["sonnet", "haiku"])),
    ("claude-sonnet", Refused("`claude-sonnet-5-5`", &["opus", "haiku"])),
    ("claude-opus-6", Refused("`claude-opus-", &["sonnet", "haiku"])),
    // Bedrock.
    (
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        Is("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ),
    (
        "eu.anthropic.claude-haiku-4-5-20251001-v1:0",
        Is("bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0"),
    ),
    ("global.anthropic.claude-opus-5-5", Is("bedrock/global.anthropic.claude-opus-5-5")),
    ("bedrock/global.anthropic.claude-opus-5-5", Is("bedrock/global.anthropic.claude-opus-5-5")),
    (
        "bedrock/converse/global.anthropic.claude-opus-5-5",
        Is("bedrock/global.anthropic.claude-opus-5-5"),
    ),
    (
        "bedrock/us-east-1/global.anthropic.claude-opus-5-5",
        Is("bedrock/global.anthropic.claude-opus-5-5"),
    ),
    (
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        Is("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ),
    (
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2",
        Refused("[models]", &["did you mean"]),
    ),
    ("anthropic.claude-opus-4-6-v1", Refused("`claude-opus-4-6`", &["did you mean"])),
    ("bedrock/anthropic.claude-opus-5", Refused("`claude-opus-5`", &["did you mean"])),
    ("us.anthropic.claude-opus-9", Refused("Amazon Bedrock", &["sonnet", "haiku"])),
    ("amazon.nova-pro-v1:0", Is("bedrock/amazon.nova-pro-v1:0")),
    ("us.amazon.nova-lite-v1:0", Is("bedrock/amazon.nova-lite-v1:0")),
    // Vertex AI and the Gemini API.
    ("claude-sonnet-4-5@20250929", Is("vertex/claude-sonnet-4-5")),
    ("vertex_ai/claude-opus-4-8@default", Is("vertex/claude-opus-4-8")),
    ("vertex_ai/gemini-3.8-flash", Is("vertex/gemini-3.8-flash")),
    (
        "projects/p/locations/us-central1/publishers/google/models/gemini-3.8-flash",
        Is("vertex/gemini-3.8-flash"),
    ),
    ("projects/p/locations/us-central1/endpoints/42", Refused("[models]", &["did you mean"])),
    ("models/gemini-3.8-flash", Is("gemini-3.8-flash")),
    ("gemini/gemini-3.8-flash", Is("gemini-3.8-flash")),
    ("google/gemini-2.5-pro", Is("gemini-2.5-pro")),
    ("googleai/gemini-2.5-flash", Is("gemini-2.5-flash")),
    ("gemini-flash-latest", Is("gemini-3.8-flash")),
    ("gemini-2.0-flash", Is("gemini-2.0-flash")),
    ("tunedModels/my-model", Refused("[models]", &["did you mean"])),
    ("gemini-9-flash", Refused("", &["claude", "gpt", "-pro"])),
    // OpenRouter.
    ("openrouter/openai/gpt-6.1-sol", Is("openrouter/openai/gpt-6.1-sol")),
    ("anthropic/claude-opus-5.5", Is("openrouter/anthropic/claude-opus-5.5")),
    ("anthropic/claude-opus-5.5:thinking", Refused("`claude-opus-5-5`", &["did you mean"])),
    ("x-ai/grok-4.7", Is("openrouter/x-ai/grok-4.7")),
    ("openai/gpt-oss-120b:free", Refused("OpenRouter", &["did you mean"])),
    ("openrouter/deepseek/deepseek-v4-pro", Refused("`deepseek-v4-pro`", &["did you mean"])),
    ("qwen/qwen3.8-max", Refused("`qwen3.8-max`", &["did you mean"])),
    // Azure and other hosts.
    ("azure/gpt-5.4-2026-03-05", Is("azure/gpt-5.4")),
    ("azure/my-deployment", Refused("[models]", &["gpt-", "did you mean"])),
    ("gpt-oss-120b", Refused("`groq/openai/gpt-oss-120b`", &[])),
    ("groq/openai/gpt-oss-120b", Is("groq/openai/gpt-oss-120b")),
    ("together_ai/openai/gpt-oss-120b", Is("together/openai/gpt-oss-120b")),
    (
        "fireworks_ai/accounts/fireworks/models/kimi-k3",
        Is("fireworks/accounts/fireworks/models/kimi-k3"),
    ),
    ("github_copilot/gpt-5.5", Refused("`gpt-5.5`", &["did you mean"])),
    ("ollama/llama3.2", Refused("Ollama", &["did you mean"])),
    // Other makers.
    ("xai/grok-4.7", Is("grok-4.7")),
    ("grok-4", Is("grok-4-0709")),
    ("grok-latest", Refused("`grok-4.7`", &["groq", "gpt"])),
    ("mistral/mistral-large-4", Is("mistral-large-4")),
    ("dashscope/qwen3.8-max", Is("qwen3.8-max")),
    ("minimax-m3", Is("MiniMax-M3")),
    ("MiniMax-M9", Refused("`MiniMax-M", &["ministral", "mistral"])),
    ("moonshot/kimi-k3", Is("kimi-k3")),
];

#[test]
fn ids_are_right_or_refused_with_what_helps() {
    let catalog = Catalog::embedded();
    let mut wrong = Vec::new();
    for (id, fate) in &IDS {
        match (catalog.resolve(id, TODAY), fate) {
            (Ok(model), Is(wanted)) if model.id == *wanted => {}
            (Err(error), Refused(named, never)) if error.kind() == ErrorKind::UnknownModel => {
                let said =
                    format!("{}\n{}", error.message(), error.hint_text().unwrap_or_default());
                let hint = error.hint_text().unwrap_or_default();
                if !said.contains(named) || never.iter().any(|never| hint.contains(never)) {
                    wrong.push(format!("{id}: {said}"));
                }
            }
            (Ok(model), _) => wrong.push(format!("{id}: is {}", model.id)),
            (Err(error), _) => wrong.push(format!("{id}: {} {:?}", error, error.hint_text())),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_model_of_another_seller_never_has_the_makers_entry() {
    let catalog = Catalog::embedded();
    for model in catalog.models() {
        let sellers = [
            "azure",
            "bedrock",
            "deepinfra",
            "fireworks",
            "groq",
            "openrouter",
            "together",
            "vertex",
        ];
        let hosted = sellers.contains(&model.provider.as_str());
        assert_eq!(model.id.starts_with(&format!("{}/", model.provider)), hosted, "{}", model.id);
    }
}

#[test]
fn ids_mean_on_the_command_line_what_they_mean_to_the_catalogue() {
    for (id, fate) in &IDS {
        let Is(model) = fate else { continue };
        let mut run = outlay("plan --input-tokens 1 --as-of 2026-11-25 --json");
        let report = json_of(&run.args(["-m", id]).output().unwrap());
        assert_eq!(report["results"][0]["model"], *model, "{id}: {report}");
    }
}

#[test]
fn deployments_have_the_names_that_outlay_toml_gives_them() {
    let folder = Folder::new()
        .with("outlay.toml", "[models]\nsupport-prod = \"gpt-4o\"\n\n[call]\nmodel = \"support-prod\"\n\n[[prompt]]\nname = \"p\"\npaths = [\"p.md\"]\nbudget = { max_prompt_tokens = 100 }\n")
        .with("p.md", "Hello");
    let run = folder.outlay("check --as-of 2026-11-25 --json").output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(said.contains("\"gpt-4o\""), "{said}\n{}", stderr(&run));

    let folder = folder.with("outlay.toml", "[models]\nsupport-prod = \"gtp-4o\"\n");
    let run = folder.outlay("check --as-of 2026-11-25").output().unwrap();
    assert_eq!(run.status.code(), Some(2));
    assert!(stderr(&run).contains("outlay.toml:2:"), "{}", stderr(&run));
}

#[test]
fn the_default_model_is_the_first_that_can_be_called() {
    let catalog = Catalog::embedded();
    let default = |day| catalog.default_model(day).map(|model| model.id.clone());
    assert_eq!(default(date(2024, 9, 12)).unwrap(), "o1-mini");
    assert_eq!(default(date(2025, 10, 26)).unwrap(), "o1-mini");
    // It named o4-mini, which is gone a year later.
    assert_eq!(default(date(2025, 10, 27)).unwrap(), "o4-mini");
    assert_eq!(default(TODAY).unwrap(), "gpt-5.6-terra");
    assert_eq!(default(date(2024, 9, 11)).unwrap_err().kind(), ErrorKind::NotReleased);
}
