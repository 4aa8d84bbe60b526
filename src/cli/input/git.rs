//! A commit, read through git.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Error, ErrorKind};

/// The files of a commit, seen from a folder of the working tree.
pub(crate) struct Commit {
    /// The ref as the user wrote it.
    pub(crate) name: String,
    /// The id of the commit.
    id: String,
    folder: PathBuf,
    /// The folder's own path in the repository.
    prefix: PathBuf,
    /// Every file of the commit, from the root of the repository.
    files: BTreeSet<PathBuf>,
}

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
        let listed = run(folder, ["ls-tree", "-r", "-z", "--full-tree", "--name-only", &id])?;
        let files = listed.split(|b| *b == 0).filter(|name| !name.is_empty()).map(path).collect();
        Ok(Self {
            name: name.to_owned(),
            id,
            folder: folder.to_owned(),
            prefix: PathBuf::from(prefix.trim_end_matches(['\n', '\r'])),
            files,
        })
    }

    /// The files of the commit whose path from the folder is wanted, by that path.
    pub(crate) fn files(&self, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
        let below = self.files.iter().filter_map(|file| file.strip_prefix(&self.prefix).ok());
        below.filter(|file| wanted(file)).map(Path::to_owned).collect()
    }

    /// Whether the commit has a file, by its path from the folder.
    pub(crate) fn has(&self, file: &Path) -> bool {
        self.in_repository(file).is_some_and(|path| self.files.contains(&path))
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
        let path = self.in_repository(file).filter(|path| self.files.contains(path));
        let path = path.ok_or_else(missing)?;
        run(&self.folder, ["show", &format!("{}:{}", self.id, slashes(&path))])
    }

    /// Many files at once, in their order, all of which the commit has.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when git does not answer as it should.
    pub(crate) fn show_all(&self, files: &[PathBuf]) -> Result<Vec<Vec<u8>>, Error> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let broken = |why: &str| {
            Error::new(ErrorKind::Usage, format!("git cannot read `{}`: {why}", self.name))
                .hint("run `git fsck` to see what is wrong with the repository")
        };
        let mut child = command(&self.folder, ["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| absent(&e))?;
        let mut asked = String::new();
        for file in files {
            let path = self.in_repository(file).unwrap_or_else(|| file.clone());
            asked.push_str(&format!("{}:{}\n", self.id, slashes(&path)));
        }
        let mut stdin = child.stdin.take().ok_or_else(|| broken("it takes no input"))?;
        // Git answers while it is asked; a second thread keeps both pipes moving.
        let asking = std::thread::spawn(move || stdin.write_all(asked.as_bytes()));
        let output = child.wait_with_output().map_err(|e| broken(&e.to_string()))?;
        let _ = asking.join();
        let mut rest = output.stdout.as_slice();
        let mut contents = Vec::with_capacity(files.len());
        for _ in files {
            let end =
                rest.iter().position(|b| *b == b'\n').ok_or_else(|| broken("it stops early"))?;
            let header = String::from_utf8_lossy(&rest[..end]).into_owned();
            let size = header.rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
            let size = size.ok_or_else(|| broken(&header))?;
            let start = end + 1;
            let content = rest.get(start..start + size).ok_or_else(|| broken("it stops early"))?;
            contents.push(content.to_vec());
            rest = rest.get(start + size + 1..).unwrap_or_default();
        }
        Ok(contents)
    }

    /// The path from the root of the repository, `..` resolved; `None` outside of it.
    fn in_repository(&self, file: &Path) -> Option<PathBuf> {
        let mut path = PathBuf::new();
        for part in self.prefix.join(file).components() {
            match part {
                std::path::Component::ParentDir => {
                    if !path.pop() {
                        return None;
                    }
                }
                std::path::Component::Normal(name) => path.push(name),
                std::path::Component::CurDir => {}
                _ => return None,
            }
        }
        Some(path)
    }
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

/// A path as git writes it.
fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn command<'a>(folder: &Path, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
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
