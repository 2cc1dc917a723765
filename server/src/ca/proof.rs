//! Whether a message was signed by the key that a certificate vouches for.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
    VerificationAlgorithm,
};
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

use super::{PublicKey, public_key::Kind};

/// The key in a certificate (DER) of ours.
pub fn certified_key(certificate: &[u8]) -> Option<PublicKey> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    PublicKey::from_accepted(certificate.public_key().raw).ok()
}

/// `signature` as WebCrypto makes it: for P-256 (SHA-256) and P-384 (SHA-384) r and s side by side (IEEE P1363), for
/// RSA PKCS#1 v1.5 with SHA-256. `certificate`: DER, one of ours.
pub fn is_signed_by(certificate: &[u8], message: &[u8], signature: &[u8]) -> bool {
    certified_key(certificate).is_some_and(|key| {
        let verification: &dyn VerificationAlgorithm = match key.kind() {
            Kind::P256 => &ECDSA_P256_SHA256_FIXED,
            Kind::P384 => &ECDSA_P384_SHA384_FIXED,
            Kind::Rsa => &RSA_PKCS1_2048_8192_SHA256,
        };
        UnparsedPublicKey::new(verification, key.key())
            .verify(message, signature)
            .is_ok()
    })
}
