//! A commit, read through git.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Error, ErrorKind};

/// The files of a commit, seen from a folder of the working tree.
pub(crate) struct Commit {
    /// The ref as the user wrote it.
    pub(crate) name: String,
    folder: PathBuf,
    /// The folder's own path in the repository.
    prefix: PathBuf,
    /// The object of every file of the commit, by its path from the root of the repository. A link has the
    /// object of the file that it leads to, and a link to a folder all of its files.
    files: BTreeMap<PathBuf, String>,
}

/// The mode of a symbolic link in a tree.
const LINK: &str = "120000";
/// The mode of a submodule, whose files belong to another repository.
const SUBMODULE: &str = "160000";
/// A chain of more links than this leads nowhere, as on Linux.
const MOST_LINKS: usize = 40;

impl Commit {
    /// The commit that a ref means.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] without git, outside a repository, and for a ref that means no commit.
    pub(crate) fn open(name: &str, folder: &Path) -> Result<Self, Error> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let prefix = text(folder, ["rev-parse", "--show-prefix"]).map_err(|e| {
            if e.kind() == ErrorKind::Refused {
                return Error::new(
                    ErrorKind::Usage,
                    format!("`{name}` is a git ref, but this is not a git repository"),
                )
                .hint("compare with a file: --baseline FILE");
            }
            e
        })?;
        let wanted = format!("{name}^{{commit}}");
        let id = text(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted]);
        let id = id.map_err(|e| {
            if e.kind() == ErrorKind::Refused {
                return Error::new(ErrorKind::Usage, format!("git knows no commit `{name}`"))
                    .hint("check the name; in CI, fetch it first (`git fetch origin main`, or a checkout with its history)");
            }
            e
        })?;
        let id = id.trim().to_owned();
        let listed = run(folder, ["ls-tree", "-r", "-z", "--full-tree", &id])?;
        let mut commit = Self {
            name: name.to_owned(),
            folder: folder.to_owned(),
            prefix: PathBuf::from(prefix.trim_end_matches(['\n', '\r'])),
            files: BTreeMap::new(),
        };
        let mut links = Vec::new();
        for entry in listed.split(|b| *b == 0).filter(|entry| !entry.is_empty()) {
            let (mode, object, path) = tree_entry(entry).ok_or_else(|| {
                commit.broken(&format!("`{}` is no tree entry", String::from_utf8_lossy(entry)))
            })?;
            match mode {
                LINK => links.push((path, object.to_owned())),
                SUBMODULE => {}
                _ => {
                    commit.files.insert(path, object.to_owned());
                }
            }
        }
        commit.follow(&links)?;
        Ok(commit)
    }

    /// Adds what links lead to, as the working tree has it. A link that leads out of the repository, to
    /// nothing or to itself has no file.
    fn follow(&mut self, links: &[(PathBuf, String)]) -> Result<(), Error> {
        let objects: Vec<&str> = links.iter().map(|(_, object)| object.as_str()).collect();
        let targets = self.objects(&objects)?;
        let targets: BTreeMap<&Path, PathBuf> =
            links.iter().zip(&targets).map(|((at, _), to)| (at.as_path(), path(to))).collect();
        let mut followed = Vec::new();
        for at in targets.keys() {
            let Some(end) = end_of(at, &targets) else { continue };
            if let Some(object) = self.files.get(&end) {
                followed.push((at.to_path_buf(), object.clone()));
                continue;
            }
            let below =
                self.files.range(end.clone()..).take_while(|(file, _)| file.starts_with(&end));
            followed.extend(below.filter_map(|(file, object)| {
                Some((at.join(file.strip_prefix(&end).ok()?), object.clone()))
            }));
        }
        self.files.extend(followed);
        Ok(())
    }

    /// The files of the commit whose path from the folder is wanted, by that path.
    pub(crate) fn files(&self, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
        let below = self.files.keys().filter_map(|file| file.strip_prefix(&self.prefix).ok());
        below.filter(|file| wanted(file)).map(Path::to_owned).collect()
    }

    /// Whether the commit has a file, by its path from the folder.
    pub(crate) fn has(&self, file: &Path) -> bool {
        self.in_repository(file).is_some_and(|path| self.files.contains_key(&path))
    }

    /// One file, by its path from the folder.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the commit does not have it.
    pub(crate) fn show(&self, file: &Path) -> Result<Vec<u8>, Error> {
        let missing = || {
            let message = format!("`{}` has no file `{}`", self.name, file.display());
            Error::new(ErrorKind::Usage, message)
                .hint("name a ref that has it, or compare with a file: --baseline FILE")
        };
        let path = self.in_repository(file).ok_or_else(missing)?;
        let object = self.files.get(&path).ok_or_else(missing)?;
        let mut contents = self.objects(&[object])?;
        contents.pop().ok_or_else(|| self.broken("it stops early"))
    }

    /// Many files at once, in their order, all of which the commit has.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when git does not answer as it should.
    pub(crate) fn show_all(&self, files: &[PathBuf]) -> Result<Vec<Vec<u8>>, Error> {
        let object = |file: &PathBuf| {
            let object = self.in_repository(file).and_then(|path| self.files.get(&path));
            object
                .map(String::as_str)
                .ok_or_else(|| self.broken(&format!("it has no file `{}`", file.display())))
        };
        let objects: Vec<&str> = files.iter().map(object).collect::<Result<_, _>>()?;
        self.objects(&objects)
    }

    fn broken(&self, why: &str) -> Error {
        Error::new(ErrorKind::Refused, format!("git cannot read `{}`: {why}", self.name))
            .hint("run `git fsck` to see what is wrong with the repository")
    }

    /// The contents of objects, in their order. They are asked for by id, because a name may hold what
    /// ends a question.
    fn objects(&self, ids: &[&str]) -> Result<Vec<Vec<u8>>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let broken = |why: &str| self.broken(why);
        let mut child = command(&self.folder, ["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| absent(&e))?;
        let asked: String = ids.iter().flat_map(|id| [id, "\n"]).collect();
        let mut stdin = child.stdin.take().ok_or_else(|| broken("it takes no input"))?;
        // Git answers while it is asked; a second thread keeps both pipes moving.
        let asking = std::thread::Builder::new()
            .spawn(move || stdin.write_all(asked.as_bytes()))
            .map_err(|e| broken(&e.to_string()))?;
        let output = child.wait_with_output().map_err(|e| broken(&e.to_string()))?;
        let _ = asking.join();
        let mut rest = output.stdout.as_slice();
        let mut contents = Vec::with_capacity(ids.len());
        for _ in ids {
            let end =
                rest.iter().position(|b| *b == b'\n').ok_or_else(|| broken("it stops early"))?;
            let header = String::from_utf8_lossy(&rest[..end]).into_owned();
            if header.ends_with(" missing") {
                let message = format!("`{}` is not complete here: {header}", self.name);
                return Err(Error::new(ErrorKind::Refused, message)
                    .hint("fetch it first (`git fetch --refetch --no-filter`); nothing is fetched from here"));
            }
            let size = header.rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
            let size = size.ok_or_else(|| broken(&header))?;
            let start = end + 1;
            let (content, after) =
                rest[start..].split_at_checked(size).ok_or_else(|| broken("it stops early"))?;
            contents.push(content.to_vec());
            rest = after.get(1..).unwrap_or_default();
        }
        Ok(contents)
    }

    /// The path from the root of the repository, `..` resolved; `None` outside of it.
    fn in_repository(&self, file: &Path) -> Option<PathBuf> {
        within(&self.prefix.join(file))
    }
}

/// A path from the root with `..` resolved; `None` outside of it.
fn within(path: &Path) -> Option<PathBuf> {
    let mut resolved = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                if !resolved.pop() {
                    return None;
                }
            }
            Component::Normal(name) => resolved.push(name),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(resolved)
}

/// Where a path leads through links.
fn end_of(path: &Path, links: &BTreeMap<&Path, PathBuf>) -> Option<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let linked = path.ancestors().find_map(|at| Some((at, links.get(at)?)));
        let Some((at, target)) = linked else { return Some(path) };
        let rest = path.strip_prefix(at).ok()?;
        let folder = at.parent().unwrap_or(Path::new(""));
        path = within(&folder.join(target).join(rest))?;
    }
    None
}

/// The mode, the object and the path of an entry: `MODE TYPE OBJECT<tab>PATH`.
fn tree_entry(entry: &[u8]) -> Option<(&str, &str, PathBuf)> {
    let tab = entry.iter().position(|b| *b == b'\t')?;
    let mut words = str::from_utf8(&entry[..tab]).ok()?.split(' ');
    let (mode, _, object) = (words.next()?, words.next()?, words.next()?);
    Some((mode, object, path(&entry[tab + 1..])))
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// What points git to another repository or index than that of the folder. Git sets
/// some of them for hooks.
const REDIRECTIONS: [&str; 10] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_WORK_TREE",
];

/// Git on the repository of a folder. It fetches nothing, asks nothing and locks nothing, whatever the
/// configuration of the repository says.
fn command<'a>(folder: &Path, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new("git");
    for redirection in REDIRECTIONS {
        command.env_remove(redirection);
    }
    command
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .args(["-c", "protocol.allow=never", "--no-replace-objects", "-C"])
        .arg(folder)
        .args(arguments);
    command
}

fn absent(e: &std::io::Error) -> Error {
    Error::new(ErrorKind::Usage, format!("git cannot be run: {}", e.kind()))
        .hint("install git, or compare with a file: --baseline FILE")
}

/// What git writes; [`ErrorKind::Refused`] when it says no.
fn run<'a>(folder: &Path, arguments: impl IntoIterator<Item = &'a str>) -> Result<Vec<u8>, Error> {
    let output = command(folder, arguments).output().map_err(|e| absent(&e))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let why = String::from_utf8_lossy(&output.stderr);
    let why = why.trim().trim_start_matches("fatal: ").replace('\n', ", ");
    Err(Error::new(ErrorKind::Refused, format!("git says: {why}"))
        .hint("check the ref and the repository"))
}

fn text<'a>(folder: &Path, arguments: impl IntoIterator<Item = &'a str>) -> Result<String, Error> {
    run(folder, arguments).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}
