//! A row of cells as a call.

use std::borrow::Cow;

use super::field::{FIELDS, Field};
use super::role::Role;
use crate::Error;
use crate::catalog::Tier;
use crate::logs::cell::Cell;
use crate::logs::conversation;
use crate::logs::day::{self, Moment};
use crate::logs::figures::{Count, Figures, Parts, amount};
use crate::logs::object::malformed;
use crate::logs::record::{Finish, LogFormat, RecordedCost, ServiceTier, UsageRecord, Visible};
use crate::logs::success;
use crate::units::Tokens;

/// What the cells of a row say.
pub(super) struct Row<'c> {
    figures: Figures,
    /// The cell of each field.
    cells: [Cell<'c>; FIELDS.len()],
    moment: Option<Moment>,
    has_cells: bool,
    is_inside: bool,
}

impl<'c> Row<'c> {
    /// An empty row, whose cached and written tokens may be certain to be inside the prompt.
    pub(super) fn new(is_inside: bool) -> Self {
        Self {
            figures: Figures::default(),
            cells: [Cell::Empty; FIELDS.len()],
            moment: None,
            has_cells: false,
            is_inside,
        }
    }

    pub(super) fn take(&mut self, role: Role, name: &str, cell: Cell<'c>) -> Result<(), Error> {
        if cell.is_blank() {
            return Ok(());
        }
        match role {
            Role::Figure(figure) => {
                self.has_cells = true;
                let count =
                    cell.tokens().map_err(|e| malformed(format!("`{name}`: {}", e.message())))?;
                if let Some(tokens) = count {
                    self.figures.set_cell(figure, tokens, name);
                }
            }
            Role::Field(Field::Time) if cell.moment().is_some() => self.moment = cell.moment(),
            Role::Field(field) => {
                let first = &mut self.cells[field as usize];
                if matches!(first, Cell::Empty) {
                    *first = cell;
                }
            }
            Role::Other => self.figures.take_text(name, &cell.text())?,
            Role::Unread => {
                let cell = cell.text();
                let is_zero = cell.trim().parse::<f64>().is_ok_and(|x| x == 0.0);
                let is_number = cell.trim().trim_start_matches('$').parse::<f64>().is_ok();
                if is_number && !is_zero {
                    self.figures.unread.push(name.to_owned());
                }
            }
            Role::Nothing => {}
        }
        Ok(())
    }

    pub(super) fn has_nothing(&self) -> bool {
        let is_empty = |field: Field| matches!(self.cells[field as usize], Cell::Empty);
        !self.has_cells && is_empty(Field::Model) && is_empty(Field::Id)
    }

    pub(super) fn text(&self, field: Field) -> Option<Cow<'c, str>> {
        let cell = self.cells[field as usize];
        (!cell.is_blank()).then(|| cell.text())
    }

    fn owned(&self, field: Field) -> Option<String> {
        self.text(field).map(Cow::into_owned)
    }

    pub(super) fn tokens(&self, field: Field) -> Result<Option<Tokens>, Error> {
        let Some(cell) = self.text(field) else { return Ok(None) };
        Count::in_cell(&cell).map_err(|e| malformed(format!("`{}`: {}", field.name(), e.message())))
    }

    pub(super) fn record(&mut self) -> Result<UsageRecord, Error> {
        let mut figures = std::mem::take(&mut self.figures);
        let currency = figures.currency.take();
        let parts = if self.is_inside {
            figures.put_in_details();
            Parts::Inside
        } else {
            Parts::BySpelling
        };
        let mut record = UsageRecord::of(LogFormat::Columns, figures, parts)?;
        record.id = self.owned(Field::Id);
        record.model = self.owned(Field::Model);
        let written = self.text(Field::Time).map_or(Ok(None), |time| day::in_text(&time))?;
        record.set_moment(self.moment.or(written));
        if let Some(tier) = self.text(Field::Tier) {
            record.tier = ServiceTier::of(&tier);
        }
        if let Some(window) = self.text(Field::Context) {
            record.set_context(&window);
        }
        if let Some(batch) = self.text(Field::Batch) {
            // The name of a batch of one's own says nothing about the price.
            if ["true", "yes"].contains(&batch.trim().to_ascii_lowercase().as_str()) {
                record.tier = ServiceTier::Known(Tier::Batch);
            }
        }
        record.finish =
            self.text(Field::FinishReason).map_or(Finish::Unknown, |reason| Finish::of(&reason));
        record.visible =
            self.tokens(Field::ContentTokens)?.map_or(Visible::Unknown, Visible::Tokens);
        record.cap = self.tokens(Field::Cap)?;
        record.effort = self.owned(Field::Effort);
        record.task = self.owned(Field::Task);
        record.success = self.text(Field::Success).and_then(|text| success::mark(&text));
        let prompt = conversation::prompt(self.owned(Field::Prompt));
        record.group = conversation::conversation(self.owned(Field::Conversation)).or(prompt);
        record.turn = self.text(Field::Turn).and_then(|turn| turn.trim().parse().ok());
        if let Some(requests) = self.text(Field::Requests).and_then(|n| n.trim().parse().ok()) {
            record.requests = requests;
        }
        if let Some(cost) = self.text(Field::Cost) {
            let dollars = cost.trim().trim_start_matches('$').parse().ok();
            match dollars.and_then(amount) {
                Some(usd) => record.recorded = Some(RecordedCost { usd, is_bill: false }),
                None => record.unread.push(format!("cost `{cost}`")),
            }
        }
        if let Some(currency) = currency {
            record.set_currency(&currency);
        }
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use crate::logs::Records;

    #[test]
    fn only_a_row_of_no_call_at_all_is_left_out() {
        let read = |row: &str| {
            let table = format!("model,id,prompt_tokens,completion_tokens,note\n{row}\n");
            Records::new(table.as_bytes()).next().map(|record| record.is_ok())
        };
        assert_eq!(read("gpt-5,a,9,3,"), Some(true));
        assert_eq!(read(",,9,3,"), Some(true));
        // Reports have such rows for times without calls.
        assert_eq!(read(",,,,nothing"), None);
        for row in ["gpt-5,,,,", ",a,,,", ",,9,,", "gpt-5,a,,,"] {
            assert_eq!(read(row), Some(false), "{row}");
        }
    }
}
