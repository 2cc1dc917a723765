//! What a server has cost so far.

use anyhow::Context as _;

use crate::program::Program;

/// Linux counts processor time in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;

/// User and system time of all its threads (proc(5), fields 14 and 15 of `stat`).
pub fn seconds(server: &Program) -> anyhow::Result<f64> {
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
