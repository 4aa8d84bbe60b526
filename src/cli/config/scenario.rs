//! A scenario file: a declared conversation in TOML.

use serde::Deserialize;
use toml::Spanned;
use toml::de::DeTable;

use crate::Error;
use crate::cli::config::spans::{check_keys, keys, name_key, parse, read};
use crate::forecast::TokenDist;
use crate::request::MediaKind;
use crate::workload::{CallSpec, ConversationSpec, DeclaredMedia, TaskSpec, optional};

/// What `outlay init --scenario` writes.
pub(crate) const TEMPLATE: &str = include_str!("scenario.toml");

/// What to do about a scenario that cannot be read.
const HINT: &str = "`outlay init --scenario` writes a commented one";

/// What a scenario declares; a flag wins over it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Scenario {
    pub(crate) call: CallSpec,
    pub(crate) conversation: ConversationSpec,
    pub(crate) task: TaskSpec,
    /// What is sent beside texts.
    pub(crate) media: Vec<(MediaKind, DeclaredMedia)>,
    pub(crate) agents: Vec<AgentTable>,
}

/// Agents that every turn starts: a scenario of their own, by a path beside this one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgentTable {
    pub(crate) scenario: Spanned<String>,
    /// How many of them a turn starts; 1 unless said otherwise.
    #[serde(default, with = "optional")]
    pub(crate) runs: Option<TokenDist>,
}

/// The keys of the tables of agents and of what is sent beside texts.
const TABLES: [&str; 5] = ["agent", "image", "document", "audio", "video"];

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// With line and column: what is not TOML, an unknown key with the nearest known one, and a value
    /// that the flag of the same name would refuse.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let table = parse(text, HINT)?;
        let (of_call, of_task) = (keys::<CallSpec>(), keys::<TaskSpec>());
        let known = [of_call, of_task, keys::<ConversationSpec>(), &TABLES].concat();
        check_keys(text, table.get_ref(), &known, HINT)?;
        // The keys of all of them stand side by side in one table.
        let has = |keys: &[&str]| {
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            move |key: &str| keys.iter().any(|known| known == key)
        };
        let (call, rest) = part(table.into_inner(), has(of_call));
        let (task, rest) = part(rest, has(of_task));
        let (agents, conversation) = part(rest, has(&TABLES));
        let whole = |table| Spanned::new(0..text.len(), table);
        let tables: Tables = read(text, whole(agents), HINT).map_err(|e| name_key(text, e))?;
        Ok(Self {
            call: read(text, whole(call), HINT).map_err(|e| name_key(text, e))?,
            conversation: read(text, whole(conversation), HINT).map_err(|e| name_key(text, e))?,
            task: read(text, whole(task), HINT).map_err(|e| name_key(text, e))?,
            agents: tables.agent.clone(),
            media: tables.media(),
        })
    }
}

#[derive(Deserialize)]
struct Tables {
    #[serde(default)]
    agent: Vec<AgentTable>,
    image: Option<DeclaredMedia>,
    document: Option<DeclaredMedia>,
    audio: Option<DeclaredMedia>,
    video: Option<DeclaredMedia>,
}

impl Tables {
    fn media(self) -> Vec<(MediaKind, DeclaredMedia)> {
        let all = [
            (MediaKind::Image, self.image),
            (MediaKind::Document, self.document),
            (MediaKind::Audio, self.audio),
            (MediaKind::Video, self.video),
        ];
        all.into_iter().filter_map(|(kind, media)| Some((kind, media?))).collect()
    }
}

/// The entries whose key is meant, and the others.
fn part(table: DeTable<'_>, is_meant: impl Fn(&str) -> bool) -> (DeTable<'_>, DeTable<'_>) {
    table.into_iter().partition(|(key, _)| is_meant(key.get_ref()))
}
