//! Plain logic of the front end: no signals, no browser, no network. Tested on the host.

pub mod return_path;
