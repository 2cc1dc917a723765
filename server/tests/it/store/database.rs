//! A database of a test's own that goes away in the middle of it, and comes back.

use super::postgres::{psql, url};

/// On PostgreSQL, without tables.
pub struct Database {
    pub url: String,
}

impl Database {
    pub async fn empty() -> Self {
        Self { url: url().await }
    }

    fn name(&self) -> &str {
        self.url.rsplit('/').next().unwrap()
    }

    /// Ends every connection to it and takes no other.
    pub fn take_away(&self) {
        let name = self.name();
        psql(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
        psql(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ));
    }

    pub fn give_back(&self) {
        psql(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", self.name()));
    }
}
