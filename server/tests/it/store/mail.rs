//! The outbox, links in mails, and reminders.

use super::*;

on_both_engines! {
    a_mail_has_one_holder_and_leaves_no_words
    a_code_that_is_dead_is_mailed_no_more
    a_link_in_a_mail_is_used_once_and_forgotten_in_time
    what_ends_soon_is_found_page_by_page
    a_reminder_goes_once
    old_mails_go_in_portions
}

fn mail(kind: Kind, concerns: Concerns) -> Mail {
    let id = chance::id();
    Mail {
        id,
        message_id: format!("<{id}@id.example.com>"),
        kind,
        concerns,
        address: "åsa@example.com".into(),
        language: Language::Sv,
        written_at: NOW,
        state: State::Waiting,
        attempts: 0,
        next_at: NOW,
        give_up_at: NOW + Duration::hours(48),
        useless_after: None,
        lease_until: None,
        handed_over_at: None,
        last_answer: None,
    }
}

async fn a_mail_has_one_holder_and_leaves_no_words(store: Store) {
    let mail = mail(Kind::Test, Concerns::default());
    let (book, id, lease) = (store.read(), mail.id, NOW + Duration::minutes(1));
    let sealed = vec![1, 2, 3];
    book.add_mail(&NewMail {
        mail: mail.clone(),
        sealed,
    })
    .await
    .unwrap();
    assert_eq!(book.mail(id).await.unwrap(), Some(mail));
    assert_eq!(book.due_mails(NOW, 9).await.unwrap(), [id]);
    let (one, two) = tokio::join!(book.take_mail(id, NOW, lease), book.take_mail(id, NOW, lease));
    let taken = match (one.unwrap(), two.unwrap()) {
        (Some(taken), None) | (None, Some(taken)) => taken,
        both => panic!("{both:?}"),
    };
    assert_eq!((taken.sealed.len(), taken.mail.attempts), (3, 1));
    assert_eq!(book.release_mails(NOW).await.unwrap(), 0);
    assert_eq!(book.release_mails(lease).await.unwrap(), 1);
    let later = lease + Duration::minutes(1);
    let again = book.take_mail(id, lease, later).await.unwrap().unwrap();
    let sent = Mail {
        state: State::Sent,
        ..again.mail.clone()
    };
    assert!(!book.put_mail(&taken.mail, &sent).await.unwrap());
    assert!(book.put_mail(&again.mail, &sent).await.unwrap());
    assert!(!book.retry_mail(id, later, later).await.unwrap(), "erased");
    let counts = book.mail_counts().await.unwrap();
    assert_eq!((counts.sent, counts.waiting, counts.oldest_waiting), (1, 0, None));
}

async fn a_code_that_is_dead_is_mailed_no_more(store: Store) {
    let (user, process) = with_process(&store).await;
    let (_, other) = with_process(&store).await;
    let book = store.read();
    let lease = NOW + Duration::minutes(1);
    let mut ids = Vec::new();
    for (second, of) in [(0, &process), (1, &process), (2, &process), (3, &other)] {
        let concerns = Concerns {
            user: Some(of.user),
            process: Some(of.id),
            mobile_id: None,
        };
        let mail = Mail {
            written_at: NOW + Duration::seconds(second),
            useless_after: Some(NOW + Duration::minutes(30)),
            ..mail(Kind::ActivationCode, concerns)
        };
        ids.push(mail.id);
        let sealed = vec![1];
        book.add_mail(&NewMail { mail, sealed }).await.unwrap();
    }
    let at = |second| (Some(process.id), NOW + Duration::seconds(second));
    let mailed = book.codes_mailed(user.id).await.unwrap();
    assert_eq!(mailed, [at(2), at(1), at(0)], "newest first");
    // One waits, one is in somebody's hands, one has failed.
    let held = book.take_mail(ids[1], NOW, lease).await.unwrap().unwrap().mail;
    let failing = book.take_mail(ids[2], NOW, lease).await.unwrap().unwrap().mail;
    let failed = Mail {
        state: State::Failed,
        ..failing.clone()
    };
    assert!(book.put_mail(&failing, &failed).await.unwrap());
    assert_eq!(book.cancel_mails(process.id).await.unwrap(), 1);
    let state = async |id| {
        let mail = store.read().mail(id).await.unwrap().unwrap();
        (mail.state, mail.is_useless(NOW + Duration::seconds(5)))
    };
    assert_eq!(state(ids[0]).await.0, State::Cancelled);
    assert_eq!(state(ids[1]).await, (State::Sending, true));
    assert_eq!(state(ids[2]).await, (State::Failed, true));
    assert_eq!(state(ids[3]).await, (State::Waiting, false), "another process");
    let again = Mail {
        state: State::Waiting,
        ..held.clone()
    };
    assert!(book.put_mail(&held, &again).await.unwrap());
    assert_eq!(state(ids[1]).await, (State::Waiting, true), "it is not sent then");
    let now = NOW + Duration::seconds(5);
    for id in [ids[0], ids[1], ids[2]] {
        let tried = book.retry_mail(id, now, now + Duration::HOUR).await.unwrap();
        assert!(!tried, "nor by hand");
    }
}

async fn a_link_in_a_mail_is_used_once_and_forgotten_in_time(store: Store) {
    let (user, process) = with_process(&store).await;
    let mut link = MailLink::not_me(Hash([7; 32]), &process, "Firefox on Linux", NOW);
    let book = store.read();
    book.add_mail_link(&link).await.unwrap();
    let last = link.expires_at - Duration::MILLISECOND;
    assert_eq!(book.mail_link(link.hash, last).await.unwrap(), Some(link.clone()));
    assert_eq!(book.mail_link(Hash([8; 32]), NOW).await.unwrap(), None);
    let later = NOW + Duration::seconds(1);
    let (one, two) = tokio::join!(
        book.use_mail_link(link.hash, later),
        book.use_mail_link(link.hash, later)
    );
    assert!(one.unwrap() != two.unwrap(), "once");
    link.used_at = Some(later);
    let found = book.mail_link(link.hash, NOW).await.unwrap().unwrap();
    assert_eq!((found.user, found), (user.id, link.clone()));
    assert_eq!(book.mail_link(link.hash, link.expires_at).await.unwrap(), None);
    book.delete_expired_mail_links(last).await.unwrap();
    assert!(book.mail_link(link.hash, NOW).await.unwrap().is_some());
    book.delete_expired_mail_links(link.expires_at).await.unwrap();
    assert!(book.mail_link(link.hash, NOW).await.unwrap().is_none());
    // What a transaction used and did not commit is not used.
    book.add_mail_link(&link).await.unwrap();
    let mut unused = link.clone();
    (unused.hash, unused.used_at) = (Hash([9; 32]), None);
    book.add_mail_link(&unused).await.unwrap();
    let transaction = store.begin().await.unwrap();
    assert!(transaction.use_mail_link(unused.hash, NOW).await.unwrap());
    drop(transaction);
    assert!(book.use_mail_link(unused.hash, NOW).await.unwrap());
    book.set_user_language(user.id, Language::De).await.unwrap();
    let found = book.user(user.id).await.unwrap().unwrap();
    assert_eq!(found.language, Some(Language::De));
}

async fn what_ends_soon_is_found_page_by_page(store: Store) {
    let book = store.read();
    let (mut expected, until) = (Vec::new(), NOW + Duration::days(365));
    let addressed = async |state, valid_until: OffsetDateTime, email: Option<&str>| {
        let (user, process) = with_process(&store).await;
        let user = User {
            email: email.map(str::to_owned),
            ..user
        };
        book.save_user(&user).await.unwrap();
        let mobile_id = MobileId {
            id: chance::id(),
            state,
            valid_until,
            ..example(&user, &process)
        };
        book.add_mobile_id(&mobile_id).await.unwrap();
        mobile_id
    };
    // Three that end in the same millisecond, and one on the very last.
    let same = NOW + Duration::days(7);
    for end in [same, same, same, NOW + Duration::MILLISECOND, until] {
        let found = addressed(MobileIdState::Active, end, Some("a@example.com")).await;
        expected.push((found.valid_until, found.id));
    }
    let twin = MobileId {
        id: chance::id(),
        ..book.mobile_id(expected[0].1).await.unwrap().unwrap()
    };
    book.add_mobile_id(&twin).await.unwrap();
    expected.push((twin.valid_until, twin.id));
    for state in [
        MobileIdState::Locked,
        MobileIdState::Inactive,
        MobileIdState::Registered,
    ] {
        addressed(state, same, Some("a@example.com")).await;
    }
    addressed(MobileIdState::Active, same, None).await;
    addressed(MobileIdState::Active, NOW, Some("a@example.com")).await;
    addressed(
        MobileIdState::Active,
        until + Duration::MILLISECOND,
        Some("a@example.com"),
    )
    .await;
    let renewed = addressed(MobileIdState::Active, same, Some("a@example.com")).await;
    let successor = MobileId {
        id: chance::id(),
        valid_until: until + Duration::days(1),
        ..renewed
    };
    book.add_mobile_id(&successor).await.unwrap();
    expected.sort();

    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = book.ending_soon(NOW, until, after, 2).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = Some((last.mobile_id.valid_until, last.mobile_id.id));
        found.extend(
            page.into_iter()
                .map(|ends| (ends.mobile_id.valid_until, ends.mobile_id.id)),
        );
    }
    assert_eq!(found, expected);
}

async fn a_reminder_goes_once(store: Store) {
    let (mobile_id, _) = with_certificates(&store).await;
    let book = store.read();
    for days in [60, 7, 30] {
        book.add_reminder(mobile_id.id, days, NOW).await.unwrap();
    }
    let again = book.add_reminder(mobile_id.id, 7, NOW).await;
    assert!(matches!(again, Err(StoreError::Duplicate(_))), "{again:?}");
    book.save_mobile_id(&mobile_id.clone().activate(NOW).unwrap())
        .await
        .unwrap();
    let user = book.user(mobile_id.user).await.unwrap().unwrap();
    let user = User {
        email: Some("a@example.com".into()),
        ..user
    };
    book.save_user(&user).await.unwrap();
    let page = book
        .ending_soon(NOW, mobile_id.valid_until, None, 10)
        .await
        .unwrap();
    let sent: Vec<_> = page.iter().map(|ends| ends.sent).collect();
    assert_eq!(sent, [Some(7)], "the most urgent one");
}

async fn old_mails_go_in_portions(store: Store) {
    let book = store.read();
    let old = NOW - Duration::days(91);
    for (n, state) in State::ALL.into_iter().cycle().take(20).enumerate() {
        for (written_at, age) in [(old, "old"), (NOW, "new")] {
            let mail = Mail {
                id: chance::id(),
                message_id: format!("<{n}-{age}@id.example.com>"),
                kind: Kind::Test,
                state,
                written_at,
                ..mail(Kind::Test, Concerns::default())
            };
            book.add_mail(&NewMail {
                mail,
                sealed: vec![1],
            })
            .await
            .unwrap();
        }
    }
    let before = NOW - Duration::days(90);
    let mut portions = Vec::new();
    loop {
        let ids = book.old_mails(before, 5).await.unwrap();
        if ids.is_empty() {
            break;
        }
        let transaction = store.begin().await.unwrap();
        portions.push(transaction.delete_mails(&ids).await.unwrap());
        transaction.commit().await.unwrap();
    }
    assert_eq!(portions, [5, 5, 2], "sent, failed and cancelled");
    let counts = book.mail_counts().await.unwrap();
    assert_eq!(
        (counts.waiting, counts.sending),
        (8, 8),
        "what has not ended stays"
    );
    assert_eq!((counts.sent, counts.failed, counts.cancelled), (4, 4, 4));
    // One that is tried again between the two steps stays.
    let failed = book.mails(Some(State::Failed), None, 1).await.unwrap().remove(0);
    assert!(
        book.retry_mail(failed.id, NOW, NOW + Duration::HOUR)
            .await
            .unwrap()
    );
    assert_eq!(book.delete_mails(&[failed.id]).await.unwrap(), 0);
    assert!(
        book.mails_with_words([failed.id])
            .await
            .unwrap()
            .contains(&failed.id)
    );
}
