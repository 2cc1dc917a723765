//! `selfservice phone LINK`: a headless phone. It speaks the device API with software keys, for tests and for
//! administrators who check an installation. `selfservice phone decrypt` opens what was encrypted for it. Of the product
//! it knows the crate `shared` alone, as any phone does.

mod connection;
mod decrypt;
mod device;
mod ecdh;
mod encryption_key;
mod enroll;
mod folder;
mod installation;
mod key;
mod link;
mod opening;
mod report;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;

pub use connection::{Connection, ConnectionError};
pub use device::{Phone, PhoneError, Token};
pub use enroll::EnrollError;
pub use folder::{Folder, FolderError};
pub use installation::{Fault, Installed};
pub use key::{Key, KeyError, Keys};
pub use link::{Link, LinkError};
use report::{Event, Report};

/// Plays the phone: takes an activation link, shows the pairing code, waits, installs
#[derive(Debug, Clone, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The activation link from the portal, in quotes: https://…/m#CODE (a typed short code after the # works too)
    #[arg(required = true)]
    pub link: Option<String>,
    /// New folder for certificates and keys; run again with the same link and folder to go on after a break
    #[arg(long, value_name = "DIR", default_value = "mobile-id")]
    pub output: PathBuf,
    /// What the phone calls itself in the portal
    #[arg(long, default_value = "Headless phone")]
    pub name: String,
    /// Give up, and cancel in the portal, after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    pub timeout: u64,
    /// One JSON object a line in place of sentences
    #[arg(long)]
    pub json: bool,
    /// Take a plain http link to another machine: anybody on the way can then read the code
    #[arg(long)]
    pub insecure_http: bool,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum Command {
    /// Open a file that was encrypted for a mobile ID in a folder, such as by `openssl cms -encrypt`
    Decrypt(decrypt::Arguments),
}

/// Enrolls, and tells how it goes on standard output. Ctrl-C and the end of the time cancel the process in the portal.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    if let Some(Command::Decrypt(arguments)) = &arguments.command {
        return Ok(decrypt::run(arguments)?);
    }
    let report = Report { json: arguments.json };
    let outcome = start(&arguments, report).await;
    if let Err(error) = &outcome
        && report.json
    {
        report.tell(&Event::Failed {
            reason: &format!("{error:#}"),
            code: error.downcast_ref::<EnrollError>().and_then(EnrollError::code),
        })?;
    }
    outcome
}

async fn start(arguments: &Arguments, report: Report) -> anyhow::Result<()> {
    let link = Link::parse(
        arguments.link.as_deref().unwrap_or_default(),
        arguments.insecure_http,
    )?;
    let folder = Folder::open(&arguments.output, &link)?;
    let patience = Duration::from_secs(arguments.timeout);
    let connection = Connection::new(&link.base, patience).context("no connection can be made")?;
    let phone = Phone::new(
        connection,
        link.code.clone(),
        folder.token.clone(),
        &arguments.name,
    );
    let enrollment = enroll::Enrollment {
        phone: &phone,
        folder: &folder,
        link: &link,
        report,
        is_claimed: folder.is_resumed.into(),
    };
    let outcome = tokio::select! {
        outcome = enrollment.run() => outcome,
        () = interrupted() => Err(EnrollError::Interrupted),
        () = tokio::time::sleep(patience) => Err(EnrollError::TooLong),
    };
    Ok(enrollment.conclude(outcome).await?)
}

/// Ctrl-C, or a polite request to end.
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
    }
}
