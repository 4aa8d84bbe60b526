//! What the page of a call carries to answer what-ifs.
//!
//! It carries what decides the figures of a comparison: the call, rates in whole picodollars, limits, and measured
//! completions as they were observed. The script of the page computes with them what [`forecast`](crate::forecast)
//! computes, in the same order of operations; a test in a browser holds the two against each other, figure by
//! figure.

mod candidate;
mod completions;
mod numbered;
mod page;
mod policy;
mod profiles;
mod request;

pub(crate) use page::{Question, WhatIf};
pub(crate) use request::{CountedFor, RequestWords};
