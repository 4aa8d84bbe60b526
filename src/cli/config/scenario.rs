//! A scenario file: a declared conversation in TOML.

use std::str::FromStr;

use toml::de::{DeTable, DeValue};

use crate::cli::args::CapArgs;
use crate::cli::args::conversation::{ConversationArgs, seed};
use crate::cli::args::{CallArgs, parse};
use crate::units::Position;
use crate::{Error, ErrorKind};

/// What `outlay init --scenario` writes.
pub(crate) const TEMPLATE: &str = include_str!("scenario.toml");

/// What a scenario declares; a flag wins over it.
#[derive(Default)]
pub(crate) struct Scenario {
    pub(crate) model: Vec<String>,
    pub(crate) conversation: ConversationArgs,
    pub(crate) call: CallArgs,
    pub(crate) cap: CapArgs,
}

/// How alike two keys must be (Jaro-Winkler, 0 to 1) for one to be suggested for the other.
const SIMILAR: f64 = 0.75;

const KEYS: [&str; 19] = [
    "base",
    "calls",
    "completion_tokens",
    "history",
    "max_completion_tokens",
    "model",
    "on_length",
    "profile",
    "reasoning",
    "reserve",
    "retention",
    "risk",
    "runs",
    "seed",
    "tier",
    "turn_gap",
    "turns",
    "user",
    "visible",
];

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// With line and column: what is no TOML, an unknown key with the nearest known one, and a value
    /// that the flag of the same name would refuse.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let at = |offset: usize, message: String| {
            Error::new(ErrorKind::Malformed, message).at(Position::of(text, offset))
        };
        let table = DeTable::parse(text).map_err(|e| {
            at(e.span().map_or(0, |span| span.start), e.message().trim().replace('\n', ", "))
                .hint("`outlay init --scenario` writes a commented one")
        })?;
        let mut scenario = Self::default();
        for (key, value) in table.get_ref() {
            let name = key.get_ref().as_ref();
            if !KEYS.contains(&name) {
                let message = format!("a scenario has no key `{name}`");
                return Err(at(key.span().start, message).hint(nearest(name)));
            }
            let refuse = |message: String| {
                let (message, hint) = message
                    .split_once("\nhint: ")
                    .unwrap_or((&message, "see `outlay simulate --help`"));
                at(value.span().start, format!("`{name}`: {message}")).hint(hint)
            };
            let texts = texts(value.get_ref()).map_err(refuse)?;
            if texts.len() != 1 && name != "model" {
                return Err(refuse("expected one value".to_owned()));
            }
            for text in texts {
                scenario.set(name, &text).map_err(refuse)?;
            }
        }
        Ok(scenario)
    }

    fn set(&mut self, key: &str, text: &str) -> Result<(), String> {
        fn put<T: FromStr<Err = Error>>(slot: &mut Option<T>, text: &str) -> Result<(), String> {
            *slot = Some(parse(text)?);
            Ok(())
        }
        let Self { model, conversation, call, cap } = self;
        match key {
            "base" => put(&mut conversation.base, text),
            "calls" => put(&mut call.calls, text),
            "completion_tokens" => put(&mut call.completion_tokens, text),
            "history" => put(&mut conversation.history, text),
            "max_completion_tokens" => put(&mut call.max_completion_tokens, text),
            "on_length" => put(&mut conversation.on_length, text),
            "reasoning" => put(&mut call.reasoning, text),
            "reserve" => put(&mut cap.reserve, text),
            "retention" => put(&mut conversation.retention, text),
            "risk" => put(&mut cap.risk, text),
            "runs" => put(&mut conversation.runs, text),
            "tier" => put(&mut call.tier, text),
            "turn_gap" => put(&mut conversation.turn_gap, text),
            "turns" => put(&mut conversation.turns, text),
            "user" => put(&mut conversation.user, text),
            "visible" => put(&mut call.visible, text),
            "seed" => {
                conversation.seed = Some(seed(text)?);
                Ok(())
            }
            "profile" => {
                call.profile = Some(text.to_owned());
                Ok(())
            }
            _ => {
                model.push(text.to_owned());
                Ok(())
            }
        }
    }

    /// Fills what the flags leave open.
    pub(crate) fn fill(
        self,
        call: &mut CallArgs,
        cap: &mut CapArgs,
        conversation: &mut ConversationArgs,
    ) {
        fn open<T>(slot: &mut Option<T>, value: Option<T>) {
            if slot.is_none() {
                *slot = value;
            }
        }
        let Self { call: from_call, cap: from_cap, conversation: from, .. } = self;
        // A law that a flag declares replaces the scenario's whole law.
        if call.declares_nothing() {
            call.completion_tokens = from_call.completion_tokens;
            call.reasoning = from_call.reasoning;
            call.visible = from_call.visible;
            call.profile = from_call.profile;
        }
        open(&mut call.calls, from_call.calls);
        open(&mut call.max_completion_tokens, from_call.max_completion_tokens);
        open(&mut call.tier, from_call.tier);
        open(&mut cap.reserve, from_cap.reserve);
        open(&mut cap.risk, from_cap.risk);
        open(&mut conversation.base, from.base);
        open(&mut conversation.history, from.history);
        open(&mut conversation.on_length, from.on_length);
        open(&mut conversation.retention, from.retention);
        open(&mut conversation.runs, from.runs);
        open(&mut conversation.seed, from.seed);
        open(&mut conversation.turn_gap, from.turn_gap);
        open(&mut conversation.turns, from.turns);
        open(&mut conversation.user, from.user);
    }
}

/// The texts of a value: one, or those of an array; numbers as they are written.
fn texts(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    match value {
        DeValue::String(text) => Ok(vec![text.to_string()]),
        DeValue::Integer(number) => Ok(vec![number.to_string()]),
        DeValue::Float(number) => Ok(vec![number.to_string()]),
        DeValue::Array(items) => {
            let texts: Result<Vec<_>, _> = items.iter().map(|item| texts(item.get_ref())).collect();
            Ok(texts?.concat())
        }
        other => Err(format!("expected a text or a number, found {}", other.type_str())),
    }
}

fn nearest(name: &str) -> String {
    let alike = |key: &&str| strsim::jaro_winkler(name, key);
    let near = KEYS.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)));
    let near = near.filter(|key| alike(key) >= SIMILAR);
    let near = near.map(|key| format!("did you mean `{key}`? ")).unwrap_or_default();
    format!("{near}`outlay init --scenario` writes a commented one")
}
