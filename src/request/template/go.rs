//! Templates of Go, whose tags are not read.

/// Whether two of the tags that Go's templates have, and others do not, stand in a text.
pub(in super::super) fn has_tags_of_go(text: &str) -> bool {
    const TAGS: [&str; 8] =
        ["{{.", "{{ .", "{{- .", "{{range ", "{{ range ", "{{- range ", "{{end}}", "{{ end }}"];
    let braces = memchr::memmem::Finder::new("{{");
    let mut first = None;
    let mut rest = text;
    while let Some(at) = braces.find(rest.as_bytes()) {
        rest = &rest[at..];
        let tag = TAGS.iter().find(|tag| rest.starts_with(**tag));
        if first.is_some() && tag.is_some() && tag != first {
            return true;
        }
        first = first.or(tag);
        // Of three braces the last two may begin a tag.
        rest = &rest[1..];
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_tags_of_go_tell_its_templates() {
        for (text, is_of_go) in [
            ("{{.Name}} of {{ .Place }}", true),
            ("{{range .Items}}{{{.Name}}}{{end}}", true),
            ("é{{- .A}}\n{{ end }}", true),
            ("{{.Name}} and {{.Place}}", false),
            ("{{name}} of {{ place }}", false),
            ("{{{{", false),
            ("{{.", false),
        ] {
            assert_eq!(has_tags_of_go(text), is_of_go, "{text}");
        }
    }
}
