//! What an error answer carries: RFC 9457 `application/problem+json` with a stable `code`. Sentences for people
//! live in the front end; `detail` speaks to developers and never repeats a secret.

use crate::wire;

/// The media type of every error answer.
pub const MEDIA_TYPE: &str = "application/problem+json";

wire! {
    answer pub struct Problem {
        /// `about:blank#CODE`: one name a code.
        #[serde(rename = "type")]
        pub kind: String,
        pub title: String,
        pub status: u16,
        pub code: Code,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub detail: Option<String>,
        /// With `too_many_attempts`: seconds, as the header `retry-after` says too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub retry_after: Option<u64>,
        /// With `pairing_code_wrong`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tries_left: Option<u32>,
    }
}

macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, $status:literal, $title:literal;)*) => {
        wire! {
            /// Stable names: programs and the front end's sentences hang on them.
            word pub enum Code { $($(#[$meta])* $variant,)* }
        }
        impl Code {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];
            /// The name on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }
            /// For developers, in English.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

codes! {
    MalformedRequest = "malformed_request", 400, "The request is not what this address takes";
    CrossSiteRequest = "cross_site_request", 403, "The request came from another site";
    NotSignedIn = "not_signed_in", 401, "Sign in first";
    CredentialsWrong = "credentials_wrong", 401, "User name or password is wrong";
    UserLocked = "user_locked", 403, "This user is locked and cannot sign in";
    UserNotActive = "user_not_active", 403, "This user is not active, so nothing can be started";
    PasswordNeeded = "password_needed", 403, "The sign-in is too old for this: the password is needed once more";
    RoleNeeded = "role_needed", 403, "This is for people with another role";
    NotFound = "not_found", 404, "There is nothing here for you";
    MethodNotAllowed = "method_not_allowed", 405, "This address does not take that method";
    RequestTimeout = "request_timeout", 408, "The request took too long";
    BodyTooLarge = "body_too_large", 413, "The body is larger than this address takes";
    MediaTypeUnsupported = "media_type_unsupported", 415, "Send application/json";
    TooManyAttempts = "too_many_attempts", 429, "Too many attempts: wait";
    Internal = "internal", 500, "Something went wrong on the server";
    Unavailable = "unavailable", 503, "The server cannot do this at the moment";
    /// The state of the process does not take this action.
    ActionNotPossible = "action_not_possible", 409, "The process does not take this now";
    ProcessEnded = "process_ended", 409, "The process has ended";
    CertificateChoiceWrong = "certificate_choice_wrong", 422, "The chosen certificates are not among those on offer, or a required one is missing";
    ValidityBeyondCa = "validity_beyond_ca", 409, "The configured validity ends after the issuing CA's";
    ArchiveUnavailable = "archive_unavailable", 409, "The key archive cannot be used: encryption certificates are neither issued nor recovered";
    RecoveryChoiceWrong = "recovery_choice_wrong", 422, "The certificates to recover are not among those on offer, or one that the options recover is missing";
    ApprovalPending = "approval_pending", 409, "A second person has not yet approved the recovery";
    RecoveryDecided = "recovery_decided", 409, "This request was decided, or has lapsed";
    RecoveryOwn = "recovery_own", 403, "Nobody decides on their own request";
    ReasonMissing = "reason_missing", 422, "A reason of 1 to 500 characters says why";
    EmailMissing = "email_missing", 409, "This user has no e-mail address, and the code would be sent there";
    MailUnavailable = "mail_unavailable", 409, "This installation sends no e-mail";
    MailLinkUnknown = "mail_link_unknown", 404, "No link in a mail has this secret";
    MailGone = "mail_gone", 409, "There is nothing left of this mail to send";
    ScriptFaulty = "script_faulty", 422, "The script has faults: check it";
    ScriptChanged = "script_changed", 409, "Someone else has saved this script since it was opened";
    CommentMissing = "comment_missing", 422, "A comment says why the script was changed";
    PhoneNotReady = "phone_not_ready", 409, "The phone has not sent its keys yet";
    PairingCodeMissing = "pairing_code_missing", 422, "The pairing code is missing";
    PairingCodeMalformed = "pairing_code_malformed", 422, "A pairing code is six digits";
    PairingCodeWrong = "pairing_code_wrong", 422, "This is not the code that the phone shows";
    ActivationCodeMalformed = "activation_code_malformed", 422, "This is not a whole activation code";
    ActivationCodeUnknown = "activation_code_unknown", 404, "This activation code is not known";
    ActivationCodeExpired = "activation_code_expired", 410, "The activation code has expired";
    ActivationCodeUsed = "activation_code_used", 409, "The activation code has been used";
    ActivationCodeReplaced = "activation_code_replaced", 410, "A newer activation code has replaced this one";
    ActivationCancelled = "activation_cancelled", 410, "The process was cancelled";
    DeviceTokenUnknown = "device_token_unknown", 401, "No enrollment goes with this device token";
    KeySetWrong = "key_set_wrong", 422, "Exactly one request for each wanted purpose is taken";
    KeyRequestMalformed = "key_request_malformed", 422, "This is not a PKCS#10 request";
    KeyTypeRefused = "key_type_refused", 422, "Keys are P-256, P-384, or RSA of 3072 bits and more";
    KeyProofWrong = "key_proof_wrong", 422, "The request is not signed by the key that it asks for";
    KeyUsedBefore = "key_used_before", 409, "This key was used before: make a new one";
    MobileIdEnded = "mobile_id_ended", 409, "The mobile ID is locked or expired, for good";
    MobileIdNotReady = "mobile_id_not_ready", 409, "No phone has confirmed this mobile ID";
    MobileIdInUse = "mobile_id_in_use", 409, "Only a mobile ID that is locked or expired can be deleted";
    MobileIdPaused = "mobile_id_paused", 409, "The mobile ID is paused";
    LockReasonWrong = "lock_reason_wrong", 422, "This is not a reason that a person gives";
    TestEnded = "test_ended", 409, "The test is over";
    ReceiptWrong = "receipt_wrong", 422, "The install receipt does not fit what was issued";
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn a_code_is_spelled_alike_in_json_and_in_as_str() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert!((400..600).contains(&code.status()), "{code:?}");
        }
    }
}
