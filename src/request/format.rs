//! How a text is to be taken, and what its name says about that.

use std::fmt;
use std::str::FromStr;

use super::origin::Origin;
use super::template::Language;
use crate::{Error, ErrorKind};

/// How a text is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputFormat {
    /// One user message.
    Text,
    /// One request in JSON.
    Json,
    /// One request, or one line of a Batch file, per line.
    JsonLines,
    /// Requests of this format, alone or one per line.
    Of(Origin),
}

/// The names of the formats, in the order in which a message lists them.
const NAMES: [(&str, InputFormat); 18] = [
    ("text", InputFormat::Text),
    ("chat", InputFormat::Json),
    ("batch", InputFormat::JsonLines),
    ("chat-completions", InputFormat::Of(Origin::Chat)),
    ("responses", InputFormat::Of(Origin::Responses)),
    ("anthropic", InputFormat::Of(Origin::Anthropic)),
    ("gemini", InputFormat::Of(Origin::Gemini)),
    ("interactions", InputFormat::Of(Origin::Interactions)),
    ("converse", InputFormat::Of(Origin::Converse)),
    ("mcp", InputFormat::Of(Origin::Mcp)),
    ("github-models", InputFormat::Of(Origin::GithubModels)),
    ("prompty", InputFormat::Of(Origin::Prompty)),
    ("dotprompt", InputFormat::Of(Origin::Dotprompt)),
    ("promptfoo", InputFormat::Of(Origin::Promptfoo)),
    ("langchain", InputFormat::Of(Origin::Langchain)),
    ("langfuse", InputFormat::Of(Origin::Langfuse)),
    ("semantic-kernel", InputFormat::Of(Origin::SemanticKernel)),
    ("coding-agent", InputFormat::Of(Origin::CodingAgent)),
];

impl InputFormat {
    /// The names of all formats.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// The origin that it forces.
    #[must_use]
    pub const fn origin(self) -> Option<Origin> {
        match self {
            Self::Of(origin) => Some(origin),
            Self::Text | Self::Json | Self::JsonLines => None,
        }
    }
}

impl fmt::Display for InputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(_, format)| format == self);
        f.pad(name.map_or("json", |(name, _)| name))
    }
}

impl FromStr for InputFormat {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let found = NAMES.iter().find(|(name, _)| *name == text).map(|(_, format)| *format);
        found.ok_or_else(|| {
            let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
            Error::new(ErrorKind::Amount, format!("`{text}` is not a format of requests"))
                .hint(format!("the formats are {}", names.join(", ")))
        })
    }
}

/// What the name of a file says about its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileHint<'a> {
    /// The name of the file, with or without the folders before it.
    Name(&'a str),
    /// There is no name that says anything: standard input.
    Nothing,
}

/// Endings of files that hold data rather than a prompt.
const DATA: [&str; 5] = ["yaml", "yml", "toml", "csv", "tsv"];

/// Endings of source code, which may hold prompts and is none.
const CODE: [&str; 36] = [
    "py", "pyi", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte", "rs", "go",
    "java", "kt", "kts", "scala", "rb", "php", "cs", "fs", "c", "h", "cc", "cpp", "hpp", "m",
    "swift", "dart", "ex", "exs", "lua", "pl", "r", "jl",
];

impl<'a> FileHint<'a> {
    /// Whether the name is that of a file of source code.
    #[must_use]
    pub fn is_source_code(self) -> bool {
        let ending = self.name().rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        ending.is_some_and(|ending| CODE.contains(&ending.as_str()))
    }

    /// The name without the folders before it; empty where there is none.
    pub(super) fn name(self) -> &'a str {
        match self {
            Self::Name(name) => name.rsplit(['/', '\\']).next().unwrap_or(name),
            Self::Nothing => "",
        }
    }

    /// The name with its folders, as far as they are known.
    pub(super) fn path(self) -> &'a str {
        match self {
            Self::Name(name) => name,
            Self::Nothing => "",
        }
    }

    /// The ending of the name, without the dot.
    pub(super) fn extension(self) -> Option<&'a str> {
        let (stem, extension) = self.name().rsplit_once('.')?;
        (!stem.is_empty()).then_some(extension)
    }

    /// Whether the file is JSON by name, however it begins.
    pub(super) fn is_json(self) -> bool {
        matches!(self.extension(), Some("json" | "jsonl" | "ndjson"))
    }

    /// Whether a file of this name holds data rather than a prompt.
    pub(super) fn is_data(self) -> bool {
        self.extension().is_some_and(|extension| DATA.contains(&extension))
    }

    /// The language of templates that the name says.
    pub(super) fn template(self) -> Option<Language> {
        match self.extension()? {
            "j2" | "jinja" | "jinja2" | "njk" | "liquid" => Some(Language::Jinja),
            "hbs" | "handlebars" => Some(Language::Handlebars),
            "mustache" => Some(Language::Mustache),
            _ => None,
        }
    }

    /// Whether the name is that of a template in a language whose tags are not read, such as ERB.
    pub(super) fn is_other_template(self) -> bool {
        let is_other =
            |end| matches!(end, "erb" | "ejs" | "eta" | "tmpl" | "gotmpl" | "baml" | "eex");
        self.extension().is_some_and(is_other)
    }

    /// Whether a file of this name is sent by a coding agent with every request, and its imports with it.
    pub(super) fn is_memory(self) -> bool {
        matches!(self.name(), "CLAUDE.md" | "CLAUDE.local.md" | "GEMINI.md")
    }

    /// The format of prompt files that the name says.
    pub(super) fn prompt_file(self) -> Option<Origin> {
        let name = self.name();
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if ends(&[".prompt.yml", ".prompt.yaml"]) {
            Some(Origin::GithubModels)
        } else if ends(&[".prompty"]) {
            Some(Origin::Prompty)
        } else if ends(&[".prompt"]) {
            Some(Origin::Dotprompt)
        } else if name.starts_with("promptfooconfig.") && ends(&[".yaml", ".yml", ".json"]) {
            Some(Origin::Promptfoo)
        } else if name == "skprompt.txt" {
            Some(Origin::SemanticKernel)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_formats_are_read_as_they_are_written() {
        for (name, format) in NAMES {
            assert_eq!(name.parse(), Ok(format));
            assert_eq!(format.to_string(), name);
        }
        assert!("yaml".parse::<InputFormat>().is_err());
    }

    #[test]
    fn a_name_says_which_prompt_file_it_is() {
        for (name, origin, extension) in [
            ("a/b.prompt.yml", Some(Origin::GithubModels), Some("yml")),
            ("x.prompty", Some(Origin::Prompty), Some("prompty")),
            ("promptfooconfig.yaml", Some(Origin::Promptfoo), Some("yaml")),
            ("thanks.prompt", Some(Origin::Dotprompt), Some("prompt")),
            (".prompt", None, None),
            ("README", None, None),
        ] {
            let hint = FileHint::Name(name);
            assert_eq!(hint.extension(), extension, "{name}");
            if extension.is_some() {
                assert_eq!(hint.prompt_file(), origin, "{name}");
            }
        }
    }

    #[test]
    fn only_the_memory_of_an_agent_is_sent_with_every_request() {
        for (name, is_memory) in [
            ("CLAUDE.md", true),
            ("docs/CLAUDE.local.md", true),
            ("GEMINI.md", true),
            ("AGENTS.md", false),
            ("claude.txt", false),
            ("prompt.md", false),
        ] {
            assert_eq!(FileHint::Name(name).is_memory(), is_memory, "{name}");
        }
        assert!(!FileHint::Nothing.is_memory());
    }

    #[test]
    fn a_name_says_the_language_of_a_template() {
        for (name, language) in [
            ("a.md.j2", Some(Language::Jinja)),
            ("a.liquid", Some(Language::Jinja)),
            ("a.hbs", Some(Language::Handlebars)),
            ("a.mustache", Some(Language::Mustache)),
            ("a.md", None),
            ("mustache", None),
        ] {
            assert_eq!(FileHint::Name(name).template(), language, "{name}");
        }
    }
}
