//! Next on the second step: the pairing code, and, where it is right, the certificates. They are issued in the
//! transaction that moves the process on, so that a server killed in between has issued nothing. Encryption keys are
//! ready before it begins, sealed, and go into the same transaction.

use shared::{
    api::{Actor, CertificateState, Event, MobileIdState, Purpose, Step},
    protocol::pairing::PairingCode,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{
    Context, PortalError, ProcessSeen,
    key_delivery::{self, Prepared},
    options,
    portal::{self, Held},
    seen, transition,
};
use crate::{
    ca::{Authority, IssueError, Order, PublicKey, Serial},
    chance,
    domain::{
        audit::Record,
        mobile_id::{Certificate, MobileId},
        process::{Key, KeysReceived, Pairing, Process},
        user::User,
    },
    store::Transaction,
};

/// Certificates are valid a little before their issuance, for those whose clock is behind.
const BACKDATED: Duration = Duration::minutes(5);

/// `typed`: as typed. Where the process is past this step already, the answer is the process as it is.
pub async fn run(
    context: &Context,
    user: Uuid,
    process: Uuid,
    typed: Option<&str>,
    signed_in_at: OffsetDateTime,
) -> Result<ProcessSeen, PortalError> {
    let mut held = portal::hold(context, user, process).await?;
    let mut prepared = None;
    if held.process.plan.wants_transport_key() {
        prepared = key_delivery::prepare(context, held, typed).await?;
        held = portal::hold(context, user, process).await?;
    }
    let Held {
        transaction,
        process,
        user,
    } = held;
    if process.ending().is_some() {
        return Err(PortalError::Ended);
    }
    if process.step() == Step::Done {
        return Ok(seen::process(context, &transaction, process, &user, signed_in_at).await?);
    }
    let now = context.clock.now();
    let code = code(&process, typed)?;
    let (process, keys) = match process.pair(&code, now)? {
        Pairing::Right(process, keys) => (process, keys),
        Pairing::Wrong(process, tries_left) => {
            return Err(wrong(context, transaction, process, &user, tries_left, now).await?);
        }
    };
    let prepared = match prepared {
        // The keys came in after it was looked whether they have: as if Next were pressed before.
        None if process.plan.wants_transport_key() => return Err(PortalError::PhoneNotReady),
        prepared => prepared.unwrap_or_else(Prepared::nothing),
    };
    let mobile_id = mobile_id(&process, &keys, prepared.mobile_id, now)?;
    transaction.add_mobile_id(&mobile_id).await?;
    let orders = orders(&keys.keys, &prepared)?;
    issue(context, &transaction, &user, &mobile_id, orders).await?;
    let records = prepared.store(&transaction, &process, now).await?;
    let process = process.confirm(mobile_id.id, now, &context.limits)?;
    let record = Record::new(now, Event::CertificatesIssued, Actor::User).detail(prepared.damage());
    transition::store(context, &transaction, &process, &user, record).await?;
    for record in records {
        transaction.append_audit(&record);
    }
    // What cannot be drawn is issued all the same.
    let seen = seen::process(context, &transaction, process.clone(), &user, signed_in_at).await;
    transaction.commit().await?;
    transition::ring(context, &process);
    Ok(seen?)
}

/// Says first that the phone is not ready, then that the code is missing, then that it is no code.
fn code(process: &Process, typed: Option<&str>) -> Result<PairingCode, PortalError> {
    let typed = typed.filter(|typed| !typed.trim().is_empty());
    if process.state() != shared::api::ProcessState::KeysReceived {
        return Err(PortalError::PhoneNotReady);
    }
    let typed = typed.ok_or(PortalError::PairingCodeMissing)?;
    PairingCode::parse(typed).ok_or(PortalError::PairingCodeMalformed)
}

async fn wrong(
    context: &Context,
    transaction: Transaction,
    process: Process,
    user: &User,
    tries_left: u32,
    now: OffsetDateTime,
) -> Result<PortalError, PortalError> {
    let detail = format!("{tries_left} tries left");
    let record = Record::new(now, Event::PairingCodeWrong, Actor::User).detail(detail);
    transition::commit(context, transaction, &process, user, record).await?;
    Ok(PortalError::PairingCodeWrong { tries_left })
}

fn mobile_id(
    process: &Process,
    keys: &KeysReceived,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<MobileId, PortalError> {
    let plan = process.plan.clone();
    let lifetime = options::lifetime(plan.validity, now);
    let (valid_from, valid_until) = lifetime.ok_or(PortalError::BeyondCa)?;
    Ok(MobileId {
        id,
        user: process.user,
        process: process.id,
        name: plan.profile_name,
        server_name: plan.server_name,
        user_id: plan.user_id,
        phone: keys.claim.phone.clone(),
        state: MobileIdState::Registered,
        state_since: now,
        failure: None,
        lock_reason: None,
        encryption_kept: false,
        pause_cause: None,
        pause_end: None,
        valid_from,
        valid_until,
        deleted_at: None,
    })
}

type Ordered = (Serial, Purpose, PublicKey);

/// A certificate over each key that the phone made for itself, and over the encryption key.
fn orders(keys: &[Key], prepared: &Prepared) -> Result<Vec<Ordered>, PortalError> {
    let mut orders = Vec::with_capacity(keys.len());
    for key in keys.iter().filter(|key| key.purpose != Purpose::Encryption) {
        let serial = Serial::from_random(chance::octets()?);
        orders.push((serial, key.purpose, PublicKey::from_accepted(&key.spki)?));
    }
    if let Some(made) = &prepared.made {
        let key = PublicKey::from_accepted(&made.spki)?;
        orders.push((made.serial, Purpose::Encryption, key));
    }
    Ok(orders)
}

/// Signs, and adds what came of it to both books.
async fn issue(
    context: &Context,
    transaction: &Transaction,
    user: &User,
    mobile_id: &MobileId,
    orders: Vec<Ordered>,
) -> Result<(), PortalError> {
    let not_before = (mobile_id.valid_from - BACKDATED).max(context.ca.issuing_not_before());
    let not_after = mobile_id.valid_until;
    let (user, user_id, id) = (user.clone(), mobile_id.user_id.clone(), mobile_id.id);
    let sign = move |ca: &Authority| {
        let order = |(serial, purpose, key): Ordered| {
            let issued = ca.issue(&Order {
                serial,
                purpose,
                subject: options::subject(&user, &user_id),
                key: &key,
                not_before,
                not_after,
            })?;
            Ok::<_, IssueError>(Certificate {
                serial: serial.to_string(),
                mobile_id: id,
                purpose,
                subject: issued.subject,
                issuer: issued.issuer,
                not_before,
                not_after,
                state: CertificateState::Issued,
                state_in_ca: CertificateState::Issued,
                der: issued.der,
            })
        };
        orders
            .into_iter()
            .map(order)
            .collect::<Result<Vec<Certificate>, _>>()
    };
    let certificates = context.with_ca(sign).await??;
    Ok(transaction.add_certificates(&certificates).await?)
}
