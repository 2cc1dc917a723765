//! What the administrator's options make of one user: the defaults, and the plan that a process keeps. How the script
//! `MobileIDScriptOptions` is read into `OptionValues` is the business of the room `script`.

use serde::{Deserialize, Serialize};
use shared::api::{
    CertificateChoice, CodeDelivery, Notify, OfferedCertificate, OptionValues, Purpose, Recovery, Validity,
};
use time::{Date, Duration, Month, OffsetDateTime};

use super::user::User;

/// How many characters the name of a mobile ID may have.
pub const LONGEST_NAME: usize = 64;
/// The upper bound of uid (RFC 4524): each e-mail address fits.
pub const LONGEST_USER_ID: usize = 256;

/// The options where the administrator has changed none.
pub fn defaults(user: &User) -> OptionValues {
    OptionValues {
        authentication: CertificateChoice::Required,
        signature: CertificateChoice::Default,
        encryption: CertificateChoice::Off,
        user_selects_certificates: false,
        show_qr_code: true,
        show_qr_code_without_email: false,
        activation_code_minutes: 5,
        activation_mail_minutes: 30,
        validity: Validity {
            years: 2,
            months: 0,
            days: 0,
        },
        user_id: user.email.clone().unwrap_or_else(|| user.user_name.clone()),
        server_name: "Smart ID".into(),
        profile_name: fitted(&profile_name(user)),
        recover_encryption_certificates: Recovery::Off,
        recovery_needs_approval: false,
        notify: Notify::None,
    }
}

/// The default name of a mobile ID before it is cut to fit: a user's name may be longer than there is room for.
pub fn profile_name(user: &User) -> String {
    format!("MobileID {}", user.display_name)
}

/// Without what cannot be seen, and cut at a character, with a mark, where it is too long.
fn fitted(name: &str) -> String {
    let seen = || name.chars().filter(|c| !is_hidden(*c));
    if seen().count() <= LONGEST_NAME {
        return seen().collect();
    }
    let kept: String = seen().take(LONGEST_NAME - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Control characters, and those that turn the direction of what stands around them.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Why the code reaches this user by no way that the options allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoDelivery {
    #[error("this user has no e-mail address, and the code would be sent there")]
    AddressMissing,
    #[error("this installation sends no e-mail")]
    MailUnavailable,
}

/// How the activation code gets to a user, who has an address or not, in an installation that sends mail or not.
pub fn delivery(
    values: &OptionValues,
    has_address: bool,
    sends_mail: bool,
) -> Result<CodeDelivery, NoDelivery> {
    match (values.show_qr_code, has_address) {
        (true, _) => Ok(CodeDelivery::Screen),
        (false, false) if values.show_qr_code_without_email => Ok(CodeDelivery::ScreenWithoutAddress),
        (false, false) => Err(NoDelivery::AddressMissing),
        (false, true) if sends_mail => Ok(CodeDelivery::Mail),
        (false, true) => Err(NoDelivery::MailUnavailable),
    }
}

/// The options as they fell out for one user and one process. Kept by the process from its start to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub profile_name: String,
    pub server_name: String,
    pub user_id: String,
    pub certificates: Vec<Purpose>,
    /// Among which the user chooses at the introduction; none: there is no choice.
    #[serde(default)]
    pub offered: Vec<OfferedCertificate>,
    pub validity: Validity,
    pub activation_code_seconds: i64,
    #[serde(default = "plan_before_mail::activation_mail_seconds")]
    pub activation_mail_seconds: i64,
    #[serde(default = "plan_before_mail::delivery")]
    pub delivery: CodeDelivery,
    /// Of which ends the user is told by e-mail.
    #[serde(default = "plan_before_mail::notify")]
    pub notify: Notify,
    /// What is recovered; `None`: nothing, because the options say so or there is nothing.
    #[serde(default)]
    pub recovery: Option<PlannedRecovery>,
    /// The version of `MobileIDScriptOptions` that it was made under; 0: the defaults, because no version worked.
    #[serde(default)]
    pub options_version: u32,
}

/// Which earlier encryption certificates go to the new phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedRecovery {
    /// Never `off`.
    pub mode: Recovery,
    pub needs_approval: bool,
    /// Serial numbers of those that were on offer when the process began, newest first.
    pub offered: Vec<String>,
    /// Of those, what is to be recovered, in the same order.
    pub chosen: Vec<String>,
}

/// What a plan is read with that was kept before there was mail.
mod plan_before_mail {
    use super::{CodeDelivery, Notify};

    pub const fn activation_mail_seconds() -> i64 {
        30 * 60
    }
    pub const fn delivery() -> CodeDelivery {
        CodeDelivery::Screen
    }
    pub const fn notify() -> Notify {
        Notify::None
    }
}

/// A required certificate is missing among the chosen ones, or one is not on offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the chosen certificates are not among those on offer, or a required one is missing")]
pub struct WrongChoice;

impl Plan {
    pub fn new(values: OptionValues, delivery: CodeDelivery, options_version: u32) -> Self {
        let offered = offered(&values);
        let certificates = offered
            .iter()
            .filter(|offer| offer.choice != CertificateChoice::Optional)
            .map(|offer| offer.purpose)
            .collect();
        Self {
            profile_name: values.profile_name,
            server_name: values.server_name,
            user_id: values.user_id,
            certificates,
            offered: if values.user_selects_certificates {
                offered
            } else {
                vec![]
            },
            validity: values.validity,
            activation_code_seconds: i64::from(values.activation_code_minutes) * 60,
            activation_mail_seconds: i64::from(values.activation_mail_minutes) * 60,
            delivery,
            notify: values.notify,
            recovery: None,
            options_version,
        }
    }

    /// What the user chose. `None`: nothing was said, and the required and default ones stay.
    pub fn choose(self, chosen: Option<&[Purpose]>) -> Result<Self, WrongChoice> {
        let Some(chosen) = chosen else {
            return Ok(self);
        };
        if self.offered.is_empty() {
            let is_same = Purpose::ALL
                .iter()
                .all(|purpose| chosen.contains(purpose) == self.certificates.contains(purpose));
            return is_same.then_some(self).ok_or(WrongChoice);
        }
        let is_wrong = |purpose: &Purpose| {
            let offer = self.offered.iter().find(|offer| offer.purpose == *purpose);
            match offer.map(|offer| offer.choice) {
                None | Some(CertificateChoice::Off) => chosen.contains(purpose),
                Some(CertificateChoice::Required) => !chosen.contains(purpose),
                Some(CertificateChoice::Default | CertificateChoice::Optional) => false,
            }
        };
        if Purpose::ALL.iter().any(is_wrong) {
            return Err(WrongChoice);
        }
        let certificates = Purpose::ALL
            .into_iter()
            .filter(|purpose| chosen.contains(purpose));
        Ok(Self {
            certificates: certificates.collect(),
            ..self
        })
    }
}

/// In the order in which the protocol takes them.
fn offered(values: &OptionValues) -> Vec<OfferedCertificate> {
    let choice = |purpose| match purpose {
        Purpose::Authentication => values.authentication,
        Purpose::Signature => values.signature,
        Purpose::Encryption => values.encryption,
    };
    Purpose::ALL
        .into_iter()
        .map(|purpose| OfferedCertificate {
            purpose,
            choice: choice(purpose),
        })
        .filter(|offer| offer.choice != CertificateChoice::Off)
        .collect()
}

/// The end of a validity that starts at `from`: the same day and time in a later year or month (the month's last
/// day where it is shorter), the days after that, less one second, because a certificate's end is inclusive
/// (RFC 5280, 4.1.2.5). `None` beyond the calendar.
pub fn end_of_validity(validity: Validity, from: OffsetDateTime) -> Option<OffsetDateTime> {
    let months = validity.years.checked_mul(12)?.checked_add(validity.months)?;
    let later = add_months(from, months)?.checked_add(Duration::days(i64::from(validity.days)))?;
    Some(later - Duration::SECOND)
}

fn add_months(from: OffsetDateTime, months: u32) -> Option<OffsetDateTime> {
    let count = i64::from(from.year()) * 12 + i64::from(u8::from(from.month())) - 1 + i64::from(months);
    let year = i32::try_from(count.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(count.rem_euclid(12) + 1).ok()?).ok()?;
    let date = Date::from_calendar_date(year, month, from.day().min(month.length(year))).ok()?;
    Some(from.replace_date(date))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn validity_follows_the_calendar() {
        let table = [
            (
                (2, 0, 0),
                datetime!(2026-11-22 10:00 UTC),
                datetime!(2028-11-22 09:59:59 UTC),
            ),
            (
                (1, 0, 0),
                datetime!(2028-02-29 10:00 UTC),
                datetime!(2029-02-28 09:59:59 UTC),
            ),
            (
                (0, 1, 0),
                datetime!(2027-01-31 00:00 UTC),
                datetime!(2027-02-27 23:59:59 UTC),
            ),
            (
                (0, 14, 0),
                datetime!(2026-12-01 00:00 UTC),
                datetime!(2028-01-31 23:59:59 UTC),
            ),
            (
                (0, 0, 90),
                datetime!(2026-11-22 10:00 UTC),
                datetime!(2027-02-20 09:59:59 UTC),
            ),
            (
                (1, 1, 1),
                datetime!(2026-11-22 10:00 UTC),
                datetime!(2027-12-23 09:59:59 UTC),
            ),
        ];
        for ((years, months, days), from, end) in table {
            let validity = Validity { years, months, days };
            assert_eq!(end_of_validity(validity, from), Some(end), "{validity:?}");
        }
        for never in [(u32::MAX, 0, 0), (0, u32::MAX, 0), (0, 0, u32::MAX)] {
            let (years, months, days) = never;
            let from = datetime!(2026-11-22 10:00 UTC);
            assert_eq!(end_of_validity(Validity { years, months, days }, from), None);
        }
    }

    pub fn anna() -> User {
        User {
            id: uuid::Uuid::nil(),
            user_name: "anna".into(),
            display_name: "Anna Svensson".into(),
            email: Some("anna@example.com".into()),
            state: shared::api::UserState::Active,
            roles: vec![],
            attributes: std::collections::BTreeMap::new(),
            language: None,
            password_hash: String::new(),
        }
    }

    #[test]
    fn without_a_change_a_user_gets_the_defaults() {
        let plan = Plan::new(defaults(&anna()), CodeDelivery::Screen, 1);
        assert_eq!(plan.profile_name, "MobileID Anna Svensson");
        assert_eq!(plan.server_name, "Smart ID");
        assert_eq!(plan.user_id, "anna@example.com");
        assert_eq!(plan.certificates, [Purpose::Authentication, Purpose::Signature]);
        assert_eq!(plan.offered, []);
        assert_eq!(plan.activation_code_seconds, 300);
        let nobody = User {
            email: None,
            ..anna()
        };
        assert_eq!(defaults(&nobody).user_id, "anna");
    }

    #[test]
    fn a_plan_of_before_reads_as_it_was_meant() {
        let plan = Plan::new(defaults(&anna()), CodeDelivery::Screen, 1);
        let mut kept = serde_json::to_value(&plan).unwrap();
        for field in ["activation_mail_seconds", "delivery", "notify"] {
            assert!(kept.as_object_mut().unwrap().remove(field).is_some(), "{field}");
        }
        assert_eq!(serde_json::from_value::<Plan>(kept).unwrap(), plan);
    }

    #[test]
    fn the_code_goes_where_the_options_and_the_installation_can_send_it() {
        use CodeDelivery::{Mail, Screen, ScreenWithoutAddress};
        use NoDelivery::{AddressMissing, MailUnavailable};
        // showQRCode, showQRCodeWithoutEmail; an address, a mail path.
        let table = [
            ((true, false), (true, true), Ok(Screen)),
            ((true, false), (false, false), Ok(Screen)),
            ((true, true), (false, true), Ok(Screen)),
            ((false, false), (true, true), Ok(Mail)),
            ((false, true), (true, true), Ok(Mail)),
            ((false, false), (true, false), Err(MailUnavailable)),
            ((false, true), (true, false), Err(MailUnavailable)),
            ((false, false), (false, true), Err(AddressMissing)),
            ((false, false), (false, false), Err(AddressMissing)),
            ((false, true), (false, true), Ok(ScreenWithoutAddress)),
            ((false, true), (false, false), Ok(ScreenWithoutAddress)),
        ];
        for (options, (has_address, sends_mail), expected) in table {
            let values = OptionValues {
                show_qr_code: options.0,
                show_qr_code_without_email: options.1,
                ..defaults(&anna())
            };
            let found = delivery(&values, has_address, sends_mail);
            assert_eq!(found, expected, "{options:?} {has_address} {sends_mail}");
        }
    }

    #[test]
    fn a_long_name_is_cut_at_a_character_and_says_so() {
        let named = |display_name: String| {
            let user = User {
                display_name,
                ..anna()
            };
            defaults(&user).profile_name
        };
        for (display_name, name) in [
            ("ö".repeat(55), format!("MobileID {}", "ö".repeat(55))),
            ("ö".repeat(56), format!("MobileID {}…", "ö".repeat(54))),
            (
                "\u{1f511}".repeat(200),
                format!("MobileID {}…", "\u{1f511}".repeat(54)),
            ),
            (
                format!("{} Svensson", "ö".repeat(53)),
                format!("MobileID {}…", "ö".repeat(53)),
            ),
            ("A\u{200b}nna".into(), "MobileID Anna".into()),
        ] {
            assert_eq!(named(display_name), name);
        }
    }

    #[test]
    fn a_user_chooses_among_what_is_on_offer() {
        use CertificateChoice::{Default, Off, Optional, Required};
        use Purpose::{Authentication as A, Encryption as E, Signature as S};
        type Certificates<'a> = Option<&'a [Purpose]>;
        let plan = |signature, encryption, user_selects_certificates| {
            let values = OptionValues {
                authentication: Required,
                signature,
                encryption,
                user_selects_certificates,
                ..defaults(&anna())
            };
            Plan::new(values, CodeDelivery::Screen, 1)
        };
        // Signature's and encryption's choice, whether the user chooses; what is chosen; what is issued.
        let table: [(_, Certificates, Certificates); 16] = [
            ((Default, Off, true), None, Some(&[A, S])),
            ((Optional, Off, true), None, Some(&[A])),
            ((Optional, Default, true), None, Some(&[A, E])),
            ((Default, Off, true), Some(&[A]), Some(&[A])),
            ((Default, Off, true), Some(&[S, A]), Some(&[A, S])),
            ((Default, Off, true), Some(&[A, A, S]), Some(&[A, S])),
            ((Optional, Off, true), Some(&[A, S]), Some(&[A, S])),
            ((Default, Off, true), Some(&[S]), None),
            ((Default, Off, true), Some(&[]), None),
            ((Default, Off, true), Some(&[A, E]), None),
            ((Required, Off, true), Some(&[A]), None),
            ((Off, Off, true), Some(&[A, S]), None),
            ((Default, Off, false), Some(&[A, S]), Some(&[A, S])),
            ((Default, Off, false), Some(&[A]), None),
            ((Optional, Off, false), Some(&[A, S]), None),
            ((Optional, Off, false), None, Some(&[A])),
        ];
        for ((signature, encryption, selects), chosen, issued) in table {
            let found = plan(signature, encryption, selects).choose(chosen);
            let found = found.as_ref().map(|plan| plan.certificates.as_slice()).ok();
            assert_eq!(found, issued, "{signature:?} {encryption:?} {selects} {chosen:?}");
        }
    }
}
