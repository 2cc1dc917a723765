//! A script that is being edited: where it began, where its lines are, and how it is kept through a reload.

/// A text with the version that it began from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub base: u32,
    pub text: String,
}

impl Draft {
    /// As the browser keeps it: the number, a line break, the text.
    pub fn written(&self) -> String {
        format!("{}\n{}", self.base, self.text)
    }

    pub fn read(written: &str) -> Option<Self> {
        let (base, text) = written.split_once('\n')?;
        Some(Self {
            base: base.parse().ok()?,
            text: text.to_owned(),
        })
    }
}

/// The same but for line breaks at the end, which saving makes one.
pub fn is_same(a: &str, b: &str) -> bool {
    a.trim_end_matches('\n') == b.trim_end_matches('\n')
}

/// How many lines an editor shows: a line break at the end begins one more.
pub fn line_count(text: &str) -> usize {
    text.split('\n').count()
}

/// Where a place stands in the text, in UTF-16 units as the browser counts. Lines and columns count from 1, columns in
/// characters; a column beyond its line is the line's end, a line beyond the text is the text's end.
pub fn offset(text: &str, line: u32, column: u32) -> u32 {
    let mut units = 0;
    for (number, content) in (1..).zip(text.split('\n')) {
        if number == line {
            let before = content
                .chars()
                .take(usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX));
            return units + before.map(width).sum::<u32>();
        }
        units += content.chars().map(width).sum::<u32>() + 1;
    }
    units.saturating_sub(1)
}

fn width(character: char) -> u32 {
    if character.len_utf16() == 2 { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_comes_back_as_it_was_kept() {
        for text in ["", "a\nb\n", "\n\n", "7\n8"] {
            let draft = Draft {
                base: 3,
                text: text.to_owned(),
            };
            assert_eq!(Draft::read(&draft.written()), Some(draft));
        }
        for written in ["", "3", "x\ntext", "-1\ntext"] {
            assert_eq!(Draft::read(written), None, "{written:?}");
        }
    }

    #[test]
    fn places_are_counted_as_the_browser_counts() {
        let text = "ab\n\u{1F4F1}c\n\nd";
        for (line, column, expected) in [
            (1, 1, 0),
            (1, 2, 1),
            (1, 99, 2),
            (2, 1, 3),
            (2, 2, 5),
            (3, 1, 7),
            (4, 2, 9),
            (9, 1, 9),
        ] {
            assert_eq!(offset(text, line, column), expected, "{line}:{column}");
        }
        assert_eq!(line_count(text), 4);
        assert_eq!(line_count(""), 1);
        assert_eq!(offset("", 1, 1), 0);
    }

    #[test]
    fn line_breaks_at_the_end_are_no_change() {
        assert!(is_same("a\n", "a\n\n"));
        assert!(is_same("a", "a\n"));
        assert!(!is_same("a", "b"));
    }
}
