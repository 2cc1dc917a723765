//! The portal's server. `http -> use_case -> domain`, and `use_case -> store, ca, mail`; `startup` alone wires them.
//! `phone` is the headless phone: it shares nothing with the rest but the crate `shared`.

pub mod archive;
mod backup;
pub mod ca;
pub mod chance;
pub mod cli;
pub mod clock;
pub mod domain;
mod durable_file;
pub mod http;
pub mod mail;
pub mod password;
pub mod phone;
pub mod script;
pub mod settings;
pub mod startup;
pub mod store;
pub mod use_case;
