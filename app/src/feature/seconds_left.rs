//! Time that runs out, for whoever counts it down.

use std::time::Duration;

use leptos::prelude::*;

use crate::api::server_time;
use crate::flow::time_left::seconds_until;
use crate::ui::whenever;

/// Whole seconds until a time in milliseconds, each second anew; none left where there is no such time.
pub fn seconds_left(end: Memo<Option<f64>>) -> RwSignal<u32> {
    // A last tick may come when the dialog is gone.
    let left = move || {
        end.try_get_untracked()
            .flatten()
            .map_or(0, |end| seconds_until(end, server_time::now()))
    };
    let seconds = RwSignal::new(left());
    whenever(move || {
        end.track();
        seconds.set(left());
    });
    let tick = set_interval_with_handle(move || seconds.set(left()), Duration::from_secs(1));
    on_cleanup(move || {
        if let Ok(tick) = tick {
            tick.clear();
        }
    });
    seconds
}
