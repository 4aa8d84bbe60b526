//! Logs: no bytes make the reader panic, and a log is read the same in any pieces.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outlay::logs::{Dedup, Entry, LogRecord, ReadOptions, Splitter};

/// Tokens of all calls, and how many records were no calls, repeated or wrong.
fn read(bytes: &[u8], piece: usize) -> ([u64; 2], usize, usize) {
    let options = ReadOptions { groups: true, keep_text: true, ..ReadOptions::default() };
    let (mut dedup, mut entered) = (Dedup::default(), Vec::new());
    let mut splitter = Splitter::new();
    let (mut tokens, mut calls, mut others) = ([0_u64; 2], 0, 0);
    dedup.next_source(&mut entered);
    for piece in bytes.chunks(piece).map(Some).chain([None]) {
        let block = match piece {
            Some(bytes) => splitter.push(bytes, &options),
            None => splitter.finish(&options),
        };
        others += splitter.faults().len();
        let Ok(block) = block else {
            others += 1;
            break;
        };
        for record in block.iter().flat_map(|block| block.read(&options)) {
            dedup.enter(record, &mut entered);
        }
    }
    dedup.finish(&mut entered);
    for LogRecord { entry, .. } in entered {
        match entry {
            Ok(Entry::Call(call)) => {
                calls += 1;
                let usage = call.bill.usage;
                tokens[0] = tokens[0].saturating_add(usage.prompt().get());
                tokens[1] = tokens[1].saturating_add(usage.completion().get());
            }
            _ => others += 1,
        }
    }
    (tokens, calls, others)
}

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = input;
    let whole = read(bytes, usize::MAX >> 1);
    let pieces = read(bytes, usize::from(piece) + 1);
    // A file that is none is told after its first piece, so that only what was read is compared.
    if whole.2 == 0 && pieces.2 == 0 {
        assert_eq!(whole, pieces);
    }
});
