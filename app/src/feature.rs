//! What a user does, a room each: they join words, state and calls into `ui` pieces. Pages put them together.

mod account_menu;
mod certificates;
mod expiring_notice;
mod facts;
mod get_mobile_id;
mod get_mobile_id_card;
mod guard;
mod heading;
mod language_menu;
mod link;
mod loaded;
mod mail_link;
mod mail_path;
mod mobile_id_card;
mod mobile_id_details;
mod mobile_id_list;
mod options;
mod plan;
mod shell;
mod sign_in;

pub use expiring_notice::ExpiringNotice;
pub use get_mobile_id::{GetMobileId, process_in_url, process_url};
pub use get_mobile_id_card::{GetMobileIdCard, UnfinishedNotice};
pub use guard::Guard;
pub use heading::{Heading, provide_headings};
pub use language_menu::LanguageMenu;
pub use link::{Link, in_place, use_go};
pub use loaded::{Loaded, Waiting, load};
pub use mail_link::MailLinkLetter;
pub use mail_path::{MailOverviewCard, MailPreviews, OutboxTable, TestMail, open_mail_path};
pub use mobile_id_card::MobileIdCard;
pub use mobile_id_details::MobileIdDetails;
pub use mobile_id_list::MobileIdList;
pub use options::{ScriptEditor, ScriptVersionDetails, ScriptVersionList};
pub use shell::{MenuEntry, Shell};
pub use sign_in::SignInForm;
