//! What is done with the cells of a column.

use super::field::{FIELDS, Field};
use crate::logs::day;
use crate::logs::figures::{Figure, Meaning, Place, column_may_cost, meaning};

/// What is done with the cells of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A number of tokens.
    Figure(Figure),
    /// Another thing that a usage object can hold, such as uses of a tool.
    Other,
    /// Something that is no part of a usage object.
    Field(Field),
    /// What may cost something and is not understood.
    Unread,
    Nothing,
}

impl Role {
    pub(super) fn of(field: Field) -> Self {
        field.figure().map_or(Self::Field(field), Self::Figure)
    }

    pub(super) fn by_name(column: &str) -> Self {
        let known = |(_, name, others): &&(Field, &str, &[&str])| {
            *name == column || others.contains(&column)
        };
        if let Some((field, ..)) = FIELDS.iter().find(known) {
            return Self::of(*field);
        }
        if day::KEYS.contains(&column) {
            return Self::Field(Field::Time);
        }
        match meaning(Place::Top, column) {
            Meaning::Figure(figure) | Meaning::Either(figure, _) => {
                // A column `input` or `output` is mostly the text.
                let is_text =
                    ["input", "output", "total", "reasoning", "cached", "tool", "thoughts"];
                if is_text.contains(&column) { Self::Nothing } else { Self::Figure(figure) }
            }
            Meaning::Cost | Meaning::CostOrParts => Self::Field(Field::Cost),
            Meaning::Tool(_) | Meaning::Ticks | Meaning::Word(_) => Self::Other,
            Meaning::Unknown if column_may_cost(column) => Self::Unread,
            _ => Self::Nothing,
        }
    }
}
