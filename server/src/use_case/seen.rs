//! What a page is shown of a process or a mobile ID: the aggregates that belong together, read after the commit.

use shared::api::MobileIdState;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Context, approval, letters};
use crate::{
    domain::{
        audit::Record,
        limits::Limits,
        mail::{Mail, resend_at},
        mobile_id::{Certificate, MobileId},
        process::{Process, Stage},
        recovery::Earlier,
        recovery_request::RecoveryRequest,
        user::User,
    },
    store::{Book, Result, StoreError},
};

/// A process with what its dialog draws around it.
#[derive(Debug)]
pub struct ProcessSeen {
    pub process: Process,
    /// The newest active, or else paused, mobile ID that the user has besides this process's own.
    pub active: Option<MobileId>,
    /// The one that this process locked, as it is now.
    pub replaced: Option<MobileId>,
    /// The one that this process made.
    pub made: Option<MobileIdSeen>,
    /// The earlier encryption certificates that the plan was made with, newest first.
    pub earlier: Vec<Earlier>,
    /// The newest request for a second person's approval.
    pub approval: Option<RecoveryRequest>,
    /// Next at the introduction would ask for the password.
    pub password_needed: bool,
    /// Where the code can be mailed while the process waits for a phone. `None`: nowhere.
    pub mail_address: Option<String>,
    /// The mail that carries the present code.
    pub mail: Option<CodeMail>,
    pub limits: Limits,
    pub now: OffsetDateTime,
}

/// A mailed code, and from when on it can be sent again.
#[derive(Debug)]
pub struct CodeMail {
    pub mail: Mail,
    pub resend_at: OffsetDateTime,
}

/// A mobile ID with its certificates and history.
#[derive(Debug)]
pub struct MobileIdSeen {
    pub mobile_id: MobileId,
    pub certificates: Vec<Certificate>,
    /// Earlier encryption certificates whose keys its phone got too.
    pub recovered: Vec<Certificate>,
    /// Serial numbers of those whose archived keys did not open.
    pub not_recovered: Vec<String>,
    /// Oldest first.
    pub history: Vec<Record>,
    pub user_is_active: bool,
    pub limits: Limits,
    pub now: OffsetDateTime,
}

/// `book`: where it is read; a transaction shows what it has written itself.
pub async fn process(
    context: &Context,
    book: &Book,
    process: Process,
    user: &User,
    signed_in_at: OffsetDateTime,
) -> Result<ProcessSeen> {
    let now = context.clock.now();
    let (made, others): (Vec<_>, Vec<_>) = book
        .mobile_ids(process.user)
        .await?
        .into_iter()
        .partition(|found| Some(found.id) == process.mobile_id());
    let made = match made.into_iter().next() {
        // None yet, or its user has deleted it.
        None => one(book, process.mobile_id()).await?,
        made => made,
    };
    let made = match made {
        Some(made) if process.plan.recovers().is_empty() => {
            Some(without_recovered(context, book, made, user).await?)
        }
        Some(made) => Some(whole(context, book, made, user).await?),
        None => None,
    };
    let newest = |state| others.iter().find(|other| other.state_at(now) == state).cloned();
    let active = newest(MobileIdState::Active).or_else(|| newest(MobileIdState::Inactive));
    let is_fresh = if process.plan.recovers().is_empty() {
        context.limits.is_fresh(signed_in_at, now)
    } else {
        context.limits.is_fresh_to_recover(signed_in_at, now)
    };
    let mail = mail(book, &process).await?;
    let earlier = match &process.plan.recovery {
        Some(recovery) => book.earlier_certificates(&recovery.offered).await?,
        None => vec![],
    };
    Ok(ProcessSeen {
        earlier,
        approval: approval::seen(book, &process).await?,
        replaced: one(book, process.replaced).await?,
        mail_address: mail_address(context, &process, user),
        limits: context.limits,
        process,
        active,
        made,
        password_needed: !is_fresh,
        mail,
        now,
    })
}

/// What a process names is there, also when its user has deleted it.
async fn one(book: &Book, id: Option<Uuid>) -> Result<Option<MobileId>> {
    let Some(id) = id else {
        return Ok(None);
    };
    let found = book.mobile_id(id).await?;
    found.map_or(Err(StoreError::Damaged { table: "process" }), |found| {
        Ok(Some(found))
    })
}

fn mail_address(context: &Context, process: &Process, user: &User) -> Option<String> {
    if !matches!(process.stage, Stage::Started(_) | Stage::Open(_)) {
        return None;
    }
    let reached = letters::reach(context, user).ok();
    reached.map(|(_, address)| address.to_owned())
}

async fn mail(book: &Book, process: &Process) -> Result<Option<CodeMail>> {
    let Stage::Open(open) = &process.stage else {
        return Ok(None);
    };
    let Some(id) = open.mail else {
        return Ok(None);
    };
    let mail = book.mail(id).await?;
    let mail = mail.ok_or(StoreError::Damaged { table: "process" })?;
    let mailed = book.codes_mailed(process.user).await?;
    let resend_at = resend_at(process.id, &mailed).unwrap_or(mail.written_at);
    Ok(Some(CodeMail { mail, resend_at }))
}

pub async fn mobile_id(context: &Context, mobile_id: MobileId) -> Result<MobileIdSeen> {
    let book = context.store.read();
    let user = book.user(mobile_id.user).await?;
    let user = user.ok_or(StoreError::Damaged { table: "mobile_id" })?;
    whole(context, &book, mobile_id, &user).await
}

async fn whole(context: &Context, book: &Book, mobile_id: MobileId, user: &User) -> Result<MobileIdSeen> {
    Ok(MobileIdSeen {
        recovered: book.recovered_certificates(mobile_id.id).await?,
        not_recovered: book.not_recovered(mobile_id.id).await?,
        ..without_recovered(context, book, mobile_id, user).await?
    })
}

/// One whose process recovered nothing.
async fn without_recovered(
    context: &Context,
    book: &Book,
    mobile_id: MobileId,
    user: &User,
) -> Result<MobileIdSeen> {
    Ok(MobileIdSeen {
        user_is_active: user.is_active(),
        limits: context.limits,
        certificates: book.certificates(mobile_id.id).await?,
        recovered: vec![],
        not_recovered: vec![],
        history: book.history(mobile_id.id, mobile_id.process).await?,
        now: context.clock.now(),
        mobile_id,
    })
}
