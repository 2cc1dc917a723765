//! The server from outside: the real router on a real socket with a database of its own for each test, people and
//! phones as actors. One binary, so that it links once; files mirror the routes. `killed`, `phone`, `portal` and
//! `program` drive the real program instead.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "clippy knows tests by their attribute, and not the actors and fixtures that they share"
)]

mod admin_mail;
mod app;
mod approval;
mod archive;
mod audit;
mod authorization;
mod backup;
mod books;
mod ca_keys;
mod ca_renewal;
mod decrypt;
mod device;
mod encryption;
mod faults;
mod hostile;
mod house;
#[cfg(feature = "hsm")]
mod hsm;
mod killed;
mod lifecycle;
mod log;
mod mail;
mod mobile_id;
mod ops;
mod options;
mod phone;
mod pki;
mod portal;
mod process;
mod program;
mod recovery;
mod reminder;
mod session;
mod store;
mod test_now;
