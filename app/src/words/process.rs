//! How a process stands and how it ended.

use shared::api::{Ending, ProcessState};

use crate::i18n::{Word, word};

pub const fn process_state(state: ProcessState) -> Word {
    match state {
        ProcessState::Started => word::process_state::STARTED,
        ProcessState::Open => word::process_state::OPEN,
        ProcessState::Claimed => word::process_state::CLAIMED,
        ProcessState::KeysReceived => word::process_state::KEYS_RECEIVED,
        ProcessState::Confirmed => word::process_state::CONFIRMED,
        ProcessState::Completed => word::process_state::COMPLETED,
        ProcessState::Cancelled => word::process_state::CANCELLED,
        ProcessState::Expired => word::process_state::EXPIRED,
        ProcessState::Failed => word::process_state::FAILED,
    }
}

/// What happened, what is safe, what to do.
pub const fn ending(ending: Ending) -> Word {
    match ending {
        Ending::CancelledByUser => word::ending::CANCELLED_BY_USER,
        Ending::PhoneNotRecognised => word::ending::PHONE_NOT_RECOGNISED,
        Ending::CancelledOnPhone => word::ending::CANCELLED_ON_PHONE,
        Ending::Abandoned => word::ending::ABANDONED,
        Ending::PhoneSilent => word::ending::PHONE_SILENT,
        Ending::PairingCodeWrong => word::ending::PAIRING_CODE_WRONG,
        Ending::NotConfirmedInTime => word::ending::NOT_CONFIRMED_IN_TIME,
        Ending::ReceiptMissing => word::ending::RECEIPT_MISSING,
        Ending::UserNotActive => word::ending::USER_NOT_ACTIVE,
        Ending::DisownedByMail => word::ending::DISOWNED_BY_MAIL,
    }
}

/// The headline over an ending.
pub const fn end_title(state: ProcessState) -> Word {
    match state {
        ProcessState::Cancelled => word::process::CANCELLED,
        ProcessState::Expired => word::process::EXPIRED,
        _ => word::process::FAILED,
    }
}
