//! Files of coding agents with front matter: skills, sub-agents and commands.

use serde_json::Value;

use super::super::message::{Message, Request, Role};
use super::super::origin::Origin;
use super::super::template::Language;
use super::shape::Shape;
use super::tree::{self, malformed, text};
use super::{front_matter, yaml};
use crate::Error;

const FILE: Shape = Shape::new(&["description", "model", "name"], &["mode", "namespace"]);

/// Whether a text is one of these files: by its name, and by the keys of its front matter.
pub(super) fn is(file: &str, path: &str) -> bool {
    let path = path.replace('\\', "/");
    let within = |folder: &str| path.starts_with(folder) || path.contains(&format!("/{folder}"));
    let named =
        path.ends_with("SKILL.md") || within(".claude/agents/") || within(".claude/commands/");
    named && front_matter::has_front_matter(file)
}

/// The body of a sub-agent is the system prompt of its calls, that of a command what is sent. Of a skill the name
/// and the description are in every call, its body in those that use it.
pub(super) fn read(file: &str, path: &str) -> Result<Request, Error> {
    let parts = front_matter::split(file)?;
    let tree = yaml::parse(parts.matter, parts.matter_line).unwrap_or_else(|_| lines(parts.matter));
    let mut request = tree::request(Origin::CodingAgent);
    let body = parts.body.trim();
    let is_skill = path.ends_with("SKILL.md");
    let is_command = path.replace('\\', "/").contains(".claude/commands/");
    if is_skill {
        let always = ["name", "description"].map(|key| text(&tree, &[key]).unwrap_or_default());
        request.messages.push(Message::text(Role::System, always.join(": ")));
        request.doubts.push("only the name and the description are in every call".into());
    } else if !is_command {
        request.messages.push(Message::text(Role::System, body));
        request.warn(
            "the agent's own instructions and tools are sent as well, and are not in the figures",
        );
    }
    if (is_skill || is_command) && !body.is_empty() {
        request.messages.push(Message::text(Role::User, body));
    }
    if request.messages.iter().all(|message| message.content.is_empty()) {
        return Err(malformed("this file has front matter and nothing below it"));
    }
    if is_command {
        for taken in taken(body) {
            request.warn(format!(
                "`{taken}` is replaced by what it gives, which is not in the figures"
            ));
        }
    }
    // `$ARGUMENTS` and `$1` are what the user writes behind a command.
    request.template = is_command.then_some(Language::Dollar);
    FILE.check(&tree, &mut request);
    match text(&tree, &["model"]) {
        // These are names of whatever model is the newest; which one that is, only the agent knows.
        Some(alias @ ("sonnet" | "opus" | "haiku" | "fable" | "inherit")) => {
            request.warn(format!(
                "`model: {alias}` is the agent's own name of a model; -m says which one it is"
            ));
        }
        model => request.settings.model = model.map(ToOwned::to_owned),
    }
    Ok(request)
}

/// The keys of front matter that is not YAML, as agents read it: people write colons into descriptions.
fn lines(matter: &str) -> Value {
    let pair = |line: &str| {
        let (key, value) = line.split_once(':').filter(|(key, _)| !key.contains(' '))?;
        Some((key.to_owned(), Value::from(value.trim())))
    };
    matter.lines().filter_map(pair).collect()
}

/// The commands and files whose text a command takes in: !`git status`, @src/main.rs.
fn taken(body: &str) -> Vec<String> {
    let run = body.split("!`").skip(1).filter_map(|rest| rest.split_once('`'));
    let run = run.map(|(command, _)| format!("!`{command}`"));
    let files = body
        .split_whitespace()
        .filter(|word| word.strip_prefix('@').is_some_and(|path| path.contains(['/', '.'])));
    run.chain(files.map(ToOwned::to_owned)).collect()
}
