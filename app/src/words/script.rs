//! The administrator's script: faults, hints, and the values of options.

use shared::api::{CertificateChoice, FaultKind, HintKind, Notify, Recovery, ScriptFault};

use crate::i18n::{Language, Word, word};

/// What is wrong, and what to do about it.
pub fn script_fault(fault: &ScriptFault, language: Language) -> String {
    let name = fault.name.as_deref().unwrap_or_default();
    let expected = fault.expected.as_deref();
    let said = match (fault.kind, expected) {
        (FaultKind::Syntax, what) => word::fault::syntax(language, what.unwrap_or_default()),
        (FaultKind::UnknownName, Some(meant)) => word::fault::unknown_name_meant(language, meant, name),
        (FaultKind::UnknownName, None) => word::fault::unknown_name(language, name),
        (FaultKind::WrongType, what) => word::fault::wrong_type(language, what.unwrap_or_default(), name),
        (FaultKind::OutOfRange, what) => word::fault::out_of_range(language, what.unwrap_or_default(), name),
        (FaultKind::TextRefused, what) => word::fault::text_refused(language, what.unwrap_or_default(), name),
        (FaultKind::DeclaredAgain, _) => word::fault::declared_again(language, name),
        (FaultKind::LimitReached, what) => word::fault::limit_reached(language, what.unwrap_or_default()),
        (FaultKind::Failed, what) => word::fault::failed(language, what.unwrap_or_default()),
        (FaultKind::BeyondCa, what) => word::fault::beyond_ca(language, what.unwrap_or_default()),
        (FaultKind::AuthenticationNeeded, _) => plain(word::fault::AUTHENTICATION_NEEDED, language),
        (FaultKind::MailNotConfigured, _) => plain(word::fault::MAIL_NOT_CONFIGURED, language),
    };
    match &fault.user {
        Some(user) => word::fault::for_user(language, &said, user),
        None => said,
    }
}

fn plain(word: Word, language: Language) -> String {
    word.text(language).to_owned()
}

pub const fn script_hint(kind: HintKind) -> Word {
    match kind {
        HintKind::LongValidity => word::hint::LONG_VALIDITY,
        HintKind::EncryptionWithoutRecovery => word::hint::ENCRYPTION_WITHOUT_RECOVERY,
        HintKind::NotifyWithoutMail => word::hint::NOTIFY_WITHOUT_MAIL,
    }
}

/// Where it is written.
pub const fn script_hint_source(kind: HintKind) -> Word {
    match kind {
        HintKind::LongValidity => word::hint::LONG_VALIDITY_SOURCE,
        HintKind::EncryptionWithoutRecovery => word::hint::ENCRYPTION_WITHOUT_RECOVERY_SOURCE,
        HintKind::NotifyWithoutMail => word::hint::NOTIFY_WITHOUT_MAIL_SOURCE,
    }
}

pub const fn yes_or_no(is: bool) -> Word {
    if is { word::options::YES } else { word::options::NO }
}

pub const fn certificate_choice(choice: CertificateChoice) -> Word {
    match choice {
        CertificateChoice::Required => word::certificate_choice::REQUIRED,
        CertificateChoice::Default => word::certificate_choice::DEFAULT,
        CertificateChoice::Optional => word::certificate_choice::OPTIONAL,
        CertificateChoice::Off => word::certificate_choice::OFF,
    }
}

pub const fn recovery(recovery: Recovery) -> Word {
    match recovery {
        Recovery::Off => word::recovery::OFF,
        Recovery::UserSelects => word::recovery::USER_SELECTS,
        Recovery::All => word::recovery::ALL,
        Recovery::Newest => word::recovery::NEWEST,
    }
}

pub const fn notify(notify: Notify) -> Word {
    match notify {
        Notify::None => word::notify::NONE,
        Notify::Success => word::notify::SUCCESS,
        Notify::Failure => word::notify::FAILURE,
        Notify::Both => word::notify::BOTH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_what_was_meant_and_for_whom() {
        let fault = ScriptFault {
            line: Some(3),
            column: Some(1),
            kind: FaultKind::UnknownName,
            name: Some("yearsOfvalidity".into()),
            expected: Some("yearsOfValidity".into()),
            user: Some("anna".into()),
        };
        let said = script_fault(&fault, Language::En);
        for part in ["yearsOfvalidity", "yearsOfValidity", "anna"] {
            assert!(said.contains(part), "{said}");
        }
        let unnamed = ScriptFault {
            expected: None,
            user: None,
            ..fault
        };
        assert_ne!(script_fault(&unnamed, Language::De), said);
    }
}
