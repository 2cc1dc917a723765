//! The phone's side of an enrollment: keys, storage, protocol and the order of steps. The pages that show it are
//! in `page::phone`; nothing here draws.

pub mod browser;
pub mod client;
pub mod database;
pub mod decryption;
pub mod description;
pub mod enrollment;
pub mod indexed_db;
pub mod install;
pub mod journey;
pub mod keys;
pub mod screen;
pub mod sealed;
pub mod setup;
pub mod standing;
pub mod stop;
pub mod subtle;
pub mod watch;
