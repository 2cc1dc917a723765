//! Values of the domain as wire types.

mod installation;
mod mobile_id;
mod recovery;
mod script;

use shared::{
    api::{
        Activation, CodeDelivery, MailLink, MailedCode, Me, OpenProcess, OutboxMail, Plan, ProcessAction,
        ProcessKind, ProcessState, ProcessView, ShownCode, Timestamp,
    },
    url::page,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

pub use self::{
    installation::installation,
    mobile_id::{challenge, device_mobile_id, expiring, mobile_id, summary, test},
    recovery::recovery_request,
    script::{script, script_check, script_version, user_summary},
};
use super::qr;
use crate::{
    domain::{
        mail::{State as MailState, masked},
        options,
        process::{Process, Stage},
        user::User,
    },
    use_case::{CodeMail, Listed, MailLinkSeen, ProcessSeen, show_code::Codes},
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
        password_needed: asks_password(process) && seen.password_needed,
        plan: plan(&process.plan, process_state, seen.mail_address.as_deref()),
        active_mobile_id: seen.active.as_ref().map(shown),
        replaced: seen.replaced.as_ref().map(shown),
        recovery: recovery::recovery(seen),
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

/// Next at the introduction asks for it, and a new code where keys are recovered.
fn asks_password(process: &Process) -> bool {
    match process.state() {
        ProcessState::Started => true,
        ProcessState::Open => !process.plan.recovers().is_empty(),
        _ => false,
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
