//! Keys in files: PKCS#8 in PEM, mode 0600, encrypted (PBES2: scrypt, AES-256-CBC) where a passphrase is
//! configured. `openssl pkey` reads both forms, so that nobody is locked in.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
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

use super::{Agreement, Curve, Key, KeyStore, KeyStoreError, Owner};
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
    owner: Owner,
}

impl FileKeyStore {
    /// With a passphrase, every key is encrypted, and a file that is not is refused.
    pub fn new(dir: impl Into<PathBuf>, passphrase: Option<SecretString>, owner: Owner) -> Self {
        Self {
            dir: dir.into(),
            passphrase,
            owner,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}.key"))
    }

    /// `None` where there is no such file.
    fn read(&self, path: &Path) -> Result<Option<SecretDocument>, KeyStoreError> {
        read(path)?.map(|pem| self.open(path, &pem)).transpose()
    }

    fn write(&self, path: PathBuf, pkcs8: &[u8]) -> Result<(), KeyStoreError> {
        let pem = self.seal(pkcs8)?;
        durable_file::create_dir(&self.dir)
            .and_then(|()| durable_file::write_new(&path, pem.as_bytes(), durable_file::SECRET))
            .map_err(|source| KeyStoreError::Write { path, source })
    }

    /// The PKCS#8 octets in a PEM text, decrypted.
    fn open(&self, path: &Path, pem: &str) -> Result<SecretDocument, KeyStoreError> {
        let path = path.to_owned();
        match (SecretDocument::from_pem(pem), &self.passphrase) {
            (Ok((PLAIN, key)), None) => Ok(key),
            (Ok((PLAIN, _)), Some(_)) => Err(KeyStoreError::NotEncrypted { path }),
            (Ok((ENCRYPTED, _)), None) => Err(KeyStoreError::PassphraseMissing {
                path,
                owner: self.owner,
            }),
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
        let Some(key) = self.read(&path)? else {
            return Ok(None);
        };
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
        self.write(path, pkcs8.as_ref())?;
        Ok(Key::new(EcKey { pair, curve }))
    }

    fn lookup_agreement(&self, name: &str) -> Result<Option<Arc<dyn Agreement>>, KeyStoreError> {
        let path = self.path(name);
        let Some(key) = self.read(&path)? else {
            return Ok(None);
        };
        let key = PrivateKey::from_private_key_der(&ECDH_P256, key.as_bytes());
        let key = key.ok().and_then(AgreementKey::new);
        let key = key.ok_or(KeyStoreError::Damaged { path })?;
        Ok(Some(Arc::new(key)))
    }

    fn create_agreement(&self, name: &str) -> Result<Arc<dyn Agreement>, KeyStoreError> {
        let key = PrivateKey::generate(&ECDH_P256).map_err(|_| KeyStoreError::NotMade)?;
        let pkcs8: Pkcs8V1Der<'_> = key.as_der().map_err(|_| KeyStoreError::NotMade)?;
        self.write(self.path(name), pkcs8.as_ref())?;
        Ok(Arc::new(AgreementKey::new(key).ok_or(KeyStoreError::NotMade)?))
    }

    fn names(&self) -> Result<Vec<String>, KeyStoreError> {
        let failed = |source| KeyStoreError::Read {
            path: self.dir.clone(),
            source,
        };
        let entries = match std::fs::read_dir(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(failed)?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry.map_err(failed)?.file_name();
            names.extend(name.to_string_lossy().strip_suffix(".key").map(str::to_owned));
        }
        Ok(names)
    }

    fn place(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn is_in_memory(&self) -> bool {
        true
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

/// A key in memory, inside aws-lc, that agrees.
struct AgreementKey {
    key: PrivateKey,
    point: Vec<u8>,
}

impl AgreementKey {
    fn new(key: PrivateKey) -> Option<Self> {
        let point = key.compute_public_key().ok()?.as_ref().to_vec();
        Some(Self { key, point })
    }
}

impl Agreement for AgreementKey {
    fn point(&self) -> &[u8] {
        &self.point
    }

    fn agree(&self, with: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyStoreError> {
        let with = UnparsedPublicKey::new(&ECDH_P256, with);
        agreement::agree(&self.key, with, KeyStoreError::NotAgreed, |secret| {
            let octets = secret.try_into().map_err(|_| KeyStoreError::NotAgreed)?;
            Ok(Zeroizing::new(octets))
        })
    }
}

/// A key in memory, inside aws-lc, that signs.
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
