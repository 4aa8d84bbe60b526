//! Files of the build script, inside the program.

/// Bytes that begin at a cache line, so that a slot of a table never lies on two.
#[repr(C, align(64))]
pub(crate) struct Aligned<T: ?Sized>(pub(super) T);

/// The bytes of a file that the build script wrote.
macro_rules! embedded {
    ($($name:expr),+) => {{
        static BYTES: &$crate::tokenizer::embedded::Aligned<[u8]> =
            &$crate::tokenizer::embedded::Aligned(*include_bytes!(concat!(
                env!("OUT_DIR"),
                "/",
                $($name),+
            )));
        &BYTES.0
    }};
}
pub(crate) use embedded;
