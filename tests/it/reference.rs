//! The reference pages are what the program and its schemas say.
//!
//! `UPDATE_DOCS=1 cargo test --test it reference` writes them anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use clap::{Arg, Command};
use serde_json::{Map, Value};

const SCHEMAS: &str = "schema";

const GENERATED: &str =
    "<!-- Generated: `UPDATE_DOCS=1 cargo test --test it reference` writes this page. -->\n\n";

/// The heading of the JSON page from which on it is generated.
const FIRST_TABLE: &str = "\n## Every answer";

/// Compares a page with what it should be, or writes it.
fn check(page: &str, wanted: &str) {
    let path = format!("docs/reference/{page}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, wanted).unwrap();
        return;
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let differs = found.lines().zip(wanted.lines()).find(|(found, wanted)| found != wanted);
    assert!(
        found == wanted,
        "{path} is out of date: run `UPDATE_DOCS=1 cargo test --test it reference`\n{differs:?}"
    );
}

fn schema(name: &str) -> Value {
    let text = fs::read_to_string(format!("{SCHEMAS}/{name}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

// The command line.

#[test]
fn the_page_of_the_command_line_is_what_the_program_takes() {
    let program = outlay::cli::command();
    let mut page = format!("# Command line\n\n{GENERATED}");
    writeln!(page, "```text\n{}\n```\n", usage(&program)).unwrap();
    page.push_str("| command | what it does |\n|---|---|\n");
    for verb in verbs(&program) {
        let name = verb.get_bin_name().unwrap();
        let anchor = name.replace(' ', "-");
        writeln!(page, "| [`{name}`](#{anchor}) | {} |", about(verb)).unwrap();
    }
    page.push_str("\n## Global options\n\nEvery command takes these, before or after its own.\n\n");
    for option in program.get_arguments().filter(|argument| !is_automatic(argument)) {
        page.push_str(&entry(option));
    }
    for verb in verbs(&program) {
        page.push_str(&section(verb));
    }
    check("cli.md", &page);
}

/// Every command with its parts, in the order of the help.
fn verbs(program: &Command) -> Vec<&Command> {
    let mut found = Vec::new();
    for verb in program.get_subcommands().filter(|verb| verb.get_name() != "help") {
        found.push(verb);
        found.extend(verbs(verb));
    }
    found
}

fn about(command: &Command) -> String {
    cell(&command.get_about().map(ToString::to_string).unwrap_or_default())
}

fn usage(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    usage.trim_start_matches("Usage: ").trim().to_owned()
}

/// Whether every program has it.
fn is_automatic(argument: &Arg) -> bool {
    ["help", "version"].contains(&argument.get_id().as_str())
}

fn section(verb: &Command) -> String {
    let name = verb.get_bin_name().unwrap();
    let mut text = format!("\n## {name}\n\n{}\n\n```text\n{}\n```\n", about(verb), usage(verb));
    let mut groups: Vec<(String, Vec<&Arg>)> = Vec::new();
    for argument in verb.get_arguments() {
        if argument.is_global_set() || argument.is_hide_set() || is_automatic(argument) {
            continue;
        }
        let plain = if argument.is_positional() { "Arguments" } else { "Options" };
        let heading = argument.get_help_heading().unwrap_or(plain).to_owned();
        match groups.iter_mut().find(|(known, _)| *known == heading) {
            Some((_, arguments)) => arguments.push(argument),
            None => groups.push((heading, vec![argument])),
        }
    }
    for (heading, arguments) in groups {
        write!(text, "\n**{heading}**\n\n").unwrap();
        for argument in arguments {
            text.push_str(&entry(argument));
        }
    }
    if let Some(more) = verb.get_after_help() {
        let more = more.to_string();
        let more = more.trim().trim_start_matches("Examples:").trim_start_matches('\n');
        writeln!(text, "\n**Examples**\n\n```text\n{}\n```", unindented(more)).unwrap();
    }
    text
}

fn unindented(text: &str) -> String {
    let lines = text.lines().map(|line| line.strip_prefix("  ").unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// One argument as an item of a list.
fn entry(argument: &Arg) -> String {
    let values: Vec<String> = argument
        .get_value_names()
        .filter(|_| argument.get_action().takes_values())
        .into_iter()
        .flatten()
        .map(|name| format!("<{name}>"))
        .collect();
    let mut names: Vec<String> = Vec::new();
    names.extend(argument.get_short().map(|short| format!("-{short}")));
    names.extend(argument.get_long().map(|long| format!("--{long}")));
    names.extend(
        argument.get_visible_aliases().into_iter().flatten().map(|alias| format!("--{alias}")),
    );
    let name = if names.is_empty() {
        values.join(" ")
    } else {
        let mut name = names.join(", ");
        for value in values {
            write!(name, " {value}").unwrap();
        }
        name
    };
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let possible: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    let mut text = format!("- `{name}`: {}", cell(&help));
    if !possible.is_empty() && argument.get_action().takes_values() {
        write!(text, " ({})", possible.join(", ")).unwrap();
    }
    let defaults = argument.get_default_values();
    if !defaults.is_empty() && argument.get_action().takes_values() {
        let defaults: Vec<_> = defaults.iter().map(|value| value.to_string_lossy()).collect();
        write!(text, " [default: `{}`]", defaults.join(" ")).unwrap();
    }
    text.push('\n');
    text
}

/// A text on one line of a list or a table.
fn cell(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace('|', "\\|").replace('<', "&lt;")
}

// The schemas.

/// A schema of which parts are looked up by reference.
struct Schema(Value);

impl Schema {
    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(pointer) => self.0.pointer(pointer.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }

    /// What a value is besides null, and whether it may be null.
    fn variants<'a>(&'a self, schema: &'a Value) -> (Vec<&'a Value>, bool) {
        let schema = self.resolved(schema);
        let all = ["anyOf", "oneOf"].iter().find_map(|key| schema.get(*key)?.as_array());
        let Some(all) = all else { return (vec![schema], false) };
        let is_null = |schema: &&Value| schema.get("type").is_some_and(|kind| kind == "null");
        let null = all.iter().any(|schema| is_null(&schema));
        (all.iter().filter(|schema| !is_null(schema)).map(|s| self.resolved(s)).collect(), null)
    }

    /// The object that a value is, or that the items of a list are, with what its path gets.
    fn object<'a>(&'a self, schema: &'a Value) -> Option<(&'a Map<String, Value>, &'static str)> {
        self.variants(schema).0.into_iter().find_map(|variant| {
            if let Some(properties) = variant.get("properties") {
                return Some((properties.as_object()?, ""));
            }
            let items = variant.get("items")?;
            let (inner, suffix) = self.object(items)?;
            suffix.is_empty().then_some((inner, "[]"))
        })
    }

    /// What a value means, without the links that only the Rust documentation has.
    fn description(&self, schema: &Value) -> String {
        let own = schema.get("description").and_then(Value::as_str);
        let there = || self.resolved(schema).get("description").and_then(Value::as_str);
        let text = own.or_else(there).unwrap_or_default().replace("[`", "`");
        let mut parts = text.split("`]");
        let mut plain = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let target = part.strip_prefix('(').and_then(|part| part.split_once(')'));
            plain.push('`');
            plain.push_str(target.map_or(part, |(_, rest)| rest));
        }
        plain
    }

    /// What a value may be, in words.
    fn kind(&self, schema: &Value) -> String {
        let (variants, mut null) = self.variants(schema);
        let mut kinds: Vec<String> = Vec::new();
        for variant in variants {
            for kind in self.kinds(variant) {
                if kind == "null" {
                    null = true;
                } else if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
        }
        if null {
            kinds.push("null".to_owned());
        }
        kinds.join(" or ")
    }

    fn kinds(&self, variant: &Value) -> Vec<String> {
        if let Some(value) = variant.get("const") {
            return vec![format!("`{}`", value.as_str().map_or(value.to_string(), str::to_owned))];
        }
        if let Some(values) = variant.get("enum").and_then(Value::as_array) {
            let literal = |value: &Value| match value {
                Value::Null => "null".to_owned(),
                Value::String(text) => format!("`{text}`"),
                other => format!("`{other}`"),
            };
            return values.iter().map(literal).collect();
        }
        if ["anyOf", "oneOf"].iter().any(|key| variant.get(*key).is_some()) {
            return vec![self.kind(variant)];
        }
        let name = |kind: &str| match kind {
            "array" => match variant.get("items") {
                Some(items) => format!("list of {}", self.kind(items)),
                None => "list".to_owned(),
            },
            "string" if variant.get("format").is_some_and(|format| format == "date") => {
                "date".to_owned()
            }
            other => other.to_owned(),
        };
        match variant.get("type") {
            Some(Value::String(kind)) => vec![name(kind)],
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).map(name).collect(),
            _ => vec!["any".to_owned()],
        }
    }

    /// A row for every key of an object, and of the objects in it.
    fn rows(&self, object: &Map<String, Value>, prefix: &str, rows: &mut String) {
        for (key, schema) in object {
            let path = format!("{prefix}{key}");
            let nested = self.object(schema).filter(|_| path.matches('.').count() < 5);
            let suffix = nested.map_or("", |(_, suffix)| suffix);
            let (kind, text) = (self.kind(schema), self.description(schema));
            writeln!(rows, "| `{path}{suffix}` | {} | {} |", cell(&kind), cell(&text)).unwrap();
            if let Some((inner, suffix)) = nested {
                self.rows(inner, &format!("{path}{suffix}."), rows);
            }
        }
    }
}

#[test]
fn the_page_of_the_configuration_is_its_schema() {
    let schema = Schema(schema("outlay-toml"));
    let mut page = format!(
        "# outlay.toml\n\n{GENERATED}`outlay init` writes a commented `outlay.toml`, and `outlay init --schema` its JSON Schema for \
         editors. [Budgets](../ci/budgets.md) explains how they work together.\n\n| key | type | meaning |\n|---|---|---|\n"
    );
    let root = schema.0["properties"].as_object().unwrap();
    let plain = |value: &Value| schema.object(value).is_none();
    for (key, value) in root.iter().filter(|(_, value)| plain(value)) {
        let (kind, text) = (schema.kind(value), schema.description(value));
        writeln!(page, "| `{key}` | {} | {} |", cell(&kind), cell(&text)).unwrap();
    }
    for (key, value) in root {
        let Some((object, suffix)) = schema.object(value) else { continue };
        let heading = if suffix.is_empty() { format!("[{key}]") } else { format!("[[{key}]]") };
        write!(
            page,
            "\n## `{heading}`\n\n{}\n\n| key | type | meaning |\n|---|---|---|\n",
            schema.description(value)
        )
        .unwrap();
        schema.rows(object, "", &mut page);
    }
    check("config.md", &page);
}

#[test]
fn the_page_of_the_json_is_the_published_schemas() {
    let mut names: Vec<String> = fs::read_dir(SCHEMAS)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| !["outlay-toml", "audit-each"].contains(&name.as_str()))
        .collect();
    names.sort();
    // What stands before the first table is written by hand.
    let page = fs::read_to_string("docs/reference/json.md").unwrap();
    let (head, _) = page.split_once(FIRST_TABLE).unwrap();
    let mut page =
        format!("{head}{FIRST_TABLE}\n\n{GENERATED}| key | type | meaning |\n|---|---|---|\n");
    let envelope = Schema(schema("plan"));
    for (key, value) in envelope.0["properties"].as_object().unwrap() {
        if key == "results" || key == "total" {
            let text = envelope.description(value);
            writeln!(page, "| `{key}` | depends on the command | {} |", cell(&text)).unwrap();
        } else {
            envelope.rows(&Map::from_iter([(key.clone(), value.clone())]), "", &mut page);
        }
    }
    for name in names {
        let schema = Schema(schema(&name));
        let properties = &schema.0["properties"];
        let path = Path::new(SCHEMAS).join(format!("{name}.json"));
        let path = path.to_string_lossy().replace('\\', "/");
        let command = name.replacen('-', " ", 1);
        write!(
            page,
            "\n## {command}\n\n[Schema](../../{path}).\n\n| key | type | meaning |\n|---|---|---|\n"
        )
        .unwrap();
        for key in ["results", "total"] {
            let Some((object, suffix)) = schema.object(&properties[key]) else { continue };
            schema.rows(object, &format!("{key}{suffix}."), &mut page);
        }
    }
    check("json.md", &page);
}
