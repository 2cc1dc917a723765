//! Proves that every archived key still opens and fits its certificate in the CA's book. Called by the command line.

use shared::protocol::certificate::public_key;

use super::{Context, context::ArchiveSilent};
use crate::{
    archive::{Archive, ArchiveError, Sealed},
    domain::archived_key::ArchivedKey,
    store::StoreError,
};

/// The archive answers for a page within the time that it has for one.
const PAGE: u64 = 20;

#[derive(Debug, thiserror::Error)]
pub enum CheckArchiveError {
    #[error("the archived keys were not all looked at")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Silent(#[from] ArchiveSilent),
}

#[derive(Debug, Default)]
pub struct Report {
    pub checked: u64,
    /// What is wrong, in words that name the certificate.
    pub faults: Vec<String>,
    /// Why new keys cannot be archived.
    pub unavailable: Option<ArchiveError>,
}

pub async fn run(context: &Context) -> Result<Report, CheckArchiveError> {
    let unavailable = context.with_archive(Archive::check).await?.err();
    let mut report = Report {
        unavailable,
        ..Report::default()
    };
    let mut after = String::new();
    loop {
        let page = context.store.read().archived_keys_after(&after, PAGE).await?;
        let Some((last, _)) = page.last() else {
            return Ok(report);
        };
        after.clone_from(&last.serial);
        report.checked += page.len() as u64;
        let look = move |archive: &Archive| -> Vec<String> {
            page.iter()
                .filter_map(|(key, certificate)| fault(archive, key, certificate.as_deref()))
                .collect()
        };
        report.faults.extend(context.with_archive(look).await?);
    }
}

fn fault(archive: &Archive, key: &ArchivedKey, certificate: Option<&[u8]>) -> Option<String> {
    let serial = &key.serial;
    let sealed = Sealed {
        recovery_key: key.recovery_key.clone(),
        octets: key.sealed.clone(),
    };
    let opened = match archive.open(key.user, serial, &sealed) {
        Ok(opened) => opened,
        Err(error) => return Some(error.told_of(serial)),
    };
    match certificate.map(public_key) {
        Some(Ok(spki)) if spki == opened.spki() => None,
        Some(_) => Some(format!(
            "the archived key of certificate {serial} is not that certificate's"
        )),
        None => Some(format!(
            "certificate {serial}, whose key is archived, is not in the CA's book"
        )),
    }
}
