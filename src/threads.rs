//! The threads that work is shared among.

use std::sync::Once;

/// No machine gains from more.
#[cfg(feature = "cli")]
pub(crate) const MOST: usize = 256;

static STARTED: Once = Once::new();

/// Starts the threads, once, before work is shared. Where they cannot be had, because a limit of the
/// system forbids it, the current thread does the work.
pub(crate) fn start() {
    STARTED.call_once(|| build(rayon::ThreadPoolBuilder::new()));
}

/// The same with as many threads as are useful, where a variable asks for thousands.
#[cfg(feature = "cli")]
pub(crate) fn start_most() {
    STARTED.call_once(|| build(rayon::ThreadPoolBuilder::new().num_threads(MOST)));
}

fn build(pool: rayon::ThreadPoolBuilder) {
    if pool.build_global().is_err() {
        // This fails as well where a user of the library has started threads already, which is fine.
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
        let _ = alone.build_global();
    }
}
