//! What codes, states and numbers are called: each match is exhaustive, so that a new one without a sentence does
//! not compile. The sentences stand in the locale files.

mod date;
mod event;
mod mail;
mod mobile_id;
mod number;
mod problem;
mod process;
mod script;
mod script_name;
mod test;

pub use date::{date, date_and_time, short_date, soon, time};
pub use event::{actor, event};
pub use mail::{mail_kind, mail_state, mailed};
pub use mobile_id::{
    certificate_state, ends, lock_reason, mobile_id_meaning, mobile_id_state, mobile_id_term, pause_cause,
    purpose, purpose_meaning, purposes,
};
pub use number::{minutes, tries_left, validity, wait};
pub use problem::{console_failure, failure, problem};
pub use process::{end_title, ending, process_state};
pub use script::{
    certificate_choice, notify, recovery, script_fault, script_hint, script_hint_source, yes_or_no,
};
pub use script_name::script_name;
pub use test::{check, check_result, tested};
