//! The ways into a pipeline: the action, the hooks, the job. Their shell steps are run as they are written.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

use crate::support::{Folder, outlay, output, stderr, stdout};

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

fn yaml(name: &str) -> Yaml {
    YamlLoader::load_from_str(&read(name)).unwrap().remove(0)
}

/// A pull request that makes one prompt too long.
fn pull_request() -> Folder {
    let config = "[call]\nmodel = \"o1-mini\"\n[budget]\nmax_prompt_tokens = 20\n[[prompt]]\npaths = [\"prompts\"]\n";
    let folder = Folder::new().with("outlay.toml", config).with("prompts/a.md", "one two three\n");
    for arguments in [
        &["init", "-q", "-b", "main"][..],
        &["add", "-A"],
        &["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "base"],
    ] {
        assert!(
            Command::new("git")
                .current_dir(folder.path())
                .args(arguments)
                .status()
                .unwrap()
                .success()
        );
    }
    folder.with("prompts/a.md", "one two three\n".repeat(9))
}

/// The action's steps on a machine like GitHub's, with `gh` in place of the network.
struct Runner<'a> {
    folder: &'a Folder,
    event: &'a str,
    inputs: Vec<(&'a str, &'a str)>,
    base_ref: &'a str,
    bin: PathBuf,
}

impl<'a> Runner<'a> {
    fn new(folder: &'a Folder, inputs: &[(&'a str, &'a str)]) -> Self {
        let bin = folder.path().join("bin");
        fs::create_dir_all(&bin).unwrap();
        fs::create_dir_all(folder.path().join("temp")).unwrap();
        // Writes down how it was called, and answers a list with one earlier comment if there is one.
        let gh = "#!/bin/bash\nprintf '%s\\n' \"$*\" >> \"$RUNNER_TEMP/gh.log\"\n\
                  case \"$*\" in *POST*|*PATCH*) exit ${GH_CODE:-0} ;; *) cat \"$RUNNER_TEMP/earlier\" 2> /dev/null; exit ${GH_CODE:-0} ;; esac\n";
        let path = bin.join("gh");
        fs::write(&path, gh).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        Self { folder, event: "pull_request", inputs: inputs.to_vec(), base_ref: "", bin }
    }

    /// Runs every step whose condition holds; the codes by the names of the steps.
    fn run(&self) -> BTreeMap<String, Output> {
        let action = yaml("action.yml");
        let mut outputs: BTreeMap<String, String> = BTreeMap::new();
        let mut done = BTreeMap::new();
        for step in action["runs"]["steps"].as_vec().unwrap() {
            if let Some(other) = step["uses"].as_str() {
                assert!(other.starts_with("actions/cache@"), "{other}");
                continue;
            }
            assert_eq!(step["shell"].as_str(), Some("bash"));
            let wanted = match step["if"].as_str() {
                None => true,
                Some(condition) => {
                    assert_eq!(
                        condition,
                        "inputs.comment == 'true' && github.event_name == 'pull_request'"
                    );
                    self.value("inputs.comment", &action, &outputs) == "true"
                        && self.event == "pull_request"
                }
            };
            if !wanted {
                continue;
            }
            let written = self.temp("output");
            fs::write(&written, "").unwrap();
            let mut command = Command::new("bash");
            command.arg("-c").arg(step["run"].as_str().unwrap()).current_dir(self.folder.path());
            let path = format!("{}:{}", self.bin.display(), std::env::var("PATH").unwrap());
            command
                .env("PATH", path)
                .env("RUNNER_TEMP", self.temp(""))
                .env("GITHUB_OUTPUT", &written);
            command.env("GITHUB_STEP_SUMMARY", self.temp("summary.md"));
            for (name, value) in step["env"].as_hash().unwrap() {
                let value = self.expand(value.as_str().unwrap(), &action, &outputs);
                command.env(name.as_str().unwrap(), value);
            }
            let run = command.output().unwrap();
            if let Some(id) = step["id"].as_str() {
                for line in fs::read_to_string(&written).unwrap().lines() {
                    let (key, value) = line.split_once('=').unwrap();
                    outputs.insert(format!("steps.{id}.outputs.{key}"), value.to_owned());
                }
            }
            let failed = !run.status.success();
            done.insert(step["name"].as_str().unwrap().to_owned(), run);
            if failed {
                break;
            }
        }
        done
    }

    fn temp(&self, name: &str) -> PathBuf {
        self.folder.path().join("temp").join(name)
    }

    /// Replaces `${{ name }}`, which must be known.
    fn expand(&self, text: &str, action: &Yaml, outputs: &BTreeMap<String, String>) -> String {
        match text.strip_prefix("${{ ").and_then(|text| text.strip_suffix(" }}")) {
            Some(name) => self.value(name, action, outputs),
            None => text.to_owned(),
        }
    }

    fn value(&self, name: &str, action: &Yaml, outputs: &BTreeMap<String, String>) -> String {
        if let Some(input) = name.strip_prefix("inputs.") {
            let declared = &action["inputs"][input];
            assert!(!declared.is_badvalue(), "`{input}` is not declared");
            let own = self.inputs.iter().find(|(key, _)| *key == input).map(|(_, value)| *value);
            return own.unwrap_or_else(|| declared["default"].as_str().unwrap()).to_owned();
        }
        match name {
            "github.action_path" => env!("CARGO_MANIFEST_DIR").to_owned(),
            "github.repository" => "owner/name".to_owned(),
            "github.base_ref" => self.base_ref.to_owned(),
            "github.action_repository" => "owner/outlay".to_owned(),
            "github.event.pull_request.number" => "7".to_owned(),
            _ => outputs.get(name).unwrap_or_else(|| panic!("`{name}` is not known")).clone(),
        }
    }
}

fn binary() -> String {
    insta_cmd::get_cargo_bin("outlay").display().to_string()
}

#[test]
fn the_action_checks_summarises_comments_and_fails() {
    let folder = pull_request();
    let binary = binary();
    let runner = Runner::new(
        &folder,
        &[("binary", &binary), ("base", "main"), ("args", "--as-of 2024-10-20")],
    );
    let done = runner.run();
    assert_eq!(done["Pass or fail"].status.code(), Some(1));
    let annotations = stdout(&done["Check budgets"]);
    assert!(
        annotations
            .starts_with("::error title=outlay%3A max_prompt_tokens,file=prompts/a.md,line=2"),
        "{annotations}"
    );
    assert!(folder.read("temp/summary.md").contains("### Prompt budgets"));
    assert!(folder.read("temp/outlay-comment.md").starts_with("[//]: <> (outlay-check)"));
    let log = folder.read("temp/gh.log");
    assert!(log.contains("--method POST repos/owner/name/issues/7/comments -F body=@"), "{log}");
    // The comment of an earlier run is replaced.
    fs::write(runner.temp("earlier"), "42\n43\n").unwrap();
    runner.run();
    assert!(
        folder.read("temp/gh.log").contains("--method PATCH repos/owner/name/issues/comments/42 ")
    );
}

#[test]
fn a_pull_request_is_compared_with_the_branch_that_it_is_for() {
    let folder = pull_request();
    let git = |arguments: &[&str]| {
        let done = Command::new("git").current_dir(folder.path()).args(arguments).status();
        assert!(done.unwrap().success(), "{arguments:?}");
    };
    // What the runner has is a shallow clone of the change; the branch it is for is on the server.
    git(&["clone", "-q", "--bare", ".", "server"]);
    git(&["remote", "add", "origin", &folder.path().join("server").display().to_string()]);
    let binary = binary();
    let mut runner = Runner::new(&folder, &[("binary", &binary), ("args", "--as-of 2024-10-20")]);
    runner.base_ref = "main";
    assert_eq!(runner.run()["Pass or fail"].status.code(), Some(1));
    let comment = folder.read("temp/outlay-comment.md");
    assert!(comment.contains("max\\_prompt\\_tokens") && comment.contains("new"), "{comment}");
    assert!(comment.contains("origin/main"), "{comment}");
}

#[test]
fn the_action_fails_on_what_it_is_told_to() {
    let folder = pull_request();
    let binary = binary();
    let code = |inputs: &[(&str, &str)]| {
        let own = [&[("binary", binary.as_str()), ("args", "--as-of 2024-10-20")], inputs].concat();
        Runner::new(&folder, &own).run()["Pass or fail"].status.code().unwrap()
    };
    assert_eq!(code(&[]), 1);
    assert_eq!(code(&[("fail-on", "error")]), 0);
    assert_eq!(code(&[("fail-on", "sometimes")]), 2);
    assert_eq!(code(&[("fail-on", "error"), ("config", "none.toml")]), 2);
    assert_eq!(code(&[("fail-on", "error"), ("base", "no-such-ref")]), 2);
}

#[test]
fn a_token_that_may_not_write_is_no_failure() {
    let folder = pull_request();
    let binary = binary();
    let mut runner =
        Runner::new(&folder, &[("binary", &binary), ("args", "--as-of 2024-10-20 --exit-zero")]);
    let gh = "#!/bin/bash\nexit 1\n";
    fs::write(runner.bin.join("gh"), gh).unwrap();
    let done = runner.run();
    assert!(stdout(&done["Comment on the pull request"]).contains("::notice title=outlay::"));
    assert_eq!(done["Pass or fail"].status.code(), Some(0));
    runner.event = "push";
    assert!(!runner.run().contains_key("Comment on the pull request"));
    runner.event = "pull_request";
    runner.inputs.push(("comment", "false"));
    assert!(!runner.run().contains_key("Comment on the pull request"));
}

#[test]
fn the_hooks_run_by_their_entries() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let folder = pull_request().with("requests/a.json", r#"{"model": "o1-mini", "temperature": 0, "messages": [{"role": "user", "content": "hello"}]}"#);
    for hook in hooks.as_vec().unwrap() {
        let language =
            if hook["id"].as_str().unwrap().ends_with("-system") { "system" } else { "rust" };
        assert_eq!(hook["language"].as_str(), Some(language));
        let mut words = hook["entry"].as_str().unwrap().split(' ');
        assert_eq!(words.next(), Some("outlay"));
        let passed =
            if hook["pass_filenames"].as_bool() == Some(false) { "" } else { "requests/a.json" };
        let arguments = words.chain([passed]).collect::<Vec<_>>().join(" ");
        let run = output(folder.outlay(&arguments), 1);
        assert!(!stdout(&run).is_empty(), "{arguments}");
    }
}

#[test]
fn the_job_runs_as_it_is_written() {
    // The inputs come first, then the job.
    let file = YamlLoader::load_from_str(&read(".gitlab/outlay.yml")).unwrap();
    assert!(!file[0]["spec"]["inputs"]["version"].is_badvalue());
    let job = &file[1]["outlay"];
    let folder = pull_request();
    let bin = Path::new(&binary()).parent().unwrap().display().to_string();
    let script: Vec<_> = ["before_script", "script"]
        .iter()
        .flat_map(|key| job[*key].as_vec().unwrap())
        .map(|line| line.as_str().unwrap())
        .collect();
    for (base, code) in [("HEAD", 1), ("", 1), ("no-such-ref", 2)] {
        let run = Command::new("bash")
            .args(["-euc", &script.join("\n")])
            .current_dir(folder.path())
            .env("PATH", format!("{bin}:{}", std::env::var("PATH").unwrap()))
            .env("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)
            .env("OUTLAY_VERSION", "0.1.0")
            .env("OUTLAY_RELEASES", "")
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(code), "{base}: {}", stderr(&run));
    }
    let reports = &job["artifacts"]["reports"];
    let issues: Value =
        serde_json::from_str(&folder.read(reports["codequality"].as_str().unwrap())).unwrap();
    assert_eq!(issues.as_array().unwrap().len(), 1);
    assert!(folder.read(reports["junit"].as_str().unwrap()).contains("<testsuites "));
}

/// A release as it is published, with this program in it, on an address of files.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn release(folder: &Folder, version: &str) -> String {
    let name = format!("outlay-{version}-x86_64-unknown-linux-musl");
    let script = format!(
        "mkdir -p releases/v{version} {name} && cp {} {name}/outlay && cd releases/v{version} \
         && tar -czf {name}.tar.gz -C ../.. {name} && sha256sum {name}.tar.gz > SHA256SUMS",
        binary()
    );
    let made = Command::new("bash").args(["-euc", &script]).current_dir(folder.path()).output();
    assert!(made.unwrap().status.success());
    format!("file://{}/releases", folder.path().display())
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn a_released_binary_is_used_only_if_its_checksum_is_right() {
    let folder = Folder::new();
    let releases = release(&folder, "9.8.7");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/action/install");
    let install = |version: &str, kept: &str| {
        let mut command = Command::new("bash");
        command.arg(&script).args([version, kept]).current_dir(folder.path());
        // Nothing is on the path but what the script itself needs.
        command.env("PATH", "/usr/bin:/bin").env("OUTLAY_RELEASES", &releases);
        command.output().unwrap()
    };
    let done = install("9.8.7", "kept");
    assert!(done.status.success(), "{}", stderr(&done));
    let program = folder.path().join(stdout(&done).trim());
    assert!(Command::new(&program).arg("--version").status().unwrap().success());
    // The second run takes what the first one kept, without asking for the release.
    fs::rename(folder.path().join("releases"), folder.path().join("away")).unwrap();
    assert_eq!(stdout(&install("v9.8.7", "kept")), stdout(&done));
    let missing = install("9.8.7", "other");
    assert_eq!(missing.status.code(), Some(1), "{}", stderr(&missing));
    // A checksum that is wrong ends it: nothing is run, and nothing built in its place.
    fs::rename(folder.path().join("away"), folder.path().join("releases")).unwrap();
    let archive =
        folder.path().join("releases/v9.8.7/outlay-9.8.7-x86_64-unknown-linux-musl.tar.gz");
    fs::write(&archive, "something else").unwrap();
    let refused = install("9.8.7", "third");
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("checksum"), "{}", stderr(&refused));
}

#[test]
fn completions_offer_what_arguments_may_be() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish"] {
        let run = output(folder.outlay(&format!("completions {shell}")), 0);
        for value in
            ["gpt-5.6-terra", "o1-mini", "markdown", "batch", "puzzle", "xhigh", "anthropic"]
        {
            assert!(stdout(&run).contains(value), "{shell} does not offer {value}");
        }
    }
}

#[test]
fn completions_and_manual_pages_are_printed() {
    let folder = Folder::new();
    for (shell, part) in [
        ("bash", "_outlay()"),
        ("zsh", "#compdef outlay"),
        ("fish", "complete -c outlay"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let run = output(folder.outlay(&format!("completions {shell}")), 0);
        assert!(stdout(&run).contains(part), "{shell}");
        assert!(stdout(&run).contains("check"), "{shell}");
    }
    let page = output(folder.outlay("man"), 0);
    assert!(stdout(&page).contains(".TH outlay 1"), "{}", stdout(&page));
    let page = output(folder.outlay("man check"), 0);
    assert!(stdout(&page).contains("\\-\\-update\\-baseline"), "{}", stdout(&page));
    output(folder.outlay("man nothing"), 2);
    output(folder.outlay("man -o outlay.1"), 0);
    assert!(folder.read("outlay.1").contains(".TH"));
}

#[test]
fn a_shell_completes_what_arguments_may_be() {
    let script = output(outlay("completions bash"), 0).stdout;
    let folder = Folder::new().with("outlay.bash", &script);
    let bash = |words: &str, last: &str| {
        let ask = format!(
            r#"source outlay.bash; COMP_WORDS=(outlay {words} "{last}"); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
            _outlay outlay "{last}" "${{COMP_WORDS[COMP_CWORD - 1]}}"; echo "${{COMPREPLY[*]}}""#
        );
        let run = Command::new("bash").current_dir(folder.path()).args(["-c", &ask]).output();
        run.ok().map(|run| String::from_utf8(run.stdout).unwrap().trim().to_owned())
    };
    for (words, last, found) in [
        ("", "pl", "plan"),
        ("plan -m", "gpt-5.6-t", "gpt-5.6-terra"),
        ("models show", "gpt-5.6-t", "gpt-5.6-terra"),
        ("plan --kind", "pu", "puzzle"),
        ("plan --format", "ht", "html"),
        ("plan --tier", "fl", "flex"),
        ("plan --effort", "mi", "minimal"),
        ("plan --as", "anth", "anthropic"),
        ("plan --profile", "o3-mini:qa:m", "o3-mini:qa:math:high"),
        ("compare --provider", "mist", "mistral"),
        ("compare --needs", "vis", "vision"),
        ("audit --by", "d", "day"),
        ("help", "mod", "models"),
        ("help models", "sh", "show"),
    ] {
        // Where there is no bash nothing is tried.
        let Some(offered) = bash(words, last) else { return };
        assert_eq!(offered, found, "outlay {words} {last}");
    }
}
