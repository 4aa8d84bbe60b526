//! Which keys the objects of a prompt file have, and what is said of the others.

use serde_json::Value;

use super::super::keys::LooseKeys;
use super::super::message::Request;
use super::tree::lacks;

/// The keys of one kind of object.
pub(super) struct Shape {
    pub(super) keys: LooseKeys,
    /// Those that carry text that is not in the figures, and why.
    pub(super) costly: &'static [(&'static str, &'static str)],
    /// Those whose values have keys in their turn.
    pub(super) inside: &'static [(&'static str, Inside)],
}

/// What is under a key.
pub(super) enum Inside {
    /// An object of this shape, or a list of them.
    Of(&'static Shape),
    /// Objects of this shape under names of the author's, or a list of them.
    Named(&'static Shape),
}

impl Shape {
    /// A shape of these keys that carry text or change what is billed, and of those that are like one of them.
    pub(super) const fn new(text: &'static [&'static str], free: &'static [&'static str]) -> Self {
        let keys = LooseKeys { text, free, elsewhere: &[] };
        Self { keys, costly: &[], inside: &[] }
    }

    /// The same with keys that hold text in other objects of the format.
    pub(super) const fn with_elsewhere(mut self, elsewhere: &'static [&'static str]) -> Self {
        self.keys.elsewhere = elsewhere;
        self
    }

    /// Notes the keys of a value, or of the values of a list, that hold what is not in the figures.
    pub(super) fn check(&self, value: &Value, request: &mut Request) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.check(item, request)),
            Value::Object(fields) => {
                for (key, value) in fields.iter().filter(|(_, value)| !is_nothing(value)) {
                    self.check_key(key, request);
                    let inside = self.inside.iter().find(|(name, _)| name == key);
                    match (inside, value) {
                        (Some((_, Inside::Named(shape))), Value::Object(named)) => {
                            named.values().for_each(|value| shape.check(value, request));
                        }
                        (Some((_, Inside::Of(shape) | Inside::Named(shape))), value) => {
                            shape.check(value, request);
                        }
                        (None, _) => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn check_key(&self, key: &str, request: &mut Request) {
        if let Some((_, why)) = self.costly.iter().find(|(known, _)| *known == key) {
            lacks(key, *why, request);
        } else if let Some(why) = self.keys.doubt(key) {
            lacks(key, why, request);
        }
    }
}

/// Whether a value asks for nothing.
pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}
