//! A person as the identity manager knows them.

use std::collections::BTreeMap;

use shared::{
    api::{Language, Role, UserState},
    problem::Code,
};
use uuid::Uuid;

/// What else is known of a person, for the options script: `user.department` and so on.
pub const ATTRIBUTES: [&str; 6] = [
    "company",
    "department",
    "employee_type",
    "office",
    "phone",
    "title",
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: Uuid,
    /// Lower case; what is typed at sign-in.
    pub user_name: String,
    /// `user.cn` of the options.
    pub display_name: String,
    pub email: Option<String>,
    pub state: UserState,
    pub roles: Vec<Role>,
    /// Keys of `ATTRIBUTES`; one that is not set is not there.
    pub attributes: BTreeMap<String, String>,
    /// Of mails to this user. `None`: nothing was ever chosen.
    pub language: Option<Language>,
    /// PHC string, argon2id.
    pub password_hash: String,
}

/// What one must be allowed to do. Who may what is said in `User::refusal` alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Start and go on with the process Get mobile ID.
    GetMobileId,
    /// Pause, resume and delete one's mobile ID. To lock it takes no right: in an emergency a sign-in is enough.
    ChangeMobileId,
    /// See users and options, and change the options.
    Administrate,
    /// See requests to recover encryption keys, and decide on those of others.
    DecideRecovery,
}

impl User {
    pub fn is_active(&self) -> bool {
        self.state == UserState::Active
    }

    /// Somebody made up, for looking at options where there is nobody yet.
    pub fn example(id: Uuid) -> Self {
        Self {
            id,
            user_name: "example".into(),
            display_name: "Example User".into(),
            email: Some("example@example.com".into()),
            state: UserState::Active,
            roles: vec![Role::SelfServiceUser],
            attributes: BTreeMap::new(),
            language: None,
            password_hash: String::new(),
        }
    }

    /// Why this user may not, as the code that the answer carries. `None`: they may.
    pub fn refusal(&self, right: Right) -> Option<Code> {
        // One of them; none: it takes no role.
        let needed: &[Role] = match right {
            Right::GetMobileId => &[Role::SelfServiceUser],
            Right::ChangeMobileId => &[],
            Right::Administrate => &[Role::Administrator],
            Right::DecideRecovery => &[Role::Operator, Role::Administrator],
        };
        if !self.is_active() {
            return Some(Code::UserNotActive);
        }
        let is_enough = needed.is_empty() || needed.iter().any(|role| self.roles.contains(role));
        (!is_enough).then_some(Code::RoleNeeded)
    }

    /// For a screen that somebody else may hold: "Anna Svensson" becomes "A… S…".
    pub fn masked_name(&self) -> String {
        let initials: Vec<_> = self
            .display_name
            .split_whitespace()
            .filter_map(|word| word.chars().next())
            .map(|c| format!("{c}…"))
            .collect();
        initials.join(" ")
    }
}

/// User names are compared in one spelling: trimmed, lower case.
pub fn canonical_user_name(typed: &str) -> String {
    typed.trim().to_lowercase()
}

/// What is wrong with a new user's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUser {
    #[error("the user name must be 1 to 64 letters, digits, dots, dashes, underscores or @")]
    UserName,
    #[error("the display name must be 1 to 200 characters without control characters")]
    DisplayName,
    #[error("the e-mail address must be like name@example.com")]
    Email,
    #[error("the password must have 8 to 256 characters")]
    Password,
    #[error("an attribute is one of company, department, employee_type, office, phone and title")]
    AttributeName,
    #[error("an attribute's value must be at most 200 characters without control characters")]
    AttributeValue,
}

/// Checks what an administrator or an import gives.
pub fn check_new_user(
    user_name: &str,
    display_name: &str,
    email: Option<&str>,
    password: &str,
) -> Result<(), InvalidUser> {
    check_user_name(user_name)?;
    check_display_name(display_name)?;
    check_email(email)?;
    if !(8..=256).contains(&password.chars().count()) {
        return Err(InvalidUser::Password);
    }
    Ok(())
}

fn check_user_name(user_name: &str) -> Result<(), InvalidUser> {
    let is_name = (1..=64).contains(&user_name.len())
        && user_name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'));
    is_name.then_some(()).ok_or(InvalidUser::UserName)
}

pub fn check_display_name(name: &str) -> Result<(), InvalidUser> {
    let is_name = (1..=200).contains(&name.trim().chars().count()) && !name.chars().any(char::is_control);
    is_name.then_some(()).ok_or(InvalidUser::DisplayName)
}

pub fn check_email(email: Option<&str>) -> Result<(), InvalidUser> {
    let is_fine = email.is_none_or(is_address);
    is_fine.then_some(()).ok_or(InvalidUser::Email)
}

/// `name`: one of `ATTRIBUTES`.
pub fn check_attribute(name: &str, value: &str) -> Result<(), InvalidUser> {
    if !ATTRIBUTES.contains(&name) {
        return Err(InvalidUser::AttributeName);
    }
    let is_fine = value.chars().count() <= 200 && !value.chars().any(char::is_control);
    is_fine.then_some(()).ok_or(InvalidUser::AttributeValue)
}

fn is_address(text: &str) -> bool {
    text.len() <= 254
        && !text.chars().any(|c| c.is_control() || c.is_whitespace())
        && text
            .rsplit_once('@')
            .is_some_and(|(local, host)| !local.is_empty() && host.len() >= 3 && host.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(display_name: &str) -> User {
        User {
            id: Uuid::nil(),
            user_name: "x".into(),
            display_name: display_name.into(),
            email: None,
            state: UserState::Active,
            roles: vec![],
            attributes: BTreeMap::new(),
            language: None,
            password_hash: String::new(),
        }
    }

    #[test]
    fn who_may_what() {
        let roles = [Role::SelfServiceUser, Role::Operator, Role::Administrator];
        let rights = [
            (Right::GetMobileId, &[Role::SelfServiceUser][..]),
            (Right::Administrate, &[Role::Administrator]),
            (Right::DecideRecovery, &[Role::Operator, Role::Administrator]),
        ];
        for (right, needed) in rights {
            // Every set of roles, in every state.
            for set in 0..8_u8 {
                let held: Vec<_> = (0..3)
                    .filter(|bit| set & (1 << bit) != 0)
                    .map(|bit| roles[bit])
                    .collect();
                for state in [UserState::Active, UserState::Inactive, UserState::Locked] {
                    let user = User {
                        state,
                        roles: held.clone(),
                        ..named("Anna")
                    };
                    let is_enough = needed.iter().any(|role| held.contains(role));
                    let expected = match (state, is_enough) {
                        (UserState::Active, true) => None,
                        (UserState::Active, false) => Some(Code::RoleNeeded),
                        _ => Some(Code::UserNotActive),
                    };
                    assert_eq!(user.refusal(right), expected, "{right:?} {held:?} {state:?}");
                }
            }
        }
    }

    #[test]
    fn an_attribute_is_checked() {
        let long = "ö".repeat(200);
        for (name, value, expected) in [
            ("department", "Finance", Ok(())),
            ("department", "", Ok(())),
            ("department", long.as_str(), Ok(())),
            ("departmnt", "Finance", Err(InvalidUser::AttributeName)),
            ("title", "a\nb", Err(InvalidUser::AttributeValue)),
            ("title", &format!("{long}ö"), Err(InvalidUser::AttributeValue)),
        ] {
            assert_eq!(check_attribute(name, value), expected, "{name}");
        }
    }

    #[test]
    fn a_masked_name_keeps_initials_only() {
        for (name, masked) in [
            ("Anna Svensson", "A… S…"),
            ("Åsa", "Å…"),
            ("Jean-Luc  van Dam", "J… v… D…"),
            ("", ""),
        ] {
            assert_eq!(named(name).masked_name(), masked);
        }
    }

    #[test]
    fn a_new_user_is_checked() {
        let check = check_new_user;
        assert_eq!(
            check("anna", "Anna", Some("a@example.com"), "demo-password"),
            Ok(())
        );
        assert_eq!(
            check("an na", "Anna", None, "demo-password"),
            Err(InvalidUser::UserName)
        );
        assert_eq!(
            check("", "Anna", None, "demo-password"),
            Err(InvalidUser::UserName)
        );
        assert_eq!(
            check("anna", " ", None, "demo-password"),
            Err(InvalidUser::DisplayName)
        );
        assert_eq!(
            check("anna", "A\r\nB", None, "demo-password"),
            Err(InvalidUser::DisplayName)
        );
        for email in [
            "a",
            "a@b",
            "@example.com",
            "a b@example.com",
            "a@example.com\r\nBcc: x",
        ] {
            assert_eq!(
                check("anna", "Anna", Some(email), "demo-password"),
                Err(InvalidUser::Email),
                "{email}"
            );
        }
        assert_eq!(check("anna", "Anna", None, "short"), Err(InvalidUser::Password));
    }
}
