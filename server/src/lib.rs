//! The server.
pub mod domain;
pub mod store;
