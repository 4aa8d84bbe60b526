//! The threads that work is shared among.

use std::num::NonZero;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

#[cfg(feature = "cli")]
use rayon::prelude::*;

/// No machine gains from more.
#[cfg(feature = "cli")]
const MOST: usize = 256;

static STARTED: Once = Once::new();

/// How many threads are asked for; 0 leaves it to the machine.
static ASKED: AtomicUsize = AtomicUsize::new(0);

/// Asks for so many threads, of which no more than are useful are started.
#[cfg(feature = "cli")]
pub(crate) fn ask(threads: usize) {
    ASKED.store(threads.min(MOST), Ordering::Relaxed);
}

/// Starts the threads, once, before work is shared. Where they cannot be had, because a limit of the
/// system forbids it, the current thread does the work.
pub(crate) fn start() {
    STARTED.call_once(|| {
        let asked = ASKED.load(Ordering::Relaxed);
        let pool = rayon::ThreadPoolBuilder::new();
        let pool = if can_start(asked) {
            pool.num_threads(asked)
        } else {
            pool.num_threads(1).use_current_thread()
        };
        // This fails where a user of the library has started threads already, which is fine.
        let _ = pool.build_global();
    });
}

/// What each item comes to, in order. Threads are not started for a single one.
#[cfg(feature = "cli")]
pub(crate) fn each<T: Send, U: Send>(
    items: Vec<T>,
    answer: impl Fn(T) -> U + Send + Sync,
) -> Vec<U> {
    if items.len() <= 1 {
        return items.into_iter().map(answer).collect();
    }
    start();
    items.into_par_iter().map(answer).collect()
}

/// Whether so many threads can be had. Rayon asks for them once, and never again after a failure.
fn can_start(asked: usize) -> bool {
    let wanted = match asked {
        0 => thread::available_parallelism().map_or(1, NonZero::get),
        asked => asked,
    };
    let one = || thread::Builder::new().spawn(thread::park).ok();
    let started: Vec<_> = (0..wanted).map_while(|_| one()).collect();
    let are_all = started.len() == wanted;
    for thread in started {
        thread.thread().unpark();
        let _ = thread.join();
    }
    are_all
}
