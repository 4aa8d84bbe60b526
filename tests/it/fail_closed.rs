//! What a gate cannot see, it does not pass; what was there before is not lost; names are only names.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Folder, git, json_of, output, stderr, stdout};

const CONFIG: &str = r#"as_of = 2024-10-20

[call]
model = "o1-mini"

[budget]
max_prompt_tokens = 100

[[prompt]]
name = "prompts"
paths = ["prompts"]
"#;

/// A repository whose prompts are these, in one commit, and must not grow.
fn repository(prompts: &[(&str, &str)]) -> Folder {
    let folder = Folder::new().with("outlay.toml", growth());
    let folder = prompts.iter().fold(folder, |folder, (name, text)| folder.with(name, text));
    git(folder.path(), &["init", "-q", "-b", "main"]);
    commit(&folder);
    folder
}

fn commit(folder: &Folder) {
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "change"]);
}

fn check(folder: &Folder, arguments: &str, code: i32) -> Value {
    json_of(&output(folder.outlay(&format!("check {arguments} --json")), code))
}

fn growth() -> String {
    CONFIG.replace("max_prompt_tokens = 100", "max_increase = \"1%\"")
}

const LONG: &str = "Answer the question of the customer with care. ";

#[test]
fn a_prompt_that_cannot_be_read_passes_no_gate() {
    let latin = b"caf\xe9".as_slice();
    let utf16 = b"\xff\xfeh\0i\0".as_slice();
    let zero = b"hello\0".as_slice();
    for (content, reason) in [(latin, "UTF-8"), (utf16, "UTF-16"), (zero, "binary file")] {
        let folder = Folder::new()
            .with("outlay.toml", CONFIG)
            .with("prompts/a.md", "Be brief.")
            .with("prompts/b.md", content);
        for verb in ["check", "check --exit-zero", "lint prompts -m o1-mini"] {
            let run = output(folder.outlay(verb), 2);
            assert!(stderr(&run).contains(reason), "{verb}: {}", stderr(&run));
        }
    }
}

#[test]
fn what_is_no_text_by_its_name_may_lie_beside_prompts() {
    let folder = Folder::new()
        .with("outlay.toml", CONFIG)
        .with("prompts/a.md", "Be brief.")
        .with("prompts/logo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let run = output(folder.outlay("check"), 0);
    assert!(stderr(&run).contains("`prompts/logo.png` is left out"), "{}", stderr(&run));
}

#[cfg(unix)]
#[test]
fn links_to_prompts_are_prompts() {
    let folder = repository(&[("prompts/a.md", "Be brief."), ("shared/long.md", &LONG.repeat(20))]);
    std::os::unix::fs::symlink("../shared/long.md", folder.path().join("prompts/b.md")).unwrap();
    std::os::unix::fs::symlink("..", folder.path().join("prompts/loop")).unwrap();
    let report = check(&folder.with("outlay.toml", CONFIG), "", 1);
    assert!(report["results"].to_string().contains("prompts/b.md"), "{report}");
}

#[cfg(unix)]
#[test]
fn a_link_on_the_base_is_what_it_leads_to() {
    let folder = repository(&[("shared/a.md", "Be brief.")]);
    std::os::unix::fs::symlink("shared", folder.path().join("prompts")).unwrap();
    commit(&folder);
    let report = check(&folder, "--base HEAD", 0);
    let row = &report["results"][0];
    assert_eq!(row["before"]["prompt_tokens"], row["size"]["prompt_tokens"], "{row}");
}

/// A folder of prompts whose names git would escape, with one that grows.
#[cfg(unix)]
#[test]
fn odd_names_hide_no_growth() {
    for name in ["prompts/x\ny.md", "prompts/x\\y.md", "prompts/- x.md", "prompts/::error::.md"] {
        let folder = repository(&[(name, "Be brief."), ("prompts/z.md", "Be brief.")]);
        let folder = folder.with("prompts/z.md", LONG.repeat(5));
        let report = check(&folder, "--base HEAD", 1);
        let grown = report["results"].as_array().unwrap().iter().filter(|r| !r["before"].is_null());
        assert_eq!(grown.count(), 2, "{name:?}: {report}");
    }
}

#[test]
fn a_repository_that_a_hook_points_to_is_not_looked_at() {
    let folder = repository(&[("prompts/a.md", "Be brief.")]);
    let folder = folder.with("prompts/a.md", LONG.repeat(5));
    let mut command = folder.outlay("check --base HEAD");
    command.env("GIT_DIR", "/nowhere").env("GIT_INDEX_FILE", "/nowhere/index");
    output(command, 1);
}

#[test]
fn nothing_is_fetched_and_nothing_of_the_configuration_runs() {
    let origin = repository(&[("prompts/a.md", "Be brief."), ("prompts/b.md", "Count.")]);
    git(origin.path(), &["config", "uploadpack.allowFilter", "true"]);
    let folder = Folder::new();
    let from = format!("file://{}", origin.path().display());
    git(folder.path(), &["clone", "-q", "--no-checkout", "--filter=blob:none", &from, "."]);
    git(folder.path(), &["config", "remote.origin.uploadpack", "touch EXECUTED; git-upload-pack"]);
    let folder = folder.with("outlay.toml", growth()).with("prompts/a.md", LONG.repeat(5));
    let run = output(folder.outlay("check --base HEAD"), 2);
    assert!(stderr(&run).contains("fetch it first"), "{}", stderr(&run));
    assert!(!folder.path().join("EXECUTED").exists());
}

#[test]
fn a_gate_is_the_same_whatever_a_machine_ignores() {
    let folder = repository(&[("prompts/a.md", &LONG.repeat(20))]);
    let folder = folder
        .with(".git/info/exclude", "a.md")
        .with("home/ignore", "a.md")
        .with("home/.config/git/ignore", "a.md")
        .with(".ignore", "a.md");
    let folder = folder.with("outlay.toml", CONFIG);
    let mut command = folder.outlay("check");
    command.env("HOME", folder.path().join("home"));
    command.env("XDG_CONFIG_HOME", folder.path().join("home/.config"));
    output(command, 1);
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_keeps_the_verdict() {
    let folder = Folder::new().with("outlay.toml", CONFIG).with("prompts/a.md", LONG.repeat(20));
    for (arguments, code) in [("check", 1), ("check --json", 1), ("count nothing.md a*.md", 2)] {
        for _ in 0..5 {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let mut command = folder.outlay(arguments);
            let status = command.stdout(writer).stderr(Stdio::null()).status().unwrap();
            assert_eq!(status.code(), Some(code), "{arguments}");
        }
    }
}

#[test]
fn a_glob_that_is_too_large_is_refused() {
    let folder = Folder::new().with("a.md", "Be brief.");
    let glob = format!("{}a{}", "{".repeat(250), "}".repeat(250));
    let run = output(folder.outlay(&format!("count {glob}")), 2);
    assert!(stderr(&run).contains("this is no glob"), "{}", stderr(&run));
    let alternates = vec!["abcdefghij"; 100_000].join(",");
    let config = CONFIG.replace("\"prompts\"]", &format!("\"{{{alternates}}}*\"]"));
    output(folder.with("outlay.toml", config).outlay("check"), 2);
}

#[test]
fn prompts_outside_of_the_repository_are_read_on_request_only() {
    let config = CONFIG.replace("[\"prompts\"]", "[\"../secret.txt\"]");
    let folder = Folder::new()
        .with("secret.txt", "token=SECRET")
        .with("repository/outlay.toml", config)
        .with("repository/.git/HEAD", "ref: refs/heads/main");
    let run = output(folder.outlay("check --config repository/outlay.toml"), 2);
    assert!(stderr(&run).contains("outside of the repository"), "{}", stderr(&run));
    assert!(!format!("{}{}", stdout(&run), stderr(&run)).contains("SECRET"));
    output(folder.outlay("check --config repository/outlay.toml --allow-outside"), 0);
}

/// Whoever proposes a change writes `outlay.toml` and what prompts import.
#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let imported = "error: CLAUDE.md:3:1: `@./pipe` is not in the figures: it is imported and sent as well, and cannot be read (this is a pipe";
    for (path, said) in
        [("pipe", "error: pipe: this is a pipe or a device"), ("CLAUDE.md", imported)]
    {
        let folder = Folder::new()
            .with("outlay.toml", CONFIG.replace("\"prompts\"", &format!("\"{path}\"")))
            .with("CLAUDE.md", "Be brief.\n\n@./pipe\n");
        let made = Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap();
        assert!(made.success());
        let run = output(folder.outlay("check"), 2);
        assert!(stderr(&run).starts_with(said), "{}", stderr(&run));
    }
}

#[test]
fn what_a_prompt_imports_is_in_the_repository() {
    let folder = Folder::new()
        .with("secret.txt", "A secret.")
        .with("ours/outlay.toml", CONFIG)
        .with("ours/prompts/CLAUDE.md", "Be brief.\n\n@../../secret.txt\n");
    git(&folder.path().join("ours"), &["init", "-q"]);
    let tokens = |more: &str, code: i32| {
        let run =
            output(folder.outlay(&format!("check --config ours/outlay.toml --json{more}")), code);
        let tokens = json_of(&run)["results"][0]["size"]["prompt_tokens"]["expected"].as_u64();
        (tokens.unwrap(), stderr(&run).to_owned())
    };
    // The figure without the import passes no gate.
    let ((without, told), (with, _)) = (tokens("", 2), tokens(" --allow-outside", 0));
    assert!(without < with);
    assert!(told.contains("CLAUDE.md:3:1: `@../../secret.txt` is not in the figures"), "{told}");
    assert!(told.contains("--allow-outside is not given"), "{told}");
}

#[test]
fn an_import_that_cannot_be_read_passes_no_gate_and_a_package_is_none() {
    let check = |memory: &str, more: &str| {
        let folder = Folder::new()
            .with("outlay.toml", format!("{CONFIG}{more}"))
            .with("prompts/CLAUDE.md", memory)
            .with("prompts/docs/style.md", "Follow @./more.md as well.");
        let run = folder.outlay("check").output().unwrap();
        (run.status.code(), stderr(&run).to_owned())
    };
    for (memory, import) in [
        ("See @docs/gone.md.", "@docs/gone.md"),
        ("@AGENTS.md", "@AGENTS.md"),
        ("Mine: @~/.claude/mine.md", "@~/.claude/mine.md"),
        ("**@./rules**", "@./rules"),
        ("@docs/style.md", "@./more.md"),
    ] {
        let (code, told) = check(memory, "");
        let named = told.contains(&format!("`{import}` is not in the figures: it is imported"));
        assert!(code == Some(2) && named, "{memory}: {told}");
        let (code, told) = check(memory, &format!("ignored_keys = [\"{import}\"]\n"));
        assert_eq!(code, Some(0), "{memory}: {told}");
    }
    for memory in
        ["Use @scope/package, @types/chart.js and @/lib/utils.", "Ask @ann or mail a@b.md."]
    {
        assert_eq!(check(memory, "").0, Some(0), "{memory}");
    }
}

#[test]
fn a_report_does_not_replace_what_was_read() {
    let folder = Folder::new()
        .with("p.md", "Be brief.")
        .with("outlay.toml", CONFIG)
        .with("prompts/a.md", "Be brief.");
    for arguments in [
        "plan p.md -m o1-mini -o p.md",
        "plan p.md -m o1-mini -o ./p.md",
        "count p.md --export csv=p.md",
        "count p.md --export json=a --export csv=a",
        "count p.md --export json=a -o a",
        "check --update-baseline --baseline outlay.toml",
        "models import feed.json --feed litellm -o outlay.toml",
    ] {
        let folder = Folder::new()
            .with("p.md", folder.read("p.md"))
            .with("outlay.toml", CONFIG)
            .with("feed.json", r#"{"m": {"litellm_provider": "openai", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6, "mode": "chat"}}"#)
            .with("prompts/a.md", "Be brief.");
        output(folder.outlay(arguments), 2);
        assert_eq!(folder.read("p.md"), "Be brief.", "{arguments}");
        assert_eq!(folder.read("outlay.toml"), CONFIG, "{arguments}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_is_replaced_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new().with("p.md", "Be brief.").with("out.json", "");
    let target = folder.path().join("out.json");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o600)).unwrap();
    output(folder.outlay("count p.md -m o1-mini --json -o out.json"), 0);
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
    std::os::unix::fs::symlink("later.json", folder.path().join("link.json")).unwrap();
    output(folder.outlay("count p.md -m o1-mini --json -o link.json"), 0);
    assert!(folder.read("later.json").contains("prompt_tokens"));
}

#[cfg(unix)]
#[test]
fn names_do_not_control_a_terminal() {
    let name = "x\n::stop-commands::abc\u{1b}]0;title\u{7}.md";
    let log = r#"{"model": "m \u001b]0;t\u0007\n::error::x", "usage": {"prompt_tokens": 1, "completion_tokens": 1}}"#;
    let folder = Folder::new().with(&format!("p/{name}"), "Be brief.").with("log.jsonl", log);
    for (arguments, code) in
        [("count p -m o1-mini", 0), ("plan p -m o1-mini", 0), ("audit log.jsonl", 2)]
    {
        let run = output(folder.outlay(arguments), code);
        let written = format!("{}{}", stdout(&run), stderr(&run));
        assert!(!written.contains(['\u{1b}', '\u{7}']), "{arguments}: {written:?}");
        assert!(
            !written.lines().any(|line| line.trim_start().starts_with("::")),
            "{arguments}: {written}"
        );
    }
    let call = json!({"model": "o1-mini", "metadata": {"task": "a\n::error::x"}, "prompt_tokens": 1, "completion_tokens": 1});
    let folder = folder.with("log.jsonl", call.to_string());
    let mut job = folder.outlay("audit log.jsonl --by task --format csv");
    job.env("GITHUB_ACTIONS", "true");
    let run = output(job, 0);
    assert!(stdout(&run).contains("u{3a}:error::x"), "{}", stdout(&run));
    assert!(!stdout(&run).lines().any(|line| line.trim_start().starts_with("::")));
}

#[test]
fn a_name_that_is_broken_between_lines_begins_no_command() {
    let name = vec!["m ::error::x;"; 20].join(" ");
    let call = serde_json::json!({"model": name, "metadata": {"task": name}, "prompt_tokens": 1, "completion_tokens": 1});
    let known = serde_json::json!({"model": "gpt-4o", "metadata": {"task": name}, "prompt_tokens": 1, "completion_tokens": 1});
    let folder = Folder::new().with("log.jsonl", format!("{call}\n{known}\n"));
    let mut broken = 0;
    for width in (20..=80).step_by(3) {
        let arguments = format!("audit log.jsonl --by model,task --chart --width {width}");
        let run = output(folder.outlay(&arguments), 2);
        let written = format!("{}{}", stdout(&run), stderr(&run));
        broken += usize::from(written.contains("u{3a}:error::x"));
        assert!(
            !written.lines().any(|line| line.trim_start().starts_with("::")),
            "{width}: {written}"
        );
    }
    assert!(broken > 0);
}

#[cfg(target_os = "linux")]
#[test]
fn without_threads_there_is_still_an_answer() {
    let folder = Folder::new().with("a.md", "Be brief.").with("b.md", "Be long.");
    let count = || folder.outlay("count a.md b.md -m o1-mini");
    let mut command = count();
    command.env("RAYON_NUM_THREADS", "100000");
    let many = output(command, 0);
    // A stack that no thread gets.
    let mut command = count();
    command.env("RUST_MIN_STACK", "99999999999999");
    let alone = output(command, 0);
    assert_eq!(stdout(&many), stdout(&alone));
}

/// A report never takes the place of what the command reads, by whatever name.
#[test]
#[cfg(unix)]
fn a_hard_link_to_an_input_is_no_place_for_a_report() {
    let call = r#"{"model":"gpt-4o","time":"2025-01-15","prompt_tokens":10,"completion_tokens":1}"#;
    let folder = Folder::new().with("log.jsonl", call);
    let place = |name: &str| folder.path().join(name);
    fs::hard_link(place("log.jsonl"), place("same.jsonl")).unwrap();
    let run = output(folder.outlay("audit log.jsonl --json -o same.jsonl"), 2);
    assert!(stderr(&run).contains("`same.jsonl` is read, and would be written over"));
    assert_eq!(folder.read("log.jsonl"), call);
}

/// Names of strangers are text in a spreadsheet and in a comment.
#[test]
fn names_are_neither_formulas_nor_mentions() {
    let call = |task: &str| {
        serde_json::json!({"model": "gpt-4o", "time": "2025-01-15", "task": task,
            "prompt_tokens": 10, "completion_tokens": 1})
        .to_string()
    };
    let tasks = ["=HYPERLINK(1)", "@octocat", "-2+3", "https://x.y"];
    let folder = Folder::new().with("log.jsonl", tasks.map(call).join("\n"));
    let audit = "audit log.jsonl --by task --as-of 2025-02-01 --format";
    let csv = output(folder.outlay(&format!("{audit} csv")), 0);
    for cell in ["'=HYPERLINK(1)", "'@octocat", "'-2+3"] {
        assert!(stdout(&csv).contains(cell), "{}", stdout(&csv));
    }
    let markdown = output(folder.outlay(&format!("{audit} markdown")), 0);
    assert!(stdout(&markdown).contains("@\u{2060}octocat"), "{}", stdout(&markdown));
    assert!(stdout(&markdown).contains("https\\://x.y"), "{}", stdout(&markdown));
}

/// On a laptop and in CI, whatever the machine is set to.
#[test]
fn a_verdict_is_that_of_the_files_alone() {
    let folder = Folder::new()
        .with("outlay.toml", CONFIG)
        .with("prompts/a.md", LONG.repeat(20))
        .with("prompts/b.md", "Be brief.");
    let check = || folder.outlay("check --json");
    let plain = output(check(), 1);
    for variables in [
        [("LANG", "de_DE.UTF-8"), ("LC_ALL", "tr_TR.UTF-8")],
        [("LANG", "C"), ("LC_NUMERIC", "de_DE")],
        [("TZ", "Pacific/Kiritimati"), ("HOME", "/nowhere")],
        [("COLUMNS", "20"), ("TERM", "dumb")],
        [("CI", "true"), ("GITHUB_ACTIONS", "true")],
        [("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
        [("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full")],
        [("XDG_CONFIG_HOME", "prompts"), ("XDG_DATA_HOME", "prompts")],
    ] {
        let mut command = check();
        command.envs(variables);
        let run = output(command, 1);
        assert_eq!(stdout(&run), stdout(&plain), "{variables:?}");
    }
}

/// Names of strangers on a terminal itself, where colours are ours and nothing else is.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_shows_names_and_obeys_none() {
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("skipped: no `script` to make a terminal");
        return;
    }
    let name = "m \u{1b}]0;t\u{7}\u{1b}[2J\u{9b}31m\n::error::x\u{202e}";
    let call = serde_json::json!({"model": name, "metadata": {"task": name}, "prompt_tokens": 1, "completion_tokens": 1});
    let request = serde_json::json!({"model": "gpt-4o", "messages": [{"role": "user", "content": name, "name": "a"}]});
    let folder = Folder::new()
        .with("log.jsonl", format!("{call}\n"))
        .with(&format!("p/{}.md", name.replace('/', "")), "Be brief.")
        .with("request.json", request.to_string());
    let program = insta_cmd::get_cargo_bin("outlay");
    for format in ["table", "markdown", "csv", "json", "html", "slack"] {
        for arguments in [
            "audit log.jsonl --by model,task",
            "count p",
            "plan p",
            "estimate p",
            "compare p -m gpt-4o",
            "count request.json --show-tokens",
        ] {
            if arguments.ends_with("--show-tokens") && format != "table" {
                continue;
            }
            let line =
                format!("{} {arguments} --as-of 2024-10-20 --format {format}", program.display());
            let mut command = Command::new("script");
            command.args(["-qec", &line, "/dev/null"]).current_dir(folder.path());
            let run = command.stdin(Stdio::null()).output().unwrap();
            let shown = String::from_utf8_lossy(&run.stdout).into_owned();
            let mut rest = shown.as_str();
            while let Some(at) = rest.find('\u{1b}') {
                // Colours of ours end in `m`.
                let sequence = rest[at + 1..]
                    .trim_start_matches(['[', ';'])
                    .trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
                assert!(sequence.starts_with('m'), "{line}: {:?}", &rest[at..]);
                rest = sequence;
            }
            assert!(!shown.contains(['\u{7}', '\u{9b}', '\u{202e}']), "{line}: {shown:?}");
            // A cell of CSV or a text of a page may have several lines, as it was written.
            let is_command = |line: &str| line.trim_start().starts_with("::");
            assert!(
                ["csv", "html"].contains(&format) || !shown.lines().any(is_command),
                "{line}: {shown}"
            );
        }
    }
}

#[test]
fn what_costs_and_is_in_no_figure_passes_no_gate_unnamed() {
    let chat = json!([{"role": "user", "content": "hi"}]);
    for (key, file, text) in [
        ("web_search_options", "a.json", json!({"messages": chat, "web_search_options": {}}).to_string()),
        (
            "google_search",
            "a.json",
            json!({"contents": [{"parts": [{"text": "hi"}]}], "tools": [{"google_search": {}}]}).to_string(),
        ),
        (
            "mcp_servers",
            "a.json",
            json!({"model": "claude-3-5-sonnet", "max_tokens": 9, "messages": chat, "mcp_servers": [{"url": "x"}]}).to_string(),
        ),
        ("plugins", "a.json", json!({"model": "o1-mini", "input": "hi", "plugins": [{"id": "web"}]}).to_string()),
        ("service_tier", "a.json", json!({"model": "claude-3-5-sonnet", "max_tokens": 9, "messages": chat, "service_tier": "gold"}).to_string()),
        ("web_search_options", "a.prompt.yml", "messages:\n  - role: user\n    content: hi\nmodelParameters:\n  web_search_options: {search_context_size: low}\n".to_owned()),
        ("modalities", "a.prompt.yml", "messages:\n  - role: user\n    content: hi\nmodelParameters:\n  modalities: [text, audio]\n".to_owned()),
        ("service_tier", "a.prompt", "---\nmodel: openai/o1-mini\nconfig: {service_tier: gold}\n---\nhi\n".to_owned()),
        ("tools", "a.prompt", "---\nmodel: openai/o1-mini\ntools: [search]\n---\nhi\n".to_owned()),
    ] {
        let folder = Folder::new()
            .with("outlay.toml", CONFIG)
            .with(&format!("prompts/{file}"), text)
            .with("named.toml", format!("{CONFIG}ignored_keys = [\"{key}\"]\n"));
        let run = output(folder.outlay("check"), 2);
        let told = stderr(&run);
        let named = told.contains(&format!("`{key}` is not in the figures"));
        assert!(named && told.contains(&format!("ignored_keys = [\"{key}\"]")), "{told}");
        assert!(!told.contains("correct its name"), "{told}");
        output(folder.outlay("check --config named.toml"), 0);
    }
}

#[test]
fn a_prompt_under_a_misspelt_key_passes_no_gate() {
    let long = LONG.repeat(100);
    let requests = [
        json!({"messages": [{"role": "user", "contemt": long}]}),
        json!({"messages": [{"role": "user", "content": "hi"}], "toolz": [{"description": long}]}),
        json!({"model": "claude-opus-5", "max_tokens": 100, "systen": long, "messages": [{"role": "user", "content": "hi"}]}),
        json!({"contents": [{"parts": [{"text": "hi"}]}], "systemInstructiom": {"parts": [{"text": long}]}}),
        json!({"model": "o1", "input": "hi", "instructionz": long}),
        json!({"messages": [{"role": "user", "content": [{"text": "hi"}]}], "systam": [{"text": long}], "inferenceConfig": {}}),
        json!({"messages": [{"role": "user", "content": "hi", "images": [long]}]}),
    ];
    let twice =
        format!(r#"{{"messages": [{{"role": "user", "content": "{long}", "content": "hi"}}]}}"#);
    let requests = requests.map(|request| request.to_string()).into_iter().chain([twice]);
    for request in requests {
        let folder =
            Folder::new().with("outlay.toml", CONFIG).with("prompts/a.json", &request).with(
                "prompts/b.jsonl",
                format!(
                    "{{\"messages\": [{{\"role\": \"user\", \"content\": \"hi\"}}]}}\n{request}\n"
                ),
            );
        let run = output(folder.outlay("check --exit-zero"), 2);
        for place in ["prompts/a.json:1:", "prompts/b.jsonl:2:"] {
            assert!(stderr(&run).contains(&format!("error: {place}")), "{}", stderr(&run));
        }
    }
    let files = [
        ("a.prompt.yml", format!("messages:\n  - role: user\n    contents: {long}\n")),
        (
            "a.prompt.yml",
            format!(
                "messages:\n  - role: user\n    content: hi\nmesages:\n  - role: system\n    content: {long}\n"
            ),
        ),
        ("a.prompt", format!("---\nmodel: openai/o1\ntoolz: [{{description: {long}}}]\n---\nhi\n")),
        (
            "a.json",
            json!({"tools": [{"name": "f", "inputSchem": {"description": long}}]}).to_string(),
        ),
    ];
    for (name, text) in files {
        let folder =
            Folder::new().with("outlay.toml", CONFIG).with(&format!("prompts/{name}"), text);
        let run = output(folder.outlay("check"), 2);
        assert!(stderr(&run).contains("has no such key"), "{name}: {}", stderr(&run));
    }
    let folder = Folder::new()
        .with("outlay.toml", format!("{CONFIG}ignored_keys = [\"cache_salt\"]\n"))
        .with(
            "prompts/a.json",
            r#"{"messages": [{"role": "user", "content": "hi"}], "cache_salt": "b"}"#,
        );
    assert_eq!(stderr(&output(folder.outlay("check"), 0)), "");
}
