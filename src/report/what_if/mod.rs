//! What the page of a call, or of several, carries to answer what-ifs.
//!
//! It carries what decides the figures of a comparison: the call, rates in whole picodollars, limits, and measured
//! completions as they were observed. The script of the page computes with them what [`forecast`](crate::forecast)
//! computes, in the same order of operations; a test in a browser holds the two against each other, figure by
//! figure.

mod candidate;
mod completions;
mod known;
mod numbered;
mod page;
mod policy;
mod profiles;
mod question;
mod request;
mod several;

pub(crate) use page::WhatIf;
pub(crate) use question::Question;
pub(crate) use request::{CountedFor, RequestWords};
pub(crate) use several::{InputWords, NamedInput, Recounted, SeveralInputs};
