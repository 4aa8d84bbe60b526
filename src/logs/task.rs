//! The labels that calls are grouped by.

use super::object::Object;

/// Where the label of a task is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskFrom {
    /// At this path in a record, such as `metadata.task`; in CSV, in this column.
    Path(String),
    /// Every record has this label.
    Label(String),
    /// It is not asked for.
    Nowhere,
}

impl Default for TaskFrom {
    fn default() -> Self {
        Self::Path("metadata.task".to_owned())
    }
}

impl TaskFrom {
    pub(crate) fn path(&self) -> Option<&str> {
        match self {
            Self::Path(path) => Some(path),
            Self::Label(_) | Self::Nowhere => None,
        }
    }

    pub(crate) fn of(&self, object: &Object<'_>) -> Option<String> {
        match self {
            Self::Path(path) => object.at(path).filter(|label| !label.is_empty()),
            Self::Label(label) => Some(label.clone()),
            Self::Nowhere => None,
        }
    }
}
