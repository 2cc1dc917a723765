//! The real program as a child process: a server that can be killed and started again, and the headless phone.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::portal::Portal;

const PROGRAM: &str = env!("CARGO_BIN_EXE_selfservice");

/// A server in demo mode with a folder and a port of its own; killed when it is dropped.
pub struct Server {
    dir: tempfile::TempDir,
    port: u16,
    settings: Vec<(&'static str, String)>,
    child: Child,
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// `settings`: names and values of further variables.
    pub async fn start_with(settings: &[(&'static str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let port = free_port();
        let web = dir.path().join("web");
        std::fs::create_dir(&web).unwrap();
        for page in ["index.html", "m.html", "open.html", "admin.html"] {
            std::fs::write(
                web.join(page),
                "<!doctype html><html lang=\"en\"><title>Page</title></html>",
            )
            .unwrap();
        }
        let settings = settings
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        let child = spawn(dir.path(), port, &settings);
        let mut server = Self {
            dir,
            port,
            settings,
            child,
        };
        server.ready().await;
        server
    }

    pub fn base(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// A file or folder of the test's own.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Changes a setting, from the next start or command on.
    pub fn set(&mut self, name: &'static str, value: &str) {
        self.settings.retain(|(other, _)| *other != name);
        self.settings.push((name, value.to_owned()));
    }

    /// SIGKILL: nothing is said, nothing is flushed.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub async fn start_again(&mut self) {
        self.child = spawn(self.dir.path(), self.port, &self.settings);
        self.ready().await;
    }

    /// With these settings from now on, over those it had. It was killed before.
    pub async fn start_again_with(&mut self, settings: &[(&'static str, &str)]) {
        let settings = settings.iter().map(|(name, value)| (*name, (*value).to_owned()));
        self.settings.extend(settings);
        self.start_again().await;
    }

    /// The same, that much later, such as `731d`: see `faketime(1)`.
    pub async fn start_again_later(&mut self, later: &str) {
        let folders = std::fs::read_dir("/usr/lib").unwrap();
        let mut libraries = folders.map(|folder| folder.unwrap().path().join("faketime/libfaketimeMT.so.1"));
        let library = libraries.find(|library| library.exists());
        let library = library.expect("Debian's package faketime is installed");
        self.settings.extend([
            ("LD_PRELOAD", library.display().to_string()),
            ("FAKETIME", format!("+{later}")),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]);
        self.start_again().await;
    }

    pub async fn kill_and_start_again(&mut self) {
        self.kill();
        self.start_again().await;
    }

    /// What the program says when it is started with these settings and cannot serve.
    pub fn refusal(&mut self, settings: &[(&'static str, &str)]) -> String {
        self.kill();
        let mut command = command(self.dir.path(), self.port);
        command.envs(settings.iter().copied()).stderr(Stdio::piped());
        let output = command.spawn().unwrap().wait_with_output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }

    /// What another command says on the same data.
    pub fn say(&self, arguments: &[&str]) -> String {
        let (status, said) = self.try_to_say(arguments);
        assert!(status.success(), "{said}");
        said
    }

    /// How it ends and what it prints, complaints included.
    pub fn try_to_say(&self, arguments: &[&str]) -> (ExitStatus, String) {
        let output = Command::new(PROGRAM)
            .args(arguments)
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .env("SELFSERVICE_DATA_DIR", self.path("data"))
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap();
        let mut said = String::from_utf8(output.stdout).unwrap();
        if !output.status.success() {
            said.push_str(&String::from_utf8_lossy(&output.stderr));
        }
        (output.status, said)
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap()
    }

    pub async fn portal(&self, user_name: &str) -> Portal {
        Portal::sign_in(&self.base(), user_name).await
    }

    async fn ready(&mut self) {
        let url = format!("{}{}", self.base(), shared::url::ops::READYZ);
        let began_at = Instant::now();
        while !reqwest::get(&url)
            .await
            .is_ok_and(|answer| answer.status().is_success())
        {
            assert!(
                began_at.elapsed() < Duration::from_mins(1),
                "the server does not come up"
            );
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "the server ended: {ended:?} {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(dir: &Path, port: u16, settings: &Vec<(&'static str, String)>) -> Child {
    let mut command = command(dir, port);
    for (name, value) in settings {
        command.env(name, value);
    }
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(dir.join("log"));
    command.stderr(log.unwrap()).spawn().unwrap()
}

fn command(dir: &Path, port: u16) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .arg("serve")
        .env("SELFSERVICE_DEMO", "true")
        .env("SELFSERVICE_DATA_DIR", dir.join("data"))
        .env("SELFSERVICE_HTTP__BIND", format!("127.0.0.1:{port}"))
        .env("SELFSERVICE_HTTP__WEB_DIR", dir.join("web"))
        .env("SELFSERVICE_LOG__FILTER", "warn")
        .stdout(Stdio::null());
    command
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// `selfservice phone LINK --json` as a child process.
pub struct HeadlessPhone {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl HeadlessPhone {
    pub fn start(link: &str, folder: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["phone", link, "--json", "--name", "Pixel 8", "--output"])
            .arg(folder)
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// The next line, which must be this event.
    pub fn expect(&mut self, event: &str) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        let value: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{event}: {line:?}"));
        assert_eq!(value["event"], event, "{line}");
        value
    }

    /// Passes over all events before the pairing code's.
    pub fn pairing_code(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.lines.read_line(&mut line).unwrap();
            let value: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line:?}"));
            assert_ne!(value["event"], "failed", "{line}");
            if let Some(code) = value["pairing_code"].as_str() {
                return code.to_owned();
            }
        }
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As Ctrl-C does.
    pub fn interrupt(&self) {
        let status = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status();
        assert!(status.unwrap().success());
    }

    pub fn end(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}
