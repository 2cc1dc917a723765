//! Users, sessions, processes, mobile IDs, certificates in both books, and the audit log.

use sea_orm_migration::{
    async_trait,
    prelude::*,
    schema::{
        big_integer, big_integer_null, binary_null, integer, integer_null, string, text, uuid, uuid_null,
    },
    sea_orm::DbErr,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in people()
            .into_iter()
            .chain(processes())
            .chain(certificates())
            .chain(audit())
        {
            manager.create_table(table).await?;
        }
        for (name, table, column) in [
            ("session_user", "session", "user_id"),
            ("session_expires", "session", "expires_at"),
            ("process_until", "process", "until"),
            ("activation_code_process", "activation_code", "process_id"),
            ("mobile_id_user", "mobile_id", "user_id"),
            ("certificate_mobile_id", "certificate", "mobile_id"),
            ("audit_mobile_id", "audit", "mobile_id"),
            ("audit_process", "audit", "process_id"),
            ("audit_user", "audit", "user_id"),
        ] {
            manager
                .create_index(Index::create().name(name).table(table).col(column).to_owned())
                .await?;
        }
        let db = manager.get_connection();
        // One open run per user and kind, held by the database whatever two tabs do at once.
        db.execute_unprepared(
            "CREATE UNIQUE INDEX process_one_open ON process (user_id, kind) WHERE ended_at IS NULL",
        )
        .await?;
        db.execute_unprepared("INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, '')")
            .await?;
        Ok(())
    }
}

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).to_owned()
}

fn people() -> [TableCreateStatement; 2] {
    [
        table("user")
            .col(uuid("id").primary_key())
            .col(string("user_name").unique_key())
            .col(text("display_name"))
            .col(text("email").null())
            .col(string("state"))
            .col(text("roles"))
            .col(text("password_hash"))
            .col(big_integer("created_at"))
            .to_owned(),
        table("session")
            .col(string("id_hash").primary_key())
            .col(uuid_null("user_id"))
            .col(text("data"))
            .col(big_integer("expires_at"))
            .to_owned(),
    ]
}

fn processes() -> [TableCreateStatement; 3] {
    [
        table("process")
            .col(uuid("id").primary_key())
            .col(uuid("user_id"))
            .col(string("kind"))
            .col(string("state"))
            .col(big_integer("started_at"))
            .col(big_integer_null("until"))
            .col(big_integer_null("ended_at"))
            .col(string("device_token").null().unique_key())
            .col(text("plan"))
            .col(text("stage"))
            .foreign_key(ForeignKey::create().from("process", "user_id").to("user", "id"))
            .to_owned(),
        table("activation_code")
            .col(string("hash").primary_key())
            .col(uuid("process_id"))
            .col(integer("number"))
            .foreign_key(
                ForeignKey::create()
                    .from("activation_code", "process_id")
                    .to("process", "id"),
            )
            .to_owned(),
        table("public_key")
            .col(string("sha256").primary_key())
            .col(uuid("process_id"))
            .foreign_key(
                ForeignKey::create()
                    .from("public_key", "process_id")
                    .to("process", "id"),
            )
            .to_owned(),
    ]
}

fn certificates() -> [TableCreateStatement; 3] {
    [
        table("mobile_id")
            .col(uuid("id").primary_key())
            .col(uuid("user_id"))
            .col(uuid("process_id"))
            .col(text("name"))
            .col(text("server_name"))
            .col(text("mobile_user_id"))
            .col(text("phone"))
            .col(string("state"))
            .col(big_integer("state_since"))
            .col(string("failure").null())
            .col(big_integer("valid_from"))
            .col(big_integer("valid_until"))
            .foreign_key(ForeignKey::create().from("mobile_id", "user_id").to("user", "id"))
            .to_owned(),
        // The identity manager's book.
        table("certificate")
            .col(string("serial").primary_key())
            .col(uuid("mobile_id"))
            .col(string("purpose"))
            .col(string("state"))
            .foreign_key(
                ForeignKey::create()
                    .from("certificate", "mobile_id")
                    .to("mobile_id", "id"),
            )
            .to_owned(),
        // The CA's book: written before a certificate is signed, so that none exists without a record.
        table("ca_certificate")
            .col(string("serial").primary_key())
            .col(string("purpose"))
            .col(text("subject"))
            .col(text("issuer"))
            .col(big_integer("not_before"))
            .col(big_integer("not_after"))
            .col(string("state"))
            .col(big_integer_null("revoked_at"))
            .col(integer_null("revocation_reason"))
            .col(binary_null("der"))
            .to_owned(),
    ]
}

fn audit() -> [TableCreateStatement; 2] {
    [
        table("audit")
            .col(big_integer("sequence").primary_key())
            .col(big_integer("at"))
            .col(string("event"))
            .col(string("by"))
            .col(uuid_null("user_id"))
            .col(uuid_null("process_id"))
            .col(uuid_null("mobile_id"))
            .col(text("detail"))
            .col(string("hash"))
            .to_owned(),
        // One row: where the chain ends. Locking it gives records their order.
        table("audit_head")
            .col(integer("id").primary_key())
            .col(big_integer("sequence"))
            .col(string("hash"))
            .to_owned(),
    ]
}
