//! The instructions that the engine may use on this processor, and how a job runs with them.
//!
//! All `unsafe` of the engine is here: calls of functions that were compiled for instructions which not
//! every processor has, and a hint to the memory. A [`HasAvx2`], which the former need, is made only
//! after the processor was asked.

#[cfg(all(target_arch = "x86_64", not(miri)))]
use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

use super::pattern::Masks;

/// From how many bytes of text on it is worth asking the processor what it has. A virtual one takes some
/// 50 microseconds to answer.
const WORTH_ASKING: usize = 32 << 10;

/// The widest instructions that are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Path {
    /// None in particular: what there is on processors other than x86-64, where tests alone use it.
    #[cfg(any(test, not(target_arch = "x86_64")))]
    Portable,
    /// SSE2, which every x86-64 processor has.
    #[cfg(target_arch = "x86_64")]
    Sse2,
    /// AVX2 and the bit instructions that came with it.
    #[cfg(target_arch = "x86_64")]
    Avx2(HasAvx2),
}

/// A proof that the processor has AVX2.
#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HasAvx2(());

/// How the masks of a window are made.
pub(crate) trait Level: Copy {
    /// The masks of a window; none where a scan character by character is quicker than making them.
    fn masks(self, window: &[u8; 64]) -> Option<Masks>;
}

/// Work that is compiled once for each path. Its `run` must be inlined to be.
pub(crate) trait Job {
    /// What comes of it.
    type Answer;

    /// Does it.
    fn run(self, level: impl Level) -> Self::Answer;
}

#[cfg(any(test, not(target_arch = "x86_64")))]
#[derive(Clone, Copy)]
struct Portable;

#[cfg(any(test, not(target_arch = "x86_64")))]
impl Level for Portable {
    #[inline]
    fn masks(self, _: &[u8; 64]) -> Option<Masks> {
        None
    }
}

#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
struct Sse2;

#[cfg(target_arch = "x86_64")]
impl Level for Sse2 {
    #[inline]
    fn masks(self, window: &[u8; 64]) -> Option<Masks> {
        // SAFETY: SSE2 is part of x86-64.
        #[expect(unsafe_code, reason = "the compiler asks for it all the same")]
        Some(unsafe { Masks::sse2(window) })
    }
}

#[cfg(target_arch = "x86_64")]
impl Level for HasAvx2 {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "only in its caller it may use AVX2")]
    fn masks(self, window: &[u8; 64]) -> Option<Masks> {
        // SAFETY: a `HasAvx2` exists only where `Path::best` has found AVX2.
        #[expect(unsafe_code, reason = "the compiler cannot know which processor it is")]
        Some(unsafe { Masks::avx2(window) })
    }
}

/// Has what stands at `place` brought from memory, without waiting for it.
#[inline]
pub(crate) fn prefetch<T>(place: &T) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: it is a hint about the address of a reference, reads nothing and changes nothing.
    #[expect(unsafe_code, reason = "a third of the time would be spent waiting for memory")]
    unsafe {
        _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(place).cast());
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = place;
}

impl Path {
    /// The quickest for a text of about `length` bytes.
    pub(crate) fn for_text(length: usize) -> Self {
        if length < WORTH_ASKING { Self::plain() } else { Self::best() }
    }

    /// The quickest that every processor of this kind has.
    fn plain() -> Self {
        #[cfg(target_arch = "x86_64")]
        return Self::Sse2;
        #[cfg(not(target_arch = "x86_64"))]
        Self::Portable
    }

    /// The quickest on this processor.
    fn best() -> Self {
        Self::all().last().copied().unwrap_or(Self::plain())
    }

    /// Every path of this processor, the slowest first.
    pub(crate) fn all() -> &'static [Self] {
        #[cfg(target_arch = "x86_64")]
        {
            const ALL: &[Path] = &[
                #[cfg(test)]
                Path::Portable,
                Path::Sse2,
                Path::Avx2(HasAvx2(())),
            ];
            let has_avx2 = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("lzcnt")
                && is_x86_feature_detected!("popcnt");
            if has_avx2 { ALL } else { &ALL[..ALL.len() - 1] }
        }
        #[cfg(not(target_arch = "x86_64"))]
        &[Self::Portable]
    }

    /// Does a job with these instructions.
    #[inline]
    pub(crate) fn run<J: Job>(self, job: J) -> J::Answer {
        match self {
            #[cfg(any(test, not(target_arch = "x86_64")))]
            Self::Portable => job.run(Portable),
            #[cfg(target_arch = "x86_64")]
            Self::Sse2 => job.run(Sse2),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(has) => {
                // SAFETY: a `HasAvx2` exists only where the processor has what `avx2` enables.
                #[expect(unsafe_code, reason = "the compiler cannot know which processor it is")]
                unsafe {
                    avx2(job, has)
                }
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn avx2<J: Job>(job: J, has: HasAvx2) -> J::Answer {
    job.run(has)
}
