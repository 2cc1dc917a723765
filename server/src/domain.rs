//! The rules. Everything here gets time, chance and limits as arguments and returns values: no clock, no `await`,
//! no log, no database. Called by use cases; knows nothing of who calls.

pub mod archived_key;
pub mod audit;
pub mod books;
pub mod limits;
pub mod mail;
pub mod mail_link;
pub mod mobile_id;
pub mod mobile_id_test;
pub mod options;
pub mod process;
pub mod recovery;
pub mod recovery_request;
pub mod reminder;
pub mod revocation;
pub mod script;
pub mod secret;
pub mod user;
