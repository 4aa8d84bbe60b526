//! Who sells a model, under the many names that feeds have for it.

/// Makers that sell their own models: the id in the catalogue, and what feeds call them.
const MAKERS: [(&str, &[&str]); 17] = [
    ("ai21", &["ai21"]),
    ("alibaba", &["alibaba", "dashscope", "qwen"]),
    ("amazon", &["amazon", "amazon_nova"]),
    ("anthropic", &["anthropic"]),
    ("cohere", &["cohere", "cohere_chat"]),
    ("deepseek", &["deepseek"]),
    ("google", &["google", "gemini", "googleai"]),
    ("meta", &["meta", "meta_llama", "meta-llama", "meta-ai", "llama"]),
    ("minimax", &["minimax"]),
    ("mistral", &["mistral", "mistralai"]),
    ("moonshot", &["moonshot", "moonshotai", "moonshot-ai"]),
    ("openai", &["openai"]),
    ("perplexity", &["perplexity"]),
    ("voyage", &["voyage", "voyageai"]),
    ("xai", &["xai", "x-ai"]),
    ("zai", &["zai", "z.ai", "z-ai"]),
    ("zhipuai", &["zhipuai"]),
];

/// Other sellers whose names differ between feeds.
const SELLERS: [(&str, &[&str]); 3] = [
    ("azure", &["azure", "azure_ai", "azure-cognitive-services"]),
    ("bedrock", &["bedrock", "bedrock_converse", "amazon-bedrock", "aws"]),
    ("vertex", &["vertex", "google-vertex"]),
];

/// The one name of a provider.
pub(super) fn canonical(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let found = MAKERS.iter().chain(&SELLERS).find(|(_, names)| names.contains(&lower.as_str()));
    match found {
        Some((id, _)) => (*id).to_owned(),
        None if lower.starts_with("vertex_ai") => "vertex".to_owned(),
        None => lower,
    }
}

/// Whether this (canonical) provider sells what it makes.
pub(super) fn is_maker(provider: &str) -> bool {
    MAKERS.iter().any(|(id, _)| *id == provider)
}
