//! Pages: what a URL shows. A page joins features and holds no logic of its own.

pub mod broken;
pub mod console;
mod dashboard;
mod mail_link;
mod mobile_id;
mod mobile_ids;
mod not_found;
pub mod phone;
pub mod portal;
pub mod reader;
mod sign_in;
