//! Arrow data of other libraries, taken over by the C data interface. With `capsule`, the only unsafe code of the
//! wheel.
//!
//! Texts come in as bytes. Engines hand over strings that are not UTF-8, for which a `StringArray` would be
//! undefined behaviour; as binary arrays of the same buffers they are checked row by row, where they are read.
#![expect(unsafe_code, reason = "the Arrow C data interface is made of pointers")]

use std::ffi::CStr;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, make_array};
use arrow_data::ArrayData;
use arrow_schema::{ArrowError, DataType, Field, Fields};

/// An array that a producer has handed over.
pub(crate) fn imported(
    array: FFI_ArrowArray,
    schema: &FFI_ArrowSchema,
) -> Result<ArrayRef, String> {
    // SAFETY: the producer promises that the buffers are those of the type. Offsets, keys and lengths are
    // validated by `as_bytes`, before anything reads by them.
    let data = unsafe { from_ffi(array, schema) }.map_err(|e| e.to_string())?;
    as_bytes(data).map(make_array).map_err(|e| e.to_string())
}

/// The same data with texts as bytes, in structs and dictionaries as well, validated.
fn as_bytes(data: ArrayData) -> Result<ArrayData, ArrowError> {
    let kind = bytes_of(data.data_type());
    // Of an empty slice of a column, offsets point behind bytes that are not taken over.
    if data.is_empty() {
        return Ok(ArrayData::new_empty(&kind));
    }
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
    /// The stream of a producer, which must not have been read before.
    pub(crate) fn of(mut producer: FFI_ArrowArrayStream) -> Result<Self, String> {
        let mut schema = FFI_ArrowSchema::empty();
        let get = producer.get_schema().ok_or("the stream was read before")?;
        // SAFETY: the stream was not released, and both pointers are to values of this function.
        let code = unsafe { get(&raw mut producer, &raw mut schema) };
        if code != 0 {
            return Err(last_error(&mut producer, code));
        }
        Ok(Self { producer, schema, ended: false })
    }

    /// The type of its arrays.
    pub(crate) fn kind(&self) -> Result<DataType, ArrowError> {
        DataType::try_from(&self.schema)
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::cast::AsArray as _;
    use arrow_array::ffi::to_ffi;
    use arrow_array::types::Int8Type;
    use arrow_array::{
        Array as _, BinaryArray, DictionaryArray, Int64Array, LargeStringArray, ListArray,
        RecordBatch, RecordBatchIterator, StringArray, StringViewArray, StructArray,
    };
    use arrow_buffer::{Buffer, OffsetBuffer};
    use arrow_schema::Schema;

    use super::*;

    /// What comes in of an array that another library hands over under a type of its own choice.
    fn handed_over(data: &ArrayData, kind: &DataType) -> Result<ArrayRef, String> {
        let (array, _) = to_ffi(data).unwrap();
        imported(array, &FFI_ArrowSchema::try_from(kind).unwrap())
    }

    const TEXTS: [Option<&str>; 4] =
        [Some("short"), None, Some("longer than what fits in a view, naïve"), Some("")];

    fn texts_of(array: &ArrayRef) -> Vec<Option<String>> {
        let text = |bytes: &[u8]| str::from_utf8(bytes).unwrap().to_owned();
        match array.data_type() {
            DataType::Binary => array.as_binary::<i32>().iter().map(|b| b.map(text)).collect(),
            DataType::LargeBinary => array.as_binary::<i64>().iter().map(|b| b.map(text)).collect(),
            DataType::BinaryView => array.as_binary_view().iter().map(|b| b.map(text)).collect(),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn texts_of_every_layout_come_in_as_bytes_and_slices_too() {
        let arrays: [ArrayRef; 3] = [
            Arc::new(StringArray::from_iter(TEXTS)),
            Arc::new(LargeStringArray::from_iter(TEXTS)),
            Arc::new(StringViewArray::from_iter(TEXTS)),
        ];
        for array in arrays {
            for (start, length) in [(0, 4), (1, 2), (2, 2), (4, 0)] {
                let slice = array.slice(start, length);
                let found = handed_over(&slice.to_data(), array.data_type()).unwrap();
                let wanted: Vec<_> = TEXTS[start..start + length]
                    .iter()
                    .map(|text| text.map(str::to_owned))
                    .collect();
                assert_eq!(texts_of(&found), wanted);
            }
        }
    }

    #[test]
    fn texts_inside_of_other_types_come_in_as_bytes() {
        let texts: ArrayRef = Arc::new(StringArray::from_iter(TEXTS));
        let field = Arc::new(Field::new("text", DataType::Utf8, true));
        let row = StructArray::new(Fields::from(vec![field.clone()]), vec![texts.clone()], None);
        let found = handed_over(&row.to_data(), row.data_type()).unwrap();
        assert_eq!(texts_of(found.as_struct().column(0)).len(), 4);
        let list = ListArray::new(field, OffsetBuffer::from_lengths([1, 3]), texts, None);
        let found = handed_over(&list.slice(1, 1).to_data(), list.data_type()).unwrap();
        assert_eq!(texts_of(&found.as_list::<i32>().value(0))[2].as_deref(), Some(""));
        let words: DictionaryArray<Int8Type> = ["a", "b", "a"].into_iter().collect();
        let found = handed_over(&words.to_data(), words.data_type()).unwrap();
        let found = found.as_dictionary::<Int8Type>();
        assert_eq!(found.keys().values(), &[0, 1, 0]);
        assert_eq!(texts_of(found.values())[1].as_deref(), Some("b"));
    }

    #[test]
    fn bytes_that_are_no_text_come_in_as_they_are() {
        let bytes = BinaryArray::from_vec(vec![b"fine", b"caf\xe9"]);
        let found = handed_over(&bytes.to_data(), &DataType::Utf8).unwrap();
        assert_eq!(found.as_binary::<i32>().value(1), b"caf\xe9");
    }

    #[test]
    fn offsets_and_keys_that_lead_nowhere_are_refused() {
        let bytes = |offsets: [i32; 3]| {
            let data = ArrayData::builder(DataType::Binary).len(2);
            let data = data.add_buffer(Buffer::from_slice_ref(offsets)).add_buffer(b"abc".into());
            // SAFETY: it is only handed over, as a broken producer would.
            unsafe { data.build_unchecked() }
        };
        assert!(handed_over(&bytes([0, 1, 3]), &DataType::Utf8).is_ok());
        assert!(handed_over(&bytes([0, 2, 1]), &DataType::Utf8).is_err());
        let words: DictionaryArray<Int8Type> = ["a", "b"].into_iter().collect();
        let keys = words.to_data().into_builder().buffers(vec![Buffer::from_slice_ref([0_i8, 7])]);
        // SAFETY: as above.
        let broken = unsafe { keys.build_unchecked() };
        assert!(handed_over(&broken, words.data_type()).is_err());
    }

    #[test]
    fn a_stream_ends_after_its_last_batch_or_its_error() {
        let schema = Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, true)]));
        let batch = |n| {
            let column: ArrayRef = Arc::new(Int64Array::from(vec![n]));
            Ok(RecordBatch::try_new(schema.clone(), vec![column]).unwrap())
        };
        let lost = || Err(ArrowError::ExternalError("the disk is gone".into()));
        let stream = |batches: Vec<Result<RecordBatch, ArrowError>>| {
            let reader = RecordBatchIterator::new(batches, schema.clone());
            Stream::of(FFI_ArrowArrayStream::new(Box::new(reader))).unwrap()
        };
        let mut whole = stream(vec![batch(1), batch(2)]);
        assert!(matches!(whole.kind(), Ok(DataType::Struct(fields)) if fields[0].name() == "n"));
        assert_eq!(whole.next().unwrap().unwrap().len(), 1);
        assert_eq!(whole.next().unwrap().unwrap().len(), 1);
        assert!(whole.next().unwrap().is_none() && whole.next().unwrap().is_none());
        let mut broken = stream(vec![batch(1), lost(), batch(2)]);
        assert!(broken.next().unwrap().is_some());
        assert!(broken.next().unwrap_err().contains("the disk is gone"));
        assert!(broken.next().unwrap().is_none());
        assert!(Stream::of(FFI_ArrowArrayStream::empty()).is_err());
    }
}
