//! What each of the administrator's scripts is called where it is edited, saved and looked up.

use shared::api::ScriptName;

use crate::i18n::{Word, word};

pub struct ScriptWords {
    /// Over the editor, and what stands under that.
    pub title: Word,
    pub lead: Word,
    /// Of the field that it is written in.
    pub script: Word,
    pub save_title: Word,
    pub save_text: Word,
    pub versions_title: Word,
    /// Where the text has no value for a user.
    pub no_effect: Word,
}

pub const fn script_name(name: ScriptName) -> ScriptWords {
    match name {
        ScriptName::Options => ScriptWords {
            title: word::options::TITLE,
            lead: word::options::LEAD,
            script: word::options::SCRIPT,
            save_title: word::options::SAVE_TITLE,
            save_text: word::options::SAVE_TEXT,
            versions_title: word::options::VERSIONS_TITLE,
            no_effect: word::options::NO_EFFECT,
        },
        ScriptName::ExpiringOptions => ScriptWords {
            title: word::reminders::TITLE,
            lead: word::reminders::LEAD,
            script: word::reminders::SCRIPT,
            save_title: word::reminders::SAVE_TITLE,
            save_text: word::reminders::SAVE_TEXT,
            versions_title: word::reminders::VERSIONS_TITLE,
            no_effect: word::reminders::NO_EFFECT,
        },
    }
}
