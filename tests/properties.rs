//! Properties of transforms that hold for all cells: round trip, determinism, injectivity, shape, nulls, batches, layouts.

#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use std::{collections::HashSet, sync::Arc};

use arrow_array::{Array, ArrayRef, Date32Array, Int32Array, Int64Array, StringArray, UInt64Array, cast::AsArray};
use arrow_cast::cast;
use arrow_schema::DataType;
use counterfoil::{
    names::{Domain, KeyVersion},
    transform::{
        Alphabet, Coarsen, ColumnTransform, DateRange, Direction, DomainKeys, Format, IntegerRange, Kept, OnMisfit,
        SmallSpace, Tokenize,
    },
};
use counterfoil_crypto::secret::Secret;
use proptest::{collection::vec, option, prelude::*};

fn bind(format: &Format, input: &DataType, direction: Direction, on_misfit: OnMisfit) -> Box<dyn ColumnTransform> {
    let domain: Domain = "properties".parse().unwrap();
    let root = Secret::fill(|bytes| bytes.fill(7));
    let keys = DomainKeys { domain: &domain, root: &root, version: KeyVersion(1) };
    let tokenize = Tokenize { direction, format: format.clone(), on_misfit, small_space: SmallSpace::Permute };
    tokenize.bind(input, keys).unwrap()
}

fn run(format: &Format, column: &ArrayRef, direction: Direction) -> ArrayRef {
    bind(format, column.data_type(), direction, OnMisfit::Fail).apply(column, 0).unwrap().column
}

fn text(cells: &[Option<String>]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

/// What of a character a token keeps, in formats that keep the layout.
fn kind(character: char) -> char {
    match character {
        '0'..='9' => '0',
        'a'..='z' => 'a',
        'A'..='Z' => 'A',
        other => other,
    }
}

fn layout(cells: &ArrayRef) -> Vec<Option<String>> {
    cells.as_string::<i32>().iter().map(|cell| cell.map(|cell| cell.chars().map(kind).collect())).collect()
}

/// Everything that holds for every format over text.
fn check(format: &Format, cells: &[Option<String>]) {
    let column = text(cells);
    let tokens = run(format, &column, Direction::Tokenize);
    assert_eq!(&run(format, &tokens, Direction::Detokenize), &column, "round trip of {format}");
    assert_eq!(&run(format, &column, Direction::Tokenize), &tokens, "determinism of {format}");
    assert_eq!(tokens.logical_nulls(), column.logical_nulls(), "nulls of {format}");
    let keeps_layout = matches!(
        format,
        Format::Digits(_) | Format::Alphanumeric | Format::Pan(_) | Format::UsSsn | Format::Email { .. }
    );
    if keeps_layout {
        assert_eq!(layout(&tokens), layout(&column), "layout of {format}");
    }
    let distinct = |column: &ArrayRef| column.as_string::<i32>().iter().collect::<HashSet<_>>().len();
    assert_eq!(distinct(&tokens), distinct(&column), "injectivity of {format}");
    // Cut into batches of any size.
    let transform = bind(format, &DataType::Utf8, Direction::Tokenize, OnMisfit::Fail);
    for start in (0..cells.len()).step_by(3) {
        let length = 3.min(cells.len() - start);
        let batch = transform.apply(&column.slice(start, length), start as u64).unwrap().column;
        assert_eq!(&batch, &tokens.slice(start, length), "batches of {format}");
    }
    // In any of Arrow's layouts.
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    for other in [DataType::LargeUtf8, DataType::Utf8View, dictionary] {
        let cast_tokens = run(format, &cast(&column, &other).unwrap(), Direction::Tokenize);
        assert_eq!(cast_tokens.data_type(), &other);
        assert_eq!(&cast(&cast_tokens, &DataType::Utf8).unwrap(), &tokens, "{format} in {other}");
    }
}

fn columns(pattern: &'static str) -> impl Strategy<Value = Vec<Option<String>>> {
    vec(option::weighted(0.9, pattern), 0..12)
}

fn luhn(mut digits: String) -> String {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| match (place % 2, u32::from(byte - b'0')) {
            (1, digit) => digit,
            (_, digit) => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    digits.push(char::from(b'0' + ((10 - sum % 10) % 10) as u8));
    digits
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn digits_of_any_length(cells in columns("[0-9]{2,60}"), parted in columns("[0-9]{2,4}([ ./#_:,+()-][0-9]{1,3}){1,4}")) {
        check(&Format::Digits(Kept::NOTHING), &cells);
        check(&Format::Digits(Kept::NOTHING), &parted);
    }

    #[test]
    fn digits_with_kept_ends(cells in columns("[0-9]{5} ?[0-9]{4,20}"), first in 0usize..4, last in 0usize..3) {
        let format = Format::Digits(Kept { first, last });
        check(&format, &cells);
        let tokens = run(&format, &text(&cells), Direction::Tokenize);
        for (cell, token) in cells.iter().zip(tokens.as_string::<i32>()).filter_map(|(cell, token)| Some((cell.as_ref()?, token?))) {
            prop_assert_eq!(&cell[..first], &token[..first]);
            prop_assert_eq!(&cell[cell.len() - last..], &token[token.len() - last..]);
        }
    }

    #[test]
    fn strings_over_alphabets(ascii in columns("[a-f]{2,40}"), greek in columns("[α-ω]{1,30}"), parted in columns("[ab]{2,90}-[ab]{1,90}")) {
        check(&Format::Alphabet(Alphabet::new("abcdef").unwrap()), &ascii);
        let letters: String = ('α'..='ω').collect();
        let greek_format = Format::Alphabet(Alphabet::new(&letters).unwrap());
        check(&greek_format, &greek);
        let tokens = run(&greek_format, &text(&greek), Direction::Tokenize);
        for token in tokens.as_string::<i32>().iter().flatten() {
            prop_assert!(token.chars().all(|character| letters.contains(character)));
        }
        check(&Format::Alphabet(Alphabet::new("ba").unwrap()), &parted);
    }

    #[test]
    fn codes_of_letters_and_digits(cells in columns("[a-zA-Z0-9]{1,80}"), parted in columns("[A-Z]{2,3}[-_ ][0-9a-z]{1,9}/[0-9]{1,4}")) {
        check(&Format::Alphanumeric, &cells);
        check(&Format::Alphanumeric, &parted);
    }

    #[test]
    fn integers_of_any_magnitude(
        cells in vec(option::of(prop_oneof![any::<i64>().prop_map(i128::from), any::<u64>().prop_map(i128::from), any::<i32>().prop_map(i128::from), -3i128..3]), 0..12),
    ) {
        let cells: Vec<_> = cells.into_iter().map(|cell| cell.map(|cell| cell.to_string())).collect();
        check(&Format::Integer(None), &cells);
    }

    #[test]
    fn native_integers_have_the_tokens_of_their_text(signed in vec(option::of(any::<i64>()), 0..12), unsigned in vec(option::of(any::<u64>()), 0..12), narrow in vec(option::of(any::<i32>()), 0..12)) {
        let columns: [ArrayRef; 3] = [
            Arc::new(Int64Array::from(signed)),
            Arc::new(UInt64Array::from(unsigned)),
            Arc::new(Int32Array::from(narrow)),
        ];
        for column in columns {
            let tokens = run(&Format::Integer(None), &column, Direction::Tokenize);
            prop_assert_eq!(tokens.data_type(), column.data_type());
            prop_assert_eq!(&run(&Format::Integer(None), &tokens, Direction::Detokenize), &column);
            let texts = cast(&column, &DataType::Utf8).unwrap();
            prop_assert_eq!(&cast(&tokens, &DataType::Utf8).unwrap(), &run(&Format::Integer(None), &texts, Direction::Tokenize));
        }
    }

    #[test]
    fn card_numbers_pass_their_check(cells in columns("[0-9]{10,18}"), first in 0usize..7, last in 0usize..5) {
        let cells: Vec<_> = cells.into_iter().map(|cell| cell.map(luhn)).filter(|cell| cell.as_ref().is_none_or(|cell| cell.len() > first + last + 1)).collect();
        let format = Format::Pan(Kept { first, last });
        // One free digit beside the solved one has ten tokens, none has only itself.
        let cells: Vec<_> = cells.into_iter().filter(|cell| cell.as_ref().is_none_or(|cell| cell.len() >= first + last + 2)).collect();
        check(&format, &cells);
        let tokens = run(&format, &text(&cells), Direction::Tokenize);
        for (cell, token) in cells.iter().zip(tokens.as_string::<i32>()).filter_map(|(cell, token)| Some((cell.as_ref()?, token?))) {
            prop_assert_eq!(&luhn(token[..token.len() - 1].to_owned()), token);
            prop_assert_eq!(&cell[..first], &token[..first]);
            prop_assert_eq!(&cell[cell.len() - last..], &token[token.len() - last..]);
        }
    }

    #[test]
    fn social_security_numbers(numbers in vec((1u32..1000, 1u32..100, 1u32..10_000, 0usize..3), 0..12)) {
        let cells: Vec<_> = numbers.into_iter().filter(|(area, ..)| *area != 666).map(|(area, group, serial, form)| {
            let mark = ["", "-", " "][form];
            Some(format!("{area:03}{mark}{group:02}{mark}{serial:04}"))
        }).collect();
        check(&Format::UsSsn, &cells);
        let tokens = run(&Format::UsSsn, &text(&cells), Direction::Tokenize);
        for (cell, token) in cells.iter().flatten().zip(tokens.as_string::<i32>().iter().flatten()) {
            let area: u32 = token[..3].parse().unwrap();
            prop_assert_eq!(area >= 900, cell.starts_with('9'));
            prop_assert!(area != 0 && area != 666);
            let digits: String = token.chars().filter(char::is_ascii_digit).collect();
            prop_assert!(area >= 900 || (&digits[3..5] != "00" && &digits[5..] != "0000"));
        }
    }

    #[test]
    fn telephone_numbers(
        national in columns("0?[1-9][0-9]{2} ?[0-9]{3,4}-[0-9]{2,4}"),
        international in columns("\\+(49|44|353|7|86) ?\\(?[1-9][0-9]{2}\\)? [0-9]{4,7}"),
        american in columns("\\+1[ .-]?[2-9][0-9]{2}[ .-]?[2-9][0-9]{2}[ .-]?[0-9]{4}"),
    ) {
        for cells in [national, international, american] {
            check(&Format::Phone, &cells);
            let tokens = run(&Format::Phone, &text(&cells), Direction::Tokenize);
            for (cell, token) in cells.iter().zip(tokens.as_string::<i32>()).filter_map(|(cell, token)| Some((cell.as_ref()?, token?))) {
                prop_assert_eq!(cell.chars().map(kind).collect::<String>(), token.chars().map(kind).collect::<String>());
                if cell.starts_with("+1") {
                    let digits: Vec<char> = token.chars().filter(char::is_ascii_digit).collect();
                    prop_assert!(digits[0] == '1' && digits[1] > '1' && digits[4] > '1');
                }
            }
        }
    }

    #[test]
    fn addresses(cells in columns("[A-Za-z0-9]{1,8}([._+-][a-z0-9]{1,6}){0,2}@[a-z0-9]{2,8}(-[a-z]{1,5})?(\\.[a-z]{1,12}){0,2}\\.(com|org|Museum)")) {
        check(&Format::Email { keep_domain: false }, &cells);
        let longer: Vec<_> = cells.into_iter().map(|cell| cell.map(|cell| format!("q{cell}"))).collect();
        check(&Format::Email { keep_domain: true }, &longer);
        let tokens = run(&Format::Email { keep_domain: true }, &text(&longer), Direction::Tokenize);
        for (cell, token) in longer.iter().zip(tokens.as_string::<i32>()).filter_map(|(cell, token)| Some((cell.as_ref()?, token?))) {
            prop_assert_eq!(cell.split_once('@').unwrap().1, token.split_once('@').unwrap().1);
        }
    }

    #[test]
    fn uuids(lower in columns("[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"), plain in columns("[0-9a-f]{12}[47][0-9a-f]{3}[89ab][0-9a-f]{15}"), upper in columns("[0-9]{7}[A-F]-[0-9]{4}-4[0-9]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}")) {
        for cells in [lower, plain, upper] {
            check(&Format::Uuid, &cells);
            let tokens = run(&Format::Uuid, &text(&cells), Direction::Tokenize);
            for (cell, token) in cells.iter().zip(tokens.as_string::<i32>()).filter_map(|(cell, token)| Some((cell.as_ref()?, token?))) {
                let place = if cell.len() == 36 { 14 } else { 12 };
                prop_assert_eq!(&cell[place..=place], &token[place..=place]);
                let variant = if cell.len() == 36 { 19 } else { 16 };
                prop_assert!("89abAB".contains(&token[variant..=variant]));
                prop_assert_eq!(token.to_ascii_lowercase() == token, cell.to_ascii_lowercase() == *cell);
            }
        }
    }

    #[test]
    fn ip_addresses(v4 in vec(any::<u32>(), 0..8), v6 in vec(any::<u128>(), 0..8), sparse in vec(0u128..1 << 70, 0..8)) {
        use std::net::{Ipv4Addr, Ipv6Addr};
        let dotted: Vec<_> = v4.iter().map(|address| Some(Ipv4Addr::from_bits(*address).to_string())).collect();
        let mapped: Vec<_> = dotted.iter().flatten().map(|address| Some(format!("::ffff:{address}"))).collect();
        let canonical: Vec<_> = v6.iter().chain(&sparse).map(|address| Some(Ipv6Addr::from_bits(*address).to_string())).collect();
        let long: Vec<_> = v6.iter().chain(&sparse).map(|address| {
            Some(Ipv6Addr::from_bits(*address).segments().map(|group| format!("{group:X}")).join(":"))
        }).collect();
        for cells in [dotted, mapped, canonical, long] {
            check(&Format::Ip, &cells);
            let tokens = run(&Format::Ip, &text(&cells), Direction::Tokenize);
            for (cell, token) in cells.iter().flatten().zip(tokens.as_string::<i32>().iter().flatten()) {
                let (cell_address, token_address): (std::net::IpAddr, std::net::IpAddr) = (cell.parse().unwrap(), token.parse().unwrap());
                prop_assert_eq!(cell_address.is_ipv4(), token_address.is_ipv4());
                prop_assert_eq!(cell.starts_with("::ffff:") && cell.contains('.'), token.starts_with("::ffff:") && token.contains('.'));
            }
        }
    }

    #[test]
    fn days(days in vec(option::of(-719_162i32..=2_932_896), 0..12)) {
        let column: ArrayRef = Arc::new(Date32Array::from(days));
        let format = Format::Date(DateRange::CALENDAR);
        let tokens = run(&format, &column, Direction::Tokenize);
        prop_assert_eq!(&run(&format, &tokens, Direction::Detokenize), &column);
        let texts = cast(&column, &DataType::Utf8).unwrap();
        let cells: Vec<_> = texts.as_string::<i32>().iter().map(|cell| cell.map(str::to_owned)).collect();
        check(&format, &cells);
        prop_assert_eq!(&cast(&tokens, &DataType::Utf8).unwrap(), &run(&format, &texts, Direction::Tokenize));
        let instants = cast(&column, &DataType::Date64).unwrap();
        prop_assert_eq!(&cast(&run(&format, &instants, Direction::Tokenize), &DataType::Date32).unwrap(), &tokens);
    }

    #[test]
    fn anything_at_all_is_a_token_or_a_misfit(cells in vec(option::of(any::<String>()), 0..6)) {
        let formats = [
            Format::Alphabet(Alphabet::new("0123456789abcdefghijklmnopqrstuvwxyz").unwrap()),
            Format::Alphanumeric,
            Format::Date(DateRange::CALENDAR),
            Format::Digits(Kept { first: 1, last: 1 }),
            Format::Email { keep_domain: false },
            Format::Integer(None),
            Format::Ip,
            Format::Pan(Kept { first: 6, last: 4 }),
            Format::Phone,
            Format::UsSsn,
            Format::Uuid,
        ];
        let column = text(&cells);
        for format in formats {
            for on_misfit in [OnMisfit::Null, OnMisfit::Seal, OnMisfit::Pseudonym] {
                let applied = bind(&format, &DataType::Utf8, Direction::Tokenize, on_misfit).apply(&column, 0).unwrap();
                prop_assert_eq!(applied.column.len(), column.len());
                let nulls = applied.column.null_count() - column.null_count();
                prop_assert_eq!(nulls as u64, if on_misfit == OnMisfit::Null { applied.misfits } else { 0 });
                if on_misfit == OnMisfit::Seal {
                    let back = bind(&format, &DataType::Utf8, Direction::Detokenize, on_misfit).apply(&applied.column, 0).unwrap();
                    prop_assert_eq!(&back.column, &column);
                }
            }
        }
    }
}

/// The cell with each of its bytes replaced by each character up to U+00FF.
fn mutations(cell: &str) -> Vec<Option<String>> {
    let places = (0..cell.len()).flat_map(|place| ('\0'..='\u{ff}').map(move |character| (place, character)));
    places.map(|(place, character)| Some(format!("{}{character}{}", &cell[..place], &cell[place + 1..]))).collect()
}

/// Cells that fit, and at least one for each class and writing of the format.
fn fitting() -> Vec<(Format, Vec<&'static str>)> {
    let letters: String = ('a'..='z').collect();
    vec![
        (Format::Alphabet(Alphabet::new(&letters).unwrap()), vec!["hand-over", "qwertyuiop"]),
        (Format::Alphanumeric, vec!["AB-1234_xy", "Za09", "K.(7)/f:9,+#1"]),
        (Format::Date(DateRange::CALENDAR), vec!["1985-07-12", "2000-02-29", "9999-12-31"]),
        (Format::Date(DateRange::new("1900-01-01", "2099-12-31").unwrap()), vec!["1985-07-12"]),
        (Format::Digits(Kept::NOTHING), vec!["1234567", "12-34 56/7"]),
        (Format::Digits(Kept { first: 2, last: 2 }), vec!["12 345.678 90"]),
        (Format::Email { keep_domain: false }, vec!["Jo.Do+1@mail-2.example.org"]),
        (Format::Email { keep_domain: true }, vec!["jo_do-x9@example.co.uk"]),
        (Format::Integer(None), vec!["0", "90", "-17", "4294967296", "-9223372036854775808", "18446744073709551615"]),
        (Format::Integer(Some(IntegerRange::new(-500, 99_999).unwrap())), vec!["-17", "99999"]),
        (Format::Ip, vec!["192.0.2.17", "::ffff:192.0.2.17", "2001:db8::1:a0", "2001:DB8:0:0:0:0:A0:1", "::"]),
        (Format::Pan(Kept::NOTHING), vec!["4111-1111-1111-1111", "378282246310005"]),
        (Format::Pan(Kept { first: 6, last: 4 }), vec!["4111 1111 1111 1111"]),
        (Format::Phone, vec!["+1 (202) 555-0143", "+49 30/1234567", "+353.1.234 5678", "030 123456"]),
        (Format::UsSsn, vec!["123-45-6789", "123 45 6789", "665456789", "987-65-4321"]),
        (
            Format::Uuid,
            vec![
                "1d604da9-9a81-4ba9-80c2-de3375d59b40",
                "1D604DA9-9A81-4BA9-80C2-DE3375D59B40",
                "1d604da99a8174ba90c2de3375d59b40",
            ],
        ),
    ]
}

#[test]
fn one_wrong_byte_makes_a_misfit_or_a_cell_that_comes_back() {
    for (format, cells) in fitting() {
        let forwards = bind(&format, &DataType::Utf8, Direction::Tokenize, OnMisfit::Null);
        for cell in cells {
            let column = text(&mutations(cell));
            let applied = forwards.apply(&column, 0).unwrap();
            assert!(applied.misfits > 0 && (applied.misfits as usize) < column.len(), "{format}: {cell}");
            assert!(!run(&format, &text(&[Some(cell.to_owned())]), Direction::Tokenize).is_null(0));
            let back = run(&format, &applied.column, Direction::Detokenize);
            for (back, mutated) in back.as_string::<i32>().iter().zip(column.as_string::<i32>()) {
                assert!(back.is_none() || back == mutated, "{format}: {mutated:?} came back as {back:?}");
            }
        }
    }
}

#[test]
fn one_wrong_byte_makes_a_misfit_or_a_cell_that_is_coarsened_as_it_stands() {
    for (coarsen, cell, shown) in [
        (Coarsen::Year, "1985-07-12", 4),
        (Coarsen::Month, "1985-07-12", 7),
        (Coarsen::Month, "2020-06-21 12:14:25.5 +02:00", 7),
        (Coarsen::Hour, "1985-07-12T10:15:30Z", 13),
        (Coarsen::Hour, "1985-07-12T10:15", 13),
        (Coarsen::Zip3, "02138", 3),
        (Coarsen::Zip3, "02138-1234", 3),
    ] {
        let column = text(&mutations(cell));
        let coarse = coarsen.bind(&DataType::Utf8, OnMisfit::Null, None).unwrap().apply(&column, 0).unwrap().column;
        for (coarse, mutated) in coarse.as_string::<i32>().iter().zip(column.as_string::<i32>()) {
            let (Some(coarse), Some(mutated)) = (coarse, mutated) else { continue };
            let written: String = mutated.to_ascii_uppercase().replacen(' ', "T", 1).chars().take(shown).collect();
            assert!(coarse == written || coarse == "000", "{mutated:?} by {} became {coarse:?}", coarsen.name());
        }
    }
}

/// Every string of a class has a token in the class, and no two have one.
fn exhaust(format: &Format, cells: impl Iterator<Item = String>) {
    let column: ArrayRef = Arc::new(StringArray::from_iter_values(cells));
    let tokens = run(format, &column, Direction::Tokenize);
    let sorted = |column: &ArrayRef| {
        let mut cells: Vec<String> = column.as_string::<i32>().iter().flatten().map(str::to_owned).collect();
        cells.sort_unstable();
        cells
    };
    assert_eq!(sorted(&tokens), sorted(&column), "{format} maps its strings onto themselves");
    assert_eq!(&run(format, &tokens, Direction::Detokenize), &column);
    let fixed = tokens.as_string::<i32>().iter().zip(column.as_string::<i32>()).filter(|(token, cell)| token == cell);
    assert!(fixed.count() < 20, "{format} leaves few strings where they are");
}

#[test]
fn every_short_digit_string_has_its_own_token() {
    for length in 3..=5 {
        let size = 10u32.pow(length);
        exhaust(
            &Format::Digits(Kept::NOTHING),
            (0..size).map(|number| format!("{number:0width$}", width = length as usize)),
        );
    }
}

#[test]
fn every_six_digit_string_has_its_own_token() {
    exhaust(&Format::Digits(Kept::NOTHING), (0..1_000_000).map(|number| format!("{number:06}")));
}

#[test]
fn every_short_code_has_its_own_token() {
    let letters = || 'a'..='z';
    exhaust(
        &Format::Alphanumeric,
        letters().flat_map(move |one| {
            letters().flat_map(move |two| (0..100).map(move |number| format!("{one}{number:02}{two}")))
        }),
    );
    let alphabet = Format::Alphabet(Alphabet::new("xyz").unwrap());
    exhaust(
        &alphabet,
        (0..3usize.pow(9))
            .map(|number| (0..9).map(|place| char::from(b'x' + (number / 3usize.pow(place) % 3) as u8)).collect()),
    );
}

#[test]
fn every_day_of_a_century_has_its_own_token() {
    let range = DateRange::new("1920-01-01", "2019-12-31").unwrap();
    let days = Date32Array::from_iter_values(-18_263..18_262);
    assert_eq!(days.len() as u128, range.size());
    let texts = cast(&(Arc::new(days) as ArrayRef), &DataType::Utf8).unwrap();
    exhaust(&Format::Date(range), texts.as_string::<i32>().iter().flatten().map(str::to_owned));
}

#[test]
fn every_integer_of_a_range_has_its_own_token() {
    let range = IntegerRange::new(-5_000, 20_000).unwrap();
    exhaust(&Format::Integer(Some(range)), (-5_000..=20_000).map(|number: i32| number.to_string()));
}

#[test]
fn every_card_number_between_kept_ends_has_its_own_token() {
    let cards: Vec<String> = (0..100_000)
        .map(|number| format!("411111{number:05}1234"))
        .filter(|card| luhn(card[..14].to_owned()) == *card)
        .collect();
    assert_eq!(cards.len(), 10_000);
    exhaust(&Format::Pan(Kept { first: 6, last: 4 }), cards.into_iter());
}
