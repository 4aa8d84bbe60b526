//! Arrow in and out through the `PyCapsule` interface.
#![expect(unsafe_code, reason = "the Arrow C data interface is made of pointers")]

use std::ffi::CStr;
use std::ptr::NonNull;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, to_ffi};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{ArrowError, DataType};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

use crate::error::{wrong_type, wrong_value};
pub(crate) use crate::foreign::Stream;
use crate::foreign::imported;

const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";
const STREAM: &CStr = c"arrow_array_stream";

/// An array that any Arrow library of Python takes without a copy.
#[pyclass(frozen, module = "outlay._outlay")]
pub(crate) struct ArrowArray(pub(crate) ArrayRef);

#[pymethods]
impl ArrowArray {
    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// The schema and the array as capsules of the Arrow C data interface. A requested schema is not
    /// followed, which the interface allows.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        drop(requested_schema);
        let (array, schema) = to_ffi(&self.0.to_data()).map_err(internal)?;
        let schema = PyCapsule::new_with_value(py, schema, SCHEMA)?;
        let array = PyCapsule::new_with_value(py, array, ARRAY)?;
        PyTuple::new(py, [schema, array])
    }

    /// The schema as a capsule of the Arrow C data interface.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.0.data_type()).map_err(internal)?;
        PyCapsule::new_with_value(py, schema, SCHEMA)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn internal(error: ArrowError) -> PyErr {
    wrong_value(format!("the Arrow data cannot be handed over: {error}"))
}

/// The chunks of a column: one, or those of a stream.
pub(crate) fn chunks(object: &Bound<'_, PyAny>, name: &str) -> PyResult<Vec<ArrayRef>> {
    if object.hasattr("__arrow_c_array__")? {
        let capsules = object.call_method0("__arrow_c_array__")?;
        let (schema, array): (Bound<'_, PyCapsule>, Bound<'_, PyCapsule>) = capsules.extract()?;
        return Ok(vec![take_array(&schema, &array).map_err(|why| unreadable(name, &why))?]);
    }
    let mut stream = Stream::open(object, name)?;
    let mut chunks = Vec::new();
    loop {
        match object.py().detach(|| stream.next()) {
            Ok(Some(chunk)) => chunks.push(chunk),
            Ok(None) => return Ok(chunks),
            Err(why) => return Err(unreadable(name, &why)),
        }
    }
}

fn unreadable(name: &str, why: &str) -> PyErr {
    wrong_value(format!("the Arrow data of `{name}` cannot be read: {why}"))
}

fn take_array(
    schema: &Bound<'_, PyCapsule>,
    array: &Bound<'_, PyCapsule>,
) -> Result<ArrayRef, String> {
    let schema: NonNull<FFI_ArrowSchema> = pointer(schema, SCHEMA)?;
    let array: NonNull<FFI_ArrowArray> = pointer(array, ARRAY)?;
    // SAFETY: the capsules have the names that the interface gives to pointers of these types, and stay
    // alive until the end of this function. `from_raw` moves the array out and leaves a released one.
    let (array, schema) = unsafe { (FFI_ArrowArray::from_raw(array.as_ptr()), schema.as_ref()) };
    imported(array, schema)
}

fn pointer<T>(capsule: &Bound<'_, PyCapsule>, name: &CStr) -> Result<NonNull<T>, String> {
    let pointer = capsule.pointer_checked(Some(name));
    pointer.map(NonNull::cast).map_err(|e| e.to_string())
}

impl Stream {
    /// Opens what streams Arrow: a table, a chunked array, a reader, a relation.
    pub(crate) fn open(object: &Bound<'_, PyAny>, name: &str) -> PyResult<Self> {
        if !object.hasattr("__arrow_c_stream__")? {
            return Err(not_arrow(object, name));
        }
        let capsule: Bound<'_, PyCapsule> =
            object.call_method0("__arrow_c_stream__")?.cast_into().map_err(PyErr::from)?;
        let pointer: NonNull<FFI_ArrowArrayStream> =
            pointer(&capsule, STREAM).map_err(|why| unreadable(name, &why))?;
        // SAFETY: the capsule has the name that the interface gives to pointers of this type. `from_raw`
        // moves the stream out and leaves a released one.
        let producer = unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr()) };
        Self::of(producer).map_err(|why| unreadable(name, &why))
    }

    /// The columns of the batches, with their names; of a stream that has none, no column.
    pub(crate) fn names(&self) -> PyResult<Vec<String>> {
        match self.kind().map_err(internal)? {
            DataType::Struct(fields) => Ok(fields.iter().map(|f| f.name().clone()).collect()),
            other => Err(wrong_type(format!(
                "a table is expected, not a column of {other}; give a table, a frame or a reader"
            ))),
        }
    }
}

/// What to give instead of an object that is not Arrow.
pub(crate) fn not_arrow(object: &Bound<'_, PyAny>, name: &str) -> PyErr {
    let class = object.get_type();
    let class = class.name().map(|name| name.to_string()).unwrap_or_default();
    let old = class.contains("Array") || class.contains("Batch") || class.contains("Table");
    let remedy = if old {
        "this needs pyarrow 14 or later: `pip install 'pyarrow>=14'`"
    } else {
        "give a column of pyarrow, Polars, DuckDB or another library with Arrow's PyCapsule interface"
    };
    wrong_type(format!("`{name}` is a {class}, which is no Arrow data; {remedy}"))
}
