//! What the whole portal knows at any time: who is signed in.

mod session;

pub use session::{Session, SignedIn, provide_session, use_session};
