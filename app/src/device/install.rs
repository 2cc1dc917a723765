//! The last step of an enrollment: what came is stored, tried and confirmed. What counts is what can be read again.

use shared::api::{Installation, InstalledCertificate, KeyProof, Purpose, Receipt};
use shared::protocol::{certificate, encode};

use super::client;
use super::database::{Database, Kept};
use super::enrollment::{Enrollment, Step, certificates, encryption};
use super::keys::KeySet;
use super::screen::Screen;
use super::sealed;
use super::setup::{Flow, Run};
use super::stop::Stop;

/// Until the server has the receipt.
pub async fn install(
    run: Run,
    database: &Database,
    enrollment: &Enrollment,
    came: &Installation,
) -> Flow<Enrollment> {
    run.show(Screen::Installing)?;
    let Some((stored, mut keys)) = database.enrollment(&enrollment.id).await? else {
        made_elsewhere(database, came).await?;
        return Ok(enrollment.clone().completed());
    };
    for (_, pair) in &keys.pairs {
        pair.test().await?;
    }
    let Step::Install(installation) = stored.next() else {
        return Ok(stored);
    };
    fits(came, &installation, &keys).await?;
    unwrap(run, &installation, &mut keys).await?;
    database.save_enrollment(&stored, &keys).await?;
    let Some((_, keys)) = database.enrollment(&enrollment.id).await? else {
        made_elsewhere(database, came).await?;
        return Ok(enrollment.clone().completed());
    };
    let receipt = receipt(run, &stored, &installation, &keys).await?;
    run.insist(client::receipt(&enrollment.device_token, &receipt))
        .await?;
    Ok(stored.completed())
}

/// The enrollment becomes a mobile ID, unless a second tab was faster.
pub async fn finish(database: &Database, enrollment: &Enrollment, installation: &Installation) -> Flow<()> {
    let Some((_, keys)) = database.enrollment(&enrollment.id).await? else {
        return made_elsewhere(database, installation).await;
    };
    let is_here = |certificate: &InstalledCertificate| keys.decryption_key(&certificate.serial).is_some();
    if !encryption(installation).all(is_here) {
        return Err(Stop::KeysLost.into());
    }
    Ok(database.finish(enrollment, installation, keys).await?)
}

/// A second tab made the enrollment a mobile ID, in one transaction. Asked after the enrollment, the one or the other
/// is there.
async fn made_elsewhere(database: &Database, installation: &Installation) -> Flow<()> {
    let is_here = |kept: &Kept| kept.installation.mobile_id == installation.mobile_id;
    if database.mobile_ids().await?.iter().any(is_here) {
        Ok(())
    } else {
        Err(Stop::StorageRefused.into())
    }
}

/// What was stored is what came, one certificate a key that was made here, and each over such a key.
async fn fits(came: &Installation, stored: &Installation, keys: &KeySet) -> Flow<()> {
    if came != stored {
        return Err(Stop::StorageRefused.into());
    }
    let is_made_here = |(purpose, _): &(Purpose, Vec<u8>)| *purpose != Purpose::Encryption;
    let own = keys.public_keys().await?;
    let certified: Vec<_> = certificates(stored)
        .ok_or(Stop::ForeignCertificates)?
        .into_iter()
        .filter(is_made_here)
        .collect();
    let is_ours = |(purpose, der): &(Purpose, Vec<u8>)| {
        certificate::public_key(der).is_ok_and(|key| own.contains(&(*purpose, key)))
    };
    if certified.len() == own.iter().filter(|key| is_made_here(key)).count() && certified.iter().all(is_ours)
    {
        Ok(())
    } else {
        Err(Stop::ForeignCertificates.into())
    }
}

/// Each encryption certificate's key that is not here yet.
async fn unwrap(run: Run, installation: &Installation, keys: &mut KeySet) -> Flow<()> {
    for certificate in encryption(installation) {
        if keys.decryption_key(&certificate.serial).is_some() {
            continue;
        }
        let transport = keys.pair(Purpose::Encryption).ok_or(Stop::KeysLost)?;
        let key = sealed::unwrap(transport, installation.mobile_id, certificate)
            .await
            .map_err(|_| Stop::SealedKeyAltered)?;
        keys.decryption.push((certificate.serial.clone(), key));
        run.check()?;
    }
    Ok(())
}

/// Over what is stored, with keys that were read back: each fits its certificate and answers its challenge.
async fn receipt(
    run: Run,
    enrollment: &Enrollment,
    installation: &Installation,
    keys: &KeySet,
) -> Flow<Receipt> {
    let mut proofs = Vec::new();
    for certificate in encryption(installation) {
        let key = keys
            .decryption_key(&certificate.serial)
            .ok_or(Stop::StorageRefused)?;
        let answer = sealed::prove(key, installation.mobile_id, certificate)
            .await
            .map_err(|_| Stop::SealedKeyAltered)?;
        proofs.push(KeyProof {
            serial: certificate.serial.clone(),
            answer: encode(&answer),
        });
        run.check()?;
    }
    let authentication = keys.pair(Purpose::Authentication).ok_or(Stop::KeysLost)?;
    let message = enrollment
        .receipt_message(installation)
        .ok_or(Stop::ForeignCertificates)?;
    Ok(Receipt {
        mobile_id: installation.mobile_id,
        signature: encode(&authentication.sign(&message).await?),
        proofs,
    })
}
