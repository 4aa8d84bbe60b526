//! A remark on a terminal, with the lines of the files it is about.

use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet,
};

use super::remark::{Remark, Spot, Weight};

pub(super) fn render(remark: &Remark, width: u16) -> String {
    let level = match remark.weight {
        Weight::Pass => Level::INFO.with_name("pass"),
        Weight::Advice => Level::NOTE.with_name("advice"),
        Weight::Warn => Level::WARNING,
        Weight::Fail => Level::ERROR.with_name("fail"),
        Weight::Error => Level::ERROR,
    };
    let title = level.primary_title(remark.message.as_str()).id(remark.check.id);
    let group = remark
        .spots
        .iter()
        .enumerate()
        .fold(Group::with_title(title), |group, (i, spot)| group.element(place(spot, i == 0)));
    let group = remark
        .help
        .iter()
        .fold(group, |group, help| group.element(Level::HELP.message(help.as_str())));
    let mut text = Renderer::styled().term_width(usize::from(width)).render(&[group]);
    text.push('\n');
    text
}

fn place(spot: &Spot, primary: bool) -> Element<'_> {
    let Some((line, span)) = &spot.excerpt else {
        return Origin::path(spot.file.as_str()).line(spot.line).char_column(spot.column).into();
    };
    let kind = if primary { AnnotationKind::Primary } else { AnnotationKind::Context };
    let annotation: Annotation<'_> = kind.span(span.clone()).label(spot.label.as_str());
    Snippet::source(line.as_str())
        .line_start(spot.line)
        .path(spot.file.as_str())
        .annotation(annotation)
        .into()
}
