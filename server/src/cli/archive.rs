//! `selfservice archive …`: the recovery keys, whether every archived key opens, and a new recovery key.

use anyhow::bail;
use clap::Subcommand;

use crate::use_case::{
    Context, check_archive,
    rotate_recovery_key::{self, Rotation},
    show_archive::{self, UnderKey},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The recovery keys: where each is, and how many archived keys are under it
    Show,
    /// Prove that every archived key opens and fits its certificate; the exit status says it too
    Check,
    /// Make a new recovery key, and seal every archived key anew to it
    ///
    /// Servers go on meanwhile, and take the new key as soon as it is in data_dir/archive, or in the token. The older one
    /// stays in place until nothing is under it. Broken off, --resume goes on with it.
    Rotate {
        /// Make the new key and no more: for servers that do not share data_dir/archive, and need a copy before --resume
        #[arg(long, conflicts_with = "resume")]
        only_make: bool,
        /// Make no new key: seal anew what is still under older ones
        #[arg(long)]
        resume: bool,
    },
}

pub async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Show => show(context).await,
        Command::Check => check(context).await,
        Command::Rotate { only_make: true, .. } => rotate(context, Rotation::MakeKey).await,
        Command::Rotate { resume: true, .. } => rotate(context, Rotation::Resume).await,
        Command::Rotate { .. } => rotate(context, Rotation::Whole).await,
    }
}

#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
async fn show(context: &Context) -> anyhow::Result<()> {
    let keys = show_archive::run(context).await?;
    for key in &keys {
        println!("{}", told(key));
    }
    if keys.iter().any(|key| !key.seals && key.archived_keys > 0) {
        println!("Seal them anew to the newest recovery key: selfservice archive rotate --resume");
    }
    Ok(())
}

fn told(key: &UnderKey) -> String {
    let work = match key {
        UnderKey { seals: true, .. } => "seals new keys",
        UnderKey { place: None, .. } => "is missing: restore it, or what is under it is lost",
        UnderKey { archived_keys: 0, .. } => "may be put away, beside the back-ups from its time",
        _ => "opens what is under it",
    };
    format!(
        "{}, {work}\n  place:         {}\n  archived keys: {}",
        key.recovery_key,
        key.place.as_deref().unwrap_or("-"),
        key.archived_keys
    )
}

#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
async fn check(context: &Context) -> anyhow::Result<()> {
    let report = check_archive::run(context).await?;
    for fault in &report.faults {
        println!("{fault}");
    }
    if let Some(why) = &report.unavailable {
        println!("No key can be archived: {why}");
    }
    let faults = report.faults.len();
    println!("{} archived keys checked, {faults} faults.", report.checked);
    if faults > 0 || report.unavailable.is_some() {
        bail!("the key archive is not whole");
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
async fn rotate(context: &Context, rotation: Rotation) -> anyhow::Result<()> {
    let rotated = rotate_recovery_key::run(context, rotation).await?;
    if let Some(place) = &rotated.made {
        println!("The new recovery key is made: {place}");
    }
    for fault in &rotated.faults {
        println!("{fault}");
    }
    println!("{} archived keys are sealed anew.", rotated.sealed_anew);
    show(context).await?;
    if rotation == Rotation::MakeKey {
        println!(
            "Copy it to every server that does not share its place, and then: selfservice archive rotate --resume"
        );
    }
    if !rotated.faults.is_empty() {
        bail!(
            "{} archived keys do not open, and stay as they are",
            rotated.faults.len()
        );
    }
    println!("Back up data_dir now: a back-up from before opens only with the key from before.");
    Ok(())
}
