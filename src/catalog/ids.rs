//! Ids as clouds, routers and frameworks write them: who sells the model, and what its maker calls it.

/// Prefixes of the maker's own API in LiteLLM, pydantic-ai, promptfoo, Genkit and others, and the
/// provider of the catalogue that they mean.
const MAKERS: [(&str, &str); 25] = [
    ("alibaba", "alibaba"),
    ("anthropic", "anthropic"),
    ("claude", "anthropic"),
    ("cohere", "cohere"),
    ("cohere_chat", "cohere"),
    ("dashscope", "alibaba"),
    ("deepseek", "deepseek"),
    ("gemini", "google"),
    ("google", "google"),
    ("google-gla", "google"),
    ("googleai", "google"),
    ("meta", "meta"),
    ("meta_llama", "meta"),
    ("minimax", "minimax"),
    ("mistral", "mistral"),
    ("mistralai", "mistral"),
    ("models", "google"),
    ("moonshot", "moonshot"),
    ("moonshotai", "moonshot"),
    ("openai", "openai"),
    ("openai-chat", "openai"),
    ("openai-responses", "openai"),
    ("perplexity", "perplexity"),
    ("xai", "xai"),
    ("zai", "zai"),
];

/// Prefixes of those who sell models of others, the provider of the catalogue, and the seller's name.
const SELLERS: [(&str, &str, &str); 31] = [
    ("azure", "azure", "Azure"),
    ("azure_ai", "azure", "Azure"),
    ("bedrock", "bedrock", "Amazon Bedrock"),
    ("bedrock_converse", "bedrock", "Amazon Bedrock"),
    ("bedrock_mantle", "bedrock", "Amazon Bedrock"),
    ("cerebras", "cerebras", "Cerebras"),
    ("cloudflare", "cloudflare", "Cloudflare"),
    ("databricks", "databricks", "Databricks"),
    ("deepinfra", "deepinfra", "DeepInfra"),
    ("fireworks", "fireworks", "Fireworks"),
    ("fireworks_ai", "fireworks", "Fireworks"),
    ("github", "github", "GitHub Models"),
    ("github_copilot", "github_copilot", "GitHub Copilot"),
    ("groq", "groq", "Groq"),
    ("hosted_vllm", "vllm", "a vLLM server"),
    ("huggingface", "huggingface", "Hugging Face"),
    ("nebius", "nebius", "Nebius"),
    ("novita", "novita", "Novita"),
    ("oci", "oci", "Oracle Cloud"),
    ("ollama", "ollama", "Ollama"),
    ("ollama_chat", "ollama", "Ollama"),
    ("openrouter", "openrouter", "OpenRouter"),
    ("snowflake", "snowflake", "Snowflake"),
    ("together", "together", "Together"),
    ("together_ai", "together", "Together"),
    ("vercel_ai_gateway", "vercel", "the Vercel AI Gateway"),
    ("vertex", "vertex", "Google Vertex AI"),
    ("vertex_ai", "vertex", "Google Vertex AI"),
    ("vertex_ai_beta", "vertex", "Google Vertex AI"),
    ("watsonx", "watsonx", "IBM watsonx"),
    ("google-vertex", "vertex", "Google Vertex AI"),
];

/// What `OpenRouter` calls makers that have another prefix elsewhere.
const ROUTED_MAKERS: [&str; 8] =
    ["x-ai", "z-ai", "qwen", "meta-llama", "nvidia", "moonshotai", "mistralai", "minimax"];
/// What follows a colon in an id of `OpenRouter`.
const ROUTED_SUFFIXES: [&str; 8] =
    ["free", "nitro", "floor", "online", "thinking", "extended", "beta", "exacto"];
/// Where inference profiles of Bedrock route.
const PROFILES: [&str; 9] = ["global", "us", "eu", "apac", "jp", "au", "in", "ca", "us-gov"];
/// What Bedrock calls makers.
const BEDROCK_MAKERS: [&str; 15] = [
    "amazon",
    "anthropic",
    "cohere",
    "deepseek",
    "google",
    "meta",
    "minimax",
    "mistral",
    "moonshot",
    "moonshotai",
    "nvidia",
    "openai",
    "qwen",
    "writer",
    "zai",
];

/// What an id says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ReadId {
    /// Who sells the model, where that is not its maker: the provider of the catalogue, and a name.
    pub(super) seller: Option<(&'static str, &'static str)>,
    /// Ids under which the catalogue may have exactly what is sold.
    pub(super) sold_as: Vec<String>,
    /// What the maker may call the model, without a price being implied.
    pub(super) made_as: String,
    /// Why nothing can be said of the model, where the id names something else.
    pub(super) opaque: Option<&'static str>,
}

impl ReadId {
    /// Reads an id in any of the forms that clouds, routers and frameworks write.
    pub(super) fn of(name: &str) -> Self {
        if let Some(read) = fine_tuned(name).or_else(|| resource(name)) {
            return read;
        }
        // Claude Code names the long window of a model in brackets.
        let name = name.strip_suffix("[1m]").unwrap_or(name);
        let lower = name.to_lowercase();
        if let Some((first, rest)) = split_prefix(&lower) {
            if let Some((_, provider, title)) = SELLERS.iter().find(|(id, ..)| *id == first) {
                return sold((provider, title), rest);
            }
            if is_routed(first, rest) {
                return sold(("openrouter", "OpenRouter"), &lower);
            }
            if let Some((_, provider)) = MAKERS.iter().find(|(id, _)| *id == first) {
                return made(provider, rest);
            }
            if ROUTED_MAKERS.contains(&first) {
                return sold(("openrouter", "OpenRouter"), &lower);
            }
        }
        if bedrock_maker(&lower).is_some() {
            return sold(("bedrock", "Amazon Bedrock"), &lower);
        }
        if lower.starts_with("databricks-") || lower.starts_with("system.ai.") {
            let id = lower.trim_start_matches("system.ai.").trim_start_matches("databricks-");
            return sold(("databricks", "Databricks"), id);
        }
        if lower.contains('@') && !lower.starts_with('@') {
            return sold(("vertex", "Google Vertex AI"), &lower);
        }
        Self { sold_as: vec![lower.clone()], made_as: plain(&lower), ..Self::default() }
    }
}

/// `provider/rest`, or `provider:rest` and `provider:kind:rest`.
fn split_prefix(name: &str) -> Option<(&str, &str)> {
    if let Some((first, rest)) = name.split_once('/') {
        return Some((first.trim_start_matches('~'), rest));
    }
    let (first, rest) = name.split_once(':')?;
    let known =
        MAKERS.iter().any(|(id, _)| *id == first) || SELLERS.iter().any(|(id, ..)| *id == first);
    let rest = rest.rsplit(':').next().filter(|_| !rest.contains(":0")).unwrap_or(rest);
    known.then_some((first, rest))
}

/// Whether `maker/model` is an id of `OpenRouter` though its maker's prefix is that of others too: a
/// suffix of `OpenRouter`'s, or a version of Claude with a dot.
fn is_routed(maker: &str, model: &str) -> bool {
    let suffix = model.rsplit_once(':').map(|(_, suffix)| suffix);
    suffix.is_some_and(|suffix| ROUTED_SUFFIXES.contains(&suffix))
        || (maker == "anthropic" && model.contains('.'))
}

fn made(provider: &str, id: &str) -> ReadId {
    let id = id.trim_start_matches("responses/").trim_start_matches("models/");
    ReadId {
        sold_as: vec![format!("{provider}/{id}"), id.to_owned()],
        made_as: plain(id),
        ..ReadId::default()
    }
}

fn sold((provider, title): (&'static str, &'static str), id: &str) -> ReadId {
    let mut id = id;
    if provider == "bedrock" {
        // bedrock/REGION/COMMITMENT/converse/ID
        id = id.rsplit('/').next().unwrap_or(id);
    }
    if provider == "vertex" {
        id = id.rsplit('/').next().unwrap_or(id);
    }
    let bare = plain(id);
    let mut sold_as = vec![format!("{provider}/{id}")];
    if provider == "vertex" {
        sold_as.push(format!("vertex_ai/{id}"));
    }
    ReadId { seller: Some((provider, title)), sold_as, made_as: bare, opaque: None }
}

/// `ft:BASE:ORG:SUFFIX:ID` is sold as `ft:BASE`; never as its base.
fn fine_tuned(name: &str) -> Option<ReadId> {
    let lower = name.to_lowercase();
    let id = lower.strip_prefix("openai/").unwrap_or(&lower);
    let base = match id.strip_prefix("ft:") {
        Some(rest) => rest.split(':').next().unwrap_or_default(),
        None => id.split_once(":ft-").map(|(base, _)| base)?,
    };
    Some(ReadId {
        sold_as: vec![format!("ft:{base}")],
        made_as: base.to_owned(),
        opaque: Some("a fine-tuned model has rates of its own"),
        ..ReadId::default()
    })
}

/// An ARN of Bedrock or a path of Vertex AI.
fn resource(name: &str) -> Option<ReadId> {
    let lower = name.to_lowercase();
    let opaque = |title: (&'static str, &'static str), why| {
        Some(ReadId { seller: Some(title), opaque: Some(why), ..ReadId::default() })
    };
    let bedrock = ("bedrock", "Amazon Bedrock");
    if let Some(arn) = lower.strip_prefix("bedrock/").unwrap_or(&lower).strip_prefix("arn:aws") {
        let resource = arn.splitn(5, ':').last().unwrap_or_default();
        return match resource.split_once('/') {
            Some(("inference-profile" | "foundation-model", id)) => Some(sold(bedrock, id)),
            _ => opaque(bedrock, "the ARN does not say which model answers"),
        };
    }
    let vertex = ("vertex", "Google Vertex AI");
    if lower.starts_with("projects/") && lower.contains("/endpoints/") {
        return opaque(vertex, "the endpoint does not say which model answers");
    }
    if let Some(id) = lower.strip_prefix("tunedmodels/") {
        let mut read = made("google", id);
        read.opaque = Some("a tuned model does not say what it was made from");
        return Some(read);
    }
    let (_, id) = lower.split_once("publishers/")?.1.split_once("/models/")?;
    Some(sold(vertex, id))
}

/// The part of an id of Bedrock behind the profile and the maker.
fn bedrock_maker(id: &str) -> Option<&str> {
    let (first, rest) = id.split_once('.')?;
    let (maker, model) =
        if PROFILES.contains(&first) { rest.split_once('.')? } else { (first, rest) };
    BEDROCK_MAKERS.contains(&maker).then_some(model)
}

/// An id without what sellers put around it: dots and dashes alike, without a version of Bedrock, a
/// date, or a routing suffix.
pub(super) fn plain(id: &str) -> String {
    let id = id.to_lowercase();
    let id = id.rsplit('/').next().unwrap_or(&id);
    let id = bedrock_maker(id).unwrap_or(id);
    let id = id.split('@').next().unwrap_or(id);
    let id = id.split(':').next().unwrap_or(id);
    let version = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    // Azure writes the version without its dot.
    let dashed = id.replace("gpt-35", "gpt-3.5").replace('.', "-");
    let mut parts: Vec<&str> = dashed.split('-').collect();
    if parts.len() > 2 && parts.last().is_some_and(|last| version(last)) {
        parts.pop();
    }
    if parts.len() > 1 && parts.last().is_some_and(|last| is_date(last)) {
        parts.pop();
    } else if let [.., year, month, day] = parts.as_slice()
        && year.len() == 4
        && is_date(&format!("{year}{month}{day}"))
    {
        parts.truncate(parts.len() - 3);
    }
    parts.join("-")
}

/// `20250929`.
fn is_date(text: &str) -> bool {
    text.len() == 8 && text.starts_with("20") && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_clouds_and_routers_say_who_sells_and_what_the_maker_calls_it() {
        for (id, seller, made_as) in [
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock", "claude-sonnet-4-5"),
            ("bedrock/converse/anthropic.claude-opus-4-6-v1", "bedrock", "claude-opus-4-6"),
            ("bedrock/us-east-1/global.anthropic.claude-opus-5", "bedrock", "claude-opus-5"),
            (
                "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-5",
                "bedrock",
                "claude-opus-5",
            ),
            ("claude-sonnet-4-5@20250929", "vertex", "claude-sonnet-4-5"),
            ("vertex_ai/gemini-3.8-flash", "vertex", "gemini-3-8-flash"),
            (
                "projects/p/locations/l/publishers/google/models/gemini-2.5-pro",
                "vertex",
                "gemini-2-5-pro",
            ),
            ("anthropic/claude-opus-5.5", "openrouter", "claude-opus-5-5"),
            ("anthropic/claude-opus-5.5:thinking", "openrouter", "claude-opus-5-5"),
            ("x-ai/grok-4.7", "openrouter", "grok-4-7"),
            ("openrouter/openai/gpt-6.1-sol", "openrouter", "gpt-6-1-sol"),
            ("azure/my-deployment", "azure", "my-deployment"),
            ("databricks-claude-opus-5", "databricks", "claude-opus-5"),
            ("models/gemini-3.8-flash", "", "gemini-3-8-flash"),
            ("openai:chat:gpt-5", "", "gpt-5"),
            ("dashscope/qwen3.8-max", "", "qwen3-8-max"),
            ("gpt-5-2025-08-07", "", "gpt-5"),
        ] {
            let read = ReadId::of(id);
            assert_eq!(read.seller.map_or("", |(seller, _)| seller), seller, "{id}");
            assert_eq!(read.made_as, made_as, "{id}");
        }
        let tuned = ReadId::of("ft:gpt-4o-mini-2024-07-18:acme::abc123");
        assert_eq!(tuned.sold_as, ["ft:gpt-4o-mini-2024-07-18"]);
        assert!(tuned.opaque.is_some());
        let arn = "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc";
        assert!(ReadId::of(arn).opaque.is_some());
    }
}
