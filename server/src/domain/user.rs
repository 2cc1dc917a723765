//! A person as the identity manager knows them.

use shared::api::{Role, UserState};
use uuid::Uuid;

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
    /// PHC string, argon2id.
    pub password_hash: String,
}

impl User {
    pub fn is_active(&self) -> bool {
        self.state == UserState::Active
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
}

/// Checks what an administrator or an import gives.
pub fn check_new_user(
    user_name: &str,
    display_name: &str,
    email: Option<&str>,
    password: &str,
) -> Result<(), InvalidUser> {
    let name_ok = (1..=64).contains(&user_name.len())
        && user_name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'));
    if !name_ok {
        return Err(InvalidUser::UserName);
    }
    let display_ok = (1..=200).contains(&display_name.trim().chars().count())
        && !display_name.chars().any(char::is_control);
    if !display_ok {
        return Err(InvalidUser::DisplayName);
    }
    if email.is_some_and(|email| !is_address(email)) {
        return Err(InvalidUser::Email);
    }
    if !(8..=256).contains(&password.chars().count()) {
        return Err(InvalidUser::Password);
    }
    Ok(())
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
            password_hash: String::new(),
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
