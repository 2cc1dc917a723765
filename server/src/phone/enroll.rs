//! One enrollment from link to installed mobile ID, or to a clean end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use shared::api::{DeviceEnrollment, Ending, ProcessState};
use shared::problem::Code;

use super::device::{Phone, PhoneError};
use super::folder::{Folder, FolderError};
use super::key::Keys;
use super::link::Link;
use super::report::{Event, Report};

/// How long a cancellation may take: whoever pressed Ctrl-C waits.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub enum EnrollError {
    #[error("{}", words(*.0))]
    Ended(Option<Ending>),
    #[error("it was interrupted")]
    Interrupted,
    #[error("it took longer than --timeout allows")]
    TooLong,
    #[error("the server is in a state that this phone does not expect")]
    Unexpected,
    #[error(transparent)]
    Phone(#[from] PhoneError),
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("standard output cannot be written")]
    Output(#[from] std::io::Error),
}

pub(super) struct Enrollment<'a> {
    pub phone: &'a Phone,
    pub folder: &'a Folder,
    pub link: &'a Link,
    pub report: Report,
    /// Whether the code may have been used, by this run or an earlier one.
    pub is_claimed: AtomicBool,
}

impl Enrollment<'_> {
    pub async fn run(&self) -> Result<(), EnrollError> {
        match self.steps().await {
            // Ended while the phone was busy: the enrollment says how.
            Err(EnrollError::Phone(PhoneError::Connection(error)))
                if error.code() == Some(Code::ProcessEnded) =>
            {
                let now = self.phone.enrollment().await?;
                Err(EnrollError::Ended(now.ending))
            }
            outcome => outcome,
        }
    }

    async fn steps(&self) -> Result<(), EnrollError> {
        let (keys, mut now) = self.begin().await?;
        loop {
            now = match now.state {
                ProcessState::Claimed => {
                    self.phone.submit_keys(&keys).await?;
                    self.phone.enrollment().await?
                }
                ProcessState::KeysReceived => {
                    self.show_pairing_code(&keys, &now)?;
                    self.phone.wait(ProcessState::KeysReceived).await?
                }
                ProcessState::Confirmed | ProcessState::Completed => return self.install(&keys, &now).await,
                ProcessState::Cancelled | ProcessState::Expired | ProcessState::Failed => {
                    return Err(EnrollError::Ended(now.ending));
                }
                ProcessState::Started | ProcessState::Open => return Err(EnrollError::Unexpected),
            };
        }
    }

    /// Claims; or takes up an earlier run, which may not even have come to the claim.
    async fn begin(&self) -> Result<(Keys, DeviceEnrollment), EnrollError> {
        if !self.folder.is_resumed {
            self.offer().await?;
            return Ok((self.claim().await?, self.phone.enrollment().await?));
        }
        self.report.tell(&Event::Resumed {
            folder: self.folder.path(),
        })?;
        match self.phone.enrollment().await {
            Ok(now) if now.state != ProcessState::Claimed => Ok((self.folder.found_keys()?, now)),
            // Repeats the claim, to be told the purposes, and makes the keys that are still missing.
            Ok(now) => Ok((self.claim().await?, now)),
            Err(PhoneError::Connection(error)) if error.code() == Some(Code::DeviceTokenUnknown) => {
                Ok((self.claim().await?, self.phone.enrollment().await?))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn offer(&self) -> Result<(), EnrollError> {
        let offer = self.phone.offer().await?;
        self.report.tell(&Event::Offer {
            host: &self.link.host,
            user: &offer.user,
            server_name: &offer.server_name,
            expires_at: &offer.expires_at.0,
        })?;
        Ok(())
    }

    /// Uses the code, and makes and stores the keys that the answer names.
    async fn claim(&self) -> Result<Keys, EnrollError> {
        self.is_claimed.store(true, Ordering::Relaxed);
        let claimed = self.phone.claim().await?;
        self.report.tell(&Event::Claimed {
            process: claimed.process,
            purposes: &claimed.purposes,
            transport_key: claimed.transport_key,
            expires_at: &claimed.expires_at.0,
        })?;
        Ok(self.folder.keys(&claimed)?)
    }

    fn show_pairing_code(&self, keys: &Keys, enrollment: &DeviceEnrollment) -> Result<(), EnrollError> {
        let nonce = enrollment.nonce.as_deref().ok_or(EnrollError::Unexpected)?;
        let pairing_code = self.phone.pairing_code(keys, nonce)?;
        self.report.tell(&Event::PairingCode {
            pairing_code: pairing_code.as_str(),
            expires_at: enrollment.expires_at.as_ref().map(|at| at.0.as_str()),
        })?;
        Ok(())
    }

    /// Checks, stores, and only then sends the receipt, unless an earlier run has and was killed before it ended.
    async fn install(&self, keys: &Keys, enrollment: &DeviceEnrollment) -> Result<(), EnrollError> {
        let installation = enrollment.installation.as_ref().ok_or(EnrollError::Unexpected)?;
        let installed = self.phone.check(keys, installation)?;
        self.folder.store(&installed)?;
        if enrollment.state != ProcessState::Completed {
            self.phone
                .receipt(enrollment.process, installation.mobile_id, keys, &installed)
                .await?;
        }
        self.folder.finish(self.link, installation)?;
        let recovered: Vec<&str> = installed
            .recovered
            .iter()
            .map(|earlier| &*earlier.serial)
            .collect();
        self.report.tell(&Event::Installed {
            mobile_id: installation.mobile_id,
            profile_name: &installation.profile_name,
            user_id: &installation.user_id,
            valid_until: &installation.valid_until.0,
            recovered: &recovered,
            folder: self.folder.path(),
        })?;
        Ok(())
    }

    /// After an end that is none of success: tells the server, and clears away what cannot be gone on with.
    pub async fn conclude(&self, outcome: Result<(), EnrollError>) -> Result<(), EnrollError> {
        let Err(error) = outcome else {
            return Ok(());
        };
        let is_over = match &error {
            _ if !self.is_claimed.load(Ordering::Relaxed) => true,
            EnrollError::Interrupted
            | EnrollError::TooLong
            | EnrollError::Phone(PhoneError::Installation(_)) => self.cancel().await,
            EnrollError::Ended(_) => true,
            EnrollError::Phone(PhoneError::Connection(error)) => error.code().is_some_and(is_end),
            _ => false,
        };
        if is_over {
            self.folder.discard()?;
        }
        Err(error)
    }

    /// Whether the server knows that it is over. Where it has not heard it, or says that the process has ended
    /// already (it may have ended well), keys are kept and the next run finds out.
    async fn cancel(&self) -> bool {
        match tokio::time::timeout(CANCEL_TIMEOUT, self.phone.cancel()).await {
            Ok(Ok(())) => true,
            Ok(Err(PhoneError::Connection(error))) => error.code() == Some(Code::DeviceTokenUnknown),
            _ => false,
        }
    }
}

/// Refusals after which the same link and token will never get further.
fn is_end(code: Code) -> bool {
    matches!(
        code,
        Code::ActivationCodeMalformed
            | Code::ActivationCodeUnknown
            | Code::ActivationCodeExpired
            | Code::ActivationCodeUsed
            | Code::ActivationCodeReplaced
            | Code::ActivationCancelled
    )
}

impl EnrollError {
    /// The stable problem code, or the word for how the process ended.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Phone(PhoneError::Connection(error)) => error.code().map(Code::as_str),
            Self::Ended(ending) => ending.map(word),
            _ => None,
        }
    }
}

const fn word(ending: Ending) -> &'static str {
    match ending {
        Ending::CancelledByUser => "cancelled_by_user",
        Ending::PhoneNotRecognised => "phone_not_recognised",
        Ending::CancelledOnPhone => "cancelled_on_phone",
        Ending::Abandoned => "abandoned",
        Ending::PhoneSilent => "phone_silent",
        Ending::PairingCodeWrong => "pairing_code_wrong",
        Ending::NotConfirmedInTime => "not_confirmed_in_time",
        Ending::ReceiptMissing => "receipt_missing",
        Ending::UserNotActive => "user_not_active",
        Ending::DisownedByMail => "disowned_by_mail",
    }
}

const fn words(ending: Option<Ending>) -> &'static str {
    match ending {
        None => "the process has ended",
        Some(Ending::CancelledByUser) => "it was cancelled in the portal",
        Some(Ending::PhoneNotRecognised) => "the user did not recognise this phone",
        Some(Ending::CancelledOnPhone) => "it was cancelled on the phone",
        Some(Ending::Abandoned) => "nothing happened for too long",
        Some(Ending::PhoneSilent) => "the phone's keys came too late",
        Some(Ending::PairingCodeWrong) => "the pairing code was typed wrong too often",
        Some(Ending::NotConfirmedInTime) => "the pairing code was not typed in time",
        Some(Ending::ReceiptMissing) => "the install receipt came too late: the certificates are revoked",
        Some(Ending::UserNotActive) => "the user is not active any more",
        Some(Ending::DisownedByMail) => "it was cancelled by the link \"This was not me\" in the mail",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_is_spelled_as_on_the_wire() {
        for ending in [
            Ending::CancelledByUser,
            Ending::PhoneNotRecognised,
            Ending::CancelledOnPhone,
            Ending::Abandoned,
            Ending::PhoneSilent,
            Ending::PairingCodeWrong,
            Ending::NotConfirmedInTime,
            Ending::ReceiptMissing,
            Ending::UserNotActive,
        ] {
            assert_eq!(serde_json::to_value(ending).unwrap(), word(ending));
        }
    }
}
