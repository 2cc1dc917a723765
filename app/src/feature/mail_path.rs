//! The mail path as an administrator sees it: how it stands, a test mail, each mail with sample data, the outbox.

mod choice;
mod outbox;
mod overview;
mod previews;
mod row;
mod test_mail;

use std::time::Duration;

use leptos::prelude::*;
use shared::api::MailOverview;

use super::loaded::{Loaded, load};
use crate::api;
use crate::ui::memo;

pub use outbox::OutboxTable;
pub use overview::MailOverviewCard;
pub use previews::MailPreviews;
pub use test_mail::TestMail;

/// While a mail waits or is being handed over, the page is asked for anew this often.
const WHILE_WAITING: Duration = Duration::from_secs(5);

#[derive(Clone, Copy)]
pub struct MailPath {
    pub overview: Loaded<MailOverview>,
    /// Grows when the outbox is to be read anew.
    pub changed: RwSignal<u32>,
}

impl MailPath {
    pub fn look(self) {
        self.overview.again.run(());
        self.changed.update(|changed| *changed = changed.wrapping_add(1));
    }
}

pub fn open_mail_path() -> MailPath {
    let path = MailPath {
        overview: load(api::mail::overview),
        changed: RwSignal::new(0),
    };
    let is_under_way = memo(move || {
        path.overview.value.with(|overview| {
            overview
                .as_ref()
                .is_some_and(|overview| overview.waiting + overview.sending > 0)
        })
    });
    let tick = set_interval_with_handle(
        move || {
            // A last tick may come when the page is gone.
            if is_under_way.try_get_untracked() == Some(true) {
                path.look();
            }
        },
        WHILE_WAITING,
    );
    on_cleanup(move || {
        if let Ok(tick) = tick {
            tick.clear();
        }
    });
    path
}
