//! The script as administrators write it, well and badly; and as chance writes it.

mod bad;
mod chance;
mod good;
mod reminders;

use std::collections::BTreeMap;

use shared::api::{OptionValues, ScriptFault};

use super::{OptionsScript, Script};
use crate::domain::user::User;

/// Anna Svensson, of Finance.
fn anna() -> User {
    User {
        user_name: "anna".into(),
        display_name: "Anna Svensson".into(),
        email: Some("anna@example.com".into()),
        attributes: BTreeMap::from([
            ("department".to_owned(), "Finance".to_owned()),
            ("employee_type".to_owned(), "consultant".to_owned()),
        ]),
        ..User::example(uuid::Uuid::nil())
    }
}

/// Somebody of whom nothing more is known.
fn bertil() -> User {
    User {
        user_name: "bertil".into(),
        display_name: "Bertil Åkesson".into(),
        email: None,
        ..User::example(uuid::Uuid::nil())
    }
}

fn value(text: &str, user: &User) -> Result<OptionValues, Vec<ScriptFault>> {
    OptionsScript::compile(text).and_then(|script| script.evaluate(user))
}
