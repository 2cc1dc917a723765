//! The administrator's options as the console shows them: scripts, versions, faults, and the effect for one user.

use uuid::Uuid;

use super::{Plan, Timestamp, Validity};
use crate::wire;

wire! {
    /// By the names that administrators of Smart ID know.
    word pub enum ScriptName {
        #[serde(rename = "MobileIDScriptOptions")]
        Options,
        /// When users are reminded that a mobile ID ends.
        #[serde(rename = "MobileIDScriptExpiringOptions")]
        ExpiringOptions,
    }
}

impl ScriptName {
    pub const ALL: [Self; 2] = [Self::Options, Self::ExpiringOptions];

    /// The name on the wire, in addresses and in file names.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Options => "MobileIDScriptOptions",
            Self::ExpiringOptions => "MobileIDScriptExpiringOptions",
        }
    }
}

wire! {
    /// One saved version. Versions are numbered from 1; none is ever changed.
    answer pub struct ScriptVersion {
        pub number: u32,
        pub saved_at: Timestamp,
        /// The user name, or who else: the portal itself, the command line.
        pub author: String,
        pub comment: String,
        /// SHA-256 of the text in UTF-8, lower-case hex.
        pub sha256: String,
    }
}

wire! {
    answer pub struct Script {
        pub name: ScriptName,
        pub version: ScriptVersion,
        pub text: String,
        /// The greatest number there is: the version in force.
        pub in_force: u32,
    }
}

wire! {
    request pub struct CheckScript {
        pub text: String,
        /// For whom the effect is shown; absent: for the administrator who asks.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub user: Option<Uuid>,
    }
}

wire! {
    answer pub struct ScriptCheck {
        /// None: the text can be saved.
        pub faults: Vec<ScriptFault>,
        pub hints: Vec<ScriptHint>,
        /// `MobileIDScriptOptions`. Absent where the text has no value for this user.
        pub effect: Option<OptionsEffect>,
        /// `MobileIDScriptExpiringOptions`, likewise.
        #[serde(default)]
        pub reminders: Option<RemindersEffect>,
    }
}

wire! {
    /// What is wrong and where. Lines and columns count from 1.
    answer pub struct ScriptFault {
        pub line: Option<u32>,
        pub column: Option<u32>,
        pub kind: FaultKind,
        /// The option, or the name that is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<String>,
        /// With `unknown_name`: the option that was meant. With `wrong_type` and `out_of_range`: what is taken, such
        /// as `1 to 10`. With `syntax` and `failed`: what the language says, in English.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub expected: Option<String>,
        /// Another user than the one asked for has this fault: who.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub user: Option<String>,
    }
}

wire! {
    word pub enum FaultKind {
        /// The language does not take it.
        Syntax,
        /// No option and no variable of the script has this name.
        UnknownName,
        WrongType,
        OutOfRange,
        /// Text with control characters, too long, or empty where something must stand.
        TextRefused,
        /// The option's name stands behind `let`, which makes another variable of that name.
        DeclaredAgain,
        /// It computes for too long, or with too much.
        LimitReached,
        /// It ends with an error of its own.
        Failed,
        /// The certificates would outlive the issuing CA.
        BeyondCa,
        /// The phone's receipt is signed with the authentication key: it cannot be left out.
        AuthenticationNeeded,
        /// The code would be sent by e-mail, and this installation sends none (`mail.url`).
        MailNotConfigured,
    }
}

wire! {
    /// A choice that is taken but carries a risk.
    answer pub struct ScriptHint {
        pub line: Option<u32>,
        pub kind: HintKind,
    }
}

wire! {
    word pub enum HintKind {
        /// Over three years.
        LongValidity,
        /// Encryption certificates that no one can recover.
        EncryptionWithoutRecovery,
        /// The user would be notified by e-mail, and this installation sends none (`mail.url`).
        NotifyWithoutMail,
    }
}

wire! {
    /// Whether a certificate is issued.
    word pub enum CertificateChoice {
        Required,
        /// Chosen unless the user takes it off.
        Default,
        /// Not chosen unless the user puts it on.
        Optional,
        Off,
    }
}

wire! {
    word pub enum Recovery {
        Off,
        UserSelects,
        All,
        Newest,
    }
}

wire! {
    word pub enum Notify {
        None,
        Success,
        Failure,
        Both,
    }
}

wire! {
    /// The options as they fall out for one user.
    #[expect(clippy::struct_excessive_bools, reason = "the switches that administrators know")]
    answer pub struct OptionValues {
        pub authentication: CertificateChoice,
        pub signature: CertificateChoice,
        pub encryption: CertificateChoice,
        pub user_selects_certificates: bool,
        pub show_qr_code: bool,
        /// Whoever has no e-mail address gets the code on the screen all the same.
        pub show_qr_code_without_email: bool,
        pub activation_code_minutes: u32,
        pub activation_mail_minutes: u32,
        pub validity: Validity,
        pub user_id: String,
        pub server_name: String,
        pub profile_name: String,
        pub recover_encryption_certificates: Recovery,
        /// A second person approves before a key is recovered.
        pub recovery_needs_approval: bool,
        pub notify: Notify,
    }
}

wire! {
    /// What a text would give one user, beside what the defaults give the same user.
    answer pub struct OptionsEffect {
        pub user: UserSummary,
        pub values: OptionValues,
        pub defaults: OptionValues,
        /// What the dialog's first step would show.
        pub plan: Plan,
        /// The subject of the certificates, RFC 4514 text.
        pub subject: String,
        /// Of a certificate issued now.
        pub valid_from: Timestamp,
        pub valid_until: Timestamp,
    }
}

wire! {
    /// When a user is reminded that a mobile ID ends.
    answer pub struct ReminderValues {
        /// Days before the end, the greatest first, each once; none: no reminders.
        pub days_before: Vec<u32>,
        /// After the last of them, every day until the end.
        pub each_day: bool,
    }
}

wire! {
    /// What a text of `MobileIDScriptExpiringOptions` would give one user, beside the defaults.
    answer pub struct RemindersEffect {
        pub user: UserSummary,
        pub values: ReminderValues,
        pub defaults: ReminderValues,
        /// For a mobile ID that ends then: the user's active one, or else one that is made now.
        pub valid_until: Timestamp,
        /// When reminders would be sent for it, in order.
        pub dates: Vec<Timestamp>,
    }
}

wire! {
    answer pub struct UserSummary {
        pub id: Uuid,
        pub user_name: String,
        pub display_name: String,
        pub department: Option<String>,
    }
}

wire! {
    request pub struct SaveScript {
        pub text: String,
        /// Why, in the administrator's words.
        pub comment: String,
        /// The version that was edited. Where another is in force by now, nothing is saved: `script_changed`.
        pub base: u32,
    }
}

wire! {
    request pub struct DiffScript {
        /// The version to compare with.
        pub from: u32,
        /// The text to compare; or `to`, another version.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub text: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to: Option<u32>,
    }
}

wire! {
    /// A line of a diff in unified order, with three lines of context around each change.
    answer pub struct DiffLine {
        pub change: LineChange,
        /// Its number in the old and in the new text.
        pub old: Option<u32>,
        pub new: Option<u32>,
        pub text: String,
    }
}

wire! {
    word pub enum LineChange {
        Same,
        Removed,
        Added,
        /// Lines left out here.
        Gap,
    }
}
