//! A mail as whoever gets it reads it: headers, and the text out of its parts.

/// What stands after the name of a header, folded lines joined.
pub fn header(mail: &str, name: &str) -> String {
    let (head, _) = mail.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let line = unfolded
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name}: {head}")).to_owned()
}

/// The part of plain text, decoded.
pub fn text(mail: &str) -> String {
    part(mail, "text/plain")
}

pub fn html(mail: &str) -> String {
    part(mail, "text/html")
}

fn part(mail: &str, kind: &str) -> String {
    let (_, rest) = mail.split_once(&format!("Content-Type: {kind}")).unwrap();
    let (head, body) = rest.split_once("\r\n\r\n").unwrap();
    let body = body.split("\r\n--").next().unwrap();
    if head.contains("quoted-printable") {
        decoded(body)
    } else {
        assert!(!head.contains("base64"), "{head}");
        body.to_owned()
    }
}

fn decoded(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let mut octets = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'=' {
            let digits = std::str::from_utf8(&after[..2]).unwrap();
            octets.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &after[2..];
        } else {
            octets.push(*first);
        }
    }
    String::from_utf8(octets).unwrap()
}

/// The link whose path begins so: `/m#` or `/mail#`.
pub fn link(mail: &str, path: &str) -> String {
    let text = text(mail);
    let line = text
        .lines()
        .find(|line| line.starts_with("http") && line.contains(path));
    line.unwrap_or_else(|| panic!("no link to {path}: {text}"))
        .to_owned()
}

/// The secret of the link to the page of links.
pub fn token(mail: &str) -> String {
    link(mail, "/mail#").rsplit_once('#').unwrap().1.to_owned()
}
