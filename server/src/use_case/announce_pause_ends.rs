//! What the background worker does now and then: tells users by e-mail that a mobile ID which is paused will be locked.
//! Page by page. What it says is kept with the mobile ID, so that nothing is said twice and `lock_long_paused` knows.

use shared::{
    api::{Actor, Event, PauseCause},
    url::page,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Context, letters};
use crate::{
    domain::{
        audit::Record,
        mail::Concerns,
        mobile_id::{FIRST_ANNOUNCED, MobileId},
        reminder::days_left,
        user::User,
    },
    mail::{Content, Letter, Mailer, PauseEnds},
    store::{Result, StoreError},
};

const PAGE: u64 = 200;

/// Gives the number of mails written.
pub async fn run(context: &Context) -> Result<usize> {
    let (Some(mailer), Some(most)) = (&context.mail, context.limits.lock_paused_after_days) else {
        return Ok(0);
    };
    let first = most.saturating_sub(FIRST_ANNOUNCED);
    let until = context.clock.now() - Duration::days(i64::from(first));
    let (mut after, mut written) = (None, 0);
    loop {
        let page = context.store.read().mobile_ids_paused(until, after, PAGE).await?;
        let Some(last) = page.last() else {
            break;
        };
        after = Some((last.state_since, last.id));
        for mobile_id in page {
            // Most of a page has been told: that costs no transaction.
            let is_due = mobile_id.pause_end_due(Some(most), context.clock.now()).is_some();
            if is_due && announce(context, mailer, mobile_id.id, most).await? {
                written += 1;
            }
        }
    }
    if written > 0 {
        mailer.ring();
    }
    Ok(written)
}

/// `false` where there is nothing to say any more, nobody to say it to, or another server has said it.
async fn announce(context: &Context, mailer: &Mailer, mobile_id: Uuid, most: u32) -> Result<bool> {
    let transaction = context.store.begin().await?;
    let now = context.clock.now();
    let Some(mobile_id) = transaction.mobile_id_to_change(mobile_id).await? else {
        return Ok(false);
    };
    let Some((days, end)) = mobile_id.pause_end_due(Some(most), now) else {
        return Ok(false);
    };
    let user = transaction.user(mobile_id.user).await?;
    let user = user.ok_or(StoreError::Damaged { table: "mobile_id" })?;
    let Some(address) = letters::address(&user) else {
        return Ok(false);
    };
    let letter = letter(&mobile_id, &user, address, mailer.public_url(), (now, end));
    let mail = match mailer.write(&letter, now) {
        Ok(mail) => mail,
        // The others are told all the same; this one is not locked before it is told.
        Err(error) => {
            tracing::error!(user = user.user_name, %error, "a user cannot be told that a pause ends");
            return Ok(false);
        }
    };
    let record = Record::new(now, Event::PauseEndMailed, Actor::System)
        .user(user.id)
        .mobile_id(Some(mobile_id.id))
        .detail(format!("{days} days before the lock"));
    let told = mobile_id.announce_pause_end(days, now);
    transaction.save_mobile_id(&told).await?;
    transaction.add_mail(&mail).await?;
    transaction.append_audit(&record);
    transaction.commit().await?;
    Ok(true)
}

fn letter(
    mobile_id: &MobileId,
    user: &User,
    address: &str,
    public_url: &str,
    (now, end): (OffsetDateTime, OffsetDateTime),
) -> Letter {
    Letter {
        to_name: user.display_name.clone(),
        to_address: address.to_owned(),
        language: user.language.unwrap_or_default(),
        content: Content::PauseEnds(PauseEnds {
            name: user.display_name.clone(),
            profile: mobile_id.name.clone(),
            phone: mobile_id.phone.clone(),
            by_user: mobile_id.pause_cause == Some(PauseCause::User),
            paused_at: mobile_id.state_since,
            days: days_left(end, now),
            locks_at: end,
            portal_link: page::absolute(public_url, page::DASHBOARD),
        }),
        concerns: Concerns {
            user: Some(user.id),
            process: None,
            mobile_id: Some(mobile_id.id),
        },
        useless_after: Some(end),
    }
}
