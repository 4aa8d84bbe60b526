//! The prompts that a new gate covers: those that are there, else an example.

use std::collections::BTreeSet;
use std::path::Path;

use ignore::WalkBuilder;

use crate::Error;
use crate::cli::output;

/// Folders that prompts are usually kept in.
const FOLDERS: [&str; 4] = ["prompts", "prompt", "src/prompts", "app/prompts"];
/// How the names of prompt files end.
const ENDINGS: [&str; 7] = [
    ".prompty",
    ".prompt",
    ".prompt.yml",
    ".prompt.yaml",
    ".prompt.md",
    ".prompt.txt",
    ".prompt.json",
];
/// The prompt that is written where there is none.
const EXAMPLE: &str = "prompts/example.md";
const EXAMPLE_TEXT: &str = "\
You answer questions about our product from the documentation below. Answer in at most five sentences, name the
section that you used, and say so when the documentation does not cover the question.
";

/// Where the prompts are.
pub(super) struct Prompts {
    /// Paths and globs, as `outlay.toml` has them.
    pub(super) paths: Vec<String>,
    /// The example that has to be written, where there is no prompt.
    pub(super) example: Option<&'static str>,
}

impl Prompts {
    /// The prompts in the working directory: a folder that is usually theirs, else files by the ends of
    /// their names.
    pub(super) fn find() -> Self {
        let holds_files = |folder: &&str| {
            let walk = WalkBuilder::new(folder).require_git(false).build();
            walk.flatten().any(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        };
        if let Some(folder) = FOLDERS.into_iter().find(holds_files) {
            return Self { paths: vec![format!("{folder}/")], example: None };
        }
        let walk = WalkBuilder::new(".").require_git(false).build();
        let names =
            walk.flatten().filter_map(|entry| entry.file_name().to_str().map(str::to_owned));
        let ending = |name: String| ENDINGS.into_iter().find(|ending| name.ends_with(ending));
        let endings: BTreeSet<&str> = names.filter_map(ending).collect();
        if endings.is_empty() {
            return Self { paths: vec!["prompts/".to_owned()], example: Some(EXAMPLE) };
        }
        Self {
            paths: endings.iter().map(|ending| format!("**/*{ending}")).collect(),
            example: None,
        }
    }

    /// Writes the example, where there is no prompt.
    pub(super) fn write_example(&self) -> Result<(), Error> {
        let Some(path) = self.example.map(Path::new) else { return Ok(()) };
        if let Some(folder) = path.parent() {
            output::make_folder(folder)?;
        }
        output::write_text(path, EXAMPLE_TEXT, false)
    }
}
