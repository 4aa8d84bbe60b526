//! Files that are no logs, by the bytes they begin with.

use crate::Error;
use crate::logs::object::malformed;

/// What a kind of file begins with, its name, and what to do with it.
const KINDS: [(&[u8], &str, &str); 5] = [
    (b"PK\x03\x04", "a zip archive", "unpack it and name the logs in it"),
    (b"BZh", "a bzip2 file", "unpack it with bunzip2, or pack it with gzip or zstd"),
    (b"\xfd7zXZ\0", "an xz file", "unpack it with xz, or pack it with gzip or zstd"),
    (b"PAR1", "a Parquet file", "write it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an Office file", "save the table as CSV"),
];

/// Agents that keep their sessions in a database: what its tables say of whose it is, the agent, and the
/// command that writes the calls.
const DATABASES: [(&str, &str, &str); 3] = [
    (
        "accumulated_input_tokens",
        "Goose",
        "select id, created_at as time, json_extract(model_config_json, '$.model_name') as model, \
         accumulated_input_tokens as input_tokens, \
         accumulated_total_tokens - accumulated_input_tokens as output_tokens from sessions",
    ),
    (
        "billing_provider",
        "Hermes",
        "select id, model, datetime(started_at, 'unixepoch') as time, input_tokens, \
         output_tokens + coalesce(reasoning_tokens, 0) as output_tokens, cache_read_tokens, \
         cache_write_tokens, actual_cost_usd from sessions",
    ),
    (
        "session_id",
        "OpenCode and Kilo",
        "select json_group_array(json_patch(data, json_object('id', id, 'sessionID', session_id))) from message",
    ),
];

/// Why the beginning of a file is none of a log, where it is of another kind of file.
///
/// Zeros further on are those of a file that a crash kept from being written, and spoil one record.
pub(super) fn refusal(bytes: &[u8]) -> Option<Error> {
    if bytes.starts_with(b"SQLite format 3\0") {
        return Some(database(bytes));
    }
    if let Some((_, kind, hint)) = KINDS.iter().find(|(start, ..)| bytes.starts_with(start)) {
        return Some(malformed(format!("this is {kind}, not a log")).hint(*hint));
    }
    let first = bytes.split(|b| *b == b'\n').find(|line| !line.trim_ascii().is_empty())?;
    first.contains(&0).then(|| {
        malformed("this is a binary file, not a log".to_owned())
            .hint("logs are JSON or CSV, also compressed with gzip or zstd")
    })
}

/// An `SQLite` database is not read; what has to be exported of it is known for some agents.
fn database(bytes: &[u8]) -> Error {
    let names = |mark: &str| memchr::memmem::find(bytes, mark.as_bytes()).is_some();
    let known = DATABASES.iter().find(|(mark, ..)| names(mark));
    let (whose, query) =
        known.map_or(("", "select * from TABLE"), |(_, agent, query)| (agent, query));
    let hint = if whose == "OpenCode and Kilo" {
        format!(
            "write its messages to a file and name that: sqlite3 DATABASE \"{query}\" > calls.json"
        )
    } else {
        format!(
            "write its calls to a file and name that: sqlite3 -json DATABASE \"{query}\" > calls.json"
        )
    };
    let of = if whose.is_empty() { String::new() } else { format!(", as {whose} has it") };
    malformed(format!("this is an SQLite database{of}, not a log")).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_are_told_apart_by_their_columns() {
        for (column, whose, begins) in [
            ("accumulated_input_tokens", ", as Goose has it", "sqlite3 -json DATABASE \"select id"),
            ("billing_provider", ", as Hermes has it", "sqlite3 -json DATABASE \"select id"),
            ("session_id", ", as OpenCode and Kilo has it", "sqlite3 DATABASE \"select json_group"),
            ("price", "", "sqlite3 -json DATABASE \"select * from TABLE"),
        ] {
            let error = refusal(format!("SQLite format 3\0 {column}").as_bytes()).unwrap();
            let message = format!("this is an SQLite database{whose}, not a log");
            assert_eq!(error.message(), message);
            assert!(error.hint_text().unwrap().contains(begins), "{error:?}");
        }
    }

    #[test]
    fn what_is_packed_or_binary_is_no_log() {
        for (bytes, named) in [
            (&b"PK\x03\x04 and more"[..], "a zip archive"),
            (b"PAR1", "a Parquet file"),
            (b"\n \n\x01\0\x02", "a binary file"),
        ] {
            let error = refusal(bytes).unwrap();
            assert!(error.message().contains(named), "{error}");
        }
        // Zeros of a crash are further on.
        for bytes in [&b""[..], b"\n\n", b"{}\n\0\0\0", b"model,in,out\n"] {
            assert!(refusal(bytes).is_none(), "{bytes:?}");
        }
    }
}
