//! Plain logic of the front end: no signals, no browser, no network. Tested on the host.

pub mod console_place;
pub mod draft;
pub mod encryption;
pub mod place;
pub mod process;
pub mod return_path;
pub mod time_left;
