//! The device protocol's messages. Binary values are unpadded base64url text (RFC 4648, section 5).
//!
//! 1. `POST activation` shows what a code would set up; nothing is used.
//! 2. The phone makes its keys and a device token, stores both, then `POST claim`. Repeating the claim with the
//!    same token is answered alike, so a lost answer loses nothing; another token is told that the code is used.
//! 3. `POST keys` with one PKCS#10 request (RFC 2986) a purpose and, where it is wanted, the transport key; the answer
//!    is the nonce that the pairing code needs. Repeating the same keys is answered alike.
//! 4. `GET enrollment` until the user has typed the pairing code: then it carries the certificates. Keys that the CA
//!    side made or archived come sealed (HPKE, RFC 9180) to the transport key.
//! 5. The phone unwraps and stores them and `POST receipt`, with the answer to each sealed key's challenge. Repeating
//!    it is answered alike.

use uuid::Uuid;

use super::{Ending, ProcessState, Purpose, Timestamp};
use crate::wire;

wire! {
    request pub struct ActivationCode {
        /// 43 characters from the link, or the short code as typed.
        pub code: String,
    }
}

wire! {
    answer pub struct ActivationOffer {
        /// The user's name, masked for whoever else found the code: "A… S…".
        pub user: String,
        pub server_name: String,
        pub expires_at: Timestamp,
    }
}

wire! {
    request pub struct Claim {
        pub code: String,
        /// 256 random bits that the phone made and stored before it asked; its bearer token from here on.
        pub device_token: String,
        pub phone: Phone,
    }
}

wire! {
    /// What the phone says of itself; shown to the user, trusted by nobody.
    request pub struct Phone {
        /// Such as "Pixel 8".
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub model: Option<String>,
        /// Such as "Chrome".
        pub browser: String,
        /// Such as "Android".
        pub system: String,
    }
}

wire! {
    answer pub struct Claimed {
        pub process: Uuid,
        /// One key is wanted for each; never `encryption`, whose key the CA side makes.
        pub purposes: Vec<Purpose>,
        /// A transport key is wanted too: archived keys will be sealed to it.
        #[serde(default)]
        pub transport_key: bool,
        pub user: String,
        pub server_name: String,
        pub profile_name: String,
        /// Keys are taken until then.
        pub expires_at: Timestamp,
    }
}

wire! {
    request pub struct SubmitKeys {
        pub keys: Vec<KeyRequest>,
        /// SubjectPublicKeyInfo (DER) of a P-256 key for ECDH, where one is wanted. The pairing code covers it in the
        /// place of the purpose `encryption`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub transport_key: Option<String>,
    }
}

wire! {
    request pub struct KeyRequest {
        pub purpose: Purpose,
        /// PKCS#10 CertificationRequest, DER. Only its public key is taken, after its signature is verified.
        pub request: String,
    }
}

wire! {
    answer pub struct KeysAccepted {
        /// 16 random octets; see `protocol::pairing`.
        pub nonce: String,
        /// The pairing code is taken until then.
        pub expires_at: Timestamp,
    }
}

wire! {
    answer pub struct DeviceEnrollment {
        pub process: Uuid,
        pub state: ProcessState,
        pub ending: Option<Ending>,
        pub expires_at: Option<Timestamp>,
        /// While `keys_received`.
        pub nonce: Option<String>,
        /// While `confirmed` and when `completed`.
        pub installation: Option<Installation>,
    }
}

wire! {
    answer pub struct Installation {
        pub mobile_id: Uuid,
        pub profile_name: String,
        pub server_name: String,
        pub user_id: String,
        pub valid_until: Timestamp,
        pub certificates: Vec<InstalledCertificate>,
        /// Earlier encryption certificates, each with its sealed key. The receipt covers them after `certificates`, in
        /// this order.
        #[serde(default)]
        pub recovered: Vec<InstalledCertificate>,
        /// DER, issuing CA first, root last.
        pub chain: Vec<String>,
    }
}

wire! {
    answer pub struct InstalledCertificate {
        pub purpose: Purpose,
        /// Upper-case hex.
        pub serial: String,
        /// DER.
        pub certificate: String,
        /// Of an encryption certificate, until the receipt is in.
        #[serde(default)]
        pub sealed: Option<SealedKey>,
    }
}

wire! {
    /// An encryption certificate's private key for this phone alone, and what proves that the phone has unwrapped it.
    /// HPKE base mode with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM; see `protocol::delivery` for `info`.
    answer pub struct SealedKey {
        pub key_type: KeyType,
        /// `enc`: an uncompressed point, 65 octets.
        pub encapsulated: String,
        /// PrivateKeyInfo (PKCS#8, DER), with the tag of 16 octets behind it.
        pub ciphertext: String,
        /// 32 octets, encrypted to the certified key: for P-256 by HPKE (`enc`, then ciphertext and tag), for RSA by
        /// RSAES-OAEP with SHA-256 and an empty label (RFC 8017).
        pub challenge: String,
    }
}

wire! {
    /// Of an encryption key.
    word pub enum KeyType {
        P256,
        Rsa3072,
    }
}

wire! {
    request pub struct KeyProof {
        /// Of the certificate, as in the installation.
        pub serial: String,
        /// The 32 octets of its challenge.
        pub answer: String,
    }
}

wire! {
    /// The install receipt: the new authentication key signs `protocol::receipt::message` over what was stored.
    request pub struct Receipt {
        pub mobile_id: Uuid,
        /// ECDSA with SHA-256 as r and s, 32 octets each (IEEE P1363, as WebCrypto makes it).
        pub signature: String,
        /// One for each sealed key of the installation.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub proofs: Vec<KeyProof>,
    }
}
