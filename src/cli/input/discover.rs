//! From the inputs a user names to the texts they stand for.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use ignore::WalkBuilder;

use crate::request::FileHint;
use crate::{Error, ErrorKind};

/// Where a text comes from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// Standard input.
    Stdin,
    /// A file that the user named.
    Named(PathBuf),
    /// A file that was found below a directory or by a glob.
    Found(PathBuf),
}

impl Source {
    /// The name in results and messages: `-` or the path.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Stdin => "-".to_owned(),
            Self::Named(path) | Self::Found(path) => path.display().to_string(),
        }
    }

    /// What the name says about the content.
    pub(crate) fn naming(&self) -> FileHint<'_> {
        match self {
            Self::Stdin => FileHint::Nothing,
            Self::Named(path) | Self::Found(path) => {
                path.file_name().and_then(|e| e.to_str()).map_or(FileHint::Nothing, FileHint::Name)
            }
        }
    }

    /// Whether it was found rather than named.
    pub(crate) fn is_found(&self) -> bool {
        matches!(self, Self::Found(_))
    }
}

/// Every source that the inputs stand for, in their order, files below a directory by name, and an
/// error in the place of an input that stands for none. Without inputs it is standard input.
pub(crate) fn sources(inputs: &[String]) -> Vec<Result<Source, Error>> {
    if !inputs.is_empty() {
        return inputs.iter().flat_map(|input| expand(input)).collect();
    }
    if io::stdin().is_terminal() {
        let error = Error::new(ErrorKind::Usage, "there is no input");
        return vec![Err(error.hint("name files, directories or globs, or pipe a prompt in"))];
    }
    vec![Ok(Source::Stdin)]
}

fn expand(input: &str) -> Vec<Result<Source, Error>> {
    let path = Path::new(input);
    let found = if input == "-" {
        return vec![Ok(Source::Stdin)];
    } else if path.is_dir() {
        files_below(path, None)
    } else if path.exists() || !input.contains(['*', '?', '[', '{']) {
        return vec![named(path).map_err(|e| e.in_source(input))];
    } else {
        glob(input)
    };
    match found {
        Ok(files) if files.is_empty() => {
            let error = Error::new(ErrorKind::Usage, "no file is found here");
            vec![Err(error
                .in_source(input)
                .hint("hidden files and those in .gitignore are left out"))]
        }
        Ok(files) => files.into_iter().map(|path| Ok(Source::Found(path))).collect(),
        Err(error) => vec![Err(error.in_source(input))],
    }
}

pub(crate) fn named(path: &Path) -> Result<Source, Error> {
    if path.exists() {
        return Ok(Source::Named(path.to_owned()));
    }
    Err(Error::new(ErrorKind::Usage, "there is no such file or directory")
        .hint("check the name, or pass `-` to read standard input"))
}

/// What a glob matches.
pub(crate) fn matcher(pattern: &str) -> Result<GlobMatcher, Error> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build().map_err(|e| {
        Error::new(ErrorKind::Usage, format!("this is no glob: {}", e.kind()))
            .hint("put a backslash before a bracket that is part of the name")
    })?;
    Ok(glob.compile_matcher())
}

fn glob(pattern: &str) -> Result<Vec<PathBuf>, Error> {
    let matcher = matcher(pattern)?;
    // The walk starts at the last folder before the first special character.
    let fixed = pattern.find(['*', '?', '[', '{']).map_or(pattern, |i| &pattern[..i]);
    let base = fixed.rfind('/').map_or("", |i| &fixed[..=i]);
    let base = Path::new(if base.is_empty() { "." } else { base });
    if base.is_dir() { files_below(base, Some(&matcher)) } else { Ok(Vec::new()) }
}

fn files_below(folder: &Path, matcher: Option<&GlobMatcher>) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let walk = WalkBuilder::new(folder).require_git(false).sort_by_file_path(Path::cmp).build();
    for entry in walk {
        let entry = entry.map_err(|e| {
            let why = e.io_error().map_or_else(|| e.to_string(), ToString::to_string);
            Error::new(ErrorKind::Usage, format!("cannot be searched: {why}"))
                .hint("name a folder that is there and that you may read")
        })?;
        // A glob without a folder is matched against names without a leading `./`.
        let path = entry.path().strip_prefix("./").unwrap_or(entry.path());
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if is_file && matcher.is_none_or(|matcher| matcher.is_match(path)) {
            files.push(path.to_owned());
        }
    }
    Ok(files)
}

/// The warning about a file that was found below a directory or by a glob and is not read: it is not text,
/// or not of the kind that the verb reads.
pub(crate) fn left_out(name: &str, error: &Error) -> String {
    format!("`{name}` is left out: {}", error.message())
}
