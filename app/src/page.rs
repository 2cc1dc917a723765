//! Pages: what a URL shows. A page joins features and holds no logic of its own.

pub mod phone;
pub mod portal;
