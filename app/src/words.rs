//! What codes and states are called: each match is exhaustive, so that a new one without a sentence does not
//! compile. The sentences stand in the locale files.

mod mobile_id;
mod problem;

pub use mobile_id::{certificate_state, mobile_id_state, purpose};
pub use problem::{failure, problem};
