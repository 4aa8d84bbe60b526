//! The threads that work is shared among.

use std::sync::Once;
use std::thread::available_parallelism;

/// No machine gains from more, and a variable that asks for thousands would stop it.
const MOST: usize = 256;

/// Starts the threads, once, before work is shared: as many as the machine has cores, or
/// `RAYON_NUM_THREADS`. Where they cannot be had, because a limit of the system forbids it, the current
/// thread does the work.
pub(crate) fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(wanted().min(MOST));
        if pool.build_global().is_err() {
            // This fails as well where a user of the library has started threads already, which is fine.
            let alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
            let _ = alone.build_global();
        }
    });
}

#[expect(clippy::disallowed_methods, reason = "the variable is that of the thread pool")]
fn wanted() -> usize {
    let asked = std::env::var("RAYON_NUM_THREADS").ok().and_then(|n| n.parse().ok());
    let asked = asked.filter(|n: &usize| *n > 0);
    asked.unwrap_or_else(|| available_parallelism().map_or(1, usize::from))
}
