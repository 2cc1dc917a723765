use super::*;

pub fn read(values: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let values = values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Settings::read(Reader::of(values))
}

pub fn faults(values: &[(&str, &str)]) -> Vec<String> {
    match read(values) {
        Err(SettingsError::Faults(faults)) => faults.into_iter().map(|fault| fault.name).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_defaults_are_those_of_the_design() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.http.public_url, "http://localhost:8080");
    assert_eq!(settings.database_url, "sqlite:data/selfservice.sqlite?mode=rwc");
    assert_eq!(settings.limits, Limits::default());
    assert!(!settings.demo);
    let elsewhere = read(&[("http.bind", "127.0.0.1:9000"), ("data_dir", "/tmp/x")]).unwrap();
    assert_eq!(elsewhere.http.public_url, "http://localhost:9000");
    assert_eq!(
        elsewhere.database_url,
        "sqlite:/tmp/x/selfservice.sqlite?mode=rwc"
    );
}

#[test]
fn a_paused_mobile_id_is_locked_after_so_many_days_or_never() {
    for (text, days) in [("0", None), ("1", Some(1)), ("3650", Some(3_650))] {
        let settings = read(&[("mobile_id.lock_paused_after_days", text)]).unwrap();
        assert_eq!(settings.limits.lock_paused_after_days, days);
    }
    for wrong in ["3651", "-1", "90 days", "never"] {
        assert_eq!(
            faults(&[("mobile_id.lock_paused_after_days", wrong)]),
            ["mobile_id.lock_paused_after_days"],
            "{wrong}"
        );
    }
}

#[test]
fn all_faults_are_told_at_once_by_name() {
    let wrong = [
        ("http.bind", "here"),
        ("http.public_url", "http://id.example.com"),
        ("http.pubic_url", "https://id.example.com"),
        ("database.url", "mysql://x"),
        ("enrollment.keys_seconds", "0"),
        ("sign_in.account_attempts", "many"),
        ("mobile_id.lock_paused_after_days", "-1"),
        ("demo", "yes"),
    ];
    let mut expected: Vec<_> = wrong.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut told = faults(&wrong);
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
    let message = read(&[("http.pubic_url", "x")]).unwrap_err().to_string();
    assert!(
        message.contains("SELFSERVICE_HTTP__PUBIC_URL") && message.contains("http.public_url"),
        "{message}"
    );
}

#[test]
fn a_public_url_is_an_origin_that_browsers_trust() {
    for (url, stands) in [
        ("https://id.example.com", Some("https://id.example.com")),
        ("https://id.example.com/", Some("https://id.example.com")),
        ("https://id.example.com:8443", Some("https://id.example.com:8443")),
        ("http://localhost:8080", Some("http://localhost:8080")),
        ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
        ("https://id.example.com/portal", None),
        ("https://anna@id.example.com", None),
        ("ftp://id.example.com", None),
        ("id.example.com", None),
    ] {
        assert_eq!(public_url(url).ok().as_deref(), stands, "{url}");
    }
}

#[test]
fn a_demo_is_for_this_machine_only() {
    assert_eq!(
        faults(&[("demo", "true"), ("http.bind", "0.0.0.0:8080")]),
        ["http.bind"]
    );
    assert!(read(&[("demo", "true")]).unwrap().demo);
}
