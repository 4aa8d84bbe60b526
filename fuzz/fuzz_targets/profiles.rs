//! Profiles and baselines: what is written of what was read is read as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outlay::budget::Baseline;
use outlay::catalog::ReleasedCatalog;
use outlay::forecast::Profile;

fuzz_target!(|text: &str| {
    if let Ok(profiles) = Profile::parse_all(text) {
        let written = Profile::file(&profiles).expect("it was read");
        let again = Profile::parse_all(&written).expect("it was written");
        assert_eq!(Profile::file(&again).expect("it was read"), written);
    }
    if let Ok(baseline) = Baseline::parse(text) {
        let written = baseline.to_json().expect("it was read");
        let again = Baseline::parse(&written).expect("it was written");
        assert_eq!(again.to_json().expect("it was read"), written);
    }
    let _ = ReleasedCatalog::read(text);
});
