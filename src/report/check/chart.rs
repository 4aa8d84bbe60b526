//! Budgets against their limits.

use super::result::BudgetRow;
use crate::budget::Bound;
use crate::gate::Verdict;
use crate::report::chart::{Axis, Bar, Chart, ChartSpec, Color, Group, Mark, Rows, Segment, Unit};
use crate::report::document::{Document, Table};
use crate::report::emphasis::Emphasis;

/// So many budgets are drawn; the table has them all.
const SHOWN: usize = 25;
/// A budget that is exceeded more than this is drawn so, and its words tell the rest.
const LONGEST: f64 = 2.0;

impl BudgetRow {
    /// Its name, and which end of a range it bounds.
    pub(super) fn label(&self) -> String {
        let of = match self.of {
            Some(Bound::P95) => " p95",
            Some(Bound::WorstCase) => " worst",
            _ => "",
        };
        format!("{}{of}", self.name)
    }

    /// Adds the picture of budgets with what they are budgets of, the worst first: of those that were measured the
    /// first, with how many of how many are met.
    pub(super) fn add_chart<'a>(
        rows: impl Iterator<Item = (&'a Self, String)>,
        (met, all): (usize, usize),
        document: &mut Document,
    ) {
        let mut figures =
            Table::default().texts(["", "budget"]).numbers(["measured", "limit", "used"]);
        let mut groups = Vec::new();
        let (mut most, mut longest) = (1.0_f64, 0.0_f64);
        let rows = rows.filter_map(|(budget, subject)| Some((budget, budget.measured?, subject)));
        for (budget, measured, subject) in rows.take(SHOWN) {
            let color = match budget.verdict {
                Verdict::Pass => Color::Teal,
                Verdict::Warn => Color::Orange,
                Verdict::Fail => Color::Red,
            };
            let used = if budget.used.is_finite() {
                format!("{:.0} %", budget.used * 100.0)
            } else {
                String::new()
            };
            let limit = if budget.name == "min_room" { "at least" } else { "of" };
            let value = format!("{measured} {limit} {}", budget.limit);
            // A bar that goes on beyond the axis is drawn with a break.
            let to = budget.used.max(0.0);
            (most, longest) = (most.max(to.min(LONGEST)), longest.max(to));
            groups.push(Group {
                name: format!("{} · {subject}", budget.label()),
                bars: vec![Bar {
                    segments: vec![Segment {
                        to,
                        color,
                        says: format!("{}: {value}", budget.verdict),
                    }],
                    range: None,
                    value: value.clone(),
                }],
            });
            let verdict = budget.verdict.to_string();
            let name = format!("{} · {subject}", budget.label());
            figures.row([verdict, name, measured.to_string(), budget.limit.to_string(), used]);
        }
        if groups.is_empty() {
            return;
        }
        let clipped = if longest > LONGEST {
            format!(" Bars with a break go on beyond {:.0} % of the limit.", LONGEST * 100.0)
        } else {
            String::new()
        };
        let shown =
            if all > SHOWN { format!(" The first {SHOWN} are shown.") } else { String::new() };
        let rows = Rows {
            axis: Axis::new("share of the budget that is used", Unit::Share, 0.0, most),
            legend: [(Color::Teal, "met"), (Color::Orange, "warning"), (Color::Red, "failed")]
                .map(|(c, n)| (c, n.to_owned()))
                .to_vec(),
            groups,
            marks: vec![Mark::x(1.0, "limit", Emphasis::Plain)],
        };
        let summary = format!("{met} of {all} budgets are met.{shown}{clipped}");
        let title = "Budgets against their limits".to_owned();
        document.chart(Chart { title, summary, spec: ChartSpec::Rows(rows) }, figures);
    }
}
