//! The CA's book and the identity manager's: where they differ, or do not fit the mobile ID, and what can be put right
//! without anybody's leave. Nothing here ever makes a certificate count more than either book says.

use std::fmt;

use shared::api::{CertificateState, EncryptionFate, MobileIdState};
use uuid::Uuid;

use self::{
    CertificateState::{Expired, Issued, OnHold, Revoked, Valid},
    MobileIdState::{Active, Inactive, Locked, Registered},
};

/// One certificate, as both books have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Upper-case hex.
    pub serial: String,
    pub in_ca: Option<CertificateState>,
    pub in_manager: Option<CertificateState>,
    pub mobile_id: Option<(Uuid, MobileIdState)>,
    /// Of an encryption certificate: what a lock of its mobile ID has made of it, or would.
    pub encryption: Option<EncryptionFate>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub entry: Entry,
    /// The state that both books are to have; `None`: somebody must look.
    pub repair: Option<CertificateState>,
}

enum Verdict {
    Fits,
    PutRight(CertificateState),
    /// Somebody must look.
    Ask,
}

/// `None` where everything fits.
pub fn compare(entry: &Entry) -> Option<Difference> {
    let mobile_id = entry.mobile_id.map(|(_, state)| state);
    let verdict = match (entry.in_ca, entry.in_manager) {
        // What nobody owns counts no more.
        (None | Some(Revoked | Expired), None) => Verdict::Fits,
        (Some(_), None) => Verdict::PutRight(Revoked),
        (None, Some(_)) => Verdict::Ask,
        (Some(ca), Some(manager)) if ca == manager => by_mobile_id(ca, mobile_id, entry.encryption),
        (Some(ca), Some(manager)) => between(ca, manager, mobile_id).map_or(Verdict::Ask, Verdict::PutRight),
    };
    let repair = match verdict {
        Verdict::Fits => return None,
        Verdict::PutRight(state) => Some(state),
        Verdict::Ask => None,
    };
    Some(Difference {
        entry: entry.clone(),
        repair,
    })
}

/// Where both books agree.
const fn by_mobile_id(
    state: CertificateState,
    mobile_id: Option<MobileIdState>,
    encryption: Option<EncryptionFate>,
) -> Verdict {
    match (mobile_id, state) {
        // The one that counts although its mobile ID is locked: its owner wanted to keep it.
        (Some(Locked), Valid) if matches!(encryption, Some(EncryptionFate::Keep)) => Verdict::Fits,
        // Kept, and come to its end.
        (Some(Locked), Expired) if encryption.is_some() => Verdict::Fits,
        (Some(Locked), Issued | Valid | OnHold) => Verdict::PutRight(Revoked),
        (Some(MobileIdState::Expired), Issued | Valid | OnHold) => Verdict::PutRight(Expired),
        (Some(Inactive), Valid) => Verdict::PutRight(OnHold),
        // Time ends a certificate together with its mobile ID.
        (None, _)
        | (Some(Active), Issued | OnHold | Revoked | Expired)
        | (Some(Inactive), Issued | Revoked | Expired)
        | (Some(Locked), Expired)
        | (Some(Registered), Valid | OnHold | Expired) => Verdict::Ask,
        _ => Verdict::Fits,
    }
}

/// The stricter one holds; a receipt that one book has heard of counts where the mobile ID is active.
fn between(
    ca: CertificateState,
    manager: CertificateState,
    mobile_id: Option<MobileIdState>,
) -> Option<CertificateState> {
    let either = |state| ca == state || manager == state;
    if either(Revoked) {
        Some(Revoked)
    } else if mobile_id == Some(MobileIdState::Expired) {
        Some(Expired)
    } else if either(OnHold) {
        Some(OnHold)
    } else {
        (either(Valid) && either(Issued) && mobile_id == Some(Active)).then_some(Valid)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Entry {
            serial,
            in_ca,
            in_manager,
            mobile_id,
            encryption: _,
        } = &self.entry;
        write!(f, "certificate {serial}: ")?;
        match (in_ca, in_manager) {
            (Some(ca), Some(manager)) if ca == manager => write!(f, "{} in both books", word(*ca)),
            (Some(ca), Some(manager)) => write!(
                f,
                "{} in the CA's book, {} in the identity manager's",
                word(*ca),
                word(*manager)
            ),
            (Some(ca), None) => write!(
                f,
                "{} in the CA's book, and the identity manager does not know it",
                word(*ca)
            ),
            (None, Some(manager)) => {
                write!(
                    f,
                    "{} in the identity manager's book, and the CA does not know it",
                    word(*manager)
                )
            }
            (None, None) => f.write_str("in neither book"),
        }?;
        match mobile_id {
            Some((id, state)) => write!(f, "; its mobile ID {id} is {state:?}"),
            None => f.write_str("; it belongs to no mobile ID"),
        }
    }
}

pub const fn word(state: CertificateState) -> &'static str {
    match state {
        Issued => "issued",
        Valid => "valid",
        OnHold => "on hold",
        Revoked => "revoked",
        Expired => "expired",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [CertificateState; 5] = [Issued, Valid, OnHold, Revoked, Expired];
    const MOBILE_IDS: [MobileIdState; 5] = [Registered, Active, Inactive, Locked, MobileIdState::Expired];

    fn found(
        in_ca: Option<CertificateState>,
        in_manager: Option<CertificateState>,
        mobile_id: Option<MobileIdState>,
    ) -> Option<Difference> {
        of_encryption(None, in_ca, in_manager, mobile_id)
    }

    fn of_encryption(
        encryption: Option<EncryptionFate>,
        in_ca: Option<CertificateState>,
        in_manager: Option<CertificateState>,
        mobile_id: Option<MobileIdState>,
    ) -> Option<Difference> {
        compare(&Entry {
            encryption,
            serial: "4F".into(),
            in_ca,
            in_manager,
            mobile_id: mobile_id.map(|state| (Uuid::nil(), state)),
        })
    }

    #[test]
    fn what_fits_is_no_difference_and_what_is_safe_is_repaired() {
        let table = [
            ((Some(Valid), Some(Valid), Some(Active)), None),
            ((Some(OnHold), Some(OnHold), Some(Inactive)), None),
            ((Some(Revoked), Some(Revoked), Some(Locked)), None),
            ((Some(Issued), Some(Issued), Some(Registered)), None),
            ((Some(Revoked), Some(Revoked), Some(Registered)), None),
            ((Some(Expired), Some(Expired), Some(MobileIdState::Expired)), None),
            ((Some(Revoked), Some(Revoked), Some(MobileIdState::Expired)), None),
            ((Some(Revoked), None, None), None),
            // The stricter book holds.
            ((Some(Revoked), Some(Valid), Some(Active)), Some(Some(Revoked))),
            ((Some(Valid), Some(Revoked), Some(Active)), Some(Some(Revoked))),
            ((Some(OnHold), Some(Valid), Some(Active)), Some(Some(OnHold))),
            ((Some(Issued), Some(Valid), Some(Active)), Some(Some(Valid))),
            ((Some(Issued), Some(Valid), Some(Registered)), Some(None)),
            // The mobile ID's state holds where it is the stricter one.
            ((Some(Valid), Some(Valid), Some(Locked)), Some(Some(Revoked))),
            ((Some(Valid), Some(Valid), Some(Inactive)), Some(Some(OnHold))),
            ((Some(OnHold), Some(OnHold), Some(Locked)), Some(Some(Revoked))),
            (
                (Some(OnHold), Some(OnHold), Some(MobileIdState::Expired)),
                Some(Some(Expired)),
            ),
            (
                (Some(Expired), Some(OnHold), Some(MobileIdState::Expired)),
                Some(Some(Expired)),
            ),
            // A person must look.
            ((Some(Revoked), Some(Revoked), Some(Active)), Some(None)),
            ((Some(OnHold), Some(OnHold), Some(Active)), Some(None)),
            ((Some(Expired), Some(Expired), Some(Active)), Some(None)),
            ((Some(Expired), Some(Expired), Some(Locked)), Some(None)),
            ((None, Some(Valid), Some(Active)), Some(None)),
            // Nobody's certificate.
            ((Some(Valid), None, None), Some(Some(Revoked))),
        ];
        for ((ca, manager, mobile_id), expected) in table {
            let repair = found(ca, manager, mobile_id).map(|difference| difference.repair);
            assert_eq!(repair, expected, "{ca:?} {manager:?} {mobile_id:?}");
        }
    }

    #[test]
    fn a_kept_encryption_certificate_counts_although_its_mobile_id_is_locked() {
        use EncryptionFate::{Keep, Revoke};
        let (kept, locked) = (Some(Keep), Some(Locked));
        for (encryption, state, mobile_id, expected) in [
            (kept, Valid, locked, None),
            (kept, Revoked, locked, None),
            (kept, Expired, locked, None),
            (Some(Revoke), Expired, locked, None),
            // What nobody kept, and what was kept on hold.
            (Some(Revoke), Valid, locked, Some(Some(Revoked))),
            (None, Valid, locked, Some(Some(Revoked))),
            (kept, OnHold, locked, Some(Some(Revoked))),
            (kept, Issued, locked, Some(Some(Revoked))),
            (kept, Valid, Some(Inactive), Some(Some(OnHold))),
            (kept, Valid, Some(MobileIdState::Expired), Some(Some(Expired))),
            (None, Expired, locked, Some(None)),
        ] {
            let found = of_encryption(encryption, Some(state), Some(state), mobile_id);
            assert_eq!(
                found.map(|difference| difference.repair),
                expected,
                "{encryption:?} {state:?} {mobile_id:?}"
            );
        }
        let between = of_encryption(kept, Some(Revoked), Some(Valid), locked);
        assert_eq!(between.map(|difference| difference.repair), Some(Some(Revoked)));
    }

    #[test]
    fn no_repair_makes_a_certificate_count_more_than_either_book_says() {
        let rank = |state| match state {
            Issued | Valid => 0,
            OnHold => 1,
            Revoked | Expired => 2,
        };
        for ca in STATES {
            for manager in STATES {
                let fates = [None, Some(EncryptionFate::Keep), Some(EncryptionFate::Revoke)];
                for (mobile_id, fate) in MOBILE_IDS.into_iter().flat_map(|id| fates.map(|fate| (id, fate))) {
                    let found = of_encryption(fate, Some(ca), Some(manager), Some(mobile_id));
                    if let Some(repair) = found.and_then(|difference| difference.repair) {
                        assert!(
                            rank(repair) >= rank(ca).max(rank(manager)).min(1),
                            "{ca:?} {manager:?} {mobile_id:?}"
                        );
                        assert!(
                            ca != Revoked && manager != Revoked || repair == Revoked,
                            "{ca:?} {manager:?}"
                        );
                    }
                }
            }
        }
    }
}
