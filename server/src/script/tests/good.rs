//! Scripts that are taken, and what they give.

use shared::api::{CertificateChoice, FaultKind, HintKind, Notify, OptionValues, Recovery, Validity};

use super::{anna, bertil, value};
use crate::{
    domain::{options::defaults, user::User},
    script::{DEFAULT_OPTIONS, OptionsScript, Script},
};

/// What differs from the defaults.
fn changed(user: &User, change: impl FnOnce(&mut OptionValues)) -> OptionValues {
    let mut values = defaults(user);
    change(&mut values);
    values
}

const fn validity(years: u32, months: u32, days: u32) -> Validity {
    Validity { years, months, days }
}

#[test]
fn the_shipped_script_gives_the_defaults() {
    for user in [anna(), bertil()] {
        for text in [DEFAULT_OPTIONS, "", "\n", "// nothing", "/* nothing */"] {
            assert_eq!(value(text, &user), Ok(defaults(&user)), "{text:?}");
        }
    }
    let lines = DEFAULT_OPTIONS.lines();
    assert!(lines.clone().all(|line| line.chars().count() <= 100));
    assert!(lines.count() >= 80);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_script_is_taken_as_it_is_meant() {
    type Change = fn(&mut OptionValues);
    let table: [(&str, Change); 39] = [
        ("yearsOfValidity = 1;", |v| v.validity = validity(1, 0, 0)),
        ("yearsOfValidity = 1", |v| v.validity = validity(1, 0, 0)),
        ("yearsOfValidity = 0; daysOfValidity = 90;", |v| {
            v.validity = validity(0, 0, 90);
        }),
        ("yearsOfValidity = 0; monthsOfValidity = 18;", |v| {
            v.validity = validity(0, 18, 0);
        }),
        (
            "yearsOfValidity = 10; monthsOfValidity = 120; daysOfValidity = 3650;",
            |v| {
                v.validity = validity(10, 120, 3650);
            },
        ),
        ("yearsOfValidity += 1;", |v| v.validity = validity(3, 0, 0)),
        (
            "if user.department == \"Finance\" { yearsOfValidity = 1; }",
            |v| {
                v.validity = validity(1, 0, 0);
            },
        ),
        ("if user.department == \"Sales\" { yearsOfValidity = 1; }", |_| {}),
        (
            "if user.employee_type == \"consultant\" && user.company == \"\" { daysOfValidity = 7; }",
            |v| {
                v.validity.days = 7;
            },
        ),
        (
            "switch user.department { \"Finance\" => { yearsOfValidity = 1; }, _ => { yearsOfValidity = 3; } }",
            |v| {
                v.validity = validity(1, 0, 0);
            },
        ),
        (
            "yearsOfValidity = if user.department in [\"Finance\", \"Sales\"] { 1 } else { 3 };",
            |v| {
                v.validity = validity(1, 0, 0);
            },
        ),
        ("let years = 3; yearsOfValidity = years - 2;", |v| {
            v.validity = validity(1, 0, 0);
        }),
        ("const YEARS = 4; yearsOfValidity = YEARS;", |v| {
            v.validity = validity(4, 0, 0);
        }),
        ("for n in 0..3 { daysOfValidity += n; }", |v| v.validity.days = 3),
        (
            "try { throw \"x\"; } catch (why) { daysOfValidity = why.len(); }",
            |v| v.validity.days = 1,
        ),
        ("userSelectsCertificates = true;", |v| {
            v.user_selects_certificates = true;
        }),
        (
            "userSelectsCertificates = user.email.ends_with(\"@example.com\");",
            |v| {
                v.user_selects_certificates = true;
            },
        ),
        ("certificates.signature = \"off\";", |v| {
            v.signature = CertificateChoice::Off;
        }),
        ("certificates[\"signature\"] = \"required\";", |v| {
            v.signature = CertificateChoice::Required;
        }),
        (
            "certificates = #{ authentication: \"required\", signature: \"optional\", encryption: \"off\" };",
            |v| {
                v.signature = CertificateChoice::Optional;
            },
        ),
        ("certificates = #{ signature: \"off\" };", |v| {
            v.signature = CertificateChoice::Off;
        }),
        ("certificates = #{};", |_| {}),
        ("activationCodeMinutes = 1;", |v| v.activation_code_minutes = 1),
        ("activationCodeMinutes = 60;", |v| v.activation_code_minutes = 60),
        ("showQRCode = false;", |v| v.show_qr_code = false),
        ("showQRCode = false; showQRCodeWithoutEmail = true;", |v| {
            v.show_qr_code = false;
            v.show_qr_code_without_email = true;
        }),
        ("activationMailMinutes = 1440;", |v| {
            v.activation_mail_minutes = 1440;
        }),
        ("MobileIDOptionUserID = user.user_name;", |v| {
            v.user_id = "anna".into();
        }),
        ("MobileIDOptionUserID = \"  \";", |_| {}),
        ("MobileIDOptionServerName = \"Räksmörgås 漢字\";", |v| {
            v.server_name = "Räksmörgås 漢字".into();
        }),
        (
            "MobileIDOptionProfileName = `${user.cn} (${user.department})`;",
            |v| {
                v.profile_name = "Anna Svensson (Finance)".into();
            },
        ),
        (
            "MobileIDOptionProfileName = user.cn.sub_string(0, 4) + \"'s ID\";",
            |v| {
                v.profile_name = "Anna's ID".into();
            },
        ),
        ("MobileIDOptionProfileName = \" x \";", |v| {
            v.profile_name = "x".into();
        }),
        ("recoverEncryptionCertificates = \"user selects\";", |v| {
            v.recover_encryption_certificates = Recovery::UserSelects;
        }),
        ("recoveryNeedsApproval = user.department == \"Finance\";", |v| {
            v.recovery_needs_approval = true;
        }),
        ("recoveryNeedsApproval = user.department == \"Sales\";", |_| {}),
        ("certificates.encryption = \"required\";", |v| {
            v.encryption = CertificateChoice::Required;
        }),
        ("notify = \"both\"; print(\"heard by nobody\"); debug(1);", |v| {
            v.notify = Notify::Both;
        }),
        ("notify = \"success\"; return; notify = \"both\";", |v| {
            v.notify = Notify::Success;
        }),
    ];
    for (text, change) in table {
        assert_eq!(value(text, &anna()), Ok(changed(&anna(), change)), "{text}");
    }
}

#[test]
fn who_has_no_address_has_their_user_name_for_an_id() {
    for text in [
        "MobileIDOptionUserID = user.email;",
        "MobileIDOptionUserID = \"\";",
    ] {
        assert_eq!(value(text, &bertil()).unwrap().user_id, "bertil");
        assert_eq!(value(text, &anna()).unwrap().user_id, "anna@example.com");
    }
}

#[test]
fn one_script_serves_many_users_at_once() {
    let script = OptionsScript::compile("MobileIDOptionUserID = user.user_name;").unwrap();
    std::thread::scope(|scope| {
        for user in [anna(), bertil()] {
            let script = script.clone();
            scope.spawn(move || {
                for _ in 0..100 {
                    assert_eq!(script.evaluate(&user).unwrap().user_id, user.user_name);
                }
            });
        }
    });
}

#[test]
fn a_risk_is_said_with_its_line() {
    let table = [
        ("yearsOfValidity = 3;", None),
        (
            "yearsOfValidity = 3; monthsOfValidity = 0; daysOfValidity = 15;",
            None,
        ),
        ("\nyearsOfValidity = 4;", Some(Some(2))),
        ("yearsOfValidity = 0;\nmonthsOfValidity = 37;", Some(Some(2))),
        ("yearsOfValidity = 0;\n\ndaysOfValidity = 1200;", Some(Some(3))),
        ("monthsOfValidity = 24;", Some(None)),
    ];
    for (text, line) in table {
        let script = OptionsScript::compile(text).unwrap();
        let values = script.evaluate(&anna()).unwrap();
        let hints: Vec<_> = script
            .hints(&values, true)
            .iter()
            .map(|hint| (hint.line, hint.kind))
            .collect();
        let expected: Vec<_> = line
            .map(|line| (line, HintKind::LongValidity))
            .into_iter()
            .collect();
        assert_eq!(hints, expected, "{text}");
    }
    let script = OptionsScript::compile("\ncertificates.encryption = \"required\";").unwrap();
    let values = changed(&anna(), |v| v.encryption = CertificateChoice::Required);
    let hints = script.hints(&values, true);
    assert_eq!(
        (hints[0].line, hints[0].kind),
        (Some(2), HintKind::EncryptionWithoutRecovery)
    );
    let recovered = OptionValues {
        recover_encryption_certificates: Recovery::Newest,
        ..values
    };
    assert_eq!(script.hints(&recovered, true), []);
}

#[test]
fn what_needs_mail_is_told_where_none_is_sent() {
    let script = OptionsScript::compile("\nnotify = \"both\";").unwrap();
    let values = script.evaluate(&anna()).unwrap();
    let hints: Vec<_> = script
        .hints(&values, false)
        .iter()
        .map(|hint| (hint.line, hint.kind))
        .collect();
    assert_eq!(hints, [(Some(2), HintKind::NotifyWithoutMail)]);
    assert_eq!(script.hints(&values, true), []);
    let none = OptionValues {
        notify: Notify::None,
        ..values
    };
    assert_eq!(script.hints(&none, false), []);
}

#[test]
fn a_name_or_an_address_that_is_too_long_spoils_no_text() {
    let named = User {
        display_name: format!("Anna {}", "ö".repeat(195)),
        email: Some(format!("{}@example.com", "a".repeat(242))),
        ..anna()
    };
    let cut = format!("MobileID Anna {}…", "ö".repeat(49));
    for text in [
        DEFAULT_OPTIONS,
        "",
        "MobileIDOptionProfileName = \"MobileID \" + user.cn;",
        "MobileIDOptionProfileName = ` MobileID ${user.cn} `;",
    ] {
        let values = value(text, &named).unwrap();
        assert_eq!(values, defaults(&named), "{text}");
        assert_eq!(values.profile_name, cut);
        assert_eq!(Some(values.user_id), named.email, "nothing of an ID is cut");
    }
    // What the administrator puts together is theirs to shorten.
    let faults = value("MobileIDOptionProfileName = user.cn + \" at work\";", &named).unwrap_err();
    assert_eq!(faults[0].kind, FaultKind::TextRefused);
}
