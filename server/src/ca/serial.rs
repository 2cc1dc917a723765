//! Serial numbers of certificates (RFC 5280, section 4.1.2.2).

use std::fmt;
use std::str::FromStr;

const OCTETS: usize = 20;

/// A positive integer of exactly 20 octets, chosen at random.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial([u8; OCTETS]);

/// The text or the octets are no serial number of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a serial number is 40 hexadecimal digits, the first of them 0 to 7, and not 00 in front")]
pub struct MalformedSerial;

impl Serial {
    /// Clears the top bit, so that the number is positive, and sets the next, so that it is 20 octets long:
    /// 158 bits of chance remain.
    pub const fn from_random(mut random: [u8; OCTETS]) -> Self {
        random[0] = random[0] & 0x7f | 0x40;
        Self(random)
    }

    /// Big-endian, as in the certificate.
    pub const fn as_bytes(&self) -> &[u8; OCTETS] {
        &self.0
    }
}

impl TryFrom<&[u8]> for Serial {
    type Error = MalformedSerial;

    fn try_from(octets: &[u8]) -> Result<Self, MalformedSerial> {
        match <[u8; OCTETS]>::try_from(octets) {
            Ok(octets @ [1..=0x7f, ..]) => Ok(Self(octets)),
            _ => Err(MalformedSerial),
        }
    }
}

impl FromStr for Serial {
    type Err = MalformedSerial;

    /// Reads what `Display` writes, in either case.
    fn from_str(text: &str) -> Result<Self, MalformedSerial> {
        let digits: Option<Vec<u8>> = text
            .chars()
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        let octets: Vec<u8> = digits
            .filter(|digits| digits.len() == 2 * OCTETS)
            .ok_or(MalformedSerial)?
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |octet, digit| octet << 4 | digit))
            .collect();
        Self::try_from(octets.as_slice())
    }
}

/// Upper-case hex, two digits an octet.
impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02X}"))
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Serial({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_chance_gives_is_positive_and_20_octets_long() {
        for first in 0..=u8::MAX {
            let mut random = [0xab; 20];
            random[0] = first;
            let serial = Serial::from_random(random);
            assert!((0x40..0x80).contains(&serial.as_bytes()[0]), "{first}");
            assert_eq!(serial.as_bytes()[1..], [0xab; 19]);
        }
    }

    #[test]
    fn text_goes_there_and_back_in_either_case() {
        let serial = Serial::from_random([0x4f; 20]);
        let text = serial.to_string();
        assert_eq!(text, "4F".repeat(20));
        assert_eq!(text.parse(), Ok(serial));
        assert_eq!(text.to_lowercase().parse(), Ok(serial));
        assert_eq!(Serial::try_from(serial.as_bytes().as_slice()), Ok(serial));
    }

    #[test]
    fn what_is_no_serial_number_is_refused() {
        for text in [
            String::new(),
            "4F".repeat(19),
            "4F".repeat(21),
            format!("8F{}", "00".repeat(19)),
            format!("00{}", "4F".repeat(19)),
            format!("{}4G", "4F".repeat(19)),
            format!("{}+4", "4F".repeat(19)),
            format!("{}é", "4F".repeat(19)),
        ] {
            assert_eq!(text.parse::<Serial>(), Err(MalformedSerial), "{text}");
        }
    }
}
