//! What prompts of one configuration have in common, each read, measured and kept once: hundreds of tables may name
//! the same thousands of files.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use xxhash_rust::xxh3::xxh3_128;

use crate::Error;
use crate::cli::commands::check::measurement::Measured;
use crate::cli::commands::check::sources::SourceText;
use crate::cli::config::resolve::Config;
use crate::cli::input::source_tree::{Named, Tree};

/// What prompts share.
#[derive(Default)]
pub(crate) struct Shared {
    /// The ways in which several prompts without slots of their own send their files.
    ways: HashSet<Way>,
    /// Whether several prompts have files.
    has_several: bool,
    texts: Mutex<HashMap<String, Arc<SourceText>>>,
    /// By the way in which they are sent, their name, and whether they were found rather than named.
    files: Mutex<HashMap<(Way, String, bool), Arc<MeasuredFile>>>,
    assumptions: Mutex<HashSet<Arc<[String]>>>,
}

/// A digest of everything that a prompt says of its files besides their paths.
pub(super) type Way = u128;

/// What a file comes to, of whichever prompt it is.
#[derive(Default, Clone)]
pub(super) struct MeasuredFile {
    pub(super) name: String,
    /// Whether it has a request.
    pub(super) has_request: bool,
    /// What is wrong with it as it is read.
    pub(super) unread: Vec<Error>,
    pub(super) warnings: Vec<String>,
    /// A warning about slots that nothing declares.
    pub(super) undeclared: Option<String>,
    pub(super) prompts: Vec<Result<Measured, Error>>,
}

impl Shared {
    /// Nothing yet, of this configuration.
    pub(super) fn of(config: &Config) -> Self {
        let (mut ways, mut seen, mut tables) = (HashSet::new(), HashSet::new(), 0);
        for (declared, prompt) in config.file.prompt.iter().enumerate() {
            tables += usize::from(prompt.get_ref().scenario.is_none());
            let way = way(config, declared);
            if !seen.insert(way) {
                ways.insert(way);
            }
        }
        Self { ways, has_several: tables > 1, ..Self::default() }
    }

    /// The way in which a prompt without slots of its own sends its files, where another sends some alike.
    pub(super) fn way(&self, config: &Config, declared: usize) -> Option<Way> {
        let way = way(config, declared);
        self.ways.contains(&way).then_some(way)
    }

    /// Files that are measured already.
    pub(super) fn known(&self, way: Option<Way>, file: &Named) -> Option<Arc<MeasuredFile>> {
        let key = (way?, file.name.clone(), file.found);
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.get(&key).cloned()
    }

    /// Keeps what a file comes to.
    pub(super) fn keep(&self, way: Way, file: &Named, measured: &Arc<MeasuredFile>) {
        let key = (way, file.name.clone(), file.found);
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(key, Arc::clone(measured));
    }

    /// The texts of files, in their order; those that are read already are not read again.
    pub(super) fn texts(
        &self,
        files: &[&Named],
        tree: &Tree,
    ) -> Vec<Result<Arc<SourceText>, Error>> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let known: Vec<_> = files.iter().map(|file| texts.get(&file.name).cloned()).collect();
        let unread = files.iter().zip(&known).filter(|(_, known)| known.is_none());
        let unread: Vec<&Named> = unread.map(|(file, _)| *file).collect();
        let mut read = tree.read_all(&unread).into_iter();
        let text = |(file, known): (&&Named, Option<Arc<SourceText>>)| match known {
            Some(known) => Some(Ok(known)),
            None => Some(read.next()?.map(|text| {
                let source = Arc::new(SourceText::new(file.name.clone(), file.path(), text));
                if self.has_several {
                    texts.insert(file.name.clone(), Arc::clone(&source));
                }
                source
            })),
        };
        files.iter().zip(known).filter_map(text).collect()
    }

    /// Assumptions, those that are equal once.
    pub(super) fn assumptions(&self, of_one: Vec<String>) -> Arc<[String]> {
        once(&self.assumptions, of_one.into())
    }
}

/// The one of several equal things that came first.
fn once<T: Eq + Hash + ?Sized>(known: &Mutex<HashSet<Arc<T>>>, new: Arc<T>) -> Arc<T> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(first) = known.get(&new) {
        return Arc::clone(first);
    }
    known.insert(Arc::clone(&new));
    new
}

fn way(config: &Config, declared: usize) -> Way {
    let table = config.file.prompt[declared].get_ref();
    let (shape, ignored) = (table.shape.as_ref().map(|shape| shape.0), &table.ignored_keys);
    let (own, call) = (config.own_call(declared), config.call(declared));
    let said = format!("{own:?} {call:?} {shape:?} {ignored:?}");
    xxh3_128(said.as_bytes())
}
