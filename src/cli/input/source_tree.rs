//! Where the files that `outlay.toml` names are read: in the working tree, or in a commit.

use std::path::{Component, Path, PathBuf};

use crate::cli::input::discover::{self, Source};
use crate::cli::input::git::Commit;
use crate::cli::input::read::text_of;
use crate::cli::streams::Streams;
use crate::request::ReadBeside;
use crate::threads;
use crate::{Error, ErrorKind};

/// A tree of files.
pub(crate) enum Tree {
    /// The working tree.
    Disk(Reach),
    /// A commit.
    Commit(Commit),
}

/// Which files of the disk `outlay.toml` may name as prompts. Whoever proposes a change writes it, and
/// reports show lines of prompts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Those of its repository, or of its folder where there is none.
    Repository,
    /// All.
    Anywhere,
}

impl Reach {
    /// Refuses a file that is out of reach, after links.
    fn check(self, folder: &Path, file: &Path) -> Result<(), Error> {
        if self == Self::Anywhere {
            return Ok(());
        }
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let (Ok(folder), Ok(file)) = (folder.canonicalize(), file.canonicalize()) else {
            return Ok(());
        };
        let root = folder.ancestors().find(|at| at.join(".git").exists()).unwrap_or(&folder);
        let is_inside = file.strip_prefix(root).is_ok_and(|path| !path.starts_with(".git"));
        if is_inside {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Usage, "this file is outside of the repository of outlay.toml, and --allow-outside is not given")
            .hint(
                "move it into the repository, or pass --allow-outside where you trust outlay.toml",
            ))
    }
}

/// A file that a path of `outlay.toml` names.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// Its path from the folder of `outlay.toml`.
    path: PathBuf,
    /// What reports call it: its path from the working directory.
    pub(crate) name: String,
    /// Whether it was found rather than named.
    pub(crate) found: bool,
}

impl Named {
    /// Its path from the folder of `outlay.toml`, with slashes.
    pub(crate) fn path(&self) -> String {
        self.path.to_string_lossy().replace('\\', "/")
    }
}

/// The path of a file of `folder` from the working directory.
pub(crate) fn join(folder: &Path, path: &str) -> PathBuf {
    let path = path.strip_prefix("./").unwrap_or(path);
    if folder.as_os_str().is_empty() { PathBuf::from(path) } else { folder.join(path) }
}

impl Tree {
    /// The files that a path names: a file, a directory, or a glob.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a path that names none.
    pub(crate) fn expand(&self, folder: &Path, pattern: &str) -> Result<Vec<Named>, Error> {
        match self {
            Self::Disk(reach) => {
                let joined = join(folder, pattern).display().to_string();
                let sources = discover::sources(&[joined], &Streams::World);
                let file = |source: Result<Source, Error>| {
                    let file = on_disk(&source?, folder)?;
                    let reached = reach.check(folder, Path::new(&file.name));
                    reached.map(|()| file.clone()).map_err(|e| e.in_source(&file.name))
                };
                sources.into_iter().map(file).collect()
            }
            Self::Commit(commit) => {
                let pattern = pattern.strip_prefix("./").unwrap_or(pattern).trim_end_matches('/');
                let name = |path: PathBuf, found| Named {
                    name: join(folder, &path.to_string_lossy()).display().to_string(),
                    path,
                    found,
                };
                if commit.has(Path::new(pattern)) {
                    return Ok(vec![name(PathBuf::from(pattern), false)]);
                }
                let hidden = |path: &Path| {
                    path.components()
                        .any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."))
                };
                let matcher = discover::matcher(pattern)?;
                let everything = pattern.is_empty() || pattern == ".";
                let below = Path::new(pattern);
                let files = commit.files(|path| {
                    !hidden(path)
                        && (everything || path.starts_with(below) || matcher.is_match(path))
                });
                if files.is_empty() {
                    let message = format!("`{}` has no file here", commit.name);
                    return Err(Error::new(ErrorKind::Usage, message).in_source(pattern));
                }
                Ok(files.into_iter().map(|path| name(path, true)).collect())
            }
        }
    }

    /// One file that is a prompt or a part of one.
    ///
    /// # Errors
    /// When it is out of reach, is not there, or is no text.
    pub(crate) fn read_prompt(&self, folder: &Path, path: &str) -> Result<String, Error> {
        if let Self::Disk(reach) = self {
            let file = join(folder, path);
            reach.check(folder, &file).map_err(|e| e.in_source(file.display().to_string()))?;
        }
        self.read(folder, path)
    }

    /// One file.
    ///
    /// # Errors
    /// When it is not there, or is no text.
    pub(crate) fn read(&self, folder: &Path, path: &str) -> Result<String, Error> {
        let name = join(folder, path);
        let text = match self {
            Self::Disk(_) => discover::named(&name).and_then(|source| text_of_file(&source)),
            Self::Commit(commit) => {
                commit.show(Path::new(path.strip_prefix("./").unwrap_or(path))).and_then(text_of)
            }
        };
        text.map_err(|e| e.in_source(name.display().to_string()))
    }

    /// Many files, in their order.
    pub(crate) fn read_all(&self, files: &[&Named]) -> Vec<Result<String, Error>> {
        match self {
            Self::Disk(_) => threads::each(files.to_vec(), |file| {
                text_of_file(&Source::Named(PathBuf::from(&file.name)))
            }),
            Self::Commit(commit) => {
                let paths: Vec<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
                match commit.show_all(&paths) {
                    Ok(contents) => contents.into_iter().map(text_of).collect(),
                    Err(error) => files.iter().map(|_| Err(error.clone())).collect(),
                }
            }
        }
    }
}

/// The files beside one that `outlay.toml` names.
pub(crate) struct TreeBeside<'t> {
    tree: &'t Tree,
    /// The folder of `outlay.toml`.
    folder: &'t Path,
    /// The folder of the file, from there.
    inside: PathBuf,
}

impl<'t> TreeBeside<'t> {
    /// The files beside this one.
    pub(crate) fn of(tree: &'t Tree, folder: &'t Path, file: &Named) -> Self {
        Self { tree, folder, inside: file.path.parent().map(Path::to_path_buf).unwrap_or_default() }
    }
}

impl ReadBeside for TreeBeside<'_> {
    fn read_beside(&self, name: &str) -> Result<String, Error> {
        let path = normal(&self.inside.join(name).to_string_lossy());
        self.tree.read_prompt(self.folder, &path.to_string_lossy().replace('\\', "/"))
    }
}

/// The text of a source that is a file: whoever proposes a change names it, and a pipe would be waited for.
fn text_of_file(source: &Source) -> Result<String, Error> {
    let (name, is_file) = (source.name(), source.is_file());
    let path = Path::new(&name);
    if !is_file && path.exists() && !path.is_dir() {
        return Err(Error::new(ErrorKind::Usage, "this is a pipe or a device, no file")
            .hint("name a file, a directory or a glob"));
    }
    source.text()
}

fn on_disk(source: &Source, folder: &Path) -> Result<Named, Error> {
    let name = source.name();
    if name.contains(char::REPLACEMENT_CHARACTER) && !Path::new(&name).exists() {
        return Err(Error::new(ErrorKind::Usage, "the name of this file is not UTF-8")
            .in_source(name)
            .hint("rename it, so that reports can name it"));
    }
    let path = Path::new(&name);
    let path = path.strip_prefix(folder).unwrap_or(path).to_owned();
    Ok(Named { path, name, found: source.is_found() })
}

/// A path as other spellings of it are compared: without `.` and with `..` taken back.
pub(crate) fn normal(path: &str) -> PathBuf {
    let mut out = PathBuf::new();
    for part in Path::new(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
