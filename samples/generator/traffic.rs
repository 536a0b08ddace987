//! What visitors do: nested click events, one JSON document a line.
//!
//! # Promises
//!
//! - Every line has the same keys; a visitor who is not signed in has a null `user_id`, a page view without goods an
//!   empty list of items.
//! - Addresses are private (RFC 1918) or kept for documentation (RFC 3849); some page addresses carry an e-mail address,
//!   as real ones do.
//!
//! # What this module does not know
//!
//! Whether its lines are compressed on their way.

use std::{
    fmt,
    io::{self, Write},
    net::{Ipv4Addr, Ipv6Addr},
};

use crate::generator::{
    calendar::{Moment, moment},
    dice::{Dice, Stream},
    people::People,
    shop::Size,
    text::Rows,
    words,
};

/// Writes the click events.
pub(crate) fn events<W: Write>(size: &Size, to: W) -> io::Result<W> {
    let mut people = People::new(size.seed, size.users);
    let mut visits = Visits::new(size);
    let mut dice = Dice::new(size.seed, Stream::Click);
    let mut rows = Rows::new(to);
    for index in 0..size.events {
        let dice = dice.row(index);
        let event_id = dice.uuid();
        let Visit { visitor, signed_in, context } = visits.visit(index);
        let kind = dice.weighted(&[("view", 58), ("search", 16), ("add_to_cart", 14), ("checkout", 7), ("login", 5)]);
        let ts = visits.moment(index, dice);
        let url = url(dice, kind, &people.person(visitor).email);
        let items: Vec<Item> = (0..goods(dice, kind)).map(|_| visits.item(dice)).collect();
        rows.row(|row| {
            write!(row, r#"{{"event_id":"{event_id}","user_id":"#)?;
            if signed_in {
                write!(row, "{}", People::id(visitor))?;
            } else {
                row.write_all(b"null")?;
            }
            write!(row, r#","ts":"{ts}","type":"{kind}","url":"{url}","context":{context},"items":["#)?;
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    row.push(b',');
                }
                write!(row, "{item}")?;
            }
            row.write_all(b"]}\n")
        })?;
    }
    rows.finish()
}

/// An address of the internet for nobody: two of three are of version 4.
pub(crate) fn address(dice: &mut Dice) -> String {
    if dice.percent(66) {
        return Ipv4Addr::from_bits(10 << 24 | dice.below(1 << 24)).to_string();
    }
    let network = 0x2001_0db8_u128 << 96 | u128::from(dice.below(1 << 16)) << 64;
    Ipv6Addr::from_bits(network | u128::from(dice.below_u64(u64::MAX))).to_string()
}

/// Visits to the shop. [`AT_ONCE`] of them are under way at any time, and each has [`EVENTS`] events.
struct Visits {
    devices: Dice,
    events: u64,
    products: Dice,
    sessions: Dice,
    users: u64,
}

struct Visit {
    visitor: u64,
    signed_in: bool,
    context: Context,
}

impl Visits {
    fn new(size: &Size) -> Self {
        Self {
            devices: Dice::new(size.seed, Stream::Device),
            events: size.events,
            products: Dice::new(size.seed, Stream::Product),
            sessions: Dice::new(size.seed, Stream::Session),
            users: size.users,
        }
    }

    /// The visit that an event belongs to.
    fn visit(&mut self, event: u64) -> Visit {
        let dice = self.sessions.row(event / (AT_ONCE * EVENTS) * AT_ONCE + event % AT_ONCE);
        let session_id = dice.uuid();
        let visitor = dice.regular(self.users);
        let signed_in = dice.percent(86);
        let device = u64::from(dice.below(3));
        Visit { visitor, signed_in, context: self.context(visitor, device, session_id) }
    }

    /// Events of one time come seconds after one another; a few overtake those before them, as in real logs.
    fn moment(&self, event: u64, dice: &mut Dice) -> Moment {
        let place = event % (AT_ONCE * EVENTS);
        Moment(moment(event - place, self.events).0 + place as i64 * 9_000 + i64::from(dice.below(20_000)))
    }

    /// The same visitor comes back with the same few devices.
    fn context(&mut self, visitor: u64, device: u64, session_id: String) -> Context {
        let dice = self.devices.row(visitor * 4 + device);
        let device_id = "LDLD-LLDD-DDLL"
            .chars()
            .map(|place| match place {
                'L' => char::from(b'A' + dice.below(26) as u8),
                'D' => char::from(b'0' + dice.below(10) as u8),
                _ => place,
            })
            .collect();
        Context { ip: address(dice), device_id, session_id, user_agent: dice.weighted(words::USER_AGENTS) }
    }

    /// A few things sell all the time. What it costs depends on the thing alone.
    fn item(&mut self, dice: &mut Dice) -> Item {
        let product = dice.zipf(900);
        let quantity = 1 + dice.zipf(4);
        let dice = self.products.row(product);
        let shelf = dice.pick(&["BK", "GD", "KT", "TX", "TY"]);
        let cents = 199 + 100 * dice.zipf(300) + 49 * dice.below_u64(3);
        Item { sku: format!("{shelf}-{:04}", 1_000 + product), quantity, cents }
    }
}

struct Context {
    ip: String,
    device_id: String,
    session_id: String,
    user_agent: &'static str,
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ip, device_id, session_id, user_agent } = self;
        write!(
            f,
            r#"{{"ip":"{ip}","device_id":"{device_id}","session_id":"{session_id}","user_agent":"{user_agent}"}}"#
        )
    }
}

struct Item {
    sku: String,
    quantity: u64,
    cents: u64,
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sku, quantity, whole, rest) = (&self.sku, self.quantity, self.cents / 100, self.cents % 100);
        write!(f, r#"{{"sku":"{sku}","quantity":{quantity},"price":{whole}.{rest:02}}}"#)
    }
}

fn goods(dice: &mut Dice, kind: &str) -> u32 {
    match kind {
        "view" if dice.percent(80) => 1,
        "add_to_cart" => 1,
        "checkout" => 1 + dice.below(4),
        _ => 0,
    }
}

fn url(dice: &mut Dice, kind: &str, email: &str) -> String {
    match kind {
        "search" => {
            format!("https://shop.example/search?q={}", dice.pick(&["lamp", "winter+coat", "kettle", "novel", "kite"]))
        }
        "checkout" => format!("https://shop.example/checkout/{}", 1 + dice.below(3)),
        "login" if dice.percent(40) => format!("https://shop.example/reset?email={}", email.replace('@', "%40")),
        "login" => "https://shop.example/login".to_owned(),
        _ => format!("https://shop.example/p/{}", 1_000 + dice.zipf(900)),
    }
}

/// Visits under way at one time.
const AT_ONCE: u64 = 4;
/// Events of one visit.
const EVENTS: u64 = 6;
