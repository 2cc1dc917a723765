//! The server as a process of its own, for benchmarks: what it takes is not what the benchmark takes.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::ensure;
use reqwest::Client;
use server::settings::Settings;
use shared::url::ops;

const FILE: &str = "settings.toml";

/// A free port, empty pages and a settings file in `dir`. `more`: further lines of it.
pub fn prepare(dir: &Path, more: &str) -> anyhow::Result<Settings> {
    for page in ["index.html", "m.html", "open.html", "admin.html"] {
        std::fs::write(dir.join(page), "<!doctype html>")?;
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let text = format!(
        "data_dir = \"{0}/data\"\n{more}\n[http]\nbind = \"127.0.0.1:{port}\"\nweb_dir = \"{0}\"\n",
        dir.display()
    );
    std::fs::write(dir.join(FILE), text)?;
    Ok(Settings::load(Some(&dir.join(FILE)))?)
}

/// Ends with its owner.
pub struct Program {
    child: Child,
    pub base: String,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    /// With what `prepare` has left in `dir`; ready to serve. `BENCHED_PROGRAM` names another program than the one
    /// just built, to compare two by turns.
    pub async fn start(dir: &Path) -> anyhow::Result<Self> {
        let file = dir.join(FILE);
        let built = || env!("CARGO_BIN_EXE_selfservice").into();
        let program = std::env::var_os("BENCHED_PROGRAM").unwrap_or_else(built);
        let program = Self {
            base: Settings::load(Some(&file))?.http.public_url,
            child: Command::new(program)
                .arg("serve")
                .arg("--config")
                .arg(&file)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .spawn()?,
        };
        let (browser, ready) = (Client::new(), format!("{}{}", program.base, ops::READYZ));
        let began_at = Instant::now();
        while browser.get(&ready).send().await.is_err() {
            ensure!(
                began_at.elapsed() < Duration::from_mins(1),
                "the server does not start"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(program)
    }

    /// A file of proc(5) about it, such as `stat`.
    pub fn proc(&self, file: &str) -> std::io::Result<String> {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id()))
    }
}
