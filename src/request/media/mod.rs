//! Images, sound, film and documents in a request, with what is known of their size.

mod amount;
mod clip;
mod counted;
mod declared;
mod image;
mod length;
mod part;
mod rate;

pub use amount::{MediaLength, PageCount};
pub use declared::DeclaredSizes;
pub use image::too_many_patches;
pub use part::{Media, MediaKind, PixelSize, image_size};
