//! What the background worker does now and then: tells users by e-mail that a mobile ID ends soon. Page by page, so
//! that the number of mobile IDs costs time and no memory.

use shared::{
    api::{Actor, Event, MobileIdState, ScriptName},
    url::page,
};
use time::{Duration, OffsetDateTime};

use super::{Context, options};
use crate::{
    domain::{
        audit::Record,
        mail::{Concerns, NewMail},
        reminder::{self, FURTHEST},
    },
    mail::{Content, Expiring, Letter, Mailer, WriteError},
    store::{EndsSoon, Result, StoreError, Transaction},
};

const PAGE: u64 = 200;

/// A reminder whose time has come.
struct Due {
    ends: EndsSoon,
    /// Its name: the configured day that is reached.
    days_before: u32,
    /// Why the version in force was not the one that was asked.
    failures: Vec<String>,
}

/// Gives the number of reminders written.
pub async fn run(context: &Context) -> Result<usize> {
    let Some(mailer) = &context.mail else {
        return Ok(0);
    };
    let now = context.clock.now();
    let until = now + Duration::days(i64::from(FURTHEST));
    let (mut after, mut written) = (None, 0);
    loop {
        let newest = options::newest(context, ScriptName::ExpiringOptions).await?;
        let page = context.store.read().ending_soon(now, until, after, PAGE).await?;
        let Some(last) = page.last() else {
            break;
        };
        after = Some((last.mobile_id.valid_until, last.mobile_id.id));
        for ends in page {
            if let Some(due) = due(context, newest, ends, now).await? {
                written += usize::from(remind(context, mailer, &due, now).await?);
            }
        }
    }
    if written > 0 {
        mailer.ring();
    }
    Ok(written)
}

async fn due(context: &Context, newest: u32, ends: EndsSoon, now: OffsetDateTime) -> Result<Option<Due>> {
    let found = options::reminders_in_force(context, newest, &ends.user).await?;
    let due = reminder::due(&found.values, ends.mobile_id.valid_until, now, ends.sent);
    Ok(due.map(|days_before| Due {
        ends,
        days_before,
        failures: found.failures,
    }))
}

/// `false` where there is nothing to say any more, or another server has said it.
async fn remind(context: &Context, mailer: &Mailer, due: &Due, now: OffsetDateTime) -> Result<bool> {
    let mail = match mailer.write(&letter(due, mailer.public_url(), now), now) {
        Ok(mail) => Some(mail),
        // Counts as done: the next reminder is written when the address is mended.
        Err(WriteError::Address(error)) => {
            tracing::warn!(user = due.ends.user.user_name, %error, "a user cannot be reminded");
            None
        }
        // The others are reminded all the same, and this one in a later round.
        Err(error) => {
            tracing::error!(user = due.ends.user.user_name, %error, "a reminder cannot be written");
            return Ok(false);
        }
    };
    let transaction = context.store.begin().await?;
    if !still_stands(&transaction, due, now).await? {
        return Ok(false);
    }
    match keep(&transaction, due, mail.as_ref(), now).await {
        Err(StoreError::Duplicate(_)) => return Ok(false),
        kept => kept?,
    }
    transaction.commit().await?;
    Ok(mail.is_some())
}

/// What the page said may be over by the time it is this one's turn.
async fn still_stands(transaction: &Transaction, due: &Due, now: OffsetDateTime) -> Result<bool> {
    let user = transaction.user(due.ends.user.id).await?;
    if !user.is_some_and(|user| user.is_active()) {
        return Ok(false);
    }
    let mobile_ids = transaction.mobile_ids(due.ends.user.id).await?;
    let this = mobile_ids.iter().find(|other| other.id == due.ends.mobile_id.id);
    Ok(this.is_some_and(|this| {
        this.state_at(now) == MobileIdState::Active && !this.has_successor(&mobile_ids, now)
    }))
}

async fn keep(
    transaction: &Transaction,
    due: &Due,
    mail: Option<&NewMail>,
    now: OffsetDateTime,
) -> Result<()> {
    let (mobile_id, user) = (&due.ends.mobile_id, &due.ends.user);
    // First: where another server was faster, it is told here.
    transaction
        .add_reminder(mobile_id.id, due.days_before, now)
        .await?;
    for failure in &due.failures {
        tracing::error!(failure, user = user.user_name, "the reminders' options failed");
        let failed = Record::new(now, Event::OptionsFailed, Actor::System)
            .user(user.id)
            .detail(failure.clone());
        transaction.append_audit(&failed);
    }
    let Some(mail) = mail else {
        return Ok(());
    };
    transaction.add_mail(mail).await?;
    let reminded = Record::new(now, Event::ReminderMailed, Actor::System)
        .user(user.id)
        .mobile_id(Some(mobile_id.id))
        .detail(format!("{} days before the end", due.days_before));
    transaction.append_audit(&reminded);
    Ok(())
}

fn letter(due: &Due, public_url: &str, now: OffsetDateTime) -> Letter {
    let (mobile_id, user) = (&due.ends.mobile_id, &due.ends.user);
    Letter {
        to_name: user.display_name.clone(),
        to_address: user.email.clone().unwrap_or_default(),
        language: user.language.unwrap_or_default(),
        content: Content::Expiring(Expiring {
            name: user.display_name.clone(),
            profile: mobile_id.name.clone(),
            phone: mobile_id.phone.clone(),
            days: reminder::days_left(mobile_id.valid_until, now),
            valid_until: mobile_id.valid_until,
            renew_link: page::absolute(public_url, page::DASHBOARD),
        }),
        concerns: Concerns {
            user: Some(user.id),
            process: None,
            mobile_id: Some(mobile_id.id),
        },
        useless_after: Some(mobile_id.valid_until),
    }
}
