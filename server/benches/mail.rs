//! 10,000 mails that wait: does the server's memory stay flat, and does the dashboard answer as fast as without them?
//! `cargo bench -p server --bench mail -- 10000`. Two servers run side by side, one with the mails and one without, and
//! are asked in turn, so that whatever else the machine does hits both. The mail server is down first, then slow.

#[path = "shared/program.rs"]
mod program;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use program::{Program, prepare};
use reqwest::Client;
use serde_json::json;
use server::{
    clock::Clock,
    domain::mail::{Concerns, Kind, Language},
    mail::{Letter, sample},
    settings::Settings,
    startup::{self, DEMO_PASSWORD},
};
use shared::url::api;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// How long each of the two states is measured.
const EACH: Duration = Duration::from_secs(30);
/// How long the slow mail server thinks about each mail.
const SLOW: Duration = Duration::from_millis(200);
const BETWEEN: Duration = Duration::from_millis(10);

fn main() -> anyhow::Result<()> {
    // cargo adds arguments of its own.
    let count = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(10_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    runtime.block_on(run(count))
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its result")]
async fn run(count: u32) -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    // Down: nobody listens there.
    drop(listener);
    let (dir, empty) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let began_at = Instant::now();
    fill(&prepare(dir.path(), &settings(port))?, count).await?;
    println!(
        "mails written: {count}, in {:.1} s",
        began_at.elapsed().as_secs_f64()
    );
    let with = Server::start(dir.path()).await?;
    prepare(empty.path(), &settings(port))?;
    let without = Server::start(empty.path()).await?;
    // Pages, statements and caches that every server takes with its first requests.
    measure(&with, &without, Duration::from_secs(5)).await?;

    println!("\nthe mail server is down");
    report(&measure(&with, &without, EACH).await?);
    let taken = Arc::new(AtomicU64::new(0));
    tokio::spawn(slow(port, taken.clone()));
    // The worker pauses for up to a minute where the mail server was down.
    let began_at = Instant::now();
    while taken.load(Ordering::Relaxed) == 0 {
        ensure!(began_at.elapsed() < Duration::from_mins(3), "no mail arrives");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!("\nthe mail server takes {} ms for each mail", SLOW.as_millis());
    let before = taken.load(Ordering::Relaxed);
    report(&measure(&with, &without, EACH).await?);
    println!(
        "mails taken meanwhile:   {}",
        taken.load(Ordering::Relaxed) - before
    );
    Ok(())
}

/// A demo's, with the mail server at that port.
fn settings(smtp: u16) -> String {
    format!("demo = true\nmail.url = \"smtp://127.0.0.1:{smtp}?tls=none\"\nlog.filter = \"error\"")
}

/// One transaction, because writing is not what is measured.
async fn fill(settings: &Settings, count: u32) -> anyhow::Result<()> {
    let context = startup::open(settings, Clock::System).await?;
    let mailer = context.mail.clone().context("a mail path")?;
    let now = context.clock.now();
    let transaction = context.store.begin().await?;
    for n in 0..count {
        // A QR code takes a debug build long to draw.
        let kind = if n % 10 == 0 {
            Kind::ActivationCode
        } else {
            Kind::Expiring
        };
        let letter = Letter {
            to_name: format!("User {n}"),
            to_address: format!("user{n}@example.com"),
            language: Language::En,
            content: sample(kind, &settings.http.public_url),
            concerns: Concerns::default(),
            useless_after: None,
        };
        transaction.add_mail(&mailer.write(&letter, now)?).await?;
    }
    transaction.commit().await?;
    context.store.close().await?;
    Ok(())
}

/// With anna signed in.
struct Server {
    program: Program,
    browser: Client,
}

impl Server {
    async fn start(dir: &Path) -> anyhow::Result<Self> {
        let program = Program::start(dir).await?;
        let browser = Client::builder().cookie_store(true).build()?;
        let credentials = json!({ "user_name": "anna", "password": DEMO_PASSWORD });
        let session = browser.post(format!("{}{}", program.base, api::SESSION));
        session.json(&credentials).send().await?.error_for_status()?;
        Ok(Self { program, browser })
    }

    async fn dashboard(&self) -> anyhow::Result<Duration> {
        let began_at = Instant::now();
        let answer = self
            .browser
            .get(format!("{}{}", self.program.base, api::DASHBOARD))
            .send();
        answer.await?.error_for_status()?.bytes().await?;
        Ok(began_at.elapsed())
    }

    /// Resident memory in KiB (proc(5), `VmRSS`).
    fn memory(&self) -> anyhow::Result<u64> {
        let status = self.program.proc("status")?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        Ok(number.context("a line of /proc/PID/status")?.parse()?)
    }
}

/// Times of the dashboard and memory, of the server with mails and of the one without.
#[derive(Default)]
struct Measured {
    times: [Vec<Duration>; 2],
    memory: [Vec<u64>; 2],
}

async fn measure(with: &Server, without: &Server, how_long: Duration) -> anyhow::Result<Measured> {
    let mut measured = Measured::default();
    let began_at = Instant::now();
    let mut looked_at: Option<Instant> = None;
    while began_at.elapsed() < how_long {
        for (server, times) in [with, without].into_iter().zip(&mut measured.times) {
            times.push(server.dashboard().await?);
            tokio::time::sleep(BETWEEN).await;
        }
        if looked_at.is_none_or(|at| at.elapsed() >= Duration::from_secs(1)) {
            looked_at = Some(Instant::now());
            for (server, memory) in [with, without].into_iter().zip(&mut measured.memory) {
                memory.push(server.memory()?);
            }
        }
    }
    Ok(measured)
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its result")]
fn report(measured: &Measured) {
    for ((name, times), memory) in ["with the mails   ", "without          "]
        .into_iter()
        .zip(&measured.times)
        .zip(&measured.memory)
    {
        let mut times = times.clone();
        times.sort();
        let at = |part: usize| {
            let index = (times.len() * part / 100).min(times.len().saturating_sub(1));
            times.get(index).copied().unwrap_or_default().as_secs_f64() * 1_000.0
        };
        println!(
            "{name} dashboard p50 {:6.2} ms, p99 {:6.2} ms of {} requests; memory {} to {} KiB, {} at first, {} at last",
            at(50),
            at(99),
            times.len(),
            memory.iter().min().copied().unwrap_or_default(),
            memory.iter().max().copied().unwrap_or_default(),
            memory.first().copied().unwrap_or_default(),
            memory.last().copied().unwrap_or_default(),
        );
    }
}

/// Takes every mail, and its time.
async fn slow(port: u16, taken: Arc<AtomicU64>) -> anyhow::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        let taken = taken.clone();
        tokio::spawn(async move { talk(stream, &taken).await });
    }
}

async fn talk(stream: TcpStream, taken: &AtomicU64) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 localhost slow\r\n").await?;
    let (mut line, mut in_mail) = (String::new(), false);
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        if in_mail {
            if line != ".\r\n" {
                continue;
            }
            in_mail = false;
            tokio::time::sleep(SLOW).await;
            taken.fetch_add(1, Ordering::Relaxed);
        } else if line.eq_ignore_ascii_case("DATA\r\n") {
            in_mail = true;
            stream.write_all(b"354 go\r\n").await?;
            continue;
        }
        stream.write_all(b"250 ok\r\n").await?;
    }
}
