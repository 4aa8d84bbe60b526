//! Cost and context-budget planning of LLM calls.
//!
//! `outlay` answers, before a call is made and without a network: how many tokens will it send, what
//! will it cost, how much room is left for reasoning, and what should `max_completion_tokens` be.
//!
//! # From a request to a quote, and from a log to what it cost
//!
//! ```
//! use jiff::civil::date;
//! use outlay::catalog::Catalog;
//! use outlay::history::PriceBook;
//! use outlay::logs::Records;
//! use outlay::request::Request;
//! use outlay::workload::Workload;
//!
//! let (catalog, day) = (Catalog::embedded(), date(2024, 9, 20));
//! let model = catalog.resolve("o1-mini", day)?;
//! let request = Request::from_text("Write a bash script that transposes a matrix.");
//!
//! let quote = Workload::new(model, day).prompt(&request)?.quote()?;
//! println!("send max_completion_tokens = {:?}", quote.cap);
//! println!("length risk {:?}, cost {:?}", quote.length_risk(), quote.cost());
//!
//! let log = r#"{"model": "o1-mini", "choices": [{"finish_reason": "stop"}],
//!     "usage": {"prompt_tokens": 400, "completion_tokens": 600}}"#;
//! let mut prices = PriceBook::new(&catalog, day);
//! for record in Records::new(log.as_bytes()) {
//!     assert_eq!(prices.charge(&record?)?.cost.to_string(), "0.0084");
//! }
//! # assert_eq!(quote.cap.map(|cap| cap.get()), Some(25_000));
//! # Ok::<(), outlay::Error>(())
//! ```
//!
//! # The modules
//!
//! Each module imports only modules above it in this list.
//!
//! | module | holds |
//! |---|---|
//! | [`units`] | tokens, exact money and rates, probabilities, call volumes, positions in a text |
//! | [`json`] | the one JSON reader that knows where in the text a value is |
//! | [`tokenizer`] | text to exact token counts |
//! | [`catalog`] | models with their limits, dated prices, lifecycle and sources |
//! | [`feed`] | price lists of others: read, validated, compared, turned into a catalogue file |
//! | [`request`] | what is sent: one reader per format, prompt tokens |
//! | [`logs`] | what was billed: one reader per maker, exporter and agent |
//! | [`billing`] | from tokens to money: the only place where a rate is multiplied |
//! | [`forecast`] | distributions of completions, the recommended cap, conversations |
//! | [`history`] | what logged calls cost, the profiles they make, backtests of forecasts |
//! | [`workload`] | the application: a call and all that is known about it, answered by a quote |
//! | [`gate`] | verdicts and levels |
//! | [`budget`], [`lint`] | budgets against quotes, baselines and changes; rules over requests |
//! | [`report`] | one report, many formats |
//! | [`cli`] | the command line (feature `cli`, on by default) |
//!
//! Every fallible function answers with [`Error`]: one sentence, the place, and a hint.

mod error;
mod names;
mod threads;

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

/// The program of the guide's page about the library, compiled with the examples.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
struct LibraryPage;
