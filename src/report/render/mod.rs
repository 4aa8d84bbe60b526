//! The output formats, one file each. A renderer lays out what a report says and never computes.

mod csv;
mod format;
mod github;
mod gitlab;
mod html;
mod json;
mod junit;
mod markdown;
mod sarif;
#[cfg(feature = "cli")]
mod snippet;
#[cfg(feature = "cli")]
mod table;

pub(crate) use csv::{row, rows};
pub use format::{Format, render};
pub use html::{
    Candidate, CountedPrompt, Given, Job, Length, Measurements, ObservedRows, Policy, Question,
    WhatIf,
};
pub(crate) use json::unserialisable;
