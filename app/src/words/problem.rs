//! A sentence for every problem code, and for calls that got no answer.

use shared::problem::Code;

use crate::api::Failure;
use crate::i18n::{Word, word};

pub const fn problem(code: Code) -> Word {
    match code {
        Code::MalformedRequest => word::problem::MALFORMED_REQUEST,
        Code::CrossSiteRequest => word::problem::CROSS_SITE_REQUEST,
        Code::NotSignedIn => word::problem::NOT_SIGNED_IN,
        Code::CredentialsWrong => word::problem::CREDENTIALS_WRONG,
        Code::UserLocked => word::problem::USER_LOCKED,
        Code::UserNotActive => word::problem::USER_NOT_ACTIVE,
        Code::PasswordNeeded => word::problem::PASSWORD_NEEDED,
        Code::NotFound => word::problem::NOT_FOUND,
        Code::MethodNotAllowed => word::problem::METHOD_NOT_ALLOWED,
        Code::RequestTimeout => word::problem::REQUEST_TIMEOUT,
        Code::BodyTooLarge => word::problem::BODY_TOO_LARGE,
        Code::MediaTypeUnsupported => word::problem::MEDIA_TYPE_UNSUPPORTED,
        Code::TooManyAttempts => word::problem::TOO_MANY_ATTEMPTS,
        Code::Internal => word::problem::INTERNAL,
        Code::Unavailable => word::problem::UNAVAILABLE,
        Code::ActionNotPossible => word::problem::ACTION_NOT_POSSIBLE,
        Code::ProcessEnded => word::problem::PROCESS_ENDED,
        Code::PhoneNotReady => word::problem::PHONE_NOT_READY,
        Code::PairingCodeMissing => word::problem::PAIRING_CODE_MISSING,
        Code::PairingCodeMalformed => word::problem::PAIRING_CODE_MALFORMED,
        Code::PairingCodeWrong => word::problem::PAIRING_CODE_WRONG,
        Code::ActivationCodeMalformed => word::problem::ACTIVATION_CODE_MALFORMED,
        Code::ActivationCodeUnknown => word::problem::ACTIVATION_CODE_UNKNOWN,
        Code::ActivationCodeExpired => word::problem::ACTIVATION_CODE_EXPIRED,
        Code::ActivationCodeUsed => word::problem::ACTIVATION_CODE_USED,
        Code::ActivationCodeReplaced => word::problem::ACTIVATION_CODE_REPLACED,
        Code::ActivationCancelled => word::problem::ACTIVATION_CANCELLED,
        Code::DeviceTokenUnknown => word::problem::DEVICE_TOKEN_UNKNOWN,
        Code::KeySetWrong => word::problem::KEY_SET_WRONG,
        Code::KeyRequestMalformed => word::problem::KEY_REQUEST_MALFORMED,
        Code::KeyTypeRefused => word::problem::KEY_TYPE_REFUSED,
        Code::KeyProofWrong => word::problem::KEY_PROOF_WRONG,
        Code::KeyUsedBefore => word::problem::KEY_USED_BEFORE,
        Code::RoleNeeded => word::problem::ROLE_NEEDED,
        Code::CertificateChoiceWrong => word::problem::CERTIFICATE_CHOICE_WRONG,
        Code::ValidityBeyondCa => word::problem::VALIDITY_BEYOND_CA,
        Code::ScriptFaulty => word::problem::SCRIPT_FAULTY,
        Code::ScriptChanged => word::problem::SCRIPT_CHANGED,
        Code::CommentMissing => word::problem::COMMENT_MISSING,
        Code::EmailMissing => word::problem::EMAIL_MISSING,
        Code::MailUnavailable => word::problem::MAIL_UNAVAILABLE,
        Code::MailLinkUnknown => word::problem::MAIL_LINK_UNKNOWN,
        Code::MailGone => word::problem::MAIL_GONE,
        Code::MobileIdEnded => word::problem::MOBILE_ID_ENDED,
        Code::MobileIdNotReady => word::problem::MOBILE_ID_NOT_READY,
        Code::MobileIdInUse => word::problem::MOBILE_ID_IN_USE,
        Code::MobileIdPaused => word::problem::MOBILE_ID_PAUSED,
        Code::LockReasonWrong => word::problem::LOCK_REASON_WRONG,
        Code::TestEnded => word::problem::TEST_ENDED,
        Code::ReceiptWrong => word::problem::RECEIPT_WRONG,
    }
}

pub fn failure(failure: &Failure) -> Word {
    match failure {
        Failure::Problem(found) => problem(found.code),
        Failure::Unreachable => word::problem::UNREACHABLE,
        Failure::Unreadable { .. } => word::problem::UNREADABLE,
    }
}
