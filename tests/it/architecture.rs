//! The rules of the source tree. Each rule is a function from a tree (path to text) to what breaks it,
//! so that a test can plant a violation and see it found.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Rust files by their path below `src`, with `/` between folders.
type Tree = BTreeMap<String, String>;
/// What breaks a rule, one sentence each.
type Violations = Vec<String>;
type Rule = fn(&Tree) -> Violations;

/// The rooms from the ground up. A room imports only rooms of lower floors; rooms of one floor do not
/// know each other.
const FLOORS: [&[&str]; 12] = [
    &["units"],
    &["json", "tokenizer"],
    &["catalog"],
    &["feed", "request", "logs"],
    &["billing"],
    &["forecast"],
    &["history"],
    &["workload"],
    &["gate"],
    &["budget", "lint"],
    &["report"],
    &["cli"],
];
/// How many files a folder may have.
const MOST_FILES: usize = 20;
/// So many lines a file of a verb may have, arguments and imports included.
const MOST_LINES_OF_A_VERB: usize = 180;

fn source() -> Tree {
    fn collect(root: &Path, folder: &Path, tree: &mut Tree) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(root, &path, tree);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                tree.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut tree = Tree::new();
    collect(&root, &root, &mut tree);
    tree
}

/// The text of a file without comments and without its tests.
fn code(text: &str) -> String {
    let text = text.split("\nmod tests {").next().unwrap();
    text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

fn folder(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn is_identifier(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The path at the start of `text`, one for each name in its braces: `a::{b, c::D}` gives `a::b` and `a::c::D`.
fn paths_at(text: &str) -> Vec<Vec<String>> {
    fn read(text: &str, prefix: &[String], paths: &mut Vec<Vec<String>>) -> usize {
        let mut path = prefix.to_vec();
        let mut at = 0;
        loop {
            let rest = &text[at..];
            if rest.starts_with('{') {
                at += 1;
                while !text[at..].starts_with('}') && at < text.len() {
                    at += text[at..]
                        .find(|c: char| is_identifier(c) || c == '}' || c == '{')
                        .unwrap_or(text.len() - at);
                    if !text[at..].starts_with('}') && at < text.len() {
                        at += read(&text[at..], &path, paths).max(1);
                        // What an item is called here does not matter.
                        at += text[at..].find([',', '}']).unwrap_or(text.len() - at);
                    }
                }
                return at + 1;
            }
            let name: String = rest.chars().take_while(|c| is_identifier(*c)).collect();
            at += name.len();
            if !name.is_empty() && name != "self" {
                path.push(name);
            }
            match text[at..].strip_prefix("::") {
                Some(_) => at += 2,
                None => break,
            }
        }
        paths.push(path);
        at
    }
    let mut paths = Vec::new();
    read(text, &[], &mut paths);
    paths
}

/// Every path of a file that starts with `crate` or `super`, from the root of the crate.
fn imports(file: &str, text: &str) -> Vec<Vec<String>> {
    let code = code(text);
    let mut module: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
    if module.last() == Some(&"mod") {
        module.pop();
    }
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let before = &code[..at];
            if before.ends_with(is_identifier) || before.ends_with("::") {
                continue;
            }
            for path in paths_at(&code[at..]) {
                let ups = path.iter().take_while(|name| *name == "super").count();
                let names = path.iter().skip(ups.max(1)).cloned();
                let base = if path[0] == "crate" { 0 } else { module.len().saturating_sub(ups) };
                let names = module[..base].iter().map(|name| (*name).to_owned()).chain(names);
                found.push(names.collect());
            }
        }
    }
    found
}

/// The file that a path leads to, through what rooms export again.
fn target(tree: &Tree, path: &[String]) -> Option<String> {
    for length in (1..=path.len()).rev() {
        let name = path[..length].join("/");
        let file = format!("{name}.rs");
        if tree.contains_key(&file) {
            return Some(file);
        }
        let room = format!("{name}/mod.rs");
        if let Some(text) = tree.get(&room) {
            let wanted = path.get(length)?;
            return exported(text, wanted).and_then(|inside| {
                let whole: Vec<String> = path[..length].iter().cloned().chain(inside).collect();
                target(tree, &whole)
            });
        }
    }
    None
}

/// Where a `mod.rs` has a name from, below its folder.
fn exported(text: &str, wanted: &str) -> Option<Vec<String>> {
    let code = code(text);
    let uses = code.match_indices("use ").map(|(at, found)| &code[at + found.len()..]);
    uses.flat_map(paths_at).find(|path| path.len() > 1 && path.last().is_some_and(|n| n == wanted))
}

fn every_room_has_a_floor_and_documentation(tree: &Tree) -> Violations {
    let mut found = Violations::new();
    let rooms: BTreeSet<&str> = tree.keys().map(|file| folder(file)).collect();
    for room in rooms.into_iter().filter(|room| !room.is_empty()) {
        let is_top = !room.contains('/');
        if is_top && floor(room).is_none() {
            found.push(format!("`{room}` has no floor"));
        }
        let Some(text) = tree.get(&format!("{room}/mod.rs")) else {
            found.push(format!("`{room}` has no mod.rs"));
            continue;
        };
        if !text.starts_with("//!") {
            found.push(format!("`{room}` is not documented"));
        }
        // What users of the library see has an example.
        if is_top && !text.contains("//! ```") {
            found.push(format!("`{room}` has no example"));
        }
        if code(text).contains("fn ") {
            found.push(format!("`{room}/mod.rs` has code"));
        }
    }
    found
}

fn no_room_imports_upwards(tree: &Tree) -> Violations {
    let mut found = Violations::new();
    for (file, text) in tree {
        let room = file.split('/').next().unwrap();
        let Some(own) = floor(room) else { continue };
        for path in imports(file, text) {
            let Some(other) = path.first().filter(|other| *other != room) else { continue };
            if floor(other).is_some_and(|theirs| theirs >= own) {
                found.push(format!("`{file}` imports `{other}`, which is not below `{room}`"));
            }
        }
    }
    found
}

fn no_files_import_each_other_in_a_circle(tree: &Tree) -> Violations {
    let graph: BTreeMap<&String, BTreeSet<String>> = tree
        .iter()
        .filter(|(file, _)| !file.ends_with("mod.rs"))
        .map(|(file, text)| {
            let targets = imports(file, text).into_iter().filter_map(|path| target(tree, &path));
            (file, targets.filter(|target| target != file).collect())
        })
        .collect();
    let mut found = Violations::new();
    for start in graph.keys().copied() {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&String> = graph[start].iter().collect();
        while let Some(next) = open.pop() {
            if next == start {
                found.push(format!("`{start}` is part of a circle of imports"));
                break;
            }
            if seen.insert(next) {
                open.extend(graph.get(next).into_iter().flatten());
            }
        }
    }
    found
}

fn only_the_cli_touches_the_world(tree: &Tree) -> Violations {
    const WORLD: [&str; 7] = [
        "std::fs",
        "std::env",
        "std::process",
        "std::io",
        "std::net",
        "std::time",
        "Timestamp::now",
    ];
    let mut found = Violations::new();
    for (file, text) in tree {
        // The schema test reads and writes the committed schemas.
        if file.starts_with("cli/") || file == "main.rs" || file == "report/schema.rs" {
            continue;
        }
        // Whoever has a reader has opened it: the trait alone touches nothing.
        let code = code(text).replace("use std::io::{self, Read};", "");
        let uses = WORLD.iter().filter(|world| code.contains(**world));
        found.extend(uses.map(|world| format!("`{file}` uses `{world}`")));
    }
    found
}

fn no_leftovers(tree: &Tree) -> Violations {
    let mut found = Violations::new();
    for (file, text) in tree {
        let all = ["todo!", "unimplemented!", "dbg!", "TODO", "FIXME"].into_iter();
        let left = all.filter(|leftover| text.contains(leftover));
        found.extend(left.map(|leftover| format!("`{file}` has `{leftover}`")));
    }
    found
}

fn no_folder_is_crowded(tree: &Tree) -> Violations {
    let mut sizes = BTreeMap::<&str, usize>::new();
    for file in tree.keys() {
        *sizes.entry(folder(file)).or_default() += 1;
    }
    let crowded = sizes.into_iter().filter(|(_, size)| *size > MOST_FILES);
    let told = crowded.map(|(folder, size)| format!("`{folder}` has {size} files"));
    told.collect()
}

fn public_types_have_names_of_their_own(tree: &Tree) -> Violations {
    let mut places = BTreeMap::<String, Vec<&str>>::new();
    for (file, text) in tree {
        for line in code(text).lines() {
            let kinds = ["pub struct ", "pub enum ", "pub trait ", "pub type "];
            if let Some(rest) = kinds.iter().find_map(|kind| line.strip_prefix(kind)) {
                let name = rest.chars().take_while(|c| is_identifier(*c)).collect();
                places.entry(name).or_default().push(file);
            }
        }
    }
    let shared = places.into_iter().filter(|(_, files)| files.len() > 1);
    shared.map(|(name, files)| format!("`{name}` is defined in {}", files.join(", "))).collect()
}

/// A type that refers to another and copies it says so in its name.
fn no_type_mirrors_another(tree: &Tree) -> Violations {
    let mut found = Violations::new();
    for (file, text) in tree {
        let code = code(text);
        let names = code.lines().filter_map(|line| {
            let line = line.trim_start_matches("pub(crate) ").trim_start_matches("pub ");
            let rest = line.strip_prefix("struct ")?;
            rest.split(|c| !is_identifier(c)).next().filter(|name| name.ends_with("Ref"))
        });
        found.extend(names.map(|name| format!("`{file}` has the mirror `{name}`")));
    }
    found
}

/// A verb asks the library and hands its answer to the report.
fn verbs_are_thin(tree: &Tree) -> Violations {
    let verbs = tree.iter().filter(|(file, _)| file.starts_with("cli/commands/"));
    let long = verbs.filter(|(_, text)| text.lines().count() > MOST_LINES_OF_A_VERB);
    long.map(|(file, text)| format!("`{file}` has {} lines", text.lines().count())).collect()
}

/// Rates are read everywhere and multiplied only where bills are made.
fn only_billing_multiplies_rates(tree: &Tree) -> Violations {
    const FIELDS: [&str; 5] =
        ["input", "cached_input", "cache_write", "cache_write_extended", "output"];
    let is_rate = |operand: &str| {
        let names: Vec<&str> =
            operand.split(|c: char| !is_identifier(c)).filter(|name| !name.is_empty()).collect();
        let is_field = names.len() > 1 && names.last().is_some_and(|name| FIELDS.contains(name));
        is_field || names.iter().any(|name| ["rate", "rates"].contains(name))
    };
    let mut found = Violations::new();
    for (file, text) in tree {
        if ["billing/", "units/"].iter().any(|room| file.starts_with(room)) {
            continue;
        }
        for line in code(text).lines() {
            let is_part = |c: char| is_identifier(c) || "().".contains(c);
            let hits = line.match_indices(" * ").any(|(at, times)| {
                let left: String = line[..at].chars().rev().take_while(|c| is_part(*c)).collect();
                let left: String = left.chars().rev().collect();
                let right: String =
                    line[at + times.len()..].chars().take_while(|c| is_part(*c)).collect();
                is_rate(&left) || is_rate(&right)
            });
            if hits {
                found.push(format!("`{file}` multiplies a rate: {}", line.trim()));
            }
        }
    }
    found
}

/// Where a limit allows no threads, the current one does the work, if that is settled before work is shared.
fn work_is_shared_once_threads_are_there(tree: &Tree) -> Violations {
    let shares = |text: &str| text.contains("par_") && text.contains("rayon");
    let careless = tree.iter().filter(|(file, text)| {
        let text = code(text);
        *file != "threads.rs" && shares(&text) && !text.contains("threads::start()")
    });
    careless.map(|(file, _)| format!("`{file}` shares work without `threads::each`")).collect()
}

#[test]
fn the_source_follows_its_rules() {
    let tree = source();
    let rules: [Rule; 11] = [
        every_room_has_a_floor_and_documentation,
        no_room_imports_upwards,
        no_files_import_each_other_in_a_circle,
        only_the_cli_touches_the_world,
        no_leftovers,
        no_folder_is_crowded,
        public_types_have_names_of_their_own,
        no_type_mirrors_another,
        verbs_are_thin,
        only_billing_multiplies_rates,
        work_is_shared_once_threads_are_there,
    ];
    let found: Vec<String> = rules.into_iter().flat_map(|rule| rule(&tree)).collect();
    assert!(found.is_empty(), "{found:#?}");
}

/// A small tree that follows every rule, with one more file.
fn tree_with(file: &str, text: &str) -> Tree {
    let room =
        "//! A room.\n//!\n//! ```\n//! ```\n\nmod a;\nmod b;\n\npub use a::{A, Other as Else};\n";
    let mut tree = Tree::new();
    for (file, text) in [
        ("units/mod.rs", room),
        ("units/a.rs", "pub struct A;\n"),
        ("units/b.rs", "use super::a::A;\nuse crate::Error;\n"),
        ("report/mod.rs", room),
        ("report/b.rs", "use crate::units::{self, A};\n"),
        (file, text),
    ] {
        tree.insert(file.to_owned(), text.to_owned());
    }
    tree
}

#[test]
fn every_rule_finds_a_planted_violation() {
    let planted: [(Rule, &str, &str, &str); 17] = [
        (
            work_is_shared_once_threads_are_there,
            "cli/c.rs",
            "use rayon::prelude::*;\nfn f() { a.par_iter() }",
            "`cli/c.rs` shares work without `threads::each`",
        ),
        (
            every_room_has_a_floor_and_documentation,
            "attic/mod.rs",
            "//! ```",
            "`attic` has no floor",
        ),
        (every_room_has_a_floor_and_documentation, "units/c/d.rs", "", "`units/c` has no mod.rs"),
        (
            every_room_has_a_floor_and_documentation,
            "units/c/mod.rs",
            "mod d;",
            "`units/c` is not documented",
        ),
        (
            every_room_has_a_floor_and_documentation,
            "cli/mod.rs",
            "//! The cli.",
            "`cli` has no example",
        ),
        (
            every_room_has_a_floor_and_documentation,
            "units/c/mod.rs",
            "//! C.\nfn f() {}",
            "`units/c/mod.rs` has code",
        ),
        (
            no_room_imports_upwards,
            "units/c.rs",
            "use crate::report::A;",
            "`units/c.rs` imports `report`, which is not below `units`",
        ),
        (
            no_room_imports_upwards,
            "units/c.rs",
            "use crate::{Error, cli::Run};",
            "`units/c.rs` imports `cli`, which is not below `units`",
        ),
        (
            no_files_import_each_other_in_a_circle,
            "units/a.rs",
            "use super::b::B;",
            "`units/a.rs` is part of a circle of imports",
        ),
        (
            no_files_import_each_other_in_a_circle,
            "report/a.rs",
            "fn f(x: crate::report::A) {}\nuse super::b::{B, C};\nuse crate::report::d::D;",
            "",
        ),
        (
            only_the_cli_touches_the_world,
            "units/c.rs",
            "use std::fs;",
            "`units/c.rs` uses `std::fs`",
        ),
        (no_leftovers, "units/c.rs", "fn f() { todo!() }", "`units/c.rs` has `todo!`"),
        (
            public_types_have_names_of_their_own,
            "report/a.rs",
            "pub enum A {}",
            "`A` is defined in report/a.rs, units/a.rs",
        ),
        (
            no_type_mirrors_another,
            "report/c.rs",
            "pub struct SpendRef {}",
            "`report/c.rs` has the mirror `SpendRef`",
        ),
        (
            only_billing_multiplies_rates,
            "report/c.rs",
            "let x = tokens * rates.cached();",
            "`report/c.rs` multiplies a rate: let x = tokens * rates.cached();",
        ),
        (
            only_billing_multiplies_rates,
            "report/c.rs",
            "let x = price.output * tokens;",
            "`report/c.rs` multiplies a rate: let x = price.output * tokens;",
        ),
        (only_billing_multiplies_rates, "billing/c.rs", "let x = rate * tokens;", ""),
    ];
    for (rule, file, text, expected) in planted {
        let found = rule(&tree_with(file, text));
        if expected.is_empty() {
            assert_eq!(found, Violations::new(), "{file}: {text}");
        } else {
            assert!(found.contains(&expected.to_owned()), "{file}: {text}: {found:#?}");
        }
    }
}

#[test]
fn every_rule_of_size_finds_a_planted_violation() {
    let long = tree_with("cli/commands/plan.rs", &"//\n".repeat(MOST_LINES_OF_A_VERB + 1));
    assert_eq!(verbs_are_thin(&long), ["`cli/commands/plan.rs` has 181 lines"]);
    let mut crowded = tree_with("units/c.rs", "");
    for i in 0..MOST_FILES {
        crowded.insert(format!("units/c{i}.rs"), String::new());
    }
    assert_eq!(no_folder_is_crowded(&crowded), ["`units` has 24 files"]);
}

#[test]
fn a_circle_through_what_a_room_exports_is_found() {
    let mut tree = tree_with("report/a.rs", "use super::inner::Deep;\n");
    let inner = "//! Inner.\n\nmod deep;\n\npub(crate) use deep::{\n    Deep,\n    Other,\n};\n";
    tree.insert("report/inner/mod.rs".to_owned(), inner.to_owned());
    tree.insert("report/inner/deep.rs".to_owned(), "use crate::report::A;\n".to_owned());
    let found = no_files_import_each_other_in_a_circle(&tree);
    assert_eq!(
        found,
        [
            "`report/a.rs` is part of a circle of imports",
            "`report/inner/deep.rs` is part of a circle of imports"
        ]
    );
    // Without the way back there is none.
    tree.insert("report/inner/deep.rs".to_owned(), "use crate::units::A;\n".to_owned());
    assert_eq!(no_files_import_each_other_in_a_circle(&tree), Violations::new());
}
