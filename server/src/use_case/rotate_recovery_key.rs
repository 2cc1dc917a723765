//! A new recovery key in the place of the one that seals, and every archived key sealed anew to it: page by page, each in
//! a transaction of its own. Killed anywhere, it goes on where it was; older keys stay, so that at every moment every
//! archived key opens, for servers that run as well.

use shared::api::{Actor, Event};

use super::{Context, context::ArchiveSilent};
use crate::{
    archive::{Archive, ArchiveError, Sealed},
    domain::{archived_key::ArchivedKey, audit::Record},
    store::StoreError,
};

/// The archive answers for a page within the time that it has for one.
const PAGE: u64 = 20;

#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    #[error("the rotation broke off; `selfservice archive rotate --resume` goes on with it")]
    Store(#[from] StoreError),
    #[error("the rotation broke off; `selfservice archive rotate --resume` goes on with it")]
    Silent(#[from] ArchiveSilent),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    Whole,
    /// Only the new key: other servers get a copy before anything is under it.
    MakeKey,
    /// Only what is still under older keys.
    Resume,
}

#[derive(Debug, Default)]
pub struct Rotated {
    /// The place of the new recovery key.
    pub made: Option<String>,
    pub sealed_anew: u64,
    /// Those that do not open, in words that name the certificate. They stay as they are.
    pub faults: Vec<String>,
}

pub async fn run(context: &Context, rotation: Rotation) -> Result<Rotated, RotateError> {
    let mut rotated = Rotated::default();
    if rotation != Rotation::Resume {
        rotated.made = Some(make(context).await?);
    }
    if rotation != Rotation::MakeKey {
        seal_anew(context, &mut rotated).await?;
    }
    Ok(rotated)
}

/// Written down before it is made.
async fn make(context: &Context) -> Result<String, RotateError> {
    let in_use = context.store.read().recovery_keys_in_use().await?;
    let in_use: Vec<String> = in_use.into_iter().map(|(name, _)| name).collect();
    let keys = context.with_archive(Archive::recovery_keys).await??;
    let before = keys.last().map_or("none", |key| &key.name);
    let record = Record::new(
        context.clock.now(),
        Event::RecoveryKeyRenewed,
        Actor::Administrator,
    )
    .detail(format!("the one before: {before}"));
    let transaction = context.store.begin().await?;
    transaction.append_audit(&record);
    transaction.commit().await?;
    let made = context.with_archive(move |archive| archive.make_recovery_key(&in_use));
    Ok(made.await??.place)
}

async fn seal_anew(context: &Context, rotated: &mut Rotated) -> Result<(), RotateError> {
    let keys = context.with_archive(Archive::recovery_keys).await??;
    let Some(newest) = keys.last() else {
        return Ok(());
    };
    let mut after = String::new();
    loop {
        let page = context.store.read();
        let page = page.archived_keys_not_under(&newest.name, &after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after.clone_from(&last.serial);
        let work = move |archive: &Archive| -> Vec<_> {
            page.into_iter().map(|key| under_newest(archive, key)).collect()
        };
        let done = context.with_archive(work).await?;
        let transaction = context.store.begin().await?;
        for result in done {
            match result {
                Ok((from, key)) => {
                    let replaced = transaction.replace_archived_key(&from, &key).await?;
                    rotated.sealed_anew += u64::from(replaced);
                }
                Err(fault) => rotated.faults.push(fault),
            }
        }
        transaction.commit().await?;
    }
}

/// With the recovery key that it was under.
fn under_newest(archive: &Archive, key: ArchivedKey) -> Result<(String, ArchivedKey), String> {
    let sealed = Sealed {
        recovery_key: key.recovery_key,
        octets: key.sealed,
    };
    let anew = archive.seal_anew(key.user, &key.serial, &sealed);
    let anew = anew.map_err(|error| error.told_of(&key.serial))?;
    let key = ArchivedKey {
        recovery_key: anew.recovery_key,
        sealed: anew.octets,
        ..key
    };
    Ok((sealed.recovery_key, key))
}
