//! CA keys in files: PKCS#8 in PEM, mode 0600, encrypted (PBES2: scrypt, AES-256-CBC) where a passphrase is
//! configured. `openssl pkey` reads both forms, so that nobody is locked in.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    KeyPair,
};
use der::zeroize::Zeroizing;
use der::{Decode, SecretDocument};
use pkcs8::pkcs5::pbes2;
use pkcs8::pkcs5::scrypt;
use pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef};
use rcgen::{PublicKeyData, SignatureAlgorithm, SigningKey};
use secrecy::{ExposeSecret, SecretString};

use super::{Curve, Key, KeyStore, KeyStoreError};
use crate::durable_file;

const PLAIN: &str = "PRIVATE KEY";
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";
const MAX_OCTETS: u64 = 16 * 1024;

/// scrypt at 16 MiB and five passes (OWASP), the most memory that openssl reads back without asking.
const SCRYPT_LOG_N: u8 = 14;
const SCRYPT_R: u32 = 8;
const SCRYPT_P: u32 = 5;

/// One folder of keys; `NAME.key` holds the key of that name.
pub struct FileKeyStore {
    dir: PathBuf,
    passphrase: Option<SecretString>,
}

impl FileKeyStore {
    /// With a passphrase, every key is encrypted, and a file that is not is refused.
    pub fn new(dir: impl Into<PathBuf>, passphrase: Option<SecretString>) -> Self {
        Self {
            dir: dir.into(),
            passphrase,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}.key"))
    }

    /// The PKCS#8 octets in a PEM text, decrypted.
    fn open(&self, path: &Path, pem: &str) -> Result<SecretDocument, KeyStoreError> {
        let path = path.to_owned();
        match (SecretDocument::from_pem(pem), &self.passphrase) {
            (Ok((PLAIN, key)), None) => Ok(key),
            (Ok((PLAIN, _)), Some(_)) => Err(KeyStoreError::NotEncrypted { path }),
            (Ok((ENCRYPTED, _)), None) => Err(KeyStoreError::PassphraseMissing { path }),
            (Ok((ENCRYPTED, sealed)), Some(passphrase)) => {
                let Ok(sealed) = EncryptedPrivateKeyInfoRef::from_der(sealed.as_bytes()) else {
                    return Err(KeyStoreError::Damaged { path });
                };
                sealed
                    .decrypt(passphrase.expose_secret())
                    .map_err(|_| KeyStoreError::PassphraseWrong { path })
            }
            _ => Err(KeyStoreError::Damaged { path }),
        }
    }

    fn seal(&self, key: &[u8]) -> Result<Zeroizing<String>, KeyStoreError> {
        let (label, document) = match &self.passphrase {
            None => (PLAIN, SecretDocument::try_from(key).ok()),
            Some(passphrase) => (ENCRYPTED, encrypt(key, passphrase)),
        };
        document
            .and_then(|document| document.to_pem(label, LineEnding::LF).ok())
            .ok_or(KeyStoreError::NotMade)
    }
}

impl KeyStore for FileKeyStore {
    fn lookup(&self, name: &str) -> Result<Option<Key>, KeyStoreError> {
        let path = self.path(name);
        let Some(pem) = read(&path)? else {
            return Ok(None);
        };
        let key = self.open(&path, &pem)?;
        [Curve::P256, Curve::P384]
            .into_iter()
            .find_map(|curve| EcKey::from_pkcs8(curve, key.as_bytes()))
            .map(|key| Some(Key::new(key)))
            .ok_or(KeyStoreError::Damaged { path })
    }

    fn create(&self, name: &str, curve: Curve) -> Result<Key, KeyStoreError> {
        let path = self.path(name);
        let pair = EcdsaKeyPair::generate(signing(curve)).map_err(|_| KeyStoreError::NotMade)?;
        let pkcs8 = pair.to_pkcs8v1().map_err(|_| KeyStoreError::NotMade)?;
        let pem = self.seal(pkcs8.as_ref())?;
        durable_file::create_dir(&self.dir)
            .and_then(|()| durable_file::write_new(&path, pem.as_bytes(), durable_file::SECRET))
            .map_err(|source| KeyStoreError::Write { path, source })?;
        Ok(Key::new(EcKey { pair, curve }))
    }

    fn place(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }
}

/// `None` where there is no such file.
fn read(path: &Path) -> Result<Option<Zeroizing<String>>, KeyStoreError> {
    let failed = |source| KeyStoreError::Read {
        path: path.to_owned(),
        source,
    };
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyStoreError::OpenToOthers {
            path: path.to_owned(),
            mode,
        });
    }
    let mut octets = Zeroizing::new(Vec::new());
    file.take(MAX_OCTETS).read_to_end(&mut octets).map_err(failed)?;
    let text = std::str::from_utf8(&octets).map_err(|_| KeyStoreError::Damaged {
        path: path.to_owned(),
    })?;
    Ok(Some(Zeroizing::new(text.to_owned())))
}

fn encrypt(key: &[u8], passphrase: &SecretString) -> Option<SecretDocument> {
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    aws_lc_rs::rand::fill(&mut salt).ok()?;
    aws_lc_rs::rand::fill(&mut iv).ok()?;
    let scrypt = scrypt::Params::new(SCRYPT_LOG_N, SCRYPT_R, SCRYPT_P).ok()?;
    let scheme = pbes2::Parameters::generate_scrypt_aes256cbc(scrypt, &salt, iv).ok()?;
    PrivateKeyInfoRef::from_der(key)
        .ok()?
        .encrypt_with_params(scheme, passphrase.expose_secret())
        .ok()
}

/// A key in memory, inside aws-lc.
struct EcKey {
    pair: EcdsaKeyPair,
    curve: Curve,
}

impl EcKey {
    /// `None` where it is a key of another kind.
    fn from_pkcs8(curve: Curve, pkcs8: &[u8]) -> Option<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(signing(curve), pkcs8).ok()?;
        Some(Self { pair, curve })
    }
}

fn signing(curve: Curve) -> &'static EcdsaSigningAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
        Curve::P384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
    }
}

impl PublicKeyData for EcKey {
    fn der_bytes(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.curve.algorithm()
    }
}

impl SigningKey for EcKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.pair
            .sign(&SystemRandom::new(), message)
            .map(|signature| signature.as_ref().to_vec())
            .map_err(|_| rcgen::Error::RemoteKeyError)
    }
}
