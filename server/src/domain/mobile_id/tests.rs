use super::*;
use shared::api::{CertificateState, EncryptionFate, MobileIdAction};
use time::{Duration, macros::datetime};

const END: OffsetDateTime = datetime!(2028-11-22 12:00 UTC);
const AFTER: OffsetDateTime = datetime!(2028-11-22 12:00:01 UTC);

fn in_state(state: MobileIdState) -> MobileId {
    MobileId {
        id: Uuid::nil(),
        user: Uuid::nil(),
        process: Uuid::nil(),
        name: String::new(),
        server_name: String::new(),
        user_id: String::new(),
        phone: String::new(),
        state,
        state_since: END - Duration::days(730),
        failure: None,
        lock_reason: None,
        encryption_kept: false,
        pause_cause: (state == MobileIdState::Inactive).then_some(PauseCause::User),
        pause_end: None,
        valid_from: END - Duration::days(730),
        valid_until: END,
        deleted_at: None,
    }
}

/// Every state with what may hang on it, and before and after the end.
fn every_state() -> Vec<(MobileId, OffsetDateTime)> {
    use MobileIdState::{Active, Expired, Inactive, Locked, Registered};
    let mut all: Vec<_> = [Registered, Active, Inactive, Locked, Expired]
        .map(in_state)
        .into();
    all.push(in_state(Registered).leave_registered(Ending::CancelledByUser));
    all.push(MobileId {
        pause_cause: Some(PauseCause::UserInactive),
        ..in_state(Inactive)
    });
    let deleted = [Registered, Locked, Expired].map(|state| MobileId {
        failure: Some(Ending::CancelledByUser),
        deleted_at: Some(END),
        ..in_state(state)
    });
    all.extend(deleted);
    let times = [END, AFTER];
    let with_times = all
        .into_iter()
        .flat_map(|one| times.map(|now| (one.clone(), now)));
    with_times.collect()
}

#[test]
fn time_ends_what_is_not_ended_already() {
    use CertificateState::{Expired, Issued, OnHold, Revoked, Valid};
    for (state, later) in [
        (Valid, Expired),
        (OnHold, Expired),
        (Issued, Expired),
        (Revoked, Revoked),
    ] {
        assert_eq!(certificate_state_at(state, END, END), state);
        assert_eq!(certificate_state_at(state, END, AFTER), later);
    }
}

/// What a transition came to: the state that was reached, or nothing to do, or a refusal.
#[derive(Debug, PartialEq)]
enum Came {
    To(MobileIdState),
    Same,
    Refused(Refusal),
}

fn came(outcome: Result<Outcome, Refusal>, now: OffsetDateTime) -> Came {
    match outcome {
        Ok(Outcome::Changed(next)) => {
            assert!(next.state_since == now || next.deleted_at == Some(now));
            Came::To(next.state)
        }
        Ok(Outcome::Same(_)) => Came::Same,
        Err(refusal) => Came::Refused(refusal),
    }
}

#[test]
fn each_transition_is_taken_from_its_states_only() {
    use Came::{Refused, Same, To};
    use MobileIdState::{Active, Expired, Inactive, Locked, Registered};
    use Refusal::{Ended, InUse, NotReady};
    let table = [
        (
            Registered,
            END,
            To(Locked),
            Refused(NotReady),
            Refused(NotReady),
            Refused(InUse),
        ),
        (Active, END, To(Locked), To(Inactive), Same, Refused(InUse)),
        (Inactive, END, To(Locked), Same, To(Active), Refused(InUse)),
        (Locked, END, Same, Refused(Ended), Refused(Ended), To(Locked)),
        (
            Expired,
            END,
            Refused(Ended),
            Refused(Ended),
            Refused(Ended),
            To(Expired),
        ),
        (
            Active,
            AFTER,
            Refused(Ended),
            Refused(Ended),
            Refused(Ended),
            To(Active),
        ),
        (
            Inactive,
            AFTER,
            Refused(Ended),
            Refused(Ended),
            Refused(Ended),
            To(Inactive),
        ),
    ];
    for (state, now, lock, pause, resume, delete) in table {
        let (one, user) = (in_state(state), PauseCause::User);
        let found = one.clone().lock(LockReason::Lost, EncryptionFate::Revoke, now);
        assert_eq!(came(found, now), lock, "lock {state:?} {now}");
        assert_eq!(
            came(one.clone().pause(user, now), now),
            pause,
            "pause {state:?} {now}"
        );
        assert_eq!(
            came(one.clone().resume(user, now), now),
            resume,
            "resume {state:?} {now}"
        );
        assert_eq!(came(one.delete(now), now), delete, "delete {state:?} {now}");
    }
}

#[test]
fn a_lock_keeps_the_encryption_certificate_of_what_a_phone_has_confirmed() {
    use EncryptionFate::{Keep, Revoke};
    for (state, fate, kept) in [
        (MobileIdState::Active, Keep, true),
        (MobileIdState::Active, Revoke, false),
        (MobileIdState::Inactive, Keep, true),
        (MobileIdState::Registered, Keep, false),
    ] {
        let Ok(Outcome::Changed(locked)) = in_state(state).lock(LockReason::Replaced, fate, END) else {
            panic!("{state:?}");
        };
        assert_eq!(locked.encryption_kept, kept, "{state:?} {fate:?}");
        assert_eq!(locked.revoke_kept().is_some(), kept);
        assert_eq!(locked.expire_kept(END), None);
        let expired = locked.expire_kept(AFTER);
        assert_eq!(expired.is_some(), kept);
        let gone = expired.unwrap_or(locked.clone());
        assert_eq!((gone.revoke_kept(), gone.state), (None, MobileIdState::Locked));
        // Another window, with another fate.
        let again = locked.clone().lock(LockReason::Lost, Revoke, END);
        assert_eq!(again, Ok(Outcome::Same(locked)));
    }
}

#[test]
fn what_was_paused_is_resumed_by_whoever_paused_it() {
    let causes = [PauseCause::User, PauseCause::UserInactive];
    for paused_by in causes {
        let Ok(Outcome::Changed(paused)) = in_state(MobileIdState::Active).pause(paused_by, END) else {
            panic!("an active one can be paused");
        };
        for resumed_by in causes {
            let resumed = paused.clone().resume(resumed_by, END);
            assert_eq!(
                came(resumed, END),
                if paused_by == resumed_by {
                    Came::To(MobileIdState::Active)
                } else {
                    Came::Refused(Refusal::PausedByAnother)
                }
            );
            // The first cause stays.
            let again = paused.clone().pause(resumed_by, END);
            assert_eq!(again, Ok(Outcome::Same(paused.clone())));
        }
    }
}

#[test]
fn a_phone_activates_once_and_only_what_has_not_failed() {
    for (one, now) in every_state() {
        let may = one.state == MobileIdState::Registered && one.failure.is_none();
        assert_eq!(one.clone().activate(now).is_ok(), may, "{one:?}");
    }
}

#[test]
fn only_time_ends_what_works_and_it_ended_when_it_was_over() {
    for (one, now) in every_state() {
        let works = matches!(one.state, MobileIdState::Active | MobileIdState::Inactive);
        let expired = one.expire(now);
        assert_eq!(expired.is_some(), works && now > END, "{one:?}");
        if let Some(expired) = expired {
            assert_eq!(
                (expired.state, expired.state_since),
                (MobileIdState::Expired, END)
            );
            assert_eq!(one.state_since_at(now), END);
            assert_eq!(expired.expire(now), None);
        }
    }
}

#[test]
fn the_actions_that_are_shown_are_those_that_are_taken() {
    let changes = |outcome| matches!(outcome, Ok(Outcome::Changed(_)));
    for (one, now) in every_state() {
        let taken = [
            (
                MobileIdAction::Lock,
                changes(one.clone().lock(LockReason::Lost, EncryptionFate::Revoke, now)),
            ),
            (
                MobileIdAction::Pause,
                changes(one.clone().pause(PauseCause::User, now)),
            ),
            (
                MobileIdAction::Resume,
                changes(one.clone().resume(PauseCause::User, now)),
            ),
            (MobileIdAction::Delete, changes(one.clone().delete(now))),
        ];
        let shown = one.actions(true, now);
        for (action, taken) in taken {
            let taken = taken && one.deleted_at.is_none();
            assert_eq!(shown.contains(&action), taken, "{action:?} {now} {one:?}");
        }
        let inactive = one.actions(false, now);
        assert!(inactive.iter().all(|action| shown.contains(action)));
        assert_eq!(
            inactive.contains(&MobileIdAction::Lock),
            shown.contains(&MobileIdAction::Lock)
        );
        assert!(!inactive.contains(&MobileIdAction::Resume) && !inactive.contains(&MobileIdAction::Delete));
    }
}

#[test]
fn nothing_leaves_a_final_state() {
    let is_final =
        |one: &MobileId, now| matches!(one.state_at(now), MobileIdState::Locked | MobileIdState::Expired);
    for (one, now) in every_state().into_iter().filter(|(one, now)| is_final(one, *now)) {
        let outcomes = [
            one.clone().lock(LockReason::Lost, EncryptionFate::Revoke, now),
            one.clone().pause(PauseCause::User, now),
            one.clone().resume(PauseCause::User, now),
            one.clone().delete(now),
            one.clone().activate(now).map(Outcome::Changed),
        ];
        for outcome in outcomes {
            if let Ok(Outcome::Changed(next) | Outcome::Same(next)) = outcome {
                assert_eq!(next.state_at(now), one.state_at(now), "{one:?}");
                assert_eq!(next.lock_reason, one.lock_reason, "{one:?}");
            }
        }
    }
}

#[test]
fn each_reason_has_its_number_in_rfc_5280() {
    for (reason, code) in [
        (LockReason::Lost, 1),
        (LockReason::Stolen, 1),
        (LockReason::DisownedByMail, 1),
        (LockReason::Replaced, 4),
        (LockReason::Damaged, 5),
        (LockReason::NoLongerNeeded, 5),
        (LockReason::PausedTooLong, 5),
        (LockReason::UserLocked, 9),
    ] {
        assert_eq!(RevocationReason::from(reason).code(), code, "{reason:?}");
    }
}

/// Paused at the beginning of its life.
fn paused() -> MobileId {
    in_state(MobileIdState::Inactive)
}

#[test]
fn a_pause_ends_in_a_lock_where_the_installation_says_so() {
    let since = paused().state_since;
    for (one, most, end) in [
        (paused(), Some(90), Some(since + Duration::days(90))),
        (paused(), None, None),
        (in_state(MobileIdState::Active), Some(90), None),
        (in_state(MobileIdState::Locked), Some(90), None),
    ] {
        assert_eq!(one.locks_at(most, since), end, "{most:?} {:?}", one.state);
    }
    assert_eq!(paused().locks_at(Some(90), AFTER), None);
    // Its own time is over first.
    assert_eq!(paused().locks_at(Some(731), since), None);
    assert_eq!(paused().pause_end_due(Some(731), END - Duration::HOUR), None);
}

/// Walks along the time in hours and writes down when mails go and when it is locked, in days since the pause.
fn walk(most: u32, down: std::ops::Range<i64>) -> (Vec<(u32, i64)>, i64) {
    let (mut one, mut told) = (paused(), vec![]);
    for hour in 0..24 * 365 {
        if down.contains(&(hour / 24)) {
            continue;
        }
        let now = one.state_since + Duration::hours(hour);
        if let Some((days, end)) = one.pause_end_due(Some(most), now) {
            assert!(end - now > Duration::ZERO);
            told.push((days, hour / 24));
            one = one.announce_pause_end(days, now);
        }
        if one.locks_at(Some(most), now).is_some_and(|end| end <= now) {
            return (told, hour / 24);
        }
    }
    panic!("it was never locked");
}

#[test]
fn the_end_of_a_pause_is_told_before_and_never_in_a_heap() {
    let up = 0..0;
    assert_eq!(walk(90, up.clone()), (vec![(14, 76), (7, 83), (1, 89)], 90));
    // Those days that lie within the pause.
    assert_eq!(walk(14, up.clone()), (vec![(7, 7), (1, 13)], 14));
    assert_eq!(walk(7, up.clone()), (vec![(1, 6)], 7));
    assert_eq!(walk(1, up), (vec![(1, 0)], 1));
    // The server was down: one mail for all that were missed, and a day to go at least.
    assert_eq!(walk(90, 70..84), (vec![(7, 84), (1, 89)], 90));
    assert_eq!(walk(90, 70..120), (vec![(1, 120)], 121));
    // What was told two weeks before needs no second day.
    assert_eq!(walk(90, 77..120), (vec![(14, 76)], 120));
}
