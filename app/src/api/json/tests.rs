//! What the server writes is what is read here; what it would never write is not.

use serde::{Deserialize, Serialize};
use shared::api::{
    Activation, Actor, Approval, ApprovalState, Certificate, CertificateChoice, CertificateState, Dashboard,
    EarlierCertificate, Ending, Event, HistoryEntry, Me, MobileId, MobileIdState, MobileIdSummary,
    OfferedCertificate, OpenProcess, Plan, ProcessAction, ProcessKind, ProcessState, ProcessView, Purpose,
    QrCode, RecoveryRequest, RecoveryView, Role, ShownCode, Step, Timestamp, UserState, Validity,
};
use shared::api::{
    CheckKind, CheckResult, Claimed, DeviceMobileId, Installation, LockReason, MobileIdAction, MobileIdTest,
    PauseCause, TestChallenge, TestCheck, TestState,
};
use shared::api::{
    CodeDelivery, ExpiringMobileId, Language, MailKind, MailLink, MailLinkKind, MailLinkStanding,
    MailOverview, MailPreview, MailState, MailedCode, OutboxMail, ReminderValues, RemindersEffect,
    TemplateFault,
};
use shared::api::{
    DiffLine, FaultKind, HintKind, LineChange, Notify, OptionValues, OptionsEffect, Recovery, Script,
    ScriptCheck, ScriptFault, ScriptHint, ScriptName, ScriptVersion, UserSummary,
};
use shared::problem::Code;
use uuid::Uuid;

use super::*;

fn text(text: &str) -> String {
    text.to_owned()
}

fn time() -> Timestamp {
    Timestamp(text("2026-11-22T14:02:09Z"))
}

fn summary() -> MobileIdSummary {
    MobileIdSummary {
        id: Uuid::max(),
        name: text("MobileID \"Å\" \u{1F4F1}"),
        state: MobileIdState::Locked,
        phone: text("Pixel 8"),
        valid_until: time(),
        state_since: time(),
        locks_at: Some(time()),
    }
}

fn mobile_id() -> MobileId {
    MobileId {
        summary: summary(),
        server_name: text("Smart ID"),
        user_id: text("anna"),
        valid_from: time(),
        failure: Some(Ending::ReceiptMissing),
        lock_reason: Some(LockReason::NoLongerNeeded),
        pause_cause: Some(PauseCause::UserInactive),
        actions: vec![MobileIdAction::Lock, MobileIdAction::Delete],
        certificates: vec![Certificate {
            serial: text("0A"),
            purpose: Purpose::Signature,
            subject: text("CN=Anna"),
            issuer: text("CN=CA"),
            not_before: time(),
            not_after: time(),
            state_in_ca: CertificateState::OnHold,
            state_in_identity_manager: CertificateState::Valid,
        }],
        recovered: vec![Certificate {
            serial: text("0C"),
            purpose: Purpose::Encryption,
            subject: text("CN=Anna"),
            issuer: text("CN=CA"),
            not_before: time(),
            not_after: time(),
            state_in_ca: CertificateState::Revoked,
            state_in_identity_manager: CertificateState::Expired,
        }],
        not_recovered: vec![text("0B")],
        history: vec![HistoryEntry {
            at: time(),
            event: Event::UserStateChanged,
            by: Actor::System,
        }],
    }
}

fn earlier() -> EarlierCertificate {
    EarlierCertificate {
        serial: text("0A"),
        not_before: time(),
        not_after: time(),
        state: CertificateState::Revoked,
        phone: text("Chrome on Android"),
        mobile_id: text("MobileID Anna"),
    }
}

fn approval() -> Approval {
    Approval {
        state: ApprovalState::Refused,
        requested_at: time(),
        expires_at: time(),
        reason: Some(text("Ask me in person.")),
    }
}

fn request(reason: Option<&str>) -> RecoveryRequest {
    RecoveryRequest {
        id: Uuid::max(),
        user: text("Åsa Öst"),
        user_name: text("asa"),
        certificates: vec![earlier(), earlier()],
        approval: Approval {
            state: reason.map_or(ApprovalState::Pending, |_| ApprovalState::Approved),
            reason: reason.map(text),
            ..approval()
        },
        decided_by: reason.map(text),
        decided_at: reason.map(|_| time()),
        can_decide: reason.is_none(),
    }
}

fn process() -> ProcessView {
    ProcessView {
        id: Uuid::nil(),
        kind: ProcessKind::GetMobileId,
        state: ProcessState::KeysReceived,
        step: Step::Scan,
        actions: vec![ProcessAction::Next, ProcessAction::NotMyPhone],
        ending: None,
        started_at: time(),
        expires_at: Some(time()),
        password_needed: true,
        plan: Plan {
            profile_name: text("p"),
            server_name: String::new(),
            user_id: text("u"),
            certificates: Purpose::ALL.to_vec(),
            choices: vec![OfferedCertificate {
                purpose: Purpose::Signature,
                choice: CertificateChoice::Optional,
            }],
            validity: Validity {
                years: 0,
                months: u32::MAX,
                days: 1,
            },
            delivery: CodeDelivery::Mail,
            mail_address: Some(text("a…@example.com")),
        },
        active_mobile_id: Some(summary()),
        replaced: Some(summary()),
        recovery: Some(RecoveryView {
            mode: Recovery::UserSelects,
            earlier: vec![earlier()],
            chosen: vec![text("0A")],
            needs_approval: true,
            approval: Some(approval()),
        }),
        activation: Some(Activation {
            number: 2,
            expires_at: time(),
            code: Some(ShownCode {
                link: text("https://id.example.com/m#x"),
                short_code: text("Z10A-MY5Z"),
                qr: QrCode {
                    size: 33,
                    path: text("M0 0h1"),
                },
            }),
            mail: Some(MailedCode {
                address: text("a…@example.com"),
                written_at: time(),
                state: MailState::Waiting,
                handed_over_at: None,
                attempts: 3,
                resend_at: time(),
            }),
        }),
        phone: None,
        pairing_tries_left: Some(0),
        mobile_id: Some(mobile_id()),
    }
}

#[track_caller]
fn reads_back<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(value: &T) {
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(read::<T>(&json).as_ref(), Some(value), "{json}");
}

#[test]
fn what_the_server_answers_is_read() {
    reads_back(&process());
    reads_back(&mobile_id());
    reads_back(&Dashboard {
        start_refused: Some(Code::UserNotActive),
        open_process: Some(OpenProcess {
            id: Uuid::nil(),
            kind: ProcessKind::GetMobileId,
            state: ProcessState::Open,
            started_at: time(),
        }),
        mobile_ids: vec![summary()],
        expiring: vec![ExpiringMobileId {
            id: Uuid::max(),
            name: text("MobileID"),
            phone: text("Pixel 8"),
            days_left: 14,
            valid_until: time(),
        }],
    });
    reads_back(&Me {
        user_name: text("anna"),
        display_name: text("Anna"),
        email: None,
        state: UserState::Active,
        roles: vec![Role::SelfServiceUser, Role::Operator],
        language: Language::Sv,
    });
    for kind in [MailLinkKind::NotMe, MailLinkKind::Lock] {
        reads_back(&MailLink {
            kind,
            standing: MailLinkStanding::Over,
            user: text("A… S…"),
            at: time(),
            browser: None,
            mobile_id: Some(text("MobileID")),
            phone: None,
        });
    }
    for code in Code::ALL {
        reads_back(code);
    }
}

#[test]
fn what_the_server_answers_of_a_test_is_read() {
    reads_back(&MobileIdTest {
        id: Uuid::max(),
        state: TestState::Failed,
        started_at: time(),
        expires_at: time(),
        answered_at: Some(time()),
        checks: vec![TestCheck {
            kind: CheckKind::Ocsp,
            certificate: Purpose::Authentication,
            result: CheckResult::OnHold,
        }],
    });
    reads_back(&DeviceMobileId {
        mobile_id: Uuid::max(),
        state: MobileIdState::Inactive,
        state_since: time(),
        valid_until: time(),
        lock_reason: None,
        locks_at: Some(time()),
        test: Some(TestChallenge {
            test: Uuid::nil(),
            challenge: text("AAAA"),
            expires_at: time(),
        }),
    });
}

fn values() -> OptionValues {
    OptionValues {
        authentication: CertificateChoice::Required,
        signature: CertificateChoice::Default,
        encryption: CertificateChoice::Off,
        user_selects_certificates: true,
        show_qr_code: false,
        show_qr_code_without_email: true,
        activation_code_minutes: 5,
        activation_mail_minutes: 1440,
        validity: process().plan.validity,
        user_id: text("anna@example.com"),
        server_name: text("Smart ID"),
        profile_name: String::new(),
        recover_encryption_certificates: Recovery::UserSelects,
        recovery_needs_approval: true,
        notify: Notify::Both,
    }
}

#[test]
fn what_the_server_answers_an_administrator_is_read() {
    let version = ScriptVersion {
        number: 3,
        saved_at: time(),
        author: text("astrid"),
        comment: text("why"),
        sha256: "0a".repeat(32),
    };
    reads_back(&vec![version.clone()]);
    reads_back(&Script {
        name: ScriptName::Options,
        version,
        text: text("a = \"b\";\n// \u{1F4F1}\n"),
        in_force: 4,
    });
    let user = UserSummary {
        id: Uuid::max(),
        user_name: text("anna"),
        display_name: text("Anna"),
        department: None,
    };
    reads_back(&vec![user.clone()]);
    reads_back(&ScriptCheck {
        faults: vec![ScriptFault {
            line: Some(1),
            column: None,
            kind: FaultKind::BeyondCa,
            name: None,
            expected: Some(text("2036-11-22")),
            user: Some(text("anna")),
        }],
        hints: vec![ScriptHint {
            line: None,
            kind: HintKind::LongValidity,
        }],
        effect: Some(OptionsEffect {
            user: user.clone(),
            values: values(),
            defaults: values(),
            plan: process().plan,
            subject: text("CN=Anna"),
            valid_from: time(),
            valid_until: time(),
        }),
        reminders: Some(RemindersEffect {
            user,
            values: ReminderValues {
                days_before: vec![60, 30],
                each_day: true,
            },
            defaults: ReminderValues {
                days_before: vec![],
                each_day: false,
            },
            valid_until: time(),
            dates: vec![time()],
        }),
    });
    for change in [
        LineChange::Same,
        LineChange::Removed,
        LineChange::Added,
        LineChange::Gap,
    ] {
        reads_back(&vec![DiffLine {
            change,
            old: Some(1),
            new: None,
            text: text("\tx"),
        }]);
    }
}

#[test]
fn what_the_server_answers_of_recovery_is_read() {
    reads_back(&vec![request(None), request(Some("Met her in person."))]);
    for mode in [
        Recovery::Off,
        Recovery::UserSelects,
        Recovery::All,
        Recovery::Newest,
    ] {
        for state in ApprovalState::ALL {
            reads_back(&RecoveryView {
                mode,
                earlier: vec![],
                chosen: vec![],
                needs_approval: false,
                approval: Some(Approval { state, ..approval() }),
            });
        }
    }
}

#[test]
fn what_the_server_answers_of_mail_is_read() {
    reads_back(&MailOverview {
        configured: true,
        route: Some(text("smtp://mail.example.com:587")),
        from: None,
        waiting: 10_000,
        sending: 1,
        sent: 0,
        failed: 3,
        cancelled: 4,
        oldest_waiting: Some(time()),
        template_faults: vec![TemplateFault {
            file: text("sv/created.txt"),
            fault: text("undefined value"),
        }],
    });
    for kind in MailKind::ALL {
        reads_back(&MailPreview {
            kind,
            language: Language::De,
            subject: text("s"),
            text: text("a\nb"),
            overridden: vec![text("de/test.txt")],
        });
    }
    for state in MailState::ALL {
        reads_back(&vec![OutboxMail {
            id: Uuid::max(),
            kind: MailKind::Created,
            state,
            address: text("anna@example.com"),
            language: Language::En,
            written_at: time(),
            attempts: 2,
            next_at: None,
            handed_over_at: Some(time()),
            last_answer: Some(text("250 OK")),
            can_retry: false,
        }]);
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Small {
    count: u32,
    #[serde(default)]
    word: Option<Purpose>,
}

#[test]
fn fields_go_by_their_names() {
    let small = |count, word| Some(Small { count, word });
    let cases = [
        (
            r#"{"word":"signature","count":1}"#,
            small(1, Some(Purpose::Signature)),
        ),
        (r#"{"count":4294967295}"#, small(u32::MAX, None)),
        (r#"{"count":0,"word":null,"of_the_future":[{}]}"#, small(0, None)),
        (r#"{"count":4294967296}"#, None),
        (r#"{"count":-1}"#, None),
        (r#"{"count":1.5}"#, None),
        (r#"{"count":"1"}"#, None),
        (r#"{"count":1,"word":"of_the_future"}"#, None),
        (r#"{"word":"signature"}"#, None),
        ("[1]", None),
        ("null", None),
        ("{", None),
        ("", None),
    ];
    for (json, expected) in cases {
        assert_eq!(read::<Small>(json), expected, "{json}");
    }
}

#[test]
fn what_an_older_version_wrote_is_read() {
    let installation = r#"{"mobile_id":"00000000-0000-0000-0000-000000000000","profile_name":"MobileID Anna",
        "server_name":"Smart ID","user_id":"anna","valid_until":"2028-11-22T14:02:09Z","chain":[],"certificates":[
        {"purpose":"signature","serial":"0A","certificate":"MIIB"}]}"#;
    let read_back = read::<Installation>(installation).unwrap();
    assert!(read_back.recovered.is_empty());
    assert_eq!(read_back.certificates.first().unwrap().sealed, None);
    let claimed = r#"{"process":"00000000-0000-0000-0000-000000000000","purposes":["authentication"],"user":"A",
        "server_name":"Smart ID","profile_name":"MobileID Anna","expires_at":"2028-11-22T14:02:09Z"}"#;
    assert!(!read::<Claimed>(claimed).unwrap().transport_key);
}

#[test]
fn an_answer_without_a_body_is_read_as_nothing() {
    assert_eq!(read::<()>("null"), Some(()));
    assert_eq!(read::<()>("{}"), None);
    assert!(read::<serde::de::IgnoredAny>("{}").is_some());
    assert!(read::<Vec<u8>>("{}").is_none());
}
