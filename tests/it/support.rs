//! Running the program on a line of arguments, reading a request as a user of the library does, and what is left out of snapshots.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use outlay::Error;
use outlay::request::{FileHint, Request, RequestDocument, read};
use outlay::tokenizer::Encoding;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The date of every run that names no other: o1-mini at its launch price, gpt-4o with its second snapshot.
const AS_OF: &str = "2024-10-02";

/// The program in the root of the crate, on arguments parted by spaces.
pub fn outlay(arguments: &str) -> Command {
    outlay_in(Path::new(env!("CARGO_MANIFEST_DIR")), arguments)
}

fn outlay_in(folder: &Path, arguments: &str) -> Command {
    let program = insta_cmd::get_cargo_bin("outlay");
    // `.ci/platforms` names an emulator where the program is not of this machine.
    let mut command = match std::env::var_os("OUTLAY_RUNNER") {
        Some(runner) => {
            let mut command = Command::new(runner);
            command.arg(program);
            command
        }
        None => Command::new(program),
    };
    command.current_dir(folder).stdin(Stdio::null()).args(arguments.split_whitespace());
    if !arguments.contains("--as-of") {
        command.args(["--as-of", AS_OF]);
    }
    for variable in ["CI", "CLICOLOR", "CLICOLOR_FORCE", "NO_COLOR"] {
        command.env_remove(variable);
    }
    command
}

/// A folder of files that live as long as the test.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// Adds a file, and the folders above it.
    pub fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// The program in this folder.
    pub fn outlay(&self, arguments: &str) -> Command {
        outlay_in(self.path(), arguments)
    }
}

/// Runs git in a folder, without the configuration of the machine.
pub fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=t", "-c", "user.email=t@example.com"]);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let run = command.args(arguments).output().unwrap();
    assert!(run.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
}

/// What a run that must end with `code` wrote.
pub fn output(mut command: Command, code: i32) -> Output {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{command:?}\n{}", stderr(&output));
    output
}

pub fn stdout(output: &Output) -> &str {
    str::from_utf8(&output.stdout).unwrap()
}

pub fn stderr(output: &Output) -> &str {
    str::from_utf8(&output.stderr).unwrap()
}

/// The JSON report of a run that must succeed.
pub fn json(command: Command) -> Value {
    json_of(&output(command, 0))
}

/// The JSON report on standard output.
pub fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The first result of a run that must succeed.
pub fn result(arguments: &str) -> Value {
    json(outlay(&format!("{arguments} --json")))["results"][0].take()
}

/// One run after another: arguments, exit code, standard output and standard error.
pub fn transcript(commands: impl IntoIterator<Item = Command>) -> String {
    commands.into_iter().map(|mut command| entry(&mut command)).collect()
}

fn entry(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let arguments: Vec<_> = command.get_args().map(|a| a.to_string_lossy()).collect();
    let code = output.status.code().unwrap();
    format!(
        "$ outlay {}\n{}{}[exit {code}]\n\n",
        arguments.join(" ").replace(&format!(" --as-of {AS_OF}"), ""),
        stdout(&output),
        stderr(&output)
    )
}

pub fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) => text.parse().unwrap(),
        value => value.as_f64().unwrap(),
    }
}

/// Expected, p5 and p95 of a range.
pub fn range(range: &Value) -> [f64; 3] {
    ["expected", "p5", "p95"].map(|key| number(&range[key]))
}

pub fn profile(model: &str, rows: &[(u64, u64)]) -> String {
    let n: u64 = rows.iter().map(|(_, times)| times).sum();
    let rows: Vec<Value> =
        rows.iter().map(|(t, times)| json!([t / 2, t, null, times, 0])).collect();
    json!({
        "schema_version": 1, "model": model, "origin": "here", "period": null, "n": n,
        "columns": ["reasoning", "completion", "content", "count", "censored"],
        "tasks": {"a": rows},
    })
    .to_string()
}

pub fn document<'a>(text: &'a str, name: &'a str) -> RequestDocument<'a> {
    read(text, FileHint::Name(name), None).unwrap()
}

pub fn request(text: &str) -> Request {
    named(text, "request.json")
}

pub fn named(text: &str, name: &str) -> Request {
    let mut entries = document(text, name).entries;
    assert_eq!(entries.len(), 1, "{text}");
    entries.remove(0).request.unwrap()
}

pub fn refused(text: &str) -> Error {
    match read(text, FileHint::Name("request.json"), None) {
        Ok(mut document) => document.entries.remove(0).request.unwrap_err(),
        Err(error) => error,
    }
}

/// Tokens of a text alone.
pub fn alone(text: &str) -> u64 {
    Encoding::O200kBase.count(text).get()
}

/// What changes without a change of behaviour.
pub const FILTERS: [(&str, &str); 2] =
    [("xxh3:[0-9a-f]{32}", "xxh3:[digest]"), (r#""outlay": "[^"]+""#, r#""outlay": "[version]""#)];

/// Compares exit code, standard output and standard error with a snapshot.
macro_rules! assert_run {
    ($command:expr) => {
        insta::with_settings!({ filters => $crate::support::FILTERS, omit_expression => true }, {
            insta_cmd::assert_cmd_snapshot!($command);
        });
    };
}

/// Compares a sequence of runs with a snapshot.
macro_rules! assert_runs {
    ($commands:expr) => {
        insta::with_settings!({ filters => $crate::support::FILTERS, omit_expression => true }, {
            insta::assert_snapshot!($crate::support::transcript($commands));
        });
    };
}

pub(crate) use {assert_run, assert_runs};
