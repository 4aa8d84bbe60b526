//! The whole page: its sections in the order of a reader, and the template that writes them.

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use super::super::envelope::{Answer, Problem, Report};
use super::super::json::unserialisable;
use super::super::page::{Block, Page, Tone};
use super::piece::{Part, Piece, Said, parts};
use crate::Error;

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
/// A page is kept below this many bytes: a mail with it is small, and a browser shows it at once.
const LIMIT: usize = 290_000;
/// Rows of a table that are kept, from all of them down, until the page is small enough.
const KEPT: [usize; 7] = [usize::MAX, 500, 250, 120, 60, 30, 10];

/// What a page says of itself, whatever is on it.
pub(in crate::report) struct Cover<'a> {
    command: &'static str,
    heading: &'static str,
    as_of: String,
    digest: &'a str,
    errors: &'a [Problem],
    warnings: &'a [String],
}

impl<'a> Cover<'a> {
    /// The cover of a report.
    pub(in crate::report) fn of<T: Answer>(report: &'a Report<T>) -> Self {
        Self {
            command: T::COMMAND,
            heading: T::HEADING,
            as_of: report.as_of.to_string(),
            digest: &report.catalog.digest,
            errors: &report.errors,
            warnings: &report.warnings,
        }
    }
}

/// What the template is filled with.
#[derive(Serialize)]
struct Filling<'a> {
    command: &'a str,
    heading: &'a str,
    title: String,
    version: &'static str,
    as_of: &'a str,
    digest: &'a str,
    policy: String,
    style: &'static str,
    errors: Vec<Failure<'a>>,
    sections: Vec<Section<'a>>,
    warnings: Vec<Vec<Part<'a>>>,
    scripts: Vec<&'static str>,
}

#[derive(Serialize)]
struct Failure<'a> {
    at: String,
    message: Vec<Part<'a>>,
    hint: Option<Vec<Part<'a>>>,
}

impl<'a> From<&'a Problem> for Failure<'a> {
    fn from(problem: &'a Problem) -> Self {
        let mut at = problem.input.clone().unwrap_or_default();
        for n in [problem.line, problem.column].into_iter().flatten() {
            at.push_str(&format!(":{n}"));
        }
        Self { at, message: parts(&problem.message), hint: problem.hint.as_deref().map(parts) }
    }
}

/// A heading and what stands below it: the conclusion first, what was assumed last.
#[derive(Default, Serialize)]
struct Section<'a> {
    heading: Option<&'a str>,
    lead: Vec<Said<'a>>,
    body: Vec<Piece<'a>>,
    notes: Vec<Vec<Part<'a>>>,
}

impl Section<'_> {
    /// Takes the conclusion from the end of the body; its last sentence, the most important, comes
    /// first.
    fn conclude(&mut self) {
        let is_said = |piece: &Piece<'_>| matches!(piece, Piece::Said(_));
        if !matches!(self.body.last(), Some(Piece::Said(said)) if said.concludes()) {
            return;
        }
        while self.body.last().is_some_and(is_said) {
            if let Some(Piece::Said(said)) = self.body.pop() {
                self.lead.push(said);
            }
        }
    }

    /// Puts pictures before the tables: who looks at a page looks at them first.
    fn show_first(&mut self) {
        let is_table = |piece: &Piece<'_>| matches!(piece, Piece::Table(_));
        let Some(at) = self.body.iter().position(is_table) else { return };
        let rest = self.body.split_off(at);
        let (figures, rest): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|piece| matches!(piece, Piece::Figure(_)));
        self.body.extend(figures);
        self.body.extend(rest);
    }

    fn is_empty(&self) -> bool {
        self.heading.is_none()
            && self.lead.is_empty()
            && self.body.is_empty()
            && self.notes.is_empty()
    }
}

/// The sections of a page. What closes the page as a whole leads it here, and its notes end it.
fn sections<'a>(page: &'a Page, heading: &'a str, kept: usize) -> Vec<Section<'a>> {
    let mut sections = vec![Section::default()];
    let mut closing = None;
    for block in &page.blocks {
        if let Block::Title(text) = block {
            sections.push(Section { heading: Some(text), ..Section::default() });
        } else if let Block::Closing = block {
            closing = Some(sections.len());
            sections.push(Section::default());
        }
        let Some(section) = sections.last_mut() else { continue };
        match block {
            Block::Line(Tone::Muted, text) => section.notes.push(parts(text)),
            block => {
                let caption = section.heading.unwrap_or(heading);
                section.body.extend(Piece::of(block, caption, kept));
            }
        }
    }
    for section in &mut sections {
        section.conclude();
        section.show_first();
    }
    if let Some(at) = closing {
        let mut whole = sections.remove(at);
        let notes = std::mem::take(&mut whole.notes);
        sections.insert(0, whole);
        sections.push(Section { notes, ..Section::default() });
    }
    sections.retain(|section| !section.is_empty());
    sections
}

/// Writes the page, with as many rows of long tables as keep it small.
pub(in crate::report) fn render(cover: &Cover<'_>, page: &Page) -> Result<String, Error> {
    let mut environment = Environment::new();
    environment.add_template("page.html", TEMPLATE).map_err(unserialisable)?;
    let template = environment.get_template("page.html").map_err(unserialisable)?;
    let mut text = String::new();
    for kept in KEPT {
        let filling = filling(cover, page, kept);
        text = template.render(Serde(filling)).map_err(unserialisable)?;
        text.push('\n');
        if text.len() <= LIMIT {
            break;
        }
    }
    Ok(text)
}

fn filling<'a>(cover: &'a Cover<'a>, page: &'a Page, kept: usize) -> Filling<'a> {
    let widgets = || page.blocks.iter().filter_map(Block::as_widget);
    let sections = sections(page, cover.heading, kept);
    let first = sections.iter().find_map(|section| section.heading);
    let subject = first.map(|heading| format!("{heading} · ")).unwrap_or_default();
    Filling {
        command: cover.command,
        heading: cover.heading,
        title: format!("{subject}outlay {}", cover.command),
        version: env!("CARGO_PKG_VERSION"),
        as_of: &cover.as_of,
        digest: cover.digest,
        policy: policy(widgets().map(|widget| widget.script_digest)),
        style: STYLE,
        errors: cover.errors.iter().map(Failure::from).collect(),
        sections,
        warnings: cover.warnings.iter().map(|warning| parts(warning)).collect(),
        scripts: widgets().map(|widget| widget.script).collect(),
    }
}

/// The content security policy: nothing is loaded, and only the scripts with these digests run.
fn policy<'a>(digests: impl Iterator<Item = &'a str>) -> String {
    let digests: Vec<String> = digests.map(|digest| format!("'sha256-{digest}'")).collect();
    let scripts = if digests.is_empty() { "'none'".to_owned() } else { digests.join(" ") };
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src {scripts}; base-uri 'none'; \
         form-action 'none'"
    )
}
