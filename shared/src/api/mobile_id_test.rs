//! "Test it now": the phone signs a challenge with its authentication key, and the server looks whether each
//! certificate counts, as anybody who relies on it would.

use uuid::Uuid;

use super::{LockReason, MobileIdState, Purpose, Timestamp};
use crate::wire;

wire! {
    word pub enum TestState {
        /// For the phone's signature.
        Waiting,
        /// The phone has answered, and every check is good.
        Passed,
        /// The phone has answered, and at least one check is not good.
        Failed,
        /// The phone did not answer in time.
        Expired,
    }
}

wire! {
    word pub enum CheckKind {
        /// The phone's signature over the challenge.
        Signature,
        /// From the certificate to the root (RFC 5280, section 6).
        Chain,
        /// Begun, and not over.
        Validity,
        /// What the responder answers (RFC 6960).
        Ocsp,
        /// What the published list says (RFC 5280, section 5).
        Crl,
    }
}

wire! {
    word pub enum CheckResult {
        Good,
        SignatureWrong,
        ChainBroken,
        NotYetValid,
        Expired,
        Revoked,
        OnHold,
        /// The responder knows of no such certificate.
        Unknown,
        /// The answer or the list is too old.
        NotCurrent,
        /// No answer, or no list, was to be had.
        Unavailable,
    }
}

wire! {
    answer pub struct TestCheck {
        pub kind: CheckKind,
        /// Which certificate was looked at.
        pub certificate: Purpose,
        pub result: CheckResult,
    }
}

wire! {
    answer pub struct MobileIdTest {
        pub id: Uuid,
        pub state: TestState,
        pub started_at: Timestamp,
        /// The phone's answer is taken until then.
        pub expires_at: Timestamp,
        pub answered_at: Option<Timestamp>,
        /// Once it has answered: the signature, and then chain, validity, OCSP and CRL of each certificate.
        pub checks: Vec<TestCheck>,
    }
}

wire! {
    /// What a phone learns of its mobile ID, also when it was locked or paused elsewhere.
    answer pub struct DeviceMobileId {
        pub mobile_id: Uuid,
        pub state: MobileIdState,
        pub state_since: Timestamp,
        pub valid_until: Timestamp,
        pub lock_reason: Option<LockReason>,
        pub locks_at: Option<Timestamp>,
        /// A test that waits for this phone.
        pub test: Option<TestChallenge>,
    }
}

wire! {
    answer pub struct TestChallenge {
        pub test: Uuid,
        /// 32 random octets; see `protocol::challenge`.
        pub challenge: String,
        pub expires_at: Timestamp,
    }
}

wire! {
    /// The authentication key signs `protocol::challenge::message`.
    request pub struct TestAnswer {
        pub test: Uuid,
        /// ECDSA with SHA-256 as r and s, 32 octets each (IEEE P1363, as WebCrypto makes it).
        pub signature: String,
    }
}
