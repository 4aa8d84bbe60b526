//! What a memory of a coding agent imports.
//!
//! A memory (`CLAUDE.md`, `GEMINI.md`) is sent with every request, and the files that it imports as `@path` with it.

use std::collections::BTreeSet;

use super::super::beside::ReadBeside;
use super::super::format::FileHint;
use super::super::unknown::Unknown;
use crate::json::offset;
use crate::units::Position;

/// Imports that follow imports are read so far.
const MOST_HOPS: usize = 5;

/// What is sent of a memory, and what is to be said of it.
pub(in super::super) struct Memory {
    pub(in super::super) text: String,
    pub(in super::super) warnings: Vec<String>,
    /// Imports that are sent and are not in the text.
    pub(in super::super) unread: Vec<Unknown>,
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
    let (found, warnings, unread) = (Vec::new(), Vec::new(), Vec::new());
    let mut imports = Imports { beside, seen, found, warnings, unread };
    imports.follow(file, None, MOST_HOPS);
    let Imports { found, warnings, unread, .. } = imports;
    if found.is_empty() && warnings.is_empty() && unread.is_empty() {
        return None;
    }
    let texts: Vec<&str> = std::iter::once(file).chain(found.iter().map(String::as_str)).collect();
    Some(Memory { text: texts.join("\n\n"), warnings, unread })
}

/// The imports of a memory, and of what it imports.
struct Imports<'a> {
    beside: &'a dyn ReadBeside,
    seen: BTreeSet<String>,
    found: Vec<String>,
    warnings: Vec<String>,
    unread: Vec<Unknown>,
}

impl Imports<'_> {
    /// Takes the imports of a text: of the memory, or of the file of this path.
    fn follow(&mut self, text: &str, file: Option<&str>, hops: usize) {
        let folder = file.and_then(|file| file.rsplit_once('/')).map_or("", |(folder, _)| folder);
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
                    self.found.push(text.clone());
                    self.follow(&text, Some(&path), hops - 1);
                }
                Err(error) if is_file(name) => {
                    let by = file.map(|file| format!(" by `{file}`")).unwrap_or_default();
                    let why = format!(
                        "it is imported{by} and sent as well, and cannot be read ({})",
                        error.message()
                    );
                    let position = match file {
                        // The sign stands before the name.
                        None => Position::of(text, offset(text, name).saturating_sub(1)),
                        Some(_) => Position::START,
                    };
                    self.unread.push(Unknown { what: format!("@{name}"), why, position });
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

/// Whether a name can be of nothing but a file: it says in which folder it is, or is of a kind that holds prose or
/// data. Packages (`@scope/name`, `@types/chart.js`, `@scope/name@1.2`), aliases of sources (`@/lib/utils`), patterns,
/// places in a text to fill, people and teams look like paths as well.
fn is_file(name: &str) -> bool {
    const PROSE: [&str; 10] =
        ["adoc", "json", "md", "mdc", "mdx", "rst", "toml", "txt", "yaml", "yml"];
    const OF_PACKAGES: [&str; 15] = [
        "ai", "app", "cjs", "com", "dev", "git", "io", "js", "jsx", "mjs", "net", "node", "org",
        "ts", "tsx",
    ];
    if name.contains(['*', '<', '{', '$']) || name.contains("://") {
        return false;
    }
    // A name that begins with a dot is that of no package.
    if name.contains('/') && name.starts_with(['.', '~']) {
        return true;
    }
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let Some((_, kind)) = file.rsplit_once('.').filter(|_| !file.contains('@')) else {
        return false;
    };
    let is_kind = kind.starts_with(|c: char| c.is_ascii_alphabetic())
        && kind.chars().all(|c| c.is_ascii_alphanumeric());
    let kind = kind.to_ascii_lowercase();
    PROSE.contains(&&*kind) || (!folder.is_empty() && is_kind && !OF_PACKAGES.contains(&&*kind))
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
    // Brackets, quotes, and what marks words in Markdown.
    const BEFORE: [char; 6] = ['(', '[', '"', '\'', '*', '_'];
    const BEHIND: [char; 12] = ['.', ',', ';', ':', '!', '?', ')', ']', '"', '\'', '*', '_'];
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
                words.filter_map(|word| word.trim_start_matches(BEFORE).strip_prefix('@'));
            // A place within a file is behind a `#`.
            let files = imports.map(|name| name.split('#').next().unwrap_or(name));
            let paths = files.map(|name| name.trim_end_matches(BEHIND));
            names.extend(paths.filter(|name| !name.is_empty()));
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
        let marked = "**@docs/a.md** _@b.md_, [@c.md] '@d.md#part'";
        assert_eq!(names(marked), ["docs/a.md", "b.md", "c.md", "d.md"]);
        assert_eq!(join("docs", "../x/./y.md"), "x/y.md");
        assert_eq!(join("", "/etc/x.md"), "/etc/x.md");
    }
    #[test]
    fn a_file_is_told_from_what_looks_like_one() {
        for file in [
            "./rules",
            "../x",
            "~/.claude/mine.md",
            "~/rules",
            "AGENTS.md",
            "package.json",
            "docs/style.md",
            "/etc/rules.txt",
            "docs/Guide.MD",
            "src/main.rs",
            "db/schema.sql",
            ".github/rules",
            ".cursor/rules/a.mdc",
            "node_modules/@a/b/README.md",
            "docs/v1.2/api.html",
            "./src/main.ts",
        ] {
            assert!(is_file(file), "{file}");
        }
        for other in [
            "ann",
            "scope/package",
            "types/chart.js",
            "types/socket.io",
            "angular/core@17.3.0",
            "nestjs/platform-socket.io-client",
            "scope/name/dist/index.js",
            "org/team",
            "/lib/utils",
            "/components/ui/button.tsx",
            "example.com",
            "user@host.md",
            "docs/*.md",
            "<path>.md",
            "{file}.md",
            "https://example.com/a.md",
            "v1.2",
            "README",
            "a/b.2",
            "scope/site.github.io",
            "Component",
            "me.you",
        ] {
            assert!(!is_file(other), "{other}");
        }
    }
}
