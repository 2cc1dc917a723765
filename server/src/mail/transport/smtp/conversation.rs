//! One mail over an open connection, and what each refusal means for it.

use lettre::transport::smtp::{
    Error,
    client::AsyncSmtpConnection,
    commands::{Data, Mail, Rcpt},
    extension::{Extension, MailBodyParameter, MailParameter},
    response::Response,
};

use crate::mail::{
    address::line,
    transport::{Outcome, Parcel, Trouble},
};

const LONGEST_ANSWER: usize = 300;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Connecting,
    Securing,
    SigningIn,
    Sender,
    Recipient,
    HandingOver,
}

/// Where it went wrong, and how.
pub struct Failure {
    phase: Phase,
    why: Why,
}

enum Why {
    Smtp(Error),
    Silent,
    /// Letters in the address that this server does not take.
    NeedsUtf8,
}

impl Failure {
    pub const fn of(phase: Phase, error: Error) -> Self {
        let why = Why::Smtp(error);
        Self { phase, why }
    }

    pub const fn silent(phase: Phase) -> Self {
        let why = Why::Silent;
        Self { phase, why }
    }

    pub fn outcome(self) -> Outcome {
        let reason = line(&self.reason(), LONGEST_ANSWER);
        let is_refused = match &self.why {
            Why::Smtp(error) => error.is_permanent(),
            Why::NeedsUtf8 => true,
            Why::Silent => false,
        };
        // A 5xx before the recipient is named is about us, not about this mail.
        if is_refused && matches!(self.phase, Phase::Recipient | Phase::HandingOver) {
            return Outcome::Never(reason);
        }
        let is_of_mail = matches!(&self.why, Why::Smtp(error) if error.is_transient())
            && matches!(self.phase, Phase::Recipient | Phase::HandingOver);
        let is_tls = matches!(&self.why, Why::Smtp(error) if error.is_tls() || is_certificate(error));
        Outcome::Later(Trouble {
            reason,
            of_server: !is_of_mail,
            alarm: is_refused || is_tls || self.phase == Phase::Securing,
        })
    }

    fn reason(&self) -> String {
        let what = match self.phase {
            Phase::Connecting => "the mail server cannot be reached",
            Phase::Securing => "no secure connection to the mail server",
            Phase::SigningIn => "the mail server refuses our user and password",
            Phase::Sender => "the mail server refuses the sender (mail.from)",
            Phase::Recipient => "the mail server refuses the recipient",
            Phase::HandingOver => "the mail server did not take the mail",
        };
        match &self.why {
            Why::Smtp(error) => format!("{what}: {}", chain(error)),
            Why::Silent => format!("{what}: it does not answer"),
            Why::NeedsUtf8 => format!("{what}: it takes no addresses with letters such as å (SMTPUTF8)"),
        }
    }
}

/// A certificate that is not trusted comes as an error of the network.
fn is_certificate(error: &Error) -> bool {
    chain(error).contains("certificate")
}

fn chain(error: &Error) -> String {
    error.to_string()
}

/// Gives the server's answer to the mail as a whole: from then on it is responsible (RFC 5321, 4.2.5).
pub async fn hand_over(connection: &mut AsyncSmtpConnection, parcel: &Parcel) -> Result<String, Failure> {
    let at = |phase| move |error| Failure::of(phase, error);
    let mut parameters = Vec::new();
    let is_ascii = |address: &lettre::Address| AsRef::<str>::as_ref(address).is_ascii();
    if !is_ascii(&parcel.to) || !is_ascii(&parcel.from) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Failure {
                phase: Phase::Recipient,
                why: Why::NeedsUtf8,
            });
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !parcel.octets.is_ascii() {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let sender = Mail::new(Some(parcel.from.clone()), parameters);
    connection.command(sender).await.map_err(at(Phase::Sender))?;
    let recipient = Rcpt::new(parcel.to.clone(), vec![]);
    connection
        .command(recipient)
        .await
        .map_err(at(Phase::Recipient))?;
    connection.command(Data).await.map_err(at(Phase::HandingOver))?;
    let answer = connection
        .message(&parcel.octets)
        .await
        .map_err(at(Phase::HandingOver))?;
    Ok(line(&say(&answer), LONGEST_ANSWER))
}

fn say(answer: &Response) -> String {
    let words: Vec<_> = answer.message().collect();
    format!("{} {}", answer.code(), words.join(" "))
}
