//! Scripts, their versions, and what they give for a user.

use shared::api::{
    OptionsEffect, ProcessState, RemindersEffect, Script, ScriptCheck, ScriptVersion, UserSummary,
};

use super::{plan, timestamp};
use crate::{
    domain::{options, script, user::User},
    use_case::{
        check_script::{Checked, Effect, Reminders},
        show_script,
    },
};

pub fn user_summary(user: &User) -> UserSummary {
    UserSummary {
        id: user.id,
        user_name: user.user_name.clone(),
        display_name: user.display_name.clone(),
        department: user.attributes.get("department").cloned(),
    }
}

pub fn script_version(version: script::Version) -> ScriptVersion {
    ScriptVersion {
        number: version.number,
        saved_at: timestamp(version.saved_at),
        author: version.author,
        comment: version.comment,
        sha256: version.sha256,
    }
}

pub fn script(shown: show_script::Shown) -> Script {
    Script {
        name: shown.version.name,
        version: script_version(shown.version),
        text: shown.text,
        in_force: shown.in_force,
    }
}

pub fn script_check(checked: Checked) -> ScriptCheck {
    let effect = |effect: Effect| OptionsEffect {
        user: user_summary(&effect.user),
        plan: plan(
            &options::Plan::new(effect.values.clone(), effect.delivery, 0),
            ProcessState::Started,
            effect.mail_address.as_deref(),
        ),
        values: effect.values,
        defaults: effect.defaults,
        subject: effect.subject,
        valid_from: timestamp(effect.valid_from),
        valid_until: timestamp(effect.valid_until),
    };
    ScriptCheck {
        faults: checked.faults,
        hints: checked.hints,
        effect: checked.effect.map(effect),
        reminders: checked.reminders.map(reminders),
    }
}

fn reminders(reminders: Reminders) -> RemindersEffect {
    RemindersEffect {
        user: user_summary(&reminders.user),
        values: reminders.values,
        defaults: reminders.defaults,
        valid_until: timestamp(reminders.valid_until),
        dates: reminders.dates.into_iter().map(timestamp).collect(),
    }
}
