//! The command line, as a program and as a function.

use std::borrow::Cow;
use std::collections::BTreeMap;

use outlay::cli::{RunInput, RunOutput, call, run_to_number};
use pyo3::prelude::*;

use crate::catalog::Catalog;
use crate::error::exception;

/// What a run of the command line answered.
#[pyclass(frozen, module = "outlay._outlay")]
pub(crate) struct Answer(pub(crate) RunOutput);

#[pymethods]
impl Answer {
    /// 0 answered and passed, 1 a gate failed, 2 something has no answer.
    #[getter]
    fn code(&self) -> u8 {
        self.0.code
    }

    /// Standard output.
    #[getter]
    fn output(&self) -> String {
        String::from_utf8_lossy(&self.0.output).into_owned()
    }

    /// Standard error.
    #[getter]
    fn messages(&self) -> &str {
        &self.0.messages
    }

    /// The files of `-o` and `--export`, by name.
    #[getter]
    fn files(&self) -> BTreeMap<String, Cow<'_, str>> {
        let files = self.0.files.iter();
        files
            .map(|(path, content)| (path.display().to_string(), String::from_utf8_lossy(content)))
            .collect()
    }

    /// Raises the error that left the run without a report.
    fn check(&self, py: Python<'_>) -> PyResult<()> {
        self.0.failure.as_ref().map_or(Ok(()), |error| Err(exception(py, error)))
    }
}

/// Runs the program on `arguments`, the first of which is its name, and answers its exit code.
#[pyfunction]
pub(crate) fn main(py: Python<'_>, arguments: Vec<String>) -> u8 {
    py.detach(|| run_to_number(arguments))
}

/// Runs a verb as a function: `ask(arguments, input, catalog, profiles)`.
#[pyfunction]
pub(crate) fn ask(
    py: Python<'_>,
    arguments: Vec<String>,
    input: Vec<u8>,
    catalog: Option<&Bound<'_, Catalog>>,
    profiles: BTreeMap<String, String>,
) -> Answer {
    let catalog = catalog.map(|catalog| (*catalog.get().models).clone());
    let given = RunInput { input, catalog, profiles, records: None };
    py.detach(|| Answer(call(arguments, given)))
}
