//! A great many mobile IDs: copies of one that came to be as all do, written by SQL, with everything that belongs to it.

use anyhow::ensure;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};

/// In one statement each.
const PORTION: u32 = 100_000;
/// Of which everything is a copy; its user name.
pub const EXAMPLE: &str = "user0";

pub struct Filler {
    db: DatabaseConnection,
    is_sqlite: bool,
}

impl Filler {
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        Ok(Self {
            db: Database::connect(options).await?,
            is_sqlite: url.starts_with("sqlite:"),
        })
    }

    pub async fn run(&self, statement: &str) -> anyhow::Result<u64> {
        Ok(self.db.execute_unprepared(statement).await?.rows_affected())
    }

    /// `count` more of the example's kind: user, process, codes, keys, mobile ID, certificates in both books, audit
    /// records. Those stand before the chain, which nobody walks along here.
    pub async fn fill(&self, count: u32) -> anyhow::Result<()> {
        let mut from = 1;
        while from <= count {
            let to = count.min(from + PORTION - 1);
            self.run("BEGIN").await?;
            for (table, columns, values, of) in self.copies() {
                let statement = format!(
                    "INSERT INTO {table} ({columns}) {} SELECT {values} FROM {of}, n",
                    self.numbers(from, to)
                );
                let written = self.run(&statement).await?;
                ensure!(written > 0, "nothing was copied into {table}");
            }
            self.run("COMMIT").await?;
            from = to + 1;
        }
        self.run("ANALYZE").await?;
        Ok(())
    }

    fn numbers(&self, from: u32, to: u32) -> String {
        if self.is_sqlite {
            format!("WITH RECURSIVE n(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM n WHERE n < {to})")
        } else {
            format!("WITH n(n) AS (SELECT generate_series({from}, {to}))")
        }
    }

    /// An identifier that grows with `n`, as version 7 does.
    fn id(&self, kind: u8) -> String {
        if self.is_sqlite {
            format!("unhex(printf('%08x%024x', {kind}, n))")
        } else {
            format!("('{kind:08x}' || lpad(to_hex(n), 24, '0'))::uuid")
        }
    }

    /// Upper-case hex of 20 octets, another one for each certificate of the example.
    fn serial(&self, purpose: &str) -> String {
        let kind = format!("CASE {purpose} WHEN 'authentication' THEN '41' ELSE '42' END");
        if self.is_sqlite {
            format!("{kind} || printf('%038X', n)")
        } else {
            format!("{kind} || lpad(upper(to_hex(n)), 38, '0')")
        }
    }

    /// Table, columns, what they get, and the example's rows.
    fn copies(&self) -> Vec<(&'static str, &'static str, String, String)> {
        let [user, process, mobile_id] = [1, 2, 3].map(|kind| self.id(kind));
        let the_user = format!("(SELECT * FROM \"user\" WHERE user_name = '{EXAMPLE}') AS x");
        let of_user = |table: &str| {
            format!(
                "(SELECT * FROM {table} WHERE user_id = (SELECT id FROM \"user\" WHERE user_name = '{EXAMPLE}')) AS x"
            )
        };
        let of_process = |table: &str| {
            format!(
                "(SELECT * FROM {table} WHERE process_id IN (SELECT id FROM process WHERE user_id = \
                 (SELECT id FROM \"user\" WHERE user_name = '{EXAMPLE}'))) AS x"
            )
        };
        let its_id = format!(
            "(SELECT id FROM mobile_id WHERE user_id = (SELECT id FROM \"user\" WHERE user_name = '{EXAMPLE}'))"
        );
        let certificates = format!("(SELECT * FROM certificate WHERE mobile_id = {its_id}) AS x");
        let in_ca = format!(
            "(SELECT c.* FROM ca_certificate c JOIN certificate m ON m.serial = c.serial WHERE m.mobile_id = {its_id}) AS x"
        );
        vec![
            (
                "\"user\"",
                "id, user_name, display_name, email, state, roles, password_hash, created_at, attributes, language",
                format!(
                    "{user}, 'filler' || n, display_name, email, state, roles, password_hash, created_at, attributes, \
                     language"
                ),
                the_user,
            ),
            (
                "process",
                "id, user_id, kind, state, started_at, until, ended_at, device_token, plan, stage",
                format!(
                    "{process}, {user}, kind, state, started_at, until, ended_at, 'token' || n, plan, stage"
                ),
                of_user("process"),
            ),
            (
                "activation_code",
                "hash, process_id, number",
                format!("'code' || n || hash, {process}, number"),
                of_process("activation_code"),
            ),
            (
                "public_key",
                "sha256, process_id",
                format!("'key' || n || sha256, {process}"),
                of_process("public_key"),
            ),
            (
                "mobile_id",
                "id, user_id, process_id, name, server_name, mobile_user_id, phone, state, state_since, valid_from, \
                 valid_until",
                format!(
                    "{mobile_id}, {user}, {process}, name, server_name, mobile_user_id, phone, state, state_since, \
                     valid_from, valid_until"
                ),
                of_user("mobile_id"),
            ),
            (
                "certificate",
                "serial, mobile_id, purpose, state",
                format!("{}, {mobile_id}, purpose, state", self.serial("purpose")),
                certificates,
            ),
            (
                "ca_certificate",
                "serial, purpose, subject, issuer, not_before, not_after, state, der",
                format!(
                    "{}, purpose, subject, issuer, not_before, not_after, state, der",
                    self.serial("purpose")
                ),
                in_ca,
            ),
            (
                "audit",
                "sequence, at, event, by, user_id, process_id, mobile_id, detail, hash",
                format!(
                    "-(16 * n + sequence % 16), at, event, by, {user}, {process}, {mobile_id}, detail, hash"
                ),
                of_user("audit").replace(") AS x", " AND mobile_id IS NOT NULL) AS x"),
            ),
        ]
    }
}
