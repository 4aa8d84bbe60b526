//! Paths that cannot be written: one clear error, and no file that is half there.

use std::fs;
use std::process::Stdio;

use crate::support::{Folder, outlay, output, stderr};

const IMPORT: &str = "models import feed.json --as-of 2026-11-22 -q";
const VERBS: [&str; 6] = [
    IMPORT,
    "models diff catalog feed.json --as-of 2026-11-22",
    "models list",
    "estimate --input-tokens 400 --completion-tokens 600",
    "plan --input-tokens 400",
    "count feed.json --as text",
];

fn folder() -> Folder {
    let feed = format!("{}/tests/fixtures/feeds/models-dev.json", env!("CARGO_MANIFEST_DIR"));
    Folder::new().with("feed.json", fs::read(feed).unwrap()).with("kept/old.txt", "what was there")
}

#[test]
fn a_path_that_cannot_be_written_is_one_error() {
    let folder = folder();
    for verb in VERBS {
        for (path, why) in [
            ("kept", "it is a directory"),
            ("missing/out.txt", "there is no directory"),
            ("feed.json/out.txt", "there is no directory"),
            #[cfg(target_os = "linux")]
            ("/proc/out.txt", "cannot write `/proc/out.txt`"),
            #[cfg(target_os = "linux")]
            ("/dev/full", "no storage space"),
        ] {
            for flags in [format!("-o {path}"), format!("--export json={path}")] {
                let run = output(folder.outlay(&format!("{verb} {flags}")), 2);
                let told = stderr(&run);
                assert_eq!(told.matches("error:").count(), 1, "{verb} {flags}: {told}");
                assert!(told.contains(why) && told.contains("hint:"), "{verb} {flags}: {told}");
            }
        }
        let mut left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["feed.json", "kept"], "{verb}");
        assert_eq!(fs::read_dir(folder.path().join("kept")).unwrap().count(), 1, "{verb}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_standard_output_that_is_full_is_an_error() {
    for verb in [
        "models import tests/fixtures/feeds/models-dev.json --as-of 2026-11-22 -q",
        "models list",
        "estimate --input-tokens 400 --completion-tokens 600",
        "init -o -",
        "completions bash",
        "man",
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = outlay(verb);
        command.stdout(Stdio::from(full)).stderr(Stdio::piped());
        let run = command.spawn().unwrap().wait_with_output().unwrap();
        assert_eq!(run.status.code(), Some(2), "{verb}: {}", stderr(&run));
        assert_eq!(stderr(&run).matches("error:").count(), 1, "{verb}: {}", stderr(&run));
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_read_only_keeps_the_old_file() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = folder();
    let kept = folder.path().join("kept");
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o555)).unwrap();
    // Root may write everywhere.
    let root = fs::write(kept.join("probe"), "").is_ok();
    if !root {
        for verb in VERBS {
            let run = output(folder.outlay(&format!("{verb} -o kept/old.txt")), 2);
            assert!(stderr(&run).contains("permission denied"), "{verb}: {}", stderr(&run));
            assert_eq!(folder.read("kept/old.txt"), "what was there", "{verb}");
        }
    }
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o755)).unwrap();
}
