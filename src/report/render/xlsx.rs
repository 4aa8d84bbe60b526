//! A workbook for spreadsheets: the report as people read it on the first sheet, every figure of every result on
//! the second.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format as CellFormat, Workbook, Worksheet, XlsxError,
};
use serde_json::Value;

use super::csv::{cell, columns};
use super::json::unserialisable;
use crate::report::answer::{Answer, Report};
use crate::report::document::{Align, Document, DocumentBlock, Emphasis, Table};
use crate::{Error, ErrorKind};

/// The largest integer that a spreadsheet holds exactly: it has floating-point numbers alone.
const EXACT: i64 = 1 << 53;

/// The report as a workbook of Excel 2007 and later.
///
/// # Errors
/// [`ErrorKind::Usage`] for more rows than a sheet holds (1,048,576).
pub fn workbook<T: Answer>(report: &Report<T>) -> Result<Vec<u8>, Error> {
    write(report).map_err(|e| match e {
        Failure::Json(e) => unserialisable(e),
        Failure::Sheet(e) => {
            Error::new(ErrorKind::Usage, format!("the report does not fit a workbook: {e}"))
                .hint("write CSV instead")
        }
    })
}

enum Failure {
    Json(serde_json::Error),
    Sheet(XlsxError),
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

impl From<XlsxError> for Failure {
    fn from(error: XlsxError) -> Self {
        Self::Sheet(error)
    }
}

fn write<T: Answer>(report: &Report<T>) -> Result<Vec<u8>, Failure> {
    let mut workbook = Workbook::new();
    // The same input gives the same bytes: the day of the report is taken for the time of writing.
    let day = report.as_of;
    let day = ExcelDateTime::from_ymd(
        u16::try_from(day.year()).unwrap_or(1900),
        u8::try_from(day.month()).unwrap_or(1),
        u8::try_from(day.day()).unwrap_or(1),
    )?;
    let title = format!("outlay {}", T::COMMAND);
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&day));
    let sheet = workbook.add_worksheet().set_name("Report")?;
    Page { sheet, row: 0 }.document(&T::document(report).printable())?;
    sheet.autofit();
    let records = T::records(report)?;
    let sheet = workbook.add_worksheet().set_name("Data")?;
    data(sheet, &columns(T::COLUMNS), &records)?;
    Ok(workbook.save_to_buffer()?)
}

/// One row for each result, with the columns of CSV.
fn data(sheet: &mut Worksheet, columns: &[String], records: &[Value]) -> Result<(), XlsxError> {
    for (column, name) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, column, name, &bold())?;
        let is_money =
            name.rsplit('.').nth(1).unwrap_or(name).ends_with("_usd") || name.ends_with("_usd");
        for (row, record) in (1_u32..).zip(records) {
            let text = cell(record, name);
            let value = name.split('.').try_fold(record, |value, key| value.get(key));
            let number = value.is_some_and(Value::is_number) || is_money;
            match text.parse::<f64>().ok().filter(|_| number) {
                Some(_) if text.parse::<i64>().is_ok_and(|whole| whole.abs() > EXACT) => {
                    sheet.write_string(row, column, &text)?;
                }
                Some(number) if is_money => {
                    sheet.write_number_with_format(row, column, number, &money(6))?;
                }
                Some(number) => {
                    sheet.write_number(row, column, number)?;
                }
                None if text.is_empty() => {}
                None => {
                    sheet.write_string(row, column, &text)?;
                }
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?.autofit();
    Ok(())
}

/// The first sheet, written from top to bottom.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
}

impl Page<'_> {
    fn document(&mut self, document: &Document) -> Result<(), XlsxError> {
        for block in &document.blocks {
            match block {
                DocumentBlock::Headline(headline) => {
                    let figure = format!("{} {}", headline.figure, headline.what);
                    self.text(&figure, &bold().set_font_size(14))?;
                    self.text(&headline.change, &CellFormat::new())?;
                }
                DocumentBlock::Title(title) => self.text(title, &bold())?,
                DocumentBlock::Facts(facts) => {
                    for fact in facts {
                        self.sheet.write_string(self.row, 0, fact.label)?;
                        self.value(1, &fact.value, true)?;
                        self.sheet.write_string(self.row, 2, &fact.remark)?;
                        self.row += 1;
                    }
                    self.row += 1;
                }
                DocumentBlock::Pairs(pairs) => {
                    let mut written = Ok(());
                    pairs.each(|name, value| {
                        if written.is_ok() {
                            written = self.pair(&name, &value);
                        }
                    });
                    written?;
                    self.row += 1;
                }
                DocumentBlock::Table(table) => self.table(table)?,
                DocumentBlock::Line(emphasis, text) => {
                    let is_answer =
                        matches!(emphasis, Emphasis::Good | Emphasis::Caution | Emphasis::Bad);
                    self.text(text, &if is_answer { bold() } else { CellFormat::new() })?;
                }
                DocumentBlock::Diagnostic(diagnostic) => {
                    self.text(&diagnostic.message, &CellFormat::new())?;
                }
                DocumentBlock::Fold(title, inside) => {
                    self.text(title, &bold())?;
                    self.document(inside)?;
                }
                DocumentBlock::Chart { chart, figures } => {
                    self.text(&chart.title, &bold())?;
                    self.table(figures)?;
                }
                DocumentBlock::Closing | DocumentBlock::Widget(_) | DocumentBlock::Tag(_) => {}
            }
        }
        Ok(())
    }

    fn pair(&mut self, name: &str, value: &str) -> Result<(), XlsxError> {
        self.sheet.write_string(self.row, 0, name)?;
        self.sheet.write_string(self.row, 1, value)?;
        self.row += 1;
        Ok(())
    }

    /// A line across the columns; it does not widen the first one.
    fn text(&mut self, text: &str, format: &CellFormat) -> Result<(), XlsxError> {
        if text.is_empty() {
            return Ok(());
        }
        self.sheet.merge_range(
            self.row,
            0,
            self.row,
            WIDTH,
            text,
            &format.clone().set_text_wrap(),
        )?;
        self.row += 1;
        Ok(())
    }

    fn table(&mut self, table: &Table) -> Result<(), XlsxError> {
        for (column, head) in (0_u16..).zip(&table.columns) {
            self.sheet.write_string_with_format(self.row, column, &head.title, &bold())?;
        }
        for row in &table.rows {
            self.row += 1;
            for ((column, head), text) in (0_u16..).zip(&table.columns).zip(&row.cells) {
                self.value(column, text, head.align == Align::Right)?;
            }
        }
        self.row += 2;
        Ok(())
    }

    /// A cell: amounts, counts and shares as numbers, so that a spreadsheet can add them up.
    fn value(&mut self, column: u16, text: &str, may_be_number: bool) -> Result<(), XlsxError> {
        let number = if may_be_number { Figure::read(text) } else { None };
        match number {
            Some(Figure { number, format }) => {
                self.sheet.write_number_with_format(self.row, column, number, &format)?;
            }
            None if text.is_empty() => {}
            None => {
                self.sheet.write_string(self.row, column, text)?;
            }
        }
        Ok(())
    }
}

/// How many columns a sentence spans.
const WIDTH: u16 = 8;

fn bold() -> CellFormat {
    CellFormat::new().set_bold()
}

fn money(decimals: usize) -> CellFormat {
    CellFormat::new().set_num_format(format!("$#,##0.00{}", "#".repeat(decimals.saturating_sub(2))))
}

/// A number as reports write it: `$1,234.56`, `12,140`, `5.1 %`.
struct Figure {
    number: f64,
    format: CellFormat,
}

impl Figure {
    fn read(text: &str) -> Option<Self> {
        let (sign, rest) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
        let (rest, is_money) = rest.strip_prefix('$').map_or((rest, false), |rest| (rest, true));
        let (rest, is_share) = rest.strip_suffix(" %").map_or((rest, false), |rest| (rest, true));
        if !rest.starts_with(|c: char| c.is_ascii_digit())
            || !rest.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.')
        {
            return None;
        }
        let digits: String = rest.chars().filter(|c| *c != ',').collect();
        let decimals = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        // The digits are moved, not divided, so that 8.8 % is 0.088 to the last bit.
        let exponent = if is_share { "e-2" } else { "" };
        let number = sign * format!("{digits}{exponent}").parse::<f64>().ok()?;
        let format = match (is_money, is_share) {
            (true, _) => money(decimals),
            // A space before the sign, as in the report.
            (_, true) => CellFormat::new().set_num_format(places("0", decimals) + " %"),
            _ => CellFormat::new().set_num_format(places("#,##0", decimals)),
        };
        Some(Self { number, format })
    }
}

fn places(whole: &str, decimals: usize) -> String {
    match decimals {
        0 => whole.to_owned(),
        n => format!("{whole}.{}", "0".repeat(n)),
    }
}
