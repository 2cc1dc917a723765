//! The server.

pub mod ca;
