//! The measured profiles that the program carries.

use super::sample::Profile;

/// The files under `pricing/profiles/`, by model.
const EMBEDDED: [(&str, &str); 5] = [
    ("o1-mini", include_str!("../../../../pricing/profiles/o1-mini.json")),
    ("o1-preview", include_str!("../../../../pricing/profiles/o1-preview.json")),
    ("o3", include_str!("../../../../pricing/profiles/o3.json")),
    ("o3-mini", include_str!("../../../../pricing/profiles/o3-mini.json")),
    ("o4-mini", include_str!("../../../../pricing/profiles/o4-mini.json")),
];

impl Profile {
    /// The names of the built-in profiles, which are ids of models.
    pub fn builtin_names() -> impl Iterator<Item = &'static str> {
        EMBEDDED.iter().map(|(name, _)| *name)
    }

    /// Whether there is a built-in profile of that name; nothing is read.
    #[must_use]
    pub fn is_builtin(name: &str) -> bool {
        Self::builtin_names().any(|known| known == name)
    }

    /// The built-in profile of that name, read when it is asked for. A test keeps files that do not
    /// parse from being published.
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        let (_, text) = EMBEDDED.iter().find(|(known, _)| *known == name)?;
        Self::parse(text).ok()
    }
}
