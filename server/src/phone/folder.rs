//! The folder that a mobile ID is put into, and from which a killed phone goes on.
//!
//! While the enrollment runs it holds `enrollment.json` (whose activation code, which token) and the keys, that one too
//! to which archived keys are sealed; when it is done, `mobile-id.json` and certificates beside the keys, and in
//! `recovered/` those of earlier encryption certificates. Secrets have mode 0600 and are written whole or not.

mod file;
mod keyring;

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use der::Document;
use der::pem::LineEnding;
use serde::{Deserialize, Serialize};
use shared::api::{Claimed, Installation, Purpose};

use super::device::Token;
use super::ecdh::EcdhKey;
use super::encryption_key::EncryptionKey;
use super::installation::{Delivered, Installed};
use super::key::{Key, KeyError, Keys};
use super::link::Link;
use file::{failed, names, read, remove, write};
pub use keyring::{Holder, holders};

const ENROLLMENT: &str = "enrollment.json";
const SUMMARY: &str = "mobile-id.json";
const CHAIN: &str = "chain.pem";
const TRANSPORT_KEY: &str = "transport.key";
/// Keys and certificates in here are named after serial numbers.
const RECOVERED: &str = "recovered";
/// Whose keys are made here.
const OWN: [Purpose; 2] = [Purpose::Authentication, Purpose::Signature];

#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("{path} holds a mobile ID already: name another folder with --output")]
    Occupied { path: PathBuf },
    #[error("{path} holds an unfinished enrollment by another link: finish that one, or name another folder")]
    OtherLink { path: PathBuf },
    #[error("{path} is not empty: name a new folder with --output")]
    NotEmpty { path: PathBuf },
    #[error("cannot use {path}")]
    File { path: PathBuf, source: io::Error },
    #[error("{path} is damaged: remove the folder and ask for a new code")]
    Damaged { path: PathBuf },
    #[error("{path} holds no mobile ID: name its folder with --folder")]
    NoMobileId { path: PathBuf },
    #[error("{path} holds no encryption certificate with its key")]
    NoEncryption { path: PathBuf },
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A folder with an enrollment under way.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    pub token: Token,
    /// Whether an earlier run left off here.
    pub is_resumed: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Enrollment {
    server: String,
    /// Which activation code, without telling it.
    code_sha256: String,
    device_token: String,
}

/// What stays when all is done: no secret.
#[derive(Serialize)]
struct Summary<'a> {
    mobile_id: uuid::Uuid,
    profile_name: &'a str,
    server_name: &'a str,
    server: &'a str,
    user_id: &'a str,
    valid_until: &'a str,
}

impl Folder {
    /// Begins in a new or empty folder, or takes up what an earlier run by the same link left.
    pub fn open(path: &Path, link: &Link) -> Result<Self, FolderError> {
        let failed = failed(path);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(&failed)?;
        if path.join(SUMMARY).exists() {
            return Err(FolderError::Occupied {
                path: path.to_owned(),
            });
        }
        let code_sha256 = shared::protocol::encode(&link.code.hash());
        if let Some(text) = read(&path.join(ENROLLMENT))? {
            let found: Enrollment = serde_json::from_str(&text).map_err(|_| FolderError::Damaged {
                path: path.join(ENROLLMENT),
            })?;
            if found.server != link.base || found.code_sha256 != code_sha256 {
                return Err(FolderError::OtherLink {
                    path: path.to_owned(),
                });
            }
            return Ok(Self {
                path: path.to_owned(),
                token: Token(found.device_token),
                is_resumed: true,
            });
        }
        if fs::read_dir(path).map_err(&failed)?.next().is_some() {
            return Err(FolderError::NotEmpty {
                path: path.to_owned(),
            });
        }
        let folder = Self {
            path: path.to_owned(),
            token: Token::make()?,
            is_resumed: false,
        };
        let enrollment = Enrollment {
            server: link.base.clone(),
            code_sha256,
            device_token: folder.token.0.clone(),
        };
        folder.write_json(ENROLLMENT, &enrollment)?;
        Ok(folder)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Those that an earlier run made, and new ones, stored, for the rest.
    pub fn keys(&self, claimed: &Claimed) -> Result<Keys, FolderError> {
        let own: Result<_, FolderError> = claimed
            .purposes
            .iter()
            .map(|purpose| self.key(*purpose))
            .collect();
        Ok(Keys {
            own: own?,
            transport: claimed.transport_key.then(|| self.transport_key()).transpose()?,
            stored: self.stored_keys()?,
        })
    }

    /// The keys that an earlier run made or stored.
    pub fn found_keys(&self) -> Result<Keys, FolderError> {
        let own: Result<_, FolderError> = OWN
            .into_iter()
            .filter_map(|purpose| self.found_key(purpose).transpose())
            .collect();
        Ok(Keys {
            own: own?,
            transport: self.found(TRANSPORT_KEY, EcdhKey::from_pem)?,
            stored: self.stored_keys()?,
        })
    }

    fn key(&self, purpose: Purpose) -> Result<Key, FolderError> {
        if let Some(key) = self.found_key(purpose)? {
            return Ok(key);
        }
        let key = Key::make(purpose)?;
        self.write(&key_file(purpose), key.to_pem()?.as_bytes(), 0o600)?;
        Ok(key)
    }

    fn found_key(&self, purpose: Purpose) -> Result<Option<Key>, FolderError> {
        self.found(&key_file(purpose), |pem| Key::from_pem(purpose, pem))
    }

    fn transport_key(&self) -> Result<EcdhKey, FolderError> {
        if let Some(key) = self.found(TRANSPORT_KEY, EcdhKey::from_pem)? {
            return Ok(key);
        }
        let key = EcdhKey::make()?;
        self.write(TRANSPORT_KEY, key.to_pem()?.as_bytes(), 0o600)?;
        Ok(key)
    }

    /// The encryption keys of an earlier run, which may have been killed after its receipt.
    fn stored_keys(&self) -> Result<Vec<Arc<EncryptionKey>>, FolderError> {
        keyring::key_files(&self.path)?
            .iter()
            .filter_map(|name| self.found(name, EncryptionKey::from_pem).transpose())
            .map(|key| key.map(Arc::new))
            .collect()
    }

    fn found<T>(
        &self,
        name: &str,
        from_pem: impl Fn(&str) -> Result<T, KeyError>,
    ) -> Result<Option<T>, FolderError> {
        let path = self.path.join(name);
        read(&path)?
            .map(|pem| from_pem(&pem).map_err(|_| FolderError::Damaged { path }))
            .transpose()
    }

    /// Writes archived keys, certificates and chain; when this returns they are on disk, and the receipt may be sent.
    pub fn store(&self, installed: &Installed) -> Result<(), FolderError> {
        for (purpose, certificate) in &installed.certificates {
            self.store_certificate(purpose.as_str(), certificate)?;
        }
        if let Some(encryption) = &installed.encryption {
            self.store_delivered(Purpose::Encryption.as_str(), encryption)?;
        }
        if !installed.recovered.is_empty() {
            let path = self.path.join(RECOVERED);
            let made = DirBuilder::new().recursive(true).mode(0o700).create(&path);
            made.map_err(failed(&path))?;
        }
        for earlier in &installed.recovered {
            self.store_delivered(&format!("{RECOVERED}/{}", earlier.serial), earlier)?;
        }
        let chain: Result<Vec<String>, FolderError> = installed
            .chain
            .iter()
            .map(|certificate| self.certificate_pem(certificate))
            .collect();
        self.write(CHAIN, chain?.concat().as_bytes(), 0o644)
    }

    fn store_delivered(&self, name: &str, delivered: &Delivered) -> Result<(), FolderError> {
        let key = delivered.key.to_pem()?;
        self.write(&format!("{name}.key"), key.as_bytes(), 0o600)?;
        self.store_certificate(name, &delivered.certificate)
    }

    fn store_certificate(&self, name: &str, certificate: &[u8]) -> Result<(), FolderError> {
        let pem = self.certificate_pem(certificate)?;
        self.write(&format!("{name}.pem"), pem.as_bytes(), 0o644)
    }

    /// The receipt was taken: nothing is left to resume.
    pub fn finish(&self, link: &Link, installation: &Installation) -> Result<(), FolderError> {
        let summary = Summary {
            mobile_id: installation.mobile_id,
            profile_name: &installation.profile_name,
            server_name: &installation.server_name,
            server: &link.base,
            user_id: &installation.user_id,
            valid_until: &installation.valid_until.0,
        };
        self.remove(TRANSPORT_KEY)?;
        self.write_json(SUMMARY, &summary)?;
        self.remove(ENROLLMENT)
    }

    /// The enrollment came to nothing: its token and keys are worthless and go. The folder goes too, if it is empty.
    pub fn discard(&self) -> Result<(), FolderError> {
        for purpose in Purpose::ALL {
            self.remove(&key_file(purpose))?;
            self.remove(&format!("{}.pem", purpose.as_str()))?;
        }
        let recovered = self.path.join(RECOVERED);
        for name in names(&recovered)? {
            if keyring::is_ours(&name) {
                remove(&recovered.join(name))?;
            }
        }
        remove_empty(&recovered)?;
        self.remove(TRANSPORT_KEY)?;
        self.remove(CHAIN)?;
        self.remove(ENROLLMENT)?;
        remove_empty(&self.path)
    }

    fn certificate_pem(&self, der: &[u8]) -> Result<String, FolderError> {
        Document::try_from(der)
            .and_then(|document| document.to_pem("CERTIFICATE", LineEnding::LF))
            .map_err(|_| FolderError::Damaged {
                path: self.path.clone(),
            })
    }

    fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), FolderError> {
        let text = serde_json::to_string_pretty(value).map_err(|error| failed(&self.path)(error.into()))?;
        self.write(name, format!("{text}\n").as_bytes(), 0o600)
    }

    fn write(&self, name: &str, octets: &[u8], mode: u32) -> Result<(), FolderError> {
        write(&self.path.join(name), octets, mode)
    }

    fn remove(&self, name: &str) -> Result<(), FolderError> {
        remove(&self.path.join(name))
    }
}

fn key_file(purpose: Purpose) -> String {
    format!("{}.key", purpose.as_str())
}

/// Leaves a folder that something else is in.
fn remove_empty(path: &Path) -> Result<(), FolderError> {
    use io::ErrorKind::{DirectoryNotEmpty, NotFound};
    match fs::remove_dir(path) {
        Err(error) if !matches!(error.kind(), DirectoryNotEmpty | NotFound) => Err(failed(path)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
