//! The bytes of a log, unpacked.

use std::error;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Chain, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use crate::cli::input::discover::Source;
use crate::cli::progress::Progress;
use crate::{Error, ErrorKind};

/// How much is read from a file at once.
const CHUNK: usize = 256 << 10;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The number of a frame without data, such as the index of a seekable file; its first byte may be up to 15 more.
const SKIPPED: [u8; 4] = [0x50, 0x2a, 0x4d, 0x18];

/// A log that is being read.
pub(crate) struct Stream<'p> {
    bytes: Box<dyn Read + 'p>,
    /// How it is packed.
    packed: Option<&'static str>,
    /// Whether it may still be written to.
    live: bool,
    /// Why there is no more, to be reported once everything before is read.
    broken: Option<Error>,
}

impl<'p> Stream<'p> {
    /// Opens a log; what is packed with gzip or zstd is unpacked, whatever its name.
    pub(crate) fn open(source: &Source, progress: &'p Progress) -> Result<Self, Error> {
        let raw: Box<dyn Read> = match source {
            Source::Stdin(streams) => streams.input(),
            Source::Named(path) | Source::Found(path) => {
                Box::new(File::open(path).map_err(|e| unreadable(&e))?)
            }
        };
        let mut raw = BufReader::with_capacity(CHUNK, Watched { raw, progress });
        let start = raw.fill_buf().map_err(|e| unreadable(&e))?;
        let (bytes, packed): (Box<dyn Read + 'p>, _) = if start.starts_with(&GZIP) {
            (Box::new(MultiGzDecoder::new(raw)), Some("gzip"))
        } else if start.starts_with(&ZSTD) || is_skipped(start) {
            (Box::new(Frames { raw: Some(raw), frame: None }), Some("zstd"))
        } else {
            (Box::new(raw), None)
        };
        Ok(Self { bytes, packed, live: matches!(source, Source::Stdin(_)), broken: None })
    }

    /// The next bytes, as many as fit; 0 at the end. Of standard input, as many as there are.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        let mut filled = 0;
        while filled < buffer.len() {
            match self.bytes.read(&mut buffer[filled..]) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if filled > 0 => {
                    self.broken = Some(self.why(&e));
                    break;
                }
                Err(e) => return Err(self.why(&e)),
                Ok(0) => break,
                Ok(n) => filled += n,
            }
            if self.live && filled > 0 {
                break;
            }
        }
        Ok(filled)
    }

    fn why(&self, e: &io::Error) -> Error {
        let Some(packed) = self.packed else { return unreadable(e) };
        if let Some(needed) = window(e) {
            let message = format!(
                "the {packed} data need a window of {} MB, which is more than is kept",
                needed >> 20
            );
            return Error::new(ErrorKind::Malformed, message)
                .hint("unpack it with `zstd -d --long=31`");
        }
        let message = if is_cut_off(e) {
            format!("the {packed} data end too early; what came before is counted")
        } else {
            format!("the {packed} data are damaged; what came before is counted, and may be wrong")
        };
        Error::new(ErrorKind::Malformed, message).hint("get the file again, whole")
    }
}

fn unreadable(e: &io::Error) -> Error {
    Error::new(ErrorKind::Malformed, format!("cannot be read: {}", e.kind()))
        .hint("check that the file is there and that you may read it")
}

/// Tells the progress bar what is read.
struct Watched<'p, R> {
    raw: R,
    progress: &'p Progress,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.raw.read(buffer)?;
        self.progress.advance(n as u64);
        Ok(n)
    }
}

/// Whether an error is that there is no more.
fn is_cut_off(e: &io::Error) -> bool {
    let mut cause: Option<&(dyn error::Error + 'static)> = Some(e);
    while let Some(e) = cause {
        if let Some(e) = e.downcast_ref::<io::Error>() {
            if e.kind() == io::ErrorKind::UnexpectedEof {
                return true;
            }
            cause = e.get_ref().map(|e| e as &(dyn error::Error + 'static));
        } else {
            cause = e.source();
        }
    }
    false
}

/// The bytes that a frame wants to be kept, where they are too many.
fn window(e: &io::Error) -> Option<u64> {
    match e.get_ref()?.downcast_ref::<FrameDecoderError>()? {
        FrameDecoderError::WindowSizeTooBig { requested, .. } => Some(*requested),
        _ => None,
    }
}

/// Whether a frame has no data.
fn is_skipped(start: &[u8]) -> bool {
    start.get(..4).is_some_and(|start| start[0] & 0xf0 == SKIPPED[0] && start[1..] == SKIPPED[1..])
}

/// What a decoder reads: the number of the frame, which was looked at, and the rest.
type Frame<R> = StreamingDecoder<Chain<Cursor<[u8; 4]>, BufReader<R>>, FrameDecoder>;

/// A zstd file, which may hold several frames one after the other.
struct Frames<R: Read> {
    raw: Option<BufReader<R>>,
    frame: Option<Frame<R>>,
}

impl<R: Read> Frames<R> {
    /// The next frame with data; nothing at the end.
    fn next(mut raw: BufReader<R>) -> io::Result<Option<Frame<R>>> {
        loop {
            if raw.fill_buf()?.is_empty() {
                return Ok(None);
            }
            let mut number = [0; 4];
            raw.read_exact(&mut number)?;
            if !is_skipped(&number) {
                let whole = Cursor::new(number).chain(raw);
                return StreamingDecoder::new(whole).map(Some).map_err(io::Error::other);
            }
            let mut length = [0; 4];
            raw.read_exact(&mut length)?;
            let length = u64::from(u32::from_le_bytes(length));
            if io::copy(&mut raw.by_ref().take(length), &mut io::sink())? < length {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(raw) = self.raw.take() {
                self.frame = Self::next(raw)?;
            }
            let Some(frame) = &mut self.frame else { return Ok(0) };
            match frame.read(buffer)? {
                0 => {
                    // The decoder works the checksum out and leaves it to us to compare.
                    let written = frame.decoder.get_checksum_from_data();
                    if written.is_some() && written != frame.decoder.get_calculated_checksum() {
                        return Err(io::Error::other(
                            "the checksum of a frame is not that of its data",
                        ));
                    }
                    self.raw = self.frame.take().map(|frame| frame.into_inner().into_inner().1);
                }
                n => return Ok(n),
            }
        }
    }
}
