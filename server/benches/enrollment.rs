//! CPU time of the server for one enrollment, from the claim to the install receipt, with the headless phone:
//! `cargo bench -p server --bench enrollment -- 500`. The server is a process of its own, so that its time is not
//! the phone's; password hashing and the showing of codes are over before the clock starts. `ENROLLMENT_SERVER` names
//! another server program, to compare two by turns.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use reqwest::Client;
use serde_json::json;
use server::{
    clock::Clock,
    phone::{Connection, Key, Phone, Token},
    settings::Settings,
    startup::{self, DEMO_PASSWORD},
    use_case::add_user::{self, NewUser},
};
use shared::{
    api::{Claimed, ProcessView, Role, UserState},
    protocol::activation::Code,
    url::{self, api},
};
use uuid::Uuid;

/// Linux counts processor time in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;

fn main() -> anyhow::Result<()> {
    // cargo adds arguments of its own.
    let count = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(100);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    runtime.block_on(run(count))
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its result")]
async fn run(count: u32) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let server = Server::start(dir.path()).await?;
    add_users(&server, count).await?;
    let mut waiting = Vec::new();
    for n in 0..count {
        waiting.push(open(&server.base, &format!("user{n}")).await?);
    }
    let (cpu, wall) = (server.cpu_seconds()?, Instant::now());
    for enrollment in waiting {
        enroll(&server.base, enrollment).await?;
    }
    let (cpu, wall) = (server.cpu_seconds()? - cpu, wall.elapsed());
    let each = |seconds: f64| seconds * 1_000.0 / f64::from(count);
    println!("enrollments, one after the other: {count}");
    println!("server CPU time each:             {:.2} ms", each(cpu));
    println!(
        "wall time each, phone included:   {:.2} ms",
        each(wall.as_secs_f64())
    );
    Ok(())
}

struct Server {
    child: Child,
    base: String,
    settings: Settings,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    async fn start(dir: &Path) -> anyhow::Result<Self> {
        for page in ["index.html", "m.html", "admin.html"] {
            std::fs::write(dir.join(page), "<!doctype html>")?;
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let file = dir.join("settings.toml");
        let text = format!(
            "data_dir = \"{0}/data\"\n[http]\nbind = \"127.0.0.1:{port}\"\nweb_dir = \"{0}\"\n\
             [sign_in]\naddress_attempts = 1000000\nfresh_seconds = 36000\n[enrollment]\ncode_seconds = 36000\n[log]\nfilter = \"warn\"\n",
            dir.display()
        );
        std::fs::write(&file, text)?;
        let settings = Settings::load(Some(&file))?;
        let program = std::env::var_os("ENROLLMENT_SERVER");
        let mut command = Command::new(program.unwrap_or_else(|| env!("CARGO_BIN_EXE_selfservice").into()));
        command
            .arg("serve")
            .arg("--config")
            .arg(&file)
            .stdin(Stdio::null());
        let server = Self {
            child: command.spawn()?,
            base: format!("http://localhost:{port}"),
            settings,
        };
        let begun = Instant::now();
        while Client::new()
            .get(format!("{}/readyz", server.base))
            .send()
            .await
            .is_err()
        {
            ensure!(
                begun.elapsed() < Duration::from_secs(30),
                "the server does not start"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(server)
    }

    /// User and system time of all the server's threads so far (proc(5), fields 14 and 15 of `stat`).
    fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let (_, after_name) = stat.rsplit_once(')').context("a line of /proc/PID/stat")?;
        let ticks: f64 = after_name
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<f64>().ok())
            .sum();
        Ok(ticks / TICKS_PER_SECOND)
    }
}

async fn add_users(server: &Server, count: u32) -> anyhow::Result<()> {
    let context = startup::open(&server.settings, Clock::System).await?;
    for n in 0..count {
        let new = NewUser {
            user_name: format!("user{n}"),
            display_name: format!("User {n}"),
            email: Some(format!("user{n}@example.com")),
            state: UserState::Active,
            roles: vec![Role::SelfServiceUser],
            attributes: std::collections::BTreeMap::new(),
            language: None,
            password: DEMO_PASSWORD.into(),
        };
        add_user::run(&context, new).await?;
    }
    Ok(())
}

/// A user who has scanned nothing yet.
struct Waiting {
    browser: Client,
    process: Uuid,
    code: Code,
}

async fn open(base: &str, user_name: &str) -> anyhow::Result<Waiting> {
    let browser = Client::builder().cookie_store(true).build()?;
    let credentials = json!({ "user_name": user_name, "password": DEMO_PASSWORD });
    let answer = browser
        .post(format!("{base}{}", api::SESSION))
        .json(&credentials)
        .send()
        .await?;
    answer.error_for_status()?;
    let kind = json!({ "kind": "MobileIDSelfServiceProcGet" });
    let started: ProcessView = browser
        .post(format!("{base}{}", api::PROCESSES))
        .json(&kind)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let next = format!("{base}{}", api::process_next(started.id));
    let step = json!({ "step": "introduction" });
    let opened: ProcessView = browser
        .post(next)
        .json(&step)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let shown = opened
        .activation
        .and_then(|activation| activation.code)
        .context("a code")?;
    let code = Code::parse(url::page::activation_code(&shown.link))?;
    Ok(Waiting {
        browser,
        process: started.id,
        code,
    })
}

async fn enroll(base: &str, waiting: Waiting) -> anyhow::Result<()> {
    let connection = Connection::new(base, Duration::from_secs(30))?;
    let phone = Phone::new(connection, waiting.code, Token::make()?, "Benchmark");
    let claimed: Claimed = phone.claim().await?;
    let keys: Result<Vec<_>, _> = claimed
        .purposes
        .iter()
        .map(|purpose| Key::make(*purpose))
        .collect();
    let keys = keys?;
    let accepted = phone.submit_keys(&keys).await?;
    let pairing_code = phone.pairing_code(&keys, &accepted.nonce)?;
    let next = format!("{base}{}", api::process_next(waiting.process));
    let step = json!({ "step": "scan", "pairing_code": pairing_code.as_str() });
    waiting
        .browser
        .post(next)
        .json(&step)
        .send()
        .await?
        .error_for_status()?;
    let installation = phone.enrollment().await?.installation.context("issued")?;
    let installed = phone.check(&keys, &installation)?;
    phone
        .receipt(claimed.process, installation.mobile_id, &keys, &installed)
        .await?;
    Ok(())
}
