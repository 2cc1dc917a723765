//! What the signed-in user can do and has.

use time::OffsetDateTime;

use super::{Context, PortalError, options, portal};
use crate::domain::{mobile_id::MobileId, process::Process, user::User};

pub struct DashboardSeen {
    /// Why Get Mobile ID cannot be started or gone on with.
    pub start_refused: Option<PortalError>,
    pub open_process: Option<Process>,
    /// Newest first.
    pub mobile_ids: Vec<MobileId>,
    pub now: OffsetDateTime,
}

pub async fn run(context: &Context, user: &User) -> Result<DashboardSeen, PortalError> {
    let now = context.clock.now();
    let book = context.store.read();
    let open = book.open_process(user.id).await?;
    let open_process = open.filter(|process| !process.is_over(now));
    let may = match &open_process {
        // What it began with is decided.
        Some(_) => portal::may_start(user),
        None => options::to_begin_with(context, user).await.map(drop),
    };
    let start_refused = match may {
        Err(PortalError::Store(error)) => return Err(error.into()),
        may => may.err(),
    };
    Ok(DashboardSeen {
        start_refused,
        open_process,
        mobile_ids: book.mobile_ids(user.id).await?,
        now,
    })
}
