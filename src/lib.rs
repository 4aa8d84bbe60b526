//! Cost and context-budget planning of LLM calls.
//!
//! `outlay` answers, before a call is made and without a network: how many tokens will it send, what
//! will it cost, how much room is left for reasoning, and what should `max_completion_tokens` be.
//!
//! # The map of the house
//!
//! Each room imports only from rooms above it in this list.
//!
//! | room | holds |
//! |---|---|
//! | [`units`] | tokens, exact money and rates, probabilities, call volumes, positions in a text |
//! | [`json`] | the one JSON reader that knows where in the text a value stands |
//! | [`tokenizer`] | text to exact token counts |
//! | [`catalog`] | models with their limits, dated prices, lifecycle and sources |
//! | [`feed`] | price lists that others publish: read, judged, turned into a catalogue file |
//! | [`request`] | what is sent: messages, readers of request files, prompt tokens |
//! | [`logs`] | what was billed: readers of logs, one per maker, exporter and agent |
//! | [`billing`] | from tokens to money: the only place where a rate is multiplied |
//! | [`forecast`] | distributions of completions, measured profiles, the cost of a call, the recommended cap, conversations |
//! | [`history`] | what logged calls cost, the profiles they make, backtests of forecasts |
//! | [`gate`] | pass or fail, and at which level |
//! | [`budget`] | budgets against estimates, baselines, what a change did |
//! | [`lint`] | rules over requests |
//! | [`report`] | one report, many formats |
//! | [`cli`] | the command line (feature `cli`, on by default) |
//!
//! # From a prompt to a plan
//!
//! ```
//! use outlay::catalog::Catalog;
//! use outlay::forecast::{CapPolicy, plan};
//! use outlay::request::{Request, prompt_tokens};
//!
//! let catalog = Catalog::embedded()?;
//! let as_of = jiff::civil::date(2024, 9, 20);
//! let model = catalog.resolve("o1-mini", as_of)?;
//!
//! let request = Request::from_text("Write a bash script that transposes a matrix.");
//! let prompt = prompt_tokens(&request, &model.counting)?.prompt_tokens();
//! let plan = plan(model, prompt, &CapPolicy::default(), None);
//! assert_eq!(plan.recommended.map(|cap| cap.get()), Some(25_000));
//! # Ok::<(), outlay::Error>(())
//! ```
//!
//! Every fallible function answers with [`Error`]: one sentence, the place, and a hint.

mod error;
mod nearest;

pub mod billing;
pub mod budget;
pub mod catalog;
#[cfg(feature = "cli")]
pub mod cli;
pub mod feed;
pub mod forecast;
pub mod gate;
pub mod history;
pub mod json;
pub mod lint;
pub mod logs;
pub mod report;
pub mod request;
pub mod tokenizer;
pub mod units;
pub mod workload;

pub use error::{Error, ErrorKind};
