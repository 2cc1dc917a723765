//! Scripts that are refused: what is said, and about which place.

use shared::api::{FaultKind, ScriptFault};

use super::{anna, value};
use crate::script::{OptionsScript, Script};
use FaultKind::{
    AuthenticationNeeded, DeclaredAgain, Failed, LimitReached, MailNotConfigured, OutOfRange, Syntax,
    TextRefused, UnknownName, WrongType,
};

fn faults(text: &str) -> Vec<ScriptFault> {
    value(text, &anna()).expect_err(text)
}

/// Line, column, kind, name, and what is expected in its place.
type Told<'a> = (
    Option<u32>,
    Option<u32>,
    FaultKind,
    Option<&'a str>,
    Option<&'a str>,
);

fn told(fault: &ScriptFault) -> Told<'_> {
    assert_eq!(fault.user, None);
    (
        fault.line,
        fault.column,
        fault.kind,
        fault.name.as_deref(),
        fault.expected.as_deref(),
    )
}

const fn at(
    line: u32,
    column: u32,
    kind: FaultKind,
    name: &'static str,
    expected: Option<&'static str>,
) -> Told<'static> {
    (Some(line), Some(column), kind, Some(name), expected)
}

const CHOICES: Option<&str> = Some("\"required\", \"default\", \"optional\" or \"off\"");

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn names_that_nobody_knows() {
    let long = "if user.department == \"Sales\" {\n    yearOfValidity = 1;\n}";
    let table = [
        (
            "yearOfValidity = 1;",
            at(1, 1, UnknownName, "yearOfValidity", Some("yearsOfValidity")),
        ),
        (
            "\n  YearsOfValidity = 1;",
            at(2, 3, UnknownName, "YearsOfValidity", Some("yearsOfValidity")),
        ),
        (
            "showQrCode = true;",
            at(1, 1, UnknownName, "showQrCode", Some("showQRCode")),
        ),
        (
            "notfy = \"both\";",
            at(1, 1, UnknownName, "notfy", Some("notify")),
        ),
        (
            "mobileIdOptionServername = \"x\";",
            at(
                1,
                1,
                UnknownName,
                "mobileIdOptionServername",
                Some("MobileIDOptionServerName"),
            ),
        ),
        ("frobnicate = 1;", at(1, 1, UnknownName, "frobnicate", None)),
        // A branch that this user does not take.
        (
            long,
            at(2, 5, UnknownName, "yearOfValidity", Some("yearsOfValidity")),
        ),
        ("yearsOfValidity = years;", at(1, 19, UnknownName, "years", None)),
        (
            "let years = 1; yearsOfValidity = yeras;",
            at(1, 34, UnknownName, "yeras", Some("years")),
        ),
        (
            "if user.departmnt == \"x\" { }",
            at(1, 9, UnknownName, "user.departmnt", Some("user.department")),
        ),
        (
            "if usr.department == \"x\" { }",
            at(1, 4, UnknownName, "usr", Some("user")),
        ),
        (
            "notify = user[\"mail\"];",
            at(1, 15, UnknownName, "user.mail", Some("user.email")),
        ),
        (
            "notify = user.password_hash;",
            at(1, 15, UnknownName, "user.password_hash", None),
        ),
        (
            "certificates.signatur = \"off\";",
            at(1, 14, UnknownName, "signatur", Some("signature")),
        ),
        (
            "certificates[\"encription\"] = \"off\";",
            at(1, 14, UnknownName, "encription", Some("encryption")),
        ),
        (
            "certificates = #{\n  authentification: \"required\" };",
            at(2, 3, UnknownName, "authentification", Some("authentication")),
        ),
        (
            "let key = \"sign\"; certificates[key] = \"off\";",
            at(1, 19, UnknownName, "sign", None),
        ),
    ];
    for (text, expected) in table {
        assert_eq!(told(&faults(text)[0]), expected, "{text}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn types_and_ranges() {
    let years = "0 to 10";
    let table = [
        (
            "yearsOfValidity = \"2\";",
            at(
                1,
                1,
                WrongType,
                "yearsOfValidity",
                Some("a whole number, 0 to 10"),
            ),
        ),
        (
            "yearsOfValidity = 2.0;",
            at(
                1,
                1,
                WrongType,
                "yearsOfValidity",
                Some("a whole number, 0 to 10"),
            ),
        ),
        (
            "yearsOfValidity = true;",
            at(
                1,
                1,
                WrongType,
                "yearsOfValidity",
                Some("a whole number, 0 to 10"),
            ),
        ),
        (
            "yearsOfValidity = ();",
            at(
                1,
                1,
                WrongType,
                "yearsOfValidity",
                Some("a whole number, 0 to 10"),
            ),
        ),
        (
            "yearsOfValidity = 11;",
            at(1, 1, OutOfRange, "yearsOfValidity", Some(years)),
        ),
        (
            "yearsOfValidity = -1;",
            at(1, 1, OutOfRange, "yearsOfValidity", Some(years)),
        ),
        (
            "yearsOfValidity = 9223372036854775807;",
            at(1, 1, OutOfRange, "yearsOfValidity", Some(years)),
        ),
        (
            "yearsOfValidity = 5;\nyearsOfValidity = yearsOfValidity * 3;",
            at(2, 1, OutOfRange, "yearsOfValidity", Some(years)),
        ),
        // The branch that gave the value, not the one that stands last.
        (
            "if user.department == \"Finance\" {\n  yearsOfValidity = 12;\n} else {\n  yearsOfValidity = 1;\n}",
            at(2, 3, OutOfRange, "yearsOfValidity", Some(years)),
        ),
        (
            "monthsOfValidity = 121;",
            at(1, 1, OutOfRange, "monthsOfValidity", Some("0 to 120")),
        ),
        (
            "daysOfValidity = 3651;",
            at(1, 1, OutOfRange, "daysOfValidity", Some("0 to 3650")),
        ),
        (
            "yearsOfValidity = 0;",
            at(
                1,
                1,
                OutOfRange,
                "yearsOfValidity",
                Some("at least one day in all, by years, months and days"),
            ),
        ),
        (
            "activationCodeMinutes = 0;",
            at(1, 1, OutOfRange, "activationCodeMinutes", Some("1 to 60")),
        ),
        (
            "activationCodeMinutes = 61;",
            at(1, 1, OutOfRange, "activationCodeMinutes", Some("1 to 60")),
        ),
        (
            "activationMailMinutes = 4;",
            at(1, 1, OutOfRange, "activationMailMinutes", Some("5 to 1440")),
        ),
        (
            "userSelectsCertificates = \"yes\";",
            at(1, 1, WrongType, "userSelectsCertificates", Some("true or false")),
        ),
        (
            "showQRCode = 1;",
            at(1, 1, WrongType, "showQRCode", Some("true or false")),
        ),
        (
            "notify = \"Both\";",
            at(
                1,
                1,
                OutOfRange,
                "notify",
                Some("\"none\", \"success\", \"failure\" or \"both\""),
            ),
        ),
        (
            "notify = true;",
            at(
                1,
                1,
                WrongType,
                "notify",
                Some("\"none\", \"success\", \"failure\" or \"both\""),
            ),
        ),
        (
            "recoverEncryptionCertificates = \"yes\";",
            at(
                1,
                1,
                OutOfRange,
                "recoverEncryptionCertificates",
                Some("\"off\", \"user selects\", \"all\" or \"newest\""),
            ),
        ),
        (
            "certificates.signature = \"on\";",
            at(1, 1, OutOfRange, "certificates.signature", CHOICES),
        ),
        (
            "certificates.signature = true;",
            at(1, 1, WrongType, "certificates.signature", CHOICES),
        ),
        (
            "certificates = #{\n  signature: \"on\" };",
            at(2, 3, OutOfRange, "certificates.signature", CHOICES),
        ),
        (
            "certificates = \"all\";",
            at(
                1,
                1,
                WrongType,
                "certificates",
                Some("a map such as #{ authentication: \"required\", signature: \"default\" }"),
            ),
        ),
        (
            "MobileIDOptionServerName = 7;",
            at(
                1,
                1,
                WrongType,
                "MobileIDOptionServerName",
                Some("a text in double quotes, 1 to 64 characters that can be seen"),
            ),
        ),
        (
            "MobileIDOptionServerName = \"\";",
            at(
                1,
                1,
                TextRefused,
                "MobileIDOptionServerName",
                Some("1 to 64 characters that can be seen"),
            ),
        ),
        (
            "MobileIDOptionServerName = \"a\\nb\";",
            at(
                1,
                1,
                TextRefused,
                "MobileIDOptionServerName",
                Some("1 to 64 characters that can be seen"),
            ),
        ),
        (
            "MobileIDOptionServerName = \"a\\u202eb\";",
            at(
                1,
                1,
                TextRefused,
                "MobileIDOptionServerName",
                Some("1 to 64 characters that can be seen"),
            ),
        ),
        (
            "MobileIDOptionProfileName = \"x\"; MobileIDOptionProfileName.pad(65, \"x\");",
            at(
                1,
                1,
                TextRefused,
                "MobileIDOptionProfileName",
                Some("1 to 64 characters that can be seen"),
            ),
        ),
        (
            "MobileIDOptionUserID = \"a\\tb\";",
            at(
                1,
                1,
                TextRefused,
                "MobileIDOptionUserID",
                Some("1 to 256 characters that can be seen"),
            ),
        ),
        (
            "MobileIDOptionUserID = ['x'];",
            at(
                1,
                1,
                WrongType,
                "MobileIDOptionUserID",
                Some("a text in double quotes, 1 to 256 characters that can be seen"),
            ),
        ),
    ];
    for (text, expected) in table {
        assert_eq!(told(&faults(text)[0]), expected, "{text}");
    }
}

#[test]
fn what_the_product_does_not_do() {
    let table = [
        (
            "let yearsOfValidity = 1;",
            at(1, 5, DeclaredAgain, "yearsOfValidity", None),
        ),
        (
            "const notify = \"both\";",
            at(1, 7, DeclaredAgain, "notify", None),
        ),
        ("let user = #{};", at(1, 5, DeclaredAgain, "user", None)),
        ("for notify in 0..2 { }", at(1, 5, DeclaredAgain, "notify", None)),
        (
            "user = #{};",
            at(1, 1, Failed, "user", Some("user is given, and cannot be changed")),
        ),
        (
            "user.department = \"x\";",
            at(1, 1, Failed, "user", Some("user is given, and cannot be changed")),
        ),
        (
            "certificates.authentication = \"optional\";",
            at(1, 1, AuthenticationNeeded, "certificates.authentication", None),
        ),
        (
            "certificates = #{\n authentication: \"off\" };",
            at(2, 2, AuthenticationNeeded, "certificates.authentication", None),
        ),
    ];
    for (text, expected) in table {
        assert_eq!(told(&faults(text)[0]), expected, "{text}");
    }
}

#[test]
fn what_the_language_does_not_take() {
    // The words are the language's own; kind and place are ours.
    let table = [
        ("yearsOfValidity = ;", Syntax, Some(1)),
        ("yearsOfValidity = 1\nnotify = \"both\";", Syntax, Some(2)),
        ("if user.cn == \"x\" {", Syntax, Some(1)),
        ("notify = \"both;", Syntax, Some(1)),
        ("notify = 'both';", Syntax, Some(1)),
        ("fn f() { 1 }", Syntax, Some(1)),
        ("import \"x\" as x;", Syntax, Some(1)),
        ("eval(\"notify = 1\");", Syntax, Some(1)),
        ("let f = |x| x;", Syntax, Some(1)),
        ("let f = Fn(\"x\");", Syntax, Some(1)),
        ("notify = this;", Syntax, Some(1)),
        ("\nyearsOfValidity = 1 / 0;", Failed, Some(2)),
        ("yearsOfValidity = 9223372036854775807 + 1;", Failed, Some(1)),
        ("throw \"no\";", Failed, Some(1)),
        ("\n\nsleep(10);", Failed, Some(3)),
        ("timestamp();", Failed, Some(1)),
        ("open(\"/etc/passwd\");", Failed, Some(1)),
        ("yearsOfValidity = \"1\" - 1;", Failed, Some(1)),
        ("let a = [1]; a[5] = 1;", Failed, Some(1)),
    ];
    for (text, kind, line) in table {
        let fault = &faults(text)[0];
        assert_eq!((fault.kind, fault.line), (kind, line), "{text}: {fault:?}");
        assert!(
            fault.expected.as_ref().is_some_and(|told| !told.is_empty()),
            "{text}"
        );
    }
}

#[test]
fn what_takes_too_much_is_stopped() {
    let nested = |open: &str, close: &str| format!("let x = {}1{};", open.repeat(500), close.repeat(500));
    let texts = [
        "loop { }".to_owned(),
        "while true { daysOfValidity += 1; }".into(),
        "let a = []; loop { a.push(1); }".into(),
        "let a = \"x\"; loop { a += a; }".into(),
        "let a = \"x\"; a.pad(1000000000, \"x\");".into(),
        "let a = #{}; for n in 0..1000000 { a[n.to_string()] = n; }".into(),
        "let a = [0]; for n in 0..100 { a = [a, a]; }".into(),
        "for n in 0..9223372036854775807 { }".into(),
        nested("(", ")"),
        nested("[", "]"),
        nested("#{a:", "}"),
        format!("yearsOfValidity = 1{};", " + 1".repeat(5_000)),
        format!("{}{}", "{".repeat(2_000), "}".repeat(2_000)),
        format!("{}{{}}", "if true {} else ".repeat(2_000)),
        (0..100).fold(String::new(), |text, n| format!("{text}let v{n} = {n};")),
        format!("notify = \"{}\";", "x".repeat(5_000)),
        format!("//{}", "x".repeat(64 * 1_024)),
    ];
    for text in texts {
        let start: String = text.chars().take(60).collect();
        assert_eq!(
            faults(&text)[0].kind,
            LimitReached,
            "{start}: {:?}",
            faults(&text)[0]
        );
    }
}

#[test]
fn a_comment_without_an_end_is_found() {
    let table = [
        ("/* yearsOfValidity = 1;", Some((1, 1))),
        ("notify = \"both\";\n  /* a\nyearsOfValidity = 1;\n", Some((2, 3))),
        ("/* a */ notify = \"both\"; /* b", Some((1, 26))),
        ("/* a /* b */ notify = \"both\";", Some((1, 1))),
        ("notify = \"both\"; /* a */", None),
        ("/* a /* b */ */ notify = \"both\";", None),
        ("MobileIDOptionServerName = \"a /* b\";", None),
        ("// a /* b", None),
    ];
    for (text, place) in table {
        match place {
            None => assert!(value(text, &anna()).is_ok(), "{text}"),
            Some((line, column)) => {
                let told = Some("this comment is never closed with */");
                assert_eq!(
                    super::bad::told(&faults(text)[0]),
                    (Some(line), Some(column), Syntax, None, told),
                    "{text}"
                );
            }
        }
    }
    // A text without its end is another fault.
    let open = &faults("/* a */ notify = \"both")[0];
    assert_ne!(
        open.expected.as_deref(),
        Some("this comment is never closed with */")
    );
}

#[test]
fn all_faults_come_at_once_in_order() {
    let text = "notfy = 1;\nyearOfValidity = 2;\nif user.mail == \"\" { }";
    let lines: Vec<_> = faults(text).iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [Some(1), Some(2), Some(3)]);
    let text = "notify = 1;\nyearsOfValidity = 20;\nshowQRCode = 0;\nactivationCodeMinutes = 0;";
    let kinds: Vec<_> = faults(text)
        .iter()
        .map(|fault| (fault.line, fault.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            (Some(1), WrongType),
            (Some(2), OutOfRange),
            (Some(3), WrongType),
            (Some(4), OutOfRange)
        ]
    );
}

#[test]
fn the_code_by_mail_needs_mail() {
    for (text, place) in [
        ("", None),
        ("showQRCode = true;", None),
        ("showQRCode = false;", Some((1, 1))),
        ("\n  showQRCode = user.email == \"\";", Some((2, 3))),
        (
            "showQRCode = true;\nif true { showQRCode = false; }",
            Some((2, 11)),
        ),
    ] {
        let script = OptionsScript::compile(text).unwrap();
        let values = script.evaluate(&anna()).unwrap();
        let found = script.without_mail(&values);
        let expected = place.map(|(line, column)| at(line, column, MailNotConfigured, "showQRCode", None));
        assert_eq!(found.as_ref().map(told), expected, "{text}");
    }
}
