//! `selfservice options …`: the administrator's scripts without the console.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use shared::api::{
    CertificateChoice, LineChange, Notify, OptionValues, Recovery, ReminderValues, ScriptName,
};
use uuid::Uuid;

use crate::{
    domain::{
        script::{MAX_TEXT, told},
        user::User,
    },
    use_case::{
        Context,
        check_script::{self, Checked, Effect, Reminders},
        diff_script::{self, With},
        find_users, list_script_versions,
        save_script::{self, Author},
        show_script,
    },
};

/// How many users `check` shows the options for, where none is named.
const SAMPLES: usize = 5;

#[derive(Debug, Args)]
pub struct Arguments {
    /// MobileIDScriptOptions or MobileIDScriptExpiringOptions; options or expiring for short
    #[arg(long, global = true, default_value = "options", value_name = "NAME", value_parser = script_name)]
    script: ScriptName,
    #[command(subcommand)]
    command: Command,
}

fn script_name(text: &str) -> Result<ScriptName, String> {
    let short = |name| match name {
        ScriptName::Options => "options",
        ScriptName::ExpiringOptions => "expiring",
    };
    let found = ScriptName::ALL
        .into_iter()
        .find(|name| text == name.as_str() || text == short(*name));
    found.ok_or_else(|| {
        let names = ScriptName::ALL.map(|name| format!("{} ({})", name.as_str(), short(name)));
        format!("the scripts are {}", names.join(" and "))
    })
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the script in force, or another version of it
    Show {
        #[arg(long, value_name = "NUMBER")]
        version: Option<u32>,
    },
    /// Check a file and print what it would give; ends with 1 where it has faults
    Check {
        file: PathBuf,
        /// For whom, by user name; may be given several times. Otherwise the first five users
        #[arg(long = "user", value_name = "NAME")]
        users: Vec<String>,
    },
    /// Put a file into force as a new version
    Set {
        file: PathBuf,
        /// Why
        #[arg(long)]
        comment: String,
    },
    /// How two versions differ, or a version and a file
    Diff {
        from: u32,
        /// A version's number, or a file
        to: String,
    },
    /// List every version
    History,
}

pub async fn run(context: &Context, arguments: Arguments) -> anyhow::Result<()> {
    let name = arguments.script;
    match arguments.command {
        Command::Show { version } => show(context, name, version).await,
        Command::Check { file, users } => check(context, name, &file, &users).await,
        Command::Set { file, comment } => set(context, name, &file, &comment).await,
        Command::Diff { from, to } => diff(context, name, from, &to).await,
        Command::History => history(context, name).await,
    }
}

#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
async fn show(context: &Context, name: ScriptName, version: Option<u32>) -> anyhow::Result<()> {
    let shown = show_script::run(context, name, version).await?;
    let shown = shown.context("there is no such version: see `selfservice options history`")?;
    print!("{}", shown.text);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
async fn check(context: &Context, name: ScriptName, file: &Path, users: &[String]) -> anyhow::Result<()> {
    let text = read(file)?;
    let mut is_faulty = false;
    for user in samples(context, users).await? {
        let checked = check_script::run(context, name, &text, Some(user.id), &user).await?;
        is_faulty |= !checked.faults.is_empty();
        print!("{}", report(&user, &checked));
        // What is wrong for nobody in particular is said once.
        if checked.effect.is_none() && checked.reminders.is_none() && is_faulty {
            break;
        }
    }
    anyhow::ensure!(!is_faulty, "{} has faults", file.display());
    Ok(())
}

/// Those who were named, or the first few; where there are none, somebody made up.
async fn samples(context: &Context, names: &[String]) -> anyhow::Result<Vec<User>> {
    if names.is_empty() {
        let mut users = find_users::run(context, "").await?;
        users.truncate(SAMPLES);
        if users.is_empty() {
            users.push(User::example(Uuid::nil()));
        }
        return Ok(users);
    }
    let mut users = Vec::new();
    for name in names {
        let user = context.store.read().user_named(name).await?;
        users.push(user.with_context(|| format!("there is no user {name}"))?);
    }
    Ok(users)
}

fn report(user: &User, checked: &Checked) -> String {
    let mut lines = vec![format!("{} ({})", user.user_name, user.display_name)];
    lines.extend(
        checked
            .faults
            .iter()
            .map(|fault| format!("  FAULT {}", told(fault))),
    );
    if let Some(effect) = &checked.effect {
        lines.extend(of_options(effect));
    }
    if let Some(reminders) = &checked.reminders {
        lines.extend(of_reminders(reminders));
    }
    for hint in &checked.hints {
        let line = hint
            .line
            .map_or_else(String::new, |line| format!("line {line}: "));
        lines.push(format!("  HINT {line}{:?}", hint.kind));
    }
    lines.join("\n") + "\n"
}

fn of_options(effect: &Effect) -> Vec<String> {
    let mut lines = compared(rows(&effect.values), rows(&effect.defaults));
    lines.push(format!("  {:<34} {}", "subject", effect.subject));
    lines.push(format!("  {:<34} {}", "valid until", effect.valid_until));
    lines
}

fn of_reminders(reminders: &Reminders) -> Vec<String> {
    let rows = |values: &ReminderValues| {
        vec![
            (
                "MobileIDEmailBeforeExpiringDays",
                format!("{:?}", values.days_before),
            ),
            ("MobileIDEmailBeforeExpiringEachDay", values.each_day.to_string()),
        ]
    };
    let mut lines = compared(rows(&reminders.values), rows(&reminders.defaults));
    lines.push(format!("  {:<34} {}", "valid until", reminders.valid_until));
    let dates = reminders.dates.iter();
    lines.extend(dates.map(|date| format!("  {:<34} {date}", "reminder")));
    lines
}

/// With a mark at each value that is not the default.
fn compared(values: Vec<(&str, String)>, defaults: Vec<(&str, String)>) -> Vec<String> {
    let lines = values.into_iter().zip(defaults);
    let line = |((name, value), (_, default)): ((&str, String), (&str, String))| {
        let mark = if value == default { "default" } else { "changed" };
        format!("  {name:<34} {value:<32} {mark}")
    };
    lines.map(line).collect()
}

/// By the names that stand in the script.
fn rows(values: &OptionValues) -> Vec<(&'static str, String)> {
    let choice = |choice| match choice {
        CertificateChoice::Required => "required",
        CertificateChoice::Default => "default",
        CertificateChoice::Optional => "optional",
        CertificateChoice::Off => "off",
    };
    let recovery = match values.recover_encryption_certificates {
        Recovery::Off => "off",
        Recovery::UserSelects => "user selects",
        Recovery::All => "all",
        Recovery::Newest => "newest",
    };
    let notify = match values.notify {
        Notify::None => "none",
        Notify::Success => "success",
        Notify::Failure => "failure",
        Notify::Both => "both",
    };
    vec![
        (
            "certificates.authentication",
            choice(values.authentication).into(),
        ),
        ("certificates.signature", choice(values.signature).into()),
        ("certificates.encryption", choice(values.encryption).into()),
        (
            "userSelectsCertificates",
            values.user_selects_certificates.to_string(),
        ),
        ("showQRCode", values.show_qr_code.to_string()),
        (
            "activationCodeMinutes",
            values.activation_code_minutes.to_string(),
        ),
        (
            "activationMailMinutes",
            values.activation_mail_minutes.to_string(),
        ),
        ("yearsOfValidity", values.validity.years.to_string()),
        ("monthsOfValidity", values.validity.months.to_string()),
        ("daysOfValidity", values.validity.days.to_string()),
        ("MobileIDOptionUserID", values.user_id.clone()),
        ("MobileIDOptionServerName", values.server_name.clone()),
        ("MobileIDOptionProfileName", values.profile_name.clone()),
        ("recoverEncryptionCertificates", recovery.into()),
        ("notify", notify.into()),
    ]
}

#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
async fn set(context: &Context, name: ScriptName, file: &Path, comment: &str) -> anyhow::Result<()> {
    let text = read(file)?;
    let user = samples(context, &[]).await?.swap_remove(0);
    let author = std::env::var("USER").map_or_else(
        |_| "the command line".to_owned(),
        |name| format!("{name} at the command line"),
    );
    let author = Author {
        name: &author,
        user: &user,
    };
    let saved = save_script::run(context, name, &text, comment, None, author).await?;
    println!("Version {} is in force. SHA-256 {}", saved.number, saved.sha256);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
async fn diff(context: &Context, name: ScriptName, from: u32, to: &str) -> anyhow::Result<()> {
    let text;
    let with = if let Ok(number) = to.parse() {
        With::Version(number)
    } else {
        text = read(Path::new(to))?;
        With::Text(&text)
    };
    let lines = diff_script::run(context, name, from, with).await?;
    for line in lines.context("there is no such version: see `selfservice options history`")? {
        let sign = match line.change {
            LineChange::Same => ' ',
            LineChange::Removed => '-',
            LineChange::Added => '+',
            LineChange::Gap => '~',
        };
        println!("{sign}{}", line.text);
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
async fn history(context: &Context, name: ScriptName) -> anyhow::Result<()> {
    for version in list_script_versions::run(context, name).await? {
        println!(
            "{}\t{}\t{}\t{}\t{}",
            version.number,
            version.saved_at,
            version.author,
            version.sha256.get(..12).unwrap_or_default(),
            version.comment
        );
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<String> {
    let name = file.display();
    let octets = std::fs::read(file).with_context(|| format!("cannot read {name}"))?;
    anyhow::ensure!(
        octets.len() <= MAX_TEXT,
        "{name} is larger than {MAX_TEXT} octets"
    );
    String::from_utf8(octets)
        .ok()
        .with_context(|| format!("{name} is no text in UTF-8"))
}
