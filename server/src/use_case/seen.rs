//! What a page is shown of a process or a mobile ID: the aggregates that belong together, read after the commit.

use shared::api::MobileIdState;
use time::OffsetDateTime;

use super::Context;
use crate::{
    domain::{
        audit::Record,
        mobile_id::{Certificate, MobileId},
        process::Process,
    },
    store::{Result, StoreError},
};

/// A process with what its dialog draws around it.
#[derive(Debug)]
pub struct ProcessSeen {
    pub process: Process,
    /// The newest active mobile ID that the user has besides this process's own.
    pub active: Option<MobileId>,
    /// The one that this process made.
    pub made: Option<MobileIdSeen>,
    /// Next at the introduction would ask for the password.
    pub password_needed: bool,
    pub now: OffsetDateTime,
}

/// A mobile ID with its certificates and history.
#[derive(Debug)]
pub struct MobileIdSeen {
    pub mobile_id: MobileId,
    pub certificates: Vec<Certificate>,
    /// Oldest first.
    pub history: Vec<Record>,
    pub now: OffsetDateTime,
}

pub async fn process(
    context: &Context,
    process: Process,
    signed_in_at: OffsetDateTime,
) -> Result<ProcessSeen> {
    let now = context.clock.now();
    let book = context.store.read();
    let mine = book.mobile_ids(process.user).await?;
    let made = match process.mobile_id() {
        Some(id) => {
            let found = mine.iter().find(|mobile_id| mobile_id.id == id).cloned();
            Some(mobile_id(context, found.ok_or(StoreError::Damaged { table: "mobile_id" })?).await?)
        }
        None => None,
    };
    let is_other_active = |other: &MobileId| {
        other.state_at(now) == MobileIdState::Active && Some(other.id) != process.mobile_id()
    };
    let active = mine.into_iter().find(is_other_active);
    let password_needed = !context.limits.is_fresh(signed_in_at, now);
    Ok(ProcessSeen {
        process,
        active,
        made,
        password_needed,
        now,
    })
}

pub async fn mobile_id(context: &Context, mobile_id: MobileId) -> Result<MobileIdSeen> {
    let book = context.store.read();
    Ok(MobileIdSeen {
        certificates: book.certificates(mobile_id.id).await?,
        history: book.history(mobile_id.id, mobile_id.process).await?,
        now: context.clock.now(),
        mobile_id,
    })
}
