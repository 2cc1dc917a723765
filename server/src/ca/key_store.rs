//! Where private keys live, the CA's and those of the key archive: in files, or in a token (an HSM) that they cannot
//! leave. A key is used through a handle: no caller sees its octets.

mod file;
#[cfg(feature = "hsm")]
mod pkcs11;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use der::zeroize::Zeroizing;
use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PublicKeyData, SignatureAlgorithm, SigningKey};
use secrecy::SecretString;

pub use file::FileKeyStore;

/// Whose keys a store holds: messages and settings go by it, and what a token must be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Ca,
    Archive,
}

impl Owner {
    /// Of the settings.
    const fn section(self) -> &'static str {
        match self {
            Self::Ca => "ca",
            Self::Archive => "archive",
        }
    }
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ca => "the CA",
            Self::Archive => "the key archive",
        })
    }
}

/// Where somebody's keys are, as the settings say.
#[derive(Debug, Clone)]
pub enum KeyPlace {
    Files { passphrase: Option<SecretString> },
    Token(TokenAccess),
}

/// The way to a PKCS#11 token.
#[derive(Debug, Clone)]
pub struct TokenAccess {
    pub owner: Owner,
    /// The shared library of the token's maker.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    pub pin: SecretString,
}

/// Opens the store of somebody's keys; key files would be in `dir`. A token is found, and its PIN proven, before this returns.
pub fn open(place: &KeyPlace, dir: &Path, owner: Owner) -> Result<Box<dyn KeyStore>, KeyStoreError> {
    match place {
        KeyPlace::Files { passphrase } => Ok(Box::new(FileKeyStore::new(dir, passphrase.clone(), owner))),
        #[cfg(feature = "hsm")]
        KeyPlace::Token(access) => Ok(Box::new(pkcs11::TokenKeyStore::open(access)?)),
        #[cfg(not(feature = "hsm"))]
        KeyPlace::Token(access) => Err(KeyStoreError::BuiltWithoutHsm(access.owner)),
    }
}

/// Curve and hash of a CA key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    /// ECDSA with SHA-256.
    P256,
    /// ECDSA with SHA-384.
    P384,
}

impl Curve {
    fn algorithm(self) -> &'static SignatureAlgorithm {
        match self {
            Self::P256 => &PKCS_ECDSA_P256_SHA256,
            Self::P384 => &PKCS_ECDSA_P384_SHA384,
        }
    }
}

/// Keys, by name. A store makes each key once and never replaces one.
pub trait KeyStore: Send + Sync {
    /// `None` where the store holds no key of that name.
    fn lookup(&self, name: &str) -> Result<Option<Key>, KeyStoreError>;

    /// Makes a key that outlives a power cut from the moment this returns; refuses a name that is taken.
    fn create(&self, name: &str, curve: Curve) -> Result<Key, KeyStoreError>;

    /// As `lookup`, of a key on P-256 that agrees.
    fn lookup_agreement(&self, name: &str) -> Result<Option<Arc<dyn Agreement>>, KeyStoreError>;

    /// As `create`, likewise.
    fn create_agreement(&self, name: &str) -> Result<Arc<dyn Agreement>, KeyStoreError>;

    /// Of all keys, in any order.
    fn names(&self) -> Result<Vec<String>, KeyStoreError>;

    /// Where an administrator finds that key, for messages.
    fn place(&self, name: &str) -> String;

    /// Whether its keys are in this process's memory: they always answer, and soon.
    fn is_in_memory(&self) -> bool;
}

/// A private key on P-256 that agrees with others (ECDH) and signs nothing.
pub trait Agreement: Send + Sync {
    /// Its public key, uncompressed (SEC 1, section 2.3.3).
    fn point(&self) -> &[u8];

    /// The x coordinate that both give. `with`: a point on the curve, as the caller has made sure.
    fn agree(&self, with: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyStoreError>;
}

/// A private key that signs.
#[derive(Clone)]
pub struct Key(Arc<dyn SigningKey + Send + Sync>);

impl Key {
    pub fn new(key: impl SigningKey + Send + Sync + 'static) -> Self {
        Self(Arc::new(key))
    }
}

impl SigningKey for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.0.sign(message)
    }
}

impl PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        self.0.der_bytes()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.0.algorithm()
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Why a store does not give a key, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    #[error("cannot read the key file {path}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("cannot write the key file {path}")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("the key file {path} can be read by others (mode {mode:03o}): run `chmod 600 {path}`")]
    OpenToOthers { path: PathBuf, mode: u32 },
    #[error("the key file {path} is encrypted: configure {owner}'s passphrase")]
    PassphraseMissing { path: PathBuf, owner: Owner },
    #[error(
        "the configured passphrase does not open the key file {path}: configure the one it was made with \
         (or the file is damaged: restore it from a backup)"
    )]
    PassphraseWrong { path: PathBuf },
    #[error(
        "a passphrase is configured but the key file {path} is not encrypted: remove the passphrase from the \
         settings, or encrypt the file with `openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt -in {path} -out NEW` \
         and put NEW in its place with mode 600"
    )]
    NotEncrypted { path: PathBuf },
    #[error(
        "the key file {path} is damaged, it holds no PKCS#8 key for P-256 or P-384 in PEM: restore it from a backup"
    )]
    Damaged { path: PathBuf },
    #[error("the key could not be made or encrypted")]
    NotMade,
    #[error("the key does not agree with what it was given")]
    NotAgreed,
    #[cfg(feature = "hsm")]
    #[error(transparent)]
    Token(#[from] pkcs11::TokenError),
    #[cfg(not(feature = "hsm"))]
    #[error(
        "{section}.pkcs11 names a token, and this program was built without the feature hsm: build it with \
         `cargo build --features hsm`, or take {section}.pkcs11 out of the settings",
        section = .0.section()
    )]
    BuiltWithoutHsm(Owner),
}

impl KeyStoreError {
    /// Whether another try may bring what this one did not. A PIN that was refused is not tried again.
    pub const fn may_pass(&self) -> bool {
        match self {
            #[cfg(feature = "hsm")]
            Self::Token(error) => !error.is_of_the_pin(),
            _ => true,
        }
    }
}
