//! Archived encryption keys in a process: which earlier ones a plan recovers, what it wants of the key archive and of the
//! phone, and a key on its way to one phone.

use shared::api::{CertificateState, KeyType, Purpose, Recovery};
use time::OffsetDateTime;

use super::{
    options::{Plan, PlannedRecovery},
    secret::Hash,
};

/// An earlier encryption certificate whose key is archived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Upper-case hex.
    pub serial: String,
    pub not_before: OffsetDateTime,
    pub not_after: OffsetDateTime,
    pub state_in_ca: CertificateState,
    /// Of the mobile ID that it was made for: the phone, and the name.
    pub phone: String,
    pub mobile_id: String,
}

/// A private key sealed to one phone's transport key, with what proves that the phone has unwrapped it. Kept until the
/// receipt is in, or the process ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedKey {
    /// Of its certificate, upper-case hex.
    pub serial: String,
    pub key_type: KeyType,
    pub encapsulated: Vec<u8>,
    pub ciphertext: Vec<u8>,
    pub challenge: Vec<u8>,
    /// SHA-256 of the challenge's right answer.
    pub answer: Hash,
}

/// The certificates to recover are not among those on offer, or one that the options recover is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the certificates to recover are not among those on offer, or one that the options recover is missing"
)]
pub struct WrongRecovery;

/// The plan issues an encryption certificate, or recovers one, and there is no archive to do it with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveNeeded;

impl PlannedRecovery {
    /// `archived`: serial numbers, newest first. `None` where nothing is to be recovered.
    pub fn new(mode: Recovery, needs_approval: bool, archived: Vec<String>) -> Option<Self> {
        if mode == Recovery::Off || archived.is_empty() {
            return None;
        }
        Some(Self {
            mode,
            needs_approval,
            chosen: demanded(mode, &archived).to_vec(),
            offered: archived,
        })
    }

    /// What the user chose, in any order.
    fn choose(mut self, wished: &[String]) -> Result<Self, WrongRecovery> {
        if wished.iter().any(|serial| !self.offered.contains(serial)) {
            return Err(WrongRecovery);
        }
        self.chosen.clone_from(&self.offered);
        self.chosen.retain(|serial| wished.contains(serial));
        let is_taken = self.mode == Recovery::UserSelects
            || self.needs_approval && self.chosen.is_empty()
            || self.chosen == demanded(self.mode, &self.offered);
        is_taken.then_some(self).ok_or(WrongRecovery)
    }
}

/// What a mode recovers where nobody says otherwise.
fn demanded(mode: Recovery, archived: &[String]) -> &[String] {
    match mode {
        Recovery::Off => &[],
        Recovery::Newest => archived.get(..1).unwrap_or_default(),
        Recovery::UserSelects | Recovery::All => archived,
    }
}

impl Plan {
    /// Serial numbers of the earlier certificates whose keys go to the new phone.
    pub fn recovers(&self) -> &[String] {
        self.recovery.as_ref().map_or(&[], |recovery| &recovery.chosen)
    }

    /// An encryption key is made, and archived.
    pub fn makes_encryption_key(&self) -> bool {
        self.certificates.contains(&Purpose::Encryption)
    }

    /// Keys will be sealed to the phone.
    pub fn wants_transport_key(&self) -> bool {
        self.makes_encryption_key() || !self.recovers().is_empty()
    }

    /// For which the phone makes keys that are certified.
    pub fn phone_purposes(&self) -> Vec<Purpose> {
        let mut purposes = self.certificates.clone();
        purposes.retain(|purpose| *purpose != Purpose::Encryption);
        purposes
    }

    /// For which public keys come from the phone: in the place of `encryption` the transport key.
    pub fn key_set(&self) -> Vec<Purpose> {
        let transport = self.wants_transport_key().then_some(Purpose::Encryption);
        self.phone_purposes().into_iter().chain(transport).collect()
    }

    /// Whether it makes a difference if there is a key archive.
    pub fn hears_of_archive(&self) -> bool {
        let is_encryption = |purpose| purpose == Purpose::Encryption;
        self.wants_transport_key()
            || self.recovery.is_some()
            || self.offered.iter().any(|offer| is_encryption(offer.purpose))
    }

    /// Where the archive cannot be used: what is optional is left out of the offer, and what is not cannot be begun.
    pub fn without_archive(mut self) -> Result<Self, ArchiveNeeded> {
        if self.makes_encryption_key() || self.recovery.is_some() {
            return Err(ArchiveNeeded);
        }
        self.offered.retain(|offer| offer.purpose != Purpose::Encryption);
        Ok(self)
    }

    /// Which of the earlier certificates the user chose. `None`: nothing was said, and what is chosen stays.
    pub fn recover(mut self, wished: Option<&[String]>) -> Result<Self, WrongRecovery> {
        let Some(wished) = wished else {
            return Ok(self);
        };
        self.recovery = match self.recovery {
            Some(recovery) => Some(recovery.choose(wished)?),
            None if wished.is_empty() => None,
            None => return Err(WrongRecovery),
        };
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use shared::api::{CertificateChoice, CodeDelivery, OptionValues};

    use super::*;
    use crate::domain::options::{defaults, tests::anna};
    use CertificateChoice::{Default, Off, Optional, Required};
    use Purpose::{Authentication as A, Encryption as E, Signature as S};
    use Recovery::{All, Newest, UserSelects};

    fn serials(serials: &[&str]) -> Vec<String> {
        serials.iter().map(|serial| (*serial).to_owned()).collect()
    }

    fn plan(encryption: CertificateChoice, user_selects_certificates: bool) -> Plan {
        let values = OptionValues {
            encryption,
            user_selects_certificates,
            ..defaults(&anna())
        };
        Plan::new(values, CodeDelivery::Screen, 1)
    }

    fn recovering(mode: Recovery, needs_approval: bool) -> Plan {
        let archived = serials(&["3", "2", "1"]);
        Plan {
            recovery: PlannedRecovery::new(mode, needs_approval, archived),
            ..plan(Off, false)
        }
    }

    #[test]
    fn a_user_recovers_what_the_mode_allows() {
        type Serials<'a> = Option<&'a [&'a str]>;
        let all = ["3", "2", "1"];
        // Mode, whether somebody approves; what is wished for; what is recovered.
        let table: [(_, _, Serials, Serials); 16] = [
            (Recovery::Off, false, None, Some(&[])),
            (Recovery::Off, false, Some(&[]), Some(&[])),
            (Recovery::Off, false, Some(&["1"]), None),
            (UserSelects, false, None, Some(&all)),
            (UserSelects, false, Some(&["1", "3"]), Some(&["3", "1"])),
            (UserSelects, false, Some(&["2", "2"]), Some(&["2"])),
            (UserSelects, false, Some(&[]), Some(&[])),
            (UserSelects, false, Some(&["4"]), None),
            (All, false, None, Some(&all)),
            (All, false, Some(&["1", "2", "3"]), Some(&all)),
            (All, false, Some(&["2", "3"]), None),
            (All, false, Some(&[]), None),
            (All, true, Some(&[]), Some(&[])),
            (Newest, false, None, Some(&["3"])),
            (Newest, false, Some(&["2"]), None),
            (Newest, true, Some(&[]), Some(&[])),
        ];
        for (mode, needs_approval, wished, expected) in table {
            let wished = wished.map(serials);
            let found = recovering(mode, needs_approval).recover(wished.as_deref());
            let found = found.map(|plan| plan.recovers().to_vec()).ok();
            assert_eq!(
                found,
                expected.map(serials),
                "{mode:?} {needs_approval} {wished:?}"
            );
        }
        assert_eq!(PlannedRecovery::new(All, false, vec![]), None);
    }

    #[test]
    fn a_phone_sends_a_transport_key_where_something_is_sealed_to_it() {
        let none = || recovering(UserSelects, false).recover(Some(&[])).unwrap();
        for (plan, own, all) in [
            (plan(Off, false), vec![A, S], vec![A, S]),
            (plan(Default, false), vec![A, S], vec![A, S, E]),
            (plan(Optional, true), vec![A, S], vec![A, S]),
            (recovering(All, false), vec![A, S], vec![A, S, E]),
            (none(), vec![A, S], vec![A, S]),
        ] {
            assert_eq!((plan.phone_purposes(), plan.key_set()), (own, all));
        }
    }

    #[test]
    fn without_an_archive_other_certificates_go_on() {
        for (plan, offered) in [
            (plan(Required, false), None),
            (plan(Default, true), None),
            (plan(Optional, true), Some(vec![A, S])),
            (plan(Optional, false), Some(vec![])),
            (plan(Off, true), Some(vec![A, S])),
            (recovering(UserSelects, false), None),
        ] {
            let found = plan.clone().without_archive().ok();
            let found = found.map(|plan| plan.offered.iter().map(|offer| offer.purpose).collect());
            assert_eq!(found, offered, "{plan:?}");
            assert!(plan.hears_of_archive() || offered.is_some());
        }
    }
}
