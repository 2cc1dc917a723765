//! The scripts that exist with default values: version 1 of each, kept at the first start.

use shared::api::{Actor, Event, ScriptName};

use super::Context;
use crate::{
    domain::{
        audit::Record,
        script::{PORTAL, Said, Version, normal},
    },
    script::{DEFAULT_OPTIONS, DEFAULT_REMINDERS},
    store::{Result, StoreError},
};

const COMMENT: &str = "The default values";

/// Does nothing where a version is there.
pub async fn run(context: &Context) -> Result<()> {
    for name in ScriptName::ALL {
        add(context, name).await?;
    }
    Ok(())
}

async fn add(context: &Context, name: ScriptName) -> Result<()> {
    if context.store.read().newest_script(name).await?.is_some() {
        return Ok(());
    }
    let said = Said {
        text: normal(match name {
            ScriptName::Options => DEFAULT_OPTIONS,
            ScriptName::ExpiringOptions => DEFAULT_REMINDERS,
        }),
        comment: COMMENT.to_owned(),
    };
    let now = context.clock.now();
    let version = Version::after(0, name, PORTAL, &said, now);
    let transaction = context.store.begin().await?;
    match transaction.add_script_version(&version, &said.text).await {
        // Another server on the same database was faster.
        Err(StoreError::Duplicate(_)) => return Ok(()),
        added => added?,
    }
    let detail = format!("{} version 1, SHA-256 {}", name.as_str(), version.sha256);
    let record = Record::new(now, Event::OptionsChanged, Actor::System).detail(detail);
    transaction.append_audit(&record);
    transaction.commit().await
}
