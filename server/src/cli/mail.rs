//! `selfservice mail …`: what is in the outbox, another try, and a test mail.

use anyhow::{Context as _, bail};
use clap::Subcommand;
use uuid::Uuid;

use crate::{
    domain::mail::{Concerns, Language, State},
    mail::{Content, Letter, Test},
    settings::Settings,
    use_case::{Context, send_mails},
};

const LISTED: u64 = 100;
const NO_MAIL: &str = "no mail path is configured: set mail.url";

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
pub async fn run(context: &Context, settings: &Settings, command: Command) -> anyhow::Result<()> {
    match command {
        Command::List => {
            for mail in context.store.read().mails(None, None, LISTED).await? {
                let answer = mail.last_answer.unwrap_or_default();
                let (kind, tries) = (mail.kind.as_str(), mail.attempts);
                println!(
                    "{}\t{:?}\t{kind}\t{}\t{tries}\t{answer}",
                    mail.id, mail.state, mail.address
                );
            }
        }
        Command::Retry { id } => {
            let mailer = context.mail.as_ref().context(NO_MAIL)?;
            let now = context.clock.now();
            let transaction = context.store.begin().await?;
            if !transaction.retry_mail(id, now, mailer.give_up_at(now)).await? {
                bail!(
                    "there is no such mail that could be tried again: it is sent, cancelled or came too late"
                );
            }
            transaction.commit().await?;
            return send(context, id).await;
        }
        Command::Test { address, language } => {
            let mailer = context.mail.as_ref().context(NO_MAIL)?;
            let now = context.clock.now();
            let letter = Letter {
                to_name: String::new(),
                to_address: address,
                language: Language::of(&language),
                content: Content::Test(Test {
                    at: now,
                    portal: settings.http.public_url.clone(),
                }),
                concerns: Concerns::default(),
                useless_after: None,
            };
            let written = mailer.write(&letter, now)?;
            let transaction = context.store.begin().await?;
            transaction.add_mail(&written).await?;
            transaction.commit().await?;
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
