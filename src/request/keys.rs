//! Which keys of an object a reader knows.

use super::message::Request;
use super::unknown::{NO_SUCH_KEY, Unknown};
use crate::json::Fields;
use crate::names::nearest;

/// The keys of one kind of object.
pub(super) struct Keys {
    /// Those that the reader reads.
    pub(super) read: &'static [&'static str],
    /// Those that change neither tokens nor prices.
    pub(super) free: &'static [&'static str],
    /// Those that carry tokens or money that is not in the figures, and why.
    pub(super) costly: &'static [(&'static str, &'static str)],
}

impl Keys {
    /// Warns about keys that carry tokens or money, and about those that may.
    pub(super) fn check(&self, fields: &Fields<'_>, request: &mut Request) {
        for (key, value) in fields.members() {
            if is_default(key, value.text()) || self.read.contains(&key) || self.free.contains(&key)
            {
                continue;
            }
            match self.costly.iter().find(|(known, _)| *known == key) {
                Some((_, why)) => request.lacks(key, &value, why),
                // One that nobody knows asks for nothing.
                None if value.text() == "{}" => {}
                None => request.lacks(key, &value, NO_SUCH_KEY),
            }
        }
        for key in fields.repeated() {
            request.repeated(key, fields);
        }
    }
}

/// Whether a key asks for nothing beside what an API does without it; its value is given in JSON. An object without
/// keys asks for a tool as it usually is.
pub(super) fn is_default(key: &str, written: &str) -> bool {
    let is = |default: &str| written.chars().filter(|c| !c.is_whitespace()).eq(default.chars());
    matches!(written, "null" | "false" | "[]")
        || match key {
            "agent_count" | "best_of" => written == "1",
            "performanceConfig" => is(r#"{"latency":"standard"}"#),
            "search_parameters" => is(r#"{"mode":"off"}"#),
            _ => false,
        }
}

/// The keys of an object that may have an author's own keys as well: one that is nearly a known one is misspelt.
pub(super) struct LooseKeys {
    /// Those that hold text, or change what is billed.
    pub(super) text: &'static [&'static str],
    /// Those that do neither and are like one that does.
    pub(super) free: &'static [&'static str],
    /// Those that hold text in other objects, and that nothing reads here.
    pub(super) elsewhere: &'static [&'static str],
}

impl LooseKeys {
    /// Notes the keys of an object that may hold text that is not counted, and those of text with several values.
    pub(super) fn check(&self, fields: &Fields<'_>, request: &mut Request) {
        for (key, value) in fields.members() {
            if !matches!(value.text(), "null" | "false" | "[]" | "{}")
                && let Some(why) = self.doubt(key)
            {
                request.note_unread(Unknown::at(&value, key, &why));
            }
        }
        for key in fields.repeated().into_iter().filter(|key| self.text.contains(key)) {
            request.repeated(key, fields);
        }
    }

    /// Why what stands under a key may be text that is not counted.
    pub(super) fn doubt(&self, key: &str) -> Option<String> {
        if self.text.contains(&key) || self.free.contains(&key) {
            return None;
        }
        if self.elsewhere.contains(&key) {
            return Some("nothing reads this key here".to_owned());
        }
        let known = self.text.iter().chain(self.elsewhere).copied();
        let meant = nearest(key, known, 1);
        meant.first().map(|meant| format!("{NO_SUCH_KEY}, but `{meant}`"))
    }
}
