//! The state machine by tables, and by chance: any order of events ends in a legal place.

use proptest::prelude::*;
use shared::{
    api::{CodeDelivery, Ending, Notify, ProcessState, Purpose, Step, Validity},
    protocol::pairing::PairingCode,
};
use time::{Duration, OffsetDateTime, macros::datetime};
use uuid::Uuid;

use super::{Claim, CodeRefusal, CodeStanding, Key, Pairing, Process, Stage};
use crate::domain::{limits::Limits, options::Plan, secret::Hash};

const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

fn plan() -> Plan {
    Plan {
        profile_name: "MobileID Anna".into(),
        server_name: "Smart ID".into(),
        user_id: "anna@example.com".into(),
        certificates: vec![Purpose::Authentication, Purpose::Signature],
        validity: Validity {
            years: 2,
            months: 0,
            days: 0,
        },
        offered: vec![],
        activation_code_seconds: 300,
        activation_mail_seconds: 1_800,
        delivery: CodeDelivery::Screen,
        notify: Notify::None,
        recovery: None,
        options_version: 1,
    }
}

fn claim(token: u8) -> Claim {
    Claim {
        device_token: Hash([token; 32]),
        pairing_key: [3; 32],
        phone: "Pixel 8, Chrome on Android".into(),
    }
}

fn keys() -> Vec<Key> {
    vec![
        Key {
            purpose: Purpose::Authentication,
            spki: vec![1],
        },
        Key {
            purpose: Purpose::Signature,
            spki: vec![2],
        },
    ]
}

fn at(state: ProcessState) -> Process {
    let limits = Limits::default();
    let started = Process::start(Uuid::nil(), Uuid::max(), plan(), NOW, &limits);
    let open = || started.clone().show_code(NOW, &limits).unwrap();
    let claimed = || open().claim_by(claim(1), NOW, &limits).unwrap();
    let received = || claimed().receive_keys(keys(), [9; 16], NOW, &limits).unwrap();
    let confirmed = || received().confirm(Uuid::max(), NOW, &limits).unwrap();
    match state {
        ProcessState::Started => started,
        ProcessState::Open => open(),
        ProcessState::Claimed => claimed(),
        ProcessState::KeysReceived => received(),
        ProcessState::Confirmed => confirmed(),
        ProcessState::Completed => confirmed().complete(NOW).unwrap(),
        ProcessState::Cancelled => received().cancel(Ending::CancelledByUser, NOW).unwrap(),
        ProcessState::Expired => open().lapse(NOW + Duration::days(2)),
        ProcessState::Failed => received().fail(Ending::UserNotActive, NOW),
    }
}

fn pairing_code() -> PairingCode {
    match at(ProcessState::KeysReceived).stage {
        Stage::KeysReceived(stage) => stage.pairing_code(),
        _ => unreachable!(),
    }
}

#[test]
fn every_state_goes_to_the_store_and_back() {
    for state in ProcessState::ALL {
        let process = at(state);
        assert_eq!(process.state(), state);
        let text = serde_json::to_string(&process.stage).unwrap();
        assert_eq!(
            serde_json::from_str::<Stage>(&text).unwrap(),
            process.stage,
            "{text}"
        );
    }
}

#[test]
fn each_transition_is_taken_from_its_own_state_only() {
    use ProcessState::{Claimed, Completed, Confirmed, KeysReceived, Open, Started};
    let limits = Limits::default();
    for state in ProcessState::ALL {
        let is = |states: &[ProcessState]| states.contains(&state);
        assert_eq!(
            at(state).show_code(NOW, &limits).is_ok(),
            is(&[Started, Open]),
            "code {state:?}"
        );
        assert_eq!(
            at(state).claim_by(claim(2), NOW, &limits).is_ok(),
            is(&[Open]),
            "claim {state:?}"
        );
        assert_eq!(
            at(state).receive_keys(keys(), [0; 16], NOW, &limits).is_ok(),
            is(&[Claimed]),
            "keys {state:?}"
        );
        assert_eq!(
            at(state).pair(&pairing_code(), NOW).is_ok(),
            is(&[KeysReceived]),
            "pair {state:?}"
        );
        assert_eq!(
            at(state).confirm(Uuid::nil(), NOW, &limits).is_ok(),
            is(&[KeysReceived]),
            "confirm {state:?}"
        );
        assert_eq!(
            at(state).complete(NOW).is_ok(),
            is(&[Confirmed]),
            "complete {state:?}"
        );
        assert_eq!(
            at(state).cancel(Ending::CancelledByUser, NOW).is_ok(),
            is(&[Started, Open, Claimed, KeysReceived, Confirmed]),
            "cancel {state:?}"
        );
        assert_eq!(
            at(state).is_over(NOW + Duration::days(400)),
            !state.is_final(),
            "lapse {state:?}"
        );
        assert_eq!(
            at(state).fail(Ending::UserNotActive, NOW).state() == ProcessState::Failed,
            state != Completed && state != ProcessState::Cancelled && state != ProcessState::Expired
        );
    }
}

#[test]
fn time_ends_each_state_for_its_own_reason() {
    let limits = Limits::default();
    let table = [
        (
            ProcessState::Started,
            limits.process_ttl,
            ProcessState::Expired,
            Ending::Abandoned,
        ),
        (
            ProcessState::Open,
            limits.process_ttl,
            ProcessState::Expired,
            Ending::Abandoned,
        ),
        (
            ProcessState::Claimed,
            limits.keys_ttl,
            ProcessState::Failed,
            Ending::PhoneSilent,
        ),
        (
            ProcessState::KeysReceived,
            limits.confirmation_ttl,
            ProcessState::Failed,
            Ending::NotConfirmedInTime,
        ),
        (
            ProcessState::Confirmed,
            limits.receipt_ttl,
            ProcessState::Failed,
            Ending::ReceiptMissing,
        ),
    ];
    for (from, ttl, to, ending) in table {
        let too_early = NOW + ttl - Duration::MILLISECOND;
        assert_eq!(at(from).lapse(too_early), at(from), "{from:?} too early");
        let lapsed = at(from).lapse(NOW + ttl);
        assert_eq!((lapsed.state(), lapsed.ending()), (to, Some(ending)), "{from:?}");
        assert_eq!(
            lapsed.mobile_id(),
            at(from).mobile_id(),
            "what was issued is still known, to be revoked"
        );
    }
}

#[test]
fn a_code_is_worth_something_once_and_to_one_phone() {
    use CodeRefusal::{Cancelled, Expired, Replaced, Used};
    let this = Some(Hash([1; 32]));
    let other = Some(Hash([2; 32]));
    let expires = NOW + Duration::minutes(5);
    let standing = |state, number, token, now| at(state).code_standing(number, token, now);
    assert_eq!(
        standing(ProcessState::Open, 1, None, NOW),
        Ok(CodeStanding::Open(expires))
    );
    assert_eq!(standing(ProcessState::Open, 1, None, expires), Err(Expired));
    let renewed = at(ProcessState::Open).show_code(NOW, &Limits::default()).unwrap();
    assert_eq!(renewed.code_standing(1, None, NOW), Err(Replaced));
    assert_eq!(
        renewed.code_standing(2, None, NOW),
        Ok(CodeStanding::Open(expires))
    );
    for state in [
        ProcessState::Claimed,
        ProcessState::KeysReceived,
        ProcessState::Confirmed,
    ] {
        assert_eq!(
            standing(state, 1, this, NOW),
            Ok(CodeStanding::ClaimedByThisPhone),
            "{state:?}"
        );
        assert_eq!(standing(state, 1, other, NOW), Err(Used), "{state:?}");
        assert_eq!(standing(state, 1, None, NOW), Err(Used), "{state:?}");
    }
    assert_eq!(standing(ProcessState::Completed, 1, this, NOW), Err(Used));
    assert_eq!(standing(ProcessState::Cancelled, 1, None, NOW), Err(Cancelled));
    assert_eq!(standing(ProcessState::Expired, 1, None, NOW), Err(Expired));
}

#[test]
fn a_code_goes_where_the_plan_says_and_a_mailed_one_lives_longer() {
    use CodeDelivery::{Mail, Screen, ScreenWithoutAddress};
    use ProcessState::{Claimed, Completed, Open, Started};
    let (limits, mail) = (Limits::default(), Uuid::max());
    let table = [
        // Where the plan sends it, the state; whether the screen and a mail are open to it.
        (Screen, Started, true, false),
        (Screen, Open, true, true),
        (ScreenWithoutAddress, Started, true, false),
        (ScreenWithoutAddress, Open, true, true),
        (Mail, Started, false, true),
        (Mail, Open, false, true),
        (Mail, Claimed, false, false),
        (Screen, Claimed, false, false),
    ];
    for (delivery, state, on_screen, by_mail) in table {
        let process = || {
            let mut process = at(state);
            process.plan.delivery = delivery;
            process
        };
        let shown = process().show_code(NOW, &limits);
        let mailed = process().mail_code(mail, NOW, &limits);
        let found = (shown.is_ok(), mailed.is_ok());
        assert_eq!(found, (on_screen, by_mail), "{delivery:?} {state:?}");
        for (process, minutes, id) in [(shown, 5, None), (mailed, 30, Some(mail))] {
            let Ok(Stage::Open(open)) = process.map(|process| process.stage) else {
                continue;
            };
            assert_eq!(open.code_expires_at, NOW + Duration::minutes(minutes));
            assert_eq!(open.mail, id);
        }
    }
    let ended = at(Completed).mail_code(mail, NOW, &limits);
    assert_eq!(ended, Err(super::Refusal::Ended));
    let before = r#"{"open":{"until":1,"code_number":1,"code_expires_at":1}}"#;
    let Stage::Open(open) = serde_json::from_str(before).unwrap() else {
        panic!("a stage of before is not read");
    };
    assert_eq!(open.mail, None);
}

#[test]
fn the_user_is_told_of_what_the_options_say_and_they_do_not_know() {
    let cancelled = |ending| at(ProcessState::Claimed).cancel(ending, NOW).unwrap();
    let failed = |ending| at(ProcessState::Claimed).fail(ending, NOW);
    let issued = |ending| at(ProcessState::Confirmed).cancel(ending, NOW).unwrap();
    // The process; whether it counts as a success, as a failure.
    let table = [
        (at(ProcessState::Completed), true, false),
        (at(ProcessState::Expired), false, true),
        (failed(Ending::UserNotActive), false, true),
        (failed(Ending::PairingCodeWrong), false, true),
        (failed(Ending::PhoneSilent), false, true),
        (cancelled(Ending::CancelledOnPhone), false, true),
        (cancelled(Ending::DisownedByMail), false, true),
        (cancelled(Ending::CancelledByUser), false, false),
        (cancelled(Ending::PhoneNotRecognised), false, false),
        (issued(Ending::CancelledByUser), false, true),
        (issued(Ending::PhoneNotRecognised), false, true),
        (at(ProcessState::Open), false, false),
        (at(ProcessState::Confirmed), false, false),
    ];
    for (mut process, success, failure) in table {
        for (notify, expected) in [
            (Notify::None, false),
            (Notify::Success, success),
            (Notify::Failure, failure),
            (Notify::Both, success || failure),
        ] {
            process.plan.notify = notify;
            assert_eq!(process.is_told(), expected, "{notify:?} {:?}", process.stage);
        }
    }
}

#[test]
fn keys_lie_sealed_from_the_issuance_until_the_receipt() {
    for state in ProcessState::ALL {
        let mut process = at(state);
        let is_confirmed = state == ProcessState::Confirmed;
        assert_eq!(process.sealed_keys(0), 0, "{state:?}");
        assert_eq!(
            process.sealed_keys(2),
            if is_confirmed { 2 } else { 0 },
            "{state:?}"
        );
        process.plan.certificates.push(Purpose::Encryption);
        assert_eq!(
            process.sealed_keys(2),
            if is_confirmed { 3 } else { 0 },
            "{state:?}"
        );
    }
}

#[test]
fn keys_are_exactly_the_wanted_ones_and_may_be_sent_twice() {
    let limits = Limits::default();
    let mut twice = keys();
    twice.push(keys().remove(0));
    let wrong = [vec![], keys().split_off(1), twice];
    for set in wrong {
        assert!(
            at(ProcessState::Claimed)
                .receive_keys(set, [0; 16], NOW, &limits)
                .is_err()
        );
    }
    let received = at(ProcessState::KeysReceived);
    let mut turned = keys();
    turned.reverse();
    assert_eq!(received.nonce_for(&turned), Some([9; 16]));
    assert_eq!(received.nonce_for(&turned[..1]), None);
    let other = vec![
        Key {
            purpose: Purpose::Authentication,
            spki: vec![7],
        },
        turned.remove(0),
    ];
    assert_eq!(received.nonce_for(&other), None);
}

#[test]
fn five_wrong_pairing_codes_end_it() {
    let right = pairing_code();
    let wrong = PairingCode::parse(if right.as_str() == "000000" {
        "000001"
    } else {
        "000000"
    })
    .unwrap();
    let mut process = at(ProcessState::KeysReceived);
    for left in [4, 3, 2, 1, 0] {
        match process.pair(&wrong, NOW).unwrap() {
            Pairing::Wrong(next, tries_left) => {
                assert_eq!(tries_left, left);
                process = next;
            }
            Pairing::Right(..) => panic!("a wrong code was taken"),
        }
    }
    assert_eq!(
        (process.state(), process.ending()),
        (ProcessState::Failed, Some(Ending::PairingCodeWrong))
    );
    assert!(process.pair(&right, NOW).is_err());
}

#[test]
fn next_counts_for_the_step_it_was_pressed_on() {
    let table = [
        (ProcessState::Started, Step::Introduction, true),
        (ProcessState::Open, Step::Introduction, false),
        (ProcessState::Open, Step::Scan, true),
        (ProcessState::KeysReceived, Step::Scan, true),
        (ProcessState::Confirmed, Step::Scan, false),
        (ProcessState::Cancelled, Step::Scan, false),
    ];
    for (state, step, is_at) in table {
        assert_eq!(at(state).is_at(step), is_at, "{state:?} {step:?}");
    }
}

/// What can happen to a process, in any order.
#[derive(Debug, Clone, Copy)]
enum Happening {
    ShowCode,
    MailCode,
    Claim,
    Keys,
    PairRight,
    PairWrong,
    Confirm,
    Complete,
    Cancel,
    Fail,
    Wait(i64),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        3 => Just(Happening::ShowCode),
        1 => Just(Happening::MailCode),
        3 => Just(Happening::Claim),
        3 => Just(Happening::Keys),
        1 => Just(Happening::PairRight),
        2 => Just(Happening::PairWrong),
        3 => Just(Happening::Confirm),
        3 => Just(Happening::Complete),
        1 => Just(Happening::Cancel),
        1 => Just(Happening::Fail),
        2 => (0_i64..2_000).prop_map(Happening::Wait),
    ]
}

fn happen(process: Process, what: Happening, now: &mut OffsetDateTime) -> Process {
    let limits = Limits::default();
    let before = process.clone();
    let pair = |process: Process, code: &PairingCode, now| match process.pair(code, now) {
        Ok(Pairing::Wrong(next, _)) => Ok(next),
        Ok(Pairing::Right(same, _)) => Ok(same),
        Err(_) => Err(()),
    };
    let after = match what {
        Happening::ShowCode => process.show_code(*now, &limits).map_err(drop),
        Happening::MailCode => process.mail_code(Uuid::nil(), *now, &limits).map_err(drop),
        Happening::Claim => process.claim_by(claim(1), *now, &limits).map_err(drop),
        Happening::Keys => process.receive_keys(keys(), [9; 16], *now, &limits).map_err(drop),
        Happening::PairRight => pair(process, &pairing_code(), *now),
        Happening::PairWrong => pair(process, &PairingCode::parse("000000").unwrap(), *now),
        Happening::Confirm => process.confirm(Uuid::max(), *now, &limits).map_err(drop),
        Happening::Complete => process.complete(*now).map_err(drop),
        Happening::Cancel => process.cancel(Ending::CancelledByUser, *now).map_err(drop),
        Happening::Fail => Ok(process.fail(Ending::UserNotActive, *now)),
        Happening::Wait(seconds) => {
            *now += Duration::seconds(seconds);
            Ok(process.lapse(*now))
        }
    };
    after.unwrap_or(before)
}

/// The order of DESIGN's arrow; every end comes last.
fn rank(state: ProcessState) -> usize {
    ProcessState::ALL.iter().position(|s| *s == state).unwrap()
}

proptest! {
    #[test]
    fn any_order_of_events_moves_forward_only(events in prop::collection::vec(happening(), 0..60)) {
        let mut now = NOW;
        let mut process = at(ProcessState::Started);
        for event in events {
            let before = process.clone();
            process = happen(process, event, &mut now);
            let (from, to) = (before.state(), process.state());
            prop_assert!(rank(to) >= rank(from) , "{from:?} -> {to:?}");
            if from.is_final() {
                prop_assert_eq!(&before, &process, "a final state was left");
            }
            if !to.is_final() {
                prop_assert!(rank(to) <= rank(from) + 1, "a state was skipped");
                prop_assert!(process.until().is_some(), "a state that never ends by itself");
            }
            prop_assert_eq!(process.mobile_id().is_some() && to != ProcessState::Confirmed && to != ProcessState::Completed, process.mobile_id().is_some() && matches!(process.stage, Stage::Ended(_)));
        }
    }
}
