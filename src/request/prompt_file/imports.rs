//! What a memory of a coding agent imports.
//!
//! A memory (`CLAUDE.md`, `GEMINI.md`) is sent with every request, and the files that it imports as `@path` with it.

use std::collections::BTreeSet;

use super::super::beside::ReadBeside;
use super::super::format::FileHint;

/// Imports that follow imports are read so far.
const MOST_HOPS: usize = 5;

/// What is sent of a memory, and what is to be said of it.
pub(in super::super) struct Memory {
    pub(in super::super) text: String,
    pub(in super::super) warnings: Vec<String>,
}

/// A memory with its imports; `None` for a file of another name, and where it is sent as it stands.
pub(in super::super) fn with_imports(
    file: &str,
    hint: FileHint<'_>,
    beside: &dyn ReadBeside,
) -> Option<Memory> {
    if !hint.is_memory() {
        return None;
    }
    let seen = BTreeSet::from([hint.name().to_owned()]);
    let mut imports = Imports { beside, seen, found: Vec::new(), warnings: Vec::new() };
    imports.follow(file, "", MOST_HOPS);
    let Imports { found, warnings, .. } = imports;
    if found.is_empty() && warnings.is_empty() {
        return None;
    }
    let texts: Vec<&str> = std::iter::once(file).chain(found.iter().map(String::as_str)).collect();
    Some(Memory { text: texts.join("\n\n"), warnings })
}

/// The imports of a memory, and of what it imports.
struct Imports<'a> {
    beside: &'a dyn ReadBeside,
    seen: BTreeSet<String>,
    found: Vec<String>,
    warnings: Vec<String>,
}

impl Imports<'_> {
    fn follow(&mut self, text: &str, folder: &str, hops: usize) {
        for name in names(text) {
            let path = join(folder, name);
            if !self.seen.insert(path.clone()) {
                continue;
            }
            if hops == 0 {
                self.warnings.push(format!(
                    "`@{name}` is more than {MOST_HOPS} imports deep, and is not counted"
                ));
                continue;
            }
            match self.beside.read_beside(&path) {
                Ok(text) => {
                    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
                    self.found.push(text.clone());
                    self.follow(&text, &folder, hops - 1);
                }
                // A word behind an `@` may be a person.
                Err(_) if !name.contains(['/', '.']) => {}
                Err(_) => self.warnings.push(format!(
                    "`@{name}` may import a file that is sent as well; it cannot be read, and is not counted"
                )),
            }
        }
    }
}

/// A path as it is named in a file of this folder.
fn join(folder: &str, name: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in name.split('/') {
        match part {
            "." | "" => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    if name.starts_with('/') { format!("/{path}") } else { path }
}

/// The paths that a text imports: words that begin with `@`, outside of code.
fn names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            fenced = !fenced;
            continue;
        }
        if fenced {
            continue;
        }
        // Every other part between backticks is code.
        for prose in line.split('`').step_by(2) {
            let words = prose.split_whitespace();
            let imports =
                words.filter_map(|word| word.trim_start_matches(['(', '"']).strip_prefix('@'));
            let path = |name: &'_ str| {
                name.trim_end_matches(['.', ',', ';', ':', ')', '"', '!', '?']).len()
            };
            names.extend(imports.map(|name| &name[..path(name)]).filter(|name| !name.is_empty()));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_words_outside_of_code() {
        let text = "See @docs/style.md, and `@not/this.md`.\n```\n@nor/this.md\n```\n(@README.md) a@b.org\n- @./x.md";
        assert_eq!(names(text), ["docs/style.md", "README.md", "./x.md"]);
        assert_eq!(join("docs", "../x/./y.md"), "x/y.md");
        assert_eq!(join("", "/etc/x.md"), "/etc/x.md");
    }
}
