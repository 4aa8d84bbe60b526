//! Reports to where they belong, and errors to standard error.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};

use crate::cli::args::{Global, When};
use crate::cli::draft::{self, Draft, Failure, unwritten};
use crate::cli::exit_status::ExitStatus;
use crate::cli::place::{Place, choice};
use crate::cli::settings::Settings;
use crate::cli::streams::Streams;
use crate::gate::Verdict;
use crate::report::{
    Answer, DefaultModel, Format, Problem, Report, TerminalOptions, Widget, printable, render,
    render_in_parts, workbook,
};
use crate::{Error, ErrorKind};

/// The width of tables outside of a terminal.
const PIPE_WIDTH: u16 = 100;

const ERROR: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));
const WARNING: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Yellow)));
const HINT: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Cyan)));

/// The result of a verb.
pub(crate) struct Answered<T: Answer> {
    pub(crate) results: Vec<T>,
    pub(crate) total: Option<T::Total>,
    /// What has no answer; already reported.
    pub(crate) errors: Vec<Error>,
    pub(crate) warnings: Vec<String>,
    /// What of a page answers by itself.
    pub(crate) widgets: Vec<Widget>,
    /// What a gate made of the results.
    pub(crate) verdict: Verdict,
}

impl<T: Answer> Answered<T> {
    /// Results without a sum and without a gate.
    pub(crate) fn new(results: Vec<T>, errors: Vec<Error>, warnings: Vec<String>) -> Self {
        Self { results, total: None, errors, warnings, widgets: Vec::new(), verdict: Verdict::Pass }
    }

    /// Writes the report where it belongs.
    pub(crate) fn finish(self, settings: &Settings) -> anyhow::Result<ExitStatus> {
        self.write(settings, settings.output.as_deref())
    }

    /// Writes the report to standard output, because --output names another file.
    pub(crate) fn finish_beside(self, settings: &Settings) -> anyhow::Result<ExitStatus> {
        self.write(settings, None)
    }

    /// Writes the report to standard error, where standard output is for something else; a form other
    /// than the table goes to standard output all the same, which the verb left free then.
    pub(crate) fn finish_aside(self, settings: &Settings) -> anyhow::Result<ExitStatus> {
        let (outcome, report) = self.report(settings);
        if !settings.quiet {
            let text = render(&report, Format::Table, terminal_options(settings, PIPE_WIDTH))?;
            let _ = stderr(settings).write_all(text.as_bytes());
        }
        export(&report, settings)?;
        if settings.format() != Format::Table {
            to_stdout(&report, settings.format(), settings)?;
        }
        Ok(outcome)
    }

    fn write(self, settings: &Settings, output: Option<&Path>) -> anyhow::Result<ExitStatus> {
        let (outcome, report) = self.report(settings);
        emit(&report, settings, output)?;
        Ok(outcome)
    }

    /// The report, and how the command ends.
    pub(crate) fn report(self, settings: &Settings) -> (ExitStatus, Report<T>) {
        let outcome = ExitStatus::of(self.errors.len(), self.verdict);
        let mut report = Report::new(&settings.catalog, settings.as_of, self.results, self.total);
        report.errors = self.errors.iter().map(Problem::from).collect();
        report.default_model = settings.default_model().cloned();
        let default = report.default_model.as_ref().and_then(DefaultModel::warning);
        report.warnings = default.into_iter().chain(self.warnings).collect();
        report.widgets = self.widgets;
        (outcome, report)
    }
}

/// Writes a report to standard output or to a file, to every export, and its warnings and errors
/// to standard error.
fn emit<T: Answer>(
    report: &Report<T>,
    settings: &Settings,
    output: Option<&Path>,
) -> anyhow::Result<()> {
    for warning in &report.warnings {
        warn(settings, warning);
    }
    export(report, settings)?;
    let form = if output.is_some() { settings.file_format() } else { settings.format() };
    write_form(report, form, output, settings)
}

/// Writes a report to a file, or to standard output.
pub(crate) fn write_form<T: Answer>(
    report: &Report<T>,
    form: Format,
    path: Option<&Path>,
    settings: &Settings,
) -> anyhow::Result<()> {
    match path {
        Some(path) => write_to(path, report, form, settings),
        None => to_stdout(report, form, settings),
    }
}

/// Writes a report to every export.
fn export<T: Answer>(report: &Report<T>, settings: &Settings) -> anyhow::Result<()> {
    settings.exports.iter().try_for_each(|(format, path)| write_to(path, report, *format, settings))
}

/// Reports an error and what to do about it.
pub(crate) fn problem(error: &Error, settings: &Settings) {
    // There is nowhere to report that standard error is closed.
    let _ = write_error(&mut stderr(settings), &error.to_string(), error.hint_text());
}

/// Reports errors. Of those that say the same of many lines of a file, the first is reported, with their number.
pub(crate) fn problems(errors: &[Error], settings: &Settings) {
    let saying = |error: &'_ Error| {
        let source = error.source_name().map(ToOwned::to_owned);
        (source, error.message().to_owned(), error.hint_text().map(ToOwned::to_owned))
    };
    let mut times: HashMap<_, usize> = HashMap::new();
    for error in errors {
        *times.entry(saying(error)).or_default() += 1;
    }
    for first in errors {
        let Some(times) = times.remove(&saying(first)) else { continue };
        problem(first, settings);
        if times > 1 {
            let places = first.source_name().unwrap_or("the input");
            let more = crate::units::plural(times - 1, "more place");
            let _ = writeln!(stderr(settings), "       the same in {more} of {places}");
        }
    }
}

/// Reports the error that ended the program.
pub(crate) fn error(error: &anyhow::Error, color: When) {
    let hint = error.chain().find_map(|cause| cause.downcast_ref::<Error>()?.hint_text());
    let mut stderr = Streams::World.messages(choice(color));
    let _ = write_error(&mut stderr, &format!("{error:#}"), hint);
}

/// The error that ended the program, for a program that called it.
pub(crate) fn told(error: &anyhow::Error) -> Error {
    let own = error.chain().find_map(|cause| cause.downcast_ref::<Error>());
    let kind = own.map_or(ErrorKind::Usage, Error::kind);
    let told = Error::new(kind, format!("{error:#}"));
    match own.and_then(Error::hint_text) {
        Some(hint) => told.hint(hint),
        None => told,
    }
}

/// Prints a warning, unless --quiet.
pub(crate) fn warn(settings: &Settings, text: &str) {
    if !settings.quiet {
        let _ = writeln!(stderr(settings), "{WARNING}warning:{WARNING:#} {}", printable(text));
    }
}

/// Prints a note, unless --quiet.
pub(crate) fn note(settings: &Settings, text: &str) {
    if !settings.quiet {
        let _ = writeln!(stderr(settings), "{}", printable(text));
    }
}

/// Writes what `--verbose` asks for.
pub(crate) fn verbose(settings: &Settings, text: &str) {
    if settings.verbose {
        let _ = writeln!(stderr(settings), "{}", printable(text));
    }
}

fn write_error(stderr: &mut impl Write, message: &str, hint: Option<&str>) -> io::Result<()> {
    writeln!(stderr, "{ERROR}error:{ERROR:#} {}", printable(message))?;
    hint.map_or(Ok(()), |hint| writeln!(stderr, "{HINT}hint:{HINT:#} {}", printable(hint)))
}

fn to_stdout<T: Answer>(
    report: &Report<T>,
    format: Format,
    settings: &Settings,
) -> anyhow::Result<()> {
    let is_terminal = matches!(settings.streams, Streams::World) && io::stdout().is_terminal();
    let terminal = terminal_size::terminal_size().filter(|_| is_terminal);
    let width = terminal.map_or(PIPE_WIDTH, |(width, _)| width.0);
    put_all(report, format, width, None, settings)
}

/// Writes a text to standard output or to a file, bit by bit where it is long.
fn put_all<T: Answer>(
    report: &Report<T>,
    format: Format,
    width: u16,
    path: Option<&Path>,
    settings: &Settings,
) -> anyhow::Result<()> {
    let mut place = Place::of(path, format, settings)?;
    let layout = terminal_options(settings, width);
    render_in_parts(report, format, layout, &mut |text| place.put(text))?;
    Ok(place.finish(settings)?)
}

/// How tables are laid out: the width that the user names, else the one that is found.
fn terminal_options(settings: &Settings, width: u16) -> TerminalOptions {
    TerminalOptions {
        width: settings.width.unwrap_or(width),
        pictures: settings.pictures,
        verbose: settings.verbose,
    }
}

fn write_to<T: Answer>(
    path: &Path,
    report: &Report<T>,
    format: Format,
    settings: &Settings,
) -> anyhow::Result<()> {
    if path == Path::new("-") {
        return to_stdout(report, format, settings);
    }
    let content = match format {
        Format::Xlsx => workbook(report)?,
        // The steps of a job share one file.
        Format::Summary => {
            let text = render(report, format, terminal_options(settings, PIPE_WIDTH))?;
            anstream::adapter::strip_str(&text).to_string().into_bytes()
        }
        _ => return put_all(report, format, PIPE_WIDTH, Some(path), settings),
    };
    if settings.streams.keep(path, &content) {
        return Ok(());
    }
    let written = match format {
        Format::Summary => append(path, &content),
        _ => write_file(path, &content, true),
    };
    written.map_err(|failure| unwritten(path, failure).into())
}

/// Writes a text to a file, over an existing one only if that is wanted.
pub(crate) fn write_text(path: &Path, text: &str, over: bool) -> Result<(), Error> {
    write_file(path, text.as_bytes(), over).map_err(|failure| unwritten(path, failure))
}

/// Refuses a file that is there already: existing work is never replaced.
pub(crate) fn refuse_existing(path: &Path) -> Result<(), Error> {
    if fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    let message = format!("`{}` is there already", path.display());
    Err(Error::new(ErrorKind::Usage, message)
        .hint("name a new file with -o, or replace the old one with --force"))
}

/// Makes a folder, and those above it.
pub(crate) fn make_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|e| unwritten(path, draft::told(&e)))
}

/// Writes a text over a file only where that is of the same kind, or empty.
pub(crate) fn replace(
    path: &Path,
    text: &str,
    kind: &str,
    is_kind: impl Fn(&str) -> bool,
) -> Result<(), Error> {
    let old = fs::metadata(path).is_ok_and(|found| found.is_file()).then(|| fs::read(path));
    let old = old.and_then(Result::ok).unwrap_or_default();
    if old.is_empty() || str::from_utf8(&old).is_ok_and(is_kind) {
        return write_text(path, text, true);
    }
    Err(Error::new(ErrorKind::Usage, format!("`{}` is not {kind}, and is kept", path.display()))
        .hint("name another file, or remove it first"))
}

/// Refuses to write a report over what the command reads, or two reports to one file.
pub(crate) fn check_targets(global: &Global, arguments: &[OsString]) -> Result<(), Error> {
    let written = global.export.iter().filter(|(format, _)| *format != Format::Summary);
    let targets: Vec<&Path> =
        global.output.iter().chain(written.map(|(_, path)| path)).map(PathBuf::as_path).collect();
    for (i, target) in targets.iter().enumerate() {
        let is_file = |path: &Path| fs::metadata(path).is_ok_and(|found| found.is_file());
        if targets[..i].contains(target)
            && (*target == Path::new("-") || !target.exists() || is_file(target))
        {
            let message = format!("two reports go to `{}`", target.display());
            return Err(Error::new(ErrorKind::Usage, message).hint("name a file for each"));
        }
        if !is_file(target) {
            continue;
        }
        let is_target = |read: &OsStr| is_same_file(Path::new(read), target);
        if inputs(arguments).any(is_target) {
            let message = format!("`{}` is read, and would be written over", target.display());
            return Err(Error::new(ErrorKind::Usage, message).hint("name another file"));
        }
    }
    Ok(())
}

/// Whether two paths name one file: by other spellings, links, or as hard links.
fn is_same_file(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    if let (Ok(one), Ok(other)) = (fs::metadata(one), fs::metadata(other)) {
        use std::os::unix::fs::MetadataExt as _;
        return (one.dev(), one.ino()) == (other.dev(), other.ino());
    }
    let place = fs::canonicalize(other).ok();
    place.is_some() && fs::canonicalize(one).ok() == place
}

/// The arguments that may name a file to read: all but the targets of reports, and what follows a `=`.
fn inputs(arguments: &[OsString]) -> impl Iterator<Item = &OsStr> {
    let is_target = |argument: &OsStr| {
        let name = argument.to_str().unwrap_or_default();
        ["-o", "--output", "--export"].contains(&name)
    };
    let pairs = arguments.iter().enumerate().skip(1);
    let read = pairs.filter(move |(i, _)| !is_target(&arguments[i - 1]));
    read.filter(|(_, argument)| {
        let bytes = argument.as_encoded_bytes();
        !bytes.starts_with(b"-o")
            && !bytes.starts_with(b"--output=")
            && !bytes.starts_with(b"--export=")
    })
    .map(|(_, argument)| argument.as_os_str())
}

/// Adds to the end of a file, which is made where there is none.
fn append(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let file = fs::OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(content)).map_err(|e| draft::told(&e))
}

/// Writes a file whole or not at all; other than regular files (a pipe, a device) are written through.
fn write_file(path: &Path, content: &[u8], over: bool) -> Result<(), Failure> {
    let mut draft = Draft::at(path)?;
    draft.write(content)?;
    draft.finish(over)
}

fn stderr(settings: &Settings) -> Box<dyn Write> {
    settings.streams.messages(choice(settings.color))
}
