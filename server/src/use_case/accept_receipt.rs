//! The install receipt: the phone proves with its new authentication key that it stored what was issued, and of each key
//! that was sealed to it that it has unwrapped it. Only then are the certificates `valid`, in both books, and the mobile ID `active`.

use shared::{
    api::{Actor, CertificateState, Event, ProcessState, Purpose},
    protocol::receipt,
};
use uuid::Uuid;

use super::{Context, DeviceError, device, transition};
use crate::{
    archive, ca,
    domain::{audit::Record, mobile_id::Certificate, process::Process, recovery::SealedKey, secret::Hash},
    store::StoreError,
};

/// The answer to one sealed key's challenge.
pub struct Proof {
    pub serial: String,
    pub answer: Vec<u8>,
}

/// `signature`: r and s as the phone made them (IEEE P1363). A receipt that comes again is answered alike; what it
/// proves is not looked at then, since what it is compared with is gone.
pub async fn run(
    context: &Context,
    token: Hash,
    mobile_id: Uuid,
    signature: &[u8],
    proofs: &[Proof],
) -> Result<(), DeviceError> {
    let held = device::hold_by_token(context, token).await?;
    if held.process.ending().is_some() {
        return Err(DeviceError::Ended);
    }
    if held.process.mobile_id().ok_or(DeviceError::NotNow)? != mobile_id {
        return Err(DeviceError::ReceiptWrong);
    }
    let installation = held.transaction.installation(mobile_id).await?;
    let (mobile_id, mut certificates) = installation.ok_or(StoreError::Damaged { table: "certificate" })?;
    let is_issued = |certificate: &&Certificate| certificate.state == CertificateState::Issued;
    let issued = certificates.iter().filter(is_issued).count() as u64;
    let wants_transport_key = held.process.plan.wants_transport_key();
    if wants_transport_key {
        let recovered = held.transaction.recovered_certificates(mobile_id.id).await?;
        certificates.extend(recovered);
    }
    verify(&held.process, mobile_id.id, &certificates, signature)?;
    if held.process.state() == ProcessState::Completed {
        return Ok(());
    }
    let sealed = if wants_transport_key {
        held.transaction.sealed_keys(mobile_id.id).await?
    } else {
        vec![]
    };
    if !is_proved(&sealed, proofs) {
        return Err(DeviceError::ReceiptWrong);
    }
    let now = context.clock.now();
    let process = held.process.complete(now)?;
    let mobile_id = mobile_id.activate(now).map_err(|_| DeviceError::Ended)?;
    held.transaction.save_mobile_id(&mobile_id).await?;
    if wants_transport_key {
        held.transaction.delete_sealed_keys(mobile_id.id).await?;
    }
    held.transaction
        .install_certificates(mobile_id.id, issued)
        .await?;
    let record = Record::new(now, Event::ProcessCompleted, Actor::Phone);
    transition::commit(context, held.transaction, &process, &held.user, record).await?;
    Ok(())
}

/// One right answer for each sealed key, and none besides.
fn is_proved(sealed: &[SealedKey], proofs: &[Proof]) -> bool {
    let is_answered = |key: &SealedKey| {
        let mut proofs = proofs.iter();
        let proof = proofs.find(|proof| proof.serial == key.serial);
        proof.is_some_and(|proof| archive::is_answer(&proof.answer, &key.answer.0))
    };
    sealed.len() == proofs.len() && sealed.iter().all(is_answered)
}

fn verify(
    process: &Process,
    mobile_id: Uuid,
    certificates: &[Certificate],
    signature: &[u8],
) -> Result<(), DeviceError> {
    let signer = certificates
        .iter()
        .find(|certificate| certificate.purpose == Purpose::Authentication);
    let signer = signer.ok_or(StoreError::Damaged { table: "certificate" })?;
    let stored: Vec<_> = certificates
        .iter()
        .map(|certificate| (certificate.purpose, certificate.der.clone()))
        .collect();
    let message = receipt::message(process.id, mobile_id, &stored);
    if ca::is_signed_by(&signer.der, &message, signature) {
        Ok(())
    } else {
        Err(DeviceError::ReceiptWrong)
    }
}
