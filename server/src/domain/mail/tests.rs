use super::*;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

fn mail(attempts: u32) -> Mail {
    Mail {
        id: Uuid::nil(),
        message_id: "<1@id.example.com>".into(),
        kind: Kind::Test,
        concerns: Concerns::default(),
        address: "anna@example.com".into(),
        language: Language::En,
        written_at: NOW,
        state: State::Sending,
        attempts,
        next_at: NOW,
        give_up_at: NOW + Duration::hours(48),
        useless_after: None,
        lease_until: None,
        handed_over_at: None,
        last_answer: None,
    }
}

#[test]
fn waits_double_up_to_a_quarter_of_an_hour_and_are_spread() {
    let seconds = |attempts, chance| (mail(attempts).next_try(NOW, chance).unwrap() - NOW).as_seconds_f64();
    for (attempts, full) in [
        (1, 5.0),
        (2, 10.0),
        (3, 20.0),
        (8, 640.0),
        (9, 900.0),
        (1_000, 900.0),
    ] {
        let (least, most) = (seconds(attempts, [0, 0]), seconds(attempts, [255, 255]));
        assert!(
            (most - full).abs() < 0.01 && (least - full / 2.0).abs() < 0.01,
            "{attempts}"
        );
    }
}

#[test]
fn it_is_given_up_at_its_end_and_before_that_when_it_would_come_too_late() {
    let late = mail(20);
    let just_before = late.give_up_at - Duration::SECOND;
    assert_eq!(late.next_try(just_before, [0, 0]), Some(late.give_up_at));
    assert_eq!(late.next_try(late.give_up_at, [0, 0]), None);
    let code = Mail {
        useless_after: Some(NOW + Duration::seconds(4)),
        ..mail(1)
    };
    assert!(code.next_try(NOW, [0, 0]).is_some());
    assert_eq!(code.next_try(NOW, [255, 255]), None);
}

#[test]
fn a_language_tag_finds_its_language_or_english() {
    for (tag, language) in [
        ("sv-SE", Language::Sv),
        ("DE", Language::De),
        ("de_AT", Language::De),
        ("fr", Language::En),
        ("", Language::En),
    ] {
        assert_eq!(Language::of(tag), language, "{tag}");
    }
}

#[test]
fn a_minute_between_two_codes_and_five_an_hour() {
    let (this, other) = (Some(Uuid::nil()), Some(Uuid::max()));
    let at = |minute| NOW + Duration::minutes(minute);
    let table = [
        (vec![], None),
        (vec![(this, at(9))], Some(at(10))),
        (vec![(other, at(9))], None),
        (vec![(other, at(9)), (this, at(3))], Some(at(4))),
        (
            vec![(this, at(9)), (this, at(8)), (this, at(7)), (other, at(2))],
            Some(at(10)),
        ),
        (
            vec![
                (this, at(9)),
                (this, at(8)),
                (this, at(7)),
                (other, at(2)),
                (other, at(1)),
            ],
            Some(at(61)),
        ),
        (
            vec![
                (this, at(90)),
                (this, at(80)),
                (this, at(70)),
                (other, at(20)),
                (other, at(10)),
            ],
            Some(at(91)),
        ),
    ];
    for (mailed, expected) in table {
        assert_eq!(resend_at(Uuid::nil(), &mailed), expected, "{mailed:?}");
    }
}

#[test]
fn a_masked_address_keeps_a_letter_and_the_domain() {
    for (address, shown) in [
        ("anna@example.com", "a…@example.com"),
        ("åsa@example.com", "å…@example.com"),
        ("\"a@b\"@example.com", "\"…@example.com"),
    ] {
        assert_eq!(masked(address), shown);
    }
}
