//! The background workers: they hear time when nobody asks, until the server stops.

use std::{fmt::Display, time::Duration};

use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{
    http::App,
    use_case::{
        announce_pause_ends, check_books, clear_outbox, expire_mobile_ids, lock_long_paused, publish_crl,
        remind, show_ca, sweep,
    },
};

const SWEEP_EVERY: Duration = Duration::from_secs(2);
/// For what looks through many rows and is in no hurry.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// Side by side: many reminders take a while, and processes end in time all the same.
pub async fn work(app: App, stopping: CancellationToken) {
    tokio::select! {
        () = stopping.cancelled() => {}
        () = sweep_for_ever(&app) => {}
        () = look_for_ever(&app) => {}
    }
}

fn every(period: Duration) -> Interval {
    let mut tick = interval(period);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}

async fn sweep_for_ever(app: &App) {
    let mut tick = every(SWEEP_EVERY);
    loop {
        tick.tick().await;
        match sweep::run(&app.context).await {
            Ok(0) => {}
            Ok(ended) => tracing::info!(ended, "processes whose time was over"),
            Err(error) => tracing::warn!(%error, "the sweep failed and will be tried again"),
        }
        if let Err(error) = publish_crl::all(&app.context).await {
            tracing::warn!(%error, "a CRL was not published; it will be tried again");
        }
        app.forget_old_attempts();
    }
}

async fn look_for_ever(app: &App) {
    let mut tick = every(LOOK_EVERY);
    let mut checked_on = app.context.clock.now().date();
    loop {
        tick.tick().await;
        let today = app.context.clock.now().date();
        if std::mem::replace(&mut checked_on, today) != today {
            check_the_books(app).await;
            look_at_the_ca(app).await;
        }
        let context = &app.context;
        tell(
            expire_mobile_ids::run(context).await,
            "mobile IDs whose time was over",
        );
        tell(
            announce_pause_ends::run(context).await,
            "users who were told that a pause ends",
        );
        tell(
            lock_long_paused::run(context).await,
            "mobile IDs that were paused for too long",
        );
        tell(remind::run(context).await, "reminders were written");
        let cleared = clear_outbox::run(context, app.settings.mail.keep).await;
        tell(cleared, "old mails were taken out of the outbox");
    }
}

/// What a look came to. What is left is looked at in the next round.
fn tell<N: Default + PartialEq + Display>(came: Result<N, impl Display>, what: &str) {
    match came {
        Ok(none) if none == N::default() => {}
        Ok(count) => tracing::info!(%count, "{what}"),
        Err(error) => tracing::warn!(%error, "not all of it was done, and it is tried again: {what}"),
    }
}

/// Every night: whoever watches the log learns what was put right, and what somebody must look at.
async fn check_the_books(app: &App) {
    match check_books::run(&app.context, true).await {
        Ok(report) => {
            for (difference, repaired) in &report.differences {
                tracing::error!(%difference, repaired, "the books of certificates do not agree");
            }
            let check_books::Report {
                checked,
                different,
                repaired,
                ..
            } = report;
            tracing::info!(
                checked,
                different,
                repaired,
                "the books of certificates were compared"
            );
        }
        Err(error) => tracing::warn!(%error, "the books of certificates could not be compared"),
    }
}

/// Every night: whoever watches the log learns in time that the issuing CA must be renewed.
async fn look_at_the_ca(app: &App) {
    match show_ca::warning(&app.context).await {
        Ok(None) => {}
        Ok(Some(ends_soon)) => tracing::warn!("{ends_soon}"),
        Err(error) => tracing::warn!(%error, "whether the issuing CA ends soon could not be looked up"),
    }
}
