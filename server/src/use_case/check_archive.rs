//! Proves that every archived key still opens and fits its certificate in the CA's book. Called by the command line.

use std::collections::BTreeSet;

use shared::{api::Event, protocol::certificate::public_key};

use super::{Context, context::ArchiveSilent};
use crate::{
    archive::{Archive, ArchiveError, Sealed},
    domain::archived_key::ArchivedKey,
    store::StoreError,
};

/// The archive answers for a page within the time that it has for one.
const PAGE: u64 = 20;
/// Of the audit log, at once.
const RECORDS: u64 = 500;

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
    let in_use = context.store.read().recovery_key_names().await?;
    let check = move |archive: &Archive| archive.check().and_then(|()| archive.agree_with(&in_use));
    let unavailable = context.with_archive(check).await?.err();
    let mut report = Report {
        unavailable,
        ..Report::default()
    };
    let gone = gone(context).await?;
    report.faults.extend(gone.into_iter().map(|serial| {
        format!("the archived key of certificate {serial} is gone: it was archived, and has no row any more")
    }));
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

/// The certificates whose keys were archived, by the audit log or by what was sealed or recovered since, and are not in
/// the archive.
async fn gone(context: &Context) -> Result<BTreeSet<String>, StoreError> {
    let book = context.store.read();
    let mut gone: BTreeSet<String> = book.recovered_without_archived_key().await?.into_iter().collect();
    let mut after = 0;
    loop {
        let page = book.audit_of_after(Event::KeyArchived, after, RECORDS).await?;
        let Some(last) = page.last() else {
            return Ok(gone);
        };
        after = last.sequence;
        let named: Vec<&str> = page
            .iter()
            .filter_map(|entry| named(&entry.record.detail))
            .collect();
        let there = book.archived_among(&named).await?;
        let missing = named.into_iter().filter(|serial| !there.contains(*serial));
        gone.extend(missing.map(str::to_owned));
    }
}

/// In `certificate SERIAL, …`.
fn named(detail: &str) -> Option<&str> {
    detail.strip_prefix("certificate ")?.split(',').next()
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
