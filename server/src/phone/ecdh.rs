//! Keys on P-256 for ECDH: the transport key, to which the server seals archived keys, and those keys themselves. What
//! was sealed to one by HPKE (RFC 9180) is opened here.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::encoding::{AsBigEndian, AsDer, EcPublicKeyUncompressedBin, Pkcs8V1Der, PublicKeyX509Der};
use der::zeroize::Zeroizing;
use shared::protocol::hpke;

use super::key::{self, KeyError};

pub struct EcdhKey {
    pair: PrivateKey,
    /// SubjectPublicKeyInfo, DER.
    pub spki: Vec<u8>,
    /// The same as an uncompressed point.
    point: Vec<u8>,
}

impl EcdhKey {
    pub fn make() -> Result<Self, KeyError> {
        Self::new(PrivateKey::generate(&ECDH_P256).map_err(|_| KeyError)?)
    }

    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, KeyError> {
        Self::new(PrivateKey::from_private_key_der(&ECDH_P256, pkcs8).map_err(|_| KeyError)?)
    }

    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        Self::from_pkcs8(key::pkcs8(pem)?.as_bytes())
    }

    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        let pkcs8: Pkcs8V1Der<'_> = self.pair.as_der().map_err(|_| KeyError)?;
        key::pem(pkcs8.as_ref())
    }

    /// The x coordinate that this key and the other side's point agree on.
    pub fn agree(&self, point: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyError> {
        agree(
            &self.pair,
            UnparsedPublicKey::new(&ECDH_P256, point),
            KeyError,
            |shared| shared.try_into().map(Zeroizing::new).map_err(|_| KeyError),
        )
    }

    /// What was sealed to this key: `enc`, and ciphertext with its tag.
    pub fn open(&self, enc: &[u8], ciphertext: &[u8], info: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        if enc.len() != hpke::POINT_OCTETS {
            return Err(KeyError);
        }
        let message = hpke::message_key(&*self.agree(enc)?, enc, &self.point, info);
        let aead = UnboundKey::new(&AES_256_GCM, &message.key).map_err(|_| KeyError)?;
        let nonce = Nonce::assume_unique_for_key(message.nonce);
        let mut octets = Zeroizing::new(ciphertext.to_vec());
        let opened = LessSafeKey::new(aead)
            .open_in_place(nonce, Aad::empty(), &mut octets)
            .map_err(|_| KeyError)?
            .len();
        octets.truncate(opened);
        Ok(octets)
    }

    fn new(pair: PrivateKey) -> Result<Self, KeyError> {
        let public = pair.compute_public_key().map_err(|_| KeyError)?;
        let spki: PublicKeyX509Der<'_> = public.as_der().map_err(|_| KeyError)?;
        let point: EcPublicKeyUncompressedBin<'_> = public.as_be_bytes().map_err(|_| KeyError)?;
        Ok(Self {
            spki: spki.as_ref().to_vec(),
            point: point.as_ref().to_vec(),
            pair,
        })
    }
}

impl std::fmt::Debug for EcdhKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EcdhKey(…)")
    }
}
