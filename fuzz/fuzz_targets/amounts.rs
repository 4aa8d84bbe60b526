//! What people type: amounts, shares, distributions, volumes, columns. What is read is written as it is read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outlay::forecast::TokenDist;
use outlay::history::GroupBy;
use outlay::logs::Columns;
use outlay::units::{CallVolume, Money, Probability, Rate, Tokens};
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

fuzz_target!(|text: &str| {
    round_trip!(text, CachedPart, CompletionDist, Reserve, Money, Rate);
    let _ = text.parse::<Tokens>();
    let _ = text.parse::<Probability>();
    let _ = text.parse::<CallVolume>();
    let _ = text.parse::<TokenDist>();
    let _ = text.parse::<Columns>();
    let _ = text.parse::<GroupBy>();
});
