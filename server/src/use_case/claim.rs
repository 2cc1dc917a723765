//! Start on the phone: the code is used, once. A phone whose answer was lost asks again with the same token and is
//! answered alike; another phone is told that the code is used.

use shared::{
    api::{Actor, Event, Phone},
    protocol::pairing::PairingKey,
};

use super::{
    Context, DeviceError,
    device::{self, HeldByCode},
    transition,
};
use crate::{
    domain::{
        audit::Record,
        process::{Claim, CodeStanding, Process, Stage},
        secret::Hash,
        user::User,
    },
    store::StoreError,
};

/// What the phone may know of the process that it has claimed.
pub struct Claimed {
    pub process: Process,
    pub user: User,
}

pub async fn run(context: &Context, code: &str, token: Hash, phone: &Phone) -> Result<Claimed, DeviceError> {
    let HeldByCode { code, number, held } = device::hold_by_code(context, code).await?;
    let phone = describe(phone)?;
    let now = context.clock.now();
    if held.process.code_standing(number, Some(token), now)? == CodeStanding::ClaimedByThisPhone {
        return Ok(Claimed {
            process: held.process,
            user: held.user,
        });
    }
    // A code that is used is mailed no more. Most never were, and nobody had to decide on most processes either.
    if has_mail(&held.process) {
        held.transaction.cancel_mails(held.process.id).await?;
    }
    let claim = Claim {
        device_token: token,
        pairing_key: PairingKey::derive(&code).0,
        phone: phone.clone(),
    };
    let process = held.process.claim_by(claim, now, &context.limits)?;
    let form = if code.is_short() { "short code" } else { "link" };
    let detail = format!("{phone}, by {form}");
    let record = Record::new(now, Event::CodeClaimed, Actor::Phone).detail(detail);
    match transition::commit(context, held.transaction, &process, &held.user, record).await {
        // The token goes with another process.
        Err(StoreError::Duplicate(_)) => return Err(DeviceError::NotNow),
        committed => committed?,
    }
    Ok(Claimed {
        process,
        user: held.user,
    })
}

fn has_mail(process: &Process) -> bool {
    let is_mailed = matches!(&process.stage, Stage::Open(open) if open.mail.is_some());
    is_mailed || process.plan.recovery.is_some()
}

/// "Pixel 8, Chrome on Android", from what the phone says of itself. Shown to the user as text and trusted by
/// nobody, but kept short and free of control characters, including those that turn the direction of writing.
fn describe(phone: &Phone) -> Result<String, DeviceError> {
    let is_plain = |text: &str| {
        (1..=60).contains(&text.chars().count()) && !text.chars().any(|c| {
            c.is_control()
                || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
    };
    let parts = [
        phone.model.as_deref(),
        Some(&*phone.browser),
        Some(&*phone.system),
    ];
    if !parts.into_iter().flatten().all(is_plain) {
        return Err(DeviceError::PhoneMalformed);
    }
    let browser = format!("{} on {}", phone.browser.trim(), phone.system.trim());
    Ok(phone
        .model
        .as_deref()
        .map_or(browser.clone(), |model| format!("{}, {browser}", model.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_described_in_plain_text_or_not_at_all() {
        let phone = |model: Option<&str>, browser: &str| {
            describe(&Phone {
                model: model.map(Into::into),
                browser: browser.into(),
                system: "Android".into(),
            })
        };
        assert_eq!(
            phone(Some("Pixel 8"), "Chrome").unwrap(),
            "Pixel 8, Chrome on Android"
        );
        assert_eq!(phone(None, "Firefox").unwrap(), "Firefox on Android");
        for browser in ["", "a\nb", "\u{202e}evil", &"x".repeat(61)] {
            assert!(phone(None, browser).is_err(), "{browser:?}");
        }
        assert!(phone(Some(""), "Chrome").is_err());
    }
}
