//! The `outlay` program: arguments in, exit code out. Everything else is in the library.

use std::process::ExitCode;

#[expect(
    clippy::disallowed_methods,
    reason = "the program's arguments are read here and nowhere else"
)]
fn main() -> ExitCode {
    outlay::cli::run(std::env::args_os())
}
