//! `selfservice backup FOLDER` and `selfservice restore FOLDER`: database, keys and certificates, which belong together.

use std::path::{Path, PathBuf};

use anyhow::bail;
use time::OffsetDateTime;

use super::ca::second;
use crate::{
    backup,
    settings::Settings,
    store::{Chain, Store, connection},
    use_case::{Context, check_archive, check_books, publish_crl},
};

/// The database first: what it knows of, the files have.
#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
pub async fn back_up(settings: &Settings, folder: &Path) -> anyhow::Result<()> {
    let copy = backup::begin(folder, &settings.data_dir)?;
    let database = connection::file_of(&settings.database_url);
    if let Some(file) = &database {
        if !file.exists() {
            bail!("there is nothing to back up: no database {}", file.display());
        }
        let store = Store::open(&settings.database_url).await?;
        store.copy_to(&copy).await?;
        store.close().await?;
    }
    let files = backup::finish(
        folder,
        &settings.data_dir,
        &left_out(settings, database.as_deref()),
    )?;
    println!("{files} files are backed up in {}.", folder.display());
    if settings.archive.is_in_files() {
        println!(
            "Database and recovery key are in it together, which opens every archived key (archive.passphrase apart): keep \
             it as safe as the keys themselves."
        );
    }
    if database.is_none() {
        println!("The database is not among them: run pg_dump before, and keep both together.");
    }
    Ok(())
}

/// What the database's copy stands for, and mails that went to a folder.
fn left_out(settings: &Settings, database: Option<&Path>) -> Vec<PathBuf> {
    let mut left_out: Vec<PathBuf> = database.into_iter().flat_map(backup::with_logs).collect();
    left_out.push(settings.data_dir.join("mail"));
    left_out
}

#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
pub async fn restore(settings: &Settings, folder: &Path) -> anyhow::Result<()> {
    let database = connection::file_of(&settings.database_url);
    let files = backup::restore(folder, &settings.data_dir, database.as_deref())?;
    println!("Files:     {files}, as they were backed up.");
    let context = super::open(settings).await?;
    let generations = context.ca.generations().count();
    println!("CA:        keys and certificates fit, generations of the issuing CA: {generations}.");
    let last = look_at_audit(&context).await?;
    let report = check_books::run(&context, false).await?;
    for (difference, _) in &report.differences {
        println!("{difference}");
    }
    println!(
        "Books:     {} certificates checked, {} differences.",
        report.checked, report.different
    );
    let archive = check_archive::run(&context).await?;
    for fault in &archive.faults {
        println!("{fault}");
    }
    if let Some(why) = &archive.unavailable {
        println!("No key can be archived: {why}");
    }
    println!(
        "Archive:   {} archived keys, {} faults.",
        archive.checked,
        archive.faults.len()
    );
    publish_crl::anew(&context).await?;
    println!("Lists:     published anew.");
    println!(
        "The database knows nothing after {}. Certificates that were issued since are unknown to OCSP, and what was \
         locked or paused since counts again: see \"After a restore\" in docs/administrator.md.",
        second(last)
    );
    if report.different > 0 {
        bail!("the CA's book and the identity manager's do not agree: run `selfservice ca check --repair`");
    }
    if !archive.faults.is_empty() || archive.unavailable.is_some() {
        bail!("the key archive is not whole: look into it by `selfservice archive check`");
    }
    Ok(())
}

/// When the last thing happened that the database knows of.
#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
async fn look_at_audit(context: &Context) -> anyhow::Result<OffsetDateTime> {
    let book = context.store.read();
    let records = match book.verify_audit().await? {
        Chain::Whole(records) => records,
        Chain::BrokenAt(record) => bail!("the audit log is broken at record {record}: take another back-up"),
    };
    println!("Audit log: whole, {records} records.");
    let last = book.audit_after(records - 1, 1).await?;
    Ok(last
        .first()
        .map_or(OffsetDateTime::UNIX_EPOCH, |entry| entry.record.at))
}
