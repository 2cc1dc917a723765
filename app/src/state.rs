//! What the whole portal knows at any time: who is signed in, and where one is.

mod address;
mod session;

pub use address::{Address, provide_address, use_address};
pub use session::{Session, SignedIn, provide_session, use_session};
