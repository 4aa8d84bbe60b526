//! The integration tests, one binary: the program from the outside, and the library as a user of it.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test reads files, says why it skips, and fails by panicking"
)]

mod agents;
mod architecture;
mod audit;
mod batches;
mod bills;
mod breadth;
mod caching;
mod calibrate;
mod catalogue;
mod check;
mod claude;
mod compare;
mod conformance;
mod conservation;
mod conversations;
mod count;
mod dom;
mod drift;
mod efforts;
mod errors;
mod estimate;
mod fail_closed;
mod feeds;
mod fidelity;
mod fitting;
mod focus;
mod forecasts;
mod formats;
mod gates;
mod growth;
mod hand_bills;
mod ids;
mod laws;
mod lint;
mod logs;
mod loops;
mod makers;
mod media;
mod misspelt;
mod models;
mod models_diff;
mod neighbours;
mod overlays;
mod own_logs;
mod pace;
mod pages;
mod parameters;
mod paths;
mod pictures;
mod plan;
mod profiles;
mod prompt_files;
mod readme;
mod reference;
mod refused;
mod release;
mod requests;
mod schema;
mod sellers;
mod support;
mod tiers;
mod tokenizer;
mod tokenizer_files;
mod tool_choice;
mod transcripts;
mod unread;
mod update;
mod upkeep;
mod verify;
mod ways_in;
mod what_if;

/// Counts what the runs in `growth` take.
#[global_allocator]
static ALLOCATOR: alloc_tracker::Allocator<std::alloc::System> = alloc_tracker::Allocator::system();
