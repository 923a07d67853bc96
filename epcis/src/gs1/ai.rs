//! The application identifiers (General Specifications, section 3.2, release 25).

use self::Rule::{Date, DateRange, DateTime, Free, Key};
use super::charset82::{is_charset39, is_charset64, is_charset82};
use core::fmt;

/// An application identifier: what the data after it mean.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ai {
	code: u16,
	digits: u8,
}

impl Ai {
	/// Serial Shipping Container Code.
	pub const SSCC: Self = Self { code: 0, digits: 2 };
	/// Global Trade Item Number.
	pub const GTIN: Self = Self { code: 1, digits: 2 };
	/// GTIN of the trade items in a logistic unit.
	pub const CONTENT: Self = Self { code: 2, digits: 2 };
	/// Batch or lot.
	pub const LOT: Self = Self { code: 10, digits: 2 };
	/// Production date.
	pub const PRODUCTION_DATE: Self = Self { code: 11, digits: 2 };
	/// Expiration date.
	pub const EXPIRY: Self = Self { code: 17, digits: 2 };
	/// Serial.
	pub const SERIAL: Self = Self { code: 21, digits: 2 };
	/// Location by GLN.
	pub const GLN: Self = Self { code: 414, digits: 3 };
	/// Party by GLN.
	pub const PARTY: Self = Self { code: 417, digits: 3 };

	/// The application identifier of these 2, 3 or 4 digits, if there is one.
	pub fn parse(text: &str) -> Option<Self> {
		if !(2..=4).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
			return None;
		}
		let ai = Self { code: text.parse().ok()?, digits: text.len() as u8 };
		ai.spec().map(|_| ai)
	}

	/// The application identifier that `text` begins with.
	pub(crate) fn at_start_of(text: &str) -> Option<Self> {
		(2..=4).find_map(|digits| Self::parse(text.get(..digits)?))
	}

	/// The title that is printed beside the data.
	pub fn title(self) -> &'static str {
		self.spec().map_or("", |spec| spec.title)
	}

	/// Whether its data end at FNC1 and not after a number of characters (figure 7.8.5-2).
	pub fn needs_separator(self) -> bool {
		self.spec().is_some_and(|spec| spec.separator)
	}

	/// How many digits write it: 2, 3 or 4.
	pub(crate) fn digits(self) -> usize {
		usize::from(self.digits)
	}

	pub(crate) fn spec(self) -> Option<&'static Spec> {
		TABLE.iter().find(|spec| {
			spec.digits == self.digits && (spec.first..=spec.last).contains(&self.code)
		})
	}
}

impl fmt::Display for Ai {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{:0width$}", self.code, width = usize::from(self.digits))
	}
}

impl fmt::Debug for Ai {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "({self})")
	}
}

/// What the standard says of consecutive application identifiers.
#[derive(Debug)]
pub(crate) struct Spec {
	first: u16,
	last: u16,
	digits: u8,
	pub(crate) title: &'static str,
	pub(crate) fields: &'static [Field],
	separator: bool,
	pub(crate) rule: Rule,
}

impl Spec {
	/// Fewest and most characters.
	pub(crate) fn length(&self) -> (usize, usize) {
		self.fields
			.iter()
			.fold((0, 0), |(min, max), field| (min + field.min, max + field.max))
	}
}

/// A run of characters of one set. Only the last of a row varies in length.
#[derive(Debug)]
pub(crate) struct Field {
	pub(crate) min: usize,
	pub(crate) max: usize,
	pub(crate) set: fn(char) -> bool,
}

/// What data must be beyond their characters.
#[derive(Debug, PartialEq)]
pub(crate) enum Rule {
	/// Nothing.
	Free,
	/// YYMMDD.
	Date,
	/// YYMMDD, then hours, minutes and seconds as far as there are digits; 9999 for no time.
	DateTime,
	/// YYMMDD, and a second one for the end of a harvest.
	DateRange,
	/// So many digits at the start end in a check digit.
	Key(usize),
}

const fn n(min: usize, max: usize) -> Field {
	const fn digit(character: char) -> bool {
		character.is_ascii_digit()
	}
	Field { min, max, set: digit }
}

const fn x(min: usize, max: usize) -> Field {
	Field { min, max, set: is_charset82 }
}

const fn y(min: usize, max: usize) -> Field {
	Field { min, max, set: is_charset39 }
}

const fn z(min: usize, max: usize) -> Field {
	Field { min, max, set: is_charset64 }
}

/// The sign of a temperature below zero.
const MINUS: Field = {
	const fn minus(character: char) -> bool {
		character == '-'
	}
	Field { min: 0, max: 1, set: minus }
};

const fn row(
	first: u16,
	last: u16,
	digits: u8,
	title: &'static str,
	fields: &'static [Field],
	separator: bool,
	rule: Rule,
) -> Spec {
	Spec { first, last, digits, title, fields, separator, rule }
}

#[rustfmt::skip]
const TABLE: &[Spec] = &[
	row(0, 0, 2, "SSCC", &[n(18, 18)], false, Key(18)),
	row(1, 1, 2, "GTIN", &[n(14, 14)], false, Key(14)),
	row(2, 2, 2, "CONTENT", &[n(14, 14)], false, Key(14)),
	row(3, 3, 2, "MTO GTIN", &[n(14, 14)], false, Key(14)),
	row(10, 10, 2, "BATCH/LOT", &[x(1, 20)], true, Free),
	row(11, 11, 2, "PROD DATE", &[n(6, 6)], false, Date),
	row(12, 12, 2, "DUE DATE", &[n(6, 6)], false, Date),
	row(13, 13, 2, "PACK DATE", &[n(6, 6)], false, Date),
	row(15, 15, 2, "BEST BEFORE or BEST BY", &[n(6, 6)], false, Date),
	row(16, 16, 2, "SELL BY", &[n(6, 6)], false, Date),
	row(17, 17, 2, "USE BY or EXPIRY", &[n(6, 6)], false, Date),
	row(20, 20, 2, "VARIANT", &[n(2, 2)], false, Free),
	row(21, 21, 2, "SERIAL", &[x(1, 20)], true, Free),
	row(22, 22, 2, "CPV", &[x(1, 20)], true, Free),
	row(235, 235, 3, "TPX", &[x(1, 28)], true, Free),
	row(240, 240, 3, "ADDITIONAL ID", &[x(1, 30)], true, Free),
	row(241, 241, 3, "CUST. PART No.", &[x(1, 30)], true, Free),
	row(242, 242, 3, "MTO VARIANT", &[n(1, 6)], true, Free),
	row(243, 243, 3, "PCN", &[x(1, 20)], true, Free),
	row(250, 250, 3, "SECONDARY SERIAL", &[x(1, 30)], true, Free),
	row(251, 251, 3, "REF. TO SOURCE", &[x(1, 30)], true, Free),
	row(253, 253, 3, "GDTI", &[n(13, 13), x(0, 17)], true, Key(13)),
	row(254, 254, 3, "GLN EXTENSION COMPONENT", &[x(1, 20)], true, Free),
	row(255, 255, 3, "GCN", &[n(13, 13), n(0, 12)], true, Key(13)),
	row(30, 30, 2, "VAR. COUNT", &[n(1, 8)], true, Free),
	row(3100, 3105, 4, "NET WEIGHT (kg)", &[n(6, 6)], false, Free),
	row(3110, 3115, 4, "LENGTH (m)", &[n(6, 6)], false, Free),
	row(3120, 3125, 4, "WIDTH (m)", &[n(6, 6)], false, Free),
	row(3130, 3135, 4, "HEIGHT (m)", &[n(6, 6)], false, Free),
	row(3140, 3145, 4, "AREA (m²)", &[n(6, 6)], false, Free),
	row(3150, 3155, 4, "NET VOLUME (l)", &[n(6, 6)], false, Free),
	row(3160, 3165, 4, "NET VOLUME (m³)", &[n(6, 6)], false, Free),
	row(3200, 3205, 4, "NET WEIGHT (lb)", &[n(6, 6)], false, Free),
	row(3210, 3215, 4, "LENGTH (in)", &[n(6, 6)], false, Free),
	row(3220, 3225, 4, "LENGTH (ft)", &[n(6, 6)], false, Free),
	row(3230, 3235, 4, "LENGTH (yd)", &[n(6, 6)], false, Free),
	row(3240, 3245, 4, "WIDTH (in)", &[n(6, 6)], false, Free),
	row(3250, 3255, 4, "WIDTH (ft)", &[n(6, 6)], false, Free),
	row(3260, 3265, 4, "WIDTH (yd)", &[n(6, 6)], false, Free),
	row(3270, 3275, 4, "HEIGHT (in)", &[n(6, 6)], false, Free),
	row(3280, 3285, 4, "HEIGHT (ft)", &[n(6, 6)], false, Free),
	row(3290, 3295, 4, "HEIGHT (yd)", &[n(6, 6)], false, Free),
	row(3300, 3305, 4, "GROSS WEIGHT (kg)", &[n(6, 6)], false, Free),
	row(3310, 3315, 4, "LENGTH (m), log", &[n(6, 6)], false, Free),
	row(3320, 3325, 4, "WIDTH (m), log", &[n(6, 6)], false, Free),
	row(3330, 3335, 4, "HEIGHT (m), log", &[n(6, 6)], false, Free),
	row(3340, 3345, 4, "AREA (m²), log", &[n(6, 6)], false, Free),
	row(3350, 3355, 4, "VOLUME (l), log", &[n(6, 6)], false, Free),
	row(3360, 3365, 4, "VOLUME (m³), log", &[n(6, 6)], false, Free),
	row(3370, 3375, 4, "KG PER m²", &[n(6, 6)], false, Free),
	row(3400, 3405, 4, "GROSS WEIGHT (lb)", &[n(6, 6)], false, Free),
	row(3410, 3415, 4, "LENGTH (in), log", &[n(6, 6)], false, Free),
	row(3420, 3425, 4, "LENGTH (ft), log", &[n(6, 6)], false, Free),
	row(3430, 3435, 4, "LENGTH (yd), log", &[n(6, 6)], false, Free),
	row(3440, 3445, 4, "WIDTH (in), log", &[n(6, 6)], false, Free),
	row(3450, 3455, 4, "WIDTH (ft), log", &[n(6, 6)], false, Free),
	row(3460, 3465, 4, "WIDTH (yd), log", &[n(6, 6)], false, Free),
	row(3470, 3475, 4, "HEIGHT (in), log", &[n(6, 6)], false, Free),
	row(3480, 3485, 4, "HEIGHT (ft), log", &[n(6, 6)], false, Free),
	row(3490, 3495, 4, "HEIGHT (yd), log", &[n(6, 6)], false, Free),
	row(3500, 3505, 4, "AREA (in²)", &[n(6, 6)], false, Free),
	row(3510, 3515, 4, "AREA (ft²)", &[n(6, 6)], false, Free),
	row(3520, 3525, 4, "AREA (yd²)", &[n(6, 6)], false, Free),
	row(3530, 3535, 4, "AREA (in²), log", &[n(6, 6)], false, Free),
	row(3540, 3545, 4, "AREA (ft²), log", &[n(6, 6)], false, Free),
	row(3550, 3555, 4, "AREA (yd²), log", &[n(6, 6)], false, Free),
	row(3560, 3565, 4, "NET WEIGHT (troy oz)", &[n(6, 6)], false, Free),
	row(3570, 3575, 4, "NET VOLUME (oz)", &[n(6, 6)], false, Free),
	row(3600, 3605, 4, "NET VOLUME (qt)", &[n(6, 6)], false, Free),
	row(3610, 3615, 4, "NET VOLUME (gal.)", &[n(6, 6)], false, Free),
	row(3620, 3625, 4, "VOLUME (qt), log", &[n(6, 6)], false, Free),
	row(3630, 3635, 4, "VOLUME (gal.), log", &[n(6, 6)], false, Free),
	row(3640, 3645, 4, "NET VOLUME (in³)", &[n(6, 6)], false, Free),
	row(3650, 3655, 4, "NET VOLUME (ft³)", &[n(6, 6)], false, Free),
	row(3660, 3665, 4, "NET VOLUME (yd³)", &[n(6, 6)], false, Free),
	row(3670, 3675, 4, "VOLUME (in³), log", &[n(6, 6)], false, Free),
	row(3680, 3685, 4, "VOLUME (ft³), log", &[n(6, 6)], false, Free),
	row(3690, 3695, 4, "VOLUME (yd³), log", &[n(6, 6)], false, Free),
	row(37, 37, 2, "COUNT", &[n(1, 8)], true, Free),
	row(3900, 3909, 4, "AMOUNT", &[n(1, 15)], true, Free),
	row(3910, 3919, 4, "AMOUNT", &[n(3, 3), n(1, 15)], true, Free),
	row(3920, 3929, 4, "PRICE", &[n(1, 15)], true, Free),
	row(3930, 3939, 4, "PRICE", &[n(3, 3), n(1, 15)], true, Free),
	row(3940, 3943, 4, "PRCNT OFF", &[n(4, 4)], true, Free),
	row(3950, 3955, 4, "PRICE/UoM", &[n(6, 6)], true, Free),
	row(400, 400, 3, "ORDER NUMBER", &[x(1, 30)], true, Free),
	row(401, 401, 3, "GINC", &[x(1, 30)], true, Free),
	row(402, 402, 3, "GSIN", &[n(17, 17)], true, Key(17)),
	row(403, 403, 3, "ROUTE", &[x(1, 30)], true, Free),
	row(410, 410, 3, "SHIP TO LOC", &[n(13, 13)], false, Key(13)),
	row(411, 411, 3, "BILL TO", &[n(13, 13)], false, Key(13)),
	row(412, 412, 3, "PURCHASE FROM", &[n(13, 13)], false, Key(13)),
	row(413, 413, 3, "SHIP FOR LOC", &[n(13, 13)], false, Key(13)),
	row(414, 414, 3, "LOC No.", &[n(13, 13)], false, Key(13)),
	row(415, 415, 3, "PAY TO", &[n(13, 13)], false, Key(13)),
	row(416, 416, 3, "PROD/SERV LOC", &[n(13, 13)], false, Key(13)),
	row(417, 417, 3, "PARTY", &[n(13, 13)], false, Key(13)),
	row(420, 420, 3, "SHIP TO POST", &[x(1, 20)], true, Free),
	row(421, 421, 3, "SHIP TO POST", &[n(3, 3), x(1, 9)], true, Free),
	row(422, 422, 3, "ORIGIN", &[n(3, 3)], true, Free),
	row(423, 423, 3, "COUNTRY - INITIAL PROCESS", &[n(3, 15)], true, Free),
	row(424, 424, 3, "COUNTRY - PROCESS", &[n(3, 3)], true, Free),
	row(425, 425, 3, "COUNTRY - DISASSEMBLY", &[n(3, 15)], true, Free),
	row(426, 426, 3, "COUNTRY - FULL PROCESS", &[n(3, 3)], true, Free),
	row(427, 427, 3, "ORIGIN SUBDIVISION", &[x(1, 3)], true, Free),
	row(4300, 4300, 4, "SHIP TO COMP", &[x(1, 35)], true, Free),
	row(4301, 4301, 4, "SHIP TO NAME", &[x(1, 35)], true, Free),
	row(4302, 4302, 4, "SHIP TO ADD1", &[x(1, 70)], true, Free),
	row(4303, 4303, 4, "SHIP TO ADD2", &[x(1, 70)], true, Free),
	row(4304, 4304, 4, "SHIP TO SUB", &[x(1, 70)], true, Free),
	row(4305, 4305, 4, "SHIP TO LOC", &[x(1, 70)], true, Free),
	row(4306, 4306, 4, "SHIP TO REG", &[x(1, 70)], true, Free),
	row(4307, 4307, 4, "SHIP TO COUNTRY", &[x(2, 2)], true, Free),
	row(4308, 4308, 4, "SHIP TO PHONE", &[x(1, 30)], true, Free),
	row(4309, 4309, 4, "SHIP TO GEO", &[n(20, 20)], true, Free),
	row(4310, 4310, 4, "RTN TO COMP", &[x(1, 35)], true, Free),
	row(4311, 4311, 4, "RTN TO NAME", &[x(1, 35)], true, Free),
	row(4312, 4312, 4, "RTN TO ADD1", &[x(1, 70)], true, Free),
	row(4313, 4313, 4, "RTN TO ADD2", &[x(1, 70)], true, Free),
	row(4314, 4314, 4, "RTN TO SUB", &[x(1, 70)], true, Free),
	row(4315, 4315, 4, "RTN TO LOC", &[x(1, 70)], true, Free),
	row(4316, 4316, 4, "RTN TO REG", &[x(1, 70)], true, Free),
	row(4317, 4317, 4, "RTN TO COUNTRY", &[x(2, 2)], true, Free),
	row(4318, 4318, 4, "RTN TO POST", &[x(1, 20)], true, Free),
	row(4319, 4319, 4, "RTN TO PHONE", &[x(1, 30)], true, Free),
	row(4320, 4320, 4, "SRV DESCRIPTION", &[x(1, 35)], true, Free),
	row(4321, 4321, 4, "DANGEROUS GOODS", &[n(1, 1)], true, Free),
	row(4322, 4322, 4, "AUTH LEAVE", &[n(1, 1)], true, Free),
	row(4323, 4323, 4, "SIG REQUIRED", &[n(1, 1)], true, Free),
	row(4324, 4324, 4, "NBEF DEL DT", &[n(10, 10)], true, DateTime),
	row(4325, 4325, 4, "NAFT DEL DT", &[n(10, 10)], true, DateTime),
	row(4326, 4326, 4, "REL DATE", &[n(6, 6)], true, Date),
	row(4330, 4330, 4, "MAX TEMP F", &[n(6, 6), MINUS], true, Free),
	row(4331, 4331, 4, "MAX TEMP C", &[n(6, 6), MINUS], true, Free),
	row(4332, 4332, 4, "MIN TEMP F", &[n(6, 6), MINUS], true, Free),
	row(4333, 4333, 4, "MIN TEMP C", &[n(6, 6), MINUS], true, Free),
	row(7001, 7001, 4, "NSN", &[n(13, 13)], true, Free),
	row(7002, 7002, 4, "MEAT CUT", &[x(1, 30)], true, Free),
	row(7003, 7003, 4, "EXPIRY TIME", &[n(10, 10)], true, DateTime),
	row(7004, 7004, 4, "ACTIVE POTENCY", &[n(1, 4)], true, Free),
	row(7005, 7005, 4, "CATCH AREA", &[x(1, 12)], true, Free),
	row(7006, 7006, 4, "FIRST FREEZE DATE", &[n(6, 6)], true, Date),
	row(7007, 7007, 4, "HARVEST DATE", &[n(6, 12)], true, DateRange),
	row(7008, 7008, 4, "AQUATIC SPECIES", &[x(1, 3)], true, Free),
	row(7009, 7009, 4, "FISHING GEAR TYPE", &[x(1, 10)], true, Free),
	row(7010, 7010, 4, "PROD METHOD", &[x(1, 2)], true, Free),
	row(7011, 7011, 4, "TEST BY DATE", &[n(6, 10)], true, DateTime),
	row(7020, 7020, 4, "REFURB LOT", &[x(1, 20)], true, Free),
	row(7021, 7021, 4, "FUNC STAT", &[x(1, 20)], true, Free),
	row(7022, 7022, 4, "REV STAT", &[x(1, 20)], true, Free),
	row(7023, 7023, 4, "GIAI - ASSEMBLY", &[x(1, 30)], true, Free),
	row(7030, 7030, 4, "PROCESSOR # 0", &[n(3, 3), x(1, 27)], true, Free),
	row(7031, 7031, 4, "PROCESSOR # 1", &[n(3, 3), x(1, 27)], true, Free),
	row(7032, 7032, 4, "PROCESSOR # 2", &[n(3, 3), x(1, 27)], true, Free),
	row(7033, 7033, 4, "PROCESSOR # 3", &[n(3, 3), x(1, 27)], true, Free),
	row(7034, 7034, 4, "PROCESSOR # 4", &[n(3, 3), x(1, 27)], true, Free),
	row(7035, 7035, 4, "PROCESSOR # 5", &[n(3, 3), x(1, 27)], true, Free),
	row(7036, 7036, 4, "PROCESSOR # 6", &[n(3, 3), x(1, 27)], true, Free),
	row(7037, 7037, 4, "PROCESSOR # 7", &[n(3, 3), x(1, 27)], true, Free),
	row(7038, 7038, 4, "PROCESSOR # 8", &[n(3, 3), x(1, 27)], true, Free),
	row(7039, 7039, 4, "PROCESSOR # 9", &[n(3, 3), x(1, 27)], true, Free),
	row(7040, 7040, 4, "UIC+EXT", &[n(1, 1), x(3, 3)], true, Free),
	row(7041, 7041, 4, "UFRGT UNIT TYPE", &[x(1, 4)], true, Free),
	row(710, 710, 3, "NHRN PZN", &[x(1, 20)], true, Free),
	row(711, 711, 3, "NHRN CIP", &[x(1, 20)], true, Free),
	row(712, 712, 3, "NHRN CN", &[x(1, 20)], true, Free),
	row(713, 713, 3, "NHRN DRN", &[x(1, 20)], true, Free),
	row(714, 714, 3, "NHRN AIM", &[x(1, 20)], true, Free),
	row(715, 715, 3, "NHRN NDC", &[x(1, 20)], true, Free),
	row(716, 716, 3, "NHRN AIC", &[x(1, 20)], true, Free),
	row(717, 717, 3, "NHRN SRN", &[x(1, 20)], true, Free),
	row(7230, 7230, 4, "CERT # 0", &[x(2, 2), x(1, 28)], true, Free),
	row(7231, 7231, 4, "CERT # 1", &[x(2, 2), x(1, 28)], true, Free),
	row(7232, 7232, 4, "CERT # 2", &[x(2, 2), x(1, 28)], true, Free),
	row(7233, 7233, 4, "CERT # 3", &[x(2, 2), x(1, 28)], true, Free),
	row(7234, 7234, 4, "CERT # 4", &[x(2, 2), x(1, 28)], true, Free),
	row(7235, 7235, 4, "CERT # 5", &[x(2, 2), x(1, 28)], true, Free),
	row(7236, 7236, 4, "CERT # 6", &[x(2, 2), x(1, 28)], true, Free),
	row(7237, 7237, 4, "CERT # 7", &[x(2, 2), x(1, 28)], true, Free),
	row(7238, 7238, 4, "CERT # 8", &[x(2, 2), x(1, 28)], true, Free),
	row(7239, 7239, 4, "CERT # 9", &[x(2, 2), x(1, 28)], true, Free),
	row(7240, 7240, 4, "PROTOCOL", &[x(1, 20)], true, Free),
	row(7241, 7241, 4, "AIDC MEDIA TYPE", &[n(2, 2)], true, Free),
	row(7242, 7242, 4, "VCN", &[x(1, 25)], true, Free),
	row(7250, 7250, 4, "DOB", &[n(8, 8)], true, Free),
	row(7251, 7251, 4, "DOB TIME", &[n(12, 12)], true, Free),
	row(7252, 7252, 4, "BIO SEX", &[n(1, 1)], true, Free),
	row(7253, 7253, 4, "FAMILY NAME", &[x(1, 40)], true, Free),
	row(7254, 7254, 4, "GIVEN NAME", &[x(1, 40)], true, Free),
	row(7255, 7255, 4, "SUFFIX", &[x(1, 10)], true, Free),
	row(7256, 7256, 4, "FULL NAME", &[x(1, 90)], true, Free),
	row(7257, 7257, 4, "PERSON ADDR", &[x(1, 70)], true, Free),
	row(7258, 7258, 4, "BIRTH SEQUENCE", &[n(1, 1), x(1, 1), n(1, 1)], true, Free),
	row(7259, 7259, 4, "BABY", &[x(1, 40)], true, Free),
	row(8001, 8001, 4, "DIMENSIONS", &[n(14, 14)], true, Free),
	row(8002, 8002, 4, "CMT No.", &[x(1, 20)], true, Free),
	row(8003, 8003, 4, "GRAI", &[n(14, 14), x(0, 16)], true, Key(14)),
	row(8004, 8004, 4, "GIAI", &[x(1, 30)], true, Free),
	row(8005, 8005, 4, "PRICE PER UNIT", &[n(6, 6)], true, Free),
	row(8006, 8006, 4, "ITIP", &[n(18, 18)], true, Key(14)),
	row(8007, 8007, 4, "IBAN", &[x(1, 34)], true, Free),
	row(8008, 8008, 4, "PROD TIME", &[n(8, 12)], true, DateTime),
	row(8009, 8009, 4, "OPTSEN", &[x(1, 50)], true, Free),
	row(8010, 8010, 4, "CPID", &[y(5, 30)], true, Free),
	row(8011, 8011, 4, "CPID SERIAL", &[n(1, 12)], true, Free),
	row(8012, 8012, 4, "VERSION", &[x(1, 20)], true, Free),
	row(8013, 8013, 4, "GMN", &[x(1, 25)], true, Free),
	row(8014, 8014, 4, "MUDI", &[x(1, 25)], true, Free),
	row(8017, 8017, 4, "GSRN - PROVIDER", &[n(18, 18)], true, Key(18)),
	row(8018, 8018, 4, "GSRN - RECIPIENT", &[n(18, 18)], true, Key(18)),
	row(8019, 8019, 4, "SRIN", &[n(1, 10)], true, Free),
	row(8020, 8020, 4, "REF No.", &[x(1, 25)], true, Free),
	row(8026, 8026, 4, "ITIP CONTENT", &[n(18, 18)], true, Key(14)),
	row(8030, 8030, 4, "DIGSIG", &[z(1, 90)], true, Free),
	row(8040, 8040, 4, "IMEI", &[n(15, 15)], true, Free),
	row(8041, 8041, 4, "IMEI2", &[n(15, 15)], true, Free),
	row(8042, 8042, 4, "ESIM", &[n(32, 32)], true, Free),
	row(8043, 8043, 4, "PSIM", &[n(18, 20)], true, Free),
	row(8110, 8110, 4, "", &[x(1, 70)], true, Free),
	row(8111, 8111, 4, "POINTS", &[n(4, 4)], true, Free),
	row(8112, 8112, 4, "", &[x(1, 70)], true, Free),
	row(8200, 8200, 4, "PRODUCT URL", &[x(1, 70)], true, Free),
	row(90, 90, 2, "INTERNAL", &[x(1, 30)], true, Free),
	row(91, 91, 2, "INTERNAL", &[x(1, 90)], true, Free),
	row(92, 92, 2, "INTERNAL", &[x(1, 90)], true, Free),
	row(93, 93, 2, "INTERNAL", &[x(1, 90)], true, Free),
	row(94, 94, 2, "INTERNAL", &[x(1, 90)], true, Free),
	row(95, 95, 2, "INTERNAL", &[x(1, 90)], true, Free),
	row(96, 96, 2, "INTERNAL", &[x(1, 90)], true, Free),
	row(97, 97, 2, "INTERNAL", &[x(1, 90)], true, Free),
	row(98, 98, 2, "INTERNAL", &[x(1, 90)], true, Free),
	row(99, 99, 2, "INTERNAL", &[x(1, 90)], true, Free),
];

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn no_application_identifier_begins_another() {
		for spec in TABLE {
			for code in spec.first..=spec.last {
				let text = alloc::format!("{:0width$}", code, width = usize::from(spec.digits));
				let matches = (2..=text.len()).filter(|n| Ai::parse(&text[..*n]).is_some()).count();
				assert_eq!(matches, 1, "{text}");
				assert_eq!(Ai::parse(&text).unwrap().to_string(), text);
			}
		}
	}

	#[test]
	fn rows_without_separator_have_one_length() {
		for spec in TABLE {
			let (min, max) = spec.length();
			assert!(spec.separator || min == max, "{spec:?}");
			if let Key(digits) = spec.rule {
				assert!(digits <= min);
			}
			let (_, fixed) = spec.fields.split_last().unwrap();
			assert!(fixed.iter().all(|field| field.min == field.max), "{spec:?}");
		}
	}
}
