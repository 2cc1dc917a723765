//! CPU time of the server for one enrollment, from the claim to the install receipt, with the headless phone:
//! `cargo bench -p server --bench enrollment -- 500`. The server is a process of its own, so that its time is not
//! the phone's; password hashing and the showing of codes are over before the clock starts. `BENCHED_PROGRAM` names
//! another server program, to compare two by turns.

#[path = "shared/cpu.rs"]
mod cpu;
#[path = "shared/journey.rs"]
mod journey;
#[path = "shared/program.rs"]
mod program;

use std::time::Instant;

use journey::{UNLIMITED, add_users, enroll, open};
use program::Program;

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
    let settings = program::prepare(dir.path(), UNLIMITED)?;
    add_users(&settings, count).await?;
    let server = Program::start(dir.path()).await?;
    let mut waiting = Vec::new();
    for n in 0..count {
        waiting.push(open(&server.base, &format!("user{n}")).await?);
    }
    let (before, wall) = (cpu::seconds(&server)?, Instant::now());
    for enrollment in waiting {
        enroll(&server.base, enrollment).await?;
    }
    let (cost, wall) = (cpu::seconds(&server)? - before, wall.elapsed());
    let each = |seconds: f64| seconds * 1_000.0 / f64::from(count);
    println!("enrollments, one after the other: {count}");
    println!("server CPU time each:             {:.2} ms", each(cost));
    println!(
        "wall time each, phone included:   {:.2} ms",
        each(wall.as_secs_f64())
    );
    Ok(())
}
