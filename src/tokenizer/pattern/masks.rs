//! What the characters of a window are: one bit per byte for each class.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{
    __m128i, __m256i, _mm_and_si128, _mm_cmpeq_epi8, _mm_cmpgt_epi8, _mm_movemask_epi8,
    _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8, _mm256_and_si256, _mm256_broadcastsi128_si256,
    _mm256_movemask_epi8, _mm256_set_epi64x, _mm256_set1_epi8, _mm256_shuffle_epi8,
    _mm256_slli_epi16, _mm256_srli_epi16,
};

/// The ASCII classes of 64 bytes, and which bytes are not ASCII; the first byte is the lowest bit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    pub(crate) upper: u64,
    pub(crate) lower: u64,
    pub(crate) digit: u64,
    /// U+0020 alone.
    pub(crate) space: u64,
    /// White space but for spaces and line breaks.
    pub(crate) blank: u64,
    pub(crate) newline: u64,
    pub(crate) slash: u64,
    pub(crate) apostrophe: u64,
    /// Bytes of characters outside ASCII.
    pub(crate) wide: u64,
}

#[cfg(target_arch = "x86_64")]
impl Masks {
    /// The masks by comparisons of 16 bytes at a time.
    #[target_feature(enable = "sse2")]
    #[inline]
    pub(crate) fn sse2(window: &[u8; 64]) -> Self {
        let mut masks = Self::default();
        for (bytes, shift) in window.as_chunks().0.iter().zip([0, 16, 32, 48]) {
            masks.compare(load(bytes), shift);
        }
        masks
    }

    #[target_feature(enable = "sse2")]
    #[inline]
    fn compare(&mut self, bytes: __m128i, shift: u32) {
        let mask = |set| u64::from(_mm_movemask_epi8(set).cast_unsigned()) << shift;
        let all = |byte: u8| _mm_set1_epi8(byte.cast_signed());
        let equal = |byte| _mm_cmpeq_epi8(bytes, all(byte));
        // Comparisons are signed, so that bytes outside ASCII are below all others.
        let between = |first, last| {
            let from = _mm_cmpgt_epi8(bytes, all(first - 1));
            _mm_and_si128(from, _mm_cmpgt_epi8(all(last + 1), bytes))
        };
        let newline = mask(_mm_or_si128(equal(b'\n'), equal(b'\r')));
        self.upper |= mask(between(b'A', b'Z'));
        self.lower |= mask(between(b'a', b'z'));
        self.digit |= mask(between(b'0', b'9'));
        self.space |= mask(equal(b' '));
        self.blank |= mask(between(b'\t', b'\r')) & !newline;
        self.newline |= newline;
        self.slash |= mask(equal(b'/'));
        self.apostrophe |= mask(equal(b'\''));
        self.wide |= mask(bytes);
    }

    /// The masks by looking up both halves of each byte, 32 bytes at a time: a class is a set of
    /// upper halves with a set of lower halves, and letters are two of those.
    #[target_feature(enable = "avx2")]
    #[inline]
    pub(crate) fn avx2(window: &[u8; 64]) -> Self {
        let (halves, _) = window.as_chunks();
        let first = load_wide(&halves[0]);
        let second = load_wide(&halves[1]);
        let (first_classes, second_classes) = (classes(first), classes(second));
        macro_rules! class {
            ($shift:literal) => {
                top_bits::<$shift>(first_classes) | top_bits::<$shift>(second_classes) << 32
            };
        }
        let letter = class!(7) | class!(6);
        // Small letters differ from capitals in the bit 32.
        let small = top_bits::<2>(first) | top_bits::<2>(second) << 32;
        Self {
            upper: letter & !small,
            lower: letter & small,
            digit: class!(5),
            space: class!(4),
            newline: class!(3),
            blank: class!(2),
            slash: class!(1),
            apostrophe: class!(0),
            wide: top_bits::<0>(first) | top_bits::<0>(second) << 32,
        }
    }
}

/// For each lower half of a byte the classes that have it, from bit 0: letters of the first half of
/// a case, of the second, digits, space, line breaks, other white space, slash, apostrophe.
#[cfg(target_arch = "x86_64")]
const LOWER_HALVES: [u8; 16] = {
    let mut table = [0; 16];
    let mut half = 0;
    while half < 16 {
        table[half] = (half >= 1) as u8
            | ((half <= 0xa) as u8) << 1
            | ((half <= 9) as u8) << 2
            | ((half == 0) as u8) << 3
            | ((half == 0xa || half == 0xd) as u8) << 4
            | ((half == 9 || half == 0xb || half == 0xc) as u8) << 5
            | ((half == 0xf) as u8) << 6
            | ((half == 7) as u8) << 7;
        half += 1;
    }
    table
};
/// The same for the upper half.
#[cfg(target_arch = "x86_64")]
const UPPER_HALVES: [u8; 16] =
    [0x30, 0, 0xc8, 0x04, 0x01, 0x02, 0x01, 0x02, 0, 0, 0, 0, 0, 0, 0, 0];

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
fn classes(bytes: __m256i) -> __m256i {
    let lower = _mm256_broadcastsi128_si256(load(&LOWER_HALVES));
    let upper = _mm256_broadcastsi128_si256(load(&UPPER_HALVES));
    let upper_half = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), _mm256_set1_epi8(0x0f));
    // A byte outside ASCII has its top bit set, for which the first look-up answers 0.
    _mm256_and_si256(_mm256_shuffle_epi8(lower, bytes), _mm256_shuffle_epi8(upper, upper_half))
}

/// The bits that a shift to the left brings to the top of their bytes.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
fn top_bits<const SHIFT: i32>(bytes: __m256i) -> u64 {
    u64::from(_mm256_movemask_epi8(_mm256_slli_epi16::<SHIFT>(bytes)).cast_unsigned())
}

/// One load, though written as the numbers that the bytes are.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
#[inline]
fn load(bytes: &[u8; 16]) -> __m128i {
    let (words, _) = bytes.as_chunks();
    _mm_set_epi64x(i64::from_le_bytes(words[1]), i64::from_le_bytes(words[0]))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
fn load_wide(bytes: &[u8; 32]) -> __m256i {
    let (words, _) = bytes.as_chunks();
    // No closure here: one outside this function's unit of code generation would not be inlined.
    _mm256_set_epi64x(
        i64::from_le_bytes(words[3]),
        i64::from_le_bytes(words[2]),
        i64::from_le_bytes(words[1]),
        i64::from_le_bytes(words[0]),
    )
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tokenizer::path::{Job, Level, Path};

    /// The masks byte by byte.
    fn slow(window: &[u8; 64]) -> Masks {
        let mask = |is: fn(&u8) -> bool| {
            window.iter().rev().fold(0, |mask, byte| mask << 1 | u64::from(is(byte)))
        };
        Masks {
            upper: mask(u8::is_ascii_uppercase),
            lower: mask(u8::is_ascii_lowercase),
            digit: mask(u8::is_ascii_digit),
            space: mask(|b| *b == b' '),
            blank: mask(|b| matches!(b, b'\t' | 0x0b | 0x0c)),
            newline: mask(|b| matches!(b, b'\r' | b'\n')),
            slash: mask(|b| *b == b'/'),
            apostrophe: mask(|b| *b == b'\''),
            wide: mask(|b| !b.is_ascii()),
        }
    }

    struct OfWindow<'a>(&'a [u8; 64]);

    impl Job for OfWindow<'_> {
        type Answer = Option<Masks>;

        fn run(self, level: impl Level) -> Option<Masks> {
            level.masks(self.0)
        }
    }

    #[test]
    fn every_byte_has_its_class_at_every_place() {
        for byte in 0..=u8::MAX {
            for place in 0..64 {
                let mut window = [b'!'; 64];
                window[place] = byte;
                for path in Path::all() {
                    let masks = path.run(OfWindow(&window));
                    assert!(masks.is_none_or(|masks| masks == slow(&window)), "{byte} {path:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn masks_are_those_of_the_bytes(bytes in prop::collection::vec(any::<u8>(), 64)) {
            let window = bytes.as_slice().try_into().unwrap();
            for path in Path::all() {
                let masks = path.run(OfWindow(window));
                prop_assert!(masks.is_none_or(|masks| masks == slow(window)), "{:?}", path);
            }
        }
    }
}
