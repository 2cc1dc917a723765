//! The device protocol's messages. Binary values are unpadded base64url text (RFC 4648, section 5).
//!
//! 1. `POST activation` shows what a code would set up; nothing is used.
//! 2. The phone makes its keys and a device token, stores both, then `POST claim`. Repeating the claim with the
//!    same token is answered alike, so a lost answer loses nothing; another token is told that the code is used.
//! 3. `POST keys` with one PKCS#10 request (RFC 2986) a purpose; the answer is the nonce that the pairing code
//!    needs. Repeating the same keys is answered alike.
//! 4. `GET enrollment` until the user has typed the pairing code: then it carries the certificates.
//! 5. The phone stores them and `POST receipt`. Repeating it is answered alike.

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
        /// One key is wanted for each.
        pub purposes: Vec<Purpose>,
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
    }
}

wire! {
    /// The install receipt: the new authentication key signs `protocol::receipt::message` over what was stored.
    request pub struct Receipt {
        pub mobile_id: Uuid,
        /// ECDSA with SHA-256 as r and s, 32 octets each (IEEE P1363, as WebCrypto makes it).
        pub signature: String,
    }
}
