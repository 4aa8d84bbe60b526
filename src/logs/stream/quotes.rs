//! Where rows of CSV end that go over several lines.

/// How far a CSV text has been looked through for ends of rows, as the reader of rows will read it:
/// a quote opens a field at its beginning alone, and closes it before a delimiter or a line end.
#[derive(Debug)]
pub(crate) struct Quotes {
    seen: usize,
    pub(crate) state: Quote,
    /// How many line ends were seen, less those of blocks that are done.
    lines: usize,
    /// The line of what is not cut yet on which the quoted field began.
    pub(crate) opened: usize,
    /// The lines of what is not cut yet from which to which a quoted field goes that something follows.
    pub(crate) broken: Option<(usize, usize)>,
}

/// Where in a row the text has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quote {
    /// At the beginning of a field.
    Start,
    /// In a field without quotes.
    Plain,
    /// In a quoted field.
    Inside,
    /// After a quote in a quoted field: its end, or the first of two.
    Closing,
}

impl Default for Quotes {
    fn default() -> Self {
        Self { seen: 0, state: Quote::Start, lines: 0, opened: 0, broken: None }
    }
}

impl Quotes {
    /// The end of the last row that is whole: a line end outside of quotes. What is left is to be shown
    /// again, with more behind it.
    pub(crate) fn last_row(&mut self, bytes: &[u8], delimiter: u8) -> usize {
        let (mut last_row, mut lines_of_rows) = (0, 0);
        for (i, b) in bytes.iter().enumerate().skip(self.seen) {
            self.state = match (self.state, *b) {
                (Quote::Inside, b'"') => Quote::Closing,
                (Quote::Inside, _) | (Quote::Closing, b'"') => Quote::Inside,
                (_, b'\n' | b'\r') => Quote::Start,
                (_, b) if b == delimiter => Quote::Start,
                (Quote::Start, b'"') => {
                    self.opened = self.lines;
                    Quote::Inside
                }
                (Quote::Closing, _) => {
                    self.broken = self.broken.or(Some((self.opened, self.lines)));
                    Quote::Plain
                }
                _ => Quote::Plain,
            };
            if *b == b'\n' {
                self.lines += 1;
                if self.state == Quote::Start {
                    last_row = i + 1;
                    lines_of_rows = self.lines;
                }
            }
        }
        self.seen = bytes.len() - last_row;
        self.lines -= lines_of_rows;
        self.opened = self.opened.saturating_sub(lines_of_rows);
        last_row
    }
}
