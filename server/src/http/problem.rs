//! Errors become answers here, and nowhere else: RFC 9457 problem+json with a stable code. What went wrong inside
//! is logged once, here, and never told.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use shared::problem::{Code, MEDIA_TYPE, Problem};

use crate::{
    ca::RequestError,
    domain::{
        mobile_id::Refusal as MobileIdRefusal, mobile_id_test::NotTestable, options::NoDelivery,
        process::CodeRefusal, recovery_request::Refusal as RecoveryRefusal,
    },
    store::StoreError,
    use_case::{
        DeviceError, MailError, MailLinkError, PortalError, TestError, decide_recovery::DecideRecoveryError,
        save_script::SaveScriptError, sign_in::SignInError,
    },
};

/// An error answer.
#[derive(Debug, Clone)]
pub struct Refusal {
    code: Code,
    detail: Option<String>,
    retry_after: Option<u64>,
    tries_left: Option<u32>,
}

impl Refusal {
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..self
        }
    }

    pub fn too_many_attempts(seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Code::TooManyAttempts.into()
        }
    }

    pub const fn code(&self) -> Code {
        self.code
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self {
            code,
            detail: None,
            retry_after: None,
            tries_left: None,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let problem = Problem {
            kind: format!("about:blank#{}", self.code.as_str()),
            title: self.code.title().to_owned(),
            status: status.as_u16(),
            code: self.code,
            detail: self.detail,
            retry_after: self.retry_after,
            tries_left: self.tries_left,
        };
        let mut response = (status, Json(problem)).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<PortalError> for Refusal {
    fn from(error: PortalError) -> Self {
        match error {
            PortalError::NotFound => Code::NotFound.into(),
            PortalError::UserNotActive => Code::UserNotActive.into(),
            PortalError::RoleNeeded => Code::RoleNeeded.into(),
            PortalError::BeyondCa => Code::ValidityBeyondCa.into(),
            PortalError::NoDelivery(NoDelivery::AddressMissing) => Code::EmailMissing.into(),
            PortalError::NoDelivery(NoDelivery::MailUnavailable) => Code::MailUnavailable.into(),
            PortalError::MailedTooOften { seconds }
            | PortalError::RecoveredTooOften { seconds }
            | PortalError::RequestedTooOften { seconds } => Self::too_many_attempts(seconds),
            PortalError::WrongChoice(_) => Code::CertificateChoiceWrong.into(),
            PortalError::WrongRecovery(_) => Code::RecoveryChoiceWrong.into(),
            PortalError::ApprovalPending => Code::ApprovalPending.into(),
            PortalError::Archive(_) | PortalError::ArchiveSilent(_) => {
                tracing::warn!(error = chain(&error), "the key archive failed");
                Code::ArchiveUnavailable.into()
            }
            PortalError::MobileId(MobileIdRefusal::Ended) => Code::MobileIdEnded.into(),
            PortalError::MobileId(MobileIdRefusal::NotReady) => Code::MobileIdNotReady.into(),
            PortalError::MobileId(MobileIdRefusal::InUse) => Code::MobileIdInUse.into(),
            PortalError::LockReasonWrong => Code::LockReasonWrong.into(),
            PortalError::PasswordNeeded => Code::PasswordNeeded.into(),
            PortalError::PasswordWrong => Code::CredentialsWrong.into(),
            PortalError::Ended => Code::ProcessEnded.into(),
            PortalError::NotNow | PortalError::MobileId(MobileIdRefusal::PausedByAnother) => {
                Code::ActionNotPossible.into()
            }
            PortalError::PhoneNotReady => Code::PhoneNotReady.into(),
            PortalError::PairingCodeMissing => Code::PairingCodeMissing.into(),
            PortalError::PairingCodeMalformed => Code::PairingCodeMalformed.into(),
            PortalError::PairingCodeWrong { tries_left } => Self {
                tries_left: Some(tries_left),
                ..Code::PairingCodeWrong.into()
            },
            PortalError::Store(error) => error.into(),
            PortalError::CaSilent(_) => {
                tracing::error!(error = chain(&error), "the CA failed");
                Self {
                    retry_after: Some(5),
                    ..Code::Unavailable.into()
                }
            }
            PortalError::Issue(_)
            | PortalError::EncryptionKey(_)
            | PortalError::Crl(_)
            | PortalError::Key(_)
            | PortalError::Mail(_)
            | PortalError::Password(_)
            | PortalError::Chance(_) => inside(&error),
        }
    }
}

impl From<DeviceError> for Refusal {
    fn from(error: DeviceError) -> Self {
        match error {
            DeviceError::CodeMalformed => Code::ActivationCodeMalformed.into(),
            DeviceError::CodeUnknown => Code::ActivationCodeUnknown.into(),
            DeviceError::Code(CodeRefusal::Expired) => Code::ActivationCodeExpired.into(),
            DeviceError::Code(CodeRefusal::Used) => Code::ActivationCodeUsed.into(),
            DeviceError::Code(CodeRefusal::Replaced) => Code::ActivationCodeReplaced.into(),
            DeviceError::Code(CodeRefusal::Cancelled) => Code::ActivationCancelled.into(),
            DeviceError::TokenUnknown => Code::DeviceTokenUnknown.into(),
            DeviceError::KeySetWrong => Code::KeySetWrong.into(),
            DeviceError::Request(RequestError::Malformed) => Code::KeyRequestMalformed.into(),
            DeviceError::Request(RequestError::KeyTypeRefused) => Code::KeyTypeRefused.into(),
            DeviceError::Request(RequestError::ProofWrong) => Code::KeyProofWrong.into(),
            DeviceError::KeyUsedBefore => Code::KeyUsedBefore.into(),
            DeviceError::ReceiptWrong => Code::ReceiptWrong.into(),
            DeviceError::PhoneMalformed => {
                Self::from(Code::MalformedRequest).detail("phone: 1 to 60 characters of plain text each")
            }
            DeviceError::NotNow => Code::ActionNotPossible.into(),
            DeviceError::Ended => Code::ProcessEnded.into(),
            DeviceError::Store(error) => error.into(),
            DeviceError::Chance(_) => inside(&error),
        }
    }
}

impl From<MailLinkError> for Refusal {
    fn from(error: MailLinkError) -> Self {
        match error {
            MailLinkError::Unknown => Code::MailLinkUnknown.into(),
            MailLinkError::Process(error) => error.into(),
            MailLinkError::Store(error) => error.into(),
        }
    }
}

impl From<TestError> for Refusal {
    fn from(error: TestError) -> Self {
        match error {
            TestError::NotFound => Code::NotFound.into(),
            TestError::TokenUnknown => Code::DeviceTokenUnknown.into(),
            TestError::NotTestable(NotTestable::Ended) => Code::MobileIdEnded.into(),
            TestError::NotTestable(NotTestable::NotReady) => Code::MobileIdNotReady.into(),
            TestError::Over(_) => Code::TestEnded.into(),
            TestError::Store(error) => error.into(),
            TestError::Chance(_) => inside(&error),
        }
    }
}

impl From<DecideRecoveryError> for Refusal {
    fn from(error: DecideRecoveryError) -> Self {
        match error {
            DecideRecoveryError::NotFound => Code::NotFound.into(),
            DecideRecoveryError::MayNot(code) => code.into(),
            DecideRecoveryError::Refused(RecoveryRefusal::Own) => Code::RecoveryOwn.into(),
            DecideRecoveryError::Refused(RecoveryRefusal::Over) => Code::RecoveryDecided.into(),
            DecideRecoveryError::Refused(RecoveryRefusal::ReasonMissing) => Code::ReasonMissing.into(),
            DecideRecoveryError::Process(error) => error.into(),
            DecideRecoveryError::Store(error) => error.into(),
        }
    }
}

impl From<SaveScriptError> for Refusal {
    fn from(error: SaveScriptError) -> Self {
        match error {
            SaveScriptError::Faulty(_) => Self::from(Code::ScriptFaulty).detail(error.to_string()),
            SaveScriptError::Changed(_) => Self::from(Code::ScriptChanged).detail(error.to_string()),
            SaveScriptError::CommentMissing(_) => Code::CommentMissing.into(),
            SaveScriptError::Store(error) => error.into(),
        }
    }
}

impl From<MailError> for Refusal {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Unavailable => Code::MailUnavailable.into(),
            MailError::NotFound => Code::NotFound.into(),
            MailError::Gone => Code::MailGone.into(),
            MailError::AddressMissing => Code::EmailMissing.into(),
            MailError::Store(error) => error.into(),
            MailError::Write(_) => inside(&error),
        }
    }
}

impl From<SignInError> for Refusal {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Wrong => Code::CredentialsWrong.into(),
            SignInError::Locked => Code::UserLocked.into(),
            SignInError::Store(error) => error.into(),
            SignInError::Password(_) => inside(&error),
        }
    }
}

/// A database that is not there is no fault of the request: 503, try again.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Database(_) => {
                tracing::error!(error = chain(&error), "the database failed");
                Self {
                    retry_after: Some(5),
                    ..Code::Unavailable.into()
                }
            }
            StoreError::Duplicate(_) | StoreError::Damaged { .. } => inside(&error),
        }
    }
}

impl From<tower_sessions::session::Error> for Refusal {
    fn from(error: tower_sessions::session::Error) -> Self {
        tracing::error!(error = chain(&error), "the session store failed");
        Self {
            retry_after: Some(5),
            ..Code::Unavailable.into()
        }
    }
}

fn inside(error: &dyn std::error::Error) -> Refusal {
    tracing::error!(error = chain(error), "a request failed");
    Code::Internal.into()
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.extend([": ", &error.to_string()]);
        cause = error.source();
    }
    text
}
