//! Reading a page as a browser does, without its forgiveness: what is malformed fails the test.

use std::collections::BTreeMap;

use html5gum::{DefaultEmitter, HtmlString, Token, Tokenizer};

/// Elements that have no end.
const VOID: [&str; 4] = ["br", "input", "link", "meta"];

/// An element with what is in it.
#[derive(Debug, Default)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    children: Vec<Node>,
}

#[derive(Debug)]
enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    /// The root element of a page.
    pub fn parse(html: &str) -> Self {
        let text = |text: &HtmlString| String::from_utf8(text.0.clone()).unwrap();
        let mut emitter = DefaultEmitter::<()>::default();
        emitter.naively_switch_states(true);
        let mut open = vec![Self::default()];
        for token in Tokenizer::new_with_emitter(html, emitter) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => {
                    let name = text(&tag.name);
                    // Where a word may be broken it is one word all the same.
                    if name == "wbr" {
                        continue;
                    }
                    let attributes =
                        tag.attributes.iter().map(|(key, value)| (text(key), text(value)));
                    let attributes = attributes.collect();
                    let element = Self { name, attributes, children: Vec::new() };
                    if tag.self_closing || VOID.contains(&element.name.as_str()) {
                        open.last_mut().unwrap().children.push(Node::Element(element));
                    } else {
                        open.push(element);
                    }
                }
                Token::EndTag(tag) => {
                    let closed = open.pop().unwrap();
                    assert_eq!(closed.name, text(&tag.name), "tags are not nested");
                    open.last_mut()
                        .expect("more ends than beginnings")
                        .children
                        .push(Node::Element(closed));
                }
                Token::String(found) => {
                    let children = &mut open.last_mut().unwrap().children;
                    match children.last_mut() {
                        Some(Node::Text(before)) => before.push_str(&text(&found)),
                        _ => children.push(Node::Text(text(&found))),
                    }
                }
                Token::Error(error) => panic!("malformed: {:?}", error.value),
                Token::Comment(_) | Token::Doctype(_) => {}
            }
        }
        assert_eq!(open.len(), 1, "{} is not closed", open.last().unwrap().name);
        let root = open.pop().unwrap();
        let mut roots = root.children.into_iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        });
        let html = roots.next().unwrap();
        assert!(roots.next().is_none(), "there are two roots");
        html
    }

    /// Every element below, in the order of the page.
    pub fn all(&self) -> Vec<&Self> {
        let mut found = Vec::new();
        for child in &self.children {
            if let Node::Element(element) = child {
                found.push(element);
                found.extend(element.all());
            }
        }
        found
    }

    /// Every element of this name below.
    pub fn named(&self, name: &str) -> Vec<&Self> {
        self.all().into_iter().filter(|element| element.name == name).collect()
    }

    /// An attribute; nothing where there is none.
    pub fn get(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).map_or("", String::as_str)
    }

    /// The text in it, with single blanks.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.push_text(&mut text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn push_text(&self, out: &mut String) {
        for child in &self.children {
            match child {
                Node::Text(text) => out.push_str(text),
                Node::Element(element) => {
                    out.push(' ');
                    element.push_text(out);
                    out.push(' ');
                }
            }
        }
    }

    /// The rows of a table, head and body.
    pub fn rows(&self) -> Vec<Vec<String>> {
        let cells = |row: &&Self| {
            row.all()
                .iter()
                .filter(|cell| ["th", "td"].contains(&cell.name.as_str()))
                .map(|cell| cell.text())
                .collect()
        };
        self.named("tr").iter().map(cells).collect()
    }
}
