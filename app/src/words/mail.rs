//! What mails and their states are called, and what is known of the mail that carries a code.

use shared::api::{MailKind, MailState, MailedCode};

use crate::i18n::{Language, Word, word};

/// No more than we know: what becomes of a mail after the mail server has taken it, nobody tells us.
pub fn mailed(mail: &MailedCode, language: Language) -> String {
    let plain = |word: Word| word.text(language).to_owned();
    match mail.state {
        MailState::Sent => {
            let at = mail.handed_over_at.as_ref().unwrap_or(&mail.written_at);
            word::mailed::handed_over(language, &super::time(at, language))
        }
        MailState::Waiting if mail.attempts > 0 => plain(word::mailed::KEEP_TRYING),
        MailState::Waiting => plain(word::mailed::ON_ITS_WAY),
        MailState::Sending => plain(word::mailed::BEING_HANDED_OVER),
        MailState::Failed => plain(word::mailed::NOT_SENT),
        MailState::Cancelled => plain(word::mailed::NOT_SENT_ANY_MORE),
    }
}

pub const fn mail_kind(kind: MailKind) -> Word {
    match kind {
        MailKind::ActivationCode => word::mail_kind::ACTIVATION_CODE,
        MailKind::Created => word::mail_kind::CREATED,
        MailKind::NotCreated => word::mail_kind::NOT_CREATED,
        MailKind::Expiring => word::mail_kind::EXPIRING,
        MailKind::PauseEnds => word::mail_kind::PAUSE_ENDS,
        MailKind::RecoveryApproved => word::mail_kind::RECOVERY_APPROVED,
        MailKind::RecoveryRefused => word::mail_kind::RECOVERY_REFUSED,
        MailKind::Test => word::mail_kind::TEST,
    }
}

pub const fn mail_state(state: MailState) -> Word {
    match state {
        MailState::Waiting => word::mail_state::WAITING,
        MailState::Sending => word::mail_state::SENDING,
        MailState::Sent => word::mail_state::SENT,
        MailState::Failed => word::mail_state::FAILED,
        MailState::Cancelled => word::mail_state::CANCELLED,
    }
}
