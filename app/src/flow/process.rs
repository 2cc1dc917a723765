//! What the dialog shows of a process, and which of two views of it is the later one. The rules of the process
//! itself are the server's.

use shared::api::{
    ApprovalState, MailState, MobileIdState, ProcessAction, ProcessState, ProcessView, Step, Timestamp,
};
use shared::problem::Code;
use shared::protocol::pairing::PairingCode;
use uuid::Uuid;

use super::encryption::approval;

pub const STEPS: u8 = 3;

pub const fn step_number(step: Step) -> u8 {
    match step {
        Step::Introduction => 1,
        Step::Scan => 2,
        Step::Done => 3,
    }
}

/// One picture of the dialog. As long as it is the same, what was typed and where the focus is stay untouched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    Loading,
    /// And what came of the request where a second person approves the recovery.
    Introduction(Option<ApprovalState>),
    /// The code is out.
    Code,
    /// A phone has opened the link.
    Opened,
    /// The phone is ready: the digits are asked for.
    Digits,
    /// The phone stores and confirms.
    Finishing,
    Done,
    /// Over, otherwise than well.
    Ended,
}

pub fn picture(view: Option<&ProcessView>) -> Picture {
    let Some(view) = view else { return Picture::Loading };
    match view.state {
        ProcessState::Started => Picture::Introduction(approval(view.recovery.as_ref())),
        ProcessState::Open => Picture::Code,
        ProcessState::Claimed => Picture::Opened,
        ProcessState::KeysReceived => Picture::Digits,
        ProcessState::Confirmed => Picture::Finishing,
        ProcessState::Completed => Picture::Done,
        ProcessState::Cancelled | ProcessState::Expired | ProcessState::Failed => Picture::Ended,
    }
}

/// Answers and live events overtake each other; a process never goes back, so a view of an earlier state, of an
/// earlier code, or from before what became of the code's mail or of the request for approval was known, is an old one.
/// Attempts count the mail up as each begins; an administrator who has a failed mail tried again changes nothing in them.
pub fn is_newer(incoming: &ProcessView, known: &ProcessView) -> bool {
    fn order(view: &ProcessView) -> (u8, Option<(&Timestamp, bool)>, u32, u32, u8) {
        let activation = view.activation.as_ref();
        let number = activation.map_or(0, |activation| activation.number);
        let mail = activation.and_then(|activation| activation.mail.as_ref());
        let attempts = mail.map_or(0, |mail| mail.attempts);
        let outcome = mail.map_or(0, |mail| match mail.state {
            MailState::Sending => 0,
            MailState::Waiting | MailState::Failed | MailState::Cancelled => 1,
            MailState::Sent => 2,
        });
        let asked = view
            .recovery
            .as_ref()
            .and_then(|recovery| recovery.approval.as_ref());
        // Once the process has gone on, what was asked for before matters no more.
        let asked = asked.filter(|_| view.state == ProcessState::Started);
        let asked = asked.map(|asked| (&asked.requested_at, asked.state != ApprovalState::Pending));
        (rank(view.state), asked, number, attempts, outcome)
    }
    order(incoming) >= order(known)
}

const fn rank(state: ProcessState) -> u8 {
    match state {
        ProcessState::Started => 0,
        ProcessState::Open => 1,
        ProcessState::Claimed => 2,
        ProcessState::KeysReceived => 3,
        ProcessState::Confirmed => 4,
        ProcessState::Completed | ProcessState::Cancelled | ProcessState::Expired | ProcessState::Failed => 5,
    }
}

/// What stands where the QR code would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeOnScreen {
    /// This window has no code yet: ask for one.
    Wanted,
    Shown,
    /// It went by e-mail: there is none to show, in whichever window.
    Mailed,
    /// Another window has made a newer one.
    Elsewhere,
}

/// `known`: the greatest number of a code that this window has shown, or has told to be in a mail.
pub fn code_on_screen(view: &ProcessView, known: Option<u32>) -> Option<CodeOnScreen> {
    let activation = view.activation.as_ref()?;
    if activation.mail.is_some() {
        return Some(CodeOnScreen::Mailed);
    }
    Some(match known {
        None => CodeOnScreen::Wanted,
        Some(number) if number >= activation.number => CodeOnScreen::Shown,
        Some(_) => CodeOnScreen::Elsewhere,
    })
}

/// A phone has part in it already: Cancel says first what it will do.
pub const fn is_half_way(state: ProcessState) -> bool {
    matches!(
        state,
        ProcessState::Claimed | ProcessState::KeysReceived | ProcessState::Confirmed
    )
}

/// The mobile ID that the user has already.
pub fn earlier_id(view: Option<&ProcessView>) -> Option<Uuid> {
    view?.active_mobile_id.as_ref().map(|earlier| earlier.id)
}

/// The earlier mobile ID is locked, and no other one works.
pub fn has_none_left(view: &ProcessView) -> bool {
    let works = |state| state == MobileIdState::Active;
    view.replaced.is_some()
        && !view
            .active_mobile_id
            .as_ref()
            .is_some_and(|kept| works(kept.state))
}

pub fn allows(view: &ProcessView, action: ProcessAction) -> bool {
    view.actions.contains(&action)
}

/// The digits as typed, or what is wrong with them.
pub fn check_digits(typed: &str) -> Result<String, Code> {
    if typed.trim().is_empty() {
        return Err(Code::PairingCodeMissing);
    }
    PairingCode::parse(typed)
        .map(|code| code.as_str().to_owned())
        .ok_or(Code::PairingCodeMalformed)
}

#[cfg(test)]
mod tests {
    use shared::api::{
        Activation, Approval, CodeDelivery, MailedCode, MobileIdSummary, Plan, ProcessKind, Recovery,
        RecoveryView, Validity,
    };

    use super::*;

    fn view(state: ProcessState, code: Option<u32>) -> ProcessView {
        ProcessView {
            id: Uuid::nil(),
            kind: ProcessKind::GetMobileId,
            state,
            step: Step::Scan,
            actions: vec![ProcessAction::Cancel],
            ending: None,
            started_at: Timestamp(String::new()),
            expires_at: None,
            password_needed: false,
            plan: Plan {
                profile_name: String::new(),
                server_name: String::new(),
                user_id: String::new(),
                certificates: vec![],
                choices: vec![],
                validity: Validity {
                    years: 2,
                    months: 0,
                    days: 0,
                },
                delivery: CodeDelivery::Screen,
                mail_address: None,
            },
            recovery: None,
            active_mobile_id: None,
            replaced: None,
            activation: code.map(|number| Activation {
                number,
                expires_at: Timestamp(String::new()),
                code: None,
                mail: None,
            }),
            phone: None,
            pairing_tries_left: None,
            mobile_id: None,
        }
    }

    fn mobile_id(id: u128, state: MobileIdState) -> MobileIdSummary {
        MobileIdSummary {
            id: Uuid::from_u128(id),
            name: String::new(),
            state,
            phone: String::new(),
            valid_until: Timestamp(String::new()),
            state_since: Timestamp(String::new()),
            locks_at: None,
        }
    }

    #[test]
    fn none_is_left_where_the_earlier_is_locked_and_no_other_works() {
        let mut view = view(ProcessState::Open, None);
        assert!(!has_none_left(&view), "none was there before");
        view.replaced = Some(mobile_id(1, MobileIdState::Locked));
        for (kept, is_left) in [
            (None, true),
            (Some(mobile_id(2, MobileIdState::Inactive)), true),
            (Some(mobile_id(2, MobileIdState::Active)), false),
        ] {
            view.active_mobile_id = kept;
            assert_eq!(has_none_left(&view), is_left);
        }
    }

    #[test]
    fn a_view_that_was_overtaken_is_dropped() {
        use ProcessState::{Cancelled, Claimed, Confirmed, KeysReceived, Open, Started};
        for (incoming, known, newer) in [
            ((Open, Some(1)), (Started, None), true),
            ((Started, None), (Open, Some(1)), false),
            ((Open, Some(2)), (Open, Some(1)), true),
            ((Open, Some(1)), (Open, Some(2)), false),
            ((KeysReceived, None), (KeysReceived, None), true),
            ((Claimed, None), (KeysReceived, None), false),
            ((Cancelled, None), (Confirmed, None), true),
            ((Confirmed, None), (Cancelled, None), false),
        ] {
            let is = is_newer(&view(incoming.0, incoming.1), &view(known.0, known.1));
            assert_eq!(is, newer, "{incoming:?} after {known:?}");
        }
    }

    fn asked(at: &str, state: ApprovalState) -> ProcessView {
        let mut view = view(ProcessState::Started, None);
        view.recovery = Some(RecoveryView {
            mode: Recovery::All,
            earlier: vec![],
            chosen: vec![],
            needs_approval: true,
            approval: Some(Approval {
                state,
                requested_at: Timestamp(at.into()),
                expires_at: Timestamp(String::new()),
                reason: None,
            }),
        });
        view
    }

    #[test]
    fn what_became_of_a_request_is_not_forgotten_for_an_earlier_answer() {
        use ApprovalState::{Approved, Pending, Refused};
        let (first, second) = ("2026-11-27T05:00:00Z", "2026-11-27T06:00:00Z");
        let started = view(ProcessState::Started, None);
        assert!(is_newer(&asked(first, Pending), &started));
        assert!(!is_newer(&started, &asked(first, Pending)));
        for (incoming, known, newer) in [
            ((first, Refused), (first, Pending), true),
            ((first, Pending), (first, Refused), false),
            // Asked again.
            ((second, Pending), (first, Refused), true),
            ((first, Refused), (second, Pending), false),
        ] {
            let is = is_newer(&asked(incoming.0, incoming.1), &asked(known.0, known.1));
            assert_eq!(is, newer, "{incoming:?} after {known:?}");
        }
        assert!(is_newer(
            &view(ProcessState::Open, Some(1)),
            &asked(first, Approved)
        ));
    }

    #[test]
    fn what_came_of_a_request_is_a_picture_of_its_own() {
        for state in ApprovalState::ALL {
            let shown = picture(Some(&asked("", state)));
            assert_eq!(shown, Picture::Introduction(Some(state)), "{state:?}");
        }
    }

    fn mailed(number: u32, attempts: u32, state: MailState) -> ProcessView {
        let mut view = view(ProcessState::Open, Some(number));
        if let Some(activation) = view.activation.as_mut() {
            activation.mail = Some(MailedCode {
                address: "a…@example.com".into(),
                written_at: Timestamp(String::new()),
                state,
                handed_over_at: None,
                attempts,
                resend_at: Timestamp(String::new()),
            });
        }
        view
    }

    #[test]
    fn what_became_of_the_mail_is_not_forgotten_for_an_earlier_answer() {
        use MailState::{Failed, Sending, Sent, Waiting};
        for (incoming, known, newer) in [
            ((Sending, 1), (Waiting, 0), true),
            ((Sent, 1), (Sending, 1), true),
            ((Sent, 1), (Waiting, 0), true),
            ((Waiting, 0), (Sent, 1), false),
            ((Sending, 1), (Sent, 1), false),
            ((Failed, 1), (Waiting, 0), true),
            // The answer to Next comes after the event.
            ((Waiting, 0), (Failed, 1), false),
            ((Sending, 1), (Failed, 1), false),
            ((Waiting, 1), (Sending, 1), true),
            ((Sending, 2), (Waiting, 1), true),
            // An administrator has it tried again.
            ((Waiting, 1), (Failed, 1), true),
        ] {
            let is = is_newer(&mailed(1, incoming.1, incoming.0), &mailed(1, known.1, known.0));
            assert_eq!(is, newer, "{incoming:?} after {known:?}");
        }
        assert!(is_newer(&mailed(2, 0, Waiting), &mailed(1, 1, Sent)));
    }

    #[test]
    fn a_mailed_code_is_never_asked_for_by_the_window_itself() {
        for state in MailState::ALL {
            for known in [None, Some(1), Some(2)] {
                let on_screen = code_on_screen(&mailed(2, 0, state), known);
                assert_eq!(on_screen, Some(CodeOnScreen::Mailed), "{state:?} {known:?}");
            }
        }
        // After it, another window shows one.
        let open = view(ProcessState::Open, Some(3));
        assert_eq!(code_on_screen(&open, Some(2)), Some(CodeOnScreen::Elsewhere));
    }

    #[test]
    fn every_state_has_its_picture() {
        assert_eq!(picture(None), Picture::Loading);
        let pictures = ProcessState::ALL.map(|state| picture(Some(&view(state, None))));
        assert_eq!(
            pictures,
            [
                Picture::Introduction(None),
                Picture::Code,
                Picture::Opened,
                Picture::Digits,
                Picture::Finishing,
                Picture::Done,
                Picture::Ended,
                Picture::Ended,
                Picture::Ended,
            ]
        );
    }

    #[test]
    fn a_window_knows_whether_its_code_is_the_living_one() {
        let open = view(ProcessState::Open, Some(2));
        assert_eq!(code_on_screen(&open, None), Some(CodeOnScreen::Wanted));
        assert_eq!(code_on_screen(&open, Some(1)), Some(CodeOnScreen::Elsewhere));
        assert_eq!(code_on_screen(&open, Some(2)), Some(CodeOnScreen::Shown));
        assert_eq!(code_on_screen(&view(ProcessState::Claimed, None), Some(2)), None);
    }

    #[test]
    fn cancel_is_careful_only_while_a_phone_takes_part() {
        let careful: Vec<_> = ProcessState::ALL
            .into_iter()
            .filter(|state| is_half_way(*state))
            .collect();
        assert_eq!(
            careful,
            [
                ProcessState::Claimed,
                ProcessState::KeysReceived,
                ProcessState::Confirmed
            ]
        );
    }

    #[test]
    fn actions_are_what_the_server_says() {
        let view = view(ProcessState::Open, Some(1));
        assert!(allows(&view, ProcessAction::Cancel));
        assert!(!allows(&view, ProcessAction::NewCode));
    }

    #[test]
    fn digits_are_forgiven_their_spaces() {
        for (typed, checked) in [
            ("471 029", Ok("471029".to_owned())),
            ("  ", Err(Code::PairingCodeMissing)),
            ("4710", Err(Code::PairingCodeMalformed)),
            ("47102x", Err(Code::PairingCodeMalformed)),
        ] {
            assert_eq!(check_digits(typed), checked, "{typed}");
        }
    }
}
