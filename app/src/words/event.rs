//! The history in plain words.

use shared::api::{Actor, Event};

use crate::i18n::{Word, word};

pub const fn event(event: Event) -> Word {
    match event {
        Event::SignedIn => word::event::SIGNED_IN,
        Event::SignInRefused => word::event::SIGN_IN_REFUSED,
        Event::SignedOut => word::event::SIGNED_OUT,
        Event::ProcessStarted => word::event::PROCESS_STARTED,
        Event::CodeShown => word::event::CODE_SHOWN,
        Event::CodeClaimed => word::event::CODE_CLAIMED,
        Event::KeysReceived => word::event::KEYS_RECEIVED,
        Event::PairingCodeWrong => word::event::PAIRING_CODE_WRONG,
        Event::PairingCodeConfirmed => word::event::PAIRING_CODE_CONFIRMED,
        Event::CertificatesIssued => word::event::CERTIFICATES_ISSUED,
        Event::ReceiptVerified => word::event::RECEIPT_VERIFIED,
        Event::ProcessCompleted => word::event::PROCESS_COMPLETED,
        Event::ProcessCancelled => word::event::PROCESS_CANCELLED,
        Event::ProcessExpired => word::event::PROCESS_EXPIRED,
        Event::ProcessFailed => word::event::PROCESS_FAILED,
        Event::CertificatesRevoked => word::event::CERTIFICATES_REVOKED,
        Event::UserAdded => word::event::USER_ADDED,
        Event::UserStateChanged => word::event::USER_STATE_CHANGED,
        Event::UserChanged => word::event::USER_CHANGED,
        Event::OptionsChanged => word::event::OPTIONS_CHANGED,
        Event::OptionsFailed => word::event::OPTIONS_FAILED,
        Event::CodeMailed => word::event::CODE_MAILED,
        Event::ReminderMailed => word::event::REMINDER_MAILED,
        Event::MobileIdLocked => word::event::MOBILE_ID_LOCKED,
        Event::MobileIdPaused => word::event::MOBILE_ID_PAUSED,
        Event::MobileIdResumed => word::event::MOBILE_ID_RESUMED,
        Event::MobileIdExpired => word::event::MOBILE_ID_EXPIRED,
        Event::MobileIdDeleted => word::event::MOBILE_ID_DELETED,
        Event::MobileIdTested => word::event::MOBILE_ID_TESTED,
        Event::PauseEndMailed => word::event::PAUSE_END_MAILED,
        Event::AccessRefused => word::event::ACCESS_REFUSED,
        Event::IssuingCaRenewed => word::event::ISSUING_CA_RENEWED,
        Event::BooksRepaired => word::event::BOOKS_REPAIRED,
        Event::ResponderCertified => word::event::RESPONDER_CERTIFIED,
    }
}

/// Who did it, within a sentence.
pub const fn actor(actor: Actor) -> Word {
    match actor {
        Actor::User => word::actor::USER,
        Actor::Phone => word::actor::PHONE,
        Actor::Administrator => word::actor::ADMINISTRATOR,
        Actor::System => word::actor::SYSTEM,
    }
}
