//! Does the portal stay as fast when there are a million mobile IDs, and what do the CA's answers cost?
//! `cargo bench -p server --bench growth -- 1000000` (`postgresql` besides: on a PostgreSQL of its own in place of SQLite).
//! Two servers run side by side, one with 1,000 mobile IDs and one with as many as asked for, and are asked in turn.

#[path = "shared/cpu.rs"]
mod cpu;
#[path = "shared/filler.rs"]
mod filler;
#[path = "shared/journey.rs"]
mod journey;
#[expect(clippy::unwrap_used, clippy::expect_used, reason = "it is the tests' own")]
#[path = "../tests/it/store/postgres.rs"]
mod postgres;
#[path = "shared/program.rs"]
mod program;

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use filler::Filler;
use journey::{UNLIMITED, Waiting, add_users, enroll, open};
use program::{Program, prepare};
use reqwest::Client;
use shared::url::{api, pki};

const FEW: u32 = 1_000;
const ENROLLMENTS: u32 = 200;
const DASHBOARDS: usize = 2_000;
const ANSWERS: u32 = 2_000;
const REVOKED: u32 = 100_000;

fn main() -> anyhow::Result<()> {
    // cargo adds arguments of its own.
    let many = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(10_000);
    let on_postgresql = std::env::args().any(|argument| argument == "postgresql");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    runtime.block_on(run(many, on_postgresql))
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its result")]
async fn run(many: u32, on_postgresql: bool) -> anyhow::Result<()> {
    println!("{}", if on_postgresql { "PostgreSQL" } else { "SQLite" });
    let (few, full) = (
        Server::with(FEW, on_postgresql).await?,
        Server::with(many, on_postgresql).await?,
    );
    let names = [FEW, many].map(|count| format!("{count:>9} mobile IDs"));

    let mut times: [Vec<Duration>; 2] = Default::default();
    for _ in 0..DASHBOARDS {
        for (server, times) in [&few, &full].into_iter().zip(&mut times) {
            times.push(server.dashboard().await?);
        }
    }
    report("dashboard ", &names, &mut times);

    let mut times: [Vec<Duration>; 2] = Default::default();
    let mut waiting = [few.waiting().await?, full.waiting().await?];
    for _ in 1..ENROLLMENTS {
        for ((server, waiting), times) in [&few, &full].into_iter().zip(&mut waiting).zip(&mut times) {
            let began_at = Instant::now();
            enroll(&server.program.base, waiting.pop().context("one who waits")?).await?;
            times.push(began_at.elapsed());
        }
    }
    report("enrollment", &names, &mut times);

    full.ocsp().await?;
    if many >= REVOKED {
        full.crl().await?;
    }
    Ok(())
}

/// The median and the 99th percentile of both, and what they grow by.
#[expect(clippy::print_stdout, reason = "a benchmark prints its result")]
fn report(what: &str, names: &[String; 2], times: &mut [Vec<Duration>; 2]) {
    let mut at = [[0.0; 2]; 2];
    for ((name, times), at) in names.iter().zip(times).zip(&mut at) {
        times.sort();
        *at = [50, 99].map(|part| {
            let index = (times.len() * part / 100).min(times.len().saturating_sub(1));
            times.get(index).copied().unwrap_or_default().as_secs_f64() * 1_000.0
        });
        println!(
            "{what}, {name}: p50 {:6.2} ms, p99 {:6.2} ms of {}",
            at[0],
            at[1],
            times.len()
        );
    }
    let [few, many] = at;
    println!(
        "{what}: p50 x {:.2}, p99 x {:.2}",
        many[0] / few[0],
        many[1] / few[1]
    );
}

struct Server {
    program: Program,
    /// With `user0` signed in, who has a mobile ID.
    browser: Client,
    database: String,
    dir: tempfile::TempDir,
}

impl Server {
    #[expect(clippy::print_stdout, reason = "a benchmark prints its result")]
    async fn with(mobile_ids: u32, on_postgresql: bool) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let database = if on_postgresql {
            postgres::url().await
        } else {
            format!("sqlite:{}", dir.path().join("data/selfservice.sqlite").display())
        };
        let url = if on_postgresql {
            format!("database.url = \"{database}\"\n{UNLIMITED}")
        } else {
            UNLIMITED.into()
        };
        let settings = prepare(dir.path(), &url)?;
        add_users(&settings, ENROLLMENTS).await?;
        let program = Program::start(dir.path()).await?;
        let first = open(&program.base, filler::EXAMPLE).await?;
        let browser = first.browser.clone();
        enroll(&program.base, first).await?;
        drop(program);
        let began_at = Instant::now();
        let filler = Filler::open(&database).await?;
        filler.fill(mobile_ids.saturating_sub(1)).await?;
        println!(
            "{mobile_ids} mobile IDs written in {:.0} s",
            began_at.elapsed().as_secs_f64()
        );
        let program = Program::start(dir.path()).await?;
        Ok(Self {
            program,
            browser,
            database,
            dir,
        })
    }

    async fn dashboard(&self) -> anyhow::Result<Duration> {
        let began_at = Instant::now();
        let url = format!("{}{}", self.program.base, api::DASHBOARD);
        let answer = self.browser.get(url).send().await?;
        answer.error_for_status()?.bytes().await?;
        Ok(began_at.elapsed())
    }

    /// All users but the first, each with a code that nobody has scanned.
    async fn waiting(&self) -> anyhow::Result<Vec<Waiting>> {
        let mut waiting = Vec::new();
        for n in 1..ENROLLMENTS {
            waiting.push(open(&self.program.base, &format!("user{n}")).await?);
        }
        Ok(waiting)
    }

    async fn fetch(&self, path: &str, file: &str) -> anyhow::Result<()> {
        let answer = reqwest::get(format!("{}{path}", self.program.base)).await?;
        std::fs::write(
            self.dir.path().join(file),
            answer.error_for_status()?.bytes().await?,
        )?;
        Ok(())
    }

    /// The same question again and again, and questions with a nonce, for each of which an answer is signed.
    #[expect(clippy::print_stdout, reason = "a benchmark prints its result")]
    async fn ocsp(&self) -> anyhow::Result<()> {
        self.fetch(pki::ISSUING, "issuing.cer").await?;
        let client = Client::new();
        let url = format!("{}{}", self.program.base, pki::OCSP);
        for (name, nonce) in [("without a nonce", "-no_nonce"), ("with a nonce   ", "-nonce")] {
            // One of the copies: its row is read like any other's.
            let made = Command::new("openssl")
                .args(["ocsp", nonce, "-issuer", "issuing.cer"])
                .args(["-serial", &format!("0x41{:038x}", 500), "-reqout", "request.der"])
                .current_dir(self.dir.path())
                .output()?;
            ensure!(
                made.status.success(),
                "openssl: {}",
                String::from_utf8_lossy(&made.stderr)
            );
            let request = std::fs::read(self.dir.path().join("request.der"))?;
            let ask = async || {
                let answer = client.post(&url).body(request.clone()).send().await?;
                anyhow::Ok(answer.error_for_status()?.bytes().await?)
            };
            ask().await?;
            let before = cpu::seconds(&self.program)?;
            for _ in 0..ANSWERS {
                ask().await?;
            }
            let each = (cpu::seconds(&self.program)? - before) * 1_000.0 / f64::from(ANSWERS);
            println!("OCSP, {name}: {each:.3} ms of CPU time an answer, HTTP included");
        }
        Ok(())
    }

    #[expect(clippy::print_stdout, reason = "a benchmark prints its result")]
    async fn crl(&self) -> anyhow::Result<()> {
        let filler = Filler::open(&self.database).await?;
        let revoked = filler
            .run(&format!(
                "UPDATE ca_certificate SET state = 'revoked', revoked_at = not_before, revocation_reason = 5 \
                 WHERE serial IN (SELECT serial FROM ca_certificate LIMIT {REVOKED})"
            ))
            .await?;
        let before = cpu::seconds(&self.program)?;
        filler
            .run("UPDATE ca_revision SET revision = revision + 1")
            .await?;
        self.fetch(pki::CRL, "issuing.crl").await?;
        let cost = (cpu::seconds(&self.program)? - before) * 1_000.0;
        let octets = std::fs::metadata(self.dir.path().join("issuing.crl"))?.len();
        println!("CRL of {revoked} entries, {octets} octets: {cost:.0} ms of CPU time to publish");
        let before = cpu::seconds(&self.program)?;
        for _ in 0..20 {
            self.fetch(pki::CRL, "issuing.crl").await?;
        }
        let each = (cpu::seconds(&self.program)? - before) * 1_000.0 / 20.0;
        println!("the same list again: {each:.1} ms of CPU time");
        check(&self.dir.path().join("issuing.crl"))
    }
}

fn check(list: &Path) -> anyhow::Result<()> {
    let read = Command::new("openssl")
        .args(["crl", "-inform", "DER", "-noout", "-in"])
        .arg(list)
        .output()?;
    ensure!(
        read.status.success(),
        "openssl: {}",
        String::from_utf8_lossy(&read.stderr)
    );
    Ok(())
}
