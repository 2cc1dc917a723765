//! What the mail worker does in one round: takes what is due out of the outbox, a lease for each, and hands it over.

use std::sync::Arc;

use shared::api::MobileIdState;
use time::OffsetDateTime;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::Context;
use crate::{
    chance,
    domain::mail::{Kind, Mail, NewMail, State},
    mail::{Mailer, Outcome, Trouble},
    store::Result,
};

const AT_ONCE: u64 = 32;
const SIDE_BY_SIDE: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    pub tried: usize,
    pub sent: usize,
    /// The mail server itself fails: the rest of the round was left for later.
    pub trouble: bool,
}

/// `stopping`: asked before each mail. What is under way ends first.
pub async fn run(context: &Context, stopping: impl Fn() -> bool) -> Result<Round> {
    let mut round = Round::default();
    let Some(mailer) = &context.mail else {
        return Ok(round);
    };
    let now = context.clock.now();
    let released = context.store.read().release_mails(now).await?;
    if released > 0 {
        tracing::warn!(released, "mails whose server ended while it sent them wait again");
    }
    context.store.read().forget_failed_mails(now, AT_ONCE).await?;
    let mut under_way = JoinSet::new();
    for id in context.store.read().due_mails(now, AT_ONCE).await? {
        if under_way.len() >= SIDE_BY_SIDE {
            count(&mut round, under_way.join_next().await);
        }
        if round.trouble || stopping() {
            break;
        }
        let (context, mailer) = (context.clone(), mailer.clone());
        under_way.spawn(async move { one(&context, &mailer, id).await });
    }
    while let Some(ended) = under_way.join_next().await {
        count(&mut round, Some(ended));
    }
    Ok(round)
}

type Ended = std::result::Result<Result<Option<Outcome>>, tokio::task::JoinError>;

fn count(round: &mut Round, ended: Option<Ended>) {
    match ended {
        Some(Ok(Ok(Some(outcome)))) => {
            round.tried += 1;
            round.sent += usize::from(matches!(outcome, Outcome::Accepted(_)));
            round.trouble |= matches!(outcome, Outcome::Later(Trouble { of_server: true, .. }));
        }
        Some(Ok(Err(error))) => {
            tracing::warn!(%error, "the outbox cannot be read or written; mails wait");
            round.trouble = true;
        }
        Some(Err(error)) => tracing::error!(%error, "sending a mail broke off; its lease runs out"),
        Some(Ok(Ok(None))) | None => {}
    }
}

/// Takes one mail and tries it. `None` where another was faster.
async fn one(context: &Context, mailer: &Arc<Mailer>, id: Uuid) -> Result<Option<Outcome>> {
    let now = context.clock.now();
    let transaction = context.store.begin().await?;
    let taken = transaction.take_mail(id, now, mailer.lease_until(now)).await?;
    transaction.commit().await?;
    let Some(taken) = taken else {
        return Ok(None);
    };
    if is_untrue(context, &taken.mail, now).await? {
        cancel(context, &taken.mail).await?;
        return Ok(None);
    }
    let outcome = if taken.mail.is_useless(now) {
        Outcome::Never("it came too late to be of use".into())
    } else {
        mailer.send(&taken).await
    };
    let after = after(&taken, &outcome, context.clock.now());
    let transaction = context.store.begin().await?;
    let is_ours = transaction.put_mail(&taken.mail, &after).await?;
    transaction.commit().await?;
    if let Some(process) = after.concerns.process {
        context.changes.ring(process);
    }
    if is_ours {
        report(&after, &outcome);
    }
    Ok(Some(outcome))
}

/// Of a mobile ID that was locked, renewed or resumed while the mail waited.
async fn is_untrue(context: &Context, mail: &Mail, now: OffsetDateTime) -> Result<bool> {
    let (Kind::Expiring | Kind::PauseEnds, Some(id), Some(user)) =
        (mail.kind, mail.concerns.mobile_id, mail.concerns.user)
    else {
        return Ok(false);
    };
    let mobile_ids = context.store.read().mobile_ids(user).await?;
    let stands = match mobile_ids.iter().find(|mobile_id| mobile_id.id == id) {
        None => false,
        // One that was resumed and paused again is told anew.
        Some(this) if mail.kind == Kind::PauseEnds => {
            this.state_at(now) == MobileIdState::Inactive && this.pause_end.is_some()
        }
        Some(this) => this.state_at(now) == MobileIdState::Active && !this.has_successor(&mobile_ids, now),
    };
    Ok(!stands)
}

async fn cancel(context: &Context, taken: &Mail) -> Result<()> {
    let cancelled = Mail {
        state: State::Cancelled,
        ..taken.clone()
    };
    let transaction = context.store.begin().await?;
    transaction.put_mail(taken, &cancelled).await?;
    transaction.commit().await
}

fn after(taken: &NewMail, outcome: &Outcome, now: OffsetDateTime) -> Mail {
    let mail = taken.mail.clone();
    match outcome {
        Outcome::Accepted(answer) => Mail {
            state: State::Sent,
            handed_over_at: Some(now),
            last_answer: Some(answer.clone()),
            ..mail
        },
        Outcome::Never(reason) => Mail {
            state: State::Failed,
            last_answer: Some(reason.clone()),
            ..mail
        },
        Outcome::Later(trouble) => {
            // Without chance the wait is its shortest.
            let next = mail.next_try(now, chance::octets().unwrap_or_default());
            Mail {
                state: if next.is_some() {
                    State::Waiting
                } else {
                    State::Failed
                },
                next_at: next.unwrap_or(mail.next_at),
                last_answer: Some(trouble.reason.clone()),
                ..mail
            }
        }
    }
}

fn report(mail: &Mail, outcome: &Outcome) {
    let (id, kind, attempts) = (mail.id, mail.kind.as_str(), mail.attempts);
    let answer = mail.last_answer.as_deref().unwrap_or_default();
    match (mail.state, outcome) {
        (State::Failed, _) => tracing::error!(mail = %id, kind, attempts, answer, "a mail is given up"),
        (_, Outcome::Later(Trouble { alarm: true, .. })) => {
            tracing::error!(mail = %id, attempts, answer, "mail cannot be sent until somebody mends this");
        }
        (_, Outcome::Later(_)) => tracing::warn!(mail = %id, attempts, answer, "a mail is tried again later"),
        _ => tracing::info!(mail = %id, kind, attempts, "a mail was handed over"),
    }
}
