//! What the signed-in user can do and has.

use time::OffsetDateTime;
use uuid::Uuid;

use super::{Context, PortalError};
use crate::domain::{mobile_id::MobileId, process::Process};

pub struct DashboardSeen {
    pub open_process: Option<Process>,
    /// Newest first.
    pub mobile_ids: Vec<MobileId>,
    pub now: OffsetDateTime,
}

pub async fn run(context: &Context, user: Uuid) -> Result<DashboardSeen, PortalError> {
    let now = context.clock.now();
    let book = context.store.read();
    let open = book.open_process(user).await?;
    let open_process = open.filter(|process| process.until().is_some_and(|until| now < until));
    Ok(DashboardSeen {
        open_process,
        mobile_ids: book.mobile_ids(user).await?,
        now,
    })
}
