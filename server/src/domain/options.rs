//! The administrator's options as a typed value, and what they make of one user. Names and defaults are those of
//! the script `MobileIDScriptOptions`.

use serde::{Deserialize, Serialize};
use shared::api::{Purpose, Validity};
use time::{Date, Duration, Month, OffsetDateTime};

use super::user::User;

/// Whether a certificate is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    Required,
    Default,
    Optional,
    Off,
}

impl Choice {
    /// Whether it is issued where the user does not choose.
    const fn is_on(self) -> bool {
        matches!(self, Self::Required | Self::Default)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    pub authentication: Choice,
    pub signature: Choice,
    pub activation_code_ttl: Duration,
    pub validity: Validity,
    pub server_name: String,
    /// Before the user's name, in the profile's name.
    pub profile_prefix: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            authentication: Choice::Required,
            signature: Choice::Default,
            activation_code_ttl: Duration::minutes(5),
            validity: Validity {
                years: 2,
                months: 0,
                days: 0,
            },
            server_name: "Smart ID".into(),
            profile_prefix: "MobileID ".into(),
        }
    }
}

impl Options {
    /// What this user gets. Kept by the process from its start to its end.
    pub fn plan(&self, user: &User) -> Plan {
        let certificates = [
            (Purpose::Authentication, self.authentication),
            (Purpose::Signature, self.signature),
        ];
        Plan {
            profile_name: format!("{}{}", self.profile_prefix, user.display_name),
            server_name: self.server_name.clone(),
            user_id: user.email.clone().unwrap_or_else(|| user.user_name.clone()),
            certificates: certificates
                .iter()
                .filter(|(_, choice)| choice.is_on())
                .map(|(p, _)| *p)
                .collect(),
            validity: self.validity,
            activation_code_seconds: self.activation_code_ttl.whole_seconds(),
        }
    }
}

/// The options as they fell out for one user and one process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub profile_name: String,
    pub server_name: String,
    pub user_id: String,
    pub certificates: Vec<Purpose>,
    pub validity: Validity,
    pub activation_code_seconds: i64,
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
mod tests {
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

    #[test]
    fn the_defaults_are_those_of_the_script() {
        let user = User {
            id: uuid::Uuid::nil(),
            user_name: "anna".into(),
            display_name: "Anna Svensson".into(),
            email: Some("anna@example.com".into()),
            state: shared::api::UserState::Active,
            roles: vec![],
            password_hash: String::new(),
        };
        let plan = Options::default().plan(&user);
        assert_eq!(plan.profile_name, "MobileID Anna Svensson");
        assert_eq!(plan.server_name, "Smart ID");
        assert_eq!(plan.user_id, "anna@example.com");
        assert_eq!(plan.certificates, [Purpose::Authentication, Purpose::Signature]);
        assert_eq!(plan.activation_code_seconds, 300);
        let nobody = User { email: None, ..user };
        assert_eq!(Options::default().plan(&nobody).user_id, "anna");
    }
}
