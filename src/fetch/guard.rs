//! An address to whether a page may be fetched from it: the public Internet, or only what its owner allows.
//!
//! Its own file, because a stranger's page must not be able to point this machine at itself, its neighbours or its cloud.
//! The one predicate is asked twice: of an address written out in a URL, which no resolver ever sees, and of what a name
//! resolves to, within the very look-up whose answer the connection uses. So a name cannot mean one address when it is
//! judged and another when it is called.
//!
//! A proxy resolves names by itself, out of reach of this file; there only what a URL writes out is judged.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::{Failure, FailureClass};

/// Where requests may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Public addresses.
    #[default]
    Public,
    /// Public and private addresses: this machine and its network too.
    Anywhere,
}

impl Reach {
    /// Whether an address may be asked for, as far as it is written out: what a name resolves to is judged when it does.
    pub fn admits(self, url: &Url) -> bool {
        admit(url, self).is_ok()
    }
}

/// Why an address is not public, as a person would say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Private(&'static str);

impl fmt::Display for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the address is not public: {}", self.0)
    }
}

impl std::error::Error for Private {}

impl From<Private> for Failure {
    fn from(why: Private) -> Self {
        let hint = "if that is meant, allow it with --allow-private";
        Self::new(FailureClass::BlockedAddress, format!("{why}\nhint: {hint}"))
    }
}

/// Refuses an address that is written out in the URL, or a name that never means another machine.
pub(super) fn admit(url: &Url, reach: Reach) -> Result<(), Private> {
    if reach == Reach::Anywhere {
        return Ok(());
    }
    match url.host() {
        Some(Host::Ipv4(address)) => judge(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => judge(IpAddr::V6(address)),
        Some(Host::Domain(name)) if is_own_name(name) => Err(LOOPBACK),
        _ => Ok(()),
    }
}

/// `localhost` and what is below it (RFC 6761): a proxy would take it for its own machine.
fn is_own_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// A resolver that gives out public addresses only.
#[derive(Clone, Copy, Debug)]
pub(super) struct PublicResolver;

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The port is the client's to set.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public = public_of(found)?;
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// The public ones of the addresses that a name resolves to, in their order; it is refused if there are others only.
fn public_of(found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, Private> {
    let mut public = Vec::new();
    let mut refused = None;
    for address in found {
        match judge(address.ip()) {
            Ok(()) => public.push(address),
            Err(why) => refused = refused.or(Some(why)),
        }
    }
    match refused {
        Some(why) if public.is_empty() => Err(why),
        _ => Ok(public),
    }
}

const LOOPBACK: Private = Private("it is this machine itself");
const UNSPECIFIED: Private = Private("it stands for no address in particular");
const NETWORK: Private = Private("it is in a private network");
const CARRIER: Private = Private("it is in the network of a provider");
const LINK: Private = Private("it is on the local link, where cloud machines keep their secrets");
const METADATA: Private = Private("it is where cloud machines keep their secrets");
const ASSIGNED: Private = Private("it is set aside for protocols");
const EXAMPLE: Private = Private("it is set aside for examples and measurements");
const MANY: Private = Private("it stands for many machines at once");
const RESERVED: Private = Private("it is reserved");
const WRAPPED: Private = Private("it wraps another address");

/// What IANA's registry sets aside, but for the anycast services in it that anybody may call; and one address of a cloud
/// that lies among the public ones.
const SET_ASIDE_V4: &[(Ipv4Addr, u32, Private)] = &[
    (Ipv4Addr::UNSPECIFIED, 8, UNSPECIFIED),
    (Ipv4Addr::new(10, 0, 0, 0), 8, NETWORK),
    (Ipv4Addr::new(100, 64, 0, 0), 10, CARRIER),
    (Ipv4Addr::new(127, 0, 0, 0), 8, LOOPBACK),
    (Ipv4Addr::new(168, 63, 129, 16), 32, METADATA),
    (Ipv4Addr::new(169, 254, 0, 0), 16, LINK),
    (Ipv4Addr::new(172, 16, 0, 0), 12, NETWORK),
    (Ipv4Addr::new(192, 0, 0, 0), 24, ASSIGNED),
    (Ipv4Addr::new(192, 0, 2, 0), 24, EXAMPLE),
    (Ipv4Addr::new(192, 88, 99, 0), 24, WRAPPED),
    (Ipv4Addr::new(192, 168, 0, 0), 16, NETWORK),
    (Ipv4Addr::new(198, 18, 0, 0), 15, EXAMPLE),
    (Ipv4Addr::new(198, 51, 100, 0), 24, EXAMPLE),
    (Ipv4Addr::new(203, 0, 113, 0), 24, EXAMPLE),
    (Ipv4Addr::new(224, 0, 0, 0), 4, MANY),
    (Ipv4Addr::new(240, 0, 0, 0), 4, RESERVED),
];

/// The same of IPv6, first match first. What none of them holds is public inside `2000::/3` and reserved outside.
const SET_ASIDE_V6: &[(Ipv6Addr, u32, Private)] = &[
    (Ipv6Addr::UNSPECIFIED, 128, UNSPECIFIED),
    (Ipv6Addr::LOCALHOST, 128, LOOPBACK),
    (Ipv6Addr::UNSPECIFIED, 96, WRAPPED), // IPv4-compatible
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48, WRAPPED), // NAT64 of a network's own
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, WRAPPED), // Teredo
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, ASSIGNED),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, EXAMPLE),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, WRAPPED), // 6to4
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, EXAMPLE),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, NETWORK),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, LINK),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, NETWORK),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, MANY),
];

/// The prefix of well-known NAT64: networks without IPv4 reach all of it through there.
const NAT64: Ipv6Addr = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0);

fn judge(address: IpAddr) -> Result<(), Private> {
    match address {
        IpAddr::V4(address) => judge_v4(address),
        IpAddr::V6(address) => judge_v6(address),
    }
}

fn judge_v4(address: Ipv4Addr) -> Result<(), Private> {
    let within = |base: Ipv4Addr, bits: u32| {
        (address.to_bits() ^ base.to_bits()).checked_shr(32 - bits) == Some(0)
    };
    let found = SET_ASIDE_V4.iter().find(|(base, bits, _)| within(*base, *bits));
    found.map_or(Ok(()), |(_, _, why)| Err(*why))
}

fn judge_v6(address: Ipv6Addr) -> Result<(), Private> {
    let within = |base: Ipv6Addr, bits: u32| {
        (address.to_bits() ^ base.to_bits()).checked_shr(128 - bits) == Some(0)
    };
    if let Some(mapped) = address.to_ipv4_mapped() {
        return judge_v4(mapped);
    }
    if within(NAT64, 96) {
        let [.., a, b, c, d] = address.octets();
        return judge_v4(Ipv4Addr::new(a, b, c, d));
    }
    let found = SET_ASIDE_V6.iter().find(|(base, bits, _)| within(*base, *bits));
    match found {
        Some((_, _, why)) => Err(*why),
        None if within(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3) => Ok(()),
        None => Err(RESERVED),
    }
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
