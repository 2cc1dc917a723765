//! `selfservice mail …`: what is in the outbox, another try, and a test mail.

use anyhow::{Context as _, bail};
use clap::Subcommand;
use uuid::Uuid;

use crate::{
    domain::mail::{Concerns, Language, State},
    use_case::{
        Context, Listed, list_mails, retry_mail, send_mails,
        send_test_mail::{self, Recipient},
    },
};

const LISTED: u64 = 100;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the newest mails with state, tries and the mail server's last answer
    List,
    /// Try a waiting or failed mail again, at once
    Retry { id: Uuid },
    /// Send a test mail and say what became of it
    Test {
        address: String,
        /// en, sv or de
        #[arg(long, default_value = "en")]
        language: String,
    },
}

#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
pub async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    match command {
        Command::List => {
            for Listed { mail, .. } in list_mails::run(context, None, None, LISTED).await? {
                let answer = mail.last_answer.unwrap_or_default();
                let (kind, tries) = (mail.kind.as_str(), mail.attempts);
                println!(
                    "{}\t{:?}\t{kind}\t{}\t{tries}\t{answer}",
                    mail.id, mail.state, mail.address
                );
            }
        }
        Command::Retry { id } => {
            retry_mail::run(context, id).await?;
            return send(context, id).await;
        }
        Command::Test { address, language } => {
            let to = Recipient {
                name: String::new(),
                address,
                language: Language::of(&language),
                concerns: Concerns::default(),
            };
            let written = send_test_mail::run(context, to).await?;
            return send(context, written.mail.id).await;
        }
    }
    Ok(())
}

/// One round here; a server that runs beside may be faster, or send it later.
#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
async fn send(context: &Context, id: Uuid) -> anyhow::Result<()> {
    send_mails::run(context, || false).await?;
    let mail = context.store.read().mail(id).await?.context("the mail is gone")?;
    let answer = mail.last_answer.unwrap_or_default();
    match mail.state {
        State::Sent => println!("{id} was handed over: {answer}"),
        State::Failed => bail!("{id} was not sent: {answer}"),
        _ => println!("{id} waits: {answer}"),
    }
    Ok(())
}
