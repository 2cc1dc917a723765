//! What a text would do, without keeping it: faults, hints, and the effect for one user.

use shared::api::{CodeDelivery, FaultKind, OptionValues, ScriptFault, ScriptHint};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Context, letters, options};
use crate::{
    ca,
    domain::{
        options::{defaults, delivery},
        script,
        user::User,
    },
    store::Result,
};

#[derive(Debug)]
pub struct Checked {
    pub faults: Vec<ScriptFault>,
    pub hints: Vec<ScriptHint>,
    /// `None`: the text has no value for this user.
    pub effect: Option<Effect>,
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

/// `user`: for whom; one who is not there counts as `asker`.
pub async fn run(context: &Context, text: &str, user: Option<Uuid>, asker: &User) -> Result<Checked> {
    let found = match user {
        Some(user) => context.store.read().user(user).await?,
        None => None,
    };
    let user = found.as_ref().unwrap_or(asker);
    let looked = options::look(context, &script::normal(text), user).await?;
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
