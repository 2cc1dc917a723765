//! The administrator's scripts, `MobileIDScriptOptions` here and `MobileIDScriptExpiringOptions` in `reminders`: read
//! once, run for a user, and what they leave behind read into strictly typed options. A script is a text in Rhai, kept
//! from everything but arithmetic, text and the user's attributes; one that loops, throws or asks for too much ends
//! with a fault and nothing else. Called by use cases; Rhai's types stay here.

mod comment;
mod engine;
mod names;
mod read;
mod reminders;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use rhai::{AST, Dynamic, Map, Scope};
use shared::api::{
    CertificateChoice, FaultKind, HintKind, Notify, OptionValues, Recovery, ScriptFault, ScriptHint,
    ScriptName,
};

use crate::domain::{
    options::{defaults, profile_name},
    script::MAX_TEXT,
    user::{ATTRIBUTES, User},
};
use names::Names;

pub use reminders::{DEFAULT_REMINDERS, RemindersScript};

/// The script as it is shipped. It gives the defaults.
pub const DEFAULT_OPTIONS: &str = include_str!("script/MobileIDScriptOptions.rhai");

const USER: &str = "user";
const CERTIFICATES: &str = "certificates";
/// The keys of `certificates`, as the protocol orders them.
const PURPOSES: [&str; 3] = ["authentication", "signature", "encryption"];
const OPTIONS: [&str; 15] = [
    CERTIFICATES,
    "userSelectsCertificates",
    "showQRCode",
    "showQRCodeWithoutEmail",
    "activationCodeMinutes",
    "activationMailMinutes",
    "yearsOfValidity",
    "monthsOfValidity",
    "daysOfValidity",
    "MobileIDOptionUserID",
    "MobileIDOptionServerName",
    "MobileIDOptionProfileName",
    "recoverEncryptionCertificates",
    "recoveryNeedsApproval",
    "notify",
];

/// What a script may name besides `user` and variables of its own.
#[derive(Debug)]
struct Vocabulary {
    options: &'static [&'static str],
    /// The option that is a map, and its keys.
    map: Option<(&'static str, &'static [&'static str])>,
}

static VOCABULARY: Vocabulary = Vocabulary {
    options: &OPTIONS,
    map: Some((CERTIFICATES, &PURPOSES)),
};

/// A validity over three years carries a risk: see `HintKind::LongValidity`.
const LONG_MONTHS: u32 = 36;

fn user_properties() -> impl Iterator<Item = &'static str> {
    ["user_name", "cn", "email"].into_iter().chain(ATTRIBUTES)
}

/// What is alike in both scripts.
pub trait Script: Clone + Send + 'static {
    const NAME: ScriptName;
    type Values;

    /// Looks at language and names, for no user in particular. The faults in order of line.
    fn compile(text: &str) -> Result<Self, Vec<ScriptFault>>;

    /// The values for this user: runs the script under its limits and reads what it leaves behind. All faults at
    /// once, in order of line; never none.
    fn evaluate(&self, user: &User) -> Result<Self::Values, Vec<ScriptFault>>;

    /// Where the administrator has changed nothing.
    fn defaults(user: &User) -> Self::Values;
}

/// A text that the language takes and whose names are all known.
#[derive(Debug)]
struct Compiled {
    ast: AST,
    names: Names,
}

impl Compiled {
    fn new(text: &str, vocabulary: &'static Vocabulary) -> Result<Arc<Self>, Vec<ScriptFault>> {
        if text.len() > MAX_TEXT {
            let told = format!("the text is longer than {} KiB", MAX_TEXT / 1_024);
            let fault = engine::at(rhai::Position::NONE, FaultKind::LimitReached, None, Some(told));
            return Err(vec![fault]);
        }
        if let Some(fault) = comment::unclosed(text) {
            return Err(vec![fault]);
        }
        let ast = engine::compile(text).map_err(|fault| vec![fault])?;
        let mut names = names::read(&ast, vocabulary);
        let faults = std::mem::take(&mut names.faults);
        if faults.is_empty() {
            Ok(Arc::new(Self { ast, names }))
        } else {
            Err(faults)
        }
    }

    fn run(&self, mut scope: Scope<'static>) -> Result<Scope<'static>, Vec<ScriptFault>> {
        engine::run(&self.ast, &mut scope).map_err(|fault| vec![fault])?;
        Ok(scope)
    }
}

/// `MobileIDScriptOptions`. Cheap to clone.
#[derive(Debug, Clone)]
pub struct OptionsScript(Arc<Compiled>);

impl Script for OptionsScript {
    const NAME: ScriptName = ScriptName::Options;
    type Values = OptionValues;

    fn compile(text: &str) -> Result<Self, Vec<ScriptFault>> {
        Compiled::new(text, &VOCABULARY).map(Self)
    }

    fn evaluate(&self, user: &User) -> Result<OptionValues, Vec<ScriptFault>> {
        let given = defaults(user);
        let scope = self.0.run(scope(user, &given))?;
        read::options(&scope, &self.0.names, &given, &profile_name(user))
    }

    fn defaults(user: &User) -> OptionValues {
        defaults(user)
    }
}

impl OptionsScript {
    /// What an installation that sends no mail cannot do.
    pub fn without_mail(&self, values: &OptionValues) -> Option<ScriptFault> {
        let option = "showQRCode";
        let place = self.0.names.place(option, None, &false.into());
        let kind = FaultKind::MailNotConfigured;
        (!values.show_qr_code).then(|| engine::at(place, kind, Some(option.into()), None))
    }

    /// What is taken but carries a risk.
    pub fn hints(&self, values: &OptionValues, sends_mail: bool) -> Vec<ScriptHint> {
        let mut hints = Vec::new();
        let validity = values.validity;
        let months = validity.years * 12 + validity.months + validity.days / 30;
        let days_past = validity.days % 30;
        if months > LONG_MONTHS || (months == LONG_MONTHS && days_past > 15) {
            let set = [
                ("yearsOfValidity", validity.years),
                ("monthsOfValidity", validity.months),
                ("daysOfValidity", validity.days),
            ];
            let option = set.into_iter().find(|(_, count)| *count > 0);
            hints.push(ScriptHint {
                line: option.and_then(|(option, _)| self.line_of(option)),
                kind: HintKind::LongValidity,
            });
        }
        if values.encryption != CertificateChoice::Off
            && values.recover_encryption_certificates == Recovery::Off
        {
            hints.push(ScriptHint {
                line: self.line_of(CERTIFICATES),
                kind: HintKind::EncryptionWithoutRecovery,
            });
        }
        if values.notify != Notify::None && !sends_mail {
            hints.push(ScriptHint {
                line: self.line_of("notify"),
                kind: HintKind::NotifyWithoutMail,
            });
        }
        hints
    }

    /// The line that assigns this option last. `None` where none does.
    pub fn line_of(&self, option: &str) -> Option<u32> {
        let mut assigned = self.0.names.assigned.iter();
        let last = assigned.rfind(|assigned| assigned.option == option)?;
        last.position.line().and_then(|line| u32::try_from(line).ok())
    }
}

/// The user, who is a constant. The options come behind.
fn scope_of(user: &User) -> Scope<'static> {
    let text = |text: &str| Dynamic::from(text.to_owned());
    let mut known = Map::new();
    for (property, value) in [
        ("user_name", user.user_name.as_str()),
        ("cn", &user.display_name),
        ("email", user.email.as_deref().unwrap_or_default()),
    ] {
        known.insert(property.into(), text(value));
    }
    for attribute in ATTRIBUTES {
        let value = user.attributes.get(attribute).map_or("", String::as_str);
        known.insert(attribute.into(), text(value));
    }
    let mut scope = Scope::new();
    scope.push_constant(USER, known);
    scope
}

/// Every option with its default, and the user.
fn scope(user: &User, given: &OptionValues) -> Scope<'static> {
    let text = |text: &str| Dynamic::from(text.to_owned());
    let number = |number: u32| Dynamic::from(i64::from(number));
    let choices = ["required", "default", "off"];
    let certificates: Map = PURPOSES
        .into_iter()
        .zip(choices)
        .map(|(purpose, choice)| (purpose.into(), text(choice)))
        .collect();
    let mut scope = scope_of(user);
    for (option, value) in [
        (CERTIFICATES, certificates.into()),
        ("userSelectsCertificates", given.user_selects_certificates.into()),
        ("showQRCode", given.show_qr_code.into()),
        ("showQRCodeWithoutEmail", given.show_qr_code_without_email.into()),
        ("activationCodeMinutes", number(given.activation_code_minutes)),
        ("activationMailMinutes", number(given.activation_mail_minutes)),
        ("yearsOfValidity", number(given.validity.years)),
        ("monthsOfValidity", number(given.validity.months)),
        ("daysOfValidity", number(given.validity.days)),
        ("MobileIDOptionUserID", text(&given.user_id)),
        ("MobileIDOptionServerName", text(&given.server_name)),
        ("MobileIDOptionProfileName", text(&given.profile_name)),
        ("recoverEncryptionCertificates", text("off")),
        ("recoveryNeedsApproval", given.recovery_needs_approval.into()),
        ("notify", text("none")),
    ] {
        scope.push_dynamic(option, value);
    }
    scope
}
