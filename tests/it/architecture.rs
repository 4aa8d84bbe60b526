//! The floors of the house: a room imports only what lies below it, and no two files import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the ground up; rooms of one line do not know each other.
const FLOORS: [&[&str]; 9] = [
    &["units"],
    &["tokenizer"],
    &["catalog"],
    &["feed", "request", "usage"],
    &["billing"],
    &["forecast"],
    &["gate"],
    &["report"],
    &["cli"],
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every Rust file below `src`, as its path from there.
fn files() -> Vec<PathBuf> {
    fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, files);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path.strip_prefix(source()).unwrap().to_owned());
            }
        }
    }
    let mut files = Vec::new();
    collect(&source(), &mut files);
    files.sort();
    files
}

/// The text of a file without comments.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(source().join(file)).unwrap();
    text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// The names that follow every `prefix` in `text`, a list in braces included: `super::{a::X, b}` gives a and b.
fn names_after(text: &str, prefix: &str) -> BTreeSet<String> {
    let identifier = |text: &str| -> String {
        text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let mut names = BTreeSet::new();
    for (at, _) in text.match_indices(prefix) {
        let rest = &text[at + prefix.len()..];
        match rest.strip_prefix('{') {
            None => {
                names.insert(identifier(rest));
            }
            Some(list) => {
                let mut depth = 0;
                let mut item = String::new();
                for c in list.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            names.insert(identifier(item.trim()));
                            item.clear();
                            continue;
                        }
                        _ => {}
                    }
                    item.push(c);
                }
                names.insert(identifier(item.trim()));
            }
        }
    }
    names
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

#[test]
fn every_room_has_a_floor_and_a_story() {
    for entry in fs::read_dir(source()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let room = path.file_name().unwrap().to_str().unwrap().to_owned();
            assert!(floor(&room).is_some(), "`{room}` has no floor");
            assert!(path.join("mod.rs").exists(), "`{room}` has no story");
        }
    }
    // Rooms inside rooms tell theirs as well.
    for file in files().iter().filter(|file| file.ends_with("mod.rs")) {
        let (story, room) = (fs::read_to_string(source().join(file)).unwrap(), file.display());
        assert!(story.starts_with("//!"), "`{room}` has no story");
        assert!(story.contains("//! ```"), "`{room}` has no example");
        assert!(!story.contains("fn "), "`{room}` does more than tell its story");
    }
}

#[test]
fn no_room_imports_upwards() {
    for file in files() {
        let Some(room) = file.iter().next().and_then(|first| first.to_str()) else { continue };
        let Some(own) = floor(room) else { continue };
        for other in names_after(&code(&file), "crate::") {
            if let Some(theirs) = floor(&other) {
                assert!(
                    theirs < own || other == room,
                    "{} imports `{other}`, which is not below `{room}`",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn no_files_of_a_room_import_each_other_in_a_circle() {
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files() {
        let name = file.with_extension("").to_string_lossy().replace('\\', "/");
        let Some((folder, own)) = name.rsplit_once('/') else { continue };
        if own == "mod" {
            continue;
        }
        let siblings = names_after(&code(&file), "super::")
            .into_iter()
            .map(|sibling| format!("{folder}/{sibling}"))
            .filter(|sibling| source().join(sibling).with_extension("rs").exists());
        imports.insert(name.clone(), siblings.filter(|sibling| *sibling != name).collect());
    }
    for start in imports.keys() {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&String> = imports[start].iter().collect();
        while let Some(next) = open.pop() {
            assert!(next != start, "`{start}` is part of a circle of imports");
            if seen.insert(next) {
                open.extend(imports.get(next).into_iter().flatten());
            }
        }
    }
}

#[test]
fn only_the_cli_touches_the_world() {
    for file in files() {
        let inside = file.starts_with("cli") || file == Path::new("main.rs");
        // The schema test reads and writes the committed schemas.
        if inside || file == Path::new("report/schema.rs") {
            continue;
        }
        let code = code(&file);
        for world in [
            "std::fs",
            "std::env",
            "std::process",
            "std::io",
            "std::net",
            "std::time",
            "Timestamp::now",
        ] {
            assert!(!code.contains(world), "{} uses `{world}`", file.display());
        }
    }
}

#[test]
fn no_leftovers() {
    for file in files() {
        let text = fs::read_to_string(source().join(&file)).unwrap();
        for leftover in ["todo!", "unimplemented!", "dbg!", "TODO", "FIXME"] {
            assert!(!text.contains(leftover), "{} has `{leftover}`", file.display());
        }
    }
}
