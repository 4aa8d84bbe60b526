//! The documentation is true: its examples run and answer as shown, its links lead somewhere, and every page is listed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Folder, outlay};

#[test]
fn every_example_of_the_readme_and_the_guide_answers_as_shown() {
    trycmd::TestCases::new().case("README.md").case("docs/**/*.md");
}

/// The commands of a page that write a picture, with the name of the picture.
fn pictures(text: &str) -> Vec<(&str, &str)> {
    text.lines()
        .filter_map(|line| {
            let (command, name) = line.strip_prefix("outlay ")?.split_once(" -o ")?;
            Some((command, name.strip_suffix(".svg")?))
        })
        .collect()
}

#[test]
fn every_picture_of_a_task_is_what_its_command_draws() {
    for entry in fs::read_dir("docs/tasks").unwrap() {
        let page = entry.unwrap().path();
        if page.extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        let text = fs::read_to_string(&page).unwrap();
        let pictures = pictures(&text);
        assert!(!pictures.is_empty(), "{} has no picture", page.display());
        for (command, name) in pictures {
            assert!(text.contains(&format!("](pictures/{name}.svg)")), "{name} is not shown");
            let folder = Folder::new();
            let path = folder.path().join("picture.svg");
            let written = outlay(command).arg("-o").arg(&path).output().unwrap();
            // A gate that fails has a picture as well.
            let code = written.status.code();
            let said = String::from_utf8_lossy(&written.stderr);
            assert!(code.is_some_and(|code| code < 2), "{command}: {said}");
            let drawn = folder.read("picture.svg");
            assert!(
                !drawn.contains("href") && !drawn.contains("url("),
                "{name} asks for something"
            );
            let kept = format!("docs/tasks/pictures/{name}.svg");
            if env::var_os("UPDATE_DOCS").is_some() {
                fs::write(&kept, &drawn).unwrap();
            }
            let known = fs::read_to_string(&kept).unwrap_or_default();
            assert!(known == drawn, "{kept} is not what `outlay {command}` draws: UPDATE_DOCS=1");
        }
    }
}

/// Every page, as its path from the root of the repository.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> =
        ["README.md", "CONTRIBUTING.md", "DESIGN.md", "SECURITY.md"].map(PathBuf::from).into();
    let mut folders = vec![PathBuf::from("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages
}

/// The text outside of code: between fences, and outside of backticks.
fn prose(text: &str) -> String {
    let outside = text.split("```").step_by(2).collect::<String>();
    outside.split('`').step_by(2).collect()
}

/// The targets of the links of a page.
fn links(text: &str) -> Vec<String> {
    let target = |rest: &str| rest.split(')').next().unwrap_or_default().to_owned();
    prose(text).split("](").skip(1).map(target).collect()
}

/// The headings of a page, as a link names them.
fn anchors(text: &str) -> Vec<String> {
    let outside = text.split("```").step_by(2).collect::<String>();
    let heading = |line: &str| {
        let text = line.strip_prefix('#')?.trim_start_matches('#').trim().to_lowercase();
        let kept = text.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        Some(kept.map(|c| if c == ' ' { '-' } else { c }).collect())
    };
    outside.lines().filter_map(heading).collect()
}

#[test]
fn every_link_of_the_documentation_leads_to_a_file_and_a_heading() {
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let folder = page.parent().unwrap();
        for link in links(&text) {
            if link.contains("://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() { page.clone() } else { folder.join(path) };
            assert!(target.exists(), "{}: `{link}` leads nowhere", page.display());
            if !anchor.is_empty() {
                let anchors = anchors(&fs::read_to_string(&target).unwrap());
                assert!(
                    anchors.iter().any(|known| known == anchor),
                    "{}: `{link}` names no heading of {}",
                    page.display(),
                    target.display()
                );
            }
        }
    }
}

#[test]
fn the_summary_of_the_guide_lists_every_page() {
    let summary = fs::read_to_string("docs/SUMMARY.md").unwrap();
    let listed = links(&summary);
    for page in pages() {
        let Ok(page) = page.strip_prefix("docs") else { continue };
        let name = page.to_string_lossy().replace('\\', "/");
        let known = page == Path::new("SUMMARY.md") || listed.contains(&name);
        assert!(known, "docs/SUMMARY.md does not list {name}");
    }
}

#[test]
fn the_diff_of_the_recipe_is_in_the_sources() {
    let text = fs::read_to_string("CONTRIBUTING.md").unwrap();
    let diff = text.split("```diff\n").nth(1).unwrap().split("```").next().unwrap();
    let mut source = String::new();
    let mut checked = 0;
    for line in diff.lines() {
        if let Some(file) = line.strip_prefix("+++ b/") {
            source = fs::read_to_string(file).unwrap();
        } else if let Some(added) = line.strip_prefix('+') {
            assert!(source.lines().any(|known| known == added), "no source has {added:?}");
            checked += 1;
        }
    }
    assert!(checked > 3);
}
