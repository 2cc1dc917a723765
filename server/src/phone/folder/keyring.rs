//! The encryption certificates in a folder, and where their private keys are.

use std::path::{Path, PathBuf};

use der::Document;
use shared::api::Purpose;

use super::file::{names, read};
use super::{FolderError, RECOVERED, SUMMARY};
use crate::phone::encryption_key::EncryptionKey;

/// An encryption certificate whose key is beside it.
#[derive(Debug)]
pub struct Holder {
    /// DER.
    pub certificate: Vec<u8>,
    key_file: PathBuf,
}

impl Holder {
    pub fn key(&self) -> Result<EncryptionKey, FolderError> {
        let damaged = || FolderError::Damaged {
            path: self.key_file.clone(),
        };
        let pem = read(&self.key_file)?.ok_or_else(damaged)?;
        EncryptionKey::from_pem(&pem).map_err(|_| damaged())
    }
}

/// All of a mobile ID: the new certificate first, then those that were recovered.
pub fn holders(folder: &Path) -> Result<Vec<Holder>, FolderError> {
    let mut holders = Vec::new();
    for name in key_files(folder)? {
        let key_file = folder.join(name);
        let certificate_file = key_file.with_extension("pem");
        if key_file.exists()
            && let Some(pem) = read(&certificate_file)?
        {
            let (_, certificate) = Document::from_pem(&pem).map_err(|_| FolderError::Damaged {
                path: certificate_file,
            })?;
            holders.push(Holder {
                certificate: certificate.as_bytes().to_vec(),
                key_file,
            });
        }
    }
    if holders.is_empty() {
        let path = folder.to_owned();
        return Err(if folder.join(SUMMARY).exists() {
            FolderError::NoEncryption { path }
        } else {
            FolderError::NoMobileId { path }
        });
    }
    Ok(holders)
}

/// Names, within the folder, of the files that encryption keys are in, or would be.
pub(super) fn key_files(folder: &Path) -> Result<Vec<String>, FolderError> {
    let recovered = names(&folder.join(RECOVERED))?;
    let recovered = recovered
        .iter()
        .filter(|name| Path::new(name).extension().is_some_and(|kind| kind == "key"));
    let recovered = recovered.map(|name| format!("{RECOVERED}/{name}"));
    let own = format!("{}.key", Purpose::Encryption.as_str());
    Ok([own].into_iter().chain(recovered).collect())
}

/// Whether a file in the folder of recovered keys was written by a phone: a serial number, and what it is.
pub(super) fn is_ours(name: &str) -> bool {
    let name = name.strip_suffix(".new").unwrap_or(name);
    let serial = [".key", ".pem"]
        .into_iter()
        .find_map(|kind| name.strip_suffix(kind));
    serial.is_some_and(|serial| !serial.is_empty() && serial.bytes().all(|octet| octet.is_ascii_hexdigit()))
}
