//! The reminders' script: what it gives, and what is refused.

use shared::api::{FaultKind, ReminderValues, ScriptFault};

use super::{anna, bertil};
use crate::{
    domain::reminder,
    script::{DEFAULT_REMINDERS, RemindersScript, Script},
};
use FaultKind::{DeclaredAgain, Failed, LimitReached, OutOfRange, Syntax, UnknownName, WrongType};

fn value(text: &str) -> Result<ReminderValues, Vec<ScriptFault>> {
    RemindersScript::compile(text).and_then(|script| script.evaluate(&anna()))
}

#[test]
fn the_shipped_one_and_an_empty_one_give_the_defaults() {
    for text in [DEFAULT_REMINDERS, "", "// nothing"] {
        assert_eq!(value(text), Ok(reminder::defaults()), "{text}");
    }
}

#[test]
fn days_come_sorted_and_once_each() {
    let twenty: Vec<u32> = (1..=20).collect();
    for (text, days, each_day) in [
        ("[7, 60, 7, 14]", &[60, 14, 7][..], true),
        ("[365, 1]", &[365, 1], true),
        ("[]", &[], true),
        ("[60]; MobileIDEmailBeforeExpiringEachDay = false", &[60], false),
        (
            "[30]; for day in [5, 3] { MobileIDEmailBeforeExpiringDays.push(day); }",
            &[30, 5, 3],
            true,
        ),
    ] {
        let expected = ReminderValues {
            days_before: days.to_vec(),
            each_day,
        };
        let text = format!("MobileIDEmailBeforeExpiringDays = {text};");
        assert_eq!(value(&text), Ok(expected), "{text}");
    }
    let most = value(&format!("MobileIDEmailBeforeExpiringDays = {twenty:?};")).unwrap();
    assert_eq!((most.days_before.len(), most.days_before[0]), (20, 20));
}

#[test]
fn a_department_has_days_of_its_own() {
    let text = "if user.department == \"Finance\" { MobileIDEmailBeforeExpiringDays = [90]; }";
    let script = RemindersScript::compile(text).unwrap();
    assert_eq!(script.evaluate(&anna()).unwrap().days_before, [90]);
    assert_eq!(script.evaluate(&bertil()), Ok(reminder::defaults()));
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let many = format!("\nMobileIDEmailBeforeExpiringDays = [{}];", "7,".repeat(21));
    let (days, each_day) = (
        Some("MobileIDEmailBeforeExpiringDays"),
        Some("MobileIDEmailBeforeExpiringEachDay"),
    );
    for (text, line, kind, name) in [
        ("MobileIDEmailBeforeExpiringDays = 60;", 1, WrongType, days),
        (
            "\n\nMobileIDEmailBeforeExpiringDays = [60, \"30\"];",
            3,
            WrongType,
            days,
        ),
        ("MobileIDEmailBeforeExpiringDays = [1.5];", 1, WrongType, days),
        ("MobileIDEmailBeforeExpiringDays = [0];", 1, OutOfRange, days),
        ("MobileIDEmailBeforeExpiringDays = [-1, 7];", 1, OutOfRange, days),
        ("MobileIDEmailBeforeExpiringDays = [366];", 1, OutOfRange, days),
        (&many, 2, OutOfRange, days),
        (
            "\nMobileIDEmailBeforeExpiringEachDay = 1;",
            2,
            WrongType,
            each_day,
        ),
        (
            "let MobileIDEmailBeforeExpiringDays = [7];",
            1,
            DeclaredAgain,
            days,
        ),
        // An option of the other script is none of this one.
        ("yearsOfValidity = 2;", 1, UnknownName, Some("yearsOfValidity")),
        ("user.departmnt;", 1, UnknownName, Some("user.departmnt")),
        ("user = 1;", 1, Failed, Some("user")),
        ("MobileIDEmailBeforeExpiringDays = [7;", 1, Syntax, None),
        ("throw \"no\";", 1, Failed, None),
        ("loop { }", 1, LimitReached, None),
    ] {
        let faults = value(text).expect_err(text);
        let fault = &faults[0];
        assert_eq!(
            (fault.line, fault.kind, fault.name.as_deref()),
            (Some(line), kind, name),
            "{text}: {fault:?}"
        );
    }
}

#[test]
fn all_faults_are_told_at_once_and_what_was_meant() {
    let faults = value("MobileIDEmailBeforeExpiringEachDay = 7;\nMobileIDEmailBeforeExpiringDays = true;")
        .unwrap_err();
    let lines: Vec<_> = faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [Some(1), Some(2)]);
    let faults = value("mobileIDEmailBeforeExpiringDay = [];\nMobileIDEmailBeforeExpireEachDay = true;");
    let meant: Vec<_> = faults
        .unwrap_err()
        .into_iter()
        .map(|fault| fault.expected)
        .collect();
    assert_eq!(
        meant,
        [
            Some("MobileIDEmailBeforeExpiringDays".to_owned()),
            Some("MobileIDEmailBeforeExpiringEachDay".to_owned())
        ]
    );
}
