//! The issuing CA's further generations: made by a renewal, found again at every start.
//!
//! A renewal makes two things, each durable before the next begins: the key, and the certificate. Killed in between, the
//! next start is as before, and the next renewal goes on with the key that it finds.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rcgen::CertificateParams;
use shared::url::pki;
use time::OffsetDateTime;

use super::certificate_file::CaCertificate;
use super::open::{Found, PublicUrl, ROOT, lock, store};
use super::{Curve, Key, KeyStore, KeyStoreError, OpenError, Serial, profile};
use crate::chance::NoChance;

/// Why the issuing CA is not renewed, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum RenewalError {
    #[error("there is no CA yet: the first start makes it, and there is nothing to renew")]
    NoCa,
    #[error(
        "the root's key is needed to renew the issuing CA, and {place} is not there: bring it back, run the command \
         again, and take it away again"
    )]
    RootKeyMissing { place: String },
    #[error(
        "generation {generation} of the issuing CA is young, half of its life is over {half}: renew it then, or now \
         with --force"
    )]
    Young { generation: u32, half: OffsetDateTime },
    #[error(
        "the root ends {at}, and a new issuing CA would end no later than the one there is: a new root is needed, \
         which is a new CA"
    )]
    RootEnds { at: OffsetDateTime },
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl From<KeyStoreError> for RenewalError {
    fn from(error: KeyStoreError) -> Self {
        Self::Open(error.into())
    }
}

/// A renewal under way: the key is there, the certificate is not signed yet. Nobody else renews or starts meanwhile.
#[derive(Debug)]
pub struct Renewal {
    _lock: File,
    root: CaCertificate,
    root_key: Key,
    generation: u32,
    key: Key,
    serial: Serial,
    params: CertificateParams,
    path: PathBuf,
}

impl Renewal {
    /// Proves that there is a whole authority, with its root's key, and makes the next generation's key. Arguments as
    /// for `Authority::open`. `force`: however young the newest generation is.
    pub fn begin(
        keys: &dyn KeyStore,
        dir: &Path,
        public_url: &str,
        now: OffsetDateTime,
        random: fn() -> Result<[u8; 20], NoChance>,
        force: bool,
    ) -> Result<Self, RenewalError> {
        let public_url = PublicUrl::parse(public_url)?;
        let lock = lock(dir)?;
        let found = Found::in_store(keys, dir)?;
        found.refuse_gaps()?;
        let (Some(root), Some(first)) = (found.root, found.issuing) else {
            return Err(RenewalError::NoCa);
        };
        root.check_root(now)?;
        let place = || RenewalError::RootKeyMissing {
            place: keys.place(ROOT),
        };
        let root_key = found.root_key.ok_or_else(place)?;
        root.check_key(&root_key)?;
        let later = later_generations(keys, dir, &root)?.pop();
        let (number, newest) = later.map_or((1, first), |(number, newest, _)| (number, newest));
        let half = newest.not_before + (newest.not_after - newest.not_before) / 2;
        if now < half && !force {
            return Err(RenewalError::Young {
                generation: number,
                half,
            });
        }
        if root.not_after <= newest.not_after {
            return Err(RenewalError::RootEnds { at: root.not_after });
        }
        let generation = number + 1;
        let name = pki::stem(generation);
        let key = match keys.lookup(&name)? {
            Some(key) => key,
            None => keys.create(&name, Curve::P256)?,
        };
        let serial = Serial::from_random(random().map_err(OpenError::from)?);
        let params = profile::issuing(serial, generation, &public_url, (now, root.not_after), &key)
            .map_err(OpenError::Signing)?;
        Ok(Self {
            _lock: lock,
            path: dir.join(format!("{name}.cer")),
            root,
            root_key,
            generation,
            key,
            serial,
            params,
        })
    }

    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// Record it durably before the certificate is signed.
    pub const fn serial(&self) -> Serial {
        self.serial
    }

    /// The certificate, signed and kept: who starts from now on issues by it.
    pub fn finish(self) -> Result<(), OpenError> {
        let issuer = Some((&self.root, &self.root_key));
        let certificate = store(&self.path, &self.params, &self.key, issuer)?;
        certificate.check_issued_by(&self.root)
    }
}

/// The number of the newest generation whose certificate lies in the CA's folder; 0 where there is none.
pub fn newest_generation(dir: &Path) -> Result<u32, OpenError> {
    let failed = |source| OpenError::Folder {
        path: dir.to_owned(),
        source,
    };
    let mut newest = 0;
    if !dir.exists() {
        return Ok(newest);
    }
    for entry in fs::read_dir(dir).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let stem = name.to_str().and_then(|name| name.strip_suffix(".cer"));
        newest = newest.max(stem.and_then(pki::generation).unwrap_or(0));
    }
    Ok(newest)
}

/// A generation as it lies in folder and key store.
pub(super) type Kept = (u32, CaCertificate, Key);

/// Generations 2 and up.
pub(super) fn later_generations(
    keys: &dyn KeyStore,
    dir: &Path,
    root: &CaCertificate,
) -> Result<Vec<Kept>, OpenError> {
    let mut found = Vec::new();
    for number in 2..=newest_generation(dir)? {
        let name = pki::stem(number);
        let path = dir.join(format!("{name}.cer"));
        let missing = |missing| move || OpenError::Incomplete { missing };
        let certificate = CaCertificate::read(&path)?.ok_or_else(missing(path.display().to_string()))?;
        let key = keys.lookup(&name)?.ok_or_else(missing(keys.place(&name)))?;
        certificate.check_issued_by(root)?;
        certificate.check_key(&key)?;
        found.push((number, certificate, key));
    }
    Ok(found)
}
