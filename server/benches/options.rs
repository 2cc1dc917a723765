//! What the options cost: `cargo bench -p server --bench options`. The aim is less than a millisecond for one user.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

use divan::Bencher;
use server::{
    domain::user::User,
    script::{DEFAULT_OPTIONS, OptionsScript, Script},
};
use uuid::Uuid;

/// As an administrator may well write it.
const RULES: &str = "
let short = [\"Finance\", \"Legal\", \"Board\"];
if user.department in short {
    yearsOfValidity = 1;
    certificates.signature = \"required\";
} else if user.employee_type == \"consultant\" {
    yearsOfValidity = 0;
    daysOfValidity = 90;
}
switch user.company {
    \"Example AB\" => MobileIDOptionServerName = \"Example\",
    \"Sample GmbH\" => MobileIDOptionServerName = \"Sample\",
    _ => MobileIDOptionServerName = \"Smart ID\",
}
";

fn main() {
    divan::main();
}

fn texts() -> [String; 2] {
    [DEFAULT_OPTIONS.to_owned(), format!("{DEFAULT_OPTIONS}{RULES}")]
}

#[divan::bench(args = [0, 1])]
fn compile(bencher: Bencher, which: usize) {
    let text = texts().into_iter().nth(which).unwrap();
    bencher.bench_local(|| OptionsScript::compile(&text).unwrap());
}

#[divan::bench(args = [0, 1])]
fn evaluate(bencher: Bencher, which: usize) {
    let text = texts().into_iter().nth(which).unwrap();
    let script = OptionsScript::compile(&text).unwrap();
    let user = User::example(Uuid::nil());
    bencher.bench_local(|| script.evaluate(&user).unwrap());
}

/// The costliest script there is: one that is stopped.
#[divan::bench]
fn stopped(bencher: Bencher) {
    let script = OptionsScript::compile("loop { daysOfValidity += 1; }").unwrap();
    let user = User::example(Uuid::nil());
    bencher.bench_local(|| script.evaluate(&user).unwrap_err());
}
