//! The integration tests, one binary.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test reads files, says why it skips, and fails by panicking"
)]

mod architecture;
mod catalogue;
mod vectors;
