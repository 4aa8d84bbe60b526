//! Arrow in and out through the `PyCapsule` interface: the only unsafe code of the wheel.
//!
//! Texts come in as bytes. Engines hand over strings that are not UTF-8, for which a `StringArray` would be
//! undefined behaviour; as binary arrays of the same buffers they are checked row by row, where they are read.
#![expect(unsafe_code, reason = "the Arrow C data interface is made of pointers")]

use std::ffi::CStr;
use std::ptr::NonNull;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, ArrayRef, make_array};
use arrow_data::ArrayData;
use arrow_schema::{ArrowError, DataType, Field, Fields};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

use crate::error::{wrong_type, wrong_value};

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

fn imported(array: FFI_ArrowArray, schema: &FFI_ArrowSchema) -> Result<ArrayRef, String> {
    // SAFETY: the producer promises that the buffers are those of the type. Offsets, keys and lengths are
    // validated by `as_bytes`, before anything reads by them.
    let data = unsafe { from_ffi(array, schema) }.map_err(|e| e.to_string())?;
    as_bytes(data).map(make_array).map_err(|e| e.to_string())
}

/// The same data with texts as bytes, in structs and dictionaries as well, validated.
fn as_bytes(data: ArrayData) -> Result<ArrayData, ArrowError> {
    let kind = bytes_of(data.data_type());
    let children: Result<Vec<_>, _> = data.child_data().iter().cloned().map(as_bytes).collect();
    data.into_builder().data_type(kind).child_data(children?).align_buffers(true).build()
}

fn bytes_of(kind: &DataType) -> DataType {
    let field = |field: &Field| field.clone().with_data_type(bytes_of(field.data_type()));
    match kind {
        DataType::Utf8 => DataType::Binary,
        DataType::LargeUtf8 => DataType::LargeBinary,
        DataType::Utf8View => DataType::BinaryView,
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(|each| field(each)).collect::<Fields>())
        }
        DataType::Dictionary(key, value) => {
            DataType::Dictionary(key.clone(), Box::new(bytes_of(value)))
        }
        DataType::List(each) => DataType::List(field(each).into()),
        DataType::LargeList(each) => DataType::LargeList(field(each).into()),
        DataType::ListView(each) => DataType::ListView(field(each).into()),
        DataType::LargeListView(each) => DataType::LargeListView(field(each).into()),
        DataType::FixedSizeList(each, n) => DataType::FixedSizeList(field(each).into(), *n),
        DataType::Map(each, sorted) => DataType::Map(field(each).into(), *sorted),
        DataType::RunEndEncoded(ends, values) => {
            DataType::RunEndEncoded(ends.clone(), field(values).into())
        }
        other => other.clone(),
    }
}

/// A stream of arrays, which are batches where their type is a struct.
pub(crate) struct Stream {
    producer: FFI_ArrowArrayStream,
    schema: FFI_ArrowSchema,
    /// Whether an error or the end came.
    ended: bool,
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
        let mut stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.as_ptr()) };
        let mut schema = FFI_ArrowSchema::empty();
        let get =
            stream.get_schema().ok_or_else(|| unreadable(name, "the stream was read before"))?;
        // SAFETY: the stream was not released, and both pointers are to values of this function.
        let code = unsafe { get(&raw mut stream, &raw mut schema) };
        if code != 0 {
            return Err(unreadable(name, &last_error(&mut stream, code)));
        }
        Ok(Self { producer: stream, schema, ended: false })
    }

    /// The columns of the batches, with their names; of a stream that has none, no column.
    pub(crate) fn names(&self) -> PyResult<Vec<String>> {
        match DataType::try_from(&self.schema).map_err(internal)? {
            DataType::Struct(fields) => Ok(fields.iter().map(|f| f.name().clone()).collect()),
            other => Err(wrong_type(format!(
                "a table is expected, not a column of {other}; give a table, a frame or a reader"
            ))),
        }
    }

    /// The next array; `None` at the end. The producer may need the interpreter.
    pub(crate) fn next(&mut self) -> Result<Option<ArrayRef>, String> {
        let Some(get) = self.producer.get_next().filter(|_| !self.ended) else { return Ok(None) };
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: the stream was not released, and both pointers are to values that live here.
        let code = unsafe { get(&raw mut self.producer, &raw mut array) };
        self.ended = code != 0 || array.is_released();
        if code != 0 {
            return Err(last_error(&mut self.producer, code));
        }
        if self.ended { Ok(None) } else { imported(array, &self.schema).map(Some) }
    }
}

/// Why a stream ended.
fn last_error(stream: &mut FFI_ArrowArrayStream, code: i32) -> String {
    // SAFETY: the stream was not released; what is answered is null, or a text that stays until the next
    // call of the stream.
    let said = stream.get_last_error().and_then(|get| unsafe {
        let text = get(&raw mut *stream);
        (!text.is_null()).then(|| CStr::from_ptr(text).to_string_lossy().into_owned())
    });
    said.unwrap_or_else(|| format!("error {code} of the producer"))
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
