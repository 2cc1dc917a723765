//! HTTP, thin: a handler extracts, calls one use case, converts. Routes are grouped as the URLs are; errors become
//! problem+json in `problem` alone; nothing here knows tables or certificates' insides.

mod attempts;
mod browser;
mod certificate;
mod convert;
mod dashboard;
mod device;
mod events;
mod extract;
mod held;
mod mail;
mod mail_link;
mod mobile_id;
mod mobile_id_test;
mod openapi;
mod ops;
mod options;
mod pki;
mod problem;
mod process;
mod qr;
mod recovery;
mod router;
mod security;
mod session;
mod state;
mod web;

pub use openapi::document;
pub use router::router;
pub use state::App;
pub use web::{Web, WebError};
