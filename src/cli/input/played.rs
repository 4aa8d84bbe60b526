//! A conversation to be simulated, whatever declares it: flags, a scenario file or a transcript.

use std::path::{Path, PathBuf};

use crate::catalog::{Effort, Model};
use crate::cli::config::scenario::Scenario;
use crate::cli::input::source_tree::{join, normal};
use crate::cli::input::{discover, transcript};
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::forecast::TokenDist;
use crate::request::{MediaKind, Request};
use crate::units::{Position, Tokens};
use crate::workload::{
    AgentQuote, CallSpec, CompletionSource, Conversation, ConversationQuote, ConversationSpec,
    DeclaredMedia, Past, SentEffort, TaskSpec,
};
use crate::{Error, ErrorKind};

/// A conversation to be simulated.
#[derive(Default)]
pub(crate) struct Played {
    pub(crate) call: CallSpec,
    pub(crate) conversation: ConversationSpec,
    pub(crate) task: TaskSpec,
    media: Vec<(MediaKind, DeclaredMedia)>,
    chat: Option<Request>,
    agents: Vec<PlayedAgent>,
    /// The file that declares it.
    file: Option<String>,
}

/// Agents that every turn starts.
struct PlayedAgent {
    runs: TokenDist,
    played: Played,
    name: String,
}

/// Reads a scenario by its path.
pub(crate) type ReadScenario<'a> = &'a dyn Fn(&str) -> Result<String, Error>;

impl Played {
    /// What flags declare.
    pub(crate) fn of(
        call: &CallSpec,
        conversation: &ConversationSpec,
        task: &TaskSpec,
        model: &[String],
    ) -> Self {
        let call = CallSpec { model: model.to_vec(), ..call.clone() };
        let (conversation, task) = (conversation.clone(), task.clone());
        Self { call, conversation, task, ..Self::default() }
    }

    /// Whether an input is a scenario by its name.
    pub(crate) fn is_scenario(input: &str) -> bool {
        Path::new(input).extension().is_some_and(|extension| extension == "toml")
    }

    /// Reads a scenario or a transcript; either fills what the flags leave open.
    pub(crate) fn read(self, input: &str, settings: &Settings) -> Result<Self, Error> {
        if Self::is_scenario(input) {
            return self.scenario(input, &|path| {
                discover::named(Path::new(path)).and_then(|source| source.text())
            });
        }
        let chat = transcript::load(input, settings)?;
        let model = chat.settings.model.iter().cloned().collect();
        let sent = CallSpec { model, ..CallSpec::sent(&chat.settings) };
        let (call, file) = (self.call.over(&sent), Some(input.to_owned()));
        Ok(Self { call, chat: Some(chat), file, ..self })
    }

    /// Takes what the scenario at a path declares for what is left open, and the scenarios of its agents,
    /// whose paths begin in its folder.
    pub(crate) fn scenario(self, path: &str, read: ReadScenario<'_>) -> Result<Self, Error> {
        self.scenario_below(path, read, &mut Vec::new())
    }

    fn scenario_below(
        self,
        path: &str,
        read: ReadScenario<'_>,
        above: &mut Vec<PathBuf>,
    ) -> Result<Self, Error> {
        let place = |error: Error| error.in_source(path);
        let text = read(path).map_err(place)?;
        let scenario = Scenario::parse(&text).map_err(place)?;
        above.push(normal(path));
        let folder = Path::new(path).parent().unwrap_or(Path::new(""));
        let mut agents = Vec::new();
        for agent in scenario.agents {
            let name = agent.scenario.get_ref();
            let below = join(folder, name).display().to_string();
            if above.contains(&normal(&below)) {
                let message = format!("the agents of `{name}` start this one again, without end");
                let error = Error::new(ErrorKind::Usage, message)
                    .hint("agents may start others, but not in a circle");
                return Err(place(error.at(Position::of(&text, agent.scenario.span().start))));
            }
            let played = Self::default().scenario_below(&below, read, above)?;
            let runs = agent.runs.unwrap_or(TokenDist::Constant(Tokens::new(1)));
            agents.push(PlayedAgent { runs, played, name: name.clone() });
        }
        above.pop();
        Ok(Self {
            call: self.call.over(&scenario.call),
            conversation: self.conversation.over(scenario.conversation),
            task: self.task.over(scenario.task),
            media: if self.media.is_empty() { scenario.media } else { self.media },
            chat: self.chat,
            agents,
            file: Some(path.to_owned()),
        })
    }

    /// Takes what outlay.toml declares for what is still left open, but for the model, which is chosen
    /// apart, the cached share of one prompt, which says nothing about a conversation, and how much to reason,
    /// which a transcript may say itself.
    pub(crate) fn with_defaults(self, settings: &Settings) -> Self {
        let general = CallSpec {
            model: Vec::new(),
            cached: None,
            effort: None,
            thinking_budget: None,
            ..settings.call.clone()
        };
        Self { call: self.call.over(&general), ..self }
    }

    /// Simulates it for a model, at this level of effort where one is named for it; `all_caches` prices other
    /// ways of caching as well.
    pub(crate) fn quote<'m>(
        &self,
        (model, effort): (&'m Model, Option<Effort>),
        settings: &'m Settings,
        all_caches: bool,
        warnings: &mut Vec<String>,
    ) -> Result<ConversationQuote<'m>, Error> {
        let mut quote = || {
            let past = match &self.chat {
                Some(chat) => {
                    transcript::warn(chat, model, settings, warnings);
                    Past::of(chat, model)?
                }
                None => Past::default(),
            };
            let agents = self.agents.iter().map(|agent| agent.quote(model, settings));
            let agents = agents.collect::<Result<Vec<_>, _>>()?;
            let sent = match &self.chat {
                Some(chat) => SentEffort::of(chat, model),
                None => SentEffort::usual(model),
            };
            let effort = effort.or(self.call.effort);
            let call = CallSpec { effort, ..self.call.clone() };
            let effort = sent.resolve_over(model, &call, &settings.call)?;
            let source = CompletionSource::of(model, &self.call, effort, &settings.streams)?;
            let conversation = Conversation {
                model,
                as_of: settings.as_of,
                call: &self.call,
                spec: &self.conversation,
                task: &self.task,
                media: &self.media,
                agents: &agents,
                all_caches,
                past: &past,
            };
            let turns = conversation.turns(&source)? as usize;
            let progress = Progress::new(turns, "turns played", settings);
            conversation.quote(source.into(), || progress.step())
        };
        let placed = |error: Error| match &self.file {
            Some(file) => error.in_source(file),
            None => error,
        };
        quote().map_err(placed)
    }
}

impl PlayedAgent {
    /// Simulates one of them: with its own model, else with that of who starts it.
    fn quote<'m>(&self, starter: &'m Model, settings: &'m Settings) -> Result<AgentQuote, Error> {
        let model = match &self.played.call.model[..] {
            [] => starter,
            [id] => settings.catalog.resolve(id, settings.as_of)?,
            _ => {
                let message = format!("the agents of `{}` name several models", self.name);
                return Err(Error::new(ErrorKind::Usage, message).hint("name one"));
            }
        };
        let quote = self.played.quote((model, None), settings, false, &mut Vec::new())?;
        Ok(AgentQuote {
            scenario: self.name.clone(),
            model: model.id.clone(),
            runs: self.runs.clone(),
            cost_usd: quote.simulation.total_cost,
            costs: quote.simulation.costs,
        })
    }
}
