//! What codes, states and numbers are called: each match is exhaustive, so that a new one without a sentence does
//! not compile. The sentences stand in the locale files.

mod date;
mod event;
mod mobile_id;
mod number;
mod problem;
mod process;

pub use date::{date, date_and_time, short_date, time};
pub use event::{actor, event};
pub use mobile_id::{
    certificate_state, mobile_id_meaning, mobile_id_state, mobile_id_term, purpose, purposes,
};
pub use number::{tries_left, validity, wait};
pub use problem::{failure, problem};
pub use process::{end_title, ending, process_state};
