//! The script `MobileIDScriptExpiringOptions`: when a user is reminded that a mobile ID ends.

use std::sync::Arc;

use rhai::{Dynamic, Scope};
use shared::api::{ReminderValues, ScriptFault, ScriptName};

use super::{Compiled, Script, Vocabulary, read, scope_of};
use crate::domain::{reminder, user::User};

/// The script as it is shipped. It gives the defaults.
pub const DEFAULT_REMINDERS: &str = include_str!("MobileIDScriptExpiringOptions.rhai");

pub(super) const DAYS: &str = "MobileIDEmailBeforeExpiringDays";
pub(super) const EACH_DAY: &str = "MobileIDEmailBeforeExpiringEachDay";

static VOCABULARY: Vocabulary = Vocabulary {
    options: &[DAYS, EACH_DAY],
    map: None,
};

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct RemindersScript(Arc<Compiled>);

impl Script for RemindersScript {
    const NAME: ScriptName = ScriptName::ExpiringOptions;
    type Values = ReminderValues;

    fn compile(text: &str) -> Result<Self, Vec<ScriptFault>> {
        Compiled::new(text, &VOCABULARY).map(Self)
    }

    fn evaluate(&self, user: &User) -> Result<ReminderValues, Vec<ScriptFault>> {
        let scope = self.0.run(scope(user))?;
        read::reminders(&scope, &self.0.names)
    }

    fn defaults(_: &User) -> ReminderValues {
        reminder::defaults()
    }
}

fn scope(user: &User) -> Scope<'static> {
    let ReminderValues {
        days_before,
        each_day,
    } = reminder::defaults();
    let days: Vec<_> = days_before
        .into_iter()
        .map(|days| Dynamic::from(i64::from(days)))
        .collect();
    let mut scope = scope_of(user);
    scope.push_dynamic(DAYS, days.into());
    scope.push_dynamic(EACH_DAY, each_day.into());
    scope
}
