//! What a text would do, without keeping it: faults, hints, and the effect for one user.

use shared::api::{
    CodeDelivery, FaultKind, MobileIdState, OptionValues, ReminderValues, ScriptFault, ScriptHint, ScriptName,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Context, letters, options};
use crate::{
    ca,
    domain::{
        options::{defaults, delivery},
        reminder, script,
        user::User,
    },
    store::Result,
};

#[derive(Debug)]
pub struct Checked {
    pub faults: Vec<ScriptFault>,
    pub hints: Vec<ScriptHint>,
    /// `None`: the text has no value for this user, or is of the other script.
    pub effect: Option<Effect>,
    /// The same of `MobileIDScriptExpiringOptions`.
    pub reminders: Option<Reminders>,
}

#[derive(Debug)]
pub struct Effect {
    pub user: User,
    pub values: OptionValues,
    pub defaults: OptionValues,
    pub delivery: CodeDelivery,
    /// Where the code would be mailed.
    pub mail_address: Option<String>,
    /// RFC 4514 text.
    pub subject: String,
    /// Of a certificate that is issued now.
    pub valid_from: OffsetDateTime,
    pub valid_until: OffsetDateTime,
}

#[derive(Debug)]
pub struct Reminders {
    pub user: User,
    pub values: ReminderValues,
    pub defaults: ReminderValues,
    /// Of the user's active mobile ID, or of one that is made now.
    pub valid_until: OffsetDateTime,
    pub dates: Vec<OffsetDateTime>,
}

/// `user`: for whom; one who is not there counts as `asker`.
pub async fn run(
    context: &Context,
    name: ScriptName,
    text: &str,
    user: Option<Uuid>,
    asker: &User,
) -> Result<Checked> {
    let found = match user {
        Some(user) => context.store.read().user(user).await?,
        None => None,
    };
    let (user, text) = (found.as_ref().unwrap_or(asker), script::normal(text));
    match name {
        ScriptName::Options => check_options(context, &text, user).await,
        ScriptName::ExpiringOptions => check_reminders(context, &text, user).await,
    }
}

async fn check_options(context: &Context, text: &str, user: &User) -> Result<Checked> {
    let looked = options::look(context, text, user).await?;
    let mut faults = looked.faults;
    let effect = looked
        .values
        .and_then(|values| match effect(context, user, values) {
            Ok(effect) => effect,
            Err(fault) => {
                faults.push(fault);
                None
            }
        });
    Ok(Checked {
        faults,
        hints: looked.hints,
        effect,
        reminders: None,
    })
}

async fn check_reminders(context: &Context, text: &str, user: &User) -> Result<Checked> {
    let looked = options::look_at_reminders(context, text, user).await?;
    let reminders = match looked.values {
        Some(values) => Some(reminders(context, user, values).await?),
        None => None,
    };
    Ok(Checked {
        faults: looked.faults,
        hints: looked.hints,
        effect: None,
        reminders,
    })
}

/// For the active mobile ID that ends last: of the others nobody is reminded.
async fn reminders(context: &Context, user: &User, values: ReminderValues) -> Result<Reminders> {
    let now = context.clock.now();
    let mobile_ids = context.store.read().mobile_ids(user.id).await?;
    let active = mobile_ids
        .iter()
        .filter(|mobile_id| mobile_id.state_at(now) == MobileIdState::Active);
    let made_now = options::lifetime(defaults(user).validity, now).map_or(now, |(_, until)| until);
    let valid_until = active
        .map(|mobile_id| mobile_id.valid_until)
        .max()
        .unwrap_or(made_now);
    Ok(Reminders {
        user: user.clone(),
        dates: reminder::dates(&values, valid_until, now),
        values,
        defaults: reminder::defaults(),
        valid_until,
    })
}

fn effect(
    context: &Context,
    user: &User,
    values: OptionValues,
) -> std::result::Result<Option<Effect>, ScriptFault> {
    let subject =
        ca::subject_text(&options::subject(user, &values.user_id)).map_err(|error| ScriptFault {
            line: None,
            column: None,
            kind: FaultKind::TextRefused,
            name: Some("MobileIDOptionUserID".into()),
            expected: Some(error.to_string()),
            user: None,
        })?;
    let has_address = letters::address(user).is_some();
    let delivery = delivery(&values, has_address, context.mail.is_some());
    let reached = letters::reach(context, user).ok();
    let lifetime = options::lifetime(values.validity, context.clock.now());
    Ok(lifetime.map(|(valid_from, valid_until)| Effect {
        user: user.clone(),
        defaults: defaults(user),
        // Who cannot be reached is told so at the start.
        delivery: delivery.unwrap_or(CodeDelivery::Mail),
        mail_address: reached.map(|(_, address)| address.to_owned()),
        values,
        subject,
        valid_from,
        valid_until,
    }))
}
