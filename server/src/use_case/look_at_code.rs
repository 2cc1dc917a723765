//! What a code would set up, without using it: mail scanners, link previews and the careful may look.

use time::OffsetDateTime;

use super::{
    Context, DeviceError,
    device::{self, HeldByCode},
};
use crate::domain::{process::CodeStanding, user::User};

/// What the phone shows before Start.
pub struct Offer {
    pub user: User,
    pub server_name: String,
    pub expires_at: OffsetDateTime,
}

pub async fn run(context: &Context, code: &str) -> Result<Offer, DeviceError> {
    let HeldByCode { number, held, .. } = device::hold_by_code(context, code).await?;
    match held.process.code_standing(number, None, context.clock.now())? {
        CodeStanding::Open(expires_at) => Ok(Offer {
            user: held.user,
            server_name: held.process.plan.server_name,
            expires_at,
        }),
        CodeStanding::ClaimedByThisPhone => Err(DeviceError::NotNow),
    }
}
