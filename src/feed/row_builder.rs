//! One record of a feed while it is read: values with the key and the place to report them at.

use jiff::civil::Date;
use serde_json::value::RawValue;

use super::amount::{self, Unit, Unread};
use super::feed_row::{DatedRates, FeedRow};
use super::issue::{Issue, Reason};
use super::rate_table::{Part, RateTable};
use crate::catalog::Tier;
use crate::json::{Object, Source, text};
use crate::units::{Rate, Tokens};

/// How a feed writes its prices.
#[derive(Debug, Clone, Copy)]
pub(super) struct Notation {
    pub(super) unit: Unit,
    /// Whether numbers are texts.
    pub(super) quoted: bool,
}

/// A record on its way to a row.
pub(super) struct RowBuilder<'t, 'a> {
    text: &'t Source<'a>,
    notation: Notation,
    pub(super) row: FeedRow,
}

impl<'t, 'a> RowBuilder<'t, 'a> {
    /// A record at its place; a repeated key makes it unusable.
    pub(super) fn new(
        text: &'t Source<'a>,
        notation: Notation,
        (provider, id): (Option<&str>, &str),
        raw: &'a RawValue,
        fields: &Object<'a>,
    ) -> Self {
        let row = FeedRow::new(provider, id, text.begin(raw.get()));
        let mut record = Self { text, notation, row };
        if id.is_empty() {
            record.fault(Reason::Unreadable, raw, "has no name".to_owned());
        }
        for key in fields.repeated() {
            record.fault(Reason::Repeated, raw, format!("`{key}` occurs twice in it"));
        }
        record
    }

    /// Tells what makes the row unusable.
    pub(super) fn fault(&mut self, reason: Reason, raw: &RawValue, message: String) {
        self.row.faults.push(Issue { reason, message, position: self.text.position(raw.get()) });
    }

    /// Tells what is not carried over.
    pub(super) fn remark(&mut self, reason: Reason, raw: &RawValue, message: String) {
        self.row.remarks.push(Issue { reason, message, position: self.text.position(raw.get()) });
    }

    /// Tells that a key prices other units than text tokens.
    pub(super) fn other_unit(&mut self, key: &str, raw: &RawValue) {
        let message = format!("`{key}`: a price of other units than text tokens");
        self.remark(Reason::LeftOut, raw, message);
    }

    /// The rate under a key.
    pub(super) fn rate(&mut self, key: &str, raw: &RawValue) -> Option<Rate> {
        match amount::rate(raw.get(), self.notation.unit, self.notation.quoted) {
            Ok(read) => {
                if read.rounded {
                    let message = format!("`{key}` was rounded to {} per million", read.rate);
                    self.remark(Reason::Rounded, raw, message);
                }
                Some(read.rate)
            }
            Err(unread) => {
                let (reason, why) = match unread {
                    Unread::NotANumber(why) => (Reason::Unreadable, why),
                    Unread::OutOfBand(why) => (Reason::OutOfBand, why),
                };
                self.fault(reason, raw, format!("`{key}` {why}"));
                None
            }
        }
    }

    /// Adds the rate under a key to a price list.
    pub(super) fn add(
        &mut self,
        table: &mut RateTable,
        place: (Tier, Option<Tokens>),
        part: Part,
        (key, raw): (&str, &RawValue),
    ) {
        if raw.get() == "null" {
            return;
        }
        if let Some(rate) = self.rate(key, raw)
            && let Err(why) = table.set(place, part, rate)
        {
            self.fault(Reason::Contradiction, raw, why);
        }
    }

    /// The tokens under a key.
    pub(super) fn tokens(&mut self, key: &str, raw: Option<&RawValue>) -> Option<Tokens> {
        let raw = raw?;
        amount::tokens(raw.get())
            .map_err(|why| self.fault(Reason::Unreadable, raw, format!("`{key}` {why}")))
            .ok()
            // Feeds write 0 where they do not know.
            .filter(|tokens| *tokens > Tokens::ZERO)
    }

    /// The day under a key; a month alone is not a day and is left out.
    pub(super) fn day(&mut self, key: &str, raw: Option<&RawValue>) -> Option<Date> {
        let raw = raw?;
        let day = text(raw).and_then(|text| text.get(..10)?.parse().ok());
        if day.is_none() {
            self.remark(Reason::LeftOut, raw, format!("`{key}` {} is not a date", raw.get()));
        }
        day
    }

    /// Adds a finished price list.
    pub(super) fn list(&mut self, from: Option<Date>, table: &RateTable, raw: &RawValue) {
        let rates = table.finish(&mut self.row, self.text.position(raw.get()));
        if !rates.is_empty() {
            self.row.prices.push(DatedRates { from, rates });
        }
    }
}
