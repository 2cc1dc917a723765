//! Signatures by the CA's keys, in files and in a PKCS#11 token: `cargo bench -p server --bench signatures`. Wants Debian's
//! softhsm2. By turns in one process, so that a slow moment of the machine meets both.

#[expect(dead_code, clippy::unwrap_used, reason = "it is the tests' own")]
#[path = "../tests/it/hsm/soft_hsm.rs"]
mod soft_hsm;

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use rcgen::SigningKey as _;
use server::ca::{Curve, Key, KeyPlace, Owner, TokenAccess, open_keys};
use soft_hsm::{LABEL, MODULE, PIN, SoftHsm};

/// Which tokens there are is told by a variable, so the measurement is a process of its own.
const MEASURE: &str = "measure";
/// Linux counts processor time in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;

fn main() -> anyhow::Result<()> {
    if std::env::args().any(|argument| argument == MEASURE) {
        return measure();
    }
    let hsm = SoftHsm::new();
    let mut again = Command::new(std::env::current_exe()?);
    let status = again.arg(MEASURE).env("SOFTHSM2_CONF", hsm.conf()).status()?;
    ensure!(status.success(), "the measurement failed");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its result")]
fn measure() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let files = open_keys(&KeyPlace::Files { passphrase: None }, dir.path(), Owner::Ca)?;
    let access = TokenAccess {
        owner: Owner::Ca,
        module: MODULE.into(),
        token: LABEL.to_owned(),
        pin: PIN.to_owned().into(),
    };
    let token = open_keys(&KeyPlace::Token(access), Path::new(""), Owner::Ca)?;
    for curve in [Curve::P256, Curve::P384] {
        let name = format!("{curve:?}");
        let keys = [files.create(&name, curve)?, token.create(&name, curve)?];
        for threads in [1, 2, 8] {
            let mut signed = [(0_u32, 0.0); 2];
            for _ in 0..4 {
                for (key, signed) in keys.iter().zip(&mut signed) {
                    let before = cpu_seconds()?;
                    signed.0 += sign_for(key, threads, Duration::from_millis(500));
                    signed.1 += cpu_seconds()? - before;
                }
            }
            for (store, (signed, cpu)) in ["file", "token"].iter().zip(signed) {
                let each = cpu * 1_000_000.0 / f64::from(signed);
                let rate = signed / 2;
                println!(
                    "{name}, {threads} threads, {store}: {rate} a second, {each:.0} µs of CPU time each"
                );
            }
        }
    }
    Ok(())
}

/// User and system time of this process so far (proc(5), fields 14 and 15 of `stat`).
fn cpu_seconds() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, after_name) = stat.rsplit_once(')').context("a line of /proc/self/stat")?;
    let ticks = after_name.split_whitespace().skip(11).take(2);
    let ticks: f64 = ticks.filter_map(|field| field.parse::<f64>().ok()).sum();
    Ok(ticks / TICKS_PER_SECOND)
}

/// How many there were.
fn sign_for(key: &Key, threads: usize, time: Duration) -> u32 {
    let until = Instant::now() + time;
    let one = || {
        let mut signed = 0;
        while Instant::now() < until && key.sign(b"message").is_ok() {
            signed += 1;
        }
        signed
    };
    std::thread::scope(|scope| {
        let counts: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        counts.into_iter().filter_map(|count| count.join().ok()).sum()
    })
}
