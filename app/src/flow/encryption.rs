//! Encryption certificates: which of the earlier ones go to the new phone, and what becomes of a locked mobile ID's.

use shared::api::{
    ApprovalState, Certificate, CertificateState, EncryptionFate, LockMobileId, LockReason, Purpose,
    Recovery, RecoveryView,
};

/// Before the serial numbers: "none of them" is a choice too, and an empty text is none.
const CHOSEN: char = '=';

/// Where a request for approval stands.
pub fn approval(view: Option<&RecoveryView>) -> Option<ApprovalState> {
    Some(view?.approval.as_ref()?.state)
}

/// Asked for and not refused: what was asked for is settled.
fn is_settled(view: &RecoveryView) -> bool {
    matches!(
        approval(Some(view)),
        Some(ApprovalState::Pending | ApprovalState::Approved)
    )
}

/// The user has a choice, now.
pub fn can_choose(view: &RecoveryView) -> bool {
    view.mode == Recovery::UserSelects && !is_settled(view)
}

/// A choice as the tab keeps it through a reload.
pub fn written(serials: &[String]) -> String {
    format!("{CHOSEN}{}", serials.join(" "))
}

/// Serial numbers of those that go to the new phone, in the order of `earlier`. `kept`: the user's choice as written;
/// empty where there was none.
pub fn chosen(view: &RecoveryView, kept: &str) -> Vec<String> {
    let kept = kept.strip_prefix(CHOSEN).filter(|_| can_choose(view));
    let is_chosen = |serial: &String| match kept {
        Some(kept) => kept.split(' ').any(|one| one == serial),
        None => view.chosen.contains(serial),
    };
    let serials = view.earlier.iter().map(|one| &one.serial);
    serials.filter(|serial| is_chosen(serial)).cloned().collect()
}

/// The choice with this one put in or taken out.
pub fn toggled(view: &RecoveryView, kept: &str, serial: &str, is_on: bool) -> String {
    let mut serials = chosen(view, kept);
    serials.retain(|one| one != serial);
    if is_on {
        serials.push(serial.to_owned());
    }
    written(&serials)
}

/// What goes with Next: nothing where the user has no choice, or made none.
pub fn recover(view: Option<&RecoveryView>, kept: &str) -> Option<Vec<String>> {
    let view = view.filter(|view| can_choose(view) && !kept.is_empty())?;
    Some(chosen(view, kept))
}

/// Next asks a second person first.
pub fn asks_first(view: &RecoveryView, kept: &str) -> bool {
    view.needs_approval && !is_settled(view) && !chosen(view, kept).is_empty()
}

/// What becomes of a locked mobile ID's encryption certificate: what the user says, else what the reason says.
pub fn fate(lock: &LockMobileId) -> EncryptionFate {
    lock.encryption.unwrap_or_else(|| lock.reason.encryption_fate())
}

/// Locks for another reason; what the user has said stays.
pub fn for_reason(reason: LockReason, before: Option<LockMobileId>) -> LockMobileId {
    let encryption = before.and_then(|before| before.encryption);
    LockMobileId { reason, encryption }
}

fn has(certificates: &[Certificate], states: &[CertificateState]) -> bool {
    certificates
        .iter()
        .any(|one| one.purpose == Purpose::Encryption && states.contains(&one.state_in_ca))
}

/// Something may become of the encryption certificate among these.
pub fn has_living(certificates: &[Certificate]) -> bool {
    has(certificates, &[CertificateState::Valid, CertificateState::OnHold])
}

/// Others can encrypt to the one among these.
pub fn is_valid(certificates: &[Certificate]) -> bool {
    has(certificates, &[CertificateState::Valid])
}

#[cfg(test)]
mod tests {
    use shared::api::{Approval, EarlierCertificate, Timestamp};

    use super::*;

    fn time() -> Timestamp {
        Timestamp(String::new())
    }

    fn view(mode: Recovery, serials: &[&str], chosen: &[&str]) -> RecoveryView {
        let earlier = serials.iter().map(|serial| EarlierCertificate {
            serial: (*serial).to_owned(),
            not_before: time(),
            not_after: time(),
            state: CertificateState::Revoked,
            phone: String::new(),
            mobile_id: String::new(),
        });
        RecoveryView {
            mode,
            earlier: earlier.collect(),
            chosen: chosen.iter().map(|serial| (*serial).to_owned()).collect(),
            needs_approval: false,
            approval: None,
        }
    }

    fn asked(mut view: RecoveryView, state: ApprovalState) -> RecoveryView {
        view.needs_approval = true;
        view.approval = Some(Approval {
            state,
            requested_at: time(),
            expires_at: time(),
            reason: None,
        });
        view
    }

    #[test]
    fn only_a_choice_of_the_user_s_own_goes_with_next() {
        let selects = view(Recovery::UserSelects, &["C", "B", "A"], &["C"]);
        for (kept, goes) in [
            ("", None),
            ("=", Some(vec![])),
            ("=A C", Some(vec!["C", "A"])),
            // One that is not there any more.
            ("=B X", Some(vec!["B"])),
        ] {
            let goes = goes.map(|serials: Vec<&str>| serials.into_iter().map(str::to_owned).collect());
            assert_eq!(recover(Some(&selects), kept), goes, "{kept}");
        }
        assert_eq!(recover(None, "=A"), None);
        for mode in [Recovery::All, Recovery::Newest] {
            assert_eq!(recover(Some(&view(mode, &["A"], &["A"])), "=A"), None);
        }
    }

    #[test]
    fn a_box_is_ticked_and_unticked_from_where_the_choice_stands() {
        let view = view(Recovery::UserSelects, &["C", "B", "A"], &["C", "B"]);
        let without = toggled(&view, "", "C", false);
        assert_eq!(chosen(&view, &without), ["B"]);
        let more = toggled(&view, &without, "A", true);
        assert_eq!(chosen(&view, &more), ["B", "A"]);
        assert_eq!(chosen(&view, &toggled(&view, &more, "A", true)), ["B", "A"]);
        let none = written(&[]);
        assert!(chosen(&view, &none).is_empty());
        assert_eq!(recover(Some(&view), &none), Some(vec![]));
    }

    #[test]
    fn what_was_asked_for_is_settled_until_it_is_refused_or_lapses() {
        use ApprovalState::{Approved, Lapsed, Pending, Refused};
        for (state, settled) in [
            (Pending, true),
            (Approved, true),
            (Refused, false),
            (Lapsed, false),
        ] {
            let view = asked(view(Recovery::UserSelects, &["B", "A"], &["B"]), state);
            assert_eq!(can_choose(&view), !settled, "{state:?}");
            let goes = recover(Some(&view), "=A");
            assert_eq!(goes, (!settled).then(|| vec!["A".to_owned()]), "{state:?}");
            assert_eq!(asks_first(&view, ""), !settled, "{state:?}");
        }
    }

    #[test]
    fn nobody_is_asked_for_nothing() {
        let mut view = view(Recovery::UserSelects, &["A"], &["A"]);
        assert!(!asks_first(&view, ""));
        view.needs_approval = true;
        assert!(asks_first(&view, ""));
        assert!(!asks_first(&view, &written(&[])));
    }

    #[test]
    fn the_reason_speaks_until_the_user_does() {
        use EncryptionFate::{Keep, Revoke};
        let mut lock = None;
        for (reason, becomes) in [
            (LockReason::Stolen, Revoke),
            (LockReason::Damaged, Keep),
            (LockReason::Replaced, Keep),
            (LockReason::Lost, Revoke),
        ] {
            let now = for_reason(reason, lock);
            assert_eq!(fate(&now), becomes, "{reason:?}");
            assert_eq!(now.encryption, None, "left to the reason");
            lock = Some(now);
        }
        let said = LockMobileId {
            reason: LockReason::Lost,
            encryption: Some(Keep),
        };
        assert_eq!(fate(&said), Keep);
        assert_eq!(fate(&for_reason(LockReason::Stolen, Some(said))), Keep);
    }

    #[test]
    fn an_encryption_certificate_lives_while_it_is_valid_or_on_hold() {
        let certificate = |purpose, state| Certificate {
            serial: String::new(),
            purpose,
            subject: String::new(),
            issuer: String::new(),
            not_before: time(),
            not_after: time(),
            state_in_ca: state,
            state_in_identity_manager: state,
        };
        for (purpose, state, lives) in [
            (Purpose::Encryption, CertificateState::Valid, true),
            (Purpose::Encryption, CertificateState::OnHold, true),
            (Purpose::Encryption, CertificateState::Revoked, false),
            (Purpose::Encryption, CertificateState::Expired, false),
            (Purpose::Encryption, CertificateState::Issued, false),
            (Purpose::Signature, CertificateState::Valid, false),
        ] {
            assert_eq!(
                has_living(&[certificate(purpose, state)]),
                lives,
                "{purpose:?} {state:?}"
            );
        }
    }
}
