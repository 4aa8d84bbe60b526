//! What people type: amounts, shares, distributions, volumes, columns. What is read is written as it is read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outlay::forecast::{History, OnLength, TimeDist, TokenDist, TurnRange};
use outlay::history::GroupBy;
use outlay::logs::Columns;
use outlay::units::{CallVolume, Count, Factor, Money, Probability, Rate, Seconds, Tokens};
use outlay::workload::{CachedPart, CompletionDist, Reserve};

/// What is displayed is read as the same.
macro_rules! round_trip {
    ($text:expr, $($kind:ty),*) => {$(
        if let Ok(value) = $text.parse::<$kind>() {
            let shown = value.to_string();
            let again = shown.parse::<$kind>();
            assert!(again.as_ref().is_ok_and(|again| *again == value), "{}: {shown}", stringify!($kind));
        }
    )*};
}

/// A text without a digit is no number, and nothing is read as a number that it is not.
macro_rules! needs_digits {
    ($text:expr, $($kind:ty),*) => {$(
        if $text.parse::<$kind>().is_ok() {
            assert!($text.contains(|c: char| c.is_ascii_digit()), "{}: {}", stringify!($kind), $text);
        }
    )*};
}

fuzz_target!(|text: &str| {
    round_trip!(text, CachedPart, CompletionDist, Reserve, Money, Rate);
    needs_digits!(text, Tokens, Probability, Factor, Count, CallVolume, Money, Rate);
    let _ = text.parse::<TokenDist>();
    let _ = text.parse::<TimeDist>();
    let _ = text.parse::<TurnRange>();
    let _ = text.parse::<Seconds>();
    let _ = text.parse::<History>();
    let _ = text.parse::<OnLength>();
    let _ = text.parse::<Columns>();
    let _ = text.parse::<GroupBy>();
});
