//! Keeps the enrollment live: opens the stream of events, heeds what it brings, opens it anew where the browser has
//! given up, and closes it when the process is over or the dialog goes.

use std::time::Duration;

use leptos::prelude::*;

use super::enrollment::Enrollment;
use crate::api::events::{self, Heard, Stream};
use crate::ui::{memo, whenever};

/// Between two attempts, where the browser does not try by itself.
const PAUSE: Duration = Duration::from_secs(3);

#[derive(Clone, Copy)]
struct Live {
    enrollment: Enrollment,
    stream: StoredValue<Option<Stream>, LocalStorage>,
}

pub fn keep_live(enrollment: Enrollment) {
    let live = Live {
        enrollment,
        stream: StoredValue::new_local(None),
    };
    let is_over = memo(move || {
        enrollment
            .view
            .with(|view| view.as_ref().is_some_and(|view| view.state.is_final()))
    });
    whenever(move || {
        if is_over.get() {
            live.stream.set_value(None);
            enrollment.interrupted.set(false);
        } else {
            live.open();
        }
    });
    on_cleanup(move || {
        live.stream.try_update_value(Option::take);
    });
}

impl Live {
    fn open(self) {
        let stream = events::listen(self.enrollment.id, move |heard| self.hear(heard));
        // Fails where the dialog is gone, and then the stream goes with it.
        self.stream.try_update_value(|kept| *kept = stream);
    }

    fn hear(self, heard: Heard) {
        match heard {
            Heard::Process(view) => {
                self.enrollment.interrupted.try_set(false);
                self.enrollment.accept(*view);
            }
            Heard::Connected => {
                self.enrollment.interrupted.try_set(false);
            }
            Heard::Lost => {
                self.enrollment.interrupted.try_set(true);
            }
            Heard::Closed => {
                self.enrollment.interrupted.try_set(true);
                set_timeout(move || self.reopen(), PAUSE);
            }
        }
    }

    fn reopen(self) {
        let is_wanted = self
            .enrollment
            .view
            .try_with_untracked(|view| view.as_ref().is_none_or(|view| !view.state.is_final()));
        if is_wanted == Some(true) {
            // Says why the stream was refused: signed out, or gone.
            self.enrollment.look();
            self.open();
        }
    }
}
