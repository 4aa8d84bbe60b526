//! What a release is made with.

use std::path::Path;
use std::process::Command;

use crate::support::{Folder, output, stderr, stdout};

fn script(name: &str) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(root.join(".github/release").join(name));
    command.current_dir(root);
    command
}

#[cfg(unix)]
#[test]
fn a_tag_must_be_the_version_that_is_built() {
    let run = script("notes").arg("v999.0.0").output().unwrap();
    assert_eq!(run.status.code(), Some(1));
    let version = env!("CARGO_PKG_VERSION");
    let wanted = format!("error: the tag is v999.0.0, but Cargo.toml says {version}\n");
    assert_eq!(stderr(&run), wanted);
}

#[test]
fn every_manual_page_that_a_page_names_is_printed() {
    let folder = Folder::new();
    let mut waiting = vec![String::new()];
    let mut printed = Vec::new();
    while let Some(verb) = waiting.pop() {
        let page = output(folder.outlay(&format!("man {verb}")), 0);
        let page = stdout(&page);
        assert!(page.contains(&format!("\"outlay {}\"", env!("CARGO_PKG_VERSION"))), "{verb}");
        let named = page.lines().filter_map(|line| {
            line.strip_prefix("outlay\\-")?.strip_suffix("(1)").map(|name| name.replace("\\-", " "))
        });
        waiting.extend(named.filter(|name| name.len() > verb.len() && !name.ends_with("help")));
        printed.push(verb);
    }
    for verb in ["", "check", "models show"] {
        assert!(printed.iter().any(|known| known == verb), "{verb}: {printed:?}");
    }
    let run = output(folder.outlay("man models nothing"), 2);
    assert!(
        stderr(&run).contains("hint: `outlay models --help` names the verbs"),
        "{}",
        stderr(&run)
    );
}

/// A tag can be moved to other code; a commit cannot.
#[test]
fn workflows_name_the_actions_of_others_by_their_commit() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workflows = std::fs::read_dir(root.join(".github/workflows")).unwrap();
    let files = workflows.map(|file| file.unwrap().path()).chain([root.join("action.yml")]);
    let mut seen = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for line in text.lines() {
            let used = line.trim_start().trim_start_matches("- ").strip_prefix("uses: ");
            let Some(used) = used.filter(|used| !used.starts_with("./")) else { continue };
            let (_, commit) = used.split_once('@').unwrap();
            let commit = commit.split_whitespace().next().unwrap();
            let is_commit = commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit());
            assert!(is_commit, "{}: {used}", file.display());
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}
