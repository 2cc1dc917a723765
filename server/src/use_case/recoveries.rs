//! What listing requests to recover keys and deciding on one share: a request as whoever may decide sees it.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;
use uuid::Uuid;

use super::Context;
use crate::{
    domain::{recovery::Earlier, recovery_request::RecoveryRequest, user::User},
    store::{Result, StoreError},
};

/// A request with all that is told of it.
#[derive(Debug)]
pub struct RecoverySeen {
    pub request: RecoveryRequest,
    pub user: User,
    /// In the order of the request.
    pub certificates: Vec<Earlier>,
    /// Who decided.
    pub decided_by: Option<User>,
    pub can_decide: bool,
    pub now: OffsetDateTime,
}

/// `asker`: who looks.
pub async fn see(
    context: &Context,
    asker: Uuid,
    requests: Vec<(RecoveryRequest, User)>,
) -> Result<Vec<RecoverySeen>> {
    let book = context.store.read();
    let now = context.clock.now();
    let all = requests.iter().flat_map(|(request, _)| &request.serials);
    let serials: BTreeSet<_> = all.collect();
    let earlier = book.earlier_certificates(serials).await?.into_iter();
    let earlier: BTreeMap<_, _> = earlier.map(|earlier| (earlier.serial.clone(), earlier)).collect();
    let mut seen = Vec::with_capacity(requests.len());
    for (request, user) in requests {
        let decided_by = match &request.decided {
            Some(decided) => {
                let found = book.user(decided.by).await?;
                Some(found.ok_or(StoreError::Damaged {
                    table: "recovery_request",
                })?)
            }
            None => None,
        };
        let certificates = request
            .serials
            .iter()
            .filter_map(|serial| earlier.get(serial).cloned());
        seen.push(RecoverySeen {
            certificates: certificates.collect(),
            can_decide: request.can_be_decided_by(asker, now),
            request,
            user,
            decided_by,
            now,
        });
    }
    Ok(seen)
}
