//! The server.

pub mod ca;
pub mod domain;
pub mod store;
