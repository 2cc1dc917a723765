//! A great many mobile IDs: copies of one that came to be as all do, written by SQL, with everything that belongs to it.

use anyhow::ensure;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};

/// In one statement each.
const PORTION: u32 = 100_000;
/// Of which everything is a copy; its user name.
pub const EXAMPLE: &str = "user0";
const THE_USER: &str = "(SELECT id FROM \"user\" WHERE user_name = 'user0')";

/// Table, columns, what they get, and the example's rows.
type Copy = (&'static str, &'static str, String, String);

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
    fn serial(&self) -> String {
        let kind = "CASE purpose WHEN 'authentication' THEN '41' ELSE '42' END";
        if self.is_sqlite {
            format!("{kind} || printf('%038X', n)")
        } else {
            format!("{kind} || lpad(upper(to_hex(n)), 38, '0')")
        }
    }

    fn copies(&self) -> Vec<Copy> {
        let mut copies = self.of_people().to_vec();
        copies.extend(self.of_mobile_ids());
        copies
    }

    fn of_people(&self) -> [Copy; 4] {
        let [user, process] = [1, 2].map(|kind| self.id(kind));
        let the_user = format!("(SELECT * FROM \"user\" WHERE user_name = '{EXAMPLE}') AS x");
        let its_process = |table: &str| {
            format!(
                "(SELECT * FROM {table} WHERE process_id IN (SELECT id FROM process WHERE user_id = {THE_USER})) AS x"
            )
        };
        [
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
                format!("(SELECT * FROM process WHERE user_id = {THE_USER}) AS x"),
            ),
            (
                "activation_code",
                "hash, process_id, number",
                format!("'code' || n || hash, {process}, number"),
                its_process("activation_code"),
            ),
            (
                "public_key",
                "sha256, process_id",
                format!("'key' || n || sha256, {process}"),
                its_process("public_key"),
            ),
        ]
    }

    fn of_mobile_ids(&self) -> [Copy; 4] {
        let [user, process, mobile_id] = [1, 2, 3].map(|kind| self.id(kind));
        let serial = self.serial();
        let its_id = format!("(SELECT id FROM mobile_id WHERE user_id = {THE_USER})");
        let same = "name, server_name, mobile_user_id, phone, state, state_since, valid_from, valid_until";
        let in_ca = "purpose, subject, issuer, not_before, not_after, state, der";
        [
            (
                "mobile_id",
                "id, user_id, process_id, name, server_name, mobile_user_id, phone, state, state_since, valid_from, \
                 valid_until",
                format!("{mobile_id}, {user}, {process}, {same}"),
                format!("(SELECT * FROM mobile_id WHERE user_id = {THE_USER}) AS x"),
            ),
            (
                "certificate",
                "serial, mobile_id, purpose, state",
                format!("{serial}, {mobile_id}, purpose, state"),
                format!("(SELECT * FROM certificate WHERE mobile_id = {its_id}) AS x"),
            ),
            (
                "ca_certificate",
                "serial, purpose, subject, issuer, not_before, not_after, state, der",
                format!("{serial}, {in_ca}"),
                format!(
                    "(SELECT * FROM ca_certificate WHERE serial IN (SELECT serial FROM certificate WHERE mobile_id = \
                     {its_id})) AS x"
                ),
            ),
            (
                "audit",
                "sequence, at, event, by, user_id, process_id, mobile_id, detail, hash",
                format!(
                    "-(16 * n + sequence % 16), at, event, by, {user}, {process}, {mobile_id}, detail, hash"
                ),
                format!("(SELECT * FROM audit WHERE mobile_id = {its_id}) AS x"),
            ),
        ]
    }
}
