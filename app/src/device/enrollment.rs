//! One enrollment as the phone remembers it, and what comes next. Pure: what is stored decides, so that a page
//! that was closed, killed or opened twice goes on where it was. Keys are kept beside it, by `database`.

use serde::{Deserialize, Serialize};
use shared::api::{
    Claimed, DeviceEnrollment, Ending, Installation, InstalledCertificate, KeysAccepted, ProcessState,
    Purpose, Timestamp,
};
use shared::protocol::activation::{Code, MalformedCode};
use shared::protocol::pairing::{NONCE_OCTETS, PairingCode, PairingKey};
use shared::protocol::{decode, encode, receipt};

use super::stop::Stop;

/// Octets of chance in a device token.
pub const TOKEN_OCTETS: usize = 32;

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
pub struct Enrollment {
    /// Made from the activation code: the same link opened twice is the same enrollment.
    pub id: String,
    /// Milliseconds since 1970, by this phone's clock: the newest is taken up first.
    pub started_at_ms: u64,
    pub device_token: String,
    /// Kept until it is claimed.
    code: Option<String>,
    pairing_key: String,
    pub claimed: Option<Claimed>,
    nonce: Option<String>,
    /// The pairing code is taken until then.
    pub confirm_by: Option<Timestamp>,
    installation: Option<Installation>,
    /// The server has verified the receipt.
    is_completed: bool,
}

/// What comes next.
#[derive(Clone, PartialEq, Eq)]
pub enum Step {
    Claim { code: String },
    SendKeys { purposes: Vec<Purpose> },
    AwaitConfirmation,
    Install(Installation),
    Finish(Installation),
}

impl Enrollment {
    pub fn new(code: &Code, device_token: &[u8; TOKEN_OCTETS], started_at_ms: u64) -> Self {
        Self {
            id: Self::id_for(code),
            started_at_ms,
            device_token: encode(device_token),
            code: Some(code.text()),
            pairing_key: encode(&PairingKey::derive(code).0),
            claimed: None,
            nonce: None,
            confirm_by: None,
            installation: None,
            is_completed: false,
        }
    }

    /// A code's hash: names the enrollment without giving the code away.
    pub fn id_for(code: &Code) -> String {
        encode(&code.hash())
    }

    pub fn next(&self) -> Step {
        match (&self.code, &self.claimed, &self.installation) {
            (_, _, Some(installation)) if self.is_completed => Step::Finish(installation.clone()),
            (_, _, Some(installation)) => Step::Install(installation.clone()),
            (_, Some(_), None) if self.nonce.is_some() => Step::AwaitConfirmation,
            (_, Some(claimed), None) => Step::SendKeys {
                purposes: wanted(claimed),
            },
            (code, None, None) => Step::Claim {
                code: code.clone().unwrap_or_default(),
            },
        }
    }

    /// From here on the device token speaks for this phone, and the code is of no more use to anyone.
    pub fn claimed(self, claimed: Claimed) -> Self {
        Self {
            code: None,
            claimed: Some(claimed),
            ..self
        }
    }

    pub fn keys_accepted(self, accepted: KeysAccepted) -> Self {
        Self {
            nonce: Some(accepted.nonce),
            confirm_by: Some(accepted.expires_at),
            ..self
        }
    }

    /// Takes over what the server says. An end other than completion is a `Stop`.
    pub fn learn(self, told: DeviceEnrollment) -> Result<Self, Stop> {
        let Self { installation, .. } = &self;
        let installation = told.installation.or_else(|| installation.clone());
        match told.state {
            ProcessState::Claimed => Ok(Self { nonce: None, ..self }),
            ProcessState::KeysReceived => Ok(Self {
                nonce: told.nonce.or(self.nonce),
                confirm_by: told.expires_at.or(self.confirm_by),
                ..self
            }),
            ProcessState::Confirmed => Ok(Self { installation, ..self }),
            ProcessState::Completed => Ok(Self {
                installation,
                is_completed: true,
                ..self
            }),
            ProcessState::Cancelled | ProcessState::Expired | ProcessState::Failed => {
                Err(Stop::Ended(told.ending.unwrap_or(Ending::Abandoned)))
            }
            ProcessState::Started | ProcessState::Open => Err(Stop::Forgotten),
        }
    }

    pub fn completed(self) -> Self {
        Self {
            is_completed: true,
            ..self
        }
    }

    /// The state after which the server is asked to answer: the one that this phone knows.
    pub fn known_state(&self) -> ProcessState {
        match self.next() {
            Step::Claim { .. } => ProcessState::Open,
            Step::SendKeys { .. } => ProcessState::Claimed,
            Step::AwaitConfirmation => ProcessState::KeysReceived,
            Step::Install(_) => ProcessState::Confirmed,
            Step::Finish(_) => ProcessState::Completed,
        }
    }

    /// The six digits, once the server has sent its nonce. `keys`: this phone's own, as in `protocol::pairing`.
    pub fn pairing_code(&self, keys: &[(Purpose, Vec<u8>)]) -> Option<PairingCode> {
        let key: [u8; 32] = decode(&self.pairing_key)?.try_into().ok()?;
        let nonce: [u8; NONCE_OCTETS] = decode(self.nonce.as_ref()?)?.try_into().ok()?;
        Some(PairingKey(key).pairing_code(&nonce, keys))
    }

    /// The octets of the install receipt over `installation`. `None` where the server's answer is garbled.
    pub fn receipt_message(&self, installation: &Installation) -> Option<Vec<u8>> {
        let process = self.claimed.as_ref()?.process;
        let certificates = certificates(installation)?;
        Some(receipt::message(process, installation.mobile_id, &certificates))
    }
}

/// The purposes of the keys that this phone makes: `encryption` stands for the transport key.
pub fn wanted(claimed: &Claimed) -> Vec<Purpose> {
    let mut purposes = claimed.purposes.clone();
    if claimed.transport_key {
        purposes.push(Purpose::Encryption);
    }
    purposes
}

/// The certificates as DER: the new ones, then the recovered ones.
pub fn certificates(installation: &Installation) -> Option<Vec<(Purpose, Vec<u8>)>> {
    let new_and_recovered = installation.certificates.iter().chain(&installation.recovered);
    new_and_recovered
        .map(|certificate| Some((certificate.purpose, decode(&certificate.certificate)?)))
        .collect()
}

/// The certificates whose private keys are not made here, the new one first.
pub fn encryption(installation: &Installation) -> impl Iterator<Item = &InstalledCertificate> {
    let new = installation.certificates.iter();
    new.filter(|certificate| certificate.purpose == Purpose::Encryption)
        .chain(&installation.recovered)
}

/// Reads a code from a link's fragment, a whole pasted link, or what a person types.
pub fn read_code(text: &str) -> Result<Code, MalformedCode> {
    Code::parse(shared::url::page::activation_code(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn later() -> Timestamp {
        Timestamp(String::from("2026-11-22T14:02:09Z"))
    }

    fn new() -> Enrollment {
        Enrollment::new(&Code::Long([7; 32]), &[1; TOKEN_OCTETS], 5)
    }

    fn claimed() -> Claimed {
        Claimed {
            process: Uuid::nil(),
            purposes: vec![Purpose::Authentication, Purpose::Signature],
            transport_key: false,
            user: String::from("A… S…"),
            server_name: String::from("Smart ID"),
            profile_name: String::from("MobileID Anna Svensson"),
            expires_at: later(),
        }
    }

    fn told(state: ProcessState) -> DeviceEnrollment {
        DeviceEnrollment {
            process: Uuid::nil(),
            state,
            ending: None,
            expires_at: None,
            nonce: None,
            installation: None,
        }
    }

    fn installation() -> Installation {
        Installation {
            mobile_id: Uuid::max(),
            profile_name: String::new(),
            server_name: String::new(),
            user_id: String::new(),
            valid_until: later(),
            certificates: Vec::new(),
            recovered: Vec::new(),
            chain: Vec::new(),
        }
    }

    fn waiting() -> Enrollment {
        new().claimed(claimed()).keys_accepted(KeysAccepted {
            nonce: encode(&[9; NONCE_OCTETS]),
            expires_at: later(),
        })
    }

    #[test]
    fn it_goes_from_claim_to_finish() {
        let enrollment = new();
        assert!(matches!(enrollment.next(), Step::Claim { code } if code == Code::Long([7; 32]).text()));
        let enrollment = enrollment.claimed(claimed());
        assert!(matches!(enrollment.next(), Step::SendKeys { purposes } if purposes.len() == 2));
        let enrollment = waiting();
        assert!(enrollment.next() == Step::AwaitConfirmation);
        let enrollment = enrollment
            .learn(DeviceEnrollment {
                installation: Some(installation()),
                ..told(ProcessState::Confirmed)
            })
            .unwrap();
        assert!(enrollment.next() == Step::Install(installation()));
        assert!(enrollment.completed().next() == Step::Finish(installation()));
    }

    #[test]
    fn the_code_is_forgotten_once_it_is_claimed_and_pairing_still_works() {
        let stored = serde_json::to_string(&waiting()).unwrap();
        assert!(!stored.contains(&Code::Long([7; 32]).text()));
        let keys = [
            (Purpose::Authentication, b"auth".to_vec()),
            (Purpose::Signature, b"sign".to_vec()),
        ];
        let again: Enrollment = crate::api::json::read(&stored).unwrap();
        assert_eq!(again.pairing_code(&keys).unwrap().as_str(), "187080");
        assert!(
            new().claimed(claimed()).pairing_code(&keys).is_none(),
            "no nonce, no code"
        );
    }

    #[test]
    fn a_killed_page_catches_up_with_whatever_the_server_says() {
        let lost_answer = new().claimed(claimed());
        let caught_up = lost_answer
            .clone()
            .learn(DeviceEnrollment {
                nonce: Some(encode(&[9; NONCE_OCTETS])),
                expires_at: Some(later()),
                ..told(ProcessState::KeysReceived)
            })
            .unwrap();
        assert!(caught_up == waiting());

        assert!(matches!(
            waiting().learn(told(ProcessState::Claimed)).unwrap().next(),
            Step::SendKeys { .. }
        ));

        let done = lost_answer
            .learn(DeviceEnrollment {
                installation: Some(installation()),
                ..told(ProcessState::Completed)
            })
            .unwrap();
        assert!(matches!(done.next(), Step::Finish(_)));
    }

    #[test]
    fn every_state_of_the_server_goes_on_or_stops() {
        for state in ProcessState::ALL {
            let learnt = waiting().learn(DeviceEnrollment {
                ending: Some(Ending::PairingCodeWrong),
                installation: Some(installation()),
                ..told(state)
            });
            match state {
                ProcessState::Claimed
                | ProcessState::KeysReceived
                | ProcessState::Confirmed
                | ProcessState::Completed => {
                    assert_eq!(learnt.ok().map(|learnt| learnt.known_state()), Some(state));
                }
                ProcessState::Cancelled | ProcessState::Expired | ProcessState::Failed => {
                    assert_eq!(learnt.err(), Some(Stop::Ended(Ending::PairingCodeWrong)));
                }
                ProcessState::Started | ProcessState::Open => assert_eq!(learnt.err(), Some(Stop::Forgotten)),
            }
        }
    }

    #[test]
    fn one_code_is_one_enrollment_however_it_was_typed() {
        let id = |text: &str| read_code(text).map(|code| Enrollment::id_for(&code));
        assert_eq!(id("z10a my5z"), id("Z10A-MY5Z"));
        assert!(id("Z10A-MY5Z").is_ok());
        let long = Code::Long([3; 32]).text();
        assert_eq!(id(&format!("https://id.example.com/m#{long}")), id(&long));
        assert_eq!(id(long.get(1..).unwrap()), Err(MalformedCode));
    }

    fn certificate(purpose: Purpose, octets: &[u8]) -> InstalledCertificate {
        InstalledCertificate {
            purpose,
            serial: encode(octets),
            certificate: encode(octets),
            sealed: None,
        }
    }

    #[test]
    fn a_transport_key_is_made_in_the_place_of_the_encryption_key() {
        let with = Claimed {
            transport_key: true,
            ..claimed()
        };
        let three = [Purpose::Authentication, Purpose::Signature, Purpose::Encryption];
        assert_eq!(wanted(&claimed()), three[..2]);
        assert_eq!(wanted(&with), three);
        assert!(
            new().claimed(with).next()
                == Step::SendKeys {
                    purposes: three.to_vec()
                }
        );
    }

    #[test]
    fn the_receipt_covers_the_new_certificates_and_then_the_recovered_ones_in_their_order() {
        let installation = Installation {
            certificates: vec![
                certificate(Purpose::Authentication, &[1]),
                certificate(Purpose::Encryption, &[2]),
            ],
            recovered: vec![
                certificate(Purpose::Encryption, &[4]),
                certificate(Purpose::Encryption, &[3]),
            ],
            ..installation()
        };
        let covered: Vec<_> = certificates(&installation).unwrap();
        let octets: Vec<_> = covered.iter().map(|(_, der)| der[0]).collect();
        assert_eq!(octets, [1, 2, 4, 3]);
        let serials: Vec<_> = encryption(&installation).map(|one| &one.serial).collect();
        assert_eq!(serials, [&encode(&[2]), &encode(&[4]), &encode(&[3])]);
        assert_eq!(
            waiting().receipt_message(&installation).unwrap(),
            receipt::message(Uuid::nil(), Uuid::max(), &covered)
        );
    }

    #[test]
    fn a_garbled_certificate_makes_no_receipt() {
        let garbled = Installation {
            certificates: vec![InstalledCertificate {
                purpose: Purpose::Authentication,
                serial: String::new(),
                certificate: String::from("not base64url!"),
                sealed: None,
            }],
            ..installation()
        };
        assert!(waiting().receipt_message(&garbled).is_none());
        assert!(waiting().receipt_message(&installation()).is_some());
        assert!(new().receipt_message(&installation()).is_none());
    }
}
