//! The options out of the variables that a script leaves behind: each of the type and in the range that it must have,
//! or a fault with the place where it got its value. All faults at once.

mod reminders;

use rhai::{Dynamic, Map, Scope};
use shared::api::{CertificateChoice, FaultKind, Notify, OptionValues, Recovery, ScriptFault, Validity};

use super::{
    CERTIFICATES, PURPOSES,
    engine::at,
    names::{Assigned, Names, meant},
};
use crate::domain::options::{LONGEST_NAME, LONGEST_USER_ID, is_hidden};

pub(super) use reminders::reminders;

const CHOICES: [(&str, CertificateChoice); 4] = [
    ("required", CertificateChoice::Required),
    ("default", CertificateChoice::Default),
    ("optional", CertificateChoice::Optional),
    ("off", CertificateChoice::Off),
];
const RECOVERIES: [(&str, Recovery); 4] = [
    ("off", Recovery::Off),
    ("user selects", Recovery::UserSelects),
    ("all", Recovery::All),
    ("newest", Recovery::Newest),
];
const NOTIFIES: [(&str, Notify); 4] = [
    ("none", Notify::None),
    ("success", Notify::Success),
    ("failure", Notify::Failure),
    ("both", Notify::Both),
];

/// What the reading needs: the variables, and where they were assigned.
pub(super) struct Reading<'a> {
    pub scope: &'a Scope<'static>,
    pub names: &'a Names,
    faults: Vec<ScriptFault>,
}

/// `given`: the values before the script ran; those that a script cannot spoil, and what an empty user ID becomes.
/// `uncut`: the default name where a user's own name is too long for it.
pub(super) fn options(
    scope: &Scope<'static>,
    names: &Names,
    given: &OptionValues,
    uncut: &str,
) -> Result<OptionValues, Vec<ScriptFault>> {
    let mut reading = Reading {
        scope,
        names,
        faults: Vec::new(),
    };
    let [authentication, signature, encryption] = reading.certificates(given);
    let values = OptionValues {
        authentication,
        signature,
        encryption,
        user_selects_certificates: reading.switch("userSelectsCertificates"),
        show_qr_code: reading.switch("showQRCode"),
        show_qr_code_without_email: reading.switch("showQRCodeWithoutEmail"),
        activation_code_minutes: reading.count("activationCodeMinutes", 1, 60),
        activation_mail_minutes: reading.count("activationMailMinutes", 5, 1_440),
        validity: reading.validity(),
        user_id: reading.user_id(given),
        server_name: reading.text("MobileIDOptionServerName", LONGEST_NAME),
        profile_name: reading.profile_name(given, uncut),
        recover_encryption_certificates: reading.word(
            "recoverEncryptionCertificates",
            &RECOVERIES,
            Recovery::Off,
        ),
        recovery_needs_approval: reading.switch("recoveryNeedsApproval"),
        notify: reading.word("notify", &NOTIFIES, Notify::None),
    };
    reading.not_built(&values);
    reading.end(values)
}

impl Reading<'_> {
    /// The values, or every fault in order of line.
    fn end<T>(self, values: T) -> Result<T, Vec<ScriptFault>> {
        let mut faults = self.faults;
        if faults.is_empty() {
            return Ok(values);
        }
        faults.sort_by_key(|fault| (fault.line, fault.column));
        Err(faults)
    }

    fn value(&self, option: &str) -> Dynamic {
        self.scope.get_value(option).unwrap_or_default()
    }

    fn certificates(&mut self, given: &OptionValues) -> [CertificateChoice; 3] {
        let given = [given.authentication, given.signature, given.encryption];
        let found = self.value(CERTIFICATES);
        let Some(map) = found.clone().try_cast::<Map>() else {
            let takes = "a map such as #{ authentication: \"required\", signature: \"default\" }";
            self.fault(CERTIFICATES, None, &found, FaultKind::WrongType, takes);
            return given;
        };
        for (key, value) in &map {
            if !PURPOSES.contains(&key.as_str()) {
                let place = self.names.place(CERTIFICATES, Some(key), value);
                let meant = meant(key, PURPOSES.into_iter());
                self.faults
                    .push(at(place, FaultKind::UnknownName, Some(key.to_string()), meant));
            }
        }
        let mut choices = given;
        for (purpose, choice) in PURPOSES.into_iter().zip(&mut choices) {
            // A key that is left out keeps its default.
            if let Some(value) = map.get(purpose)
                && let Some(chosen) = self.one_of(CERTIFICATES, Some(purpose), value, &CHOICES)
            {
                *choice = chosen;
            }
        }
        choices
    }

    fn switch(&mut self, option: &str) -> bool {
        let found = self.value(option);
        found.as_bool().unwrap_or_else(|_| {
            self.fault(option, None, &found, FaultKind::WrongType, "true or false");
            false
        })
    }

    fn count(&mut self, option: &str, least: u32, most: u32) -> u32 {
        let found = self.value(option);
        let Ok(number) = found.as_int() else {
            let takes = format!("a whole number, {least} to {most}");
            self.fault(option, None, &found, FaultKind::WrongType, &takes);
            return least;
        };
        let number = u32::try_from(number).ok();
        number
            .filter(|number| (least..=most).contains(number))
            .unwrap_or_else(|| {
                let takes = format!("{least} to {most}");
                self.fault(option, None, &found, FaultKind::OutOfRange, &takes);
                least
            })
    }

    fn validity(&mut self) -> Validity {
        let before = self.faults.len();
        let validity = Validity {
            years: self.count("yearsOfValidity", 0, 10),
            months: self.count("monthsOfValidity", 0, 120),
            days: self.count("daysOfValidity", 0, 3_650),
        };
        let is_nothing = validity.years + validity.months + validity.days == 0;
        if is_nothing && self.faults.len() == before {
            let found = self.value("yearsOfValidity");
            let takes = "at least one day in all, by years, months and days";
            self.fault("yearsOfValidity", None, &found, FaultKind::OutOfRange, takes);
        }
        validity
    }

    /// An empty one is the user name: a user without an address has none to give.
    fn user_id(&mut self, given: &OptionValues) -> String {
        let option = "MobileIDOptionUserID";
        match self.value(option).into_immutable_string() {
            Ok(text) if text.trim().is_empty() => given.user_id.clone(),
            _ => self.text(option, LONGEST_USER_ID),
        }
    }

    /// A user whose name is too long for the default gets it cut, and does not keep the text from being saved.
    fn profile_name(&mut self, given: &OptionValues, uncut: &str) -> String {
        let option = "MobileIDOptionProfileName";
        match self.value(option).into_immutable_string() {
            Ok(text) if text.trim() == uncut.trim() => given.profile_name.clone(),
            _ => self.text(option, LONGEST_NAME),
        }
    }

    fn text(&mut self, option: &str, most: usize) -> String {
        let found = self.value(option);
        let takes = format!("1 to {most} characters that can be seen");
        let Ok(text) = found.clone().into_immutable_string() else {
            let takes = format!("a text in double quotes, {takes}");
            self.fault(option, None, &found, FaultKind::WrongType, &takes);
            return String::new();
        };
        let text = text.trim();
        let is_fine = (1..=most).contains(&text.chars().count()) && !text.chars().any(is_hidden);
        if !is_fine {
            self.fault(option, None, &found, FaultKind::TextRefused, &takes);
        }
        text.to_owned()
    }

    fn word<T: Copy>(&mut self, option: &str, words: &[(&str, T)], otherwise: T) -> T {
        let found = self.value(option);
        self.one_of(option, None, &found, words).unwrap_or(otherwise)
    }

    fn one_of<T: Copy>(
        &mut self,
        option: &str,
        key: Option<&str>,
        found: &Dynamic,
        words: &[(&str, T)],
    ) -> Option<T> {
        let text = found.clone().into_immutable_string();
        let known = |text: &str| words.iter().find(|(word, _)| *word == text);
        if let Some((_, value)) = text.as_ref().ok().and_then(|text| known(text)) {
            return Some(*value);
        }
        let kind = if text.is_ok() {
            FaultKind::OutOfRange
        } else {
            FaultKind::WrongType
        };
        self.fault(option, key, found, kind, &listed(words));
        None
    }

    /// What the product can never do.
    fn not_built(&mut self, values: &OptionValues) {
        let word = |choice| {
            let (word, _) = CHOICES.into_iter().find(|(_, known)| *known == choice)?;
            Some(Dynamic::from(word.to_owned()))
        };
        let mut refuse = |option: &str, key: Option<&str>, found: Option<Dynamic>, kind| {
            let place = self.names.place(option, key, &found.unwrap_or_default());
            let name = key.map_or_else(|| option.to_owned(), |key| format!("{option}.{key}"));
            self.faults.push(at(place, kind, Some(name), None));
        };
        let [authentication, ..] = PURPOSES;
        if values.authentication != CertificateChoice::Required {
            let found = word(values.authentication);
            refuse(
                CERTIFICATES,
                Some(authentication),
                found,
                FaultKind::AuthenticationNeeded,
            );
        }
    }

    fn fault(&mut self, option: &str, key: Option<&str>, found: &Dynamic, kind: FaultKind, takes: &str) {
        let place = self.names.place(option, key, found);
        let name = key.map_or_else(|| option.to_owned(), |key| format!("{option}.{key}"));
        self.faults
            .push(at(place, kind, Some(name), Some(takes.to_owned())));
    }
}

impl Names {
    /// Where the option got this value: the last place that has it written out, or else the last place at all.
    pub(super) fn place(&self, option: &str, key: Option<&str>, found: &Dynamic) -> rhai::Position {
        let is_it = |assigned: &&Assigned| {
            assigned.option == option
                && (key.is_none() || assigned.key.is_none() || assigned.key.as_deref() == key)
        };
        // What names the key says more than what assigns the whole map.
        let here: Vec<_> = self.assigned.iter().filter(is_it).collect();
        let exact: Vec<_> = here
            .iter()
            .copied()
            .filter(|assigned| key.is_some() && assigned.key.is_some())
            .collect();
        let here = if exact.is_empty() { here } else { exact };
        let written = here
            .iter()
            .rev()
            .find(|assigned| assigned.value.as_ref().is_some_and(|value| is_same(value, found)));
        written
            .or(here.last())
            .map_or(rhai::Position::NONE, |assigned| assigned.position)
    }
}

fn is_same(one: &Dynamic, other: &Dynamic) -> bool {
    one.type_name() == other.type_name() && one.to_string() == other.to_string()
}

/// `"a", "b" or "c"`.
fn listed<T>(words: &[(&str, T)]) -> String {
    let words: Vec<_> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.join(""),
    }
}
