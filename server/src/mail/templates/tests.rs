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
