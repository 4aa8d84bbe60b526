//! A part of a request that is not text.

use std::borrow::Cow;
use std::str::FromStr;

use base64::Engine as _;

use super::amount::PageCount;
use super::clip::Clip;
use super::length::{self, Pages};
use crate::json::{Fields, Kind, Value};
use crate::request::unknown::Unknown;
use crate::units::{Position, Tokens};
use crate::{Error, ErrorKind};

/// What kind of thing a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// A picture.
    Image,
    /// Sound.
    Audio,
    /// A film.
    Video,
    /// A file such as a PDF.
    Document,
}

impl std::fmt::Display for MediaKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Document => "document",
        })
    }
}

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelSize {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl std::fmt::Display for PixelSize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

impl FromStr for PixelSize {
    type Err = Error;

    /// Reads `1024x768`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let sides = text.split_once(['x', '\u{d7}']);
        let pixels = |side: &str| side.trim().parse::<u32>().ok().filter(|side| *side > 0);
        let size = sides.and_then(|(width, height)| {
            Some(Self { width: pixels(width)?, height: pixels(height)? })
        });
        size.ok_or_else(|| {
            Error::new(ErrorKind::Amount, format!("`{text}` is not the size of an image"))
                .hint("write the width and the height in pixels, such as 1024x768")
        })
    }
}

/// A part of a request that is not text.
#[derive(Debug, Clone, PartialEq)]
pub struct Media {
    /// What it is.
    pub kind: MediaKind,
    /// Its `type` as the request writes it, such as `image_url`.
    pub name: String,
    /// Its size, where the request holds an image whose header says it.
    pub size: Option<PixelSize>,
    /// How long sound or a film is, where its header says so or it is declared.
    pub seconds: Option<f64>,
    /// Which part of a film is sent, or why that is not known.
    pub(super) clip: Result<Clip, String>,
    /// The pages of a document that the request holds.
    pub(super) pages: Option<Pages>,
    /// How closely the model is to look at it, as the request writes it, such as `low`.
    pub detail: Option<String>,
    /// Its tokens for one model, once [`Request::for_model`](crate::request::Request::for_model) has found them.
    pub tokens: Option<Tokens>,
    /// Its tokens where no published rule counts it, as declared.
    pub(super) declared: Option<Tokens>,
    /// What comes on top of its tokens and is not counted, a sentence.
    pub beside: Option<&'static str>,
    /// What hides its size, a half sentence that follows the name.
    pub hidden: Option<Cow<'static, str>>,
    /// Where it stands in the file.
    pub position: Position,
}

impl Eq for Media {}

/// How much of an image is decoded to find its size: headers with colour profiles and previews fit.
const HEADER: usize = 256 << 10;

/// The most that is decoded of sound, a film or a document to find its header: APIs take no more inline.
const LARGEST: usize = 64 << 20;

const IN_A_FILE: &str = "is a file that only the API has";
const BEHIND_A_LINK: &str = "is behind a link, so that its size is not in the request";

impl Media {
    pub(super) fn new(kind: MediaKind, name: &str, position: Position) -> Self {
        Self {
            kind,
            name: name.to_owned(),
            size: None,
            seconds: None,
            clip: Ok(Clip::WHOLE),
            pages: None,
            detail: None,
            tokens: None,
            declared: None,
            beside: None,
            hidden: None,
            position,
        }
    }

    /// Takes the declared pages of a document where its own are not known.
    pub(super) fn state_pages(&mut self, pages: Option<PageCount>) {
        let is_known = matches!(self.pages, Some(Pages::Known(_)));
        if let Some(pages) = pages.filter(|_| !is_known) {
            self.pages = Some(Pages::Known(pages.get()));
        }
    }

    /// Whether it is a picture.
    #[must_use]
    pub fn is_image(&self) -> bool {
        self.kind == MediaKind::Image
    }

    /// An image in place of a slot of a template.
    pub(in crate::request) fn image_of_a_slot(name: &str, position: Position) -> Self {
        let hidden = Some("is an image that only the call knows".into());
        Self { hidden, ..Self::new(MediaKind::Image, name, position) }
    }

    /// Looks at what the request holds of it in base64.
    fn look_into(&mut self, data: &Value<'_>) {
        let Some(text) = data.string() else { return };
        let data = text.split_once(";base64,").map_or(&*text, |(_, data)| data);
        let Some(bytes) = decoded(data, LARGEST) else { return };
        match self.kind {
            MediaKind::Image => {}
            MediaKind::Audio | MediaKind::Video => self.seconds = length::seconds(&bytes),
            MediaKind::Document => self.pages = length::pages(&bytes),
        }
    }

    /// What is said of it where it is not counted.
    pub(in crate::request) fn unknown(&self) -> Unknown {
        let why = self.hidden.as_deref().unwrap_or("has no published rule").to_owned();
        Unknown { what: self.name.clone(), why, position: self.position }
    }

    pub(in crate::request) fn audio(name: &str, position: Position) -> Self {
        Self::new(MediaKind::Audio, name, position)
    }

    /// An answer in sound, of which the request has no more than the id.
    pub(in crate::request) fn answer_in_sound(position: Position) -> Self {
        let hidden = Some(IN_A_FILE.into());
        Self { hidden, ..Self::new(MediaKind::Audio, "audio", position) }
    }

    pub(in crate::request) fn video(name: &str, position: Position) -> Self {
        Self::new(MediaKind::Video, name, position)
    }

    /// An image of OpenAI's APIs: a link or a data URL, as a string or under `url`, or the id of a file.
    pub(in crate::request) fn openai_image(
        name: &str,
        part: &Fields<'_>,
        url: Option<Value<'_>>,
        position: Position,
    ) -> Result<Self, Error> {
        let mut media = Self::new(MediaKind::Image, name, position);
        let inside = url.filter(|url| url.kind() == Kind::Object);
        let inside = inside.map(|url| url.fields()).transpose()?;
        media.detail = match &inside {
            Some(inside) => inside.string("detail")?,
            None => part.string("detail")?,
        };
        let link = match &inside {
            Some(inside) => inside.get("url"),
            None => url.filter(|url| url.kind() == Kind::String),
        };
        match link {
            Some(link) if part.get("file_id").is_none() => media.look_at_url(&link)?,
            _ => media.hidden = Some(IN_A_FILE.into()),
        }
        Ok(media)
    }

    /// A file of `OpenAI`'s APIs.
    pub(in crate::request) fn openai_file(
        name: &str,
        part: &Fields<'_>,
        position: Position,
    ) -> Result<Self, Error> {
        let inside = part.get("file").filter(|file| file.kind() == Kind::Object);
        let inside = inside.map(|file| file.fields()).transpose()?;
        let data = inside.as_ref().unwrap_or(part).any(&["file_data", "data"]);
        Ok(Self::document(name, data.as_ref(), position))
    }

    /// A document, with its bytes in base64 where the request holds them.
    pub(in crate::request) fn document(
        name: &str,
        data: Option<&Value<'_>>,
        position: Position,
    ) -> Self {
        let mut media = Self::new(MediaKind::Document, name, position);
        match data {
            Some(data) => media.look_into(data),
            None => media.hidden = Some(IN_A_FILE.into()),
        }
        media
    }

    /// An `image` block of Anthropic.
    pub(in crate::request) fn anthropic_image(
        part: &Fields<'_>,
        position: Position,
    ) -> Result<Self, Error> {
        let mut media = Self::new(MediaKind::Image, "image", position);
        let source = part.required("source")?.fields()?;
        match (source.get("data"), source.get("url")) {
            (Some(data), _) => media.look_at(&data)?,
            (None, Some(url)) => media.look_at_url(&url)?,
            (None, None) => media.hidden = Some(IN_A_FILE.into()),
        }
        Ok(media)
    }

    /// The data of a part of Gemini.
    pub(in crate::request) fn gemini(
        part: &Fields<'_>,
        data: &Fields<'_>,
        resolution: Option<&str>,
        position: Position,
    ) -> Result<Self, Error> {
        let mime = data.any(&["mimeType", "mime_type"]).and_then(|mime| mime.string());
        let named = part.string("type")?;
        let word = mime.as_deref().map(|mime| mime.split('/').next().unwrap_or_default());
        let (kind, name) = match named.as_deref().or(word) {
            Some("image") => (MediaKind::Image, "image"),
            Some("audio") => (MediaKind::Audio, "audio"),
            Some("video") => (MediaKind::Video, "video"),
            _ => (MediaKind::Document, "document"),
        };
        let mut media = Self::new(kind, name, position);
        let own = part.any(&["mediaResolution", "media_resolution"]);
        let own = own.and_then(|own| own.get("level").unwrap_or(own).string());
        media.detail = own.map(Into::into).or_else(|| resolution.map(ToOwned::to_owned));
        let film = part.any(&["videoMetadata", "video_metadata"]);
        if let Some(film) = film.filter(|film| film.kind() == Kind::Object) {
            media.clip = Clip::of(&film.fields()?);
        }
        match data.get("data") {
            Some(bytes) if kind == MediaKind::Image => media.look_at(&bytes)?,
            Some(bytes) => media.look_into(&bytes),
            None => media.hidden = Some(IN_A_FILE.into()),
        }
        Ok(media)
    }

    /// A block of Bedrock's Converse API.
    pub(in crate::request) fn converse(
        name: &str,
        block: &Fields<'_>,
        position: Position,
    ) -> Result<Self, Error> {
        let kind = match name {
            "image" => MediaKind::Image,
            "video" => MediaKind::Video,
            "audio" => MediaKind::Audio,
            _ => MediaKind::Document,
        };
        let mut media = Self::new(kind, name, position);
        let bytes = block.get("source").and_then(|source| source.set("bytes"));
        match bytes {
            Some(bytes) if kind == MediaKind::Image => media.look_at(&bytes)?,
            Some(bytes) => media.look_into(&bytes),
            None => media.hidden = Some(IN_A_FILE.into()),
        }
        Ok(media)
    }

    fn look_at_url(&mut self, url: &Value<'_>) -> Result<(), Error> {
        let text = url.as_string()?;
        match text.strip_prefix("data:").and_then(|rest| rest.split_once(',')) {
            Some((kind, data)) if kind.ends_with(";base64") => self.look_at_text(data),
            Some(_) => self.hidden = Some("is a data URL that is not in base64".into()),
            None => self.hidden = Some(BEHIND_A_LINK.into()),
        }
        Ok(())
    }

    fn look_at(&mut self, data: &Value<'_>) -> Result<(), Error> {
        let text = data.as_string()?;
        // Some put a whole data URL where the bytes belong.
        let data = text.split_once(";base64,").map_or(&*text, |(_, data)| data);
        self.look_at_text(data);
        Ok(())
    }

    /// Finds the size of an image in the first bytes of its data.
    fn look_at_text(&mut self, data: &str) {
        if let Some(size) = decoded(data, HEADER).and_then(|bytes| image_size(&bytes)) {
            self.size = Some(size);
        }
        if self.size.is_none() {
            self.hidden = Some("has no header of an image that is known".into());
        }
    }
}

/// How a PNG begins; its first chunk, `IHDR`, has its size.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The size that the header of an image file states; `None` for what is no image, or one of no size.
#[must_use]
pub fn image_size(bytes: &[u8]) -> Option<PixelSize> {
    // imagesize takes what stands at the place of a PNG's size for it, whatever is before.
    if bytes.starts_with(PNG) && bytes.get(12..16) != Some(b"IHDR") {
        return None;
    }
    let size = imagesize::blob_size(bytes).ok()?;
    pixel_size(size.width, size.height)
}

fn pixel_size(width: usize, height: usize) -> Option<PixelSize> {
    let side = |side: usize| u32::try_from(side).ok().filter(|side| *side > 0);
    Some(PixelSize { width: side(width)?, height: side(height)? })
}

/// The first bytes of data in base64, of either alphabet, padded or not.
fn decoded(data: &str, most: usize) -> Option<Vec<u8>> {
    let wanted = most / 3 * 4;
    let bytes: Vec<u8> = data
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=')
        .take(wanted)
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        })
        .collect();
    let whole = bytes.len() / 4 * 4;
    let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
    engine.decode(&bytes).or_else(|_| engine.decode(&bytes[..whole])).ok()
}
