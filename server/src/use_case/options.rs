//! What the options' use cases share: the version in force as it falls out for a user, a text looked at before it is
//! kept, and what options make of a certificate's subject and validity.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use shared::api::{CodeDelivery, FaultKind, OptionValues, ScriptFault, ScriptHint, ScriptName, Validity};
use time::{Duration, OffsetDateTime};

use super::{Context, PortalError, letters, portal};
use crate::{
    ca::Subject,
    domain::{
        options::{defaults, delivery, end_of_validity},
        script::told,
        user::User,
    },
    script::OptionsScript,
    store::Result,
};

const NAME: ScriptName = ScriptName::Options;
/// Where the version in force has no value for a user: how many before it are tried.
const EARLIER: u32 = 5;
/// How many users a text is tried for before it is kept.
const SAMPLE: u64 = 200;

/// Scripts that were used already, by number, ready to run. A version never changes, so nothing here grows stale.
#[derive(Debug, Clone, Default)]
pub struct Scripts(Arc<Mutex<BTreeMap<u32, OptionsScript>>>);

impl Scripts {
    fn get(&self, number: u32) -> Option<OptionsScript> {
        self.lock().get(&number).cloned()
    }

    /// Keeps as many as are ever tried.
    fn keep(&self, number: u32, script: OptionsScript) {
        let mut kept = self.lock();
        kept.insert(number, script);
        while kept.len() > EARLIER as usize + 1 {
            kept.pop_first();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u32, OptionsScript>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The options as they fall out for one user.
#[derive(Debug)]
pub struct InForce {
    pub values: OptionValues,
    /// 0: the defaults, because no version worked.
    pub version: u32,
    /// What was wrong with newer versions, for log and audit log.
    pub failures: Vec<String>,
}

/// A version that fails for this user harms nobody: the newest that works is taken, and the failure is told. One that
/// wants mail where none is sent does not fail: the start is refused, and no earlier version shows on a screen what was
/// to go by mail.
async fn in_force(context: &Context, user: &User) -> Result<InForce> {
    let newest = context.store.read().newest_script(NAME).await?.unwrap_or(0);
    let mut failures = Vec::new();
    for number in (newest.saturating_sub(EARLIER).max(1)..=newest).rev() {
        match value(context, number, user).await? {
            Ok(values) => {
                return Ok(InForce {
                    values,
                    version: number,
                    failures,
                });
            }
            Err(faults) => {
                let told = faults.iter().map(told).collect::<Vec<_>>().join("; ");
                failures.push(format!("version {number}: {told}"));
            }
        }
    }
    Ok(InForce {
        values: defaults(user),
        version: 0,
        failures,
    })
}

/// What a user would begin with now, or why not.
pub async fn to_begin_with(
    context: &Context,
    user: &User,
) -> std::result::Result<(InForce, CodeDelivery), PortalError> {
    portal::may_start(user)?;
    let options = in_force(context, user).await?;
    if !is_within(
        options.values.validity,
        context.clock.now(),
        context.ca.issuing_not_after(),
    ) {
        return Err(PortalError::BeyondCa);
    }
    let has_address = letters::address(user).is_some();
    let delivery = delivery(&options.values, has_address, context.mail.is_some())?;
    Ok((options, delivery))
}

async fn value(
    context: &Context,
    number: u32,
    user: &User,
) -> Result<std::result::Result<OptionValues, Vec<ScriptFault>>> {
    if let Some(script) = context.scripts.get(number) {
        return Ok(script.evaluate(user));
    }
    let text = context.store.read().script_text(NAME, number).await?;
    Ok(
        OptionsScript::compile(&text.unwrap_or_default()).and_then(|script| {
            context.scripts.keep(number, script.clone());
            script.evaluate(user)
        }),
    )
}

/// What a text would do.
#[derive(Debug)]
pub struct Looked {
    /// None: it can be kept.
    pub faults: Vec<ScriptFault>,
    pub hints: Vec<ScriptHint>,
    /// For the user who was asked for.
    pub values: Option<OptionValues>,
}

/// Looks at a text for `user`, and for a sample of the others: what fails for one of them shall not be kept.
/// `text` in its normal spelling.
pub async fn look(context: &Context, text: &str, user: &User) -> Result<Looked> {
    let others = context.store.read().find_users("", SAMPLE).await?;
    let (text, user) = (text.to_owned(), user.clone());
    let installation = Installation {
        sends_mail: context.mail.is_some(),
        now: context.clock.now(),
        ca_ends: context.ca.issuing_not_after(),
    };
    let looked = tokio::task::spawn_blocking(move || look_at(&text, &user, &others, installation));
    match looked.await {
        Ok(looked) => Ok(looked),
        Err(broken) => std::panic::resume_unwind(broken.into_panic()),
    }
}

/// What a text meets besides its users.
#[derive(Clone, Copy)]
struct Installation {
    sends_mail: bool,
    now: OffsetDateTime,
    ca_ends: OffsetDateTime,
}

fn look_at(text: &str, user: &User, others: &[User], installation: Installation) -> Looked {
    let Installation {
        sends_mail,
        now,
        ca_ends,
    } = installation;
    let refused = |faults, values| Looked {
        faults,
        hints: vec![],
        values,
    };
    let script = match OptionsScript::compile(text) {
        Ok(script) => script,
        Err(faults) => return refused(faults, None),
    };
    let run = |user: &User| {
        let values = script.evaluate(user)?;
        let no_mail = || script.without_mail(&values).filter(|_| !sends_mail);
        let beyond = beyond_ca(&script, values.validity, now, ca_ends).or_else(no_mail);
        Ok::<_, Vec<ScriptFault>>((values, beyond))
    };
    let values = match run(user) {
        Ok((values, None)) => values,
        Ok((values, Some(beyond))) => return refused(vec![beyond], Some(values)),
        Err(faults) => return refused(faults, None),
    };
    for other in others.iter().filter(|other| other.id != user.id) {
        let faults = match run(other) {
            Ok((_, beyond)) => beyond.into_iter().collect(),
            Err(faults) => faults,
        };
        if !faults.is_empty() {
            let theirs = |fault| ScriptFault {
                user: Some(other.user_name.clone()),
                ..fault
            };
            return refused(faults.into_iter().map(theirs).collect(), Some(values));
        }
    }
    Looked {
        faults: vec![],
        hints: script.hints(&values, sends_mail),
        values: Some(values),
    }
}

fn beyond_ca(
    script: &OptionsScript,
    validity: Validity,
    now: OffsetDateTime,
    ca_ends: OffsetDateTime,
) -> Option<ScriptFault> {
    if is_within(validity, now, ca_ends) {
        return None;
    }
    let set = [
        ("yearsOfValidity", validity.years),
        ("monthsOfValidity", validity.months),
        ("daysOfValidity", validity.days),
    ];
    let (name, _) = set.into_iter().find(|(_, count)| *count > 0).unwrap_or(set[0]);
    Some(ScriptFault {
        line: script.line_of(name),
        column: None,
        kind: FaultKind::BeyondCa,
        name: Some(name.to_owned()),
        expected: Some(ca_ends.date().to_string()),
        user: None,
    })
}

/// Whether a certificate that begins at `now` ends before its issuing CA's does.
pub fn is_within(validity: Validity, now: OffsetDateTime, ca_ends: OffsetDateTime) -> bool {
    lifetime(validity, now).is_some_and(|(_, until)| until <= ca_ends)
}

/// First and last second of what is issued at `now`. `None` beyond the calendar.
pub fn lifetime(validity: Validity, now: OffsetDateTime) -> Option<(OffsetDateTime, OffsetDateTime)> {
    let from = now - Duration::nanoseconds(i64::from(now.nanosecond()));
    Some((from, end_of_validity(validity, from)?))
}

/// What of a user, and of the options for them, stands in certificates.
pub fn subject<'a>(user: &'a User, user_id: &'a str) -> Subject<'a> {
    Subject {
        common_name: &user.display_name,
        user_id,
        email: user.email.as_deref(),
    }
}
