//! Short entries with what they mean.

use std::fmt;
use std::sync::{Arc, OnceLock};

/// How many rows of a table, or entries, a page has at most; it has fewer where that makes it too long.
pub(crate) const MOST_ON_PAGE: usize = 5_000;

type Each = dyn Fn(&mut dyn FnMut(String, String)) + Send + Sync;

/// Entries with what they mean, made as they are asked for: the tokens of a long text are millions.
#[derive(Clone)]
pub struct Pairs {
    each: Arc<Each>,
    /// As many of them as a page can have, and how many there are.
    first: OnceLock<(Vec<(String, String)>, usize)>,
}

impl Pairs {
    /// The entries that `each` hands on, the same whenever it is called.
    pub fn new(each: impl Fn(&mut dyn FnMut(String, String)) + Send + Sync + 'static) -> Self {
        Self { each: Arc::new(each), first: OnceLock::new() }
    }

    /// Hands on each entry with what it means.
    pub fn each(&self, mut each: impl FnMut(String, String)) {
        (self.each)(&mut each);
    }

    /// The first of them, up to so many, and how many there are besides; never more than a page can have.
    #[must_use]
    pub fn first(&self, most: usize) -> (&[(String, String)], usize) {
        let (first, all) = self.first.get_or_init(|| {
            let (mut first, mut all) = (Vec::new(), 0);
            self.each(|entry, meaning| {
                all += 1;
                if all <= MOST_ON_PAGE {
                    first.push((entry, meaning));
                }
            });
            (first, all)
        });
        let shown = most.min(first.len());
        (&first[..shown], all - shown)
    }

    /// The same with other texts.
    #[must_use]
    pub fn map(&self, text: impl Fn(String) -> String + Send + Sync + 'static) -> Self {
        let pairs = Arc::clone(&self.each);
        Self::new(move |each| pairs(&mut |entry, meaning| each(text(entry), text(meaning))))
    }
}

impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pairs").finish_non_exhaustive()
    }
}
