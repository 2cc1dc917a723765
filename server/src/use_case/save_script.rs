//! Keeps a text as the next version, which is in force from then on. Processes that have begun keep theirs.

use shared::api::{Actor, Event, ScriptFault, ScriptName};

use super::{Context, options};
use crate::{
    domain::{
        audit::Record,
        script::{CommentMissing, Said, Version, told},
        user::User,
    },
    store::StoreError,
};

#[derive(Debug, thiserror::Error)]
pub enum SaveScriptError {
    #[error("{}", .0.iter().map(told).collect::<Vec<_>>().join("\n"))]
    Faulty(Vec<ScriptFault>),
    /// The number that is in force by now.
    #[error("somebody else has saved version {0} meanwhile; nothing was saved")]
    Changed(u32),
    #[error(transparent)]
    CommentMissing(#[from] CommentMissing),
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for SaveScriptError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Who saves.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// As the version's author: a user name, or who works at the command line.
    pub name: &'a str,
    /// For whom the text is looked at first, besides the sample of users.
    pub user: &'a User,
}

/// `base`: the version that was edited. `None`: whichever is in force (the command line, which edits no version).
/// A text that is in force already is not saved again: a repeated click, and an answer that was lost, change nothing.
pub async fn run(
    context: &Context,
    name: ScriptName,
    text: &str,
    comment: &str,
    base: Option<u32>,
    author: Author<'_>,
) -> Result<Version, SaveScriptError> {
    let said = Said::new(text, comment)?;
    let faults = options::faults(context, name, &said.text, author.user).await?;
    if !faults.is_empty() {
        return Err(SaveScriptError::Faulty(faults));
    }
    let transaction = context.store.begin().await?;
    let newest = transaction.newest_script(name).await?.unwrap_or(0);
    let version = Version::after(newest, name, author.name, &said, context.clock.now());
    if let Some(in_force) = transaction.script_version(name, newest).await?
        && in_force.sha256 == version.sha256
    {
        return Ok(in_force);
    }
    if base.is_some_and(|base| base != newest) {
        return Err(SaveScriptError::Changed(newest));
    }
    match transaction.add_script_version(&version, &said.text).await {
        // PostgreSQL lets two writers come so far.
        Err(StoreError::Duplicate(_)) => return Err(SaveScriptError::Changed(version.number)),
        added => added?,
    }
    let mut record =
        Record::new(version.saved_at, Event::OptionsChanged, Actor::Administrator).detail(format!(
            "{} version {} by {}, SHA-256 {}",
            name.as_str(),
            version.number,
            author.name,
            version.sha256
        ));
    record.user = (author.name == author.user.user_name).then_some(author.user.id);
    transaction.append_audit(&record);
    match transaction.commit().await {
        Err(StoreError::Duplicate(_)) => Err(SaveScriptError::Changed(version.number)),
        committed => Ok(committed.map(|()| version)?),
    }
}
