//! The recovery keys, and how many archived keys are under each. Asked by the command line and by whoever watches.

use super::{Context, context::ArchiveSilent};
use crate::{
    archive::{Archive, ArchiveError},
    store::StoreError,
};

#[derive(Debug, thiserror::Error)]
pub enum ShowArchiveError {
    #[error("the database did not say what is archived")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error(transparent)]
    Silent(#[from] ArchiveSilent),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnderKey {
    /// As rows have it.
    pub recovery_key: String,
    /// Where it is. `None`: it is not to be found.
    pub place: Option<String>,
    pub archived_keys: u64,
    /// New keys are sealed to it.
    pub seals: bool,
}

/// Those that are there in the order of their number, then those that only rows name.
pub async fn run(context: &Context) -> Result<Vec<UnderKey>, ShowArchiveError> {
    let keys = context.with_archive(Archive::recovery_keys).await??;
    let mut in_use = context.store.read().recovery_keys_in_use().await?;
    let newest = keys.last().map(|key| key.name.clone());
    let mut shown = Vec::new();
    for key in keys {
        let rows = in_use.iter().position(|(name, _)| *name == key.name);
        shown.push(UnderKey {
            seals: newest.as_ref() == Some(&key.name),
            archived_keys: rows.map_or(0, |at| in_use.swap_remove(at).1),
            recovery_key: key.name,
            place: Some(key.place),
        });
    }
    in_use.sort();
    shown.extend(in_use.into_iter().map(|(recovery_key, archived_keys)| UnderKey {
        recovery_key,
        place: None,
        archived_keys,
        seals: false,
    }));
    Ok(shown)
}
