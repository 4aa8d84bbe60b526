//! Where a run reads and writes: the world, or a program that calls the command line as a function.

use std::collections::BTreeMap;
use std::io::{self, Cursor, IsTerminal as _, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anstream::{AutoStream, ColorChoice, StripStream};

use crate::Error;
use crate::catalog::Catalog;
use crate::logs::{LogRecord, ReadOptions};

/// The records of a log in batches, in their order and read as the arguments say; `None` at the end.
pub type RecordBatches =
    Box<dyn FnMut(&ReadOptions) -> Option<Result<Vec<LogRecord>, Error>> + Send>;

/// What a program gives a run of the command line in place of the world.
#[derive(Default)]
pub struct RunInput {
    /// Standard input.
    pub input: Vec<u8>,
    /// The catalogue, in place of that of the program and of the one that `models update` kept.
    pub catalog: Option<Catalog>,
    /// The texts of profile files, by the names under which the arguments know them.
    pub profiles: BTreeMap<String, String>,
    /// The records of standard input as a log, in place of its bytes.
    pub records: Option<RecordBatches>,
}

/// What a run wrote, and how it ended.
#[derive(Debug, Default)]
pub struct RunOutput {
    /// The exit code: 0 answered and passed, 1 a gate failed, 2 something has no answer.
    pub code: u8,
    /// Standard output.
    pub output: Vec<u8>,
    /// Standard error, without colours.
    pub messages: String,
    /// The files of `-o` and `--export`, which are not written to the disk.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    /// Why there is no report at all.
    pub failure: Option<Error>,
}

/// Where a run reads and writes.
#[derive(Clone, Default)]
pub(crate) enum Streams {
    /// The streams of the process, and the disk.
    #[default]
    World,
    /// The memory of a program.
    Program(Arc<Memory>),
}

/// The memory of a program that calls the command line.
pub(crate) struct Memory {
    input: Arc<[u8]>,
    pub(crate) catalog: Option<Catalog>,
    profiles: BTreeMap<String, String>,
    records: Mutex<Option<RecordBatches>>,
    output: Mutex<Vec<u8>>,
    messages: Mutex<Vec<u8>>,
    files: Mutex<BTreeMap<PathBuf, Vec<u8>>>,
}

impl Memory {
    pub(crate) fn new(given: RunInput) -> Self {
        Self {
            input: given.input.into(),
            catalog: given.catalog,
            profiles: given.profiles,
            records: Mutex::new(given.records),
            output: Mutex::default(),
            messages: Mutex::default(),
            files: Mutex::default(),
        }
    }

    /// Standard output.
    pub(crate) fn writer(self: &Arc<Self>) -> impl Write + use<> {
        Kept { memory: Arc::clone(self), of: |memory| &memory.output }
    }

    /// What was written.
    pub(crate) fn ran(&self, code: u8, failure: Option<Error>) -> RunOutput {
        RunOutput {
            code,
            output: std::mem::take(&mut *lock(&self.output)),
            messages: String::from_utf8_lossy(&lock(&self.messages)).into_owned(),
            files: std::mem::take(&mut *lock(&self.files)),
            failure,
        }
    }
}

/// What a panic in another thread left half written is of no use, and does no harm.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Streams {
    /// Whether standard input is a person.
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self, Self::World) && io::stdin().is_terminal()
    }

    /// Standard input.
    pub(crate) fn input(&self) -> Box<dyn Read + Send> {
        match self {
            Self::World => Box::new(io::stdin()),
            Self::Program(memory) => Box::new(Cursor::new(Arc::clone(&memory.input))),
        }
    }

    /// The records of standard input, where a program gives them.
    pub(crate) fn records(&self) -> Option<RecordBatches> {
        match self {
            Self::World => None,
            Self::Program(memory) => lock(&memory.records).take(),
        }
    }

    /// The text of a profile that a program gives.
    pub(crate) fn profile(&self, name: &str) -> Option<&str> {
        match self {
            Self::World => None,
            Self::Program(memory) => memory.profiles.get(name).map(String::as_str),
        }
    }

    /// The catalogue that a program gives.
    pub(crate) fn catalog(&self) -> Option<&Catalog> {
        match self {
            Self::World => None,
            Self::Program(memory) => memory.catalog.as_ref(),
        }
    }

    /// Standard output.
    pub(crate) fn output(&self, color: ColorChoice) -> Box<dyn Write> {
        match self {
            Self::World => Box::new(AutoStream::new(io::stdout().lock(), color)),
            Self::Program(memory) => Box::new(memory.writer()),
        }
    }

    /// Standard error.
    pub(crate) fn messages(&self, color: ColorChoice) -> Box<dyn Write> {
        match self {
            Self::World => Box::new(AutoStream::new(io::stderr().lock(), color)),
            Self::Program(memory) => {
                let kept = Kept { memory: Arc::clone(memory), of: |memory| &memory.messages };
                let kept: Box<dyn Write> = Box::new(kept);
                Box::new(StripStream::new(kept))
            }
        }
    }

    /// Keeps a file that a program gets instead of the disk; answers whether it does.
    pub(crate) fn keep(&self, path: &Path, content: &[u8]) -> bool {
        let Self::Program(memory) = self else { return false };
        lock(&memory.files).insert(path.to_owned(), content.to_owned());
        true
    }
}

/// One of the texts that a program gets.
struct Kept {
    memory: Arc<Memory>,
    of: fn(&Memory) -> &Mutex<Vec<u8>>,
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock((self.of)(&self.memory)).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
