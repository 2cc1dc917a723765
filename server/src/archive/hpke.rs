//! HPKE messages by aws-lc: sealed to a point on P-256, opened by whoever agrees with `enc`. How their keys are derived is
//! said in `shared::protocol::hpke`.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{
        ECDH_P256, EphemeralPrivateKey, ParsedPublicKey, PrivateKey, UnparsedPublicKey, agree,
        agree_ephemeral,
    },
    rand::SystemRandom,
};
use der::{Decode, zeroize::Zeroizing};
use pkcs8::SubjectPublicKeyInfoRef;
use shared::protocol::hpke::{MessageKey, POINT_OCTETS, message_key};

use super::KeyError;

/// What two keys agree on.
pub type Ecdh = Zeroizing<[u8; 32]>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub enc: Vec<u8>,
    pub ciphertext: Vec<u8>,
}

impl Message {
    /// In one piece, as `shared::protocol::hpke::split` takes it apart.
    pub fn octets(self) -> Vec<u8> {
        [self.enc, self.ciphertext].concat()
    }
}

/// `recipient`: a point.
pub fn seal(recipient: &[u8], info: &[u8], plaintext: &[u8]) -> Result<Message, KeyError> {
    let ephemeral = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).map_err(|_| KeyError)?;
    let enc = ephemeral
        .compute_public_key()
        .map_err(|_| KeyError)?
        .as_ref()
        .to_vec();
    let ecdh = agree_ephemeral(ephemeral, point(recipient)?, KeyError, octets)?;
    let (key, nonce) = aes(&message_key(&ecdh, &enc, recipient, info))?;
    let mut ciphertext = Vec::with_capacity(plaintext.len() + AES_256_GCM.tag_len());
    ciphertext.extend_from_slice(plaintext);
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut ciphertext)
        .map_err(|_| KeyError)?;
    Ok(Message { enc, ciphertext })
}

/// With the private key at hand.
pub fn open(
    key: &PrivateKey,
    info: &[u8],
    enc: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let recipient = key.compute_public_key().map_err(|_| KeyError)?;
    let ecdh = agreed(key, enc)?;
    open_agreed(&ecdh, recipient.as_ref(), info, enc, ciphertext)
}

/// With what the recipient's private key and `enc` agree on.
pub fn open_agreed(
    ecdh: &Ecdh,
    recipient: &[u8],
    info: &[u8],
    enc: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let (key, nonce) = aes(&message_key(ecdh, enc, recipient, info))?;
    let mut octets = Zeroizing::new(ciphertext.to_vec());
    let length = key
        .open_in_place(nonce, Aad::empty(), &mut octets)
        .map_err(|_| KeyError)?
        .len();
    octets.truncate(length);
    Ok(octets)
}

pub fn agreed(key: &PrivateKey, with: &[u8]) -> Result<Ecdh, KeyError> {
    agree(key, point(with)?, KeyError, octets)
}

/// Whether it is a point on the curve, uncompressed: a token may answer strangely to anything else.
pub fn is_point(octets: &[u8]) -> bool {
    point(octets).is_ok_and(|point| ParsedPublicKey::try_from(point).is_ok())
}

/// The point in a SubjectPublicKeyInfo (DER).
pub fn point_of(spki: &[u8]) -> Result<&[u8], KeyError> {
    let spki = SubjectPublicKeyInfoRef::from_der(spki).map_err(|_| KeyError)?;
    spki.subject_public_key.as_bytes().ok_or(KeyError)
}

fn point(octets: &[u8]) -> Result<UnparsedPublicKey<&[u8]>, KeyError> {
    if octets.len() == POINT_OCTETS {
        Ok(UnparsedPublicKey::new(&ECDH_P256, octets))
    } else {
        Err(KeyError)
    }
}

fn octets(agreed: &[u8]) -> Result<Ecdh, KeyError> {
    agreed.try_into().map(Zeroizing::new).map_err(|_| KeyError)
}

fn aes(message: &MessageKey) -> Result<(LessSafeKey, Nonce), KeyError> {
    let key = UnboundKey::new(&AES_256_GCM, &message.key).map_err(|_| KeyError)?;
    Ok((LessSafeKey::new(key), Nonce::assume_unique_for_key(message.nonce)))
}
