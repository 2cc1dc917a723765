//! What people and phones can do, one file a verb, function `run`. A use case opens one transaction, asks `domain`,
//! writes through `store`, issues through `ca`, commits, and only then tells whoever waits. Called by `http`, by
//! the command line and by the background worker alike; never by another use case.

pub mod accept_receipt;
pub mod add_default_script;
pub mod add_user;
pub mod answer_ocsp;
pub mod cancel_process;
pub mod change_user;
pub mod check_books;
pub mod check_script;
pub mod choose_language;
pub mod claim;
pub mod clear_outbox;
pub mod confirm_pairing;
pub mod confirm_password;
pub mod context;
pub mod decline;
pub mod device_enrollment;
pub mod diff_script;
pub mod find_users;
pub mod give_up_on_phone;
pub mod list_mails;
pub mod list_mobile_ids;
pub mod list_script_versions;
pub mod look_at_code;
pub mod look_at_mail_link;
pub mod preview_mail;
pub mod publish_crl;
pub mod remind;
pub mod retry_mail;
pub mod save_script;
pub mod send_mails;
pub mod send_test_mail;
pub mod set_user_state;
pub mod show_certificate;
pub mod show_code;
pub mod show_dashboard;
pub mod show_mail_path;
pub mod show_mobile_id;
pub mod show_process;
pub mod show_script;
pub mod sign_in;
pub mod sign_out;
pub mod start_process;
pub mod submit_keys;
pub mod sweep;
pub mod use_mail_link;

mod device;
mod letters;
mod lifecycle;
mod mail;
mod mail_links;
mod options;
mod portal;
mod seen;
mod transition;

pub use context::Context;
pub use device::DeviceError;
pub use mail::{Listed, MailError};
pub use mail_links::{MailLinkError, MailLinkSeen};
pub use portal::PortalError;
pub use seen::{CodeMail, MobileIdSeen, ProcessSeen};
