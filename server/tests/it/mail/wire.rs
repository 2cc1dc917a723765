//! What goes over the wire: TLS from the first octet, letters beyond ASCII, and lines that begin with a dot.

use server::{
    domain::mail::{Kind, State},
    mail::{Content, Created, sample},
};

use super::{
    count, plain, round, server_with,
    smtp::{Manner, Smtp},
    stands, write, write_to,
};

#[tokio::test]
async fn smtps_is_tls_from_the_first_octet() {
    let manner = Manner {
        password: Some("geheim"),
        implicit_tls: true,
        utf8: false,
    };
    let smtp = Smtp::start_as(manner).await;
    let url = format!("smtps://portal:geheim@localhost:{}", smtp.port);
    let server = server_with(&url, Some(&smtp.certificate)).await;
    let written = write(&server, Kind::Created, None).await;
    assert_eq!(
        round(&server).await.sent,
        1,
        "{:?}",
        stands(&server, &written).await
    );
    assert_eq!(count(&smtp, &written), 1);
    assert!(!smtp.lines().iter().any(|line| line == "STARTTLS"));

    // A certificate that nobody vouches for gets nothing.
    let stranger = Smtp::start_as(manner).await;
    let url = format!("smtps://portal:geheim@localhost:{}", stranger.port);
    let server = server_with(&url, Some(&smtp.certificate)).await;
    let written = write(&server, Kind::Created, None).await;
    assert!(round(&server).await.trouble);
    let mail = stands(&server, &written).await;
    assert_eq!(mail.state, State::Waiting);
    assert!(mail.last_answer.unwrap().contains("certificate"));
    assert!(stranger.lines().is_empty(), "no word and no password");
}

#[tokio::test]
async fn an_address_with_letters_beyond_ascii_needs_a_server_that_takes_them() {
    let sample = || sample(Kind::Created, "https://id.example.com");
    let utf8 = Smtp::start_as(Manner {
        utf8: true,
        ..Manner::default()
    })
    .await;
    let server = plain(&utf8).await;
    let written = write_to(&server, "åsa@example.com", sample(), None).await;
    assert_eq!(
        round(&server).await.sent,
        1,
        "{:?}",
        stands(&server, &written).await
    );
    let lines = utf8.lines();
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("MAIL FROM:") && line.contains("SMTPUTF8")),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"RCPT TO:<åsa@example.com>".to_owned()),
        "{lines:?}"
    );

    let ascii = Smtp::start(None).await;
    let server = plain(&ascii).await;
    let refused = write_to(&server, "åsa@example.com", sample(), None).await;
    // A domain is written in ASCII, which any server takes.
    let taken = write_to(&server, "anna@räksmörgås.se", sample(), None).await;
    while round(&server).await.tried > 0 {}
    let mail = stands(&server, &refused).await;
    assert_eq!(mail.state, State::Failed);
    assert!(mail.last_answer.unwrap().contains("SMTPUTF8"));
    assert_eq!(count(&ascii, &taken), 1);
    assert_eq!(ascii.mails().len(), 1);
}

#[tokio::test]
async fn a_line_that_begins_with_a_dot_ends_no_mail() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let Content::Created(created) = sample(Kind::Created, "https://id.example.com") else {
        panic!()
    };
    // Long enough that it stands in a line of its own, wherever the encoding breaks lines.
    let dots = ".".repeat(100);
    let content = Content::Created(Created {
        phone: dots.clone(),
        ..created
    });
    let written = write_to(&server, "anna@example.com", content, None).await;
    let second = write(&server, Kind::Test, None).await;
    while round(&server).await.tried > 0 {}
    assert_eq!((count(&smtp, &written), count(&smtp, &second)), (1, 1));
    let mails = smtp.mails();
    let mail = mails
        .iter()
        .find(|mail| mail.contains(&written.mail.message_id))
        .unwrap();
    // Quoted-printable breaks lines with = at their end.
    let whole = mail.replace("=\r\n", "");
    assert!(whole.matches(&dots).count() >= 2, "in text and HTML: {mail}");
    assert!(
        mail.lines().any(|line| line.starts_with('.')),
        "the case was met: {mail}"
    );
    assert!(
        smtp.lines().iter().all(|line| !line.starts_with('.')),
        "nothing of it was taken for a command"
    );
}
