//! What every change of a mobile ID shares: how one is taken up, and how its new state is written, with its
//! certificates in both books, in the transaction of whoever asked.
//!
//! Two transactions that want the same rows take them in one order: process, mobile ID, the CA's revision, and the
//! end of the audit log. So the record is given back, and its writer appends it when nothing else is left to do.

use shared::{
    api::{Actor, CertificateState, EncryptionFate, Event, LockReason, MobileIdState, Purpose},
    problem::Code,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Context, PortalError};
use crate::{
    domain::{
        audit::Record,
        mobile_id::{MobileId, Outcome, RevocationReason},
        user::Right,
    },
    store::{Result, StoreError, Transaction},
};

/// A transaction that holds a user's mobile ID.
pub struct Held {
    pub transaction: Transaction,
    pub mobile_id: MobileId,
}

/// Takes up a mobile ID for a change by its user, who must be active.
pub async fn hold(context: &Context, user: Uuid, mobile_id: Uuid) -> std::result::Result<Held, PortalError> {
    let transaction = context.store.begin().await?;
    let mobile_id = take(&transaction, user, mobile_id).await?;
    check(&transaction, user, Right::ChangeMobileId).await?;
    Ok(Held {
        transaction,
        mobile_id,
    })
}

/// One that the user has; somebody else's, and a deleted one, is not found.
pub async fn take(
    transaction: &Transaction,
    user: Uuid,
    mobile_id: Uuid,
) -> std::result::Result<MobileId, PortalError> {
    let found = take_any(transaction, user, mobile_id).await?;
    Some(found)
        .filter(|found| found.deleted_at.is_none())
        .ok_or(PortalError::NotFound)
}

/// A deleted one too.
pub async fn take_any(
    transaction: &Transaction,
    user: Uuid,
    mobile_id: Uuid,
) -> std::result::Result<MobileId, PortalError> {
    let found = transaction.mobile_id_to_change(mobile_id).await?;
    found
        .filter(|found| found.user == user)
        .ok_or(PortalError::NotFound)
}

/// Whether the user may, as the database has them now and not as the session knew them. After the mobile ID's row was
/// taken, for which an administrator who changes the user's state waits too.
pub async fn check(
    transaction: &Transaction,
    user: Uuid,
    right: Right,
) -> std::result::Result<(), PortalError> {
    let found = transaction.user(user).await?;
    match found.ok_or(PortalError::NotFound)?.refusal(right) {
        None => Ok(()),
        Some(Code::RoleNeeded) => Err(PortalError::RoleNeeded),
        Some(_) => Err(PortalError::UserNotActive),
    }
}

/// A reason that a person gives.
pub fn chosen(reason: LockReason) -> std::result::Result<LockReason, PortalError> {
    Some(reason)
        .filter(|reason| LockReason::CHOICES.contains(reason))
        .ok_or(PortalError::LockReasonWrong)
}

/// Locks as the user asked for. `encryption`: `None` where they left that to the reason. Where there is no encryption
/// certificate that counts, none is kept.
pub async fn lock(
    transaction: &Transaction,
    mobile_id: MobileId,
    (reason, encryption): (LockReason, Option<EncryptionFate>),
    now: OffsetDateTime,
) -> std::result::Result<Outcome, PortalError> {
    let encryption = encryption.unwrap_or(reason.encryption_fate());
    let outcome = mobile_id.lock(reason, encryption, now)?;
    let Outcome::Changed(locked) = outcome else {
        return Ok(outcome);
    };
    let counts = [CertificateState::Valid, CertificateState::OnHold];
    let certificates = transaction.certificates(locked.id).await?;
    let is_there = certificates
        .iter()
        .any(|certificate| certificate.purpose == Purpose::Encryption && counts.contains(&certificate.state));
    Ok(Outcome::Changed(MobileId {
        encryption_kept: locked.encryption_kept && is_there,
        ..locked
    }))
}

/// The encryption certificate that a lock has kept is revoked after all. `None` where none was kept.
pub async fn revoke_kept(
    transaction: &Transaction,
    mobile_id: &MobileId,
    reason: RevocationReason,
    by: Actor,
    now: OffsetDateTime,
) -> Result<Option<(MobileId, Record)>> {
    let Some(changed) = mobile_id.revoke_kept() else {
        return Ok(None);
    };
    transaction.save_mobile_id(&changed).await?;
    let revoked = transaction
        .revoke_certificates(changed.id, &[Purpose::Encryption], reason, now)
        .await?;
    let detail = format!(
        "{revoked} encryption certificates that were kept, {}",
        reason.name()
    );
    let record = record(&changed, Event::CertificatesRevoked, by, now).detail(detail);
    Ok(Some((changed, record)))
}

/// Time has ended the encryption certificate that a lock has kept. `None` where it has not, or none was kept.
pub async fn expire_kept(
    transaction: &Transaction,
    mobile_id: &MobileId,
    now: OffsetDateTime,
) -> Result<Option<(MobileId, Record)>> {
    let Some(changed) = mobile_id.expire_kept(now) else {
        return Ok(None);
    };
    transaction.save_mobile_id(&changed).await?;
    let expired = transaction.expire_certificates(changed.id).await?;
    let detail = format!("{expired} encryption certificates that were kept; locked since before");
    let record = record(&changed, Event::MobileIdExpired, Actor::System, now).detail(detail);
    Ok(Some((changed, record)))
}

/// Stores what came of a transition that the user asked for, and rings for those who wait.
pub async fn commit(
    context: &Context,
    transaction: Transaction,
    outcome: Outcome,
    now: OffsetDateTime,
) -> Result<MobileId> {
    let changed = match outcome {
        Outcome::Same(mobile_id) => return Ok(mobile_id),
        Outcome::Changed(changed) => changed,
    };
    let record = write(&transaction, &changed, Actor::User, now).await?;
    transaction.append_audit(&record);
    transaction.commit().await?;
    context.changes.ring(changed.process);
    Ok(changed)
}

/// Writes a mobile ID that has changed, and gives both books the state that goes with it. The record of it is to be
/// appended.
pub async fn write(
    transaction: &Transaction,
    mobile_id: &MobileId,
    by: Actor,
    now: OffsetDateTime,
) -> Result<Record> {
    transaction.save_mobile_id(mobile_id).await?;
    let (event, detail) = if mobile_id.deleted_at.is_some() {
        (Event::MobileIdDeleted, format!("{:?}", mobile_id.state))
    } else {
        follow(transaction, mobile_id, now).await?
    };
    Ok(record(mobile_id, event, by, now).detail(detail))
}

fn record(mobile_id: &MobileId, event: Event, by: Actor, now: OffsetDateTime) -> Record {
    Record::new(now, event, by)
        .user(mobile_id.user)
        .process(mobile_id.process)
        .mobile_id(Some(mobile_id.id))
}

async fn follow(
    transaction: &Transaction,
    mobile_id: &MobileId,
    now: OffsetDateTime,
) -> Result<(Event, String)> {
    let id = mobile_id.id;
    match mobile_id.state {
        MobileIdState::Locked => {
            let why = mobile_id.lock_reason;
            let why = why.ok_or(StoreError::Damaged { table: "mobile_id" })?;
            let reason = RevocationReason::from(why);
            let (revocable, kept) = if mobile_id.encryption_kept {
                let others = &[Purpose::Authentication, Purpose::Signature][..];
                (others, "; the encryption certificate stays valid")
            } else {
                (&Purpose::ALL[..], "")
            };
            let revoked = transaction
                .revoke_certificates(id, revocable, reason, now)
                .await?;
            if mobile_id.encryption_kept {
                // Where it was on hold: what paused it is over.
                let (on_hold, valid) = (CertificateState::OnHold, CertificateState::Valid);
                transaction.set_certificates(id, on_hold, valid).await?;
            }
            let detail = format!("{why:?}; {revoked} certificates revoked, {}{kept}", reason.name());
            Ok((Event::MobileIdLocked, detail))
        }
        MobileIdState::Inactive => {
            let held = transaction.hold_certificates(id, now).await?;
            let cause = mobile_id.pause_cause;
            let cause = cause.map(|cause| format!("{cause:?}; ")).unwrap_or_default();
            Ok((
                Event::MobileIdPaused,
                format!("{cause}{held} certificates on hold"),
            ))
        }
        MobileIdState::Expired => {
            let expired = transaction.expire_certificates(id).await?;
            Ok((Event::MobileIdExpired, format!("{expired} certificates expired")))
        }
        MobileIdState::Active | MobileIdState::Registered => {
            let valid = transaction
                .set_certificates(id, CertificateState::OnHold, CertificateState::Valid)
                .await?;
            Ok((
                Event::MobileIdResumed,
                format!("{valid} certificates valid again"),
            ))
        }
    }
}
