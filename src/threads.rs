//! The threads that work is shared among.

use std::sync::Once;

/// Starts the threads, once, before work is shared. Where they cannot be had, because a limit of the
/// system forbids it, the current thread does the work.
pub(crate) fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        if rayon::ThreadPoolBuilder::new().build_global().is_err() {
            // This fails as well where a user of the library has started threads already, which is fine.
            let alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
            let _ = alone.build_global();
        }
    });
}
