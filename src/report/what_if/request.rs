//! The request of a page, as each model counts it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::catalog::{Effort, Model, Tier};
use crate::report::what_if::numbered::index_of;
use crate::units::Tokens;
use crate::workload::{Prompt, refused};

/// A prompt as one model counts it.
#[derive(Clone, Copy)]
pub(crate) struct CountedFor<'a> {
    pub(crate) model: &'a Model,
    pub(crate) prompt: &'a Prompt,
    /// The level of effort behind the name of the model, as in `o3:low`.
    pub(crate) effort: Option<Effort>,
}

/// How the command line names a request.
pub(crate) struct RequestWords {
    /// The words that name it.
    pub(crate) words: Vec<String>,
    /// Its name in the answer.
    pub(crate) name: String,
    /// What the command line needs besides, to find it again.
    pub(crate) note: Option<String>,
}

/// A request.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CountedRequest {
    words: Vec<String>,
    name: String,
    note: Option<String>,
    /// The cap that it sends.
    cap: Option<Tokens>,
    /// How many answers it asks for.
    choices: u64,
    /// The tier that it asks for.
    tier: Option<Tier>,
    /// Its length by model.
    prompts: BTreeMap<String, CountedPrompt>,
}

/// A request as one model counts it.
#[derive(Debug, Clone, Serialize)]
struct CountedPrompt {
    tokens: Tokens,
    /// What to know about the count: numbers of texts.
    notes: Vec<usize>,
    /// Why the model does not take it.
    cannot: Option<String>,
}

impl CountedRequest {
    /// A request with its counts for the models of the command, and for other models as one that counts like
    /// them does. `None` without a prompt.
    pub(super) fn new(
        words: RequestWords,
        prompts: &[CountedFor<'_>],
        (others, again): (&[&Model], &[(&Model, Prompt)]),
        as_of: Date,
        texts: &mut Vec<String>,
    ) -> Option<Self> {
        let RequestWords { words, name, note } = words;
        let mut counted = BTreeMap::new();
        let mut add = |model: &Model, prompt: &Prompt| {
            let prompt = CountedPrompt {
                tokens: prompt.tokens,
                notes: prompt.reasons().map(|reason| index_of(texts, reason)).collect(),
                cannot: refused(prompt, model, as_of).map(|error| error.message().to_owned()),
            };
            counted.insert(model.id.clone(), prompt);
        };
        for asked in prompts {
            add(asked.model, asked.prompt);
        }
        for model in others {
            let like = again.iter().find(|(known, _)| known.counting == model.counting);
            if let Some((_, prompt)) = like {
                add(model, prompt);
            }
        }
        let settings = &prompts.first()?.prompt.settings;
        Some(Self {
            words,
            name,
            note,
            cap: settings.cap,
            choices: settings.choices,
            tier: settings.tier,
            prompts: counted,
        })
    }
}
