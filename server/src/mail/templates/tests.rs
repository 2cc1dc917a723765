use super::*;

#[test]
fn every_mail_renders_in_every_language_and_fits_its_samples() {
    let templates = Templates::open(None).unwrap();
    for (language, kind) in pairs() {
        let mail = templates
            .render(&sample(kind, "https://id.example.com"), language)
            .unwrap();
        assert!(!mail.subject.is_empty() && !mail.text.contains("{{") && mail.html.contains("</html>"));
        assert!(
            mail.html.contains("https:&#x2f;&#x2f;id.example.com"),
            "{}",
            mail.html
        );
        assert!(mail.text.contains("https://id.example.com"));
    }
    assert_eq!(templates.faults(), []);
}

#[test]
fn hostile_values_stay_text() {
    use crate::mail::{Created, NotCreated};
    let hostile = format!(
        "<script>alert(1)</script>\r\nBcc: eve@example.com\u{202e}\" {}",
        "x".repeat(10_240)
    );
    let Content::Created(created) = sample(Kind::Created, "https://id.example.com") else {
        panic!()
    };
    let Content::NotCreated(not_created) = sample(Kind::NotCreated, "https://id.example.com") else {
        panic!()
    };
    let contents = [
        Content::Created(Created {
            name: hostile.clone(),
            profile: hostile.clone(),
            phone: hostile.clone(),
            ..created
        }),
        Content::NotCreated(NotCreated {
            name: hostile,
            ..not_created
        }),
    ];
    let templates = Templates::open(None).unwrap();
    for (content, language) in contents
        .iter()
        .flat_map(|content| Language::ALL.map(|l| (content, l)))
    {
        let mail = templates.render(content, language).unwrap();
        assert!(!mail.html.contains("<script") && mail.html.contains("&lt;script&gt;"));
        assert!(!mail.subject.contains(['\r', '\n']) && mail.html.len() < 8_000);
        assert!(!mail.text.lines().any(|line| line.starts_with("Bcc")) && !mail.text.contains('\u{202e}'));
    }
}

#[test]
fn a_broken_override_is_told_and_the_built_in_one_takes_its_place() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("en")).unwrap();
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    write("en/test.subject", "Ours\n");
    write("en/test.txt", "{{ nobody_knows }}");
    write("en/created.html", "{% if %}");
    let templates = Templates::open(Some(dir.path())).unwrap();
    let files: Vec<_> = templates.faults().into_iter().map(|fault| fault.file).collect();
    assert_eq!(files, ["en/created.html", "en/test.txt"]);
    let mail = templates
        .render(&sample(Kind::Test, "https://id.example.com"), Language::En)
        .unwrap();
    assert_eq!(mail.subject, "Ours");
    assert!(mail.text.contains("This is a test"));
}
