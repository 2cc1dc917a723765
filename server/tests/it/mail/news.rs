//! Mails that tell how it went, as the options say, and in whose language.

use reqwest::Method;
use serde_json::json;
use server::use_case::change_user::{self, Change};
use shared::{
    api::{Ending, Language, Me, MobileIdState, ProcessState, UserState},
    problem::Code,
    url::api,
};
use time::Duration;

use super::{code::options, plain, read, round, smtp::Smtp};
use crate::app::{PASSWORD, Server, enroll};

const READY: &str = "Your mobile ID is ready";
const NOT_READY: &str = "Your mobile ID was not set up";

/// Subjects of all mails so far, in order of the alphabet: mails go side by side.
fn subjects(smtp: &Smtp) -> Vec<String> {
    let mails = smtp.mails();
    let mut subjects: Vec<_> = mails.iter().map(|mail| read::header(mail, "Subject")).collect();
    subjects.sort();
    subjects
}

#[tokio::test]
async fn the_user_is_told_as_the_options_say() {
    for (notify, expected) in [
        ("none", vec![]),
        ("success", vec![READY]),
        ("failure", vec![NOT_READY]),
        ("both", vec![READY, NOT_READY]),
    ] {
        let smtp = Smtp::start(None).await;
        let server = plain(&smtp).await;
        options(&server, &format!("notify = \"{notify}\"; // {notify}")).await;
        let anna = server.user("anna").await;
        enroll(&anna, &server.phone()).await;
        let (_, shown) = anna.open().await;
        let phone = server.phone();
        phone.get_ready(&shown).await;
        server.later(Duration::minutes(11));
        assert_eq!(server.sweep().await, 1);
        round(&server).await;
        assert_eq!(subjects(&smtp), expected, "{notify}");
    }
}

#[tokio::test]
async fn whose_keys_were_archived_and_recovered_is_told_how_many() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let text = "certificates.encryption = \"default\"; recoverEncryptionCertificates = \"all\"; notify = \"success\";";
    options(&server, text).await;
    let anna = server.user("anna").await;
    for (told, not_told) in [
        (None, Some("recovered to this phone")),
        (
            Some("One earlier encryption key was recovered to this phone"),
            None,
        ),
        (
            Some("2 earlier encryption keys were recovered to this phone"),
            None,
        ),
    ] {
        enroll(&anna, &server.phone()).await;
        round(&server).await;
        let mails = smtp.mails();
        let mail = mails.last().unwrap();
        for said in [read::text(mail), read::html(mail)] {
            let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(said.contains("was put into the key archive"), "{said}");
            assert!(told.is_none_or(|told| said.contains(told)), "{said}");
            assert!(not_told.is_none_or(|words| !said.contains(words)), "{said}");
        }
    }
}

#[tokio::test]
async fn whose_keys_went_to_a_phone_that_was_cancelled_is_told() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    let text = "certificates.encryption = \"default\"; recoverEncryptionCertificates = \"all\"; notify = \"failure\";";
    options(&server, text).await;
    let anna = server.user("anna").await;
    enroll(&anna, &server.phone()).await;
    let (process, shown) = anna.open().await;
    let code = server.phone().get_ready(&shown).await;
    anna.pair(process, &code).await.ok();
    anna.cancel(process).await.ok();
    round(&server).await;
    let [mail] = <[_; 1]>::try_from(smtp.mails()).unwrap();
    for said in [read::text(&mail), read::html(&mail)] {
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        for told in [
            "You cancelled the setup in the portal.",
            "One earlier encryption key had already been sent to that phone. If that was not you, tell your administrator.",
            "The new encryption key had already been put into the key archive.",
        ] {
            assert!(said.contains(told), "{said}");
        }
    }
}

#[tokio::test]
async fn each_end_that_is_news_is_told_with_its_reason() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    options(&server, "notify = \"both\";").await;
    let mut number = 0;
    let mut last = 0;
    let mut told = async |expected: Option<&str>| {
        round(&server).await;
        let mails = smtp.mails();
        assert_eq!(
            mails.len() - last,
            usize::from(expected.is_some()),
            "{expected:?}"
        );
        last = mails.len();
        if let Some(expected) = expected {
            let text = read::text(mails.last().unwrap());
            assert!(
                text.contains(expected) && text.contains("Nothing was left half-done"),
                "{text}"
            );
            assert!(
                text.contains(&server.base.replace("127.0.0.1", "localhost")),
                "{text}"
            );
        }
    };
    let mut somebody = async || {
        number += 1;
        server.user(&format!("user{number}")).await
    };
    let user = somebody().await;
    let (process, _) = user.open().await;
    user.cancel(process).await.ok();
    told(None).await;

    let user = somebody().await;
    let (process, shown) = user.open().await;
    let phone = server.phone();
    phone.get_ready(&shown).await;
    let body = json!({ "not_my_phone": true });
    user.post(&api::process_cancel(process), body).await.ok();
    told(None).await;

    let user = somebody().await;
    let (_, shown) = user.open().await;
    let phone = server.phone();
    phone.get_ready(&shown).await;
    phone.post(shared::url::device::CANCEL, json!({})).await.ok();
    told(Some("cancelled on the phone")).await;

    let user = somebody().await;
    let (process, shown) = user.open().await;
    let phone = server.phone();
    let right = phone.get_ready(&shown).await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        user.pair(process, wrong).await.refused(Code::PairingCodeWrong);
    }
    told(Some("wrong too often")).await;

    let user = somebody().await;
    user.open().await;
    server.set_state("user5", UserState::Inactive).await;
    told(Some("not active any more")).await;

    let user = somebody().await;
    user.open().await;
    server.later(Duration::hours(25));
    server.sweep().await;
    told(Some("No phone took part in time")).await;
}

#[tokio::test]
async fn the_end_by_the_mails_own_link_is_told_too() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    options(&server, "showQRCode = false; notify = \"failure\";").await;
    for (name, language, words) in [
        ("anna", None, "It was cancelled by the link “This was not me”"),
        (
            "bertil",
            Some(Language::Sv),
            "Det avbröts med länken ”Det var inte jag”",
        ),
        ("cecilia", Some(Language::De), "mit dem Link „Das war ich nicht“"),
    ] {
        server.add_user(name, UserState::Active).await;
        let change = Change {
            language,
            ..Change::default()
        };
        change_user::run(&server.context, name, change).await.unwrap();
        let user = server.signed_in(name).await;
        let process = user.start().await.id;
        user.show_code(process).await;
        round(&server).await;
        let token = read::token(smtp.mails().last().unwrap());
        let body = json!({ "token": token });
        server.anonymous().post(api::MAIL_LINK_USE, body).await.ok();
        assert_eq!(user.process(process).await.ending, Some(Ending::DisownedByMail));
        round(&server).await;
        let text = read::text(smtp.mails().last().unwrap());
        assert!(text.contains(words), "{text}");
    }
    assert_eq!(smtp.mails().len(), 6);
}

#[tokio::test]
async fn news_that_reach_nobody_break_nothing() {
    let smtp = Smtp::start(None).await;
    let with_mail = plain(&smtp).await;
    let without = Server::start().await;
    for (server, email) in [
        (&without, "anna@example.com"),
        (&with_mail, ""),
        (&with_mail, "anna\r\n@example.com"),
    ] {
        if server
            .context
            .store
            .read()
            .user_named("astrid")
            .await
            .unwrap()
            .is_none()
        {
            options(server, "notify = \"both\";").await;
            server.add_user("anna", UserState::Active).await;
        }
        let mut user = server
            .context
            .store
            .read()
            .user_named("anna")
            .await
            .unwrap()
            .unwrap();
        user.email = Some(email.to_owned()).filter(|email| !email.is_empty());
        server.context.store.read().save_user(&user).await.unwrap();
        let anna = server.signed_in("anna").await;
        let mobile_id = enroll(&anna, &server.phone()).await;
        assert_eq!(mobile_id.summary.state, MobileIdState::Active, "{email:?}");
        let (process, shown) = anna.open().await;
        let phone = server.phone();
        phone.get_ready(&shown).await;
        server.later(Duration::minutes(11));
        server.sweep().await;
        assert_eq!(anna.process(process).await.state, ProcessState::Failed);
        let counts = server.context.store.read().mail_counts().await.unwrap();
        assert_eq!(
            (counts.waiting, counts.sent, counts.failed),
            (0, 0, 0),
            "{email:?}"
        );
    }
}

#[tokio::test]
async fn mails_are_in_the_language_that_the_user_chose_last() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    options(&server, "notify = \"success\";").await;
    server.add_user("anna", UserState::Active).await;
    let anna = server.anonymous();
    let sign_in = |language| json!({ "user_name": "anna", "password": PASSWORD, "language": language });
    let language = async || anna.get(api::SESSION).await.json::<Me>().language;
    anna.sign_in("anna", PASSWORD).await.ok();
    assert_eq!(language().await, Language::En, "nothing was chosen");
    let me: Me = anna.post(api::SESSION, sign_in(Some("sv"))).await.json();
    assert_eq!(me.language, Language::Sv);
    // A wrong password chooses nothing, and neither does a page that says nothing.
    let wrong = json!({ "user_name": "anna", "password": "wrong", "language": "de" });
    server
        .anonymous()
        .post(api::SESSION, wrong)
        .await
        .refused(Code::CredentialsWrong);
    anna.post(api::SESSION, sign_in(None)).await.ok();
    assert_eq!(language().await, Language::Sv);
    enroll(&anna, &server.phone()).await;
    let put = json!({ "language": "de" });
    anna.send(Method::PUT, api::SESSION_LANGUAGE, Some(&put))
        .await
        .ok();
    assert_eq!(language().await, Language::De);
    let unknown = json!({ "language": "fr" });
    anna.send(Method::PUT, api::SESSION_LANGUAGE, Some(&unknown))
        .await
        .refused(Code::MalformedRequest);
    enroll(&anna, &server.phone()).await;
    round(&server).await;
    let mails = smtp.mails();
    let mut greetings: Vec<_> = mails
        .iter()
        .map(|mail| read::text(mail).split_whitespace().next().unwrap().to_owned())
        .collect();
    greetings.sort();
    assert_eq!(greetings, ["Guten", "Hej"]);
}

#[tokio::test]
async fn where_an_earlier_one_was_locked_for_it_the_mail_says_so() {
    let smtp = Smtp::start(None).await;
    let server = plain(&smtp).await;
    options(&server, "notify = \"failure\";").await;
    let anna = server.user("anna").await;
    let earlier = enroll(&anna, &server.phone()).await.summary.id;
    for replace in [None, Some(json!({ "mobile_id": earlier, "reason": "replaced" }))] {
        let process = anna.start().await.id;
        let next = json!({ "step": "introduction", "replace": replace });
        anna.post(&api::process_next(process), next).await.ok();
        server.later(Duration::hours(25));
        assert_eq!(server.sweep().await, 1);
        anna.sign_in("anna", PASSWORD).await.ok();
    }
    round(&server).await;
    let mails = smtp.mails();
    assert_eq!(mails.len(), 2);
    let locked = "Your earlier mobile ID on Pixel 8, Chrome on Android was locked";
    let told = mails
        .iter()
        .filter(|mail| read::text(mail).contains(locked))
        .count();
    assert_eq!(told, 1);
}
