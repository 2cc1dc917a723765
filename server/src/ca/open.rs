//! How an authority comes to be: made at the first start, loaded and checked at every other. Further generations of
//! its issuing CA are made by `renewal`.
//!
//! The first start makes four things, each durable before the next begins: root key, root certificate, issuing key,
//! issuing certificate. Killed in between, the next start finds some of them, in that order, and goes on with the
//! next. Anything else that is missing was lost, and is never replaced in silence. Only the root's key may be
//! missing once the rest is made: an administrator may keep it elsewhere.

use std::fs::File;
use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, Issuer};
use shared::url::pki;
use time::OffsetDateTime;

use super::certificate_file::CaCertificate;
use super::root_list::RootList;
use super::{Authority, Curve, Generation, Key, KeyStore, KeyStoreError, Serial, name, profile, renewal};
use crate::{chance::NoChance, durable_file};

pub(super) const ROOT: &str = "root";

/// Why there is no authority, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the public URL {url:?} is not an absolute http or https URL with a host")]
    PublicUrl { url: String },
    #[error("cannot use the CA's folder {path}")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    KeyStore(#[from] KeyStoreError),
    #[error("cannot read or write the certificate {path}")]
    Certificate { path: PathBuf, source: std::io::Error },
    #[error("{path} is not a certificate in DER: restore it from a backup")]
    Damaged { path: PathBuf },
    #[error(
        "the CA is incomplete, {missing} is missing: restore it from a backup (or, if this CA never issued \
         anything that counts, move all of its files away and a new CA is made)"
    )]
    Incomplete { missing: String },
    #[error("the certificate {path} does not fit: {fault}. Restore certificates and keys from one backup")]
    Unfit { path: PathBuf, fault: &'static str },
    #[error(
        "the certificate {path} expired {at}: this CA can issue nothing any more, move it away for a new one"
    )]
    RootExpired { path: PathBuf, at: OffsetDateTime },
    #[error("the certificate {path} expired {at}: make the issuing CA's next one by `selfservice ca renew`")]
    Expired { path: PathBuf, at: OffsetDateTime },
    #[error("the certificate {path} begins {at}, which is in the future: check this machine's clock")]
    NotYetValid { path: PathBuf, at: OffsetDateTime },
    #[error(transparent)]
    Chance(#[from] NoChance),
    #[error("the CA's key does not sign, or a certificate could not be made")]
    Signing(#[source] rcgen::Error),
}

/// Where the world finds this installation; every certificate names it.
#[derive(Debug, Clone)]
pub(super) struct PublicUrl {
    base: String,
    pub host: String,
}

impl PublicUrl {
    pub fn parse(text: &str) -> Result<Self, OpenError> {
        url::Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .and_then(|url| {
                let host = url.host_str()?.to_owned();
                let base = url.as_str().trim_end_matches('/').to_owned();
                Some(Self { base, host })
            })
            .ok_or_else(|| OpenError::PublicUrl { url: text.to_owned() })
    }

    pub fn to(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

impl Authority {
    /// Loads the authority from `dir` and the key store, and proves that keys and certificates go together; makes
    /// it where there is none. `public_url` stands in every certificate that is issued from now on. `random` gives
    /// the CA's own serial numbers.
    pub fn open(
        keys: &dyn KeyStore,
        dir: &Path,
        public_url: &str,
        now: OffsetDateTime,
        random: fn() -> Result<[u8; 20], NoChance>,
    ) -> Result<Self, OpenError> {
        let public_url = PublicUrl::parse(public_url)?;
        let _lock = lock(dir)?;
        let serial = || random().map(Serial::from_random);
        let mut found = Found::in_store(keys, dir)?;
        found.refuse_gaps()?;
        let root = found.root(&serial, &public_url, now)?;
        let root_list = RootList::keep(dir, &root, found.root_key.as_ref(), now)?;
        let (certificate, key) = found.issuing(&root, &serial, &public_url, now)?;
        let (mut older, mut newest) = (Vec::new(), (1, certificate, key));
        for later in renewal::later_generations(keys, dir, &root)? {
            older.push(std::mem::replace(&mut newest, later));
        }
        newest.1.check_time(now)?;
        let assemble = |(number, certificate, key): renewal::Kept| {
            Generation::assemble(number, &certificate, key, public_url.clone(), now)
        };
        Ok(Self {
            root_der: root.der,
            root_list,
            older: older.into_iter().map(assemble).collect::<Result<_, _>>()?,
            newest: assemble(newest)?,
            keys_are_in_memory: keys.is_in_memory(),
        })
    }
}

impl Generation {
    fn assemble(
        number: u32,
        certificate: &CaCertificate,
        key: Key,
        public_url: PublicUrl,
        now: OffsetDateTime,
    ) -> Result<Self, OpenError> {
        let parsed = certificate.parse()?;
        let generation = Self {
            number,
            serial: name::hex(parsed.raw_serial()),
            not_before: certificate.not_before,
            not_after: certificate.not_after,
            key_identifier: profile::key_identifier(&key),
            name: name::rfc4514(parsed.subject()),
            subject: parsed.subject().as_raw().to_vec(),
            issuer: certificate.issuer(key)?,
            der: certificate.der.clone(),
            public_url,
        };
        // The last proof: what the key signs, under the name as we write it, is what the certificate vouches for.
        let crl = generation
            .crl(0, now, now + time::Duration::days(1), &[])
            .map_err(|error| OpenError::Signing(error.0))?;
        certificate.check_signed(&crl)?;
        Ok(generation)
    }
}

/// What a start finds, and the steps from there to a whole authority.
pub(super) struct Found<'a> {
    keys: &'a dyn KeyStore,
    root_path: PathBuf,
    issuing_path: PathBuf,
    pub root_key: Option<Key>,
    pub root: Option<CaCertificate>,
    issuing_key: Option<Key>,
    pub issuing: Option<CaCertificate>,
}

impl<'a> Found<'a> {
    pub fn in_store(keys: &'a dyn KeyStore, dir: &Path) -> Result<Self, OpenError> {
        let (root_path, issuing_path) = (dir.join("root.cer"), dir.join("issuing.cer"));
        Ok(Self {
            keys,
            root_key: keys.lookup(ROOT)?,
            root: CaCertificate::read(&root_path)?,
            issuing_key: keys.lookup(&pki::stem(1))?,
            issuing: CaCertificate::read(&issuing_path)?,
            root_path,
            issuing_path,
        })
    }

    /// Whatever precedes something that was made must be there; the root's key may have been taken away.
    pub fn refuse_gaps(&self) -> Result<(), OpenError> {
        let root_key = self.root_key.is_some() || self.issuing.is_some();
        let steps = [
            (root_key, self.keys.place(ROOT)),
            (self.root.is_some(), self.root_path.display().to_string()),
            (self.issuing_key.is_some(), self.keys.place(&pki::stem(1))),
            (self.issuing.is_some(), self.issuing_path.display().to_string()),
        ];
        let last_made = steps.iter().rposition(|(made, _)| *made).unwrap_or(0);
        match steps.into_iter().take(last_made).find(|(made, _)| !made) {
            Some((_, missing)) => Err(OpenError::Incomplete { missing }),
            None => Ok(()),
        }
    }

    pub fn root(
        &mut self,
        serial: &impl Fn() -> Result<Serial, NoChance>,
        public_url: &PublicUrl,
        now: OffsetDateTime,
    ) -> Result<CaCertificate, OpenError> {
        if self.root.is_none() && self.root_key.is_none() {
            self.root_key = Some(self.keys.create(ROOT, Curve::P384)?);
        }
        let root = match (self.root.take(), &self.root_key) {
            (Some(root), _) => root,
            (None, Some(key)) => {
                let params = profile::root(serial()?, &public_url.host, now, key);
                store(&self.root_path, &params, key, None)?
            }
            (None, None) => return Err(self.without_root_key()),
        };
        root.check_root(now)?;
        if let Some(key) = &self.root_key {
            root.check_key(key)?;
        }
        Ok(root)
    }

    pub fn issuing(
        self,
        root: &CaCertificate,
        serial: &impl Fn() -> Result<Serial, NoChance>,
        public_url: &PublicUrl,
        now: OffsetDateTime,
    ) -> Result<(CaCertificate, Key), OpenError> {
        let without_root_key = self.without_root_key();
        let key = self
            .issuing_key
            .map_or_else(|| self.keys.create(&pki::stem(1), Curve::P256), Ok)?;
        let issuing = match (self.issuing, &self.root_key) {
            (Some(issuing), _) => issuing,
            (None, Some(root_key)) => {
                let params = profile::issuing(serial()?, 1, public_url, (now, root.not_after), &key)
                    .map_err(OpenError::Signing)?;
                store(&self.issuing_path, &params, &key, Some((root, root_key)))?
            }
            (None, None) => return Err(without_root_key),
        };
        issuing.check_issued_by(root)?;
        issuing.check_key(&key)?;
        Ok((issuing, key))
    }

    fn without_root_key(&self) -> OpenError {
        OpenError::Incomplete {
            missing: self.keys.place(ROOT),
        }
    }
}

/// Signs a CA's certificate, by the given issuer or by itself, and writes it.
pub(super) fn store(
    path: &Path,
    params: &CertificateParams,
    key: &Key,
    issuer: Option<(&CaCertificate, &Key)>,
) -> Result<CaCertificate, OpenError> {
    let certificate = match issuer {
        None => params.self_signed(key),
        Some((root, root_key)) => {
            let issuer: Issuer<'_, Key> = root.issuer(root_key.clone())?;
            params.signed_by(key, &issuer)
        }
    }
    .map_err(OpenError::Signing)?;
    durable_file::write_new(path, certificate.der(), durable_file::PUBLIC).map_err(|source| {
        OpenError::Certificate {
            path: path.to_owned(),
            source,
        }
    })?;
    CaCertificate::from_der(path, certificate.der().to_vec())
}

/// Held while the authority is made or loaded, so that two programs that start at once make one CA.
pub(super) fn lock(dir: &Path) -> Result<File, OpenError> {
    durable_file::lock(dir).map_err(|source| OpenError::Folder {
        path: dir.to_owned(),
        source,
    })
}
