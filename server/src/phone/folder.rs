//! The folder that a mobile ID is put into, and from which a killed phone goes on.
//!
//! While the enrollment runs it holds `enrollment.json` (whose activation code, which token) and the keys; when it is
//! done, `mobile-id.json` and certificates beside the keys. Secrets have mode 0600 and are written whole or not.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use der::Document;
use der::pem::LineEnding;
use der::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};
use shared::api::{Installation, Purpose};

use super::device::Token;
use super::installation::Installed;
use super::key::{Key, KeyError};
use super::link::Link;

const ENROLLMENT: &str = "enrollment.json";
const SUMMARY: &str = "mobile-id.json";
const CHAIN: &str = "chain.pem";
const ALL: [Purpose; 3] = [Purpose::Authentication, Purpose::Signature, Purpose::Encryption];

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

    /// One key a purpose: those that an earlier run made, and new ones, stored, for the rest.
    pub fn keys(&self, purposes: &[Purpose]) -> Result<Vec<Key>, FolderError> {
        purposes.iter().map(|purpose| self.key(*purpose)).collect()
    }

    /// The keys that an earlier run made.
    pub fn found_keys(&self) -> Result<Vec<Key>, FolderError> {
        ALL.into_iter()
            .filter_map(|purpose| self.found_key(purpose).transpose())
            .collect()
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
        let path = self.path.join(key_file(purpose));
        read(&path)?
            .map(|pem| Key::from_pem(purpose, &pem).map_err(|_| FolderError::Damaged { path }))
            .transpose()
    }

    /// Writes certificates and chain; when this returns they are on disk, and the receipt may be sent.
    pub fn store(&self, installed: &Installed) -> Result<(), FolderError> {
        for (purpose, certificate) in &installed.certificates {
            let pem = self.certificate_pem(certificate)?;
            self.write(&format!("{}.pem", purpose.as_str()), pem.as_bytes(), 0o644)?;
        }
        let chain: Result<Vec<String>, FolderError> = installed
            .chain
            .iter()
            .map(|certificate| self.certificate_pem(certificate))
            .collect();
        self.write(CHAIN, chain?.concat().as_bytes(), 0o644)
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
        self.write_json(SUMMARY, &summary)?;
        self.remove(ENROLLMENT)
    }

    /// The enrollment came to nothing: its token and keys are worthless and go. The folder goes too, if it is empty.
    pub fn discard(&self) -> Result<(), FolderError> {
        for purpose in ALL {
            self.remove(&key_file(purpose))?;
            self.remove(&format!("{}.pem", purpose.as_str()))?;
        }
        self.remove(CHAIN)?;
        self.remove(ENROLLMENT)?;
        match fs::remove_dir(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(failed(&self.path)(error)),
            _ => Ok(()),
        }
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

    /// Whole or not at all, and on disk when this returns.
    fn write(&self, name: &str, octets: &[u8], mode: u32) -> Result<(), FolderError> {
        let (path, draft) = (self.path.join(name), self.path.join(format!("{name}.new")));
        self.remove(&format!("{name}.new"))?;
        let write = || {
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(mode)
                .open(&draft)?;
            file.write_all(octets)?;
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            File::open(&self.path)?.sync_all()
        };
        write().map_err(failed(&path))
    }

    fn remove(&self, name: &str) -> Result<(), FolderError> {
        let path = self.path.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&path)(error)),
            _ => Ok(()),
        }
    }
}

fn key_file(purpose: Purpose) -> String {
    format!("{}.key", purpose.as_str())
}

fn failed(path: &Path) -> impl Fn(io::Error) -> FolderError + use<> {
    let path = path.to_owned();
    move |source| FolderError::File {
        path: path.clone(),
        source,
    }
}

/// `None` where there is no such file.
fn read(path: &Path) -> Result<Option<Zeroizing<String>>, FolderError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(failed(path)(source)),
    }
}

#[cfg(test)]
mod tests;
