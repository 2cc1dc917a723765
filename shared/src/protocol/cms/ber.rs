//! The Basic Encoding Rules (X.690) as far as CMS needs them: tags of one octet, definite and indefinite lengths,
//! octet strings in pieces. Every length is checked against what is there, and nesting has an end.

use der::oid::ObjectIdentifier;

use super::CmsError;

pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const OID: u8 = 0x06;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;
const CONSTRUCTED: u8 = 0x20;
const CONTEXT: u8 = 0x80;
/// A tag number that does not fit is written in further octets; CMS has none.
const LONG_TAG: u8 = 0x1f;

/// Deeper than any file that is meant well.
const MAX_DEPTH: usize = 16;

/// `[number]`, constructed: EXPLICIT, or IMPLICIT over a SEQUENCE or SET.
pub const fn tag(number: u8) -> u8 {
    CONTEXT | CONSTRUCTED | number
}

/// `[number] IMPLICIT` over something primitive.
pub const fn primitive(number: u8) -> u8 {
    CONTEXT | number
}

/// One value with its tag.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    pub tag: u8,
    pub value: &'a [u8],
    /// With tag and length.
    pub whole: &'a [u8],
}

/// Reads one value after the other.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub const fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets }
    }

    /// The tag that comes next.
    pub fn first(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub fn next(&mut self) -> Result<Element<'a>, CmsError> {
        let (element, rest) = element(self.rest, MAX_DEPTH)?;
        self.rest = rest;
        Ok(element)
    }

    pub fn take(&mut self, tag: u8) -> Result<&'a [u8], CmsError> {
        self.optional(tag)?.ok_or(CmsError::Damaged)
    }

    pub fn optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>, CmsError> {
        if self.first() == Some(tag) {
            Ok(Some(self.next()?.value))
        } else {
            Ok(None)
        }
    }

    /// With tag and length.
    pub fn optional_whole(&mut self, tag: u8) -> Result<Option<&'a [u8]>, CmsError> {
        if self.first() == Some(tag) {
            Ok(Some(self.next()?.whole))
        } else {
            Ok(None)
        }
    }

    pub fn oid(&mut self) -> Result<ObjectIdentifier, CmsError> {
        ObjectIdentifier::from_bytes(self.take(OID)?).map_err(|_| CmsError::Damaged)
    }

    pub fn integer(&mut self) -> Result<&'a [u8], CmsError> {
        self.take(INTEGER)
    }

    /// An octet string in one piece.
    pub fn octets(&mut self) -> Result<&'a [u8], CmsError> {
        self.take(OCTET_STRING)
    }

    /// A bit string of whole octets.
    pub fn bits(&mut self) -> Result<&'a [u8], CmsError> {
        match self.take(BIT_STRING)?.split_first() {
            Some((0, octets)) => Ok(octets),
            _ => Err(CmsError::Damaged),
        }
    }

    /// Nothing may follow.
    pub const fn end(&self) -> Result<(), CmsError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(CmsError::Damaged)
        }
    }
}

/// The pieces of a constructed octet string, joined.
pub fn joined(pieces: &[u8]) -> Result<Vec<u8>, CmsError> {
    let mut octets = Vec::with_capacity(pieces.len());
    join(pieces, &mut octets, MAX_DEPTH)?;
    Ok(octets)
}

fn join(pieces: &[u8], octets: &mut Vec<u8>, depth: usize) -> Result<(), CmsError> {
    let depth = depth.checked_sub(1).ok_or(CmsError::Damaged)?;
    let mut pieces = Reader::new(pieces);
    while pieces.first().is_some() {
        let piece = pieces.next()?;
        match piece.tag {
            OCTET_STRING => octets.extend_from_slice(piece.value),
            tag if tag == OCTET_STRING | CONSTRUCTED => join(piece.value, octets, depth)?,
            _ => return Err(CmsError::Damaged),
        }
    }
    Ok(())
}

/// The first value, and what follows it.
fn element(octets: &[u8], depth: usize) -> Result<(Element<'_>, &[u8]), CmsError> {
    let depth = depth.checked_sub(1).ok_or(CmsError::Damaged)?;
    let (tag, length, after) = header(octets)?;
    let (value, rest) = match length {
        Some(length) => after.split_at_checked(length).ok_or(CmsError::Damaged)?,
        None if tag & CONSTRUCTED == 0 => return Err(CmsError::Damaged),
        None => until_end(after, depth)?,
    };
    let used = octets.len() - rest.len();
    let whole = octets.get(..used).ok_or(CmsError::Damaged)?;
    Ok((Element { tag, value, whole }, rest))
}

/// The values before the two zero octets that end an indefinite length, and what follows those.
fn until_end(octets: &[u8], depth: usize) -> Result<(&[u8], &[u8]), CmsError> {
    let mut rest = octets;
    loop {
        if let Some(after) = rest.strip_prefix(&[0, 0]) {
            let length = octets.len() - rest.len();
            let value = octets.get(..length).ok_or(CmsError::Damaged)?;
            return Ok((value, after));
        }
        (_, rest) = element(rest, depth)?;
    }
}

/// Tag, length (`None` where it is indefinite), and what follows.
fn header(octets: &[u8]) -> Result<(u8, Option<usize>, &[u8]), CmsError> {
    let [tag, first, rest @ ..] = octets else {
        return Err(CmsError::Damaged);
    };
    if tag & LONG_TAG == LONG_TAG || *tag == 0 {
        return Err(CmsError::Damaged);
    }
    match *first {
        short @ 0..0x80 => Ok((*tag, Some(usize::from(short)), rest)),
        0x80 => Ok((*tag, None, rest)),
        long => {
            let (length, rest) = rest
                .split_at_checked(usize::from(long & 0x7f))
                .ok_or(CmsError::Damaged)?;
            let length = length.iter().try_fold(0_usize, |length, octet| {
                length.checked_mul(0x100)?.checked_add(usize::from(*octet))
            });
            Ok((*tag, Some(length.ok_or(CmsError::Damaged)?), rest))
        }
    }
}

/// A value with its tag, in DER.
pub fn der(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut octets = vec![tag];
    if let Ok(short @ 0..0x80) = u8::try_from(value.len()) {
        octets.push(short);
    } else {
        let length = value.len().to_be_bytes();
        let length = length.iter().skip_while(|octet| **octet == 0);
        // At most eight octets.
        octets.push(0x80 | u8::try_from(length.clone().count()).unwrap_or_default());
        octets.extend(length);
    }
    octets.extend_from_slice(value);
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(octets: &[u8]) -> Result<&[u8], CmsError> {
        Reader::new(octets).next().map(|element| element.value)
    }

    #[test]
    fn lengths_are_read_in_every_form() {
        for octets in [
            &[0x30, 2, 5, 0, 9][..],
            &[0x30, 0x81, 2, 5, 0, 9],
            &[0x30, 0x84, 0, 0, 0, 2, 5, 0, 9],
            &[0x30, 0x80, 5, 0, 0, 0, 9],
        ] {
            let mut reader = Reader::new(octets);
            assert_eq!(reader.next().unwrap().value, [5, 0], "{octets:?}");
            assert_eq!(reader.first(), Some(9));
        }
    }

    #[test]
    fn lengths_that_lie_are_damage() {
        let huge = [&[0x30, 0x89][..], &[0xff; 9]].concat();
        for octets in [
            &[][..],
            &[0x30],
            &[0x30, 1],
            &[0x30, 0x82, 1],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0],
            &huge,
            &[0x30, 0xff, 0],
            &[0x30, 0x80],
            &[0x30, 0x80, 0],
            &[0x30, 0x80, 5, 0],
            &[0x04, 0x80, 0, 0],
            &[0x1f, 1, 1],
            &[0x00, 0],
        ] {
            assert_eq!(next(octets), Err(CmsError::Damaged), "{octets:?}");
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |depth: usize| [[0x24, 0x80].repeat(depth), [0, 0].repeat(depth)].concat();
        assert_eq!(joined(&nested(10)), Ok(vec![]));
        assert_eq!(joined(&nested(17)), Err(CmsError::Damaged));
        assert_eq!(joined(&nested(100_000)), Err(CmsError::Damaged));
    }

    #[test]
    fn pieces_are_joined_and_nothing_else() {
        assert_eq!(joined(&[4, 1, 7, 0x24, 3, 4, 1, 8, 4, 0]), Ok(vec![7, 8]));
        assert_eq!(joined(&[4, 1, 7, 5, 0]), Err(CmsError::Damaged));
    }

    #[test]
    fn what_is_written_is_read_again() {
        for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x1_0000] {
            let value = vec![7; length];
            assert_eq!(next(&der(OCTET_STRING, &value)), Ok(&value[..]));
        }
        assert_eq!(der(4, &[7; 0x80])[..3], [4, 0x81, 0x80]);
    }
}
