//! What each kind of mail tells, as typed values, and how they stand in a template: as lines of text, dates in the
//! reader's language.

use minijinja::{Value, context};
use shared::api::Ending;
use time::{Duration, OffsetDateTime};

use super::address::line;
use crate::domain::{
    mail::{Kind, Language},
    recovery_request::LONGEST_REASON,
};

const LONGEST: usize = 120;

#[derive(Debug, Clone)]
pub enum Content {
    ActivationCode(ActivationCode),
    Created(Created),
    NotCreated(NotCreated),
    Expiring(Expiring),
    PauseEnds(PauseEnds),
    RecoveryApproved(RecoveryDecided),
    RecoveryRefused(RecoveryDecided),
    Test(Test),
}

#[derive(Debug, Clone)]
pub struct ActivationCode {
    pub name: String,
    /// With the code in its fragment.
    pub link: String,
    pub until: OffsetDateTime,
    pub asked_at: OffsetDateTime,
    /// Such as "Firefox on Linux".
    pub browser: String,
    /// "This was not me": leads to a page with a button; following it changes nothing.
    pub not_me_link: String,
}

#[derive(Debug, Clone)]
pub struct Created {
    pub name: String,
    pub profile: String,
    pub phone: String,
    pub at: OffsetDateTime,
    pub valid_until: OffsetDateTime,
    /// An encryption key was made, and put into the key archive.
    pub archived: bool,
    /// Earlier encryption keys that were recovered to the phone.
    pub recovered: usize,
    /// To where the mobile ID can be locked.
    pub lock_link: String,
}

#[derive(Debug, Clone)]
pub struct NotCreated {
    pub name: String,
    pub at: OffsetDateTime,
    pub ending: Ending,
    /// The phone with the earlier mobile ID that was locked to make room.
    pub replaced_phone: Option<String>,
    /// A new encryption key had been put into the key archive.
    pub archived: bool,
    /// Earlier encryption keys that had gone to the phone.
    pub recovered: usize,
    pub retry_link: String,
}

#[derive(Debug, Clone)]
pub struct Expiring {
    pub name: String,
    pub profile: String,
    pub phone: String,
    pub days: u32,
    pub valid_until: OffsetDateTime,
    pub renew_link: String,
}

#[derive(Debug, Clone)]
pub struct PauseEnds {
    pub name: String,
    pub profile: String,
    pub phone: String,
    /// It was paused by them, and so they can resume it.
    pub by_user: bool,
    pub paused_at: OffsetDateTime,
    pub days: u32,
    pub locks_at: OffsetDateTime,
    pub portal_link: String,
}

#[derive(Debug, Clone)]
pub struct RecoveryDecided {
    pub name: String,
    pub at: OffsetDateTime,
    /// In the words of whoever decided.
    pub reason: String,
    /// Until when an approval counts.
    pub until: OffsetDateTime,
    pub portal_link: String,
}

#[derive(Debug, Clone)]
pub struct Test {
    pub at: OffsetDateTime,
    pub portal: String,
}

impl Content {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::ActivationCode(_) => Kind::ActivationCode,
            Self::Created(_) => Kind::Created,
            Self::NotCreated(_) => Kind::NotCreated,
            Self::Expiring(_) => Kind::Expiring,
            Self::PauseEnds(_) => Kind::PauseEnds,
            Self::RecoveryApproved(_) => Kind::RecoveryApproved,
            Self::RecoveryRefused(_) => Kind::RecoveryRefused,
            Self::Test(_) => Kind::Test,
        }
    }

    /// The names that a template may use.
    pub(super) fn values(&self, language: Language) -> Value {
        let text = |text: &str| line(text, LONGEST);
        let at = |at| moment(at, language);
        match self {
            Self::ActivationCode(it) => context! {
                name => text(&it.name),
                link => url(&it.link),
                minutes => (it.until - it.asked_at).whole_minutes().max(1),
                until => at(it.until),
                asked_at => at(it.asked_at),
                browser => text(&it.browser),
                not_me_link => url(&it.not_me_link),
                qr => super::message::QR,
            },
            Self::Created(it) => context! {
                name => text(&it.name),
                profile => text(&it.profile),
                phone => text(&it.phone),
                at => at(it.at),
                valid_until => at(it.valid_until),
                archived => it.archived,
                recovered => it.recovered,
                lock_link => url(&it.lock_link),
            },
            Self::NotCreated(it) => context! {
                name => text(&it.name),
                at => at(it.at),
                ending => serde_json::to_value(it.ending).ok().and_then(|word| word.as_str().map(ToOwned::to_owned)),
                replaced_phone => it.replaced_phone.as_deref().map(text),
                archived => it.archived,
                recovered => it.recovered,
                retry_link => url(&it.retry_link),
            },
            Self::Expiring(it) => context! {
                name => text(&it.name),
                profile => text(&it.profile),
                phone => text(&it.phone),
                days => it.days,
                valid_until => at(it.valid_until),
                renew_link => url(&it.renew_link),
            },
            Self::PauseEnds(it) => context! {
                name => text(&it.name),
                profile => text(&it.profile),
                phone => text(&it.phone),
                by_user => it.by_user,
                paused_at => at(it.paused_at),
                days => it.days,
                locks_at => at(it.locks_at),
                portal_link => url(&it.portal_link),
            },
            Self::RecoveryApproved(it) | Self::RecoveryRefused(it) => context! {
                name => text(&it.name),
                at => at(it.at),
                reason => line(&it.reason, LONGEST_REASON),
                until => at(it.until),
                portal_link => url(&it.portal_link),
            },
            Self::Test(it) => context! { at => at(it.at), portal => url(&it.portal) },
        }
    }
}

/// Ours, and built from parts that are checked; still, no white space ends a line in a mail.
fn url(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .collect()
}

const MONTHS: [[&str; 12]; 3] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    [
        "januari",
        "februari",
        "mars",
        "april",
        "maj",
        "juni",
        "juli",
        "augusti",
        "september",
        "oktober",
        "november",
        "december",
    ],
    [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
];

/// Day and minute in UTC, and says so: the server does not know where its reader lives.
fn moment(at: OffsetDateTime, language: Language) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    let [en, sv, de] = MONTHS.map(|months| {
        let index = usize::from(u8::from(at.month())) - 1;
        months.get(index).copied().unwrap_or_default()
    });
    let (day, year, hour, minute) = (at.day(), at.year(), at.hour(), at.minute());
    match language {
        Language::En => format!("{day} {en} {year}, {hour:02}:{minute:02} UTC"),
        Language::Sv => format!("{day} {sv} {year} kl. {hour:02}.{minute:02} UTC"),
        Language::De => format!("{day}. {de} {year}, {hour:02}:{minute:02} Uhr UTC"),
    }
}

const SAMPLE_NOW: OffsetDateTime = time::macros::datetime!(2026-11-22 14:02 UTC);

/// For previews, and for trying templates.
pub fn sample(kind: Kind, public_url: &str) -> Content {
    let now = SAMPLE_NOW;
    let (name, profile, phone) = (
        "Anna Svensson",
        "MobileID Anna Svensson",
        "Pixel 8, Chrome on Android",
    );
    let to = |path: &str| format!("{public_url}{path}");
    match kind {
        Kind::ActivationCode => Content::ActivationCode(ActivationCode {
            name: name.into(),
            link: to("/m#SAMPLE-CODE-THAT-OPENS-NOTHING"),
            until: now + Duration::minutes(30),
            asked_at: now,
            browser: "Firefox on Linux".into(),
            not_me_link: to("/mail#SAMPLE-LINK-THAT-CANCELS-NOTHING"),
        }),
        Kind::Created => Content::Created(Created {
            name: name.into(),
            profile: profile.into(),
            phone: phone.into(),
            at: now,
            valid_until: now + Duration::days(730),
            archived: true,
            recovered: 2,
            lock_link: to("/mail#SAMPLE-LINK-THAT-LOCKS-NOTHING"),
        }),
        Kind::NotCreated => Content::NotCreated(NotCreated {
            name: name.into(),
            at: now,
            ending: Ending::ReceiptMissing,
            replaced_phone: Some("iPhone 15, Safari on iOS".into()),
            archived: true,
            recovered: 2,
            retry_link: to("/"),
        }),
        Kind::Expiring => Content::Expiring(Expiring {
            name: name.into(),
            profile: profile.into(),
            phone: phone.into(),
            days: 14,
            valid_until: now + Duration::days(14),
            renew_link: to("/"),
        }),
        Kind::PauseEnds => Content::PauseEnds(PauseEnds {
            name: name.into(),
            profile: profile.into(),
            phone: phone.into(),
            by_user: true,
            paused_at: now - Duration::days(76),
            days: 14,
            locks_at: now + Duration::days(14),
            portal_link: to("/"),
        }),
        Kind::RecoveryApproved => Content::RecoveryApproved(recovery_decided(
            "Seen in person, with the new phone.",
            public_url,
        )),
        Kind::RecoveryRefused => Content::RecoveryRefused(recovery_decided(
            "Please come to the help desk with your passport.",
            public_url,
        )),
        Kind::Test => Content::Test(Test {
            at: now,
            portal: to("/"),
        }),
    }
}

fn recovery_decided(reason: &str, public_url: &str) -> RecoveryDecided {
    RecoveryDecided {
        name: "Anna Svensson".into(),
        at: SAMPLE_NOW,
        reason: reason.into(),
        until: SAMPLE_NOW + Duration::hours(8),
        portal_link: format!("{public_url}/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_its_language_writes_it_and_names_its_zone() {
        let at = time::macros::datetime!(2027-03-05 01:07 +2);
        assert_eq!(moment(at, Language::En), "4 March 2027, 23:07 UTC");
        assert_eq!(moment(at, Language::Sv), "4 mars 2027 kl. 23.07 UTC");
        assert_eq!(moment(at, Language::De), "4. März 2027, 23:07 Uhr UTC");
    }
}
