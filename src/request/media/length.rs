//! How long sound and film are and how many pages a document has, by their own headers. Nothing is decoded.

/// How many boxes of a film, or chunks of sound, are looked at.
const MOST_PARTS: usize = 4_096;

/// The seconds that the header of a sound or a film states: WAV, FLAC, and MP4 with its relatives.
pub(super) fn seconds(bytes: &[u8]) -> Option<f64> {
    let found = wav(bytes).or_else(|| flac(bytes)).or_else(|| mp4(bytes));
    // A header of no samples, or of none in a second, states nothing.
    found.filter(|seconds| seconds.is_finite() && *seconds > 0.0)
}

/// The bytes of the samples over those of a second.
fn wav(bytes: &[u8]) -> Option<f64> {
    let mut rest = bytes.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    let mut a_second = None;
    for _ in 0..MOST_PARTS {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let (size, after) = after.split_first_chunk::<4>()?;
        let size = u32::from_le_bytes(*size);
        match (name, a_second) {
            (b"fmt ", _) => {
                a_second = Some(u32::from_le_bytes(*after.get(8..)?.first_chunk::<4>()?));
            }
            // What is written while it is recorded has no size yet.
            (b"data", Some(a_second)) if size < u32::MAX => {
                return Some(f64::from(size) / f64::from(a_second));
            }
            _ => {}
        }
        // Chunks begin at even places.
        rest = after.get((size as usize).checked_add(size as usize % 2)?..)?;
    }
    None
}

/// The number of samples over those of a second.
fn flac(bytes: &[u8]) -> Option<f64> {
    let numbers = bytes.strip_prefix(b"fLaC")?.get(14..)?.first_chunk::<8>()?;
    let numbers = u64::from_be_bytes(*numbers);
    let (a_second, samples) = (numbers >> 44, numbers & 0xf_ffff_ffff);
    Some(samples as f64 / a_second as f64)
}

/// The duration in the header of the film, in its own unit of time.
fn mp4(bytes: &[u8]) -> Option<f64> {
    bytes.get(4..8).filter(|kind| *kind == b"ftyp")?;
    let header = inside(inside(bytes, *b"moov")?, *b"mvhd")?;
    // All ones say that the duration is not known; of 64 bits no film needs the upper ones.
    let (unit, duration, most) = match header.first()? {
        0 => (number(header, 12, 4)?, number(header, 16, 4)?, u64::from(u32::MAX)),
        1 => (number(header, 20, 4)?, number(header, 24, 8)?, u64::from(u32::MAX) << 16),
        _ => return None,
    };
    (duration < most).then(|| duration as f64 / unit as f64)
}

/// What is in the first box of this kind.
fn inside(bytes: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    let mut rest = bytes;
    for _ in 0..MOST_PARTS {
        let (size, head) = match number(rest, 0, 4)? {
            1 => (number(rest, 8, 8)?, 16),
            // It goes on to the end.
            0 => (rest.len() as u64, 8),
            size => (size, 8),
        };
        let size = usize::try_from(size).ok().filter(|size| *size >= head)?;
        if rest.get(4..8)? == kind {
            return rest.get(head..size.min(rest.len()));
        }
        rest = rest.get(size..)?;
    }
    None
}

/// The big-endian number at a place.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let digits = bytes.get(at..at + width)?;
    Some(digits.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// The pages of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pages {
    /// So many.
    Known(u32),
    /// It is encrypted.
    Encrypted,
    /// Its pages are listed in a part that is packed.
    Packed,
}

/// The pages of a PDF: as its first lines state, else as many as its objects are.
pub(super) fn pages(bytes: &[u8]) -> Option<Pages> {
    let head = &bytes[..bytes.len().min(1_024)];
    let start = find(head, b"%PDF-")?;
    if find(bytes, b"/Encrypt").is_some() {
        return Some(Pages::Encrypted);
    }
    if find(head, b"/Linearized").is_some()
        && let Some(pages) = after(&head[start..], b"/N").and_then(count)
    {
        return Some(Pages::Known(pages));
    }
    let mut listed = 0_u32;
    let mut rest = bytes;
    while let Some(at) = find(rest, b"/Type") {
        rest = &rest[at + 5..];
        let name = rest.trim_ascii_start();
        let is_page = name
            .strip_prefix(b"/Page")
            .is_some_and(|after| !after.first().is_some_and(u8::is_ascii_alphanumeric));
        listed = listed.saturating_add(u32::from(is_page));
    }
    // A file that was changed at its end has some of its pages twice, and says how many count.
    let counted = whole_count(bytes);
    Some(match counted {
        Some(pages) if pages > 0 && listed >= pages => Pages::Known(pages),
        _ => Pages::Packed,
    })
}

/// The largest number of pages that a list of pages states; the last file of several in one has its own.
fn whole_count(bytes: &[u8]) -> Option<u32> {
    let mut found = None;
    let mut rest = bytes;
    while let Some(at) = find(rest, b"/Pages") {
        // The list says it in the same object.
        let before = memchr::memmem::rfind(&rest[..at], b"endobj").map_or(0, |end| end + 6);
        let object = &rest[before..];
        let end = find(object, b"endobj").unwrap_or(object.len());
        let stated = after(&object[..end], b"/Count").and_then(count);
        found = found.max(stated);
        rest = &rest[at + 6..];
    }
    found
}

/// What stands behind a word.
fn after<'a>(bytes: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let mut rest = bytes;
    loop {
        rest = &rest[find(rest, word)? + word.len()..];
        if !rest.first()?.is_ascii_alphanumeric() {
            return Some(rest);
        }
    }
}

/// The number at the beginning.
fn count(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.trim_ascii_start();
    let end = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    str::from_utf8(&digits[..end]).ok()?.parse().ok()
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav_of(a_second: u32, samples: u32) -> Vec<u8> {
        let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0".to_vec();
        bytes.extend(a_second.to_le_bytes());
        bytes.extend(b"\x02\0\x10\0LIST\x03\0\0\0abc\0data");
        bytes.extend(samples.to_le_bytes());
        bytes
    }

    fn box_of(kind: &[u8], inside: &[u8]) -> Vec<u8> {
        let size = u32::try_from(inside.len() + 8).unwrap();
        [&size.to_be_bytes()[..], kind, inside].concat()
    }

    fn film_of(rest: &[u8]) -> Vec<u8> {
        [&box_of(b"ftyp", b"isom")[..], &box_of(b"mdat", &[7; 100]), rest].concat()
    }

    #[test]
    fn sound_and_film_state_how_long_they_are() {
        assert_eq!(seconds(&wav_of(16_000, 960_000)), Some(60.0));
        let flac = |a_second: u64, samples: u64| {
            let numbers = ((a_second << 44) + samples).to_be_bytes();
            seconds(&[&b"fLaC\0\0\0\x22"[..], &[0; 10], &numbers].concat())
        };
        assert_eq!(flac(48_000, 480_000), Some(10.0));
        // A stream that was not ended does not know how long it is.
        assert_eq!((flac(48_000, 0), flac(0, 480_000)), (None, None));
        let film = |header: &[u8]| seconds(&film_of(&box_of(b"moov", &box_of(b"mvhd", header))));
        let short = |unit: u32, duration: u32| {
            film(&[&[0; 12][..], &unit.to_be_bytes(), &duration.to_be_bytes()].concat())
        };
        assert_eq!(short(1_000, 10_000), Some(10.0));
        assert_eq!((short(0, 10_000), short(1_000, 0)), (None, None));
        // What is written while it is recorded has all ones.
        assert_eq!(short(1_000, u32::MAX), None);
        // Of films of more than 2^32 units the header is a longer one.
        let long = |unit: u32, duration: u64| {
            let times = [&[1, 0, 0, 0][..], &[0; 16], &unit.to_be_bytes()].concat();
            film(&[&times[..], &duration.to_be_bytes()].concat())
        };
        assert_eq!(long(90_000, 9_000_000_000), Some(100_000.0));
        assert_eq!((long(0, 10_000), long(90_000, u64::MAX)), (None, None));
        assert_eq!(film(&[&[2][..], &[0; 40]].concat()), None);
    }

    #[test]
    fn boxes_may_be_of_64_bits_or_go_on_to_the_end() {
        let header = [&[0; 12][..], &1_000_u32.to_be_bytes(), &10_000_u32.to_be_bytes()].concat();
        let header = box_of(b"mvhd", &header);
        let long =
            [b"\0\0\0\x01moov", &(header.len() as u64 + 16).to_be_bytes()[..], &header].concat();
        assert_eq!(seconds(&film_of(&long)), Some(10.0));
        let last = [b"\0\0\0\0moov", &header[..]].concat();
        assert_eq!(seconds(&film_of(&last)), Some(10.0));
        let elsewhere = [&[0; 8][..], b"mvhd"].concat();
        assert_eq!(seconds(&film_of(&box_of(b"moov", &elsewhere))), None);
    }

    #[test]
    fn what_is_broken_states_nothing() {
        let film = [box_of(b"ftyp", b"isom"), b"\0\0\0\x03moov".to_vec()].concat();
        let endless =
            [box_of(b"ftyp", b"isom"), b"\0\0\0\x01free\xff\xff\xff\xff\xff\xff\xff\xff".to_vec()]
                .concat();
        for bytes in [
            &b""[..],
            b"RIFF",
            b"fLaC",
            &wav_of(0, 100),
            &wav_of(16_000, u32::MAX),
            &wav_of(16_000, 100)[..30],
            &film,
            &endless,
        ] {
            assert_eq!(seconds(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn pages_are_those_that_count() {
        let page = "4 0 obj <</Type /Page /Parent 2 0 R>> endobj\n";
        let pdf = |list: &str, pages: usize| {
            format!("%PDF-1.4\n2 0 obj {list} endobj\n{}%%EOF", page.repeat(pages))
        };
        let list = "<< /Type /Pages /Kids [4 0 R] /Count 5 >>";
        for (text, known) in [
            (pdf(list, 5), Some(Pages::Known(5))),
            (pdf("<</Count 5/Kids[4 0 R]/Type/Pages>>", 5), Some(Pages::Known(5))),
            // The catalogue of the file names the list before it.
            (
                pdf(&format!("<</Type/Catalog/Pages 3 0 R>>\nendobj\n3 0 obj\n{list}"), 5),
                Some(Pages::Known(5)),
            ),
            // Changed at its end: an old page is there still.
            (pdf(list, 6), Some(Pages::Known(5))),
            (pdf(list, 0), Some(Pages::Packed)),
            (pdf("<< /Type /ObjStm >>", 0), Some(Pages::Packed)),
            (pdf(list, 5) + "trailer << /Encrypt 9 0 R >>", Some(Pages::Encrypted)),
            (
                "%PDF-1.6\n1 0 obj <</Linearized 1/L 9/O 3/E 2/N 12/T 8>> endobj".to_owned(),
                Some(Pages::Known(12)),
            ),
            ("%PDF-1.4\n<< /Type /Pages /Count 99999999999 >>".to_owned(), Some(Pages::Packed)),
            ("PK\u{3}\u{4}".to_owned(), None),
        ] {
            assert_eq!(pages(text.as_bytes()), known, "{text}");
        }
    }
}
