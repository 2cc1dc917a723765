//! The history in plain words.

use shared::api::{Actor, Event};

use crate::i18n::{Word, word};

pub const fn event(event: Event) -> Word {
    match event {
        Event::ProcessStarted => word::event::PROCESS_STARTED,
        Event::CodeShown => word::event::CODE_SHOWN,
        Event::CodeClaimed => word::event::CODE_CLAIMED,
        Event::KeysReceived => word::event::KEYS_RECEIVED,
        Event::PairingCodeWrong => word::event::PAIRING_CODE_WRONG,
        Event::CertificatesIssued => word::event::CERTIFICATES_ISSUED,
        Event::ProcessCompleted => word::event::PROCESS_COMPLETED,
        Event::ProcessCancelled => word::event::PROCESS_CANCELLED,
        Event::ProcessExpired => word::event::PROCESS_EXPIRED,
        Event::ProcessFailed => word::event::PROCESS_FAILED,
        Event::CertificatesRevoked => word::event::CERTIFICATES_REVOKED,
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
        Event::KeyArchived => word::event::KEY_ARCHIVED,
        Event::KeyRecovered => word::event::KEY_RECOVERED,
        Event::RecoveryRequested => word::event::RECOVERY_REQUESTED,
        Event::RecoveryApproved => word::event::RECOVERY_APPROVED,
        Event::RecoveryRefused => word::event::RECOVERY_REFUSED,
        Event::RecoveryLapsed => word::event::RECOVERY_LAPSED,
        // Of no mobile ID's history.
        Event::SignedIn
        | Event::SignInRefused
        | Event::SignedOut
        | Event::UserAdded
        | Event::UserStateChanged
        | Event::UserChanged
        | Event::OptionsChanged
        | Event::AccessRefused
        | Event::IssuingCaRenewed
        | Event::RecoveryKeyRenewed
        | Event::ResponderCertified => word::event::OTHER,
        Event::BooksRepaired => word::event::BOOKS_REPAIRED,
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
