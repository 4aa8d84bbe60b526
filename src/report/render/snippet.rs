//! A diagnostic on a terminal, with the lines of the files it is about.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use crate::report::diagnostic::{Annotation, Diagnostic, Severity};

pub(crate) fn render(diagnostic: &Diagnostic, width: u16) -> String {
    let level = match diagnostic.severity {
        Severity::Pass => Level::INFO.with_name("pass"),
        Severity::Advice => Level::NOTE.with_name("advice"),
        Severity::Warn => Level::WARNING,
        Severity::Fail => Level::ERROR.with_name("fail"),
        Severity::Error => Level::ERROR,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.kind.id);
    let group = diagnostic
        .annotations
        .iter()
        .enumerate()
        .fold(Group::with_title(title), |group, (i, spot)| group.element(place(spot, i == 0)));
    let group = diagnostic
        .help
        .iter()
        .fold(group, |group, help| group.element(Level::HELP.message(help.as_str())));
    let mut text = Renderer::styled().term_width(usize::from(width)).render(&[group]);
    text.push('\n');
    text
}

fn place(spot: &Annotation, primary: bool) -> Element<'_> {
    let Some((line, span)) = &spot.excerpt else {
        return Origin::path(spot.file.as_str()).line(spot.line).char_column(spot.column).into();
    };
    let kind = if primary { AnnotationKind::Primary } else { AnnotationKind::Context };
    let annotation = kind.span(span.clone()).label(spot.label.as_str());
    Snippet::source(line.as_str())
        .line_start(spot.line)
        .path(spot.file.as_str())
        .annotation(annotation)
        .into()
}
