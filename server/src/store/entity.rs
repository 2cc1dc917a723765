//! The tables as sea-orm sees them. Nothing outside `store` names these.

use sea_orm::{EntityTrait, Related, RelationDef};

macro_rules! table {
    ($module:ident, $name:literal, { $($(#[$meta:meta])* $field:ident: $type:ty,)* }) => {
        pub mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
            #[sea_orm(table_name = $name)]
            pub struct Model { $($(#[$meta])* pub $field: $type,)* }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

table!(user, "user", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    user_name: String,
    display_name: String,
    email: Option<String>,
    state: String,
    roles: String,
    password_hash: String,
    created_at: i64,
    attributes: String,
    language: Option<String>,
});

table!(session, "session", {
    #[sea_orm(primary_key, auto_increment = false)]
    id_hash: String,
    user_id: Option<Uuid>,
    data: String,
    expires_at: i64,
});

table!(process, "process", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    user_id: Uuid,
    kind: String,
    state: String,
    started_at: i64,
    until: Option<i64>,
    ended_at: Option<i64>,
    device_token: Option<String>,
    plan: String,
    stage: String,
    replaced: Option<Uuid>,
});

table!(activation_code, "activation_code", {
    #[sea_orm(primary_key, auto_increment = false)]
    hash: String,
    process_id: Uuid,
    number: i32,
});

table!(public_key, "public_key", {
    #[sea_orm(primary_key, auto_increment = false)]
    sha256: String,
    process_id: Uuid,
});

table!(mobile_id, "mobile_id", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    user_id: Uuid,
    process_id: Uuid,
    name: String,
    server_name: String,
    mobile_user_id: String,
    phone: String,
    state: String,
    state_since: i64,
    failure: Option<String>,
    lock_reason: Option<String>,
    pause_cause: Option<String>,
    pause_end_days: Option<i32>,
    pause_end_told_at: Option<i64>,
    valid_from: i64,
    valid_until: i64,
    deleted_at: Option<i64>,
    encryption_kept: bool,
});

table!(mobile_id_test, "mobile_id_test", {
    #[sea_orm(primary_key, auto_increment = false)]
    mobile_id: Uuid,
    id: Uuid,
    challenge: String,
    started_at: i64,
    expires_at: i64,
    answered_at: Option<i64>,
    checks: Option<String>,
});

table!(certificate, "certificate", {
    #[sea_orm(primary_key, auto_increment = false)]
    serial: String,
    mobile_id: Uuid,
    purpose: String,
    state: String,
});

table!(ca_certificate, "ca_certificate", {
    #[sea_orm(primary_key, auto_increment = false)]
    serial: String,
    purpose: String,
    subject: String,
    issuer: String,
    not_before: i64,
    not_after: i64,
    state: String,
    revoked_at: Option<i64>,
    revocation_reason: Option<i32>,
    der: Option<Vec<u8>>,
});

table!(archived_key, "archived_key", {
    #[sea_orm(primary_key, auto_increment = false)]
    serial: String,
    user_id: Uuid,
    recovery_key: String,
    sealed: Vec<u8>,
    archived_at: i64,
});

table!(sealed_key, "sealed_key", {
    #[sea_orm(primary_key, auto_increment = false)]
    mobile_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    serial: String,
    key_type: String,
    encapsulated: Vec<u8>,
    ciphertext: Vec<u8>,
    challenge: Vec<u8>,
    answer: String,
});

table!(recovered_certificate, "recovered_certificate", {
    #[sea_orm(primary_key, auto_increment = false)]
    mobile_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    serial: String,
    is_damaged: bool,
});

table!(audit, "audit", {
    #[sea_orm(primary_key, auto_increment = false)]
    sequence: i64,
    at: i64,
    event: String,
    by: String,
    user_id: Option<Uuid>,
    process_id: Option<Uuid>,
    mobile_id: Option<Uuid>,
    detail: String,
    hash: String,
    origin: Option<String>,
});

table!(audit_head, "audit_head", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: i32,
    sequence: i64,
    hash: String,
});

table!(mail, "mail", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    message_id: String,
    kind: String,
    user_id: Option<Uuid>,
    process_id: Option<Uuid>,
    mobile_id: Option<Uuid>,
    address: String,
    language: String,
    written_at: i64,
    state: String,
    attempts: i32,
    next_at: i64,
    give_up_at: i64,
    useless_after: Option<i64>,
    lease_until: Option<i64>,
    handed_over_at: Option<i64>,
    last_answer: Option<String>,
});

table!(mail_payload, "mail_payload", {
    #[sea_orm(primary_key, auto_increment = false)]
    mail_id: Uuid,
    sealed: Vec<u8>,
});

table!(mail_link, "mail_link", {
    #[sea_orm(primary_key, auto_increment = false)]
    hash: String,
    kind: String,
    user_id: Uuid,
    process_id: Uuid,
    mobile_id: Option<Uuid>,
    browser: Option<String>,
    created_at: i64,
    expires_at: i64,
    used_at: Option<i64>,
});

table!(reminder, "reminder", {
    #[sea_orm(primary_key, auto_increment = false)]
    mobile_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    days_before: i32,
    sent_at: i64,
});

table!(recovery_request, "recovery_request", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    process_id: Uuid,
    user_id: Uuid,
    serials: String,
    requested_at: i64,
    expires_at: i64,
    state: String,
    decided_by: Option<Uuid>,
    decided_at: Option<i64>,
    reason: Option<String>,
});

table!(script_version, "script_version", {
    #[sea_orm(primary_key, auto_increment = false)]
    name: String,
    #[sea_orm(primary_key, auto_increment = false)]
    number: i32,
    saved_at: i64,
    author: String,
    comment: String,
    sha256: String,
    text: String,
});

table!(ca_revision, "ca_revision", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: i32,
    revision: i64,
});

table!(crl, "crl", {
    #[sea_orm(primary_key, auto_increment = false)]
    number: i64,
    generation: i32,
    revision: i64,
    this_update: i64,
    next_update: i64,
    der: Vec<u8>,
});

// What is read together.

impl Related<user::Entity> for process::Entity {
    fn to() -> RelationDef {
        Self::belongs_to(user::Entity)
            .from(process::Column::UserId)
            .to(user::Column::Id)
            .into()
    }
}

impl Related<user::Entity> for mobile_id::Entity {
    fn to() -> RelationDef {
        Self::belongs_to(user::Entity)
            .from(mobile_id::Column::UserId)
            .to(user::Column::Id)
            .into()
    }
}

impl Related<user::Entity> for recovery_request::Entity {
    fn to() -> RelationDef {
        Self::belongs_to(user::Entity)
            .from(recovery_request::Column::UserId)
            .to(user::Column::Id)
            .into()
    }
}

impl Related<ca_certificate::Entity> for certificate::Entity {
    fn to() -> RelationDef {
        Self::belongs_to(ca_certificate::Entity)
            .from(certificate::Column::Serial)
            .to(ca_certificate::Column::Serial)
            .into()
    }
}

impl Related<ca_certificate::Entity> for archived_key::Entity {
    fn to() -> RelationDef {
        Self::belongs_to(ca_certificate::Entity)
            .from(archived_key::Column::Serial)
            .to(ca_certificate::Column::Serial)
            .into()
    }
}

impl Related<user::Entity> for session::Entity {
    fn to() -> RelationDef {
        Self::belongs_to(user::Entity)
            .from(session::Column::UserId)
            .to(user::Column::Id)
            .into()
    }
}

impl Related<mobile_id::Entity> for certificate::Entity {
    fn to() -> RelationDef {
        Self::belongs_to(mobile_id::Entity)
            .from(certificate::Column::MobileId)
            .to(mobile_id::Column::Id)
            .into()
    }
}
