//! CPU time of the server for one enrollment, from the claim to the install receipt, with the headless phone:
//! `cargo bench -p server --bench enrollment -- 500`. The server is a process of its own, so that its time is not
//! the phone's; password hashing and the showing of codes are over before the clock starts. `BENCHED_PROGRAM` names
//! another server program, to compare two by turns.

#[path = "shared/program.rs"]
mod program;

use std::time::{Duration, Instant};

use anyhow::Context as _;
use program::Program;
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
/// Nothing stands in the way of so many enrollments from one address.
const SETTINGS: &str = "sign_in.address_attempts = 1000000\nsign_in.fresh_seconds = 36000\n\
                        enrollment.code_seconds = 36000\nlog.filter = \"warn\"";

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
    let settings = program::prepare(dir.path(), SETTINGS)?;
    add_users(&settings, count).await?;
    let server = Program::start(dir.path()).await?;
    let mut waiting = Vec::new();
    for n in 0..count {
        waiting.push(open(&server.base, &format!("user{n}")).await?);
    }
    let (cpu, wall) = (cpu_seconds(&server)?, Instant::now());
    for enrollment in waiting {
        enroll(&server.base, enrollment).await?;
    }
    let (cpu, wall) = (cpu_seconds(&server)? - cpu, wall.elapsed());
    let each = |seconds: f64| seconds * 1_000.0 / f64::from(count);
    println!("enrollments, one after the other: {count}");
    println!("server CPU time each:             {:.2} ms", each(cpu));
    println!(
        "wall time each, phone included:   {:.2} ms",
        each(wall.as_secs_f64())
    );
    Ok(())
}

/// User and system time of all the server's threads so far (proc(5), fields 14 and 15 of `stat`).
fn cpu_seconds(server: &Program) -> anyhow::Result<f64> {
    let stat = server.proc("stat")?;
    let (_, after_name) = stat.rsplit_once(')').context("a line of /proc/PID/stat")?;
    let ticks: f64 = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<f64>().ok())
        .sum();
    Ok(ticks / TICKS_PER_SECOND)
}

async fn add_users(settings: &Settings, count: u32) -> anyhow::Result<()> {
    let context = startup::open(settings, Clock::System).await?;
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
