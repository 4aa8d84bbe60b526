//! The part of a compare page that answers what-ifs: its data, and the script and markup beside it.

mod data;

pub(crate) use data::{
    Candidate, CountedPrompt, Given, Job, Length, Measurements, ModelWork, Policy, Prediction,
    Question, WhatIf,
};
