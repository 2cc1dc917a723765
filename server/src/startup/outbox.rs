//! The mail worker: sends what waits, at once when it is rung, and looks now and then for what others wrote.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::use_case::{Context, send_mails};

const LOOK_EVERY: Duration = Duration::from_secs(2);
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

pub async fn work(context: Context, stopping: CancellationToken) {
    let Some(mailer) = context.mail.clone() else {
        return;
    };
    let mut pause = FIRST_PAUSE;
    while !stopping.is_cancelled() {
        let round = send_mails::run(&context, || stopping.is_cancelled()).await;
        let is_trouble = match &round {
            Ok(round) => round.trouble,
            Err(error) => {
                tracing::warn!(%error, "the outbox cannot be read; mails wait");
                true
            }
        };
        if is_trouble {
            // A new mail is tried at once all the same: who waits for it learns whether the mail server answers.
            tokio::select! {
                () = stopping.cancelled() => {}
                () = mailer.rung() => {}
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
            continue;
        }
        pause = FIRST_PAUSE;
        if round.is_ok_and(|round| round.tried > 0) {
            continue;
        }
        tokio::select! {
            () = stopping.cancelled() => {}
            () = mailer.rung() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}
