//! Encryption keys for one phone: the new one made and archived, earlier ones out of the archive, each sealed to the
//! phone's transport key. All of it beside the threads that serve and before the transaction that writes it down, which
//! others wait for. No key leaves here but sealed.

use shared::{
    api::{Actor, Event},
    protocol::pairing::PairingCode,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Context, PortalError, approval, portal::Held};
use crate::{
    archive::{Archive, ArchiveError, EncryptionKey, KeyError, Sealed},
    ca::{Serial, certified_key},
    chance::{self, NoChance},
    domain::{
        archived_key::ArchivedKey,
        audit::Record,
        process::{Process, Stage},
        recovery::SealedKey,
        secret::Hash,
    },
    store::{Result as Stored, StoreError, Transaction},
};

/// What is ready to be written down together with the mobile ID.
pub struct Prepared {
    /// That it is bound to.
    pub mobile_id: Uuid,
    pub made: Option<Made>,
    /// Earlier keys.
    recovered: Vec<SealedKey>,
    /// Serial numbers of those that do not open.
    damaged: Vec<String>,
}

/// The new key, to be certified.
pub struct Made {
    pub serial: Serial,
    /// SubjectPublicKeyInfo, DER.
    pub spki: Vec<u8>,
    archived: Sealed,
    sealed: SealedKey,
}

/// What is to be done for one phone.
struct Order {
    user: Uuid,
    mobile_id: Uuid,
    /// SubjectPublicKeyInfo, DER.
    transport_key: Vec<u8>,
    /// Of the certificate over a new key.
    new: Option<Serial>,
    earlier: Vec<Archived>,
    /// The recovery keys that archived keys are under.
    in_use: Vec<String>,
}

/// An earlier key as it lies in the archive; without anything to open where its row is gone.
struct Archived {
    serial: String,
    sealed: Option<Sealed>,
    /// Its certificate, DER.
    certificate: Vec<u8>,
}

/// For a process that wants keys sealed; it is let go before they are made. `None` where the code is not the right one for
/// it now: whoever takes it up again for the change says why.
pub async fn prepare(
    context: &Context,
    held: Held,
    typed: Option<&str>,
) -> Result<Option<Prepared>, PortalError> {
    let Stage::KeysReceived(keys) = &held.process.stage else {
        return Ok(None);
    };
    let is_right = typed
        .and_then(PairingCode::parse)
        .is_some_and(|typed| keys.pairing_code().matches(&typed));
    let Some(transport_key) = keys.transport_key().filter(|_| is_right) else {
        return Ok(None);
    };
    let transport_key = transport_key.to_vec();
    if !approval::stands(&held.transaction, &held.process, context.clock.now()).await? {
        return Err(PortalError::ApprovalPending);
    }
    let order = Order::read(held, transport_key).await?;
    let prepared = context
        .with_archive(move |archive| order.prepare(archive))
        .await??;
    Ok(Some(prepared))
}

impl Order {
    async fn read(held: Held, transport_key: Vec<u8>) -> Result<Self, PortalError> {
        let Held {
            transaction,
            process,
            user,
        } = held;
        let mut earlier = Vec::with_capacity(process.plan.recovers().len());
        for serial in process.plan.recovers() {
            let certificate = transaction.certificate(serial).await?;
            let certificate = certificate.ok_or(StoreError::Damaged { table: "certificate" })?;
            let archived = transaction.archived_key(serial).await?;
            earlier.push(Archived {
                serial: serial.clone(),
                sealed: archived.map(|key| Sealed {
                    recovery_key: key.recovery_key,
                    octets: key.sealed,
                }),
                certificate: certificate.der,
            });
        }
        let serial = || Ok::<_, NoChance>(Serial::from_random(chance::octets()?));
        Ok(Self {
            user: user.id,
            mobile_id: chance::id(),
            transport_key,
            new: process.plan.makes_encryption_key().then(serial).transpose()?,
            earlier,
            in_use: transaction.recovery_key_names().await?,
        })
    }

    fn prepare(&self, archive: &Archive) -> Result<Prepared, PortalError> {
        archive.agree_with(&self.in_use)?;
        let made = self.new.map(|serial| self.make(archive, serial)).transpose()?;
        let (mut recovered, mut damaged) = (Vec::with_capacity(self.earlier.len()), Vec::new());
        for earlier in &self.earlier {
            match self.recover(archive, earlier)? {
                Some(sealed) => recovered.push(sealed),
                None => damaged.push(earlier.serial.clone()),
            }
        }
        Ok(Prepared {
            mobile_id: self.mobile_id,
            made,
            recovered,
            damaged,
        })
    }

    fn make(&self, archive: &Archive, serial: Serial) -> Result<Made, PortalError> {
        let key = archive.make_key()?;
        let text = serial.to_string();
        Ok(Made {
            serial,
            spki: key.spki().to_vec(),
            archived: archive.seal(self.user, &text, &key)?,
            sealed: self.seal(&key, text)?,
        })
    }

    /// `None` where the archive's row is damaged: the others go on.
    fn recover(&self, archive: &Archive, earlier: &Archived) -> Result<Option<SealedKey>, ArchiveError> {
        let Some(sealed) = &earlier.sealed else {
            return Ok(None);
        };
        let key = match archive.open(self.user, &earlier.serial, sealed) {
            Ok(key) => key,
            Err(error) => {
                if !matches!(error, ArchiveError::Damaged { .. }) {
                    // Where the archive works, it is this row that names a recovery key which is not there: unless that
                    // key is newer than all that are here. Then it opens where that one is.
                    archive.check()?;
                    if archive.is_newer(&sealed.recovery_key)? {
                        return Err(error);
                    }
                }
                tracing::error!(
                    why = error.told_of(&earlier.serial),
                    "an archived key is not recovered"
                );
                return Ok(None);
            }
        };
        let certified = certified_key(&earlier.certificate);
        if certified.is_none_or(|certified| certified.spki() != key.spki()) {
            return Ok(None);
        }
        Ok(self.seal(&key, earlier.serial.clone()).ok())
    }

    fn seal(&self, key: &EncryptionKey, serial: String) -> Result<SealedKey, KeyError> {
        let delivery = key.deliver(&self.transport_key, self.mobile_id, &serial)?;
        Ok(SealedKey {
            serial,
            key_type: key.key_type(),
            encapsulated: delivery.encapsulated,
            ciphertext: delivery.ciphertext,
            challenge: delivery.challenge,
            answer: Hash(delivery.answer_hash),
        })
    }
}

impl Prepared {
    /// For a process that wants nothing sealed.
    pub fn nothing() -> Self {
        Self {
            mobile_id: chance::id(),
            made: None,
            recovered: vec![],
            damaged: vec![],
        }
    }

    /// Writes it down, after the certificates. Gives the records of it, which are to be appended.
    pub async fn store(
        &self,
        transaction: &Transaction,
        process: &Process,
        now: OffsetDateTime,
    ) -> Stored<Vec<Record>> {
        let mut sealed: Vec<_> = self.recovered.iter().collect();
        let mut records = Vec::with_capacity(self.recovered.len() + 1);
        let record = |event, key: &SealedKey| {
            Record::new(now, event, Actor::User)
                .user(process.user)
                .process(process.id)
                .mobile_id(Some(self.mobile_id))
                .detail(format!("certificate {}, {:?}", key.serial, key.key_type))
        };
        if let Some(made) = &self.made {
            let hash = Hash::of(&made.spki);
            transaction.add_public_keys(&[hash], process.id).await?;
            let archived = ArchivedKey {
                serial: made.sealed.serial.clone(),
                user: process.user,
                recovery_key: made.archived.recovery_key.clone(),
                sealed: made.archived.octets.clone(),
                archived_at: now,
            };
            transaction.add_archived_key(&archived).await?;
            sealed.push(&made.sealed);
            records.push(record(Event::KeyArchived, &made.sealed));
        }
        if !sealed.is_empty() {
            transaction.add_sealed_keys(self.mobile_id, &sealed).await?;
        }
        if self.recovered.len() + self.damaged.len() > 0 {
            let recovered: Vec<_> = self.recovered.iter().map(|key| &*key.serial).collect();
            transaction
                .add_recovered(self.mobile_id, &recovered, &self.damaged)
                .await?;
        }
        records.extend(self.recovered.iter().map(|key| record(Event::KeyRecovered, key)));
        Ok(records)
    }

    /// What the audit log says of keys that are not recovered; into the log it goes here.
    pub fn damage(&self) -> String {
        if self.damaged.is_empty() {
            return String::new();
        }
        let serials = self.damaged.join(", ");
        tracing::error!(mobile_id = %self.mobile_id, serials, "archived keys do not open, and are not recovered");
        format!("archived keys that do not open, and are not recovered: {serials}")
    }
}
