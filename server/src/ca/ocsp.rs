//! The OCSP responder (RFC 6960, RFC 5019, RFC 9654): requests read, answers signed by a key that the issuing CA has
//! certified for nothing else. What a certificate's status is, the caller looks up and hands in.

mod asker;
mod message;

use std::fmt;

use aws_lc_rs::digest;
use der::{
    AnyRef, Decode, Encode,
    asn1::{BitStringRef, GeneralizedTime, Null, OctetString, OctetStringRef},
};
use rcgen::{PublicKeyData, SigningKey};
use time::{Duration, OffsetDateTime};

pub use self::asker::Question;
use self::message::{
    AlgorithmIdentifier, BasicResponse, CertId, CertStatus, CrlReason, Extension, OcspRequest, OcspResponse,
    ResponderId, ResponseBytes, ResponseData, ResponseStatus, RevokedInfo, SingleResponse,
};
use super::{Authority, Generation, IssueError, Key, Reason, Serial};

/// How long an answer may be relied on.
pub const ANSWER_LIFETIME: Duration = Duration::hours(1);
/// How long a responder's certificate is valid. It is not looked up in any list (id-pkix-ocsp-nocheck).
pub(super) const RESPONDER_LIFETIME: Duration = Duration::days(14);
/// A request asks for one certificate, nearly always.
const MOST_ASKED: usize = 16;
/// RFC 9654, section 2.1.
const LONGEST_NONCE: usize = 128;

/// Why a request has no answer. Its own answer says no more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OcspRefusal {
    #[error("this is no OCSP request")]
    Malformed,
    #[error("these certificates are another CA's")]
    Unauthorized,
    #[error("the status cannot be looked up at the moment")]
    TryLater,
    #[error("the answer could not be signed")]
    Internal,
}

impl OcspRefusal {
    /// As a response (DER) without bytes.
    pub fn response(self) -> Vec<u8> {
        message::failure(match self {
            Self::Malformed => ResponseStatus::MalformedRequest,
            Self::Unauthorized => ResponseStatus::Unauthorized,
            Self::TryLater => ResponseStatus::TryLater,
            Self::Internal => ResponseStatus::InternalError,
        })
    }
}

/// What the CA's book says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Good,
    /// Or on hold.
    Revoked {
        at: OffsetDateTime,
        reason: Reason,
    },
    /// This CA has issued no such certificate.
    Unknown,
}

/// A request that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The generation of the issuing CA whose certificates are asked about: it answers (RFC 6960, section 4.2.2.2).
    pub generation: u32,
    /// Each certificate's identifier (DER), and its serial number where the certificate can be ours.
    ids: Vec<(Vec<u8>, Option<Serial>)>,
    nonce: Option<Vec<u8>>,
}

impl Asked {
    /// In the order of the request. `None`: another CA's or generation's, or no serial number that this CA gives.
    pub fn serials(&self) -> impl Iterator<Item = Option<Serial>> + '_ {
        self.ids.iter().map(|(_, serial)| *serial)
    }

    /// An answer for whoever sent a nonce is for nobody else.
    pub const fn has_nonce(&self) -> bool {
        self.nonce.is_some()
    }

    /// The request's own bytes where only one certificate is asked for and no nonce: the same answer serves all who
    /// ask the same.
    pub fn shared_key(&self) -> Option<&[u8]> {
        match (self.ids.as_slice(), &self.nonce) {
            ([(id, Some(_))], None) => Some(id),
            _ => None,
        }
    }
}

/// The key that signs answers, with its certificate.
pub struct Responder {
    key: Key,
    der: Vec<u8>,
    pub serial: Serial,
    pub not_after: OffsetDateTime,
}

impl fmt::Debug for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Responder({}, until {})", self.serial, self.not_after)
    }
}

impl Authority {
    /// Reads a request (DER). Its signature, if it has one, is nothing to us: whoever asks may know.
    pub fn read_ocsp(&self, octets: &[u8]) -> Result<Asked, OcspRefusal> {
        let request = OcspRequest::from_der(octets).map_err(|_| OcspRefusal::Malformed)?;
        let tbs = request.tbs;
        if tbs.version.is_some_and(|version| version != 0)
            || tbs.list.is_empty()
            || tbs.list.len() > MOST_ASKED
        {
            return Err(OcspRefusal::Malformed);
        }
        let mut nonce = None;
        for extension in tbs.extensions.iter().flatten() {
            if extension.id == message::NONCE {
                let octets =
                    message::nonce(extension).filter(|octets| (1..=LONGEST_NONCE).contains(&octets.len()));
                nonce = Some(octets.ok_or(OcspRefusal::Malformed)?);
            } else if extension.critical {
                return Err(OcspRefusal::Malformed);
            }
        }
        let (mut ids, mut generation) = (Vec::with_capacity(tbs.list.len()), None);
        for one in &tbs.list {
            let is_strange = |extension: &Extension<'_>| extension.critical;
            if one.extensions.iter().flatten().any(is_strange) {
                return Err(OcspRefusal::Malformed);
            }
            let id = one.id.to_der().map_err(|_| OcspRefusal::Malformed)?;
            let mut generations = self
                .generations()
                .filter(|generation| generation.is_named(&one.id));
            let issuer = generations.next().map(Generation::number);
            // One signature, so one generation: a client takes its word for no other's certificates.
            generation = generation.or(issuer);
            let serial = Serial::try_from(one.id.serial.as_bytes()).ok();
            ids.push((id, serial.filter(|_| issuer.is_some() && issuer == generation)));
        }
        Ok(Asked {
            generation: generation.ok_or(OcspRefusal::Unauthorized)?,
            ids,
            nonce,
        })
    }
}

impl Generation {
    fn is_named(&self, id: &CertId<'_>) -> bool {
        let algorithm = match id.hash.algorithm {
            message::SHA_1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            message::SHA_256 => &digest::SHA256,
            _ => return false,
        };
        let is = |of: &[u8], hash: &OctetStringRef| digest::digest(algorithm, of).as_ref() == hash.as_bytes();
        is(&self.subject, id.issuer_name_hash) && is(self.issuer.key().der_bytes(), id.issuer_key_hash)
    }

    /// A new responder, certified until `RESPONDER_LIFETIME` from now or this generation's end. Record the serial
    /// number durably before it answers.
    pub fn certify_responder(&self, serial: Serial, now: OffsetDateTime) -> Result<Responder, IssueError> {
        let key = rcgen::KeyPair::generate().map_err(IssueError::Signing)?;
        let key = Key::new(key);
        let not_after = (now + RESPONDER_LIFETIME).min(self.not_after);
        let validity = self.responder_validity(now, not_after)?;
        let certificate = super::profile::responder(serial, validity, &key, self.number, &self.public_url)
            .and_then(|params| params.signed_by(&key, &self.issuer))
            .map_err(IssueError::Signing)?;
        Ok(Responder {
            der: certificate.der().to_vec(),
            key,
            serial,
            not_after,
        })
    }
}

impl Responder {
    /// Half of its life is over: time for the next one.
    pub fn is_old(&self, now: OffsetDateTime) -> bool {
        self.not_after - now < RESPONDER_LIFETIME / 2
    }

    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// A signed response (DER). `statuses` in the order of the request.
    pub fn answer(
        &self,
        asked: &Asked,
        statuses: &[Status],
        now: OffsetDateTime,
    ) -> Result<Vec<u8>, OcspRefusal> {
        self.sign(asked, statuses, now).map_err(|_| OcspRefusal::Internal)
    }

    fn sign(&self, asked: &Asked, statuses: &[Status], now: OffsetDateTime) -> Result<Vec<u8>, SignError> {
        let next_update = (now + ANSWER_LIFETIME).min(self.not_after);
        let mut responses = Vec::with_capacity(asked.ids.len());
        for ((id, _), status) in asked.ids.iter().zip(statuses) {
            responses.push(SingleResponse {
                id: CertId::from_der(id)?,
                status: status.encoded()?,
                this_update: time(now)?,
                next_update: Some(time(next_update)?),
            });
        }
        let nonce = asked
            .nonce
            .as_ref()
            .map(|nonce| OctetStringRef::new(nonce)?.to_der());
        let nonce = nonce.transpose()?;
        let extensions = nonce.as_ref().map(|nonce| {
            Ok::<_, der::Error>(vec![Extension {
                id: message::NONCE,
                critical: false,
                value: OctetStringRef::new(nonce)?,
            }])
        });
        let key_hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, self.key.der_bytes());
        let data = ResponseData {
            responder: ResponderId::ByKey(OctetString::new(key_hash.as_ref())?),
            produced_at: time(now)?,
            responses,
            extensions: extensions.transpose()?,
        }
        .to_der()?;
        let signature = self.key.sign(&data)?;
        let basic = BasicResponse {
            data: AnyRef::from_der(&data)?,
            algorithm: AlgorithmIdentifier {
                algorithm: message::ECDSA_WITH_SHA_256,
                parameters: None,
            },
            signature: BitStringRef::from_bytes(&signature)?,
            certificates: Some(vec![AnyRef::from_der(&self.der)?]),
        }
        .to_der()?;
        let response = OcspResponse {
            status: ResponseStatus::Successful,
            bytes: Some(ResponseBytes {
                kind: message::BASIC,
                response: OctetStringRef::new(&basic)?,
            }),
        };
        Ok(response.to_der()?)
    }
}

/// Nothing of what is signed here is of a kind that DER or the key could refuse.
#[derive(Debug, thiserror::Error)]
enum SignError {
    #[error("the answer has no DER")]
    Der(#[from] der::Error),
    #[error("the responder's key does not sign")]
    Key(#[from] rcgen::Error),
}

impl Status {
    fn encoded(&self) -> der::Result<CertStatus> {
        Ok(match self {
            Self::Good => CertStatus::Good(Null),
            Self::Unknown => CertStatus::Unknown(Null),
            Self::Revoked { at, reason } => CertStatus::Revoked(RevokedInfo {
                at: time(*at)?,
                reason: match reason {
                    Reason::Unspecified => None,
                    Reason::KeyCompromise => Some(CrlReason::KeyCompromise),
                    Reason::AffiliationChanged => Some(CrlReason::AffiliationChanged),
                    Reason::Superseded => Some(CrlReason::Superseded),
                    Reason::CessationOfOperation => Some(CrlReason::CessationOfOperation),
                    Reason::CertificateHold => Some(CrlReason::CertificateHold),
                    Reason::PrivilegeWithdrawn => Some(CrlReason::PrivilegeWithdrawn),
                },
            }),
        })
    }
}

/// Whole seconds, as GeneralizedTime has them.
fn time(at: OffsetDateTime) -> der::Result<GeneralizedTime> {
    let seconds = u64::try_from(at.unix_timestamp()).unwrap_or_default();
    GeneralizedTime::from_unix_duration(std::time::Duration::from_secs(seconds))
}
