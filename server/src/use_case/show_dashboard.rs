//! What the signed-in user can do and has, and what ends soon.

use shared::api::{MobileIdState, ScriptName};
use time::{Duration, OffsetDateTime};

use super::{Context, PortalError, options, portal};
use crate::domain::{
    mobile_id::MobileId,
    process::Process,
    reminder::{self, FURTHEST},
    user::User,
};

pub struct DashboardSeen {
    /// Why Get Mobile ID cannot be started or gone on with.
    pub start_refused: Option<PortalError>,
    pub open_process: Option<Process>,
    /// Newest first.
    pub mobile_ids: Vec<MobileId>,
    /// Of them, the active ones that end soon and have no successor, the soonest first.
    pub expiring: Vec<MobileId>,
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
    let mobile_ids = book.mobile_ids(user.id).await?;
    Ok(DashboardSeen {
        start_refused,
        open_process,
        expiring: expiring(context, user, &mobile_ids, now).await?,
        mobile_ids,
        now,
    })
}

/// From the first day of the reminders on, whether or not mail is configured.
async fn expiring(
    context: &Context,
    user: &User,
    mobile_ids: &[MobileId],
    now: OffsetDateTime,
) -> Result<Vec<MobileId>, PortalError> {
    let furthest = now + Duration::days(i64::from(FURTHEST));
    let candidates = mobile_ids.iter().filter(|mobile_id| {
        mobile_id.valid_until <= furthest
            && mobile_id.state_at(now) == MobileIdState::Active
            && !mobile_id.has_successor(mobile_ids, now)
    });
    let mut candidates: Vec<_> = candidates.cloned().collect();
    if candidates.is_empty() {
        return Ok(candidates);
    }
    let newest = options::newest(context, ScriptName::ExpiringOptions).await?;
    let values = options::reminders_in_force(context, newest, user).await?.values;
    candidates.retain(|mobile_id| reminder::is_near(&values, mobile_id.valid_until, now));
    candidates.sort_by_key(|mobile_id| mobile_id.valid_until);
    Ok(candidates)
}
