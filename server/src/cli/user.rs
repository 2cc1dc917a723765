//! `selfservice user …`: administrators add people and change their state.

use std::io::{BufRead, IsTerminal};

use clap::{Args, Subcommand, ValueEnum};
use shared::api::{Language, Role, UserState};

use crate::use_case::{
    Context,
    add_user::{self, NewUser},
    change_user::{self, Change},
    set_user_state,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add a user; the password is read from standard input
    Add(Add),
    /// List all users with state and roles
    List,
    /// Change what is known of a user: name, address, roles, attributes, language
    Set(Set),
    /// Make a user active, inactive or locked; what they have open is ended where they are active no more
    SetState { user_name: String, state: State },
}

#[derive(Debug, Args)]
pub struct Add {
    user_name: String,
    /// As it stands in certificates, such as "Anna Svensson"
    #[arg(long)]
    display_name: String,
    #[arg(long)]
    email: Option<String>,
    /// May be given several times
    #[arg(long = "role", default_value = "self-service-user")]
    roles: Vec<RoleName>,
    #[arg(long, default_value = "active")]
    state: State,
    /// As `department=Finance`; may be given several times. There are company, department, employee_type, office,
    /// phone and title
    #[arg(long = "attribute", value_name = "NAME=VALUE", value_parser = attribute)]
    attributes: Vec<(String, String)>,
    /// Of mails to the user: en, sv or de; they may choose another one themselves
    #[arg(long, value_parser = language)]
    language: Option<Language>,
}

#[derive(Debug, Args)]
pub struct Set {
    user_name: String,
    #[arg(long)]
    display_name: Option<String>,
    /// "" takes it away
    #[arg(long)]
    email: Option<String>,
    /// All that the user shall have; may be given several times
    #[arg(long = "role")]
    roles: Vec<RoleName>,
    /// As `department=Finance`; may be given several times. `department=` takes it away
    #[arg(long = "attribute", value_name = "NAME=VALUE", value_parser = attribute)]
    attributes: Vec<(String, String)>,
    /// Of mails to the user: en, sv or de
    #[arg(long, value_parser = language)]
    language: Option<Language>,
}

fn attribute(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .ok_or_else(|| "write it as NAME=VALUE".into())
}

fn language(text: &str) -> Result<Language, String> {
    let mut known = Language::ALL.into_iter();
    known
        .find(|language| language.as_str() == text)
        .ok_or_else(|| "there are en, sv and de".into())
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum State {
    Active,
    Inactive,
    Locked,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleName {
    SelfServiceUser,
    Operator,
    Administrator,
}

impl From<State> for UserState {
    fn from(state: State) -> Self {
        match state {
            State::Active => Self::Active,
            State::Inactive => Self::Inactive,
            State::Locked => Self::Locked,
        }
    }
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::SelfServiceUser => Self::SelfServiceUser,
            RoleName::Operator => Self::Operator,
            RoleName::Administrator => Self::Administrator,
        }
    }
}

#[expect(clippy::print_stdout, reason = "a command line prints its answer")]
pub async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add(add) => {
            let new = NewUser {
                user_name: add.user_name,
                display_name: add.display_name,
                email: add.email,
                state: add.state.into(),
                roles: add.roles.into_iter().map(Into::into).collect(),
                attributes: add.attributes.into_iter().collect(),
                language: add.language,
                password: read_password()?,
            };
            println!("Added {}.", add_user::run(context, new).await?.user_name);
        }
        Command::List => {
            for user in context.store.read().users().await? {
                let roles: Vec<_> = user.roles.iter().map(|role| format!("{role:?}")).collect();
                println!(
                    "{}\t{:?}\t{}\t{}",
                    user.user_name,
                    user.state,
                    roles.join(","),
                    user.display_name
                );
            }
        }
        Command::Set(set) => {
            let roles: Vec<_> = set.roles.into_iter().map(Into::into).collect();
            let change = Change {
                display_name: set.display_name,
                email: set.email,
                roles: Some(roles).filter(|roles| !roles.is_empty()),
                attributes: set.attributes,
                language: set.language,
            };
            println!(
                "Changed {}.",
                change_user::run(context, &set.user_name, change).await?.user_name
            );
        }
        Command::SetState { user_name, state } => {
            let user = set_user_state::run(context, &user_name, state.into()).await?;
            println!("{} is {:?}.", user.user_name, user.state);
        }
    }
    Ok(())
}

/// One line; never an argument, which every user of the machine could see.
#[expect(clippy::print_stderr, reason = "the prompt is no part of the answer")]
fn read_password() -> anyhow::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprint!("Password: ");
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
