//! The library.

pub mod device;
