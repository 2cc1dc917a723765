//! What a phone learns of its mobile ID, and whether a test waits for it. Reads only.

use time::OffsetDateTime;

use super::{Context, TestAsker, TestError, tested};
use crate::domain::{limits::Limits, mobile_id::MobileId, mobile_id_test::Test, secret::Hash};

pub struct Seen {
    pub mobile_id: MobileId,
    /// One that waits for the phone's signature.
    pub test: Option<Test>,
    pub limits: Limits,
    pub now: OffsetDateTime,
}

pub async fn run(context: &Context, token: Hash) -> Result<Seen, TestError> {
    let mobile_id = tested::find(context, TestAsker::Phone(token)).await?;
    Ok(Seen {
        test: tested::waiting(context, mobile_id.id).await?,
        limits: context.limits,
        now: context.clock.now(),
        mobile_id,
    })
}
