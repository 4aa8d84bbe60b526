//! From the inputs a user names to the texts they stand for.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use ignore::WalkBuilder;

use crate::cli::streams::Streams;
use crate::request::FileHint;
use crate::{Error, ErrorKind};

/// How much of a file is looked at to see that it is no text.
const FIRST_BYTES: u64 = 8 << 10;

/// The endings of files that hold no text, which may lie beside prompts.
const BINARY_ENDINGS: [&str; 48] = [
    "7z",
    "a",
    "avi",
    "avif",
    "bin",
    "bmp",
    "bz2",
    "class",
    "db",
    "dll",
    "dylib",
    "eot",
    "exe",
    "flac",
    "gif",
    "gz",
    "heic",
    "ico",
    "jar",
    "jpeg",
    "jpg",
    "m4a",
    "mkv",
    "mov",
    "mp3",
    "mp4",
    "o",
    "ogg",
    "otf",
    "parquet",
    "pdf",
    "png",
    "pyc",
    "rar",
    "safetensors",
    "so",
    "sqlite",
    "tar",
    "tgz",
    "tif",
    "tiff",
    "ttf",
    "wasm",
    "wav",
    "webm",
    "webp",
    "zip",
    "zst",
];

/// Whether the name says that a file holds no text.
pub(crate) fn is_binary_name(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    ending.is_some_and(|ending| BINARY_ENDINGS.contains(&ending.as_str()))
}

/// Where a text comes from.
#[derive(Clone)]
pub(crate) enum Source {
    /// Standard input.
    Stdin(Streams),
    /// A file that the user named.
    Named(PathBuf),
    /// A file that was found below a directory or by a glob.
    Found(PathBuf),
}

impl Source {
    /// The name in results and messages: `-` or the path.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Stdin(_) => "-".to_owned(),
            Self::Named(path) | Self::Found(path) => path.display().to_string(),
        }
    }

    /// What the name says about the content.
    pub(crate) fn naming(&self) -> FileHint<'_> {
        match self {
            Self::Stdin(_) => FileHint::Nothing,
            Self::Named(path) | Self::Found(path) => {
                path.to_str().map_or(FileHint::Nothing, FileHint::Name)
            }
        }
    }

    /// Whether it was found rather than named.
    pub(crate) fn is_found(&self) -> bool {
        matches!(self, Self::Found(_))
    }

    /// Whether it was found and is no text by its name or its first bytes.
    pub(crate) fn is_found_binary(&self) -> bool {
        let Self::Found(path) = self else { return false };
        let mut first = Vec::new();
        let mut has_zero = || {
            let file = File::open(path).ok()?;
            file.take(FIRST_BYTES).read_to_end(&mut first).ok()?;
            Some(!first.starts_with(&[0xff, 0xfe]) && first.contains(&0))
        };
        is_binary_name(path) || has_zero().unwrap_or_default()
    }
}

/// Every source that the inputs stand for, in their order, files below a directory by name, and an
/// error in the place of an input that stands for none. Without inputs it is standard input.
pub(crate) fn sources(inputs: &[String], streams: &Streams) -> Vec<Result<Source, Error>> {
    if !inputs.is_empty() {
        return inputs.iter().flat_map(|input| expand(input, streams)).collect();
    }
    if streams.is_terminal() {
        let error = Error::new(ErrorKind::Usage, "there is no input");
        return vec![Err(error.hint("name files, directories or globs, or pipe a prompt in"))];
    }
    vec![Ok(Source::Stdin(streams.clone()))]
}

fn expand(input: &str, streams: &Streams) -> Vec<Result<Source, Error>> {
    let path = Path::new(input);
    let found = if input == "-" {
        return vec![Ok(Source::Stdin(streams.clone()))];
    } else if path.is_dir() {
        files_below(path, None)
    } else if path.exists() || !input.contains(['*', '?', '[', '{']) {
        return vec![named(path).map_err(|e| e.in_source(input))];
    } else {
        glob(input)
    };
    if found.is_empty() {
        let error = Error::new(ErrorKind::Usage, "no file is found here");
        return vec![Err(error
            .in_source(input)
            .hint("hidden files and those in .gitignore are left out"))];
    }
    let placed = |error: Error| match error.source_name() {
        Some(_) => error,
        None => error.in_source(input),
    };
    found.into_iter().map(|path| path.map(Source::Found).map_err(placed)).collect()
}

pub(crate) fn named(path: &Path) -> Result<Source, Error> {
    if path.exists() {
        return Ok(Source::Named(path.to_owned()));
    }
    Err(Error::new(ErrorKind::Usage, "there is no such file or directory")
        .hint("check the name, or pass `-` to read standard input"))
}

/// What a glob matches.
///
/// # Errors
/// [`ErrorKind::Usage`] for what is no glob, or one that is too large to be compiled.
pub(crate) fn matcher(pattern: &str) -> Result<GlobSet, Error> {
    let refuse = |e: globset::Error| {
        // The text of a failed compilation shows the regular expression, over hundreds of lines.
        let why = e.kind().to_string();
        let why = why.lines().last().unwrap_or_default();
        Error::new(ErrorKind::Usage, format!("this is no glob: {why}"))
            .hint("put a backslash before a bracket that is part of the name")
    };
    let glob = GlobBuilder::new(pattern).literal_separator(true).build().map_err(refuse)?;
    // A single glob would be compiled under the expectation that it can be.
    GlobSetBuilder::new().add(glob).build().map_err(refuse)
}

fn glob(pattern: &str) -> Vec<Result<PathBuf, Error>> {
    let matcher = match matcher(pattern) {
        Ok(matcher) => matcher,
        Err(error) => return vec![Err(error)],
    };
    // The walk starts at the last folder before the first special character.
    let fixed = pattern.find(['*', '?', '[', '{']).map_or(pattern, |i| &pattern[..i]);
    let base = fixed.rfind('/').map_or("", |i| &fixed[..=i]);
    let base = Path::new(if base.is_empty() { "." } else { base });
    if base.is_dir() { files_below(base, Some(&matcher)) } else { Vec::new() }
}

/// The files below a folder, hidden ones and those that the repository ignores left out. Links are
/// followed. What only one machine ignores (a global gitignore, `.git/info/exclude`, a folder above the
/// repository) changes nothing, so that a gate finds the same files everywhere.
fn files_below(folder: &Path, matcher: Option<&GlobSet>) -> Vec<Result<PathBuf, Error>> {
    let walk = WalkBuilder::new(folder)
        .follow_links(true)
        .git_exclude(false)
        .git_global(false)
        .ignore(false)
        .parents(is_in_repository(folder))
        .require_git(false)
        .sort_by_file_path(Path::cmp)
        .build();
    let mut files = Vec::new();
    for entry in walk {
        match entry {
            Ok(entry) => {
                // A glob without a folder is matched against names without a leading `./`.
                let path = entry.path().strip_prefix("./").unwrap_or(entry.path());
                let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
                if is_file && matcher.is_none_or(|matcher| matcher.is_match(path)) {
                    files.push(Ok(path.to_owned()));
                }
            }
            // A link to a folder that it is in leads to nothing new.
            Err(e) if is_loop(&e) => {}
            Err(e) => files.push(Err(unsearchable(&e))),
        }
    }
    files
}

fn is_in_repository(folder: &Path) -> bool {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.ancestors().any(|folder| folder.join(".git").exists())
}

fn is_loop(e: &ignore::Error) -> bool {
    match e {
        ignore::Error::Loop { .. } => true,
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithPath { err, .. } => is_loop(err),
        _ => false,
    }
}

fn unsearchable(e: &ignore::Error) -> Error {
    let why = e.io_error().map_or_else(|| e.to_string(), ToString::to_string);
    let error = Error::new(ErrorKind::Usage, format!("cannot be searched: {why}"))
        .hint("name a folder that is there and that you may read");
    match place_of(e) {
        Some(path) => error.in_source(path.display().to_string()),
        None => error,
    }
}

fn place_of(e: &ignore::Error) -> Option<&Path> {
    match e {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } => place_of(err),
        _ => None,
    }
}

/// The warning about a file that was found below a directory or by a glob and is not read: it is not text,
/// or not of the kind that the verb reads.
pub(crate) fn left_out(name: &str, error: &Error) -> String {
    format!("`{name}` is left out: {}", error.message())
}
