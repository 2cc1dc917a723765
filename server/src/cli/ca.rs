//! `selfservice ca …`: who issues, and whether both books of certificates agree.

use anyhow::bail;
use clap::Subcommand;

use crate::use_case::{Context, check_books};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Who issues, and until when
    Show,
    /// Compare the CA's book of certificates with the identity manager's, and both with the mobile IDs
    Check {
        /// Put right what is safe: the stricter book holds
        #[arg(long)]
        repair: bool,
    },
}

#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
pub async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Show => {
            println!("issuer:      {}", context.ca.issuer());
            println!("valid until: {}", context.ca.issuing_not_after());
            Ok(())
        }
        Command::Check { repair } => {
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
    }
}
