//! How a conversation is made to fit.

use serde::Serialize;

use crate::report::document::{Document, Emphasis, Table};
use crate::units::{Money, Tokens, plural};
use crate::workload::{DroppedMessage, Fitted, Outlook};

/// So many messages are named in a table; of more, the first and the last.
const SHOWN: usize = 12;

/// Which messages to leave out so that what is wanted fits.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FitAdvice {
    /// The messages to drop or to summarise, oldest first.
    pub drop: Vec<DroppedMessage>,
    /// The prompt tokens that are left; null where it cannot be made to fit.
    pub prompt_tokens: Option<Tokens>,
    /// What fits after them.
    pub room: Option<Tokens>,
    /// Why it cannot be made to fit by leaving out messages.
    pub refused: Option<String>,
    /// The file that the request was written to.
    pub written: Option<String>,
    /// What ways of keeping the history short cost over the turns to come.
    pub outlook: Option<Outlook>,
}

impl FitAdvice {
    /// What a fitted request leaves out.
    #[must_use]
    pub fn of(fitted: &Fitted) -> Self {
        Self {
            drop: fitted.dropped.clone(),
            prompt_tokens: Some(fitted.prompt_tokens),
            room: Some(fitted.room),
            ..Self::default()
        }
    }

    pub(super) fn add_to(&self, document: &mut Document) {
        if !self.drop.is_empty() {
            document.table(self.messages());
        }
        if let (Some(prompt), Some(room)) = (self.prompt_tokens, self.room) {
            let text = format!(
                "without {}: {prompt} prompt tokens, room {room}",
                plural(self.drop.len() as u64, "message")
            );
            document.line(Emphasis::Plain, text);
        }
        if let Some(why) = &self.refused {
            document.line(Emphasis::Bad, why.clone());
        }
        if let Some(path) = &self.written {
            document.line(Emphasis::Good, format!("the request that fits is in {path}"));
        }
        if let Some(outlook) = &self.outlook {
            add_outlook(document, outlook);
        }
    }

    fn messages(&self) -> Table {
        let mut table = Table::default()
            .texts(["drop or summarise", "role"])
            .numbers(["tokens"])
            .texts(["it begins"]);
        for (i, message) in self.drop.iter().enumerate() {
            let is_last = i + 1 == self.drop.len();
            if i + 1 >= SHOWN && !is_last {
                if i + 1 == SHOWN {
                    let hidden = (self.drop.len() - SHOWN) as u64;
                    let text = format!("{} more", plural(hidden, "message"));
                    table.row([text, String::new(), String::new(), String::new()]);
                }
                continue;
            }
            table.row([
                message.message.clone(),
                message.role.clone(),
                message.tokens.to_string(),
                message.first_words.clone(),
            ]);
        }
        table
    }
}

fn add_outlook(document: &mut Document, outlook: &Outlook) {
    let mut table = Table::default().texts(["history"]).numbers([
        "cost",
        "last prompt",
        "below reserve",
        "overflows",
    ]);
    let turn = |turn: Option<u32>| turn.map(|turn| format!("turn {turn}")).unwrap_or_default();
    for way in &outlook.alternatives {
        table.row([
            way.history.clone(),
            way.cost_usd.map_or_else(|| "does not fit".to_owned(), Money::for_people),
            way.last_prompt_tokens.map(|tokens| tokens.to_string()).unwrap_or_default(),
            turn(way.first_turn_below_reserve),
            turn(way.first_overflow_turn),
        ]);
    }
    let turns = plural(outlook.turns, "turn");
    table.caption = Some(format!(
        "the next {turns}; new messages of the user have {} tokens, a summary {}",
        outlook.user_tokens, outlook.summary_tokens
    ));
    document.table(table);
    let text = match outlook.summary_pays_from_turn {
        Some(turn) => format!("a summary now pays from turn {turn} on"),
        None => format!("a summary now does not pay within {turns}"),
    };
    document.line(Emphasis::Plain, text);
}
