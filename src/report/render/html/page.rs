//! The whole page: its sections in the order of a reader, and the template that writes them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use super::view::{Part, Piece, Said, left_out, parts};
use crate::Error;
use crate::report::answer::{Answer, Problem, Report};
use crate::report::document::{Document, DocumentBlock, Emphasis, Headline, MOST_ON_PAGE};
use crate::report::render::unserialisable;
use crate::units::grouped;

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str =
    concat!(include_str!("../colors.css"), include_str!("../chart.css"), include_str!("style.css"));
/// A page is kept below this many bytes: a mail with it is small, and a browser shows it at once.
const LIMIT: usize = 490_000;
/// So many further places of one mistake are named.
const PLACES: usize = 3;
/// Entries of every list that are kept, from all that could fit down, until the page is small enough.
const KEPT: [usize; 9] = [MOST_ON_PAGE, 500, 250, 120, 60, 30, 10, 4, 1];

/// What a page says of itself, whatever is on it.
pub(crate) struct Cover<'a> {
    command: &'static str,
    heading: &'static str,
    as_of: String,
    digest: &'a str,
    errors: &'a [Problem],
    warnings: &'a [String],
}

impl<'a> Cover<'a> {
    /// The cover of a report.
    pub(crate) fn of<T: Answer>(report: &'a Report<T>) -> Self {
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
    headline: Option<Answered<'a>>,
    title: String,
    version: &'static str,
    as_of: &'a str,
    digest: &'a str,
    policy: String,
    style: String,
    errors: Vec<Failure<'a>>,
    sections: Vec<Section<'a>>,
    warnings: Vec<Vec<Part<'a>>>,
    scripts: Vec<&'static str>,
}

/// The answer in one figure.
#[derive(Serialize)]
struct Answered<'a> {
    figure: &'a str,
    what: &'a str,
    change: &'a str,
}

/// The first headline of a document.
fn headline(page: &Document) -> Option<Answered<'_>> {
    page.blocks.iter().find_map(|block| match block {
        DocumentBlock::Headline(Headline { figure, what, change }) => {
            Some(Answered { figure, what, change })
        }
        _ => None,
    })
}

#[derive(Serialize)]
struct Failure<'a> {
    at: String,
    /// Where else the same is wrong.
    others: String,
    message: Vec<Part<'a>>,
    hint: Option<Vec<Part<'a>>>,
}

impl<'a> From<&'a Problem> for Failure<'a> {
    fn from(problem: &'a Problem) -> Self {
        let mut at = problem.input.clone().unwrap_or_default();
        for n in [problem.line, problem.column].into_iter().flatten() {
            at.push_str(&format!(":{n}"));
        }
        let message = parts(problem.message.as_str());
        Self { at, others: String::new(), message, hint: problem.hint.as_deref().map(parts) }
    }
}

/// Problems, of which those that say the same are one.
fn failures(problems: &[Problem]) -> Vec<Failure<'_>> {
    let mut groups: Vec<(&Problem, Vec<&Problem>)> = Vec::new();
    let mut places: HashMap<_, usize> = HashMap::new();
    for problem in problems {
        match places.entry((&problem.message, &problem.hint)) {
            Entry::Occupied(place) => groups[*place.get()].1.push(problem),
            Entry::Vacant(place) => {
                place.insert(groups.len());
                groups.push((problem, Vec::new()));
            }
        }
    }
    let failure = |(first, others): (_, Vec<&Problem>)| {
        let places = others.iter().take(PLACES).map(|problem| Failure::from(*problem).at);
        let more = others.len().saturating_sub(PLACES);
        let more = (more > 0).then(|| format!("{} more places", grouped(more)));
        let others = places.chain(more).collect::<Vec<_>>().join(", ");
        Failure { others, ..Failure::from(first) }
    };
    groups.into_iter().map(failure).collect()
}

/// So many entries of a list, and what is said of the others.
fn cut<T>(list: &mut Vec<T>, kept: usize, told: impl Fn(String) -> T) {
    if let Some(rest) = list.len().checked_sub(kept).filter(|rest| *rest > 0) {
        list.truncate(kept);
        list.push(told(left_out(rest)));
    }
}

/// A heading and what follows it: the conclusion first, what was assumed last.
#[derive(Default, Serialize)]
struct Section<'a> {
    /// The name by which a widget finds it.
    id: Option<&'static str>,
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
        // What to do next stays where it is.
        let concludes = |piece: &Piece<'_>| matches!(piece, Piece::Said(said) if said.concludes());
        let last = self.body.iter().rposition(|piece| !is_said(piece) || concludes(piece));
        let Some(last) = last.filter(|last| concludes(&self.body[*last])) else { return };
        let next = self.body.split_off(last + 1);
        while self.body.last().is_some_and(is_said) {
            if let Some(Piece::Said(said)) = self.body.pop() {
                self.lead.push(said);
            }
        }
        self.body.extend(next);
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

    /// Leaves out what exceeds the limits on sentences, remarks and notes.
    fn shorten(&mut self, kept: usize) {
        let is_listed = |piece: &Piece<'_>| matches!(piece, Piece::Said(_) | Piece::Diagnostic(_));
        let all = self.body.iter().filter(|piece| is_listed(piece)).count();
        if let Some(rest) = all.checked_sub(kept).filter(|rest| *rest > 0) {
            let mut left = kept;
            self.body.retain(|piece| {
                let stays = !is_listed(piece) || left > 0;
                left = left.saturating_sub(usize::from(is_listed(piece)));
                stays
            });
            self.body.push(Piece::Said(Said::new(Emphasis::Muted, left_out(rest))));
        }
        cut(&mut self.lead, kept, |text| Said::new(Emphasis::Muted, text));
        cut(&mut self.notes, kept, parts);
    }

    fn is_empty(&self) -> bool {
        self.heading.is_none()
            && self.lead.is_empty()
            && self.body.is_empty()
            && self.notes.is_empty()
    }
}

/// The sections of a page. What closes the page as a whole leads it here, and its notes end it.
fn sections<'a>(page: &'a Document, heading: &'a str, kept: usize) -> Vec<Section<'a>> {
    let mut sections = vec![Section::default()];
    let mut closing = None;
    for block in &page.blocks {
        if let DocumentBlock::Title(text) = block {
            sections.push(Section { heading: Some(text), ..Section::default() });
        } else if let DocumentBlock::Closing = block {
            closing = Some(sections.len());
            sections.push(Section::default());
        }
        let Some(section) = sections.last_mut() else { continue };
        match block {
            DocumentBlock::Line(Emphasis::Muted | Emphasis::Source, text) => {
                section.notes.push(parts(text.as_str()));
            }
            block => {
                let caption = section.heading.unwrap_or(heading);
                section.body.extend(Piece::of(block, caption, kept));
            }
        }
    }
    for section in &mut sections {
        section.conclude();
        section.show_first();
        section.shorten(kept);
    }
    let whole = closing.map(|at| sections.remove(at));
    sections.retain(|section| !section.is_empty());
    let told = |text| Section { notes: vec![parts(text)], ..Section::default() };
    cut(&mut sections, kept, told);
    if let Some(mut whole) = whole {
        let notes = std::mem::take(&mut whole.notes);
        sections.insert(0, Section { id: Some("conclusion"), ..whole });
        sections.push(Section { id: Some("assumptions"), notes, ..Section::default() });
    }
    sections.retain(|section| !section.is_empty());
    sections
}

/// Writes the page, with as many entries of long lists as keep it small.
pub(crate) fn render(cover: &Cover<'_>, page: &Document) -> Result<String, Error> {
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

fn filling<'a>(cover: &'a Cover<'a>, page: &'a Document, kept: usize) -> Filling<'a> {
    let widgets = || page.blocks.iter().filter_map(DocumentBlock::as_widget);
    let sections = sections(page, cover.heading, kept);
    let first = sections.iter().find_map(|section| section.heading);
    let subject = first.map(|heading| format!("{heading} · ")).unwrap_or_default();
    let mut errors = failures(cover.errors);
    let others = |text| Failure {
        at: String::new(),
        others: String::new(),
        message: parts(text),
        hint: None,
    };
    cut(&mut errors, kept, others);
    let mut warnings: Vec<_> = cover.warnings.iter().map(|text| parts(text.as_str())).collect();
    cut(&mut warnings, kept, parts);
    Filling {
        command: cover.command,
        heading: cover.heading,
        headline: headline(page),
        title: format!("{subject}outlay {}", cover.command),
        version: env!("CARGO_PKG_VERSION"),
        as_of: &cover.as_of,
        digest: cover.digest,
        policy: policy(widgets().map(|widget| widget.script_digest)),
        style: std::iter::once(STYLE).chain(widgets().map(|widget| widget.style)).collect(),
        errors,
        sections,
        warnings,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::widget::{EmbeddedJson, Widget};

    fn render_page(page: &Document) -> String {
        let cover = Cover {
            command: "test",
            heading: "A test",
            as_of: "2024-10-02".to_owned(),
            digest: "xxh3:0",
            errors: &[],
            warnings: &[],
        };
        render(&cover, page).unwrap()
    }

    #[test]
    fn a_widget_has_its_data_and_the_page_lets_its_script_run() {
        let mut page = Document::default();
        page.blocks.push(DocumentBlock::Widget(Widget {
            id: "answers",
            heading: "What if",
            markup: "<output id=\"answer\"></output>",
            style: "",
            script: "document.title = 'x';",
            script_digest: "abc=",
            data: EmbeddedJson::of(&["</script>"]).unwrap(),
        }));
        let html = render_page(&page);
        for part in [
            "script-src 'sha256-abc=';",
            "<output id=\"answer\"></output>",
            "<script type=\"application/json\" id=\"answers-data\">[\"\\u003c/script>\"]</script>",
            "<script>document.title = 'x';</script>",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(render_page(&Document::default()).contains("script-src 'none';"));
    }

    #[test]
    fn what_closes_a_page_leads_it_and_its_notes_end_it() {
        let mut page = Document::default();
        page.title("A table");
        page.line(Emphasis::Plain, "in between");
        page.closing();
        page.line(Emphasis::Muted, "assumed");
        page.line(Emphasis::Caution, "careful");
        page.line(Emphasis::Good, "the answer");
        let html = render_page(&page);
        let order = ["the answer", "careful", "table</span></h2>", "in between", "assumed"];
        let places: Vec<_> = order.iter().map(|text| html.rfind(text).unwrap()).collect();
        assert!(places.is_sorted(), "{places:?}: {html}");
    }
}
