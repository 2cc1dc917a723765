//! What a mail says, sealed at rest: AES-256-GCM with a key in a file beside the database. A copy of the database
//! alone opens no activation link.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use uuid::Uuid;

use crate::{
    chance::{self, NoChance},
    durable_file,
};

const FILE: &str = "mail.key";
const KEY_LEN: usize = 32;

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("cannot read or write {path}")]
    File { path: PathBuf, source: io::Error },
    #[error(
        "{path} is no key of {KEY_LEN} octets: restore it from a backup, or move it away and a new one is made"
    )]
    Damaged { path: PathBuf },
    #[error("{path} may be read by others (mode {mode:o}): chmod 600 it")]
    OpenToOthers { path: PathBuf, mode: u32 },
    #[error(transparent)]
    Chance(#[from] NoChance),
}

/// Not sealed with this key, or changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotOurs;

#[derive(Debug)]
pub struct Sealer {
    key: RandomizedNonceKey,
}

impl Sealer {
    /// Reads the key, or makes it where there is none.
    pub fn open(data_dir: &Path) -> Result<Self, KeyError> {
        let path = data_dir.join(FILE);
        let failed = |source| KeyError::File {
            path: path.clone(),
            source,
        };
        // Two programs that start at once make one key.
        let _lock = lock(data_dir).map_err(failed)?;
        if !path.try_exists().map_err(failed)? {
            let octets: [u8; KEY_LEN] = chance::octets()?;
            durable_file::write_new(&path, &octets, durable_file::SECRET).map_err(failed)?;
        }
        let mode = fs::metadata(&path).map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::OpenToOthers { path, mode });
        }
        let octets = fs::read(&path).map_err(failed)?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, &octets).map_err(|_| KeyError::Damaged { path })?;
        Ok(Self { key })
    }

    /// Nonce, then ciphertext and tag. Bound to the mail's id: rows cannot be swapped.
    pub fn seal(&self, mail: Uuid, plain: Vec<u8>) -> Result<Vec<u8>, NoChance> {
        let mut sealed = plain;
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(mail.as_bytes()), &mut sealed)
            .map_err(|_| NoChance)?;
        Ok([nonce.as_ref().as_slice(), &sealed].concat())
    }

    pub fn open_sealed(&self, mail: Uuid, sealed: &[u8]) -> Result<Vec<u8>, NotOurs> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or(NotOurs)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| NotOurs)?;
        let mut octets = sealed.to_vec();
        let plain = self
            .key
            .open_in_place(nonce, Aad::from(mail.as_bytes()), &mut octets)
            .map_err(|_| NotOurs)?
            .len();
        octets.truncate(plain);
        Ok(octets)
    }
}

/// The kernel lets go of it when its holder dies.
fn lock(data_dir: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(data_dir.join("mail.lock"))?;
    file.lock()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_under_its_own_id_and_key_only() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let ours = Sealer::open(dir.path()).unwrap();
        let (id, another) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut sealed = ours.seal(id, b"a link".to_vec()).unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"a link"));
        let again = Sealer::open(dir.path()).unwrap();
        assert_eq!(again.open_sealed(id, &sealed).unwrap(), b"a link");
        assert_eq!(again.open_sealed(another, &sealed), Err(NotOurs));
        let stranger = Sealer::open(other.path()).unwrap();
        assert_eq!(stranger.open_sealed(id, &sealed), Err(NotOurs));
        sealed[14] ^= 1;
        assert_eq!(again.open_sealed(id, &sealed), Err(NotOurs));
        assert_eq!(again.open_sealed(id, b"short"), Err(NotOurs));
    }

    #[test]
    fn the_key_is_for_its_owner_alone_and_a_damaged_one_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        Sealer::open(dir.path()).unwrap();
        let path = dir.path().join(FILE);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            Sealer::open(dir.path()),
            Err(KeyError::OpenToOthers { .. })
        ));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, b"short").unwrap();
        assert!(matches!(Sealer::open(dir.path()), Err(KeyError::Damaged { .. })));
    }
}
