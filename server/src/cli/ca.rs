//! `selfservice ca …`: who issues, whether both books of certificates agree, and the issuing CA's renewal.

use anyhow::bail;
use clap::Subcommand;
use time::{Duration, OffsetDateTime};

use crate::{
    clock::Clock,
    domain::revocation::Crl,
    settings::Settings,
    startup,
    use_case::{
        Context, check_books, publish_crl, renew_issuing_ca,
        show_ca::{self, GenerationSeen},
    },
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Each generation of the issuing CA: who issues, until when, and what is published
    Show,
    /// Compare the CA's book of certificates with the identity manager's, and both with the mobile IDs
    Check {
        /// Put right what is safe: the stricter book holds
        #[arg(long)]
        repair: bool,
    },
    /// Make the issuing CA's next generation: a new key and certificate, for what is issued from then on
    ///
    /// Needs the root's key. What was issued before stays valid: its generation goes on publishing its list and answering
    /// by OCSP until its own end. Servers that run take the new generation when they are restarted.
    Renew {
        /// However young the newest generation is
        #[arg(long)]
        force: bool,
    },
}

pub async fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Show => show(&super::open(settings).await?).await,
        Command::Check { repair } => check(&super::open(settings).await?, repair).await,
        Command::Renew { force } => renew(settings, force).await,
    }
}

#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
async fn show(context: &Context) -> anyhow::Result<()> {
    let now = context.clock.now();
    let seen = show_ca::run(context).await?;
    for generation in &seen.generations {
        println!("{}", told(generation, now));
    }
    if let Some(ends_soon) = seen.warning {
        println!("Warning: {ends_soon}");
    }
    Ok(())
}

fn told(generation: &GenerationSeen, now: OffsetDateTime) -> String {
    let work = match generation {
        GenerationSeen { issues: true, .. } => "issues",
        GenerationSeen { has_ended: true, .. } => "has ended",
        _ => "answers for what it issued",
    };
    let certificates = match generation.certificates_until {
        Some(until) => format!("until {}", second(until)),
        None => "none".to_owned(),
    };
    format!(
        "generation {}, {work}\n  name:         {}\n  serial:       {}\n  valid:        {} to {}\n  \
         certificates: {certificates}\n  list:         {}\n",
        generation.number,
        generation.name,
        generation.serial,
        second(generation.from),
        second(generation.until),
        list(generation.crl.as_ref(), now),
    )
}

fn list(crl: Option<&Crl>, now: OffsetDateTime) -> String {
    let Some(crl) = crl else {
        return "none was published yet".to_owned();
    };
    let age = (now - crl.this_update).max(Duration::ZERO);
    format!(
        "number {}, {} h {} min old, until {}",
        crl.number,
        age.whole_hours(),
        age.whole_minutes() % 60,
        second(crl.next_update)
    )
}

pub fn second(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    let (hour, minute, second) = at.time().as_hms();
    format!("{} {hour:02}:{minute:02}:{second:02} UTC", at.date())
}

#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
async fn check(context: &Context, repair: bool) -> anyhow::Result<()> {
    let report = check_books::run(context, repair).await?;
    for (difference, repaired) in &report.differences {
        let done = match (repaired, difference.repair) {
            (true, _) => "put right",
            (false, Some(_)) => "can be put right (--repair)",
            (false, None) => "somebody must look",
        };
        println!("{difference}: {done}");
    }
    let left = report.different - report.repaired;
    let (checked, repaired) = (report.checked, report.repaired);
    println!("{checked} certificates checked, {repaired} put right, {left} differences left.");
    if left > 0 {
        bail!("the CA's book and the identity manager's do not agree");
    }
    Ok(())
}

/// The new generation publishes its first list at once: it works, and the database knows of it.
#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
async fn renew(settings: &Settings, force: bool) -> anyhow::Result<()> {
    let store = startup::open_store(settings).await?.asked_from(&super::origin());
    let now = Clock::System.now();
    let renewal = startup::begin_renewal(settings, &store, now, force).await?;
    let generation = renew_issuing_ca::run(&store, renewal, now).await?;
    store.close().await?;
    let context = super::open(settings).await?;
    publish_crl::run(&context, generation).await?;
    println!("Generation {generation} of the issuing CA is made.");
    println!(
        "Restart every server: until then it issues by the generation before. Where servers do not share"
    );
    println!(
        "data_dir/ca, copy it to each of them first. Back up data_dir now, and take the root's key away again."
    );
    Ok(())
}
