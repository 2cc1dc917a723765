//! Values of the domain as wire types.

use shared::{
    api::{
        Activation, Certificate, CodeDelivery, DeviceMobileId, ExpiringMobileId, HistoryEntry, MailLink,
        MailedCode, Me, MobileId, MobileIdSummary, MobileIdTest, OpenProcess, OptionsEffect, OutboxMail,
        Plan, ProcessAction, ProcessKind, ProcessState, ProcessView, RemindersEffect, Script, ScriptCheck,
        ScriptVersion, ShownCode, TestChallenge, TestCheck, Timestamp, UserSummary,
    },
    protocol,
    url::page,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::qr;
use crate::{
    domain::{
        limits::Limits,
        mail::{State as MailState, masked},
        mobile_id::{self, certificate_state_at},
        mobile_id_test, options,
        process::{Process, Stage},
        reminder::days_left,
        script,
        user::User,
    },
    use_case::{
        CodeMail, Listed, MailLinkSeen, MobileIdSeen, ProcessSeen,
        check_script::{Checked, Effect, Reminders},
        device_mobile_id,
        show_code::Codes,
        show_script,
    },
};

pub fn timestamp(at: OffsetDateTime) -> Timestamp {
    Timestamp(at.format(&Rfc3339).unwrap_or_default())
}

pub fn me(user: &User) -> Me {
    Me {
        user_name: user.user_name.clone(),
        display_name: user.display_name.clone(),
        email: user.email.clone(),
        state: user.state,
        roles: user.roles.clone(),
        language: user.language.unwrap_or_default(),
    }
}

pub fn process(seen: &ProcessSeen) -> ProcessView {
    let process = &seen.process;
    let process_state = process.state();
    let shown = |mobile_id| summary(mobile_id, &seen.limits, seen.now);
    ProcessView {
        id: process.id,
        kind: ProcessKind::GetMobileId,
        state: process_state,
        step: process.step(),
        actions: actions(seen),
        ending: process.ending(),
        started_at: timestamp(process.started_at),
        expires_at: process.until().map(timestamp),
        password_needed: process_state == ProcessState::Started && seen.password_needed,
        plan: plan(&process.plan, process_state, seen.mail_address.as_deref()),
        active_mobile_id: seen.active.as_ref().map(shown),
        replaced: seen.replaced.as_ref().map(shown),
        activation: match &process.stage {
            Stage::Open(open) => Some(Activation {
                number: open.code_number,
                expires_at: timestamp(open.code_expires_at),
                code: None,
                mail: seen.mail.as_ref().map(mailed_code),
            }),
            _ => None,
        },
        phone: process.claim().map(|claim| claim.phone.clone()),
        pairing_tries_left: match &process.stage {
            Stage::KeysReceived(stage) => Some(stage.tries_left),
            _ => None,
        },
        mobile_id: seen.made.as_ref().map(mobile_id),
    }
}

/// With the code that was made just now: the only answer that ever carries it.
pub fn process_with_code(seen: &ProcessSeen, codes: &Codes, public_url: &str) -> ProcessView {
    let mut view = process(seen);
    let link = page::activation_link(public_url, &codes.long.text());
    if let Some(activation) = &mut view.activation {
        activation.code = Some(ShownCode {
            qr: qr::code(&link),
            short_code: codes.short.text(),
            link,
        });
    }
    view
}

fn mailed_code(sent: &CodeMail) -> MailedCode {
    let mail = &sent.mail;
    MailedCode {
        address: masked(&mail.address),
        written_at: timestamp(mail.written_at),
        state: mail.state,
        handed_over_at: mail.handed_over_at.map(timestamp),
        attempts: mail.attempts,
        resend_at: timestamp(sent.resend_at),
    }
}

pub fn mail_link(seen: MailLinkSeen) -> MailLink {
    let (mobile_id, phone) = seen
        .mobile_id
        .map(|mobile_id| (mobile_id.name, mobile_id.phone))
        .unzip();
    MailLink {
        kind: seen.link.kind,
        standing: seen.standing,
        user: seen.user.masked_name(),
        at: timestamp(seen.link.created_at),
        browser: seen.link.browser,
        mobile_id,
        phone,
    }
}

fn actions(seen: &ProcessSeen) -> Vec<ProcessAction> {
    use ProcessAction::{Cancel, MailCode, NewCode, Next, NotMyPhone};
    match seen.process.state() {
        ProcessState::Started => vec![Next, Cancel],
        ProcessState::Open => {
            let on_screen = (seen.process.plan.delivery != CodeDelivery::Mail).then_some(NewCode);
            let by_mail = seen.mail_address.as_ref().map(|_| MailCode);
            [Next, Cancel]
                .into_iter()
                .chain(on_screen)
                .chain(by_mail)
                .collect()
        }
        ProcessState::Claimed | ProcessState::KeysReceived => vec![Next, Cancel, NotMyPhone],
        ProcessState::Confirmed => vec![Cancel],
        ProcessState::Completed | ProcessState::Cancelled | ProcessState::Expired | ProcessState::Failed => {
            vec![]
        }
    }
}

fn plan(plan: &options::Plan, state: ProcessState, mail_address: Option<&str>) -> Plan {
    Plan {
        profile_name: plan.profile_name.clone(),
        server_name: plan.server_name.clone(),
        user_id: plan.user_id.clone(),
        certificates: plan.certificates.clone(),
        choices: match state {
            ProcessState::Started => plan.offered.clone(),
            _ => Vec::new(),
        },
        validity: plan.validity,
        delivery: plan.delivery,
        mail_address: mail_address.map(masked),
    }
}

pub fn open_process(process: &Process) -> OpenProcess {
    OpenProcess {
        id: process.id,
        kind: ProcessKind::GetMobileId,
        state: process.state(),
        started_at: timestamp(process.started_at),
    }
}

pub fn summary(mobile_id: &mobile_id::MobileId, limits: &Limits, now: OffsetDateTime) -> MobileIdSummary {
    MobileIdSummary {
        id: mobile_id.id,
        name: mobile_id.name.clone(),
        state: mobile_id.state_at(now),
        phone: mobile_id.phone.clone(),
        valid_until: timestamp(mobile_id.valid_until),
        state_since: timestamp(mobile_id.state_since_at(now)),
        locks_at: mobile_id
            .locks_at(limits.lock_paused_after_days, now)
            .map(timestamp),
    }
}

pub fn expiring(mobile_id: &mobile_id::MobileId, now: OffsetDateTime) -> ExpiringMobileId {
    ExpiringMobileId {
        id: mobile_id.id,
        name: mobile_id.name.clone(),
        phone: mobile_id.phone.clone(),
        days_left: days_left(mobile_id.valid_until, now),
        valid_until: timestamp(mobile_id.valid_until),
    }
}

pub fn outbox_mail(Listed { mail, can_retry }: Listed) -> OutboxMail {
    OutboxMail {
        id: mail.id,
        kind: mail.kind,
        state: mail.state,
        address: mail.address,
        language: mail.language,
        written_at: timestamp(mail.written_at),
        attempts: mail.attempts,
        next_at: (mail.state == MailState::Waiting).then(|| timestamp(mail.next_at)),
        handed_over_at: mail.handed_over_at.map(timestamp),
        last_answer: mail.last_answer,
        can_retry,
    }
}

pub fn mobile_id(seen: &MobileIdSeen) -> MobileId {
    let MobileIdSeen {
        mobile_id,
        certificates,
        history,
        user_is_active,
        limits,
        now,
    } = seen;
    let certificate = |certificate: &mobile_id::Certificate| Certificate {
        serial: certificate.serial.clone(),
        purpose: certificate.purpose,
        subject: certificate.subject.clone(),
        issuer: certificate.issuer.clone(),
        not_before: timestamp(certificate.not_before),
        not_after: timestamp(certificate.not_after),
        state_in_ca: certificate_state_at(certificate.state_in_ca, certificate.not_after, *now),
        state_in_identity_manager: certificate_state_at(certificate.state, certificate.not_after, *now),
    };
    MobileId {
        summary: summary(mobile_id, limits, *now),
        server_name: mobile_id.server_name.clone(),
        user_id: mobile_id.user_id.clone(),
        valid_from: timestamp(mobile_id.valid_from),
        failure: mobile_id.failure,
        lock_reason: mobile_id.lock_reason,
        pause_cause: mobile_id.pause_cause_at(*now),
        actions: mobile_id.actions(*user_is_active, *now),
        certificates: certificates.iter().map(certificate).collect(),
        history: history
            .iter()
            .map(|record| HistoryEntry {
                at: timestamp(record.at),
                event: record.event,
                by: record.by,
            })
            .collect(),
    }
}

pub fn test(test: &mobile_id_test::Test, now: OffsetDateTime) -> MobileIdTest {
    let checks = test.answer.iter().flat_map(|answer| &answer.checks);
    MobileIdTest {
        id: test.id,
        state: test.state(now),
        started_at: timestamp(test.started_at),
        expires_at: timestamp(test.expires_at),
        answered_at: test.answer.as_ref().map(|answer| timestamp(answer.at)),
        checks: checks
            .map(|check| TestCheck {
                kind: check.kind,
                certificate: check.certificate,
                result: check.result,
            })
            .collect(),
    }
}

pub fn challenge(test: &mobile_id_test::Test) -> TestChallenge {
    TestChallenge {
        test: test.id,
        challenge: protocol::encode(&test.challenge),
        expires_at: timestamp(test.expires_at),
    }
}

pub fn device_mobile_id(seen: &device_mobile_id::Seen) -> DeviceMobileId {
    let mobile_id = &seen.mobile_id;
    let shown = summary(mobile_id, &seen.limits, seen.now);
    DeviceMobileId {
        mobile_id: shown.id,
        state: shown.state,
        state_since: shown.state_since,
        valid_until: shown.valid_until,
        lock_reason: mobile_id.lock_reason,
        locks_at: shown.locks_at,
        test: seen.test.as_ref().map(challenge),
    }
}

pub fn user_summary(user: &User) -> UserSummary {
    UserSummary {
        id: user.id,
        user_name: user.user_name.clone(),
        display_name: user.display_name.clone(),
        department: user.attributes.get("department").cloned(),
    }
}

pub fn script_version(version: script::Version) -> ScriptVersion {
    ScriptVersion {
        number: version.number,
        saved_at: timestamp(version.saved_at),
        author: version.author,
        comment: version.comment,
        sha256: version.sha256,
    }
}

pub fn script(shown: show_script::Shown) -> Script {
    Script {
        name: shown.version.name,
        version: script_version(shown.version),
        text: shown.text,
        in_force: shown.in_force,
    }
}

pub fn script_check(checked: Checked) -> ScriptCheck {
    let effect = |effect: Effect| OptionsEffect {
        user: user_summary(&effect.user),
        plan: plan(
            &options::Plan::new(effect.values.clone(), effect.delivery, 0),
            ProcessState::Started,
            effect.mail_address.as_deref(),
        ),
        values: effect.values,
        defaults: effect.defaults,
        subject: effect.subject,
        valid_from: timestamp(effect.valid_from),
        valid_until: timestamp(effect.valid_until),
    };
    ScriptCheck {
        faults: checked.faults,
        hints: checked.hints,
        effect: checked.effect.map(effect),
        reminders: checked.reminders.map(reminders),
    }
}

fn reminders(reminders: Reminders) -> RemindersEffect {
    RemindersEffect {
        user: user_summary(&reminders.user),
        values: reminders.values,
        defaults: reminders.defaults,
        valid_until: timestamp(reminders.valid_until),
        dates: reminders.dates.into_iter().map(timestamp).collect(),
    }
}
