//! A conversation to be simulated, whatever declares it: flags, a scenario file or a transcript.

use std::path::Path;

use crate::Error;
use crate::catalog::Model;
use crate::cli::config::scenario::Scenario;
use crate::cli::input::{discover, transcript};
use crate::cli::progress::Progress;
use crate::cli::settings::Settings;
use crate::request::Request;
use crate::workload::{
    CallSpec, CompletionSource, Conversation, ConversationQuote, ConversationSpec, Past,
};

/// A conversation to be simulated.
#[derive(Default)]
pub(crate) struct Played {
    pub(crate) call: CallSpec,
    pub(crate) conversation: ConversationSpec,
    chat: Option<Request>,
    /// The file that declares it.
    file: Option<String>,
}

impl Played {
    /// What flags declare.
    pub(crate) fn of(call: &CallSpec, conversation: &ConversationSpec, model: &[String]) -> Self {
        let call = CallSpec { model: model.to_vec(), ..call.clone() };
        Self { call, conversation: conversation.clone(), ..Self::default() }
    }

    /// Whether an input is a scenario by its name.
    pub(crate) fn is_scenario(input: &str) -> bool {
        Path::new(input).extension().is_some_and(|extension| extension == "toml")
    }

    /// Reads a scenario or a transcript; either fills what the flags leave open.
    pub(crate) fn read(self, input: &str, settings: &Settings) -> Result<Self, Error> {
        if Self::is_scenario(input) {
            let text = discover::named(Path::new(input)).and_then(|source| source.text());
            let scenario = text.and_then(|text| Scenario::parse(&text));
            return Ok(self.scenario(scenario.map_err(|e| e.in_source(input))?, input));
        }
        let chat = transcript::load(input, settings)?;
        let sent = CallSpec {
            model: chat.model.iter().cloned().collect(),
            max_completion_tokens: chat.cap,
            tier: chat.tier,
            ..CallSpec::default()
        };
        let (call, file) = (self.call.over(&sent), Some(input.to_owned()));
        Ok(Self { call, conversation: self.conversation, chat: Some(chat), file })
    }

    /// Takes what a scenario declares for what is left open.
    pub(crate) fn scenario(self, scenario: Scenario, file: &str) -> Self {
        Self {
            call: self.call.over(&scenario.call),
            conversation: self.conversation.over(scenario.conversation),
            chat: self.chat,
            file: Some(file.to_owned()),
        }
    }

    /// Takes what outlay.toml declares for what is still left open, but for the model, which is chosen
    /// apart, and the cached share of one prompt, which says nothing about a conversation.
    pub(crate) fn with_defaults(self, settings: &Settings) -> Self {
        let general = CallSpec { model: Vec::new(), cached: None, ..settings.call.clone() };
        Self { call: self.call.over(&general), ..self }
    }

    /// Simulates it for a model.
    pub(crate) fn quote<'m>(
        &self,
        model: &'m Model,
        settings: &Settings,
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
            let source = CompletionSource::of(model, &self.call, &settings.streams)?;
            let conversation = Conversation {
                model,
                as_of: settings.as_of,
                call: &self.call,
                spec: &self.conversation,
                past: &past,
            };
            let progress = Progress::new(conversation.turns()? as usize, "turns played", settings);
            conversation.quote(source.map(Into::into), || progress.step())
        };
        let placed = |error: Error| match &self.file {
            Some(file) => error.in_source(file),
            None => error,
        };
        quote().map_err(placed)
    }
}
