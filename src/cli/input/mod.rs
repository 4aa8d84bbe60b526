//! What a verb reads: files, directories and globs, standard input, commits and logs.
//!
//! ```
//! let code = outlay::cli::run(["outlay", "count", "README.md", "-m", "o1-mini", "--as-of", "2024-09-20"]);
//! assert_eq!(code, std::process::ExitCode::SUCCESS);
//! ```

pub(crate) mod beside;
pub(crate) mod counted;
mod counted_file;
pub(crate) mod decompress;
pub(crate) mod discover;
pub(crate) mod efforts;
mod filling;
pub(crate) mod git;
pub(crate) mod location;
pub(crate) mod logs;
pub(crate) mod models;
pub(crate) mod played;
mod profiles;
pub(crate) mod read;
pub(crate) mod recount;
pub(crate) mod shared_calls;
pub(crate) mod source_tree;
pub(crate) mod tokenizer;
pub(crate) mod transcript;
