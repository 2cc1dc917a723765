//! `selfservice audit …`: whether the audit log is whole, and what is in it.

use std::io::{self, BufWriter, Write};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use serde::Serialize;
use shared::{
    api::{Actor, Event},
    protocol,
};
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::{
    settings::Settings,
    store::{AuditEntry, Chain, Store},
};

const PAGE: u64 = 1_000;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Walk along the chain of audit records and say where it is broken
    Verify,
    /// Print every record as JSON Lines, oldest first; fails at the end where the chain is broken
    Export {
        /// Begin after the record with this number
        #[arg(long, default_value_t = 0)]
        after: i64,
    },
}

pub async fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let store = Store::open(&settings.database_url).await?;
    store.migrate().await?;
    match command {
        Command::Verify => {
            let records = verify(&store).await?;
            let mut out = io::stdout().lock();
            writeln!(out, "The audit log is whole: {records} records.")?;
        }
        Command::Export { after } => {
            export(&store, after).await?;
            verify(&store).await?;
        }
    }
    Ok(())
}

/// The number of records.
async fn verify(store: &Store) -> anyhow::Result<i64> {
    match store.read().verify_audit().await? {
        Chain::Whole(records) => Ok(records),
        Chain::BrokenAt(sequence) => bail!(
            "the audit log is broken at record {sequence}: it or one before it was changed, removed or moved"
        ),
    }
}

/// One record, as a line of JSON.
#[derive(Debug, Serialize)]
struct Line<'a> {
    sequence: i64,
    /// RFC 3339, UTC.
    at: String,
    event: Event,
    by: Actor,
    user: Option<Uuid>,
    process: Option<Uuid>,
    mobile_id: Option<Uuid>,
    origin: Option<&'a str>,
    detail: &'a str,
    /// Base64url; over the record and the hash before.
    hash: String,
}

async fn export(store: &Store, after: i64) -> anyhow::Result<()> {
    let mut last = after;
    loop {
        let page = store.read().audit_after(last, PAGE).await?;
        let Some(entry) = page.last() else { break };
        last = entry.sequence;
        // Not held over the next read: whoever reads this may be slow.
        let mut out = BufWriter::new(io::stdout().lock());
        for entry in &page {
            serde_json::to_writer(&mut out, &line(entry)?)?;
            out.write_all(b"\n")?;
        }
        out.flush().context("the output was closed")?;
    }
    Ok(())
}

fn line(
    AuditEntry {
        sequence,
        record,
        hash,
    }: &AuditEntry,
) -> anyhow::Result<Line<'_>> {
    Ok(Line {
        sequence: *sequence,
        at: record.at.format(&Rfc3339)?,
        event: record.event,
        by: record.by,
        user: record.user,
        process: record.process,
        mobile_id: record.mobile_id,
        origin: record.origin.as_deref(),
        detail: &record.detail,
        hash: protocol::encode(hash),
    })
}
