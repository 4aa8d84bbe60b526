//! Prompts as people keep them: files of GitHub Models, Prompty, Dotprompt, promptfoo, `LangChain`, Langfuse and Semantic
//! Kernel, and those of coding agents.
//!
//! Each reader turns a file into the request that its tool would send, with the slots of its template left
//! as they stand and the sample data of the file beside them.
//!
//! ```
//! use outlay::request::{FileHint, read};
//!
//! let text = "model: openai/gpt-4o-mini\nmessages:\n  - role: user\n    content: Greet {{name}}.\n";
//! let document = read(text, FileHint::Name("greet.prompt.yml"), None)?;
//! let request = document.entries[0].request.as_ref().unwrap();
//! assert_eq!(request.settings.model.as_deref(), Some("openai/gpt-4o-mini"));
//! # Ok::<(), outlay::Error>(())
//! ```

mod coding_agent;
mod dotprompt;
mod front_matter;
mod github_models;
mod imports;
mod langchain;
mod langfuse;
mod parameters;
mod promptfoo;
mod prompty;
mod reader;
mod semantic_kernel;
mod shape;
mod tree;
mod yaml;

pub(super) use front_matter::has_front_matter;
pub(super) use imports::{Memory, with_imports};
pub(super) use reader::{of, read, reads};
