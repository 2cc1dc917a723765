//! The command line. Each command calls the same use cases as the web.

mod archive;
mod audit;
mod backup;
mod ca;
mod mail;
mod options;
mod user;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::{
    clock::Clock,
    phone,
    settings::{Log, Settings},
    startup,
    use_case::Context,
};

/// Smart ID Self-Service: a portal in which people get a mobile ID without help.
///
/// Settings come from a TOML file (--config) and from variables such as SELFSERVICE_HTTP__BIND, which win.
#[derive(Debug, Parser)]
#[command(name = "selfservice", version)]
pub struct Cli {
    /// The settings file
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the portal until told to stop
    Serve,
    /// Bring the database's tables up to date
    Migrate,
    /// Users: add, list, change, set-state
    #[command(subcommand)]
    User(user::Command),
    /// The administrator's options: show, check, set, history, diff
    Options(options::Arguments),
    /// Mail: list what is in the outbox, retry, send a test
    #[command(subcommand)]
    Mail(mail::Command),
    /// The certification authority
    #[command(subcommand)]
    Ca(ca::Command),
    /// The key archive: its recovery keys, whether every archived key opens, rotation
    #[command(subcommand)]
    Archive(archive::Command),
    /// The audit log
    #[command(subcommand)]
    Audit(audit::Command),
    /// Copy the database and everything in data_dir that cannot be made again into a new folder, while the server runs
    Backup {
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
    /// Put a back-up back into an empty data_dir, and look at it: keys, certificates, audit log, both books
    Restore {
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
    /// Play the phone: take an activation link, show the pairing code, wait, install
    Phone(phone::Arguments),
    /// Print the OpenAPI description of the API
    Openapi,
}

#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    let command = match cli.command {
        // A phone and a description need no settings.
        Command::Phone(arguments) => return phone::run(arguments).await,
        Command::Openapi => {
            println!("{}", crate::http::document().to_pretty_json()?);
            return Ok(());
        }
        command => command,
    };
    let settings = Settings::load(cli.config.as_deref())?;
    log_to_stderr(&settings.log)?;
    match command {
        Command::Serve => startup::serve(settings).await,
        Command::Migrate => {
            open(&settings).await?;
            println!("The tables are up to date.");
            Ok(())
        }
        Command::User(command) => user::run(&open(&settings).await?, command).await,
        Command::Options(arguments) => options::run(&open(&settings).await?, arguments).await,
        Command::Mail(command) => mail::run(&open(&settings).await?, command).await,
        Command::Ca(command) => ca::run(&settings, command).await,
        Command::Archive(command) => archive::run(&open(&settings).await?, command).await,
        Command::Audit(command) => audit::run(&settings, command).await,
        Command::Backup { folder } => backup::back_up(&settings, &folder).await,
        Command::Restore { folder } => backup::restore(&settings, &folder).await,
        Command::Phone(_) | Command::Openapi => Ok(()),
    }
}

/// All that a command works on; the audit log tells that it came from here, and whose command it was.
async fn open(settings: &Settings) -> anyhow::Result<Context> {
    let context = startup::open(settings, Clock::System).await?;
    Ok(Context {
        store: context.store.asked_from(&origin()),
        ..context
    })
}

/// For the audit log.
fn origin() -> String {
    let whose = ["SUDO_USER", "USER", "LOGNAME"].map(std::env::var);
    let whose = whose
        .into_iter()
        .find_map(Result::ok)
        .filter(|name| !name.is_empty());
    format!("command line, {}", whose.as_deref().unwrap_or("an unknown user"))
}

fn log_to_stderr(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.filter)
        .with_context(|| format!("log.filter: {:?} is no filter", log.filter))?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if log.json {
        subscriber.json().init();
    } else {
        subscriber.init();
    }
    Ok(())
}
