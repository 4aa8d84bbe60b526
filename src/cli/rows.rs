//! Results that are written as they come: a corpus has millions.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::cli::exit_status::ExitStatus;
use crate::cli::output::{self, Answered};
use crate::cli::place::Place;
use crate::cli::settings::Settings;
use crate::report::{
    Answer, Format, MOST_ON_PAGE, Report, RetiredModel, RowAnswer, ShownRows, Spreads, UnshownRows,
    csv_columns, csv_head, csv_line, json_around, json_element,
};

/// The forms in which each result is written at once.
#[derive(Debug)]
pub(crate) struct RowForms {
    json: bool,
    /// Its columns.
    csv: Option<Vec<String>>,
}

/// A result with what is written of it.
pub(crate) struct WrittenRow<T> {
    pub(crate) row: T,
    json: Option<Result<String, Error>>,
    csv: Option<Result<String, Error>>,
}

impl RowForms {
    /// A result, written in these forms; what takes time of it, which several threads can share.
    pub(crate) fn write<T: RowAnswer>(&self, row: T) -> WrittenRow<T> {
        // What is large is written when it is its turn.
        let json = (self.json && !row.is_large()).then(|| json_element(&row));
        let csv = self.csv.as_ref().map(|columns| csv_line(&row, columns));
        WrittenRow { row, json, csv }
    }
}

/// The forms of one report: JSON and CSV grow with every result; what people read, and a workbook, is laid out at
/// the end.
pub(crate) struct RowOutput<'s, T: Answer> {
    settings: &'s Settings,
    growing: Vec<Growing>,
    late: Vec<(Format, Option<PathBuf>)>,
    kept: KeptRows<T>,
    spreads: Spreads,
    /// Those that the results are about.
    models: BTreeSet<String>,
    /// How many results there were.
    rows: usize,
    /// What kept a form from being written.
    failure: Option<anyhow::Error>,
}

impl<'s, T: RowAnswer> RowOutput<'s, T> {
    /// Begins every form that the command asks for.
    ///
    /// `is_whole` says that a form for people needs all results, whatever it shows of many.
    pub(crate) fn begin(settings: &'s Settings, is_whole: bool) -> anyhow::Result<Self> {
        let form = match &settings.output {
            Some(path) => (settings.file_format(), Some(path.clone())),
            None => (settings.format(), None),
        };
        let exports = settings.exports.iter().cloned();
        let forms: Vec<_> = exports.map(|(form, path)| (form, Some(path))).chain([form]).collect();
        let to_stdout =
            |path: &Option<PathBuf>| path.as_deref().is_none_or(|p| p == Path::new("-"));
        // Two reports follow each other on standard output.
        let alone = forms.iter().filter(|(_, path)| to_stdout(path)).count() < 2;
        let (mut growing, mut late) = (Vec::new(), Vec::new());
        for (form, path) in forms {
            let grows = form == Format::Json || form == Format::Csv && T::GROWS_AS_CSV;
            if grows && (alone || !to_stdout(&path)) {
                let place = path.as_deref().filter(|_| !to_stdout(&path));
                let place = Place::of(place, form, settings)?;
                growing.push(Growing { form, place, rows: 0 });
            } else {
                late.push((form, path));
            }
        }
        let all =
            late.iter().any(|(form, _)| matches!(form, Format::Json | Format::Csv | Format::Xlsx));
        let is_terminal = late.iter().all(|(form, _)| *form == Format::Table);
        let shown = match T::SHOWN {
            _ if all || is_whole => ShownRows::Largest(usize::MAX),
            ShownRows::LargestInTerminal(most) if is_terminal => ShownRows::Largest(most),
            ShownRows::LargestInTerminal(_) => ShownRows::Largest(MOST_ON_PAGE),
            shown => shown,
        };
        let (rows, left_out) = (Vec::new(), UnshownRows::default());
        let kept = KeptRows { shown, rows, least: None, is_past: false, left_out };
        let spreads = Spreads::default();
        let models = BTreeSet::new();
        Ok(Self { settings, growing, late, kept, spreads, models, rows: 0, failure: None })
    }

    /// The forms that grow.
    pub(crate) fn forms(&self) -> RowForms {
        let has = |form| self.growing.iter().any(|growing| growing.form == form);
        let csv = has(Format::Csv).then(|| csv_columns(T::COLUMNS));
        RowForms { json: has(Format::Json), csv }
    }

    /// Whether there is no result yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Takes the next result.
    pub(crate) fn push(&mut self, written: WrittenRow<T>) {
        if let Err(failure) = self.grow(&written) {
            self.failure.get_or_insert(failure);
        }
        self.rows += 1;
        self.spreads.extend(written.row.row());
        if let Some(model) = written.row.model().filter(|model| !self.models.contains(*model)) {
            self.models.insert(model.to_owned());
        }
        if !self.late.is_empty() {
            self.kept.push(self.rows, written.row);
        }
    }

    fn grow(&mut self, written: &WrittenRow<T>) -> anyhow::Result<()> {
        for growing in &mut self.growing {
            let (before, line) = match growing.form {
                Format::Json if growing.rows == 0 => {
                    let settings = self.settings;
                    let report = Report::<T>::new(&settings.catalog, settings.as_of, vec![], None);
                    (json_around(&report)?.0 + "\n    ", &written.json)
                }
                Format::Json => (",\n    ".to_owned(), &written.json),
                _ if growing.rows == 0 => (csv_head::<T>()?, &written.csv),
                _ => (String::new(), &written.csv),
            };
            growing.rows += 1;
            growing.place.put(&before)?;
            match line {
                Some(line) => growing.place.put(line.as_ref().map_err(Clone::clone)?)?,
                None => growing.place.put_element(&written.row)?,
            }
        }
        Ok(())
    }

    /// Whether every result is wanted whole, not only those that a form for people shows.
    pub(crate) fn wants_all(&self) -> bool {
        !self.growing.is_empty() || self.kept.shown == ShownRows::Largest(usize::MAX)
    }

    /// Ends every form with what is beside the results, of which it has none itself; errors are reported already.
    pub(crate) fn finish(self, beside: Answered<T>) -> anyhow::Result<ExitStatus> {
        let Self { settings, growing, late, kept, spreads, models, failure, .. } = self;
        if let Some(failure) = failure {
            return Err(failure);
        }
        let (rows, left_out) = kept.finish();
        let (outcome, mut report) = beside.report(settings);
        report.datasets = spreads.finish();
        let retired = |model: &String| RetiredModel::of(model, &settings.catalog, settings.as_of);
        report.retired = models.iter().filter_map(retired).collect();
        for warning in &report.warnings {
            output::warn(settings, warning);
        }
        for growing in growing {
            growing.finish(&report, settings)?;
        }
        (report.results, report.left_out) = (rows, left_out);
        for (form, path) in late {
            output::write_form(&report, form, path.as_deref(), settings)?;
        }
        Ok(outcome)
    }
}

/// So many results, and a quarter of those that are shown, are kept for a while besides.
const BESIDE: usize = 64;

/// The results of the forms that are laid out at the end.
struct KeptRows<T> {
    shown: ShownRows,
    /// With their numbers.
    rows: Vec<(usize, T)>,
    /// The size of the smallest of the largest so far.
    least: Option<i128>,
    /// Whether there was one of another input than the first.
    is_past: bool,
    left_out: UnshownRows,
}

impl<T: RowAnswer> KeptRows<T> {
    fn push(&mut self, number: usize, row: T) {
        self.is_past = self.is_past
            || self.rows.first().is_some_and(|(_, first)| first.input() != row.input());
        let most = match self.shown {
            ShownRows::Largest(most) | ShownRows::LargestInTerminal(most) => most,
            // What all others come to is in the sum.
            ShownRows::OfFirstInput if self.is_past => return,
            ShownRows::OfFirstInput => usize::MAX,
        };
        if self.least.is_some_and(|least| row.size() <= least) {
            self.left_out.add(&row);
            return;
        }
        self.rows.push((number, row));
        if self.rows.len() >= most.saturating_add(most / 4 + BESIDE) {
            self.cut();
        }
    }

    /// Leaves out all but the largest. Models beside each other for one input all stay.
    fn cut(&mut self) {
        let ShownRows::Largest(most) = self.shown else { return };
        if self.rows.len() <= most || !self.is_past {
            return;
        }
        let size = |(number, row): &(usize, T)| (Reverse(row.size()), *number);
        let (_, (_, least), _) = self.rows.select_nth_unstable_by_key(most - 1, size);
        self.least = Some(least.size());
        self.rows.drain(most..).for_each(|(_, row)| self.left_out.add(&row));
    }

    /// In their order.
    fn finish(mut self) -> (Vec<T>, UnshownRows) {
        self.cut();
        self.rows.sort_by_key(|(number, _)| *number);
        (self.rows.into_iter().map(|(_, row)| row).collect(), self.left_out)
    }
}

/// A form that grows.
struct Growing {
    form: Format,
    place: Place,
    rows: usize,
}

impl Growing {
    /// Ends it with what a report without results says.
    fn finish<T: Answer>(mut self, report: &Report<T>, settings: &Settings) -> anyhow::Result<()> {
        if self.form == Format::Json {
            let (before, after) = json_around(report)?;
            let before = if self.rows == 0 { before } else { "\n  ".to_owned() };
            self.place.put(&before)?;
            self.place.put(&after)?;
        }
        Ok(self.place.finish(settings)?)
    }
}
