//! Errors of the library as exceptions.

use outlay::Error;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

/// The kind of an error, as `OutlayError.kind` names it.
fn kind(error: &Error) -> &'static str {
    use outlay::ErrorKind::{
        Amount, Catalog, Malformed, MissingPrice, NotReleased, Refused, Tokenizer, Uncountable,
        UnknownModel, Usage,
    };
    match error.kind() {
        Amount => "amount",
        Catalog => "catalog",
        UnknownModel => "unknown-model",
        NotReleased => "not-released",
        MissingPrice => "missing-price",
        Malformed => "malformed",
        Uncountable => "uncountable",
        Tokenizer => "tokenizer",
        Refused => "refused",
        Usage => "usage",
        _ => "other",
    }
}

/// The exception for an error: `outlay.OutlayError` with its message, hint and kind.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let made = || -> PyResult<PyErr> {
        let class = py.import("outlay._errors")?.getattr("OutlayError")?.cast_into::<PyType>()?;
        let instance = class.call1((error.to_string(), error.hint_text(), kind(error)))?;
        Ok(PyErr::from_value(instance))
    };
    made().unwrap_or_else(|failure| failure)
}

/// An argument of another type than the function takes.
pub(crate) fn wrong_type(message: impl Into<String>) -> PyErr {
    PyTypeError::new_err(message.into())
}

/// An argument that is no value the function can take.
pub(crate) fn wrong_value(message: impl Into<String>) -> PyErr {
    PyValueError::new_err(message.into())
}

/// An error as a row of a column says it: what is wrong, and what to do.
pub(crate) fn in_row(error: &Error) -> String {
    match error.hint_text() {
        Some(hint) => format!("{error}; {hint}"),
        None => error.to_string(),
    }
}

/// What a panic said.
pub(crate) fn internal(panic: &(dyn std::any::Any + Send)) -> String {
    let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    format!("internal error: {said}; please report it with the row")
}

/// A text argument.
pub(crate) fn text<'py>(value: &'py Bound<'_, PyAny>) -> PyResult<std::borrow::Cow<'py, str>> {
    value.cast::<PyString>().map_err(|_| wrong_type("a text is expected"))?.to_cow()
}
