//! What a log does not say itself.

use super::columns::Columns;
use super::object::Object;

/// Where the label of a task is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskFrom {
    /// At this path in a record, such as `metadata.task`; in CSV, in this column.
    Path(String),
    /// Every record has this label.
    Label(String),
}

impl Default for TaskFrom {
    fn default() -> Self {
        Self::Path("metadata.task".to_owned())
    }
}

impl TaskFrom {
    pub(super) fn path(&self) -> Option<&str> {
        match self {
            Self::Path(path) => Some(path),
            Self::Label(_) => None,
        }
    }

    pub(super) fn of(&self, object: &Object<'_>) -> Option<String> {
        match self {
            Self::Path(path) => object.at(path).filter(|label| !label.is_empty()),
            Self::Label(label) => Some(label.clone()),
        }
    }
}

/// How records are read.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Where the label of a task is found.
    pub task: TaskFrom,
    /// The model of records that name none.
    pub model: Option<String>,
    /// Whether the text of answers is kept.
    pub keep_text: bool,
    /// What the columns of a table mean.
    pub columns: Columns,
}
