//! The files of a prompt of the configuration, read into requests.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::cli::config::file::PromptTable;
use crate::cli::config::resolve::Config;
use crate::cli::input::discover::{is_binary_name, left_out};
use crate::cli::input::source_tree::{Named, Tree, TreeBeside, normal};
use crate::request::{FileHint, Request, RequestEntry, Unknown, read_with};
use crate::units::Lines;
use crate::workload::MediaSpec;
use crate::{Error, ErrorKind};

/// A file that was read.
pub(crate) struct SourceText {
    /// Its path from the working directory.
    pub(crate) name: String,
    /// Its path from the folder of the configuration.
    pub(crate) path: String,
    pub(crate) text: String,
    lines: OnceLock<Lines>,
}

impl SourceText {
    /// A file with this text.
    pub(crate) fn new(name: String, path: String, text: String) -> Self {
        Self { name, path, text, lines: OnceLock::new() }
    }

    /// Where its lines begin.
    pub(crate) fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(&self.text))
    }

    /// A line, counted from 1.
    pub(crate) fn line(&self, number: usize) -> &str {
        self.lines().line(&self.text, number).1
    }

    /// What its name says about its content.
    pub(crate) fn naming(&self) -> FileHint<'_> {
        FileHint::Name(&self.path)
    }
}

/// A request of a file.
pub(crate) struct Sent {
    pub(crate) source: Arc<SourceText>,
    pub(crate) line: Option<usize>,
    pub(crate) request: Request,
}

/// What became of a file.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) sent: Vec<Sent>,
    pub(crate) errors: Vec<Error>,
    pub(crate) warnings: Vec<String>,
}

/// The files of a prompt, and what is wrong with its paths; `only` restricts it to files of these names.
pub(crate) fn files(
    table: &PromptTable,
    config: &Config,
    tree: &Tree,
    only: Option<&BTreeSet<PathBuf>>,
) -> (Vec<Named>, Vec<Error>) {
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    for path in &table.paths {
        match tree.expand(&config.folder, path.get_ref()) {
            Ok(found) => files.extend(found),
            Err(error) => {
                let message = format!("`{}`: {}", path.get_ref(), error.message());
                let refused = config.refuse(&path.span(), message);
                let hint = error
                    .hint_text()
                    .unwrap_or("a prompt that is gone is no pass: correct the path");
                errors.push(refused.hint(hint));
            }
        }
    }
    let wanted = |file: &Named| only.is_none_or(|only| only.contains(&normal(&file.name)));
    let own = |file: &Named| file.found && config.owns(&file.name);
    let mut seen = BTreeSet::new();
    files.retain(|file| wanted(file) && !own(file) && seen.insert(file.name.clone()));
    (files, errors)
}

/// The requests of a file with this text.
pub(crate) fn read(
    file: &Named,
    text: Result<Arc<SourceText>, Error>,
    table: &PromptTable,
    config: &Config,
    tree: &Tree,
) -> Reading {
    let name = file.name.clone();
    let left_out =
        |error: &Error| Reading { warnings: vec![left_out(&name, error)], ..Reading::default() };
    let failed = |error: Error| Reading { errors: vec![error], ..Reading::default() };
    let source = match text {
        Ok(source) => source,
        // A prompt that cannot be read is no prompt that has met its budgets.
        Err(error) if file.found && is_binary_name(Path::new(&name)) => {
            return left_out(&error);
        }
        Err(error) => return failed(error.in_source(&name)),
    };
    let shape = table.shape.as_ref().map(|shape| shape.0);
    let beside = TreeBeside::of(tree, &config.folder, file);
    let document = match read_with(&source.text, source.naming(), shape, &beside) {
        Ok(document) => document,
        Err(error) if file.found && source.text.trim().is_empty() => return left_out(&error),
        Err(error) => return failed(error.in_source(&name)),
    };
    let mut warnings: Vec<String> =
        document.note.map(|note| format!("`{name}`: {note}")).into_iter().collect();
    let requests = document.entries.iter().filter_map(|entry| entry.request.as_ref().ok());
    let unread = requests.flat_map(|request| &request.unread);
    let unread: BTreeSet<String> = unread.map(Unknown::sentence).collect();
    let others = document.warnings().filter(|warning| !unread.contains(warning));
    warnings.extend(others.map(|warning| format!("`{name}`: {warning}")));
    let mut reading = Reading { warnings, ..Reading::default() };
    for RequestEntry { line, request, .. } in document.entries {
        match request {
            Ok(request) => {
                // A change that repairs what the base has wrong must be able to pass.
                if matches!(tree, Tree::Disk(_)) {
                    let unread =
                        request.unread.iter().filter(|key| !table.ignored_keys.contains(&key.what));
                    reading.errors.extend(unread.map(|key| unread_key(key).in_source(&name)));
                }
                let declared = MediaSpec::default().over(&config.file.media);
                let request = request.with_declared(&declared).into_owned();
                reading.sent.push(Sent { source: Arc::clone(&source), line, request });
            }
            Err(error) => reading.errors.push(error.in_source(&name)),
        }
    }
    reading
}

/// Why a request with a key of which tokens or money may be in no figure meets no budget.
fn unread_key(key: &Unknown) -> Error {
    let correct = if key.has_unknown_key() { "correct its name, or, " } else { "" };
    Error::new(ErrorKind::Uncountable, key.sentence()).at(key.position).hint(format!(
        "{correct}where the budgets may leave it out, say `ignored_keys = [{:?}]` for this prompt in outlay.toml",
        key.what
    ))
}
