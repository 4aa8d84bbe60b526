//! Packed logs: whatever is done to the bytes of a gzip or zstd file, the sum is that of the log or the exit code is 2.
#![no_main]

use std::io::Write as _;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use outlay::cli::{RunInput, call};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

static LOG: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let line = |i: u32| {
        format!(
            "{{\"id\":\"call-{i:08}\",\"model\":\"gpt-5\",\"prompt_tokens\":{},\"completion_tokens\":{i}}}\n",
            100 + i % 7
        )
    };
    (1..60).map(line).collect::<String>().into_bytes()
});

static PACKED: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&LOG).expect("memory takes it");
    let zstd = compress_to_vec(LOG.as_slice(), CompressionLevel::Fastest);
    [gzip.finish().expect("memory takes it"), zstd]
});

fn audit(bytes: Vec<u8>) -> (u8, Vec<u8>) {
    let given = RunInput { input: bytes, ..RunInput::default() };
    let ran = call(
        ["outlay", "audit", "-", "--isolated", "--as-of", "2026-11-20", "--format", "csv"],
        given,
    );
    (ran.code, ran.output)
}

static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let (code, output) = audit(LOG.clone());
    assert_eq!(code, 0);
    for packed in &*PACKED {
        assert_eq!(audit(packed.clone()), (0, output.clone()));
    }
    output
});

// Which file, where it is cut off, and which bytes become which.
fuzz_target!(|input: (bool, u16, Vec<(u16, u8)>)| {
    let (is_zstd, cut, damage) = input;
    let mut bytes = PACKED[usize::from(is_zstd)].clone();
    for (at, byte) in damage {
        let at = usize::from(at) % bytes.len();
        bytes[at] ^= byte;
    }
    if usize::from(cut) < bytes.len() {
        bytes.truncate(usize::from(cut));
    }
    let (code, output) = audit(bytes);
    assert!(code == 2 || output == *WHOLE, "exit code {code}");
});
