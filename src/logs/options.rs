//! What a log does not say itself.

use super::columns::Columns;
use super::task::TaskFrom;

/// How records are read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Where the label of a task is found.
    pub task: TaskFrom,
    /// The model of records that name none.
    pub model: Option<String>,
    /// Whether the text of answers is kept.
    pub keep_text: bool,
    /// Whether the conversation or the prompt that calls share is looked for.
    pub groups: bool,
    /// What the columns of a table mean.
    pub columns: Columns,
}
