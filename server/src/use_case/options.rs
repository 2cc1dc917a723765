//! What the options' use cases share: the version in force as it falls out for a user, a text looked at before it is
//! kept, and what options make of a certificate's subject and validity.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use shared::api::{
    FaultKind, OptionValues, Recovery, ReminderValues, ScriptFault, ScriptHint, ScriptName, Validity,
};
use time::{Duration, OffsetDateTime};

use super::{Context, PortalError, letters, portal};
use crate::{
    archive::Archive,
    ca::Subject,
    domain::{
        options::{Plan, PlannedRecovery, delivery, end_of_validity},
        recovery::ArchiveNeeded,
        script::told,
        user::User,
    },
    script::{OptionsScript, RemindersScript, Script},
    store::Result,
};

/// Where the version in force has no value for a user: how many before it are tried.
const EARLIER: u32 = 5;
/// How many users a text is tried for before it is kept.
pub const SAMPLE: u64 = 200;

/// Scripts that were used already, ready to run.
#[derive(Debug, Clone, Default)]
pub struct Scripts {
    options: Kept<OptionsScript>,
    reminders: Kept<RemindersScript>,
}

/// Of one script, by number. A version never changes, so nothing here grows stale.
#[derive(Debug, Clone)]
struct Kept<S>(Arc<Mutex<BTreeMap<u32, S>>>);

impl<S> Default for Kept<S> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<S: Script> Kept<S> {
    fn get(&self, number: u32) -> Option<S> {
        self.lock().get(&number).cloned()
    }

    /// Keeps as many as are ever tried.
    fn keep(&self, number: u32, script: S) {
        let mut kept = self.lock();
        kept.insert(number, script);
        while kept.len() > EARLIER as usize + 1 {
            kept.pop_first();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u32, S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a script gives one user.
#[derive(Debug)]
pub struct InForce<V = OptionValues> {
    pub values: V,
    /// 0: the defaults, because no version worked.
    pub version: u32,
    /// What was wrong with newer versions, for log and audit log.
    pub failures: Vec<String>,
}

/// A version that fails for this user harms nobody: the newest that works is taken, and the failure is told. One that
/// wants mail where none is sent does not fail: the start is refused, and no earlier version shows on a screen what was
/// to go by mail.
pub async fn in_force(context: &Context, user: &User) -> Result<InForce<OptionValues>> {
    let newest = newest(context, ScriptName::Options).await?;
    newest_that_works(context, &context.scripts.options, newest, user).await
}

/// The same for the reminders; who calls tells the failures. `newest`: the number of the version in force.
pub async fn reminders_in_force(
    context: &Context,
    newest: u32,
    user: &User,
) -> Result<InForce<ReminderValues>> {
    newest_that_works(context, &context.scripts.reminders, newest, user).await
}

/// The number of the version in force.
pub async fn newest(context: &Context, name: ScriptName) -> Result<u32> {
    Ok(context.store.read().newest_script(name).await?.unwrap_or(0))
}

async fn newest_that_works<S: Script>(
    context: &Context,
    kept: &Kept<S>,
    newest: u32,
    user: &User,
) -> Result<InForce<S::Values>> {
    let mut failures = Vec::new();
    for number in (newest.saturating_sub(EARLIER).max(1)..=newest).rev() {
        match value(context, kept, number, user).await? {
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
        values: S::defaults(user),
        version: 0,
        failures,
    })
}

/// What a user would begin with now, or why not; and what was wrong with newer versions of the script.
pub async fn to_begin_with(
    context: &Context,
    user: &User,
) -> std::result::Result<(Plan, Vec<String>), PortalError> {
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
    let mode = options.values.recover_encryption_certificates;
    let needs_approval = options.values.recovery_needs_approval;
    let archived = match mode {
        Recovery::Off => vec![],
        _ => context.store.read().recoverable(user.id).await?,
    };
    let archived = archived.into_iter().map(|earlier| earlier.serial).collect();
    let mut plan = Plan::new(options.values, delivery, options.version);
    plan.recovery = PlannedRecovery::new(mode, needs_approval, archived);
    if plan.hears_of_archive()
        && let Err(error) = check_archive(context).await
    {
        plan = plan.without_archive().map_err(|ArchiveNeeded| error)?;
    }
    Ok((plan, options.failures))
}

async fn check_archive(context: &Context) -> std::result::Result<(), PortalError> {
    let in_use = context.store.read().recovery_key_names().await?;
    let check = move |archive: &Archive| archive.check().and_then(|()| archive.agree_with(&in_use));
    Ok(context.with_archive(check).await??)
}

async fn value<S: Script>(
    context: &Context,
    kept: &Kept<S>,
    number: u32,
    user: &User,
) -> Result<std::result::Result<S::Values, Vec<ScriptFault>>> {
    if let Some(script) = kept.get(number) {
        return Ok(script.evaluate(user));
    }
    let text = context.store.read().script_text(S::NAME, number).await?;
    Ok(S::compile(&text.unwrap_or_default()).and_then(|script| {
        kept.keep(number, script.clone());
        script.evaluate(user)
    }))
}

/// What a text would do.
#[derive(Debug)]
pub struct Looked<V> {
    /// None: it can be kept.
    pub faults: Vec<ScriptFault>,
    pub hints: Vec<ScriptHint>,
    /// For the user who was asked for.
    pub values: Option<V>,
}

/// What is wrong with a text, whichever script it is of.
pub async fn faults(
    context: &Context,
    name: ScriptName,
    text: &str,
    user: &User,
) -> Result<Vec<ScriptFault>> {
    Ok(match name {
        ScriptName::Options => look(context, text, user).await?.faults,
        ScriptName::ExpiringOptions => look_at_reminders(context, text, user).await?.faults,
    })
}

/// Looks at a text for `user`, and for a sample of the others: what fails for one of them shall not be kept.
/// `text` in its normal spelling.
pub async fn look(context: &Context, text: &str, user: &User) -> Result<Looked<OptionValues>> {
    let (now, ca_ends) = (context.clock.now(), context.ca.issuing_not_after());
    let sends_mail = context.mail.is_some();
    let beyond = move |script: &OptionsScript, values: &OptionValues| {
        let no_mail = || script.without_mail(values).filter(|_| !sends_mail);
        beyond_ca(script, values.validity, now, ca_ends).or_else(no_mail)
    };
    let hints = move |script: &OptionsScript, values: &OptionValues| script.hints(values, sends_mail);
    look_aside(context, text, user, beyond, hints).await
}

pub async fn look_at_reminders(context: &Context, text: &str, user: &User) -> Result<Looked<ReminderValues>> {
    look_aside(context, text, user, |_: &RemindersScript, _| None, |_, _| vec![]).await
}

/// Aside of what serves requests: two hundred runs take a while.
async fn look_aside<S: Script>(
    context: &Context,
    text: &str,
    user: &User,
    beyond: impl Fn(&S, &S::Values) -> Option<ScriptFault> + Send + 'static,
    hints: impl Fn(&S, &S::Values) -> Vec<ScriptHint> + Send + 'static,
) -> Result<Looked<S::Values>>
where
    S::Values: Send + 'static,
{
    let others = context.store.read().find_users("", SAMPLE).await?;
    let (text, user) = (text.to_owned(), user.clone());
    let looked = tokio::task::spawn_blocking(move || look_at(&text, &user, &others, beyond, hints));
    match looked.await {
        Ok(looked) => Ok(looked),
        Err(broken) => std::panic::resume_unwind(broken.into_panic()),
    }
}

fn look_at<S: Script>(
    text: &str,
    user: &User,
    others: &[User],
    beyond: impl Fn(&S, &S::Values) -> Option<ScriptFault>,
    hints: impl Fn(&S, &S::Values) -> Vec<ScriptHint>,
) -> Looked<S::Values> {
    let refused = |faults, values| Looked {
        faults,
        hints: vec![],
        values,
    };
    let script = match S::compile(text) {
        Ok(script) => script,
        Err(faults) => return refused(faults, None),
    };
    let run = |user: &User| {
        let values = script.evaluate(user)?;
        let beyond = beyond(&script, &values);
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
        hints: hints(&script, &values),
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
