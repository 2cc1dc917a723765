//! A sentence for every problem code, and for calls that got no answer.

use shared::problem::Code;

use crate::api::Failure;
use crate::i18n::{Word, word};

pub const fn problem(code: Code) -> Word {
    match code {
        Code::MalformedRequest | Code::MethodNotAllowed | Code::MediaTypeUnsupported => {
            word::problem::MALFORMED_REQUEST
        }
        Code::CrossSiteRequest => word::problem::CROSS_SITE_REQUEST,
        Code::NotSignedIn => word::problem::NOT_SIGNED_IN,
        Code::CredentialsWrong => word::problem::CREDENTIALS_WRONG,
        Code::UserLocked => word::problem::USER_LOCKED,
        Code::UserNotActive => word::problem::USER_NOT_ACTIVE,
        Code::PasswordNeeded => word::problem::PASSWORD_NEEDED,
        Code::NotFound => word::problem::NOT_FOUND,
        Code::RequestTimeout => word::problem::REQUEST_TIMEOUT,
        Code::BodyTooLarge => word::problem::BODY_TOO_LARGE,
        Code::TooManyAttempts => word::problem::TOO_MANY_ATTEMPTS,
        Code::Internal => word::problem::INTERNAL,
        Code::Unavailable => word::problem::UNAVAILABLE,
        Code::ActionNotPossible => word::problem::ACTION_NOT_POSSIBLE,
        Code::ProcessEnded => word::problem::PROCESS_ENDED,
        Code::PhoneNotReady => word::problem::PHONE_NOT_READY,
        Code::PairingCodeMissing => word::problem::PAIRING_CODE_MISSING,
        Code::PairingCodeMalformed => word::problem::PAIRING_CODE_MALFORMED,
        Code::PairingCodeWrong => word::problem::PAIRING_CODE_WRONG,
        Code::RoleNeeded => word::problem::ROLE_NEEDED,
        Code::CertificateChoiceWrong => word::problem::CERTIFICATE_CHOICE_WRONG,
        Code::ValidityBeyondCa => word::problem::VALIDITY_BEYOND_CA,
        Code::ArchiveUnavailable => word::problem::ARCHIVE_UNAVAILABLE,
        Code::RecoveryChoiceWrong => word::problem::RECOVERY_CHOICE_WRONG,
        Code::ApprovalPending => word::problem::APPROVAL_PENDING,
        Code::EmailMissing => word::problem::EMAIL_MISSING,
        Code::MailUnavailable => word::problem::MAIL_UNAVAILABLE,
        Code::MailLinkUnknown => word::problem::MAIL_LINK_UNKNOWN,
        Code::MobileIdEnded => word::problem::MOBILE_ID_ENDED,
        Code::MobileIdNotReady => word::problem::MOBILE_ID_NOT_READY,
        Code::MobileIdInUse => word::problem::MOBILE_ID_IN_USE,
        Code::MobileIdPaused => word::problem::MOBILE_ID_PAUSED,
        Code::LockReasonWrong => word::problem::LOCK_REASON_WRONG,
        // Answers to the console alone: see `console_failure`.
        Code::ScriptFaulty
        | Code::ScriptChanged
        | Code::CommentMissing
        | Code::MailGone
        | Code::RecoveryDecided
        | Code::RecoveryOwn
        | Code::ReasonMissing
        // And to phones alone, which have pages of their own for them.
        | Code::ActivationCodeMalformed
        | Code::ActivationCodeUnknown
        | Code::ActivationCodeExpired
        | Code::ActivationCodeUsed
        | Code::ActivationCodeReplaced
        | Code::ActivationCancelled
        | Code::DeviceTokenUnknown
        | Code::KeySetWrong
        | Code::KeyRequestMalformed
        | Code::KeyTypeRefused
        | Code::KeyProofWrong
        | Code::KeyUsedBefore
        | Code::ReceiptWrong
        | Code::TestEnded => word::problem::UNREADABLE,
    }
}

pub fn failure(failure: &Failure) -> Word {
    match failure {
        Failure::Problem(found) => problem(found.code),
        Failure::Unreachable => word::problem::UNREACHABLE,
        Failure::Unreadable { .. } => word::problem::UNREADABLE,
    }
}

/// The same where an administrator is answered: what only they can meet, the portal's wasm does not hold.
pub fn console_failure(found: &Failure) -> Word {
    match found.code() {
        Some(Code::ScriptFaulty) => word::problem::SCRIPT_FAULTY,
        Some(Code::ScriptChanged) => word::problem::SCRIPT_CHANGED,
        Some(Code::CommentMissing) => word::problem::COMMENT_MISSING,
        Some(Code::MailGone) => word::problem::MAIL_GONE,
        Some(Code::RecoveryDecided) => word::problem::RECOVERY_DECIDED,
        Some(Code::RecoveryOwn) => word::problem::RECOVERY_OWN,
        Some(Code::ReasonMissing) => word::problem::REASON_MISSING,
        _ => failure(found),
    }
}
