//! The portal's and the device's HTTP calls: JSON there and back, problems as typed failures. Nothing here knows
//! of signals or views.

mod call;
pub mod events;
mod failure;
pub mod json;
pub mod mail;
pub mod mail_link;
pub mod mobile_id;
pub mod process;
pub mod recovery;
pub mod script;
pub mod server_time;
pub mod session;

pub use call::{Answer, Bearer, Method, Nothing, delete, get, post, put, read, send};
pub use failure::Failure;
