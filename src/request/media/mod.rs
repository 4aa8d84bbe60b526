//! Images, sound, film and documents in a request, with what is known of their size.

mod counted;
mod image;
mod length;
mod part;
mod rate;

pub use image::{image_tokens, too_many_patches};
pub use part::{Media, MediaKind, PixelSize, image_size};
